"""Onsets in seconds become places in the bar: exact, and in as simple a rhythm as can be.

Each beat divides in some way - in two, three, four, six - for the right hand and for the left,
which may differ (two against three). How each beat divides and where each chord falls are chosen
together, for the whole piece, by dynamic programming: the cost is how far the chords lie from
where they are written, in time and in the steps between them, how unusual the divisions and the
steps are (after Cemgil, Desain and Kappen, *Rhythm quantization for transcription*, 2000: a trade
between accuracy and simplicity), and how unlikely the reader holds them. Chords stay together
across the hands.

Places are counted in 120ths of a beat inside this module; results are in quarter notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from engrave.listening.evidence import Evidence
from engrave.music.grid import EVEN, Grid
from engrave.music.note import PlacedNote
from engrave.music.performance import Performance, PlayedNote, chord_starts
from engrave.rhythm.beat_divisions import PAIRS, TICKS, beat_parts
from engrave.rhythm.quantize_costs import (
    Beat,
    Unevenness,
    beat_of,
    choices_of,
    evenly,
    read_places,
    step_cost,
    unlikely,
)

MERGED, STEPWISE = 0.5, 3.0  # cost of writing two chords as one; more if a hand goes on by a step
PHASE_WEIGHT = 1.5  # of what it says of it once the beat is known

HANDS = Unevenness(0.025, 0.07, 0.022, 0.12)  # of pianists, on beats that are found


@dataclass(frozen=True, slots=True)
class Placed:
    """The notes at their places, in the order of the performance, and the grid they stand on."""

    notes: tuple[PlacedNote, ...]
    grid: Grid


def quantize(
    performance: Performance,
    grid: Grid,
    staff: Sequence[int],
    evidence: Evidence,
    rhythm: np.ndarray,
    graces: frozenset[int] = frozenset(),
    smallest: Fraction = Fraction(0),
    unevenness: Unevenness = HANDS,
) -> Placed:
    """Each played note at its place.

    `staff` says which hand plays each note (odd numbers right, even ones left), `graces` which
    notes are grace notes; one that leads to no later note of its hand is written as any other note.
    Lengths are those that the keys were held, on the divisions of the beat, up to the end of the
    last bar. A pickup is cut so that the piece begins with its first note. No note value shorter
    than `smallest` (quarters) is needed to write the places, except for a beat that is itself
    shorter.
    """
    notes = performance.notes
    beats = _beats(grid, smallest)
    leads_to = _find_goals(staff, graces)
    graces = frozenset(leads_to)
    main = [i for i in range(len(notes)) if i not in graces]
    starts = chord_starts([notes[i] for i in main])
    chords = [main[a:b] for a, b in zip(starts, [*starts[1:], len(main)], strict=True)]
    times = np.array([notes[chord[0]].onset for chord in chords])
    hands = [frozenset(staff[i] for i in chord) for chord in chords]
    quarters = grid.quarter_at(times)
    read = read_places(evenly(evidence.phase, grid.swing), evidence.pace, chords, quarters, beats)
    read = read + PHASE_WEIGHT * unlikely(rhythm, chords)
    even = replace(grid, swing=EVEN).time_at(quarters)
    played = [frozenset((staff[i], notes[i].pitch) for i in chord) for chord in chords]
    together = [MERGED + STEPWISE * _stepwise(a, b) for a, b in pairwise(played)]
    chosen = _choose(even, hands, read, beats, quarters, together, unevenness)
    onsets: dict[int, Fraction] = {}
    for chord, (k, _, place) in zip(chords, chosen, strict=True):
        for i in chord:
            onsets[i] = beats[k].start + beats[k].length * Fraction(place, TICKS)
    divisions = _divisions(chosen, hands)
    ends = _ends(notes, staff, beats, divisions, grid)
    close = grid.bars[-1].end
    placed = [
        PlacedNote(onsets[leads_to[i]], Fraction(0), note.pitch, i, grace=True)
        if i in graces
        else PlacedNote(onsets[i], _length(onsets[i], ends[i], close), note.pitch, i)
        for i, note in enumerate(notes)
    ]
    return _begin_at_first_note(placed, grid)


def _stepwise(before: frozenset[tuple[int, int]], after: frozenset[tuple[int, int]]) -> bool:
    """Whether a hand goes on by a step or repeats a note: that is a line. Pairs hand, pitch."""
    return any(h == hand and abs(p - pitch) <= 2 for h, p in before for hand, pitch in after)


def _find_goals(staff: Sequence[int], graces: frozenset[int]) -> dict[int, int]:
    """For each grace note the note that it leads to: the next one of its hand, if there is one."""
    goals: dict[int, int] = {}
    following: dict[int, int] = {}
    for i in reversed(range(len(staff))):
        if i not in graces:
            following[staff[i]] = i
        elif staff[i] in following:
            goals[i] = following[staff[i]]
    return goals


def _begin_at_first_note(notes: list[PlacedNote], grid: Grid) -> Placed:
    """Without the silence before a pickup, as far as what is left can be written as a bar."""
    pickup, beat = grid.bars[0], grid.quarters[1] - grid.quarters[0]
    if pickup.length == pickup.full_length:
        return Placed(tuple(notes), grid)
    unit = beat / (3 if pickup.compound else 2)
    silence = min(min(note.onset for note in notes) // unit * unit, pickup.length)
    first_beat = [note for note in notes if note.onset < silence // beat * beat + beat]
    if any((place % unit * 16).denominator > 1 for n in first_beat for place in (n.onset, n.end)):
        silence = silence // beat * beat  # a tuplet needs its whole beat
    bars = tuple(replace(bar, start=bar.start - silence) for bar in grid.bars[1:])
    if silence < pickup.length:  # else nothing is played in it
        left = replace(pickup, start=Fraction(0), length=pickup.length - silence)
        bars = (left, *bars)
    shifted = tuple(replace(note, onset=note.onset - silence) for note in notes)
    quarters = tuple(q - silence for q in grid.quarters)
    return Placed(shifted, replace(grid, quarters=quarters, bars=bars))


def _beats(grid: Grid, smallest: Fraction) -> list[Beat]:
    beats = []
    for (a, b), (s, t) in zip(pairwise(grid.quarters), pairwise(grid.times), strict=True):
        length, compound = b - a, (b - a).numerator == 3
        pairs = PAIRS.of_beat(length, compound, smallest)
        beats.append(Beat(a, length, t - s, pairs, beat_parts(length, compound, smallest)))
    return beats


def _choose(
    times: np.ndarray,
    hands: Sequence[frozenset[int]],
    read: np.ndarray,
    beats: list[Beat],
    quarters: np.ndarray,
    together: Sequence[float],
    unevenness: Unevenness,
) -> list[tuple[int, int, int]]:
    """(beat, pair, place) of each chord: the cheapest path through the choices of all chords."""
    inside = beat_of(quarters, beats)
    around = zip(quarters.tolist(), inside.tolist(), hands, read, strict=True)
    before = choices_of(*next(around), beats, unevenness)
    total = before.cost + PAIRS.cost[before.pair]
    rows, back = [(before.tick, before.pair)], []
    for seconds, one, place in zip(np.diff(times).tolist(), together, around, strict=True):
        after = choices_of(*place, beats, unevenness)
        steps = total[:, None] + step_cost(before, after, seconds, one, unevenness)
        back.append(steps.argmin(axis=0).astype(np.int16))
        total = steps.min(axis=0) + after.cost
        rows.append((after.tick, after.pair))
        before = after
    path = [int(total.argmin())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    chosen = zip(rows, reversed(path), strict=True)
    return [
        (int(tick[j]) // TICKS, int(pair[j]), int(tick[j]) % TICKS) for (tick, pair), j in chosen
    ]


def _divisions(
    chosen: Sequence[tuple[int, int, int]], hands: Sequence[frozenset[int]]
) -> dict[tuple[int, int], int]:
    """How each beat divides for each hand that plays in it: {(beat, staff): division}."""
    divisions: dict[tuple[int, int], int] = {}
    for (k, pair, place), staves in zip(chosen, hands, strict=True):
        for hand in staves:
            division = PAIRS.division(pair, hand) if place else 1
            divisions[k, hand] = max(divisions.get((k, hand), 1), division)
    return divisions


@dataclass(frozen=True, slots=True)
class _End:
    """Where a key was let go, to the nearest division of the beat, and how long that is."""

    place: Fraction
    unit: Fraction


def _ends(
    notes: Sequence[PlayedNote],
    staff: Sequence[int],
    beats: list[Beat],
    divisions: dict[tuple[int, int], int],
    grid: Grid,
) -> list[_End]:
    releases = np.array([note.release for note in notes])
    quarters = grid.quarter_at(releases)
    inside = np.clip(np.searchsorted(grid.times, releases, "right") - 1, 0, len(beats) - 1)
    ends = []
    for quarter, k, hand in zip(quarters, inside, staff, strict=True):
        beat = beats[k]
        unit = beat.length / max(divisions.get((k, hand), 1), beat.parts)
        steps = round((quarter - float(beat.start)) / float(unit))
        ends.append(_End(beat.start + unit * steps, unit))
    return ends


def _length(onset: Fraction, end: _End, close: Fraction) -> Fraction:
    """The length of a note, at least one division of the beat, at most up to the close."""
    return min(max(end.place - onset, end.unit), close - onset)
