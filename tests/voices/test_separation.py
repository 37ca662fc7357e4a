"""When one voice serves, and when a second one is needed."""

import random
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engrave.listening.evidence import Evidence
from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.voices.separation import separate_voices
from samples import names, take
from tests.support.evidence import ANSWERS, blank, of_truth, said
from tests.support.notes import on_staves, true_notes
from tests.support.scores import pitch


def placed(text: str) -> list[Note]:
    """ "0 2 C4+E4": an onset, for how many quarters the keys are held (0: a grace note), keys."""
    notes: list[Note] = []
    for line in text.split(";"):
        onset, length, names = line.split()
        for name in names.split("+"):
            key, k = pitch(name).midi, len(notes)
            notes.append(Note(k, key, Fraction(onset), Fraction(length), length == "0"))
    return notes


def undecided(count: int) -> Evidence:
    """A reader who holds either voice and one alone as likely, so that what is heard decides."""
    shares = [{"only": 0.5, "upper": 0.25, "lower": 0.25}.get(name, 1e-9) for name in VOICES]
    return replace(blank(count), voice=np.log([shares] * count))


def separated(notes: list[Note], evidence: Evidence) -> list[int]:
    """The voices in bars of 4/4, a second for each quarter."""
    bars = int(max((note.end for note in notes), default=Fraction(0))) // 4 + 1
    grid = Grid(
        (0.0, 4.0 * bars),
        (Fraction(0), Fraction(4 * bars)),
        tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(bars)),
    )
    voiced = separate_voices(notes, evidence, grid)
    assert [replace(note, voice=1) for note in voiced] == notes
    return [note.voice for note in voiced]


def voices(text: str, *read: str) -> str:
    """The voice of each note of one hand, a digit each; `read` is what the reader says of each."""
    notes = placed(text)
    evidence = said(len(notes), voice=read) if read else undecided(len(notes))
    return "".join(map(str, separated(notes, evidence)))


def line(names: str, step: str, held: str, start: str = "0") -> str:
    """Notes one after the other, as text for `placed`."""
    return ";".join(
        f"{Fraction(start) + k * Fraction(step)} {held} {name}"
        for k, name in enumerate(names.split())
    )


VOICES = ANSWERS["voice"]
SCALE = "C4 D4 E4 F4 G4 A4 B4 C5"
BROKEN = "C4 E4 G4 E4 C4 E4 G4 E4"


@pytest.mark.parametrize("held", ["1/4", "1/2", "9/16", "3/4"])
def test_a_line_stays_one_voice_however_it_is_touched(held: str) -> None:
    """Detached, held, and legato up to half of the next note."""
    assert voices(line(SCALE, "1/2", held)) == "1" * 8


def test_chords_of_one_length_are_one_voice() -> None:
    assert voices("0 1 C4+E4+G4; 1 1 C4+F4+A4; 2 2 B3+D4+G4") == "1" * 9


def test_a_leaping_accompaniment_is_one_voice() -> None:
    assert voices("0 1/2 C3; 1 1/2 E4+G4; 2 1/2 E4+G4; 3 1/2 G2; 4 1/2 D4+F4") == "1" * 8
    assert voices(line("C3 G3 E3 G3 C3 G3 E3 G3", "1/2", "5/8")) == "1" * 8


def test_a_held_bass_is_a_voice_below_what_moves() -> None:
    assert voices("0 4 C3;" + line(BROKEN, "1/2", "1/2")) == "2" + "1" * 8
    assert voices("0 3 C3; 1 1/2 C4+E4; 2 1/2 C4+E4; 3 3 G2; 4 1/2 B3+D4") == "2111121" + "1"


def test_a_held_melody_is_a_voice_above_what_moves() -> None:
    assert voices("0 4 C5;" + line(BROKEN, "1/2", "1/2")) == "1" + "2" * 8


