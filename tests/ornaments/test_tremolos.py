"""Which strokes are a tremolo, from which beat to which, and that none is lost."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.grid import Grid
from engrave.music.note import Note, Tremolo
from engrave.music.performance import PlayedNote
from engrave.ornaments.tremolos import add_alternating_chords, find_tremolos
from tests.support.notes import on_staves
from tests.support.playing import even_grid

STROKE = 0.07  # seconds: at half a second a quarter, seven to the beat
LOW, HIGH = (36, 48), (43, 52)


def struck(times: list[float], *chords: tuple[int, ...]) -> list[PlayedNote]:
    """The chords in turn, each at one of the times."""
    return [
        PlayedNote(time, time + 0.05, pitch, 60)
        for k, time in enumerate(times)
        for pitch in chords[k % len(chords)]
    ]


def steady(count: int, start: float = 0.0, step: float = STROKE) -> list[float]:
    return [start + k * step for k in range(count)]


def found(notes: list[PlayedNote], grid: Grid | None = None) -> list[Tremolo]:
    return list(find_tremolos(notes, range(len(notes)), grid or even_grid(4, 4)))


@pytest.mark.parametrize(
    ("chords", "period"),
    [((LOW,), 1), ((LOW, HIGH), 2), (((36,), (48,)), 2), (((60, 64), (66,)), 2)],
)
def test_strokes_too_fast_to_count_are_one_tremolo(chords, period) -> None:
    notes = struck(steady(28, 2.0), *chords)
    (tremolo,) = found(notes)
    assert (tremolo.onset, tremolo.release) == (2.0, 4.0)
    assert [tuple(notes[i].pitch for i in c) for c in tremolo.chords] == list(chords)[:period]
    assert tremolo.presses == set(range(len(notes)))
    for press, more in tremolo.folded.items():
        assert {notes[i].pitch for i in more} <= {notes[press].pitch}


@pytest.mark.parametrize(
    "notes",
    [
        struck(steady(11), LOW, HIGH),  # too few
        struck(steady(28, step=0.12), LOW, HIGH),  # too slow
        struck(steady(28), (60,), (62,)),  # a trill
        struck(steady(28), (60,), (64,), (67,)),  # a broken chord
        struck([k * 0.05 + 0.03 * (k % 3 == 0) + 0.1 * (k > 13) for k in range(28)], LOW, HIGH),
        struck(steady(28), LOW, (48, 60)),  # one key in both
    ],
)
def test_in_doubt_the_notes_are_written(notes) -> None:
    assert found(notes) == []


def test_what_can_be_counted_is_no_tremolo() -> None:
    sextuplets = struck(steady(24, step=0.5 / 6), LOW, HIGH)
    assert found(sextuplets) == []
    assert found(sextuplets, even_grid(4, 4, seconds=1.0)) != []


def test_it_goes_from_beat_to_beat_and_is_written_anew_in_each_bar() -> None:
    notes = struck(steady(38, 0.9), LOW)  # from before the third beat to after the barline
    first, second = found(notes)
    assert (first.onset, first.release) == (1.0, 2.0)
    assert (second.onset, second.release) == (2.0, 3.5)
    assert not first.presses & second.presses
    left = set(range(len(notes))) - first.presses - second.presses
    assert {round(notes[i].onset, 2) for i in left} == {0.9, 3.49}


def joined(tremolo: Tremolo, onsets: list[str], lengths: list[str]) -> tuple[Note, ...]:
    """The first chord (presses 0 and 1) and what follows in the voice, and then all of them.

    They stand in the lower voice of the lower staff.
    """
    performance = struck(steady(28), LOW, HIGH)
    notes = [
        Note(i, performance[i].pitch, Fraction(onset), Fraction(length))
        for i, (onset, length) in enumerate(zip(onsets, lengths, strict=True))
    ]
    return add_alternating_chords(on_staves(notes, 2, 2), [tremolo], performance, even_grid(4, 4))


TREMOLO = Tremolo(((0, 1), (2, 3)), {0: (4,), 1: (5,), 2: (6,), 3: (7,)}, 0.0, 2.0)


def test_the_second_chord_joins_the_first() -> None:
    result = joined(TREMOLO, ["0", "0"], ["7/2", "3"])
    assert [(n.played, n.onset, n.duration) for n in result] == [(i, 0, 4) for i in range(4)]
    assert [n.pitch for n in result] == [*LOW, *HIGH]
    assert [(n.hand, n.staff, n.voice_staff, n.voice) for n in result] == [(2, 2, 2, 2)] * 4


def test_it_ends_with_the_beat_before_the_next_note() -> None:
    tremolo = replace(TREMOLO, release=1.5)
    result = joined(tremolo, ["0", "0", "8/3"], ["7/2", "3", "1"])
    assert [n.duration for n in result if n.played < 2] == [2, 2]
    assert [n.onset for n in result][-1] == Fraction(8, 3)
