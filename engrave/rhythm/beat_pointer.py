"""The pulse as a way through the chords: how far each is from the one before it, in beats.

A hidden pointer stands, at each chord, at some place in a beat and at some tempo. From a chord to
the next the tempo may change, at a cost, and the pointer moves on by the time that passes, give or
take what hands are uneven. The best way is found by Viterbi over chords and not over frames of
time: a chord in rubato then costs no more than its own unevenness, whatever the tempo, and nothing
is computed while nothing sounds. (Score following and rhythm transcription by hidden Markov models
over notes: Raphael, "Automated rhythm transcription", ISMIR 2001; Nakamura, Yoshii and Sagayama,
"Rhythm transcription of polyphonic piano music based on merged-output HMM", TASLP 2017.)

Times are seconds, tempi seconds per beat, places 24ths of a beat.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engrave.listening import heads
from engrave.music.arrays import Floats, Ints

POSITIONS_PER_BEAT = 24
STIFFNESS = 15.0  # the cost of changing tempo within a beat, per unit of its logarithm
SHORT_WAIT, LONG_WAIT = 0.15, 4.0  # beats; between them changes are cheaper the longer the wait
JITTER, RELATIVE_JITTER = 0.02, 0.15  # standard deviation of a wait: seconds, and share of it
FARTHEST_POSITION = 5  # places by which a chord may be off
TEMPO_STEPS = 6  # steps of the tempo scale from one chord to the next, at most
PHASE_WEIGHT = 0.8  # how much each chord's place in the beat counts
PACE_WEIGHT = 0.35  # and how long it takes the beat to be
OFF_GRID_SHARE = 0.03  # share of chords that fall on no division
# log likelihood by which a tempo may be worse than the best and be followed
LARGEST_LOG_LIKELIHOOD_GAP = 25.0
SLIP_COST = 8.0  # the cost of losing or winning beats of a bar
LEAST_TEMPO_PROBABILITY = 1e-4  # probability that any pace has
CHORDS_PER_BLOCK = 256  # chords whose evidence is computed at a time, and after which ways settle


@dataclass(frozen=True, slots=True)
class TempoGrid:
    """The tempi that a pulse may have, evenly spaced by their logarithm.

    `log_prior` is the log probability of each for one beat. `levels` says how likely it is that a
    chord has a beat in mind that is so many times as long as that of the piece.
    """

    seconds: np.ndarray
    log_prior: np.ndarray
    levels: Mapping[Fraction, float]

    @classmethod
    def between(
        cls,
        shortest: float,
        longest: float,
        count: int,
        levels: Mapping[Fraction, float],
        log_prior: Callable[[np.ndarray], np.ndarray] = np.zeros_like,
    ) -> "TempoGrid":
        """`count` beats of `shortest` to `longest` seconds; `log_prior` takes their logarithms."""
        log_seconds = np.linspace(np.log(shortest), np.log(longest), count)
        return cls(np.exp(log_seconds), log_prior(log_seconds), levels)

    @property
    def step(self) -> float:
        """Of the logarithm, from one tempo to the next."""
        return float(np.log(self.seconds[1] / self.seconds[0]))


@dataclass(frozen=True, slots=True)
class BeatPath:
    """Where each chord falls, in beats after the beat of the first one, and how likely (log)."""

    position: np.ndarray
    log_likelihood: float


def follow_beat_pointer(
    time: np.ndarray, heard: np.ndarray, tempi: TempoGrid, bar: np.ndarray
) -> BeatPath:
    """The likeliest way of the pulse through chords that also say where in a bar they stand.

    `time` holds the seconds of the chords, increasing; `heard` is what `beat_likelihoods` makes of
    them. `bar` holds log likelihoods, a row a chord,
    `POSITIONS_PER_BEAT` columns for each beat of the bar, which may slip by whole beats where one
    is lost or won. Tempi that are much less likely than the best one are not followed.
    """
    waits = np.diff(time, prepend=time[0])
    steps = _Transitions(tempi, bar.shape[1])
    ways = _Ways(bar.shape[1])
    beats = bar.shape[1] // POSITIONS_PER_BEAT
    score, log_likelihood = np.tile(heard[0], (1, beats)) + bar[0] + tempi.log_prior[:, None], 0.0
    for i in range(1, len(time)):
        best = float(score.max())
        log_likelihood += best
        rows = steps.near(score, best)
        part, tempo_from = steps.change_tempo(score[rows] - best, waits[i], rows)
        part, off_by = steps.move_on(part, waits[i], rows)
        part, slipped = steps.slip(part)
        whole = steps.whole(waits[i], rows).astype(int)
        ways.steps.append(_Step(rows.start, tempo_from, whole, off_by, slipped))
        score = np.full(score.shape, -np.inf)
        score[rows] = part + np.tile(heard[i, rows], (1, beats)) + bar[i]
        if i % CHORDS_PER_BLOCK == 0:
            ways.settle(*np.nonzero(score > -np.inf))
    tempo, position = np.unravel_index(np.argmax(score), score.shape)
    log_likelihood += float(score.max())
    ways.settle(np.array([tempo]), np.array([position]))
    moved = np.cumsum(ways.moved)
    first = (position - moved[-1]) % POSITIONS_PER_BEAT
    return BeatPath((first + moved) / POSITIONS_PER_BEAT, log_likelihood)


def beat_likelihoods(phase: np.ndarray, pace: np.ndarray, tempi: TempoGrid) -> np.ndarray:
    """What each chord says of tempo and place: log likelihoods of shape (chords, tempi,
    POSITIONS_PER_BEAT).

    `phase` and `pace` are the probabilities of the classes of `heads.PHASES` (and anywhere) and
    `heads.LOG_BEAT_SECONDS`, a row a chord.
    """
    phase = (1 - OFF_GRID_SHARE) * phase
    phase[:, -1] += OFF_GRID_SHARE
    positions = {level: _position_shares(level) for level in tempi.levels}
    tempo_shares = {level: _tempo_shares(tempi, level) for level in tempi.levels}
    heard = np.empty((len(phase), len(tempi.seconds), POSITIONS_PER_BEAT), np.float32)
    for first in range(0, len(phase), CHORDS_PER_BLOCK):
        chords = slice(first, first + CHORDS_PER_BLOCK)
        total = np.zeros(heard[chords].shape)
        for level, likely in tempi.levels.items():
            at_pace = (pace[chords] @ tempo_shares[level] + LEAST_TEMPO_PROBABILITY) ** (
                PACE_WEIGHT / PHASE_WEIGHT
            )
            total += likely * at_pace[:, :, None] * (phase[chords] @ positions[level])[:, None, :]
        heard[chords] = PHASE_WEIGHT * np.log(total)
    return heard


def _position_shares(level: Fraction) -> np.ndarray:
    """The share of each place in what a chord may mean: (classes of the phase, POSITIONS_PER_BEAT).

    Its phase is counted in a beat that is `level` times as long as that of the piece.
    """
    shares = np.zeros((len(heads.PHASES) + 1, POSITIONS_PER_BEAT))
    for k, phase in enumerate(heads.PHASES):
        for turn in range(level.denominator):
            position = POSITIONS_PER_BEAT * (
                (turn + phase * level.numerator) / level.denominator % 1
            )
            below = int(np.floor(position + 1e-9))
            shares[k, below % POSITIONS_PER_BEAT] += (1 - (position - below)) / level.denominator
            shares[k, (below + 1) % POSITIONS_PER_BEAT] += (position - below) / level.denominator
    shares[-1] = 1 / POSITIONS_PER_BEAT
    return shares


def _tempo_shares(tempi: TempoGrid, level: Fraction) -> np.ndarray:
    """How near so long a beat of each tempo is to the classes of `heads.LOG_BEAT_SECONDS`."""
    classes = heads.LOG_BEAT_SECONDS
    log_seconds = np.log(tempi.seconds * float(level))
    near: Floats = np.exp(-0.5 * ((log_seconds - classes[:, None]) / np.diff(classes)[0]) ** 2)
    return near / float(np.sqrt(2 * np.pi))


@dataclass(frozen=True, slots=True)
class _Step:
    """How each tempo (a row, from the one with index `first` on) and place of a bar was reached.

    By how many steps the tempo changed; how many places the pointer moved: whole ones for its
    tempo, and how far off these; by how many beats the place in the bar slipped.
    """

    first: int
    tempo_from: np.ndarray
    whole: np.ndarray
    off_by: np.ndarray
    slipped: np.ndarray

    def back(self, tempo: Ints, position: Ints) -> tuple[Ints, Ints, Ints]:
        """From which tempi and places these were reached, and how many places away they are."""
        row, places = tempo - self.first, self.off_by.shape[1]
        position = (position - POSITIONS_PER_BEAT * self.slipped[row, position]) % places
        moved = self.whole[row] + self.off_by[row, position]
        position = (position - moved) % places
        return tempo - self.tempo_from[row, position], position, moved


class _Ways:
    """The places by which the pointer moved from chord to chord, as far as all likely ways agree.

    `steps` are those since: memory grows with the piece by `moved` alone.
    """

    def __init__(self, positions: int) -> None:
        self.positions = positions
        self.moved = [0]
        self.steps: list[_Step] = []

    def settle(self, tempo: Ints, position: Ints) -> None:
        """Keep the part that all ways to these tempi and places have in common."""
        settled = len(self.steps)
        while settled and len(tempo) > 1:
            settled -= 1
            tempo, position, _ = self.steps[settled].back(tempo, position)
            ways = np.unique(tempo * self.positions + position)
            tempo, position = np.divmod(ways, self.positions)
        moves = []
        for step in reversed(self.steps[:settled]):
            tempo, position, moved = step.back(tempo, position)
            moves.append(int(moved[0]))
        self.moved += reversed(moves)
        self.steps = self.steps[settled:]


class _Transitions:
    """From a chord to the next: the tempo changes, then the pointer moves on.

    Scores have the shape (tempi, places of a bar). All steps also say where each best score came
    from.
    """

    def __init__(self, tempi: TempoGrid, positions: int) -> None:
        self.tempi, self.positions = tempi, positions
        self.changes = np.arange(TEMPO_STEPS, -TEMPO_STEPS - 1, -1, dtype=np.int8)
        self.cost = STIFFNESS * tempi.step * np.abs(self.changes)[:, None]
        self.away = np.arange(FARTHEST_POSITION, -FARTHEST_POSITION - 1, -1, dtype=np.int8)
        self.rows = np.arange(len(tempi.seconds))[:, None]
        # The places around those of a bar, for each number of places by which it is turned.
        around = np.arange(-FARTHEST_POSITION, positions + FARTHEST_POSITION)
        self.turned = (around - np.arange(positions)[:, None]) % positions
        # Scores with room on both sides, and what lies each step away in them: the view is made
        # once, because that takes longer than to fill it.
        self.tempo_room = np.full((len(tempi.seconds) + 2 * TEMPO_STEPS, positions), -np.inf)
        self.tempi_near = np.moveaxis(
            sliding_window_view(self.tempo_room, len(self.changes), axis=0), -1, 0
        )
        self.position_room = np.empty((len(tempi.seconds), len(around)))
        self.positions_near = np.moveaxis(
            sliding_window_view(self.position_room, len(self.away), axis=1), -1, 0
        )

    def near(self, score: np.ndarray, best: float) -> slice:
        """The tempi that are nearly as likely as the best one, and those next to them."""
        likely = np.flatnonzero(score.max(axis=1) > best - LARGEST_LOG_LIKELIHOOD_GAP)
        return slice(max(likely[0] - TEMPO_STEPS, 0), likely[-1] + TEMPO_STEPS + 1)

    def whole(self, wait: float, rows: slice) -> np.ndarray:
        """The places nearest to those by which the pointer moves at each tempo."""
        return np.rint(POSITIONS_PER_BEAT * wait / self.tempi.seconds[rows])

    def change_tempo(
        self, score: np.ndarray, wait: float, rows: slice
    ) -> tuple[np.ndarray, np.ndarray]:
        beats = wait / self.tempi.seconds[rows]
        ease = 1 / np.sqrt(beats.clip(SHORT_WAIT, LONG_WAIT))
        end = TEMPO_STEPS + len(score)
        self.tempo_room[TEMPO_STEPS:end] = score
        self.tempo_room[end : end + TEMPO_STEPS] = -np.inf
        best, came = _best(self.tempi_near[:, : len(score)], self.cost * ease)
        best += (self.tempi.log_prior[rows] * beats)[:, None]
        return best, self.changes[came]

    def move_on(self, score: np.ndarray, wait: float, rows: slice) -> tuple[np.ndarray, np.ndarray]:
        seconds, whole = self.tempi.seconds[rows], self.whole(wait, rows)
        deviation = POSITIONS_PER_BEAT * np.hypot(JITTER, RELATIVE_JITTER * wait) / seconds
        exact = POSITIONS_PER_BEAT * wait / seconds
        cost = 0.5 * ((self.away[:, None] + (whole - exact)) / deviation) ** 2
        cost[whole + self.away[:, None] < 0] = np.inf
        columns = self.turned[whole.astype(int) % self.positions]
        self.position_room[: len(score)] = score[self.rows[: len(score)], columns]
        best, came = _best(self.positions_near[:, : len(score)], cost)
        return best, self.away[came]

    def slip(self, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The place in the bar may change by whole beats; that is, where it pays."""
        if self.positions == POSITIONS_PER_BEAT:
            return score, np.zeros(score.shape, np.int8)
        beats = score.reshape(len(score), -1, POSITIONS_PER_BEAT)
        came = beats.argmax(axis=1)[:, None]
        best = np.take_along_axis(beats, came, axis=1) - SLIP_COST
        by = np.where(best > beats, np.arange(beats.shape[1])[:, None] - came, 0).astype(np.int8)
        return np.maximum(best, beats).reshape(score.shape), by.reshape(score.shape)


def _best(reached: np.ndarray, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best of several scores less their cost (a row each), and which it is: the first of them.

    (`argmax` over the first axis takes four times as long.)
    """
    tried = reached - cost[:, :, None]
    best = tried.max(axis=0)
    rank = (tried == best).view(np.int8)
    rank *= np.arange(len(tried), 0, -1, dtype=np.int8)[:, None, None]
    return best, len(tried) - rank.max(axis=0)
