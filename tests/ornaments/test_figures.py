"""Which quick figures around a note are turns and mordents."""

from dataclasses import replace

import pytest

from engrave.music.note import FoldedNote, Ornament, Ornaments
from engrave.music.performance import RIGHT, Performance
from engrave.ornaments.find import find_ornaments
from engrave.ornaments.fold import fold_ornaments
from tests.support.ornaments import Press, find, perform, said, steady
from tests.support.playing import even_grid


@pytest.mark.parametrize(
    ("keys", "main"), [((74, 72, 71, 72), 1), ((72, 74, 72, 71, 72), 0)], ids=["four", "five"]
)
def test_a_turn_goes_around_its_note(keys: tuple[int, ...], main: int) -> None:
    *quick, last = steady(0.08, *keys, start=0.5)
    presses = [(0.0, 0.4, 67), *quick, (last[0], 0.5, last[2]), (1.5, 0.5, 77)]
    (sign,) = find(*presses, trill={1 + main: 1.0}).signs
    assert (sign.kind, sign.main, len(sign.folded)) == ("turn", 1 + main, len(keys) - 1)
    assert find(*presses) == Ornaments()
    assert find(*presses, quarter=1.0).signs == (sign,)  # faster than its 32nds
    even = [*presses[:-2], (presses[-2][0], 0.1, presses[-2][2]), presses[-1]]
    assert find(*even, quarter=1.0) == Ornaments()  # it rests nowhere


@pytest.mark.parametrize(
    ("neighbour", "kind"), [(71, "mordent"), (70, "mordent"), (74, "inverted-mordent")]
)
def test_a_mordent_goes_to_its_neighbour_and_back(neighbour: int, kind: str) -> None:
    presses = [(0.5, 0.06, 72), (0.57, 0.06, neighbour), (0.64, 0.4, 72), (1.1, 0.4, 76)]
    found = find(*presses)
    assert found.signs == (Ornament(kind, 0, (1, 2), 0.5, 1.04),)
    folded = fold_ornaments(perform(*presses), found)
    assert [note.played for note in folded] == [0, 3]
    assert folded[0] == FoldedNote(0.5, 1.04, 72, 64, hand=RIGHT, played=0)


def test_three_notes_that_are_no_mordent() -> None:
    def around(step: float, rest: float, neighbour: int = 71) -> list[Press]:
        quick = steady(step, 72, neighbour, start=0.5)
        return [*quick, (0.5 + 2 * step, rest, 72), (2.0, 0.4, 76)]

    assert find(*around(0.07, 0.4)).signs
    assert find(*around(0.07, 0.12)) == Ornaments()  # it rests nowhere
    assert find(*around(0.07, 0.4), quarter=0.35) == Ornaments()  # slower than its 32nds
    assert find(*around(0.07, 0.4), quarter=0.35, trill={1: 1.0}).signs  # but the reader is sure
    assert find(*around(0.11, 0.6), quarter=1.0) == Ornaments()  # too slow for any pace
    assert find(*around(0.07, 0.4, neighbour=69)) == Ornaments()  # no neighbour
    firmly = perform(*around(0.07, 0.4)).notes
    brushed = Performance((firmly[0], replace(firmly[1], velocity=30), *firmly[2:]))
    for performance, count in ((Performance(firmly), 1), (brushed, 0)):
        found = find_ornaments(performance, said(4), even_grid(4, 4, seconds=0.5))
        assert len(found.signs) == count
    assert find((0.43, 0.06, 77), *around(0.07, 0.4)) == Ornaments()  # out of a run
    assert find((0.38, 0.11, 77), *around(0.07, 0.4)).signs


MORDENT = [(0.5, 0.06, 72), (0.57, 0.06, 71), (0.64, 0.4, 72)]


def test_each_figure_has_presses_of_its_own() -> None:
    later = [(onset + 0.6, held, key + 2) for onset, held, key in MORDENT]
    first, second = find(*MORDENT, *later).signs
    assert (first.main, first.folded, second.main, second.folded) == (0, (1, 2), 3, (4, 5))
    (alone,) = find(*MORDENT, (1.11, 0.06, 71), (1.18, 0.4, 72)).signs  # no second one on the same
    assert (alone.main, alone.folded) == (0, (1, 2))


def test_a_neighbour_is_a_semitone_or_a_tone_away() -> None:
    for away, signs in ((1, 1), (2, 1), (3, 0), (0, 0)):
        presses = [MORDENT[0], (0.57, 0.06, 72 - away), MORDENT[2]]
        assert len(find(*presses).signs) == signs


def test_keys_struck_together_are_no_figure() -> None:
    """Faster than fingers go one after the other, even if the reader is sure."""
    at_once = [(0.5 + 0.02 * k, held, key) for k, (_, held, key) in enumerate(MORDENT)]
    assert find(*at_once, trill={1: 1.0}) == Ornaments()


def test_a_figure_that_breaks_off_is_none() -> None:
    assert find(*MORDENT[:2], trill={0: 1.0}) == Ornaments()
