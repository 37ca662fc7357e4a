"""Which rests of two voices are printed, hidden or shared."""

from dataclasses import replace
from fractions import Fraction

from engrave.music.score import Rest, Voice
from engrave.music.values import NoteValue
from engrave.notation.rests import hide_rests, rest_spans, shared_rests
from engrave.notation.written_values import VoiceSpan
from tests.support.rhythms import LETTERS
from tests.support.scores import chord, crossing, head, rest, voice, whole_rest


def test_a_rest_of_both_voices_is_drawn_in_the_first() -> None:
    upper = voice(1, rest("4"), chord("4", head("E5", 0)), rest("2"))
    lower = voice(2, rest("4"), chord("4", head("C5", 1)), rest("4"), rest("4"))
    assert shared_rests([upper, lower]) == {(1, 0)}


def test_each_staff_draws_its_own() -> None:
    upper, lower = voice(1, rest("1")), voice(5, rest("1"))
    assert shared_rests([upper, lower]) == set()
    assert shared_rests([upper, lower, voice(6, rest("1"))]) == {(2, 0)}


def test_a_tuplet_keeps_its_rest() -> None:
    third = replace(rest("8"), value=NoteValue("eighth", actual=3, normal=2))
    events = [replace(third, onset=Fraction(k, 3)) for k in range(3)]
    assert shared_rests([voice(1, *events), voice(2, *events)]) == set()


def seen(*bars: list[Voice]) -> list[list[str]]:
    """The voices of each bar in letters, printed rests with an "r", hidden ones with a "-"."""

    def word(event) -> str:
        kind = ("-" if event.hidden else "r") if isinstance(event, Rest) else ""
        return kind + LETTERS[event.value.type] + "." * event.value.dots

    return [[" ".join(map(word, one.events)) for one in bar] for bar in hide_rests(bars)]


def notes(number: int, *lengths: str) -> Voice:
    """ "4 r2": a quarter, a half rest."""
    return voice(
        number,
        *(
            rest(length[1:]) if length.startswith("r") else chord(length, head("C5", k))
            for k, length in enumerate(lengths)
        ),
    )


QUARTERS, WHOLE = notes(1, "4", "4", "4", "4"), notes(1, "1")


def test_a_voice_that_enters_has_no_rests_before_its_first_note() -> None:
    entering = notes(2, "r2", "4", "8", "8")
    assert seen([QUARTERS], [QUARTERS, entering])[1] == ["q q q q", "-h q e e"]
    # where nothing tells the place of its first note, they stand
    assert seen([QUARTERS], [WHOLE, entering])[1] == ["w", "rh q e e"]


def test_a_line_that_goes_on_keeps_its_rests_unless_it_is_a_note_or_two() -> None:
    before = [QUARTERS, notes(2, "1")]
    assert seen(before, [QUARTERS, notes(2, "r4", "4", "4", "4")])[1][1] == "rq q q q"
    assert seen(before, [QUARTERS, notes(2, "r2", "4", "4")])[1][1] == "-h q q"
    assert seen(before, [QUARTERS, notes(2, "4", "r4", "2")])[1][1] == "q rq h"


def test_a_voice_that_ends_has_no_rests_after_its_last_note() -> None:
    halting, ending = notes(1, "2", "r2"), notes(2, "2", "r2")
    assert seen([halting, ending], [WHOLE]) == [["h rh", "h -h"], ["w"]]
    # one that goes on in the next bar keeps them, if the other is silent meanwhile
    assert seen([halting, ending], [WHOLE, notes(2, "1")])[0] == ["h rh", "h rh"]
    assert seen([WHOLE, ending], [WHOLE, notes(2, "1")])[0] == ["w", "h -h"]


def test_a_voice_without_notes_is_not_written_beside_one_that_has_some() -> None:
    silent = voice(2, whole_rest(4))
    assert seen([WHOLE, silent]) == [["w", "-w"]]
    assert seen([voice(1, whole_rest(4)), voice(5, *QUARTERS.events)]) == [["rw", "q q q q"]]
    assert seen([voice(1, whole_rest(4))]) == [["rw"]]


def test_rests_of_a_tuplet_are_not_hidden() -> None:
    third = NoteValue("eighth", actual=3, normal=2)
    triplet = voice(2, rest(third), rest(third), chord(third, head("C4", 0)), rest("2."))
    assert seen([QUARTERS], [QUARTERS, triplet])[1][1] == "re re e -h."


def test_no_rest_stands_in_the_way_of_a_beam_from_the_other_staff() -> None:
    bar = [
        replace(one, events=tuple(replace(e, hidden=False) if isinstance(e, Rest) else e
                                  for e in one.events))
        for one in crossing().parts[0].measures[0].voices
    ]  # fmt: skip
    assert seen(bar) == [["-q s s s s", "s s s s -q"]]
    at_home = [
        voice(one.number, *(replace(e, staff=None) if not isinstance(e, Rest) else e
                            for e in one.events))
        for one in bar
    ]  # fmt: skip
    assert seen(at_home) == [["rq s s s s", "s s s s rq"]]


def test_silence_is_divided_where_a_line_of_the_other_staff_comes_and_goes() -> None:
    zero, one, two, four = map(Fraction, (0, 1, 2, 4))
    assert list(rest_spans(zero, four, ())) == [VoiceSpan(zero, four, None)]
    assert list(rest_spans(zero, four, {two, zero, one, four})) == [
        *(VoiceSpan(zero, one, None), VoiceSpan(one, two, None), VoiceSpan(two, four, None))
    ]
    assert list(rest_spans(two, two, {two})) == []
