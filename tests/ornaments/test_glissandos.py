"""Which sweeps over the keys are glissandos, and what becomes of the keys between."""

import pytest

from engrave.music.note import Ornaments
from engrave.music.performance import Performance, PlayedNote
from engrave.ornaments.find import find_ornaments
from engrave.ornaments.fold import fold_ornaments
from engrave.ornaments.glissandos import find_glissandos
from tests.support.evidence import blank
from tests.support.playing import even_grid

WHITE = [60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79]
BLACK = [61, 63, 66, 68, 70, 73, 75, 78, 80, 82, 85]
STEP = 0.04  # seconds: 25 keys a second


def swept(keys: list[int], step: float = STEP, start: float = 0.0) -> list[PlayedNote]:
    times = [start + k * step for k in range(len(keys))]
    return [PlayedNote(t, t + step, key, 60) for t, key in zip(times, keys, strict=True)]


def found(notes: list[PlayedNote]) -> list[tuple[int, ...]]:
    return list(find_glissandos(notes, range(len(notes))))


@pytest.mark.parametrize("keys", [WHITE, WHITE[::-1], BLACK, [*WHITE[:5], *WHITE[6:]]])
def test_a_quick_sweep_over_the_keys_of_one_colour(keys: list[int]) -> None:
    assert found(swept(keys)) == [tuple(range(len(keys)))]


@pytest.mark.parametrize(
    "notes",
    [
        swept(WHITE[:9]),  # too short
        swept(WHITE, step=0.06),  # as fast as fingers play a scale
        swept(list(range(60, 72))),  # chromatic
        swept([*WHITE[::3], 81, 86, 91, 96, 101, 105]),  # a broken chord
        swept([60, 62] * 6),  # a trill
    ],
)
def test_in_doubt_the_notes_are_written(notes: list[PlayedNote]) -> None:
    assert found(notes) == []


def test_up_and_down_are_two() -> None:
    notes = swept([*WHITE, *WHITE[-2::-1]])
    assert [run[0] for run in found(notes)] == [0, len(WHITE)]
    assert found(notes)[0] == tuple(range(len(WHITE)))


def test_only_the_ends_are_left_and_the_first_is_held_up_to_the_last() -> None:
    performance = Performance(tuple(swept(WHITE)))
    count = len(WHITE)
    ornaments = find_ornaments(performance, blank(count), even_grid(4, 4))
    assert ornaments == Ornaments(glissandos=(tuple(range(count)),))
    first, last = fold_ornaments(performance, ornaments)
    assert (first.played, last.played) == (0, count - 1)
    assert (first.pitch, last.pitch, first.release) == (60, 79, last.onset)
