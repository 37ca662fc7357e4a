"""Pedal marks and words of each measure, at positions where programs keep them.

A mark stands where something starts on the lower staff or can be made to, or programs that read the
file lose it. A pedal is a bracket under the staff; before those that an editor adds stands
"[Ped.]".

At which note a mark belongs is decided in `pedal.placement`; below which staff it is printed, in
`output.musicxml.directions`.

The pedal is independent of the notes, and a mark may stand where the left hand holds a note.
MuseScore 3 ties a pedal to what begins and ends on its staff: it moves or drops marks that stand
elsewhere. So such a mark gets a rest that is not printed, in a voice that the staff does not use;
the rest of that measure is filled with others, for no voice may have a gap.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from engrave.music.grid import Grid
from engrave.music.marks import Mark, PedalMark, PedalWords
from engrave.music.note import PedalNotation
from engrave.music.score import VOICES_PER_STAFF, Measure, Rest, Voice
from engrave.music.values import NOTE_TYPES, NoteValue

EDITORIAL = "[Ped.]"
FARTHEST_ANCHOR = Fraction(1)  # quarters that a mark may be moved to an anchor, at most
LOWER_STAFF = 2

# Denominators of the positions in a measure (quarters) that can be anchored.
ANCHOR_DENOMINATORS = (1, 2, 4)


def pedal_marks(
    pedals: PedalNotation, grid: Grid, bars: Sequence[tuple[Voice, ...]]
) -> list[list[Mark]]:
    """The pedal marks of each measure; `bars` are what is written in each."""
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
        position = _nearest(word.quarter, begun, grid)
        if position is not None:
            put(PedalWords(position, word.words))
    return marks


def _closing(grid: Grid, bars: Sequence[tuple[Voice, ...]]) -> Fraction:
    """The position of the last event of the lower staff's first voice.

    A pedal that ends with the score starts there at the latest: MuseScore 3 loses the end of one
    that starts under that event (it does not store how far it is from there to the end).
    """
    lower = min(
        (voice for voice in bars[-1] if voice.staff == LOWER_STAFF), key=lambda voice: voice.number
    )
    return grid.bars[-1].start + lower.events[-1].onset


def _nearest(position: Fraction, positions: Sequence[Fraction], grid: Grid) -> Fraction | None:
    """The position itself if it can be anchored; else the nearest one within reach.

    Of two equally near it is the earlier.
    """
    if can_be_anchored(position - grid.bars[grid.bar_at(position)].start):
        return position
    i = bisect_left(positions, position)
    best = min(positions[max(0, i - 1) : i + 1], key=lambda p: abs(p - position))
    return best if abs(best - position) <= FARTHEST_ANCHOR else None


def can_be_anchored(onset: Fraction) -> bool:
    """Whether a position in a measure can be anchored: plain rests can lead up to it."""
    return onset.denominator in ANCHOR_DENOMINATORS


def needs_lower_staff(mark: Mark) -> bool:
    """Whether a mark must stand at an event of the lower staff."""
    return isinstance(mark, PedalWords) or (isinstance(mark, PedalMark) and mark.shown)


def anchor_voice(measure: Measure, staff: int) -> Voice | None:
    """The voice of hidden rests that the pedal marks of a measure need; None if they need none."""
    voices = [voice for voice in measure.voices if voice.staff == staff]
    begun = {event.onset for voice in voices for event in voice.events} | {measure.length}
    marks = (mark for mark in measure.marks if needs_lower_staff(mark))
    positions = {mark.onset for mark in marks if can_be_anchored(mark.onset)} - begun
    first = VOICES_PER_STAFF * (staff - 1) + 1
    used = {voice.number for voice in voices}
    free = [n for n in range(first, first + VOICES_PER_STAFF) if n not in used]
    if not positions or not free:
        return None
    return Voice(free[-1], staff, tuple(_rests(positions, measure.length)))


def _rests(positions: Iterable[Fraction], length: Fraction) -> Iterator[Rest]:
    """Rests up to each of the positions, and on to the end."""
    for start, stop in pairwise(sorted({Fraction(0), *positions, length})):
        while start < stop:
            value = next(v for v, long in NOTE_TYPES.items() if long <= stop - start)
            yield Rest(start, NoteValue(value))
            start += NOTE_TYPES[value]
