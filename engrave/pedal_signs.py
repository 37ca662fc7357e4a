"""The pedals on paper: their marks and words, measure by measure.

A mark stands where something starts on the lower staff or can be made to (`carriers`), or programs
that read the file lose it. A pedal is a bracket under the staff; before those that an editor adds
stands "[Ped.]".
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engrave.carriers import can_be_carried
from engrave.grid import Grid
from engrave.pedal_words import PedalSpan, PedalWord
from engrave.score import Mark, PedalMark, PedalWords, Voice

EDITORIAL = "[Ped.]"
REACH = Fraction(1)  # quarters that a mark may move to where it can stand
LOWER_STAFF = 2


@dataclass(frozen=True, slots=True)
class Pedals:
    """What is written of the pedals; `bracketed`: by an editor."""

    spans: tuple[PedalSpan, ...] = ()
    words: tuple[PedalWord, ...] = ()
    bracketed: bool = False


def pedal_marks(pedals: Pedals, grid: Grid, bars: Sequence[tuple[Voice, ...]]) -> list[list[Mark]]:
    """The marks of each measure; `bars` are what is written in each."""
    begun = sorted(
        {
            grid.bars[k].start + event.onset
            for k, voices in enumerate(bars)
            for voice in voices
            if voice.staff == LOWER_STAFF
            for event in voice.events
        }
    )
    stops = [*begun, grid.bars[-1].end]
    marks: list[list[Mark]] = [[] for _ in bars]

    def put(mark: Mark) -> None:
        k = grid.bar_at(mark.onset)
        marks[k].append(replace(mark, onset=mark.onset - grid.bars[k].start))

    closing = _closing(grid, bars)
    last = Fraction(-1)
    for span in pedals.spans:
        start = _nearest(span.start, begun, grid)
        stop = _nearest(span.stop, stops, grid)
        if start is not None and stop == grid.bars[-1].end:
            start = min(start, closing)
        if start is None or stop is None or start < last or stop <= start:
            continue
        if pedals.bracketed and span.shown and start > last:
            put(PedalWords(start, EDITORIAL))
        put(PedalMark(start, "start", span.shown))
        put(PedalMark(stop, "stop", span.shown))
        last = stop
    for word in pedals.words:
        place = _nearest(word.quarter, begun, grid)
        if place is not None:
            put(PedalWords(place, word.words))
    return marks


def _closing(grid: Grid, bars: Sequence[tuple[Voice, ...]]) -> Fraction:
    """Where the last event of the lower staff's first voice begins.

    A pedal that ends with the score starts there at the latest: MuseScore 3 loses the end of one
    that starts under that event (it forgets to say how far it is from there to the end).
    """
    lower = min(
        (voice for voice in bars[-1] if voice.staff == LOWER_STAFF), key=lambda voice: voice.number
    )
    return grid.bars[-1].start + lower.events[-1].onset


def _nearest(place: Fraction, places: Sequence[Fraction], grid: Grid) -> Fraction | None:
    """The place itself if it can be carried; else the nearest of those within reach.

    Of two equally near it is the earlier.
    """
    if can_be_carried(place - grid.bars[grid.bar_at(place)].start):
        return place
    i = bisect_left(places, place)
    best = min(places[max(0, i - 1) : i + 1], key=lambda p: abs(p - place))
    return best if abs(best - place) <= REACH else None
