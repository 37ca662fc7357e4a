"""Where the notes of small scores stand, each row counted by eye."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.doubts.positions import PHASE_CLASS, WrittenPositions
from engrave.listening.heads import PHASES
from engrave.music.grid import Bar, Grid
from engrave.music.score import Score
from tests.support import scores
from tests.support.playing import even_grid
from tests.support.scores import chord, head, measure, opening, piano, rest, voice, whole_rest

ELSEWHERE = len(PHASES)


def rows(places: WrittenPositions, *names: str) -> list[tuple]:
    return list(zip(*(getattr(places, name).tolist() for name in names), strict=True))


def one_bar(*events, **details) -> Score:
    """A bar of 4/4 whose left hand rests."""
    return piano(measure(1, voice(1, *events), voice(5, whole_rest(4)), **opening(), **details))


def test_notes_stand_in_bars_and_on_beats():
    """Quarters and halves above whole notes."""
    places = WrittenPositions.of(scores.eight_notes(), even_grid(4, 4, bars=2))
    assert places.numbers == (1, 2)
    assert rows(places, "note", "bar", "beat", "first", "upper") == [
        (0, 0, 0, True, True),
        (2, 0, 1, False, True),
        (3, 0, 2, False, True),
        (1, 0, 0, True, False),
        (4, 1, 4, True, True),
        (6, 1, 6, False, True),
        (7, 1, 7, False, True),
        (5, 1, 4, True, False),
    ]
    assert places.shared.all()
    assert (places.phase == 0).all()


@pytest.mark.parametrize(
    ("place", "phase"),
    [("1/2", 1 / 2), ("1/3", 1 / 3), ("3/4", 3 / 4), ("1/8", 1 / 8), ("5/6", 5 / 6)],
)
def test_a_place_in_a_beat_has_a_class(place, phase):
    score = one_bar(rest("4"), chord("2.", head("C5", 0)))
    (bar,) = score.parts[0].measures
    upper, lower = bar.voices
    moved = replace(upper.events[1], onset=1 + Fraction(place))
    later = replace(bar, voices=(replace(upper, events=(moved,)), lower))
    (found,) = rows(WrittenPositions.of(piano(later), even_grid(4, 4, bars=1)), "beat", "phase")
    assert found == (1, PHASES.index(phase))


def test_other_places_have_a_class_in_common():
    assert set(PHASE_CLASS.values()) == set(range(ELSEWHERE))
    fifths = scores.NoteValue("eighth", 0, 5, 4)
    score = one_bar(*(chord(fifths, head("C5", k)) for k in range(10)))
    places = WrittenPositions.of(score, even_grid(4, 4, bars=1))
    assert rows(places, "beat", "phase")[:6] == [
        *((0, 0), (0, ELSEWHERE), (0, ELSEWHERE), (1, ELSEWHERE), (1, ELSEWHERE), (2, 0)),
    ]


def test_a_place_is_a_share_of_the_felt_beat():
    """In 6/8 the second eighth is a third of it, the first sixteenth after it a half."""
    values = ("8", "16", "16", "8", "4.")
    line = voice(1, *(chord(value, head("C5", k)) for k, value in enumerate(values)))
    score = piano(measure(1, line, voice(5, whole_rest(3)), **opening(6, 8)))
    found = rows(WrittenPositions.of(score, even_grid(6, 8, bars=1)), "beat", "phase")
    assert found == [(0, PHASES.index(p)) for p in (0, 1 / 3, 1 / 2, 2 / 3)] + [(1, 0)]


def test_what_lies_beyond_the_last_beat_has_a_beat_but_no_class():
    grid = Grid(
        (0.0, 0.5, 1.0), tuple(map(Fraction, range(3))), (Bar(Fraction(0), Fraction(4), 4, 4),)
    )
    score = one_bar(chord("2.", head("C5", 0)), chord("4", head("D5", 1)))
    assert rows(WrittenPositions.of(score, grid), "beat", "phase") == [(0, 0), (1, ELSEWHERE)]


def test_no_barline_stands_before_a_pickup():
    grid = even_grid(3, 4, bars=2, pickup=1)
    places = WrittenPositions.of(scores.pickup(), grid)
    assert places.numbers == (0, 1, 2)
    assert rows(places, "bar", "beat", "first") == [(0, 0, False), (1, 1, True), (2, 4, True)]


def test_notes_without_time_of_their_own_are_left_out():
    """Grace notes, notes that are only held, heads that name no press."""
    assert rows(WrittenPositions.of(scores.graces(), even_grid(2, 4, bars=1)), "note") == [
        (0,),
        (3,),
    ]
    tied = WrittenPositions.of(scores.tied_over_the_barline(), even_grid(4, 4, bars=2))
    assert rows(tied, "note", "bar") == [(0, 0), (1, 1), (2, 1)]
    silent = replace(head("C5", 0), played=())
    assert (
        rows(WrittenPositions.of(one_bar(chord("1", silent)), even_grid(4, 4, bars=1)), "note")
        == []
    )


def test_of_an_ornament_the_first_press_counts():
    """The turn on D is played from E: the press before the main one."""
    places = WrittenPositions.of(scores.ornaments(), even_grid(4, 4, bars=2))
    assert rows(places, "note", "beat")[:3] == [(0, 0), (4, 2), (8, 3)]


def test_a_visitor_counts_where_it_stands():
    places = WrittenPositions.of(scores.crossing(), even_grid(2, 4, bars=1))
    assert rows(places, "note", "upper") == [
        *((4, True), (5, True), (6, False), (7, False)),
        *((0, False), (1, False), (2, True), (3, True)),
    ]


def test_of_several_players_only_who_has_two_staves_could_share_them():
    """A double bass, which has one, above a piano."""
    places = WrittenPositions.of(scores.duo(), even_grid(4, 4, bars=2))
    assert rows(places, "note", "shared", "upper") == [
        *((0, False, True), (2, False, True), (4, False, True)),
        *((1, True, True), (3, True, False)),
    ]


def test_what_is_written_once_and_played_twice_counts_for_the_first_time():
    """Eight bars on the grid, six on the page."""
    places = WrittenPositions.of(scores.repeated(), even_grid(4, 4, bars=8))
    assert places.numbers == (1, 2, 2, 3, 4, 3, 5, 6)
    assert rows(places, "note", "bar", "beat") == [
        *((0, 0, 0), (1, 1, 4), (3, 3, 12), (4, 4, 16), (6, 6, 24), (7, 7, 28)),
    ]


def test_a_score_of_rests_has_no_places():
    places = WrittenPositions.of(one_bar(whole_rest(4)), even_grid(4, 4, bars=1))
    assert places.note.shape == places.first.shape == (0,)
    assert places.numbers == (1,)
