"""What speaks for bars: long notes, basses and harmonies on barlines, what comes back, the end."""

from fractions import Fraction

import numpy as np
import pytest

from engrave.music.performance import Performance, PlayedNote
from engrave.rhythm.bar_choice.accents import ACCENTS, Chroma, accents
from engrave.rhythm.bar_choice.begin_and_end import ENDS, Span, describe_ends
from engrave.rhythm.bar_choice.describe import NAMES, Bars, Beats, Describer
from engrave.rhythm.bar_choice.placed_music import PlacedMusic
from engrave.rhythm.bar_choice.repetition import KINDS, Cells, returns
from samples.tunes import Line, again, line
from tests.support.evidence import unsaid_bars


def placed(*lines: Line) -> PlacedMusic:
    """Music at a second a unit."""
    notes = sorted(note for one in lines for note in one)
    played = tuple(PlayedNote(on, on + length, pitch, 64) for on, length, pitch in notes)
    onset, end = (np.array([getattr(n, name) for n in played]) for name in ("onset", "release"))
    return PlacedMusic.of(Performance(played), onset, end)


WALTZ_BASS = again("0 7+12 7+12", [48, 43, 41, 48] * 2, 3)
MELODY = line("72:2 71 69:2 67 65:2 69 67:3 72:2 71 69:2 67 65:2 62 60:3")
WALTZ = placed(MELODY, WALTZ_BASS)


def told(music: PlacedMusic, *counts: int) -> dict[tuple[int, Fraction], dict[str, float]]:
    """What is told of bars of so many units, by their size and place; no reader says anything."""
    beats = Beats(Fraction(0), Fraction(1), False, unsaid_bars(int(music.onset[-1]) + 2))
    rows = Describer(music).describe(beats, counts)
    return {(b.count, b.offset): dict(zip(NAMES, row, strict=True)) for b, row in rows}


@pytest.mark.parametrize("name", ["low", "held", "harmony", "gap"])
def test_basses_long_notes_and_new_harmonies_are_heavier_on_the_first_beats_of_a_waltz(name):
    first = {offset: row[f"first: {name}"] for (_, offset), row in told(WALTZ, 3).items()}
    assert first[0] >= max(first[1], first[2]) and (first[0] > 0 or name == "gap")


def test_what_is_held_over_a_beat_speaks_against_a_barline():
    rows = told(placed(line("60 62:2 64 65:2 67 69:2 71 72:2")), 3)
    tied = {int(offset): row["first: tied over"] for (_, offset), row in rows.items()}
    assert tied[2] > 0 > tied[0] and tied[2] > 0 > tied[1]


def test_what_comes_back_after_a_bar_speaks_for_its_length():
    rows = told(placed(MELODY, again("0 7+12 7+12", [48] * 8, 3)), 2, 3, 4)
    for kind in ("bass", "pitches"):
        back = {count: rows[count, Fraction(0)][f"{kind} after 1"] for count in (2, 3, 4)}
        assert back[3] > back[2] and back[3] > back[4]


def test_phrases_begin_where_what_follows_comes_back():
    music = placed(line("67 60 62 64:2 65 67 69:5 71 60 62 64:2 65 67 69:4 72:2"))
    begins = returns(Cells.of(music), np.arange(29) * 4, 3)
    assert begins[1] > max(begins[2:12]) and begins[13] > max(begins[14:])


def test_another_key_has_the_same_steps_and_other_pitches():
    cells = Cells.of(placed(line("60 64 67 65 62 66 69 67")))
    alike = dict(zip(KINDS, cells.alike(16), strict=True))
    assert alike["rhythm"] > 0 and alike["steps"] > 0
    assert alike["melody"] == alike["bass"] == 0


def test_notes_that_sound_below_a_melody_are_not_of_it():
    music = placed([(0, 4, 79)], line("48 60 48 60"))
    assert music.melody_gap.tolist() == [4, 0, 0, 0] or music.melody_gap[1:].tolist() == [0, 0, 0]
    assert music.bass_held[0] == 1


def test_accents_of_silence_are_none():
    music = placed(line("60 r 62"))
    row = dict(zip(ACCENTS, accents(music, Chroma(music), np.array([1.0]), 1.0)[0], strict=True))
    assert row["struck"] == row["gap"] == row["held"] == row["bass change"] == 0


@pytest.mark.parametrize(
    "text, bar, offset, right",
    [
        ("60 62 64 65 67:4", 4, 0, {"last on a downbeat", "long last fills its bar", "no pickup"}),
        ("60 62 64 65 67:4", 4, 1, {"pickup of a beat", "last bar lacks the pickup", "whole bars"}),
        ("60:.5 62 64 65:3", 3, 0.5, {"pickup between", "long last on a beat"}),
        ("60 62 64 65:2", 4, 3, {"longer pickup", "last on a downbeat"}),
    ],
)
def test_how_music_begins_and_ends(text, bar, offset, right):
    row = describe_ends(Span.of(placed(line(text))), 1.0, float(bar), float(offset))
    assert right <= {name for name, holds in zip(ENDS, row, strict=True) if holds}


def test_bars_stand_where_they_are_said_to():
    for count, offset in told(WALTZ, 2, 3):
        assert 0 <= offset < count
    assert Bars(Fraction(3, 2), True, 2, Fraction(0)).length == 3
