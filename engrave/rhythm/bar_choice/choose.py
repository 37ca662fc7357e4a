"""The beat, the meter and the barlines of steady playing: the likeliest of all bars together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from engrave.listening.evidence import Evidence
from engrave.music.grid import Pulse
from engrave.music.hypotheses import shares
from engrave.music.performance import Performance, chord_starts
from engrave.music.values import TimeSignature
from engrave.rhythm.bar_choice import describe
from engrave.rhythm.bar_choice.describe import Bars
from engrave.rhythm.bar_choice.steady import NAMES, EvenGrid, describe_steady, units_of
from engrave.rhythm.bar_choice.weights import judge_of

NEAR = 0.06  # seconds within which a chord marks a beat
EARLY = 0.15  # shares of a beat by which a note may come before it
# How far the log likelihoods of the choice are believed: so that a level that gets 90 % is right in
# music less plain than what it was fitted to (docs/experiments.md).
CHOICE_TRUST = 0.4
Kind = tuple[int, bool]
_Way = TypeVar("_Way", bound=float | Kind)


@dataclass(frozen=True, slots=True)
class SteadyBars:
    """Beats, of each its number in its bar, and the kind of the bars: how many beats they have, and
    whether these divide in three.

    `speeds`, `meters` (by kind) and `shifts` are probabilities as in `Hypotheses`, but too certain:
    they are to be tempered by `CHOICE_TRUST`.
    """

    pulse: Pulse
    index: np.ndarray
    kind: Kind
    speeds: Mapping[float, float]
    meters: Mapping[Kind, float]
    shifts: Mapping[int, float]


def choose_steady_bars(
    performance: Performance,
    evidence: Evidence,
    pulse: Pulse,
    meter: TimeSignature | None = None,
) -> SteadyBars | None:
    """The likeliest bars over an even pulse, of the `meter` if that is known; None if it is none of
    those that are tried.
    """
    grid = EvenGrid.of(pulse.times)
    heard = [
        found
        for found in describe_steady(performance, evidence, grid)
        if meter is None or _felt(meter) == (found.bars.count, found.bars.compound)
    ]
    if not heard:
        return None
    units = units_of(performance, grid)
    rows = np.array([found.whole(units) for found in heard])
    log_likelihood = judge_of("steady", (*describe.NAMES, *NAMES)).log_likelihood(rows).tolist()
    best = heard[int(np.argmax(log_likelihood))].bars
    kind = (best.count, best.compound)
    pulse, index = _lay_out(performance, grid, best)
    speeds: dict[float, list[float]] = {}
    meters: dict[Kind, list[float]] = {}
    shifts: dict[int, float] = {}
    for found, odds in zip(heard, log_likelihood, strict=True):
        bars = found.bars
        speeds.setdefault(float(best.beat / bars.beat), []).append(odds)
        if bars.beat == best.beat:
            meters.setdefault((bars.count, bars.compound), []).append(odds)
            later = (bars.offset - best.offset) / best.beat % best.count
            if (bars.count, bars.compound) == kind and later.denominator == 1:
                shifts[int(later)] = odds
    return SteadyBars(
        pulse, index, kind, _of_all(speeds, 1.0), _of_all(meters, kind), shares(shifts)
    )


def _felt(meter: TimeSignature) -> Kind:
    return (meter.beats // 3, True) if meter.compound else (meter.beats, False)


def _of_all(log_likelihood: Mapping[_Way, Sequence[float]], written: _Way) -> dict[_Way, float]:
    """The share of each of several ways, each with all of its bars; what is written comes first."""
    found = shares({way: float(np.logaddexp.reduce(odds)) for way, odds in log_likelihood.items()})
    return {written: found[written], **found}


def _lay_out(performance: Performance, grid: EvenGrid, bars: Bars) -> tuple[Pulse, np.ndarray]:
    """The beats, drawn to the chords nearby, and the number of each in its bar.

    They cover the music from its first note to its last.
    """
    notes = performance.notes
    chords = np.array([notes[k].onset for k in chord_starts(notes)])
    beat, offset = float(bars.beat), float(bars.offset)
    ends = (grid.places_at(chords[[0, -1]]) - offset) / beat
    first, last = int(np.floor(ends[0] + EARLY)), int(np.floor(ends[1] + EARLY))
    index = np.arange(first, max(last, first + 1) + 1)
    times = grid.seconds_at(offset + beat * index)
    after = np.searchsorted(chords, times).clip(1, max(len(chords) - 1, 1))
    for k, (time, chord) in enumerate(zip(times, after, strict=True)):
        near = min(chords[max(chord - 1, 0) : chord + 1], key=lambda onset: abs(onset - time))
        if abs(near - time) < NEAR:
            times[k] = near
    pulse = Pulse(times, np.full(len(times), bars.compound))
    return pulse, index % bars.count
