"""How long notes are written: by how long they were held, by the reader where that leaves doubt."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.rhythm.durations import settle_durations
from samples import names, take
from tests.support.evidence import blank, of_truth, said
from tests.support.notes import on_staves, true_notes


def grid_of(meter: str, bars: int = 2, pickup: str = "0") -> Grid:
    """Bars of one meter, a second for each quarter."""
    beats, beat_type = map(int, meter.split("/"))
    full, places = Fraction(4 * beats, beat_type), [Fraction(0)]
    if Fraction(pickup):
        places.append(Fraction(pickup))
    places += [places[-1] + full * (k + 1) for k in range(bars)]
    return Grid(
        tuple(map(float, places)),
        tuple(places),
        tuple(Bar(a, b - a, beats, beat_type) for a, b in pairwise(places)),
    )


def settled(held: str, grid: Grid, read: str | None = None) -> str:
    """Notes of one voice, each "onset:held", and the lengths that are written, in quarters.

    `read` are the lengths that the reader says, in felt beats.
    """
    notes = []
    for word in held.split():
        onset, length = word.split(":")
        notes.append(Note(len(notes), 60, Fraction(onset), Fraction(length)))
    values = [Fraction(word) for word in (read or "").split()]
    evidence = said(len(notes), value=values) if read else blank(len(notes))
    return " ".join(str(note.duration) for note in settle_durations(notes, evidence, grid))


@pytest.mark.parametrize(
    ("meter", "held", "expected"),
    [
        # However short: an eighth before an eighth, a 16th before a 16th, triplets.
        ("2/4", "0:1/8 1/2:1/8 1:1/8 3/2:1/8 2:2", "1/2 1/2 1/2 1/2 2"),
        ("2/4", "0:1/8 1/4:1/8 1/2:1/8 3/4:1/8 1:3", "1/4 1/4 1/4 1/4 3"),
        ("2/4", "0:1/6 1/3:1/6 2/3:1/6 1:3", "1/3 1/3 1/3 3"),
        # Quarters, of which 26 in 100 were held.
        ("4/4", "0:1/2 1:1/3 2:6", "1 1 6"),
        # Longer gaps want more of them held: 30 in 100 of a half note, 40 of longer ones.
        ("4/4", "0:1 2:6", "2 6"),
        ("4/4", "0:1/2 2:6", "1 6"),
        ("4/4", "0:5/2 4:4", "4 4"),
        ("4/4", "0:1 4:4", "1 4"),
        # Over the barline where the gap was held; up to it where the reader says so (below).
        ("4/4", "0:7/2 7/2:1/2 9/2:7/2", "7/2 1 7/2"),
        ("4/4", "0:7/2 7/2:3/4 9/2:7/2", "7/2 1 7/2"),
        # What is held over the next note ends with it.
        ("4/4", "0:5/2 1:1 2:9", "1 1 6"),
        # A single short note at the end gets a simple value, a long one goes to the barline.
        ("4/4", "0:4 4:1", "4 1"),
        ("4/4", "0:4 4:3", "4 4"),
    ],
)
def test_lengths(meter: str, held: str, expected: str) -> None:
    assert settled(held, grid_of(meter)) == expected


@pytest.mark.parametrize(
    ("meter", "held", "read", "expected"),
    [
        # Staccato quarters or eighths.
        ("4/4", "0:1/4 1:1/4 2:6", "1 1 4", "1 1 4"),
        ("4/4", "0:1/4 1:1/4 2:6", "1/2 1/2 4", "1/2 1/2 4"),
        # An eighth before the barline, or a quarter tied over it.
        ("4/4", "0:7/2 7/2:1/2 9/2:7/2", "4 1/2 4", "7/2 1/2 7/2"),
        ("4/4", "0:7/2 7/2:1/2 9/2:7/2", "4 1 4", "7/2 1 7/2"),
        # A half note under the pedal or a quarter; three quarters of a bar or all of it.
        ("4/4", "0:3/4 2:6", "2 4", "2 4"),
        ("4/4", "0:3/4 2:6", "1 4", "1 4"),
        ("3/4", "0:5/3 3:3", "2 3", "2 3"),
        ("3/4", "0:5/3 3:3", "3 3", "3 3"),
        # In 6/8 the reader counts in dotted quarters.
        ("6/8", "0:3/2 3/2:1/3 3:3", "1 1/3 2", "3/2 1/2 3"),
        ("6/8", "0:3/2 3/2:1/2 3:3", "1 1 2", "3/2 3/2 3"),
    ],
)
def test_the_reader_decides_where_the_touch_leaves_doubt(
    meter: str, held: str, read: str, expected: str
) -> None:
    assert settled(held, grid_of(meter), read) == expected


def test_what_was_held_may_outweigh_the_reader() -> None:
    """Held for all of a quarter it is no sixteenth, whatever the reader says."""
    assert settled("0:1 1:1 2:2 4:4", grid_of("4/4"), "1/4 1/4 2 4") == "1 1 2 4"


def test_no_reader_makes_a_short_note_last_for_bars() -> None:
    assert Fraction(settled("2:1 20:4", grid_of("4/4", bars=6), "5 4").split()[0]) <= 3


def test_no_reader_makes_a_note_reach_into_the_next() -> None:
    assert settled("0:1 1:1 2:6", grid_of("4/4"), "4 4 4") == "1 1 4"


@pytest.mark.parametrize(
    ("held", "read", "expected"),
    [
        ("1/3:1/6 2:1", "1/3 1", "1/3"),
        ("1/3:1/2 3:1", "2/3 1", "2/3"),
        ("2/3:1/12 3:1", "1/3 1", "1/3"),
        ("2/3:1 5:1", "4/3 1", "4/3"),
    ],
)
def test_a_note_of_a_triplet_ends_at_another_one_or_with_the_beat(
    held: str, read: str, expected: str
) -> None:
    assert settled(held, grid_of("4/4"), read).split()[0] == expected


@pytest.mark.parametrize("read", ["1/4", "1/2", "3/4", "5/6"])
def test_a_note_of_a_triplet_never_ends_between_its_notes(read: str) -> None:
    end = Fraction(1, 3) + Fraction(settled("1/3:1/2 2:1", grid_of("4/4"), f"{read} 1").split()[0])
    assert end in (Fraction(2, 3), 1, Fraction(3, 2), 2)


@pytest.mark.parametrize("name", names())
def test_the_lengths_of_the_samples_by_a_good_reader(name: str) -> None:
    """On the true grid, in the true voices, from how long the keys were held."""
    sample = take(name)
    held = np.array([note.release for note in sample.performance.notes])
    ends = sample.grid.quarter_at(held)
    true = true_notes(sample)
    notes = [
        replace(note, duration=_held(note, end))
        for note, end in zip(true, ends.tolist(), strict=True)
    ]
    grid = Grid(sample.grid.times, sample.grid.quarters, sample.piece.bars)
    assert settle_durations(notes, of_truth(sample), grid) == tuple(true)


def _held(note: Note, end: float) -> Fraction:
    if note.grace:
        return Fraction(0)
    return max(Fraction(round(12 * (end - float(note.onset))), 12), Fraction(1, 12))


def test_beats_are_counted_from_the_end_of_a_pickup() -> None:
    """A pickup of an eighth: its note is held a little over the barline, and ends there."""
    assert settled("0:1/2 9/2:1", grid_of("4/4", pickup="1/2")).split()[0] == "1/2"


def test_a_chord_gets_the_length_for_which_most_of_it_was_held() -> None:
    lengths = (Fraction(1, 4), Fraction(2), Fraction(2))
    notes = [Note(i, 60 + i, Fraction(0), length) for i, length in enumerate(lengths)]
    notes.append(Note(3, 60, Fraction(2), Fraction(1)))
    written = settle_durations(notes, blank(4), grid_of("4/4"))
    assert [note.duration for note in written] == [2, 2, 2, 1]


def test_voices_and_hands_do_not_end_each_other() -> None:
    notes = [
        Note(0, 72, Fraction(0), Fraction(4)),
        Note(1, 64, Fraction(1), Fraction(3)),
        Note(2, 48, Fraction(2), Fraction(2)),
    ]
    notes = on_staves(notes, [1, 1, 2], [1, 2, 1])
    settled = settle_durations(notes, blank(3), grid_of("4/4", bars=1))
    assert [note.duration for note in settled] == [4, 3, 2]


def test_grace_notes_keep_no_length() -> None:
    notes = [
        Note(0, 71, Fraction(1), Fraction(0), grace=True),
        Note(1, 72, Fraction(1), Fraction(1)),
    ]
    settled = settle_durations(notes, blank(2), grid_of("4/4"))
    assert [note.duration for note in settled] == [0, 1]
    assert settled[0].grace


GRIDS = [grid_of(m, 4, p) for m in ("3/4", "4/4", "6/8", "2/2") for p in ("0", "1/2", "1")]


@pytest.mark.parametrize("grid", GRIDS)
def test_notes_end_before_the_next_of_their_voice_and_inside_the_piece(grid: Grid) -> None:
    chance = random.Random(str(grid.bars))
    for _ in range(30):
        notes = []
        for k in range(chance.randrange(1, 40)):
            unit = chance.choice((2, 3, 4, 5, 6))
            onset = Fraction(chance.randrange(int(grid.bars[-1].end * unit)), unit)
            length = Fraction(chance.randrange(1, 5 * unit), unit)
            notes.append(Note(k, chance.randrange(40, 80), onset, length))
        staff, voice = ([chance.choice((1, 2)) for _ in notes] for _ in range(2))
        notes = on_staves(notes, staff, voice)
        written = settle_durations(notes, blank(len(notes)), grid)
        assert [replace(n, duration=Fraction(0)) for n in written] == [
            replace(n, duration=Fraction(0)) for n in notes
        ]
        for line in set(zip(staff, voice, strict=True)):
            members = [note for note in written if (note.staff, note.voice) == line]
            members.sort(key=lambda note: note.onset)
            assert all(n.onset < n.end <= grid.bars[-1].end for n in members)
            for a, b in pairwise(members):
                assert a.end <= b.onset or (a.onset == b.onset and a.end == b.end)
