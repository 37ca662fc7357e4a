"""Key presses that may be ornaments, and what a reader made by hand says of them."""

from dataclasses import replace

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import Evidence
from engrave.music.note import Ornaments
from engrave.music.performance import RIGHT, Performance, PlayedNote
from engrave.ornaments.find import find_ornaments
from tests.support.evidence import blank
from tests.support.playing import even_grid

UNLIKELY = -6.0  # log odds of everything that a test does not say
Press = tuple[float, float, int]  # onset, seconds held, key
SEMIQUAVER = 0.125  # seconds, at 120 quarters a minute


def perform(*presses: Press, hands: str = "") -> Performance:
    """The presses by the right hand, if nothing is said."""
    played = zip(presses, map(int, hands or str(RIGHT) * len(presses)), strict=True)
    return Performance(
        tuple(PlayedNote(on, on + held, key, 64, hand=hand) for (on, held, key), hand in played)
    )


def said(count: int, **flags: dict[int, float]) -> Evidence:
    """What the reader says of so many notes: `trill={3: 1.0}` are log odds by index of the note."""
    table = np.full((count, len(heads.FLAGS)), UNLIKELY)
    for name, odds in flags.items():
        for i, value in list(odds.items())[:count]:
            table[i, heads.FLAGS.index(name)] = value
    return replace(blank(count), flags=table)


def find(
    *presses: Press, hands: str = "", quarter: float = 0.5, **flags: dict[int, float]
) -> Ornaments:
    """The ornaments of presses that one hand plays if nothing is said; quarters last so long."""
    performance = perform(*presses, hands=hands)
    grid = even_grid(4, 4, seconds=quarter)
    return find_ornaments(performance, said(len(presses), **flags), grid)


def steady(step: float, *keys: int, start: float = 0.0) -> list[Press]:
    return [(start + k * step, step * 0.9, key) for k, key in enumerate(keys)]


TRILL = [*steady(0.07, 72, 74, 72, 74, 72, 74, 72, start=1.0), (2.0, 0.9, 71)]
MELODY = steady(0.5, 72, 74, 76, 77)
EVERY_PRESS = dict.fromkeys(range(8), 1.0)  # as far as there are so many
ROLL = [(1.0, 1.0, 48), (1.05, 0.95, 55), (1.1, 0.9, 64), (1.15, 0.85, 72)]
