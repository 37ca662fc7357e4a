"""Where the pedals are marked, and the hidden rests that carry their marks."""

from fractions import Fraction

import pytest

from engrave.music.marks import Dynamic, PedalMark, PedalWords
from engrave.music.note import PedalNotation, PedalSpan, PedalWord
from engrave.music.score import Rest, Score, Voice
from engrave.notation.pedal_marks import anchor_voice, can_be_anchored
from tests.support.judge import check
from tests.support.notation import grid_of, pedalled, performance_of, placed, written
from tests.support.notes import notate_piano, on_staves
from tests.support.rhythms import LETTERS
from tests.support.scores import chord, head, measure, voice, whole_rest

DOWN, UP = "start", "stop"


def pedals(score: Score) -> list[tuple[int, Fraction, str]]:
    return [
        (measure.number, mark.onset, mark.kind)
        for measure in score.parts[0].measures
        for mark in measure.marks
        if isinstance(mark, PedalMark)
    ]


def test_pedal_marks_move_to_where_something_starts_on_the_lower_staff() -> None:
    text = "C3 0 2; G3 2 2; C3 4 4"
    score = written(text, grid_of("4/4", "4/4"), staff=2, pedal="1/3 7/3; 7/3 11/3")
    assert pedals(score) == [(1, 0, DOWN), (1, 2, UP), (1, 2, DOWN), (2, 0, UP)]


def test_the_last_pedal_goes_up_at_the_end() -> None:
    score = written("C3 0 4; C3 4 4", grid_of("4/4", "4/4"), staff=2, pedal="0 8")
    assert pedals(score) == [(1, 0, DOWN), (2, 4, UP)]


def test_a_pedal_that_ends_with_the_score_starts_with_its_last_note_at_the_latest() -> None:
    score = written("C3 0 4; C3 4 2; G3 6 2", grid_of("4/4", "4/4"), staff=2, pedal="7 8")
    assert pedals(score) == [(2, 2, DOWN), (2, 4, UP)]


def test_but_a_place_up_to_which_plain_rests_lead_is_kept() -> None:
    score = written("C3 0 4; C3 4 4", grid_of("4/4", "4/4"), staff=2, pedal="1/4 5/2; 5/2 4")
    assert pedals(score) == [
        *[(1, Fraction(1, 4), DOWN), (1, Fraction(5, 2), UP)],
        *[(1, Fraction(5, 2), DOWN), (2, 0, UP)],
    ]


def test_a_pedal_too_short_or_too_far_from_a_note_is_left_out() -> None:
    """A whole note that stands alone: nothing starts within a quarter of the middle."""
    grid = grid_of("4/4", "4/4")
    assert pedals(written("C3 0 4; C3 4 4", grid, staff=2, pedal="0 1/3; 7/3 4")) == []


def test_an_editors_pedal_stands_in_brackets_and_an_abridged_one_is_not_seen() -> None:
    notes, grid = placed("C3 0 4; C3 4 4; C3 8 4"), grid_of("4/4", "4/4", "4/4")
    spans = (
        *(PedalSpan(Fraction(a), Fraction(b)) for a, b in ((0, 4), (4, 6))),
        PedalSpan(Fraction(8), Fraction(12), shown=False),
    )
    pedal = PedalNotation(spans, (PedalWord(Fraction(8), "simile"),), bracketed=True)
    score = notate_piano(on_staves(notes, 2), grid, pedalled(pedal))
    assert check(score, performance_of(notes, grid)) == []
    shown = [m.shown for bar in score.parts[0].measures for m in bar.marks if hasattr(m, "shown")]
    assert shown == [True] * 4 + [False] * 2
    words = [
        (m.words, b.number) for b in score.parts[0].measures for m in b.marks if hasattr(m, "words")
    ]
    assert words == [("[Ped.]", 1), ("simile", 3)]


def test_of_two_notes_that_are_equally_near_it_is_the_earlier() -> None:
    text = "C3 0 1; D3 1 2/3; E3 5/3 1/3; F3 2 2"
    score = written(text, grid_of("4/4"), staff=2, pedal="4/3 3")
    assert pedals(score) == [(1, 1, DOWN), (1, 3, UP)]


def test_a_mark_moves_no_further_than_a_quarter() -> None:
    grid = grid_of("4/4", "4/4")
    moved = written("C3 0 4; C3 4 4", grid, staff=2, pedal="2/3 4")
    assert pedals(moved) == [(1, 0, DOWN), (2, 0, UP)]
    assert pedals(written("C3 0 4; C3 4 4", grid, staff=2, pedal="4/3 4")) == []


@pytest.mark.parametrize(
    ("place", "plain"),
    [("0", True), ("3/2", True), ("3/4", True), ("1/3", False), ("1/8", False), ("5/6", False)],
)
def test_plain_rests_lead_up_to_sixteenths(place: str, plain: bool) -> None:
    assert can_be_anchored(Fraction(place)) == plain


def carrier(*marks, left=None, more=()) -> str | None:
    """The hidden rests that carry marks under a whole note, as "8: q e": the voice's number first.

    `more` are further voices of the lower staff.
    """
    left = left or voice(5, chord("1", head("C3", 0)))
    bar = measure(1, voice(1, whole_rest(4)), left, *more, marks=marks)
    found = anchor_voice(bar, 2)
    if found is None:
        return None
    assert found.staff == 2 and all(isinstance(event, Rest) for event in found.events)
    assert found.events[-1].onset + found.events[-1].length == bar.length
    return f"{found.number}: {' '.join(LETTERS[event.value.type] for event in found.events)}"


def test_a_mark_where_the_left_hand_holds_a_note_is_carried_by_hidden_rests() -> None:
    assert carrier(PedalMark(Fraction(5, 4), DOWN)) == "8: q s h e s"
    assert carrier(PedalMark(Fraction(1), DOWN), PedalMark(Fraction(3), UP)) == "8: q h q"
    assert carrier(PedalWords(Fraction(2), "una corda")) == "8: h h"


def test_where_something_begins_or_nothing_is_seen_none_is_needed() -> None:
    assert carrier(PedalMark(Fraction(0), DOWN), PedalMark(Fraction(4), UP)) is None
    assert carrier(PedalMark(Fraction(1), DOWN, shown=False)) is None
    assert carrier(Dynamic(Fraction(1), "p")) is None
    halves = voice(5, chord("2", head("C3", 0)), chord("2", head("G2", 1)))
    assert carrier(PedalMark(Fraction(2), DOWN), left=halves) is None


def test_the_rests_stand_in_the_last_voice_that_the_staff_does_not_use() -> None:
    def held(number: int) -> Voice:
        return voice(number, chord("1", head("C3", number)))

    mark = PedalMark(Fraction(1), DOWN)
    assert carrier(mark, more=[held(8)]) == "7: q h q"
    assert carrier(mark, more=[held(6), held(7), held(8)]) is None  # there is none