def test_two_lines_that_move_at_different_times_are_two_voices() -> None:
    upper = {0: "G4", 2: "A4", 4: "B4"}
    lower = {1: "C4", 3: "D4", 5: "E4"}
    notes = sorted([*upper.items(), *lower.items()])
    assert voices(";".join(f"{onset} 2 {name}" for onset, name in notes)) == "121212"


def test_a_run_does_not_hop_between_the_voices() -> None:
    """The notes between those that are held a little longer are one line with them."""
    run = line("E4 G4 E4", "1/2", "1/2", "1/2"), line("E4 G4 C5", "1/2", "1/2", "5/2")
    assert voices(";".join(["0 1 G5; 2 1 A5", *run])) == "1" * 8


TWO_PARTS = "0 1 C5+E4; 1 1 D5+F4; 2 1 E5+G4; 3 1 C5+E4"


def test_the_reader_decides_whether_equal_lengths_are_chords_or_two_voices() -> None:
    assert voices(TWO_PARTS, *["only"] * 8) == "1" * 8
    assert voices(TWO_PARTS, *["upper", "lower"] * 4) == "12" * 4


def test_the_reader_decides_where_an_overlap_may_be_careless() -> None:
    """A bass held half through the bar below what moves: a voice, or a key let go too late."""
    notes = "0 3/2 C3; 1/2 1/2 E4; 1 1/2 G4; 3/2 1/2 E4"
    assert voices(notes, *["only"] * 4) == "1111"
    assert voices(notes, "lower", *["upper"] * 3) == "2111"


def test_inner_notes_are_of_one_voice_or_the_other() -> None:
    """Reading "inner" is no reason for a second voice where all goes together."""
    assert voices("0 1 C4+E4+G4; 1 1 C4+F4+A4", *["only", "inner", "only"] * 2) == "1" * 6


@pytest.mark.parametrize("name", names())
def test_the_voices_of_the_samples_by_a_good_reader(name: str) -> None:
    sample = take(name)
    notes = [replace(note, voice=1) for note in true_notes(sample)]
    grid = Grid(sample.grid.times, sample.grid.quarters, sample.piece.bars)
    found = separate_voices(notes, of_truth(sample), grid)
    assert found == tuple(true_notes(sample))


def test_grace_notes_go_with_the_note_that_they_lead_to() -> None:
    text = "0 4 C3; 0 1 C5; 1 0 C#5; 1 1 D5; 2 0 D#5; 2 2 E5"
    notes = placed(text)
    found = dict(zip((note.pitch for note in notes), voices(text), strict=True))
    assert found[pitch("C3").midi] == "2"
    assert found[pitch("C#5").midi] == found[pitch("D5").midi] == "1"
    assert found[pitch("D#5").midi] == found[pitch("E5").midi] == "1"


def test_each_hand_has_its_own_voices() -> None:
    notes = placed("0 4 C3;" + line(BROKEN, "1/2", "1/2"))
    assert separated(on_staves(notes, [2] + [1] * 8), undecided(9)) == [1] * 9
    assert separated(on_staves(notes, 2), undecided(9)) == [2] + [1] * 8


def test_nothing_is_nothing() -> None:
    assert separated([], blank(0)) == []


def random_notes(size: int, together: int) -> list[Note]:
    chance = random.Random(size)
    onsets = [Fraction(k // together, 2) for k in range(size)]
    return [
        Note(k, chance.randrange(128), onset, Fraction(chance.randrange(1, 9), 4))
        for k, onset in enumerate(onsets)
    ]


@pytest.mark.parametrize(("size", "together"), [(4000, 4000), (4000, 3)])
def test_many_notes_take_no_long_time(size: int, together: int) -> None:
    """At once, and one after the other: four times the notes, about four times the time."""

    def seconds(notes: list[Note]) -> float:
        evidence = undecided(len(notes))
        start = time.process_time()
        found = separated(notes, evidence)
        assert len(found) == len(notes) and set(found) <= {1, 2}
        return time.process_time() - start

    few, many = (
        min(seconds(random_notes(n, together)) for _ in range(3)) for n in (size // 4, size)
    )
    assert many < 12 * few + 0.1
