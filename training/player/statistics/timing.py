"""What one performance shows of its player's sense of time: tempo, evenness, chords, rolls.

Every function looks at one aligned performance and returns named arrays (pooled later over the
performances) or single figures (compared between performances). Units: seconds, felt beats
(`training.player.tempo_curve`), 10080ths of a quarter.
"""

from typing import Any

import numpy as np

from training.player.habits import Array
from training.player.render import ARPEGGIO, WIDE_CHORD
from training.player.statistics.aligned import ORNAMENTED, Aligned, extent, half_square, scale
from training.player.tempo_curve import FERMATA, QUARTER

ROLL_STEP = 0.025  # seconds from note to note from which a chord is heard as rolled
SLOWEST_ROLL = 0.25  # seconds; what is slower is no chord any more, or falsely aligned
LAGS = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48])
SILL = (16, 33)  # lags over which the strength of the rubato is taken
ENDING = 8  # beats


def beat_logs(it: Aligned) -> Array:
    """The logarithm of seconds per quarter of each beat; nan where its bounds have no chord."""
    bounds = np.append(it.grid.start, it.grid.stop)
    known = np.isin(bounds, it.position)
    time = it.at(bounds)
    log = np.full(len(it.grid.start), np.nan)
    both = known[:-1] & known[1:]
    quarters = np.diff(bounds) / QUARTER
    log[both] = np.log(np.maximum(np.diff(time)[both], 1e-3) / quarters[both])
    return log


def tempo(it: Aligned) -> dict[str, Any]:
    """Level, freedom and memory of the beat's length."""
    log = beat_logs(it)
    level = float(np.nanmedian(log))
    log = np.clip(log - level, -1.5, 1.5)
    last = int(np.flatnonzero(~np.isnan(log))[-1]) + 1
    free = np.where(under_fermata(it), np.nan, log)[: last - ENDING]
    rubato = float(np.sqrt(np.nanmean([half_square(free, lag) for lag in range(*SILL)])))
    memory = [half_square(free, lag) for lag in LAGS]
    before = np.nanmedian(log[max(last - 48, 0) : last - ENDING])
    unit = float(np.median(it.grid.unit)) / QUARTER
    span = (it.position[-1] - it.position[0]) / QUARTER
    return {
        "level": level,
        "log_density": np.log(len(it.position) / span),
        "log_unit": np.log(unit),
        "rubato": rubato,
        "variogram": np.array(memory) / rubato**2,
        "deviation": local_deviation(free) / rubato,
        "ending": log[last - ENDING : last] - before,
        "fermata": fermatas(it, log),
    }


def under_fermata(it: Aligned) -> Array:
    """The beats in which a note with a fermata sounds."""
    held = np.zeros(len(it.grid.start), bool)
    for note in it.notes[it.notes["flags"] & FERMATA > 0]:
        first, last = it.grid.index_at(note["score_onset"] + np.array([0, note["duration"] - 1]))
        held[first : last + 1] = True
    return held


def local_deviation(log: Array) -> Array:
    """How far each beat is from the median of the 32 beats around it."""
    found = []
    for start in range(0, max(len(log) - 32, 1), 32):
        window = log[start : start + 32]
        window = window[~np.isnan(window)]
        found.append(window - np.median(window) if len(window) else window)
    return np.concatenate(found)


def fermatas(it: Aligned, log: Array) -> Array:
    """How much longer the beats of a fermata are, as a difference of logarithms."""
    held = it.notes[it.notes["flags"] & FERMATA > 0]
    place = np.unique(np.column_stack([held["score_onset"], held["duration"]]), axis=0)
    place = place[np.isin(place[:, 0] + place[:, 1], it.position)]
    found = []
    for onset, length in place:
        seconds = it.at(onset + length) - it.at(onset)
        beat = int(it.grid.index_at(onset))
        around = log[max(beat - 8, 0) : beat]
        if np.isfinite(around).any():
            level = np.nanmedian(around) + float(np.nanmedian(beat_logs(it)))
            found.append(np.log(max(seconds, 1e-2) / (length / QUARTER)) - level)
    return np.array(found)


def steps(it: Aligned) -> dict[str, Any]:
    """Unevenness of the steps between onsets within a beat that is bounded by chords."""
    beat = it.grid.index_at(it.position)
    bounds = np.append(it.grid.start, it.grid.stop)
    whole = np.isin(bounds[:-1], it.position) & np.isin(bounds[1:], it.position)
    inside = whole[beat[:-1]]
    length = np.diff(it.at(bounds))[beat[:-1]]
    played, written = np.diff(it.time) / length, np.diff(it.position) / np.diff(bounds)[beat[:-1]]
    count = np.bincount(beat[:-1], minlength=len(whole))[beat[:-1]]
    use = inside & (count > 1) & (length > 0)
    ratio = np.clip(np.log(np.maximum(played[use], 1e-3) / written[use]), -1.5, 1.5)
    ratio = ratio * np.sqrt(count[use] / (count[use] - 1))  # the steps of a beat fill it
    unevenness = float(np.sqrt(np.mean(ratio**2))) if len(ratio) > 30 else np.nan
    return {
        "unevenness": unevenness,
        "step_log": ratio,
        "step_seconds": np.log(written[use] * length[use]),
    }


