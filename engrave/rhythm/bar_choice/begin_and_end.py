"""How music begins and ends in its bars: pieces end on a downbeat, and phrases last 4 or 8 bars."""

from dataclasses import dataclass

import numpy as np

from engrave.rhythm.bar_choice.accents import NEAR
from engrave.rhythm.bar_choice.placed_music import PlacedMusic

LONG = 1.4  # times the usual gap that the last chord of a piece lasts at least, that has an end
PARTS = 2  # of a unit, to whole ones of which the length of the last chord is rounded up
ENDS = (
    *("last on a downbeat", "last half way", "last on a beat", "last between"),
    *("long last on a downbeat", "long last on a beat", "long last between"),
    *("last fills its bar", "long last fills its bar", "last bar lacks the pickup"),
    *("whole bars", "whole fours", "whole eights", "fours of bars", "eights of bars"),
    *("no pickup", "pickup between", "pickup of a beat", "pickup of half", "longer pickup"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where music begins, where its last chord is struck and ends, and whether that one is long."""

    first: float
    last: float
    end: float
    long: bool

    @classmethod
    def of(cls, music: PlacedMusic) -> "Span":
        """The span of the music."""
        first, last = float(music.onset[0]), float(music.onset[-1])
        held = np.ceil((float(music.held[-1]) - NEAR) * PARTS) / PARTS
        usual = float(np.median(music.gap[:-1])) if len(music.gap) > 1 else 1.0
        return cls(first, last, last + float(held), bool(music.held[-1] >= LONG * usual))


def describe_ends(span: Span, beat: float, bar: float, offset: float) -> np.ndarray:
    """A row of `ENDS` (0 or 1) for bars of so many units, one of them at `offset`."""
    pickup = -(span.first - offset) % bar
    pickup = 0.0 if pickup < NEAR / 2 or pickup > bar - NEAR / 2 else pickup
    last, long = span.last - offset, span.long
    down, on = _is_whole(last, bar), _is_whole(last, beat)
    half = _is_whole(last + bar / 2, bar) and _is_whole(bar / 2, beat)
    full = _is_whole(span.end - offset, bar)
    lasting = span.end - span.first
    whole = [_is_whole(lasting, n * bar) and lasting > n * bar / 2 for n in (1, 4, 8)]
    bars = int(np.ceil((lasting - pickup - NEAR) / bar))
    off = not _is_whole(pickup, beat)
    return np.array(
        [
            *(down, half and not down, on and not half and not down, not on),
            *(long and down, long and on and not down, long and not on),
            *(full, long and full, pickup > 0 and whole[0]),
            *(*whole, bars % 4 == 0, bars % 8 == 0),
            *(pickup == 0, pickup > 0 and off, abs(pickup - beat) <= NEAR),
            not off and beat + NEAR < pickup <= bar / 2 + NEAR,
            not off and pickup > max(bar / 2, beat) + NEAR,
        ],
        float,
    )


def _is_whole(length: float, unit: float) -> bool:
    """Whether a length is a whole number of units."""
    return abs(length - round(length / unit) * unit) <= NEAR
