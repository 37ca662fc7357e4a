"""Quantization: onsets in seconds become exact positions in the bar, in a simple rhythm.

Each beat divides in some way - in two, three, four, six - for the right hand and for the left,
which may differ (two against three). So it is decided here whether three notes are a triplet;
a wrong one may also come from swing (`swing`), a compound meter (`meter`) or a beat at the wrong
level (`levels`). The division of each beat and the position of each chord are
chosen together, for the whole piece, by dynamic programming. The cost is the deviation of the
chords from their written positions, in time and in the steps between them, the rarity of the
divisions and steps (after Cemgil, Desain and Kappen, *Rhythm quantization for transcription*, 2000:
a trade-off between accuracy and simplicity), and the negative log probability by the networks.
Chords stay together across the hands.

Positions are counted in 120ths of a beat inside this module; results are in quarter notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from engrave.listening.evidence import Evidence
from engrave.music.grid import STRAIGHT, Grid
from engrave.music.note import FoldedNote, Note
from engrave.music.performance import chord_starts
from engrave.rhythm.beat_divisions import HAND_DIVISIONS, TICKS_PER_BEAT, default_division
from engrave.rhythm.quantize_costs import (
    ChordToPlace,
    GridBeat,
    Unevenness,
    beat_of,
    choices_around,
    position_costs,
    tick_costs,
    transition_cost,
    without_swing,
)

# Cost of writing two chords as one; more if a hand goes on by a step (docs/experiments.md).
MERGED_COST, STEPWISE_MERGED_COST = 0.5, 3.0
PHASE_WEIGHT = 1.5  # of the second pass's evidence for positions (docs/experiments.md)

HAND_UNEVENNESS = Unevenness(0.025, 0.07, 0.022, 0.12)  # of pianists, on tracked beats


@dataclass(frozen=True, slots=True)
class Quantized:
    """The notes with quantized onsets, in the order of the performance, and their grid."""

    notes: tuple[Note, ...]
    grid: Grid


@dataclass(frozen=True, slots=True)
class Precision:
    """The shortest note value that may be written, and the expected deviations of the notes.

    No note value shorter than `smallest` (quarters) is needed to write the positions, except for a
    beat that is itself shorter.
    """

    smallest: Fraction = Fraction(0)
    unevenness: Unevenness = HAND_UNEVENNESS


PRECISION = Precision()

_Choice = tuple[int, int, int]  # beat, pair of divisions, position in the beat
_Hand = tuple[int, int]  # player, hand
# number of parts of each beat for each hand that plays in it
_Divisions = dict[tuple[int, _Hand], int]


def quantize(
    notes: Sequence[FoldedNote],
    grid: Grid,
    evidence: Evidence,
    positions: np.ndarray,
    precision: Precision = PRECISION,
) -> Quantized:
    """Quantize the onsets of the notes, which are in order of onset, then pitch.

    `positions` are log probabilities of `heads.PHASES`, a row for each press, as `evidence` has
    them. A grace note that leads to no later note of its hand is written as any other note.
    Durations are those for which the keys were held, on the divisions of the beat, up to the end of
    the last bar. A pickup is cut so that the piece begins with its first note.
    """
    beats = _beats(grid, precision.smallest)
    leads_to = _grace_targets(notes)
    main = [note for note in notes if note.played not in leads_to]
    starts = chord_starts(main)
    chords = [main[a:b] for a, b in zip(starts, [*starts[1:], len(main)], strict=True)]
    quarters = grid.quarter_at(np.array([chord[0].onset for chord in chords]))
    presses = [[note.played for note in chord] for chord in chords]
    said = without_swing(evidence.phase, grid.swing)
    read = position_costs((said, evidence.pace), presses, quarters, beats)
    read = read + PHASE_WEIGHT * tick_costs(positions, presses)
    even = replace(grid, swing=STRAIGHT).time_at(quarters)
    chosen = _choose(_Chords(chords, even, quarters, read), beats, precision.unevenness)
    onsets: dict[int, Fraction] = {}
    for chord, (k, _, position) in zip(chords, chosen, strict=True):
        onset = beats[k].start + beats[k].length * Fraction(position, TICKS_PER_BEAT)
        onsets |= {note.played: onset for note in chord}
    ends = _ends(notes, beats, _divisions(chosen, chords), grid)
    close = grid.bars[-1].end
    placed = []
    for note, end in zip(notes, ends, strict=True):
        grace = note.played in leads_to
        onset = onsets[leads_to.get(note.played, note.played)]
        duration = Fraction(0) if grace else _duration(onset, end, close)
        placed.append(_place(note, onset, duration, grace))
    return _begin_at_first_note(placed, grid)


def _place(note: FoldedNote, onset: Fraction, duration: Fraction, grace: bool) -> Note:
    """The note, on the staff of its hand."""
    return Note(
        note.played,
        note.pitch,
        onset,
        duration,
        grace,
        part=note.player,
        hand=note.hand,
        staff=note.hand,
        voice_staff=note.hand,
    )


def _hand(note: FoldedNote) -> _Hand:
    return note.player, note.hand


def _stepwise(before: Sequence[FoldedNote], after: Sequence[FoldedNote]) -> bool:
    """Whether a hand goes on by a step or repeats a note, as a melodic line does."""
    return any(_hand(a) == _hand(b) and abs(a.pitch - b.pitch) <= 2 for a in before for b in after)


def _grace_targets(notes: Sequence[FoldedNote]) -> dict[int, int]:
    """For each grace note (by press) the next note of its hand, to which it leads, if any."""
    goals: dict[int, int] = {}
    following: dict[_Hand, int] = {}
    for note in reversed(notes):
        if not note.grace:
            following[_hand(note)] = note.played
        elif _hand(note) in following:
            goals[note.played] = following[_hand(note)]
    return goals


def _begin_at_first_note(notes: list[Note], grid: Grid) -> Quantized:
    """Remove the silence before a pickup, as far as what is left can be written as a bar."""
    pickup, beat = grid.bars[0], grid.quarters[1] - grid.quarters[0]
    if pickup.length == pickup.full_length:
        return Quantized(tuple(notes), grid)
    unit = beat / (3 if pickup.compound else 2)
    silence = min(min(note.onset for note in notes) // unit * unit, pickup.length)
    first_beat = [note for note in notes if note.onset < silence // beat * beat + beat]
    if any(
        (position % unit * 16).denominator > 1 for n in first_beat for position in (n.onset, n.end)
    ):
        silence = silence // beat * beat  # a tuplet needs its whole beat
    bars = tuple(replace(bar, start=bar.start - silence) for bar in grid.bars[1:])
    if silence < pickup.length:  # else no note is in it
        left = replace(pickup, start=Fraction(0), length=pickup.length - silence)
        bars = (left, *bars)
    shifted = tuple(replace(note, onset=note.onset - silence) for note in notes)
    quarters = tuple(q - silence for q in grid.quarters)
    return Quantized(shifted, replace(grid, quarters=quarters, bars=bars))


def _beats(grid: Grid, smallest: Fraction) -> list[GridBeat]:
    beats = []
    for (a, b), (s, t) in zip(pairwise(grid.quarters), pairwise(grid.times), strict=True):
        length, compound = b - a, (b - a).numerator == 3
        pairs = HAND_DIVISIONS.allowed_in(length, compound, smallest)
        beats.append(
            GridBeat(a, length, t - s, pairs, default_division(length, compound, smallest))
        )
    return beats


@dataclass(frozen=True, slots=True)
class _Chords:
    """The chords, with their times in seconds (without swing) and in quarters (not quantized).

    `read` is the cost of each tick of the beat for each chord, by the networks: array (chord,
    tick).
    """

    notes: Sequence[Sequence[FoldedNote]]
    times: np.ndarray
    quarters: np.ndarray
    read: np.ndarray


def _choose(chords: _Chords, beats: list[GridBeat], unevenness: Unevenness) -> list[_Choice]:
    """The choice for each chord: the cheapest path through the choices of all chords."""
    inside = beat_of(chords.quarters, beats).tolist()
    choices = (
        choices_around(ChordToPlace(quarter, k, _hands(chord), read), beats, unevenness)
        for quarter, k, chord, read in zip(
            chords.quarters.tolist(), inside, chords.notes, chords.read, strict=True
        )
    )
    together = (
        MERGED_COST + STEPWISE_MERGED_COST * _stepwise(a, b) for a, b in pairwise(chords.notes)
    )
    before = next(choices)
    total = before.cost + HAND_DIVISIONS.cost[before.pair]
    rows, back = [(before.tick, before.pair)], []
    for seconds, one, after in zip(np.diff(chords.times).tolist(), together, choices, strict=True):
        steps = total[:, None] + transition_cost(before, after, seconds, one, unevenness)
        back.append(steps.argmin(axis=0).astype(np.int16))
        total = steps.min(axis=0) + after.cost
        rows.append((after.tick, after.pair))
        before = after
    path = [int(total.argmin())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    chosen = zip(rows, reversed(path), strict=True)
    return [
        (int(tick[j]) // TICKS_PER_BEAT, int(pair[j]), int(tick[j]) % TICKS_PER_BEAT)
        for (tick, pair), j in chosen
    ]


def _hands(chord: Sequence[FoldedNote]) -> frozenset[int]:
    return frozenset(note.hand for note in chord)


def _divisions(chosen: Sequence[_Choice], chords: Sequence[Sequence[FoldedNote]]) -> _Divisions:
    divisions: _Divisions = {}
    for (k, pair, position), chord in zip(chosen, chords, strict=True):
        for hand in {_hand(note) for note in chord}:
            division = HAND_DIVISIONS.division(pair, hand[1]) if position else 1
            divisions[k, hand] = max(divisions.get((k, hand), 1), division)
    return divisions


@dataclass(frozen=True, slots=True)
class _End:
    """The release of a key, to the nearest division of the beat, and the division's length."""

    position: Fraction
    unit: Fraction


def _ends(
    notes: Sequence[FoldedNote], beats: list[GridBeat], divisions: _Divisions, grid: Grid
) -> list[_End]:
    releases = np.array([note.release for note in notes])
    quarters = grid.quarter_at(releases)
    inside = np.clip(np.searchsorted(grid.times, releases, "right") - 1, 0, len(beats) - 1)
    ends = []
    for quarter, k, note in zip(quarters, inside, notes, strict=True):
        beat = beats[k]
        unit = beat.length / max(divisions.get((k, _hand(note)), 1), beat.parts)
        steps = round((quarter - float(beat.start)) / float(unit))
        ends.append(_End(beat.start + unit * steps, unit))
    return ends


def _duration(onset: Fraction, end: _End, close: Fraction) -> Fraction:
    """The duration of a note: at least one division of the beat, at most up to the close."""
    return min(max(end.position - onset, end.unit), close - onset)
