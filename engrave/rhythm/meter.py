"""Downbeats and time signatures: which beats form a bar, and which note value a beat is.

The bars are the likeliest path of `bar_model` over the beats, laid out in quarter notes by
`bar_layout`. Bars that were found together with the beats are only laid out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import BarEvidence, Evidence
from engrave.music.grid import Pulse, Tap
from engrave.music.hypotheses import ChosenBars, Hypotheses, shares, temper
from engrave.music.performance import Performance
from engrave.music.values import TimeSignature
from engrave.rhythm.bar_choice.choose import CHOICE_TRUST, SteadyBars
from engrave.rhythm.bar_hypotheses import BarsHypothesis
from engrave.rhythm.bar_layout import (
    FoundBars,
    beat_type_log_likelihoods,
    beat_unit,
    felt_beats,
    lay_out,
    signature_of,
)
from engrave.rhythm.bar_model import BarObservation, BeatEvidence, evidence_per_beat, find_bar_path

TAP_SECONDS = 0.11  # seconds within which a tap marks a beat
CLOSEST_BEATS = 0.05  # seconds between two beats
# Bars: (felt beats, whether they divide in three) and how readily each is written.
METERS = {
    (1, False): 0.0001,
    (2, False): 0.02,
    (3, False): 0.2,
    (4, False): 0.35,
    (5, False): 0.005,
    (1, True): 0.02,
    (2, True): 0.12,
    (3, True): 0.02,
    (4, True): 0.04,
}
SLIP_PROBABILITY = 1e-8  # probability that a bar breaks off at a beat (the pulse lost or won one)
GIVEN_SLIP_PROBABILITY = 1e-12  # the same where the meter is given and only taps may break it
TAPPED_METER_PRIOR = 0.1  # how common a bar is held to be that the user tapped and the table lacks
LONGEST_TAPPED_BAR = 32  # beats
# How far the mean log likelihood of a beat is believed, and over how many beats it must have been
# heard for that. So meters that get 80 % of the belief were right in all of 18, barlines in 97 % of
# 29 pieces of (n)ASAP's training split (free weights, whose beat was right in 62).
TRUST, ENOUGH = 0.6, 32


@dataclass(frozen=True, slots=True)
class KnownBars:
    """What is known of the bars: the meter and the downbeats that the user gave.

    All bars are of the meter, unless the taps say otherwise. `chosen` are bars that were chosen
    with the beats, from which only what is heard of many beats leads away.
    """

    meter: TimeSignature | None = None
    taps: Sequence[Tap] = ()
    chosen: SteadyBars | None = None


NOTHING_KNOWN = KnownBars()


def track_bars(
    performance: Performance,
    pulse: Pulse,
    evidence: Evidence,
    bars: BarEvidence,
    given: KnownBars = NOTHING_KNOWN,
) -> ChosenBars:
    """The grid: the beats of the pulse in bars, by the evidence of the note and bar networks."""
    meter, chosen = given.meter, given.chosen
    known = _tapped_downbeats(pulse.times, given.taps)
    if performance.notes[-1].onset < pulse.times[1] - CLOSEST_BEATS:
        known[0] = 1  # all that is heard lies within one beat
    heard = evidence_per_beat(performance, pulse, evidence, bars)
    if chosen:
        heard = replace(heard, chosen=(chosen.kind, chosen.index))
    found = _find_bars(heard, pulse.triple, meter, known)
    grid = lay_out(pulse, found, heard.unit, meter)
    if chosen and found.main == chosen.kind:
        return ChosenBars(grid, _hypotheses(chosen, heard.unit, meter))
    return ChosenBars(grid, _weigh(heard, pulse.triple, known, found))


def _hypotheses(
    chosen: SteadyBars, heard: tuple[np.ndarray, np.ndarray], given: TimeSignature | None
) -> Hypotheses:
    """How likely chosen bars are beside others; meters under their names on the page.

    Of those of another division of the beat that is the usual name.
    """
    meters: dict[str, float] = {}
    for (count, compound), share in temper(chosen.meters, CHOICE_TRUST).items():
        unit = Fraction(3, 2) if compound else Fraction(1)
        if compound == chosen.kind[1]:
            unit = beat_unit(compound, heard[compound], given)
        beats, kind = signature_of(count, unit, given)
        meters[f"{beats}/{kind}"] = share
    return Hypotheses({}, meters, temper(chosen.shifts, CHOICE_TRUST))


def lay_out_bars(
    performance: Performance,
    evidence: Evidence,
    pulse: Pulse,
    bars: BarsHypothesis,
    meter: TimeSignature | None = None,
) -> ChosenBars:
    """The grid of bars that were found together with their beats, those of `pulse`."""
    heard = evidence_per_beat(performance, pulse, evidence, listen_for_bars(performance, pulse))
    known, kind = np.zeros(len(pulse.times), int), (bars.beats, bars.compound)
    opens, count = np.flatnonzero(bars.downbeat), np.arange(len(pulse.times))
    last = opens[(np.searchsorted(opens, count, side="right") - 1).clip(0)]
    common = METERS.get(kind, TAPPED_METER_PRIOR)
    path = find_bar_path(heard, pulse.triple, known, {kind: common}, SLIP_PROBABILITY)
    found = FoundBars(
        index=(count - last) % bars.beats,
        beats=np.full(len(count), bars.beats),
        compound=np.full(len(count), bars.compound),
        log_likelihood=path.log_likelihood + float(np.log(common / sum(METERS.values()))),
    )
    grid = lay_out(pulse, found, heard.unit, meter)
    return ChosenBars(grid, _weigh(heard, pulse.triple, known, found))


def _tapped_downbeats(times: np.ndarray, taps: Sequence[Tap]) -> np.ndarray:
    """For each beat 1 if it was tapped as a downbeat, -1 if as another beat, 0 if not known.

    Where only some downbeats are marked, the taps before the first and after the last of them
    say nothing.
    """
    known = np.zeros(len(times), int)
    for tap in taps:
        nearest = np.argmin(np.abs(times - tap.time))
        if tap.downbeat and abs(times[nearest] - tap.time) < TAP_SECONDS:
            known[nearest] = 1
    marked = np.flatnonzero(known)
    if len(marked):
        between = known[marked[0] : marked[-1]]
        between[between == 0] = -1
    return known


def _find_bars(
    heard: BeatEvidence, triple: np.ndarray, meter: TimeSignature | None, known: np.ndarray
) -> FoundBars:
    """Bars over the beats, by Viterbi over all meters (or the given one)."""
    tapped = {int(n) for n in np.diff(np.flatnonzero(known == 1)) if n <= LONGEST_TAPPED_BAR}
    meters = METERS | {(n, False): TAPPED_METER_PRIOR for n in tapped if (n, False) not in METERS}
    slip = SLIP_PROBABILITY
    if meter:
        meters = {felt_beats(meter): 1.0}
        slip = GIVEN_SLIP_PROBABILITY if known.any() else 0.0
    path = find_bar_path(heard, triple, known, meters, slip)
    return FoundBars(
        index=np.array([i for _, i in path.states]),
        beats=np.array([m[0] for m, _ in path.states]),
        compound=np.array([m[1] for m, _ in path.states]),
        log_likelihood=path.log_likelihood,
    )


def _weigh(
    heard: BeatEvidence, triple: np.ndarray, known: np.ndarray, found: FoundBars
) -> Hypotheses:
    """How likely it is that all bars are of another meter, and that all barlines stand later."""
    kinds = list(zip(found.beats.tolist(), found.compound.tolist(), strict=True))
    main = found.main
    scale = TRUST / max(len(kinds), ENOUGH)
    log_likelihood: dict[str, float] = {}
    for kind, common in {main: TAPPED_METER_PRIOR, **METERS}.items():
        path = find_bar_path(heard, triple, known, {kind: common}, SLIP_PROBABILITY)
        best = path.log_likelihood + np.log(common / sum(METERS.values()))
        figures = beat_type_log_likelihoods(kind[1], heard.unit[kind[1]])
        for figure, odds in figures.items():
            name = f"{kind[0] * (3 if kind[1] else 1)}/{figure}"
            written = found.log_likelihood if kind == main else min(best, found.log_likelihood)
            likely = scale * (written - found.log_likelihood) + odds - max(figures.values())
            # 3/4 may be felt in one
            log_likelihood[name] = max(log_likelihood.get(name, -np.inf), likely)
    states = [(main, i) for i in range(main[0])]
    table = BarObservation(states, heard, triple, known).table
    own = np.flatnonzero([kind == main for kind in kinds])
    moved = {
        later: float(table[own, (found.index[own] - later) % main[0]].sum())
        for later in range(main[0])
    }
    shifts = {later: scale * min(total - moved[0], 0.0) for later, total in moved.items()}
    return Hypotheses({}, shares(log_likelihood), shares(shifts))
