"""Beams and stems: which short notes are joined, and which way stems point.

Notes of one beat are joined, and those of one tuplet. Plain eighths are joined over half a bar
(in 7/8 four and three, or three and four), and in 3/4 over the whole bar - but not three of them
alone, which would look like 6/8. A rest or a longer note ends a beam; grace notes stand outside.
(Gould, *Behind Bars*, 2011, chs. 2 and 6.)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from engrave.music.grid import Bar
from engrave.music.score import Chord, Event, Voice
from engrave.music.values import NOTE_TYPES

BEAM_COUNTS = {name: k for k, name in enumerate(list(NOTE_TYPES)[4:], 1)}  # eighth 1, 16th 2, ...
QUARTER = Fraction(1)

STEMS_BETWEEN = {1: "down", 2: "up"}  # from each staff to a beam between the two


def beam(events: Sequence[Event], bar: Bar, missing: Fraction) -> tuple[Event, ...]:
    """The events of one voice of one bar with their beams; `missing` as in a pickup."""
    words: dict[int, tuple[str, ...]] = {}
    tuplets = _tuplet_starts(events)

    def beat(i: int) -> Fraction:
        # A tuplet that is longer than a beat holds its notes together.
        return _narrow(tuplets.get(i, events[i].onset) + missing, bar)

    for group in _groups(events, bar, missing, beat):
        levels = [BEAM_COUNTS[events[i].value.type] for i in group]
        for k, i in enumerate(group):
            zero = tuplets.get(i, beat(i) - missing)
            odd = (events[i].onset - zero) / events[i].length % 2 == 1
            words[i] = tuple(_word(levels, k, level, odd) for level in range(1, levels[k] + 1))
    return tuple(
        replace(event, beams=words[i]) if isinstance(event, Chord) and i in words else event
        for i, event in enumerate(events)
    )


def _groups(
    events: Sequence[Event], bar: Bar, missing: Fraction, beat: Callable[[int], Fraction]
) -> Iterator[list[int]]:
    """Indices of the events that share a beam."""
    for run in _runs(events, bar, missing):
        plain = all(_is_plain_eighth(events[i]) for i in run)
        if plain and not (len(run) == 3 and bar.beats == 3 and not bar.compound):
            groups = [run]
        else:
            groups = [list(group) for _, group in groupby(run, key=beat)]
        yield from (group for group in groups if len(group) > 1)


def _runs(events: Sequence[Event], bar: Bar, missing: Fraction) -> Iterator[list[int]]:
    """Short notes that follow one another in one part of the bar."""
    main = [i for i, event in enumerate(events) if not (isinstance(event, Chord) and event.grace)]

    def part(i: int) -> tuple[bool, Fraction]:
        short = isinstance(events[i], Chord) and events[i].value.type in BEAM_COUNTS
        return short, _wide(events[i].onset + missing, bar)

    for (short, _), run in groupby(main, key=part):
        if short:
            yield list(run)


def _wide(position: Fraction, bar: Bar) -> Fraction:
    """Start of the part of the bar in which plain eighths are joined."""
    if bar.compound or bar.beat_length > QUARTER:
        return position // bar.beat_length * bar.beat_length
    return Fraction(0) if position < bar.division else bar.division


def _narrow(position: Fraction, bar: Bar) -> Fraction:
    """Start of the beat in which notes of any value are joined: a quarter, or dotted."""
    if bar.beat_length < QUARTER:
        return _wide(position, bar)
    beat = bar.beat_length if bar.compound else QUARTER
    return position // beat * beat


def _is_plain_eighth(event: Event) -> bool:
    return event.value.length == QUARTER / 2 and event.value.actual == 1


def _tuplet_starts(events: Sequence[Event]) -> dict[int, Fraction]:
    """The position at which the tuplet of an event starts, for events in tuplets."""
    starts: dict[int, Fraction] = {}
    start = Fraction(0)
    for i, event in enumerate(events):
        if event.tuplet_start:
            start = event.onset
        if event.value.actual > 1:
            starts[i] = start
    return starts


def _word(levels: list[int], k: int, level: int, odd: bool) -> str:
    """The beam of one level at one note; a beam of its own leans to the note it belongs to."""
    before = k > 0 and levels[k - 1] >= level
    after = k + 1 < len(levels) and levels[k + 1] >= level
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    first, last = k == 0, k == len(levels) - 1
    return "backward hook" if last or (odd and not first) else "forward hook"


@dataclass(frozen=True, slots=True)
class BeamSpan:
    """The time in which one beam holds short notes together."""

    start: Fraction
    end: Fraction


def beam_span_around(position: Fraction, bar: Bar) -> BeamSpan:
    """The beat around a position: dotted, or at most a quarter, counted from the bar's end."""
    unit = bar.beat_length if bar.compound else min(bar.beat_length, QUARTER)
    start = bar.end + (position - bar.end) // unit * unit
    return BeamSpan(max(start, bar.start), start + unit)


def stem_directions(voices: list[Voice]) -> list[list[str | None]]:
    """Stem direction of each event of each voice; None where programs choose it.

    Voices that share a staff have stems alternately up and down from the first voice. A cross-staff
    beam runs between the staves: stems go down to it from the upper one, up from the lower.
    """
    staves = [voice.staff for voice in voices]
    stems: list[list[str | None]] = []
    for index, voice in enumerate(voices):
        turn = ("up", "down")[staves[:index].count(voice.staff) % 2]
        stem = None if staves.count(voice.staff) == 1 else turn
        crossing = {k for group in crossing_beams(voice) for k in group}
        stems.append(
            [
                STEMS_BETWEEN[voice.staff_of(event)] if k in crossing else stem
                for k, event in enumerate(voice.events)
            ]
        )
    return stems


def crossing_beams(voice: Voice) -> Iterator[list[int]]:
    """The indices of the chords under each beam that goes from staff to staff."""
    group: list[int] = []
    for k, event in enumerate(voice.events):
        if isinstance(event, Chord) and event.beams and not event.grace:
            group.append(k)
            if event.beams[0] == "end":
                if len({voice.staff_of(voice.events[i]) for i in group}) > 1:
                    yield group
                group = []


def crossing_spans(voice: Voice) -> Iterator[tuple[Fraction, Fraction]]:
    """The start and end of each beam that crosses the staves."""
    for group in crossing_beams(voice):
        first, last = voice.events[group[0]], voice.events[group[-1]]
        yield first.onset, last.onset + last.length
