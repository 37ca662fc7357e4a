"""Beat tracking: where the beats are, and at which speed (half or double: `levels`).

The pulse is followed by `pulse_tracking`. Here its beats are chosen: of steady playing together
with the bars (`bar_choice`) or by their level (`levels`), of free playing as part of one of many
hypotheses (`bar_hypotheses`).

Times are seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import Evidence
from engrave.music.arrays import Floats
from engrave.music.grid import STRAIGHT, Pulse, Tap
from engrave.music.hypotheses import shares, temper
from engrave.music.performance import Performance, chord_starts
from engrave.music.values import TimeSignature
from engrave.rhythm.bar_choice.choose import CHOICE_TRUST, SteadyBars, choose_steady_bars
from engrave.rhythm.bar_hypotheses import (
    FEWEST_CHORDS_READ,
    BarsHypothesis,
    bars_over_pulses,
    speeds_beside,
)
from engrave.rhythm.beat_pointer import (
    TempoGrid,
    beat_likelihoods,
)
from engrave.rhythm.levels import (
    LOG_LIKELIHOOD_SCALE,
    SPEEDS,
    level_log_likelihoods,
    on_beat_log_likelihood,
)
from engrave.rhythm.pulse_tracking import (
    LONGEST_BEAT,
    LONGEST_SILENCE,
    METRICAL_LEVELS,
    SHORTEST_BEAT,
    Chords,
    SilenceWarp,
    beats_at,
    divides_in_three,
    extend_to_all_notes,
    snap,
    split_beats,
    track_beats_as_heard,
)
from engrave.rhythm.swing import find_swing
from engrave.rhythm.tempo_bank import SECONDS, follow_tempi

# Median deviation of the logarithm of a beat up to which music is played steadily: 98 % of plain
# tunes at 25 ms of jitter, 18 % of 155 concert performances.
STEADY_DEVIATION = 0.035
LONGEST_PAUSE = 12.0  # seconds without a chord, in steady playing
# Plain music has at most so many notes a second. In denser steady playing the bars that are chosen
# together must be as probable as this at their level, or the level of the pulse is chosen first.
PLAIN_DENSITY, DENSE_PROBABILITY = 6.0, 0.95
FEWEST_CHORDS = 4  # of which the level of the beat can be asked


@dataclass(frozen=True, slots=True)
class FoundBeats:
    """The beats, and the shares of belief in other speeds (times as fast); none if not asked.

    `chosen` are the bars of steady playing, `bars` those of free playing, where they were found
    together with the beats.
    """

    pulse: Pulse
    speeds: Mapping[float, float] = field(default_factory=dict)
    bars: BarsHypothesis | None = None
    chosen: SteadyBars | None = None


def track_beats(
    performance: Performance,
    evidence: Evidence,
    meter: TimeSignature | None = None,
    tempo: float | None = None,
    taps: Sequence[Tap] = (),
) -> FoundBeats:
    """The beats of a performance; `meter`, `tempo` (felt beats a minute), `taps` are what is known.

    Tapped beats are taken as they are (drawn to chords nearby) and continued at both ends.
    """
    pulse = track_beats_as_heard(performance, evidence, meter, tempo, taps)
    known = tempo or taps
    chosen = None if known else _choose_steady(performance, evidence, pulse, meter)
    if chosen:
        pulse = _swung(chosen.pulse, performance, evidence)
        pulse = chosen.pulse if chosen.kind[1] else pulse
        return FoundBeats(pulse, temper(chosen.speeds, CHOICE_TRUST), chosen=chosen)
    # Beats of a known simple meter are not taken for bars of three, nor for thirds.
    speeds = [v for v in SPEEDS if not meter or meter.compound or v not in (1 / 3, 3.0)]
    if known or len(chord_starts(performance.notes)) < FEWEST_CHORDS:
        found = FoundBeats(pulse)
    elif _is_steady(pulse):
        found = _at_its_level(performance, evidence, pulse, speeds)
    else:
        found = _free_beats(performance, evidence, pulse, meter)
    if meter and meter.compound:
        return found
    return replace(found, pulse=_swung(found.pulse, performance, evidence))


def pulses_at_speeds(
    performance: Performance,
    evidence: Evidence,
    pulse: Pulse,
    speeds: Sequence[float] = SPEEDS,
) -> dict[float, Pulse]:
    """The pulse, and those with beats at so many times its speed, where that can be felt."""
    chords = Chords.of(performance, evidence)
    silence_warp = SilenceWarp.of(chords.time, max(LONGEST_SILENCE, 2 * LONGEST_BEAT))
    beat = float(np.median(np.diff(silence_warp.warp(pulse.times))))
    onset = np.array([note.onset for note in performance.notes])
    pulses = {1.0: pulse}
    for speed in speeds:
        if speed != 1 and SHORTEST_BEAT <= beat / speed <= LONGEST_BEAT:
            step = max(round(1 / speed), 1)
            tried = (
                Pulse(pulse.times[k::step], pulse.triple[k::step])
                if speed < 1
                else split_beats(pulse, silence_warp, round(speed))
                for k in range(step)
            )
            covered = [
                extend_to_all_notes(snap(p, chords), performance, silence_warp)
                for p in tried
                if len(p.times) > 2
            ]
            if covered:
                found = max(covered, key=lambda p: on_beat_log_likelihood(evidence, onset, p))
                pulses[speed] = Pulse(found.times, divides_in_three(found.times, chords))
    return pulses


def _is_steady(pulse: Pulse) -> bool:
    lengths = np.log(np.diff(pulse.times))
    return bool(np.median(np.abs(lengths - np.median(lengths))) <= STEADY_DEVIATION)


def _choose_steady(
    performance: Performance, evidence: Evidence, pulse: Pulse, meter: TimeSignature | None
) -> SteadyBars | None:
    """The beats and bars of playing whose beats are even, if it is plain or they are certain."""
    chords = np.array([performance.notes[k].onset for k in chord_starts(performance.notes)])
    if min(len(chords), len(pulse.times)) < FEWEST_CHORDS:
        return None
    if np.diff(chords).max() > LONGEST_PAUSE or not _is_steady(pulse):
        return None
    chosen = choose_steady_bars(performance, evidence, pulse, meter)
    plain = len(performance.notes) <= PLAIN_DENSITY * (chords[-1] - chords[0])
    return chosen if plain or (chosen and chosen.speeds[1.0] > DENSE_PROBABILITY) else None


def _at_its_level(
    performance: Performance, evidence: Evidence, pulse: Pulse, speeds: Sequence[float]
) -> FoundBeats:
    """The pulse of a steady performance at the speed that is likeliest to be that of the beat."""
    pulses = pulses_at_speeds(performance, evidence, pulse, speeds)
    log_likelihood = level_log_likelihoods(performance, evidence, pulses)
    best = max(log_likelihood, key=lambda speed: (log_likelihood[speed], speed == 1))
    return FoundBeats(
        pulses[best],
        shares({v / best: LOG_LIKELIHOOD_SCALE * log_likelihood[v] for v in log_likelihood}),
    )


def _free_beats(
    performance: Performance, evidence: Evidence, pulse: Pulse, meter: TimeSignature | None
) -> FoundBeats:
    """The beats of a free performance, under the likeliest hypothesis of beats and bars."""
    hypotheses = find_bar_hypotheses(performance, evidence, pulse)
    if meter:
        beats = meter.beats // 3 if meter.compound else meter.beats
        hypotheses = [h for h in hypotheses if (h.beats, h.compound) == (beats, meter.compound)]
    if not hypotheses:
        return FoundBeats(pulse)
    best = max(hypotheses, key=lambda bars: bars.log_likelihood)
    triple = divides_in_three(best.times, Chords.of(performance, evidence))
    speeds = shares(speeds_beside(best, hypotheses))
    return FoundBeats(Pulse(best.times, triple), speeds, best)


def find_bar_hypotheses(
    performance: Performance, evidence: Evidence, pulse: Pulse
) -> list[BarsHypothesis]:
    """Hypotheses of beats and bars, over a pulse that was followed and those of the tempo bank.

    There are none where too little is played.
    """
    chords = Chords.of(performance, evidence)
    if len(chords.time) < FEWEST_CHORDS_READ:
        return []
    pulses = [pulse, *_pulses_at_tempi(performance, chords)]
    return bars_over_pulses(performance, evidence, pulses)


def _pulses_at_tempi(performance: Performance, chords: Chords) -> list[Pulse]:
    """The pulse as it is followed near each of the tempi of the bank."""
    silence_warp = SilenceWarp.of(chords.time, max(LONGEST_SILENCE, 2 * LONGEST_BEAT))
    heard = silence_warp.warp(chords.time)
    tempi = TempoGrid(SECONDS, np.zeros(len(SECONDS)), METRICAL_LEVELS)

    def likelihoods(block: slice) -> Floats:
        return beat_likelihoods(chords.phase[block], chords.pace[block], tempi)

    found = (
        beats_at(position, chords, silence_warp) for position in follow_tempi(heard, likelihoods)
    )
    pulses = (
        extend_to_all_notes(snap(p, chords), performance, silence_warp)
        for p in found
        if len(p.times) > 2
    )
    return [Pulse(p.times, divides_in_three(p.times, chords)) for p in pulses]


def _compound(evidence: Evidence) -> float:
    """How probable the reader holds a compound meter of several beats, on the whole."""
    kinds = [k for k, (count, triple) in enumerate(heads.METERS) if triple and count > 1]
    return float(np.exp(evidence.meter).mean(axis=0)[kinds].sum())


def _swung(pulse: Pulse, performance: Performance, evidence: Evidence) -> Pulse:
    """The pulse and how it swings; swung beats divide in two."""
    chords = np.array([performance.notes[i].onset for i in chord_starts(performance.notes)])
    swing = find_swing(pulse.times, chords, _compound(evidence))
    return (
        pulse if swing == STRAIGHT else Pulse(pulse.times, np.zeros(len(pulse.times), bool), swing)
    )
