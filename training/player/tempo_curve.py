"""Where the beats of a score stand, and at which second each place of it is reached.

A felt beat is a dotted value where the meter counts in threes above three (6/8, 9/8, 12/8), else
one unit of the meter. A short measure (pickup) is aligned with its end. The logarithm of a beat's
length is a walk with several memories (its autocovariance is measured, see
`training.player.statistics.measure`); within a beat the steps between onsets are uneven and fill
the beat exactly.

Units: positions in 10080ths of a quarter, time in seconds.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from engrave.music.values import is_compound
from training.player.habits import Array, Habits, Performer, value_at

QUARTER = 10080
SWING_SHARE = 0.1  # of the excerpts that could swing
SWING_RATIOS = (0.54, 0.68)  # where the off-beat eighth falls in the beat
FERMATA = 128
GRACE = 1
SUDDEN = 1.0  # beats: what is forgotten sooner has the heavy tails of pauses and hurries


@dataclass(frozen=True, slots=True)
class BeatGrid:
    """Felt beats: `start` and `unit` (positions), whether it opens a bar; `stop` ends the last."""

    start: Array
    unit: Array
    downbeat: Array
    stop: int

    def index_at(self, position: Array) -> Array:
        """The index of the beat in which each position lies."""
        found = np.searchsorted(self.start, position, "right") - 1
        return np.clip(found, 0, len(self.start) - 1)


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds at every onset and beat of the score, and the seconds per whole beat."""

    position: Array
    time: Array
    seconds_per_beat: Array

    def at(self, position: Array | int) -> Array:
        """Seconds of positions, linear between the beats."""
        return np.asarray(np.interp(position, self.position, self.time))


def felt_unit(beats: Array, beat_type: Array) -> Array:
    """The length of a felt beat, in 10080ths of a quarter."""
    written = 4 * QUARTER // np.maximum(beat_type.astype(np.int64), 1)
    return np.where(is_compound(beats, beat_type, three_in_one=False), 3 * written, written)