def chords(it: Aligned) -> dict[str, Any]:
    """How far the notes of a chord are apart, who leads, and which chords are rolled."""
    group = it.chord * 2 + it.low
    count = 2 * len(it.position)
    size = np.bincount(group, minlength=count)
    rolls = rolling(it, group, size)
    plain = ~(rolls["rolled"].reshape(-1, 2).any(axis=1))[it.chord]
    plain &= it.notes["flags"] & (ARPEGGIO | ORNAMENTED) == 0
    several = np.bincount(it.chord)[it.chord] > 1
    late = np.clip(it.notes["onset"] - it.time[it.chord], -0.15, 0.15)
    velocity = it.notes["velocity"].astype(float)
    loud = velocity - (np.bincount(it.chord, velocity) / np.bincount(it.chord))[it.chord]
    use = plain & several
    low = it.low - (np.bincount(it.chord, it.low) / np.bincount(it.chord))[it.chord]
    causes = np.column_stack([loud, low])[use]
    lead = -float(np.linalg.lstsq(causes, late[use], rcond=None)[0][0])
    rest = late + lead * loud
    hand = np.bincount(group[use], rest[use], count) / np.maximum(
        np.bincount(group[use], minlength=count), 1
    )
    inner = use & (size[group] > 1)
    weight = np.sqrt(size[group][inner] / (size[group][inner] - 1))
    within = (rest[inner] - hand[group][inner]) * weight
    spread = scale(within) if inner.sum() > 20 else np.nan
    unrolled = np.bincount(it.chord[~plain], minlength=len(it.position)) == 0
    both = (size.reshape(-1, 2) > 0).all(axis=1) & unrolled
    return {
        "lead": lead,
        "spread": spread,
        **hands_apart(hand.reshape(-1, 2)[both], size.reshape(-1, 2)[both], spread),
        "late": within / spread,
        "chord_width": extent(it.notes["onset"][use], it.chord[use]),
        **{name: value for name, value in rolls.items() if name != "rolled"},
    }


def hands_apart(late: Array, size: Array, spread: float) -> dict[str, Any]:
    """How far apart the hands are; `late` (seconds) and `size` have a row of two a chord."""
    apart = late[:, 1] - late[:, 0]
    if len(apart) <= 20 or not np.isfinite(spread):
        return {"left_hand": np.nan, "hands_apart": np.nan, "apart": np.zeros(0)}
    noise = spread**2 * float(np.mean((1 / size).sum(axis=1)))
    return {
        "left_hand": float(np.median(apart)),
        "hands_apart": float(np.sqrt(max(scale(apart) ** 2 - noise, 1e-6))),
        "apart": (apart - np.median(apart)) / scale(apart),
    }


def rolling(it: Aligned, group: Array, size: Array) -> dict[str, Any]:
    """Chords of one hand that are played upwards one note after the other."""
    order = np.lexsort((it.notes["pitch"], group))
    onset, pitch, of = it.notes["onset"][order], it.notes["pitch"][order].astype(int), group[order]
    next_one = of[1:] == of[:-1]
    rises = np.bincount(of[1:][next_one], np.diff(onset)[next_one] > 0.005, len(size))
    falls = np.bincount(of[1:][next_one], np.diff(onset)[next_one] < -0.005, len(size))
    starts = np.flatnonzero(np.append(True, np.diff(of) > 0))
    stops = np.append(starts[1:], len(of)) - 1
    seconds, semitones = np.zeros(len(size)), np.zeros(len(size))
    seconds[of[starts]] = onset[stops] - onset[starts]
    semitones[of[starts]] = pitch[stops] - pitch[starts]
    step = seconds / np.maximum(size - 1, 1)
    slow = (size > 1) & (abs(step) > ROLL_STEP) & (abs(step) < SLOWEST_ROLL)
    rolled = slow & (rises == size - 1)
    chance = slow & (falls == size - 1)  # no one rolls downwards: how often it looks so by chance
    signed = np.bincount(group, it.notes["flags"] & ARPEGGIO > 0, len(size)) > 0
    wide = (size > 1) & (semitones > WIDE_CHORD) & ~signed
    other = (size.reshape(-1, 2)[:, ::-1].reshape(-1) == 1) & rolled
    first = np.zeros(len(size))
    first[of[starts]] = onset[starts]
    other_time = first.reshape(-1, 2)[:, ::-1].reshape(-1)
    return {
        "rolled": rolled,
        "wide_share": max(rolled[wide].mean() - chance[wide].mean(), 0.0)
        if wide.sum() >= 10
        else np.nan,
        "signed_share": rolled[signed & (size > 1)].mean()
        if (signed & (size > 1)).sum() >= 3
        else np.nan,
        "roll_step": np.log(step[rolled & (signed | wide)]),
        "roll_before": np.clip((other_time - first)[other] / seconds[other], 0, 1),
    }
