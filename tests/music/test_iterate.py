"""Iteration over scores that can be counted by eye."""

from dataclasses import replace

from engrave.music.iterate import (
    chords_of,
    events_of,
    heads_in,
    heads_of,
    is_grace,
    measures_of,
    voice_lines,
    voices_of,
)
from engrave.music.score import Chord, Rest
from engrave.music.text import name_of
from tests.support import scores
from tests.support.scores import chord, head, measure, piano, rest, voice, whole_rest


def test_a_part_comes_after_the_other_and_not_measure_by_measure():
    duo = scores.duo()
    found = [(part.name, bar.number) for part, bar in measures_of(duo)]
    assert found == [("Double Bass", 1), ("Double Bass", 2), ("Piano", 1), ("Piano", 2)]
    assert [(p.name, b.number, v.number) for p, b, v in voices_of(duo)] == [
        *(("Double Bass", 1, 1), ("Double Bass", 2, 1)),
        *(("Piano", 1, 1), ("Piano", 1, 5), ("Piano", 2, 1), ("Piano", 2, 5)),
    ]


def test_events_are_chords_and_rests_and_each_knows_where_it_stands():
    """A triplet of two kinds, whose last eighth is a rest; the left hand rests."""
    events = list(events_of(scores.triplets()))
    assert [type(event) for *_, event in events] == [*[Chord] * 4, Rest, Rest]
    assert [v.number for _, v, _ in events] == [1] * 5 + [5]
    chords = [event for *_, event in chords_of(scores.triplets())]
    assert chords == [event for *_, event in events[:4]]


def test_heads_come_chord_by_chord_low_to_high_and_grace_notes_among_them():
    assert [name_of(h) for *_, h in heads_of(scores.graces())] == ["C5", "D5", "E5", "F5"]
    found = [(v.number, c.onset, name_of(h)) for _, v, c, h in heads_of(scores.rolled_chords())]
    assert found[:5] == [(1, 0, "C5"), (1, 0, "E5"), (1, 0, "G5"), (1, 2, "E4"), (1, 2, "C5")]
    assert found[5:8] == [(5, 1, "C3"), (5, 1, "G3"), (5, 1, "E4")]


def test_the_heads_in_a_measure_are_those_of_this_measure_alone():
    """All voices of both staves; rests have none."""
    first, second = scores.eight_notes().parts[0].measures
    assert [name_of(h) for *_, h in heads_in(first)] == ["D5", "F#5", "A5", "D3"]
    assert [name_of(h) for *_, h in heads_in(second)] == ["G5", "F5", "F#5", "A2"]
    empty = measure(1, voice(1, whole_rest(4)), voice(5, rest("1")))
    assert list(heads_in(empty)) == []


def test_a_head_is_given_with_the_voice_and_the_chord_it_belongs_to():
    bar = scores.two_voices_on_a_staff().parts[0].measures[0]
    for line, event, notehead in heads_in(bar):
        assert event in line.events and notehead in event.heads
    assert [v.number for v, *_ in heads_in(bar)] == [1, 2, 2, 2, 5, 5]


def test_a_voice_goes_on_until_a_measure_is_without_it():
    """Voice 2 sounds in measures 1, 2 and 4: two lines, for a tie cannot lead over the gap."""

    def bar(number: int, second: bool):
        lower = [voice(2, chord("1", head("E4", number)))] if second else []
        return measure(number, voice(1, whole_rest(4)), *lower, voice(5, whole_rest(4)))

    score = piano(*(bar(number, number != 3) for number in (1, 2, 3, 4)))
    lines = [[(v.number, m.number) for m, v, _ in line] for line in voice_lines(score.parts[0])]
    assert [line for line in lines if line and line[0][0] == 2] == [[(2, 1), (2, 2)], [(2, 4)]]
    assert [line for line in lines if line and line[0][0] == 1] == [[(1, n) for n in (1, 2, 3, 4)]]


def test_only_a_chord_can_be_a_grace_note():
    small = chord("8", head("D5", 0), grace=True)
    assert is_grace(small)
    assert not is_grace(replace(small, grace=False))
    assert not is_grace(rest("8"))
