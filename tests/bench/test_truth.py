"""Reading a folder of true scores: a piece of four bars, the third of them a rest, made here.

    bar    1 (4/4)              2 (4/4)     3       4 (3/4, one sharp)
    upper  C5 half, D5 half     E5 whole    rest    G5 dotted half, after a grace note F#5
    lower  C3 whole             E3 whole    rest    G3 dotted half

The player leaves out E3 and adds an A4; a second performance holds one note.
"""

import csv
from fractions import Fraction
from zipfile import ZipFile

import numpy as np
import pytest

from bench.pages.page import PageBar, PageNote
from bench.pages.truth import match_played, read_folder
from engrave.music.performance import Performance, PlayedNote
from engrave.music.values import SEMITONES

QUARTER = 10080
NOTE_FIELDS = (
    "onset", "offset", "pitch", "matched", "score_onset", "position", "duration", "step", "alter",
    "octave", "staff", "voice", "flags", "beats", "beat_type", "fifths", "measure_length",
)  # fmt: skip


def score_note(onset, name, places: tuple[int, int, int], staff, meter=(4, 4, 0)):
    """A note played at `onset`; `places` are the one in the score, in its bar, and the length."""
    step, alter, octave = name[0].encode(), name.count("#"), int(name[-1])
    pitch = 12 * (octave + 1) + SEMITONES[name[0]] + alter
    at, position, length = (quarters * QUARTER for quarters in places)
    beats, beat_type, fifths = meter
    return (
        *(onset, onset + 0.5, pitch, True, at, position, length),
        *(step, alter, octave, staff, 4 * staff - 3, int(not length), beats, beat_type, fifths),
        beats * QUARTER,
    )


LAST = (3, 4, 1)
PERFORMED = [
    score_note(0.0, "C3", (0, 0, 4), 2),
    score_note(0.01, "C5", (0, 0, 2), 1),
    score_note(1.0, "D5", (2, 2, 2), 1),
    (1.5, 1.6, 69, False, 0, 0, 0, b"A", 0, 0, 0, 0, 0, 0, 0, 0, 0),
    score_note(2.0, "E5", (4, 0, 4), 1),
    score_note(5.9, "F#5", (12, 0, 0), 1, LAST),
    score_note(6.0, "G3", (12, 0, 3), 2, LAST),
    score_note(6.0, "G5", (12, 0, 3), 1, LAST),
    score_note(0.5, "C4", (0, 0, 4), 1),  # the second performance
]
OMITTED = [score_note(0.0, "E3", (4, 0, 4), 2)]
BEATS = [(0.0, True, False), (0.5, False, False), (0.9, False, True), (2.0, True, False)]
ROWS = [
    {
        "midi": "Anon/Piece/one.mid", "score": "Anon/Piece/score.musicxml", "composer": "Anon",
        "title": "Piece", "robust": 1, "matched": 0.875, "note_start": 0, "note_stop": 8,
        "omitted_start": 0, "omitted_stop": 1, "beat_start": 0, "beat_stop": 4,
    },
    {
        "midi": "Anon/Piece/two.mid", "score": "Anon/Piece/score.musicxml", "composer": "Anon",
        "title": "Piece", "robust": 0, "matched": 1, "note_start": 8, "note_stop": 9,
        "omitted_start": 1, "omitted_stop": 1, "beat_start": 4, "beat_stop": 4,
    },
]  # fmt: skip


def write_notes(path, rows):
    columns = dict(zip(NOTE_FIELDS, map(np.array, zip(*rows, strict=True)), strict=True))
    places = columns.pop("score_onset")
    np.savez(path, d_score_onset=np.diff(places, prepend=0), **columns)


@pytest.fixture
def folder(tmp_path):
    write_notes(tmp_path / "performed.npz", PERFORMED)
    write_notes(tmp_path / "omitted.npz", OMITTED)
    times, downbeats, irregular = map(np.array, zip(*BEATS, strict=True))
    np.savez(tmp_path / "beats.npz", time=times, downbeat=downbeats, irregular=irregular)
    with open(tmp_path / "performances.csv", "w", newline="") as file:
        table = csv.DictWriter(file, ROWS[0])
        table.writeheader()
        table.writerows(ROWS)
    with ZipFile(tmp_path / "midi.zip", "w") as archive:
        archive.writestr("Anon/Piece/one.mid", b"MThd one")
    with ZipFile(tmp_path / "scores.zip", "w") as archive:
        archive.writestr("Anon/Piece/score.musicxml", b"<score/>")
    return tmp_path


def test_each_performance_has_its_facts_and_files(folder):
    first, second = read_folder(folder)
    assert (first.name, first.score_name) == ("Anon/Piece/one", "Anon/Piece")
    assert (first.composer, first.title, first.matched) == ("Anon", "Piece", 0.875)
    assert (first.robust, second.robust) == (True, False)
    assert (first.midi, first.score) == (b"MThd one", b"<score/>")
    assert first.pitches.tolist() == [48, 72, 74, 69, 76, 78, 55, 79]
    assert second.onsets.tolist() == [0.5]


def test_irregular_beats_are_left_out(folder):
    first, second = read_folder(folder)
    assert (first.beats, first.downbeats) == ((0.0, 0.5, 2.0), (0.0, 2.0))
    assert (first.page.beats, first.page.downbeats) == (first.beats, first.downbeats)
    assert second.beats == ()


def test_the_page_holds_what_was_played_and_what_was_left_out(folder):
    notes = read_folder(folder)[0].page.notes
    assert [(n.onset, n.length, n.pitch, n.played) for n in notes] == [
        (0, 4, 48, 0),
        (0, 2, 72, 1),
        (2, 2, 74, 2),
        (4, 4, 52, None),  # E3, left out
        (4, 4, 76, 4),  # row 3, A4, is not of the piece
        (12, 3, 55, 6),
        (12, 0, 78, 5),
        (12, 3, 79, 7),
    ]
    grace = PageNote(Fraction(12), Fraction(0), 78, "F", 1, 5, 1, 1, 5, grace=True)
    assert notes[6] == grace


def test_a_bar_of_rest_is_filled_in(folder):
    assert read_folder(folder)[0].page.bars == (
        PageBar(Fraction(0), Fraction(4), 4, 4, 0),
        PageBar(Fraction(4), Fraction(4), 4, 4, 0),
        PageBar(Fraction(8), Fraction(4), 4, 4, 0),
        PageBar(Fraction(12), Fraction(3), 3, 4, 1),
    )


def test_times_in_whole_numbers_are_milliseconds(folder):
    times = np.array([0, 500, 1000, 1500])
    np.savez(
        folder / "beats.npz",
        d_time=np.diff(times, prepend=0),
        downbeat=times == 0,
        irregular=times < 0,
    )
    assert read_folder(folder)[0].beats == (0.0, 0.5, 1.0, 1.5)


def test_played_notes_are_matched_whatever_their_order_and_number(folder):
    """The reader puts the chord at 6.0 into another order by a millisecond, and drops D5."""
    heard = Performance(
        tuple(
            PlayedNote(onset, onset + 0.5, pitch, 64)
            for onset, pitch in (
                *((0.0, 48), (0.01, 72), (1.5, 69), (2.0, 76)),
                *((5.9, 78), (5.999, 79), (6.001, 55), (7.0, 79)),
            )
        )
    )
    matched = match_played(heard, read_folder(folder)[0])
    assert matched == {0: 0, 1: 1, 2: 3, 3: 4, 4: 5, 5: 7, 6: 6}
