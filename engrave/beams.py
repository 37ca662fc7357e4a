"""Beams: which short notes are joined, and where their secondary beams begin and break.

Notes of one beat are joined. Plain eighths are joined over half a bar in quadruple and duple
meters and over the whole bar in 3/4. A rest ends a beam. (Gould, *Behind Bars*, 2011, ch. 6.)
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from engrave.grid import Bar
from engrave.score import NOTE_TYPES, Chord, Event

LEVELS = {name: k for k, name in enumerate(list(NOTE_TYPES)[4:], 1)}  # eighth 1, 16th 2, ...


def beam(events: Sequence[Event], bar: Bar, skipped: Fraction) -> tuple[Event, ...]:
    """The events of one voice of one bar with their beams; `skipped` as in a pickup."""
    beamed = list(events)
    for group in _groups(events, bar, skipped):
        chords = [events[i] for i in group]
        levels = [LEVELS[chord.value.type] for chord in chords]
        for k, i in enumerate(group):
            words = tuple(_word(levels, k, level, chords[k]) for level in range(1, levels[k] + 1))
            beamed[i] = replace(events[i], beams=words)
    return tuple(beamed)


def _groups(events: Sequence[Event], bar: Bar, skipped: Fraction) -> list[list[int]]:
    """Indices of events that share a beam."""
    groups: list[list[int]] = []
    last = None
    for i, event in enumerate(events):
        if isinstance(event, Chord) and event.grace:
            continue
        if not isinstance(event, Chord) or event.value.type not in LEVELS:
            last = None
            continue
        key = _span(event, events, bar, skipped)
        if key != last:
            groups.append([])
        groups[-1].append(i)
        last = key
    return [group for group in groups if len(group) > 1]


def _span(event: Event, events: Sequence[Event], bar: Bar, skipped: Fraction) -> tuple:
    """The stretch of the bar in which the notes around an event are joined."""
    place = event.onset + skipped
    if not bar.compound:
        beats = 3 if bar.beats == 3 else 2
        wide = beats * bar.beat_length
        start = place // wide * wide
        inside = [e for e in events if start <= e.onset + skipped < start + wide]
        plain = all(
            isinstance(e, Chord) and (e.grace or (e.value.type == "eighth" and e.value.actual == 1 and not e.value.dots))
            for e in inside
        )
        if plain and bar.beat_type == 4 and bar.beats in (2, 3, 4):
            return start, wide
    return place // bar.beat_length * bar.beat_length, bar.beat_length


def _word(levels: list[int], k: int, level: int, chord: Event) -> str:
    before = k > 0 and levels[k - 1] >= level
    after = k + 1 < len(levels) and levels[k + 1] >= level
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    first, last = k == 0, k == len(levels) - 1
    odd = (chord.onset / chord.value.length) % 2 == 1
    return "backward hook" if last or (odd and not first) else "forward hook"
