"""The beats and bars that a MIDI file states, laid out from its first note to its last.

Bars follow the time signatures of the file. One that a change of meter cuts has a time signature
of its own, but for a first one: that is a pickup, and so is a first bar of which the first half or
more is silent.

Places are quarter notes: of the file in here, from the start of the first bar in the grid.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

import numpy as np

from engrave.music.grid import STRAIGHT, Bar, Grid, quarters_at, seconds_at
from engrave.music.hypotheses import ChosenBars, Hypotheses, shares
from engrave.music.performance import FileGrid, Performance
from engrave.music.values import TimeSignature
from engrave.rhythm.file_beats.grid import FileFit
from engrave.rhythm.file_beats.meter import (
    COMMON_TIME,
    METERS,
    FileBars,
    felt_beats,
    weigh_file_bars,
)
from engrave.rhythm.swing import find_swing

BEAT_TYPES = (1, 2, 4, 8, 16)  # that are written
MOST_BEATS = 32
LONGEST_BAR = 32  # quarters
# share of the first bar that is silent: then it is a pickup
SILENT_SHARE_OF_PICKUP = Fraction(1, 2)
EARLIEST_ONSET = Fraction(1, 8)  # quarters by which a note may come before the beat that it opens
MOST_RINGING_BARS = 2  # bars after that of the last onset, at most, in which its notes are held
CUT_DENOMINATORS = (1, 2, 4)  # of the quarters that a bar lasts that a change of meter cuts
UNCOMMON_DENOMINATORS = (4, 8, 16)  # of the time signature of a bar that is cut


def find_file_bars(
    performance: Performance, file: FileGrid, fit: FileFit, meter: TimeSignature | None = None
) -> ChosenBars:
    """The bars of music that lies on the grid of its file as `fit` says.

    All are of the `meter` that the user knows. Otherwise a file that changes its meter is believed;
    of another the likeliest bars are taken, what it states being likelier from the start.
    """
    onsets = np.array([note.onset for note in performance.notes]) - fit.late
    releases = np.array([note.release for note in performance.notes]) - fit.late
    first, last = (_position(quarter, file) for quarter in quarters_at(onsets[[0, -1]], file))
    ringing = _position(float(quarters_at(releases, file).max()), file)
    sections, hypotheses = _meters(file), Hypotheses()
    if meter or len(sections) == 1:
        heard = weigh_file_bars(performance, fit)
        sections = _likeliest(heard, meter or sections[0].meter, meter is None)
        hypotheses = _weigh(heard, sections[0])
    bars = list(_bars(sections, first + EARLIEST_ONSET, last, ringing - EARLIEST_ONSET))
    bars[0] = _as_pickup(bars[0], first)
    begin = bars[0].start
    positions = [*(beat for bar in bars for beat in _beats(bar)), bars[-1].end]
    times = seconds_at(np.array([float(position) for position in positions]), file) + fit.late
    compound = any(bar.compound for bar in bars)
    grid = Grid(
        tuple(times.tolist()),
        tuple(position - begin for position in positions),
        tuple(replace(bar, start=bar.start - begin) for bar in bars),
        STRAIGHT if compound else find_swing(times, np.unique(onsets + fit.late), 0.0),
    )
    return ChosenBars(grid, hypotheses)


def _position(quarter: float, file: FileGrid) -> Fraction:
    return Fraction(round(quarter * file.ticks), file.ticks)


@dataclass(frozen=True, slots=True)
class _MeterSection:
    """Bars of one meter, from a place on."""

    start: Fraction
    meter: TimeSignature


def _meters(file: FileGrid) -> list[_MeterSection]:
    """The time signatures of the file, from its beginning on; what no score has says nothing."""
    stated = {Fraction(0): COMMON_TIME}
    for said in file.meters:
        beats = min(MOST_BEATS, LONGEST_BAR * said.beat_type // 4)
        if said.beats <= beats and said.beat_type in BEAT_TYPES:
            stated[_position(said.quarter, file)] = TimeSignature(said.beats, said.beat_type)
    sections: list[_MeterSection] = []
    for start, meter in sorted(stated.items()):
        if sections:
            start = _at_barline(start, sections[-1])
            if start <= sections[-1].start:
                sections.pop()
        if not sections or meter != sections[-1].meter:
            sections.append(_MeterSection(start, meter))
    return sections


def _at_barline(position: Fraction, before: _MeterSection) -> Fraction:
    """Where a section begins that is stated there: at the nearest barline, unless the bar that it
    cuts can be written.
    """
    bar = Fraction(4 * before.meter.beats, before.meter.beat_type)
    cut = (position - before.start) % bar
    if cut.denominator in CUT_DENOMINATORS:
        return position
    return before.start + round((position - before.start) / bar) * bar


def _likeliest(
    heard: Sequence[FileBars], meter: TimeSignature, others: bool
) -> list[_MeterSection]:
    """Bars of the meter, or (where `others` may be) of another that is likelier, at their place."""
    allowed = [bars for bars in heard if others or bars.meter == meter]
    if not allowed or (others and meter not in METERS):
        return [_MeterSection(Fraction(0), meter)]
    bar = Fraction(4 * allowed[0].meter.beats, allowed[0].meter.beat_type)
    return [_MeterSection(allowed[0].offset - (bar if allowed[0].offset else 0), allowed[0].meter)]


def _weigh(heard: Sequence[FileBars], written: _MeterSection) -> Hypotheses:
    """How likely the best bars of each meter are, and how much later those written may stand."""
    meters: dict[str, float] = {}
    shifts: dict[int, float] = {}
    bar = Fraction(4 * written.meter.beats, written.meter.beat_type)
    beat = bar / felt_beats(written.meter)
    for bars in heard:
        meters.setdefault(f"{bars.meter.beats}/{bars.meter.beat_type}", bars.log_likelihood)
        if bars.meter == written.meter:
            later = (bars.offset - written.start) % bar / beat
            if later.denominator == 1:
                shifts[int(later)] = bars.log_likelihood
    if not shifts:
        return Hypotheses()
    return Hypotheses({}, shares(meters), shares(shifts))


def _bars(
    sections: Sequence[_MeterSection], first: Fraction, last: Fraction, ringing: Fraction
) -> Iterator[Bar]:
    """The bars from that in which `first` lies to that in which the last notes sound."""
    after = 0
    for number, section in enumerate(sections):
        stop = sections[number + 1].start if number + 1 < len(sections) else None
        whole = Fraction(4 * section.meter.beats, section.meter.beat_type)
        start = section.start
        if first > start:
            reached = min(first, stop) if stop is not None else first
            start += max(floor((reached - start) / whole), 0) * whole
        while stop is None or start < stop:
            end = start + whole if stop is None else min(start + whole, stop)
            if end > first:
                if start > last:
                    after += 1
                if start > last and (start >= ringing or after > MOST_RINGING_BARS):
                    return
                following = sections[number + 1].meter if end == stop and number == 0 else None
                yield _bar(start, end, section.meter, following)
            start = end


def _bar(
    start: Fraction, end: Fraction, meter: TimeSignature, following: TimeSignature | None
) -> Bar:
    """A bar of a meter; one alone that is shorter than those that follow is their pickup."""
    length = end - start
    if following and length < Fraction(4 * following.beats, following.beat_type) and start == 0:
        return Bar(start, length, following.beats, following.beat_type)
    if length == Fraction(4 * meter.beats, meter.beat_type):
        return Bar(start, length, meter.beats, meter.beat_type)
    for beat_type in (meter.beat_type, *UNCOMMON_DENOMINATORS):
        beats = length * beat_type / 4
        if beats.denominator == 1:
            return Bar(start, length, int(beats), beat_type)
    return Bar(start, length, meter.beats, meter.beat_type)


def _as_pickup(bar: Bar, first: Fraction) -> Bar:
    """The first bar without the silent beats before its first note, where these are its half."""
    silence = floor((first - bar.start + EARLIEST_ONSET) / bar.beat_length) * bar.beat_length
    if bar.length < bar.full_length or silence < SILENT_SHARE_OF_PICKUP * bar.full_length:
        return bar
    return replace(bar, start=bar.start + silence, length=bar.length - silence)


def _beats(bar: Bar) -> list[Fraction]:
    """Where the beats of a bar begin; those of a pickup are counted from its end."""
    count = -(-bar.length // bar.beat_length)
    late = bar.length - count * bar.beat_length if bar.length < bar.full_length else Fraction(0)
    return [max(bar.start, bar.start + late + k * bar.beat_length) for k in range(count)]
