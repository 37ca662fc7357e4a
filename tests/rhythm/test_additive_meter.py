"""Where bars of five and seven beats divide."""

from fractions import Fraction

import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.music.performance import PlayedNote
from engrave.rhythm.additive_meter import group_beats_of_bars


def lesser_first(
    beats: int, beat_type: int, places: str, loud: str = "", skipped: int = 0
) -> list[bool]:
    """Of two bars with notes at `places` (eighths), those of `loud` struck harder.

    The first bar begins `skipped` eighths late.
    """
    full = Fraction(4 * beats, beat_type)
    late = Fraction(skipped, 2)
    starts = [Fraction(0), full - late]
    ends = [full - late, 2 * full - late]
    made = tuple(Bar(a, b - a, beats, beat_type) for a, b in zip(starts, ends, strict=True))
    notes, played = [], []
    for k in range(2):
        for place in map(int, places.split()):
            onset = full * k + Fraction(place, 2) - late
            if onset >= 0:
                notes.append(Note(len(played), 60, onset, Fraction(1, 2)))
                force = 90 if str(place) in loud.split() else 60
                played.append(PlayedNote(float(onset), float(onset) + 0.1, 60, force))
    grid = Grid((0.0, 1.0), (Fraction(0), Fraction(1)), made)
    divided = group_beats_of_bars(notes, played, grid).bars
    assert [(bar.start, bar.length) for bar in divided] == [(bar.start, bar.length) for bar in made]
    return [bar.short_group_first for bar in divided]


@pytest.mark.parametrize(
    ("beats", "beat_type", "places", "loud", "expected"),
    [
        (7, 8, "0 4", "", False),
        (7, 8, "0 3", "", True),
        (7, 8, "0 1 2 3 5", "", True),  # a quarter begins on the fourth eighth
        (7, 8, "0 1 2 3 4 5 6", "", False),  # nothing says so
        (7, 8, "0 1 2 3 4 5 6", "0 3", True),
        (7, 8, "0 1 2 3 4 5 6", "0 4", False),
        (5, 8, "0 2", "", True),
        (5, 8, "0 3", "", False),
        (5, 4, "0 4", "", True),
        (6, 4, "0 4", "", False),  # three and three, always
        (4, 4, "0 2", "", False),
    ],
)
def test_the_heavier_place_divides_the_bar(
    beats: int, beat_type: int, places: str, loud: str, expected: bool
) -> None:
    assert lesser_first(beats, beat_type, places, loud) == [expected] * 2


def test_a_pickup_is_counted_from_its_end() -> None:
    assert lesser_first(7, 8, "0 3", skipped=5) == [True, True]


def test_bars_of_a_run_divide_alike_and_the_next_run_in_its_own_way() -> None:
    seven = [Bar(Fraction(7, 2) * k, Fraction(7, 2), 7, 8) for k in range(2)]
    four = Bar(Fraction(7), Fraction(4), 4, 4)
    last = Bar(Fraction(11), Fraction(7, 2), 7, 8)
    places = [Fraction(n, 2) for n in (0, 3, 7, 11, 14, 22, 26)]  # one bar of 3 + 4, one of 4 + 3
    notes = [Note(i, 60, place, Fraction(1, 2)) for i, place in enumerate(places)]
    played = [PlayedNote(float(p), float(p) + 0.1, 60, 100 if p == 1.5 else 60) for p in places]
    grid = Grid((0.0, 1.0), (Fraction(0), Fraction(1)), (*seven, four, last))
    divided = group_beats_of_bars(notes, played, grid).bars
    assert [bar.short_group_first for bar in divided] == [True, True, False, False]


def test_half_a_bar() -> None:
    halves = {
        (2, 4): 2, (3, 4): 3, (4, 4): 2, (5, 4): 3, (6, 4): 6, (7, 8): 2, (6, 8): 3, (12, 8): 3,
    }  # fmt: skip
    for (beats, beat_type), half in halves.items():
        bar = Bar(Fraction(0), Fraction(4 * beats, beat_type), beats, beat_type)
        assert bar.division == half
    assert Bar(Fraction(0), Fraction(7, 2), 7, 8, short_group_first=True).division == Fraction(3, 2)
