"""What speaks for bars: long notes, basses and harmonies on barlines, what comes back, the end."""

from fractions import Fraction

import pytest

from engrave.rhythm.bar_choice.describe import NAMES, Bars, Beats, Describer
from engrave.rhythm.bar_choice.placed_music import PlacedMusic
from samples.tunes import again, line
from tests.support.evidence import unsaid_bars
from tests.support.placed import placed

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


def test_bars_stand_where_they_are_said_to():
    for count, offset in told(WALTZ, 2, 3):
        assert 0 <= offset < count
    assert Bars(Fraction(3, 2), True, 2, Fraction(0)).length == 3