def beat_grid(notes: Array) -> BeatGrid:
    """The felt beats from the first measure of `notes` to the end of its last note."""
    bar_start, first = np.unique(notes["score_onset"] - notes["position"], return_index=True)
    unit = felt_unit(notes["beats"][first], notes["beat_type"][first])
    length = notes["measure_length"][first].astype(np.int64)
    stop = int(max((notes["score_onset"] + notes["duration"]).max(), bar_start[-1] + length[-1]))
    bar_stop = np.append(bar_start[1:], stop)
    written = 4 * QUARTER // np.maximum(notes["beat_type"][first].astype(np.int64), 1)
    whole = notes["beats"][first] * written
    phase = np.where(length < whole, length % unit, 0)  # a pickup's first beat may be a part
    origin = bar_start - np.where(phase > 0, unit - phase, 0)
    count = np.maximum(-(-(bar_stop - origin) // unit), 1)
    bar = np.repeat(np.arange(len(bar_start)), count)
    nth = np.arange(len(bar)) - np.repeat(np.cumsum(count) - count, count)
    start = np.maximum(origin[bar] + nth * unit[bar], bar_start[bar])
    return BeatGrid(start, unit[bar], (nth == 0) & (phase[bar] == 0), stop)


def smooth_noise(length: int, memories: Array, shares: Array, rng: np.random.Generator) -> Array:
    """Normal noise of variance 1: a sum of processes that forget over `memories` steps."""
    total = np.zeros(length)
    for memory, share in zip(memories, shares / max(shares.sum(), 1e-9), strict=True):
        if share > 0:
            keep = np.exp(-1 / memory) if memory > 0 else 0.0
            drive = rng.standard_normal(length) * np.sqrt(1 - keep**2)
            drive[0] = rng.standard_normal()
            total += np.sqrt(share) * lfilter([1.0], [1.0, -keep], drive)
    return total


def mean_seconds_per_quarter(notes: Array, grid: BeatGrid, habits: Habits, taste: float) -> float:
    """The tempo that the excerpt's density suggests to a player of this taste.

    Onsets a quarter and the length of the beat explain the tempo by a measured regression; the
    rest is taste.
    """
    law = habits["tempo"]
    span = max(grid.stop - int(grid.start[0]), QUARTER)
    density = len(np.unique(notes["score_onset"])) / span * QUARTER
    unit = float(np.median(grid.unit)) / QUARTER
    sparse, dense = law["density_range"]  # beyond what was measured the law is not trusted
    level = law["density"][0] + law["density"][1] * np.clip(np.log(density), sparse, dense)
    level += law["density"][2] * np.log(unit)
    return float(np.exp(level + value_at(law["taste"], taste)))


def beat_lengths(notes: Array, grid: BeatGrid, performer: Performer, is_end: bool) -> Array:
    """Seconds of every whole beat."""
    player, rng = performer.player, performer.rng
    law = performer.habits["tempo"]
    count = len(grid.start)
    fast = np.where(law["memories"] < SUDDEN, law["shares"], 0.0)
    sudden = value_at(law["shape"], smooth_noise(count, law["memories"], fast, rng))
    slow = smooth_noise(count, law["memories"], law["shares"] - fast, rng)
    jitter = law["jitter"] * rng.standard_normal(count + 1)
    walk = np.sqrt(fast.sum()) * sudden + np.sqrt((law["shares"] - fast).sum()) * slow
    log = player.rubato * (walk + np.diff(jitter))
    if is_end:
        last = int(grid.index_at(notes["score_onset"][-1:] - 1)[0]) + 1  # the last onset ends it
        profile = law["ending"][-last:]
        ending = value_at(law["ending_last"], rng.standard_normal())
        log[last - len(profile) : last] += ending * profile
        log[last:] += max(ending, 0.0)
    fermatas = notes[(notes["flags"] & FERMATA > 0) & (notes["duration"] > 0)]
    for onset in np.unique(fermatas["score_onset"]):
        length = fermatas["duration"][fermatas["score_onset"] == onset].max()
        held = (grid.start < onset + length) & (grid.start + grid.unit > onset)
        log[held] = np.maximum(log[held], value_at(law["fermata"], rng.standard_normal()))
    quarter = mean_seconds_per_quarter(notes, grid, performer.habits, player.tempo_taste)
    if player.beat_seconds:
        quarter = player.beat_seconds * QUARTER / float(np.median(grid.unit))
    seconds: Array = quarter * grid.unit / QUARTER * np.exp(log)
    return seconds


def swung(phase: Array, ratio: float) -> Array:
    """Phase 1/2 of the beat moves to `ratio`, what lies on either side is stretched with it."""
    return np.where(phase < 0.5, phase * 2 * ratio, ratio + (phase - 0.5) * 2 * (1 - ratio))


def can_swing(phase: Array) -> bool:
    """Do the beats divide by two only, with hardly anything shorter than the half?"""
    halves = np.isin(phase, (0.0, 0.5))
    quarters = np.isin(phase, (0.25, 0.75))
    return bool((halves | quarters).all() and halves.mean() > 0.9 and (phase == 0.5).any())


def step_shares(position: Array, beat: Array, grid: BeatGrid, rng: np.random.Generator) -> Array:
    """The written share of the beat that lies between each position and the next."""
    phase = (position - grid.start[beat]) / grid.unit[beat]
    if rng.random() < SWING_SHARE and can_swing(phase[:-1]):
        phase = swung(phase, rng.uniform(*SWING_RATIOS))
    ends = np.append(phase[1:], 0.0)
    last = np.append(beat[1:] != beat[:-1], True)
    whole = np.append(grid.start[1:], grid.stop) - grid.start
    return np.where(last, (whole / grid.unit)[beat], ends) - phase


def clock_of(notes: Array, grid: BeatGrid, performer: Performer, is_end: bool) -> Clock:
    """The seconds at which the player reaches every onset and beat."""
    player, rng = performer.player, performer.rng
    law = performer.habits["steps"]
    lengths = beat_lengths(notes, grid, performer, is_end)
    position = np.union1d(notes["score_onset"], grid.start)
    beat = grid.index_at(position)
    share = np.maximum(step_shares(position, beat, grid, rng), 1e-3)
    deviation = np.interp(np.log(share * lengths[beat]), law["log_seconds"], law["deviation"])
    noise = value_at(law["shape"], rng.standard_normal(len(position)))
    uneven = share * np.exp(player.unevenness * deviation * noise)
    filled = np.bincount(beat, share, len(lengths)) / np.bincount(beat, uneven, len(lengths))
    seconds = uneven * filled[beat] * lengths[beat]
    time = np.append(0.0, np.cumsum(seconds))
    return Clock(np.append(position, grid.stop), time, lengths)
