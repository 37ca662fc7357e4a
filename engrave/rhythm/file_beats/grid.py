"""Whether the beats that a MIDI file counts are those of the music, and what they are.

A file counts ticks, whatever is played: a notation program and a quantizing sequencer put each note
on them, a player who follows a click comes near them, and a recorder lets them run by. Which of
the three it is shows where the onsets lie between two quarter notes of the file. On the places of
simple rhythms far more often than by chance: `exact`. Around these places with the unevenness of
hands: `click`, told by the likelihood of a mixture of normal distributions around the twelfths of
a quarter against that of an even distribution. Otherwise the file is `free`.

Places and lengths are quarter notes of the file, jitter is seconds.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

import numpy as np

from engrave.music.arrays import Floats, Ints
from engrave.music.grid import quarters_at, seconds_at
from engrave.music.performance import FileGrid, Performance, chord_starts

FitKind = Literal["exact", "click", "free"]
GridOption = Literal["auto", "file", "free"]  # as it is found, or as the user says

# Places of simple rhythms in a quarter: 32nds and 16th triplets.
SIMPLE_POSITIONS = sorted({Fraction(k, n) for n in (8, 12) for k in range(n)})
LEAST_SHARE_ON_POSITIONS = 0.6  # share of the onsets on these places, at least, in an exact file
LEAST_GAIN_OVER_CHANCE = 3.0  # log likelihood by which that must beat chance
TWELFTHS = 12  # of a quarter, around which the onsets of a click file lie
OFF_GRID_SHARE = 0.1  # share of onsets that lie anywhere
# The share of the onsets on each twelfth in simple rhythms.
USUAL_SHARES = np.array([40, 1, 2, 8, 4, 1, 24, 1, 4, 10, 2, 1]) / 98
OFFSET_DEVIATION = 0.02  # seconds, deviation
JITTERS = (0.004, 0.006, 0.009, 0.013, 0.018, 0.025, 0.034)  # seconds that hands may be uneven
OFFSETS = np.linspace(-0.06, 0.06, 25)  # seconds by which a recording may be late as a whole
FIT_ROUNDS = 12  # of fitting the shares of the places
# log likelihood by which each chord must be better explained than by chance,
LEAST_CHORD_GAIN = 0.08
CHORDS_PER_SECTION, LEAST_SECTION_GAIN = 32, -0.1  # and the chords of each section of so many,
MOST_BAD_SECTIONS = 0.1  # but for this share of the sections
FEWEST_CHORDS = 6  # chords that tell a click
PSEUDOCOUNT = 0.5  # of a chord, added to the count of each place
# Quarters that music on the grid of its file lasts at most, and more for each chord of it.
MOST_QUARTERS, MOST_QUARTERS_PER_CHORD = 1000, 32
EXACT_JITTER = 0.002  # seconds


@dataclass(frozen=True, slots=True)
class FileFit:
    """How the notes lie on the grid of the file: which kind, how uneven, how late (seconds)."""

    kind: FitKind
    jitter: float = 0.0
    late: float = 0.0


FREE_FIT = FileFit("free")


def fit_file_grid(performance: Performance, option: GridOption = "auto") -> FileFit:
    """Whether the beats of the file are those of the music; where the user says so, how nearly."""
    grid = performance.grid
    if grid is None or option == "free":
        return FREE_FIT
    starts = chord_starts(performance.notes)
    onsets = np.array([note.onset for note in performance.notes])
    lasting = float(np.diff(quarters_at(onsets[[0, -1]], grid))[0])
    if lasting > MOST_QUARTERS + MOST_QUARTERS_PER_CHORD * len(starts):
        return FREE_FIT  # silence would be written in bar after bar
    if _is_exact(np.unique(_ticks(onsets, grid)), grid.ticks):
        return FileFit("exact", EXACT_JITTER)
    fit = _fit_click(onsets[starts], grid)
    return FileFit("click", max(JITTERS)) if option == "file" and fit == FREE_FIT else fit


def _ticks(seconds: Floats, grid: FileGrid) -> Ints:
    ticks: Ints = np.rint(quarters_at(seconds, grid) * grid.ticks).astype(int)
    return ticks


def _is_exact(ticks: np.ndarray, per_quarter: int) -> bool:
    """Whether far more onsets than by chance lie on the places of simple rhythms."""
    positions = np.zeros(per_quarter, bool)
    for position in SIMPLE_POSITIONS:
        exact = position * per_quarter
        positions[[floor(exact) % per_quarter, ceil(exact) % per_quarter]] = True
    hit, chance = positions[ticks % per_quarter].mean(), positions.mean()
    if hit < max(LEAST_SHARE_ON_POSITIONS, chance):
        return False
    missed = (1 - hit) * np.log((1 - hit) / (1 - chance)) if hit < 1 and chance < 1 else 0.0
    return bool(len(ticks) * (hit * np.log(hit / chance) + missed) > LEAST_GAIN_OVER_CHANCE)


def _fit_click(onsets: np.ndarray, grid: FileGrid) -> FileFit:
    """The unevenness and lateness that explain the onsets best, if any does."""
    if len(onsets) < FEWEST_CHORDS:
        return FREE_FIT
    quarter = np.diff(seconds_at(quarters_at(onsets, grid)[:, None] + (0, 1), grid), axis=1)[:, 0]

    def gains(late: float, jitter: float) -> tuple[np.ndarray, float]:
        position = quarters_at(onsets - late, grid) % 1 * TWELFTHS
        return _gains(position, jitter * TWELFTHS / quarter)

    def log_likelihood(late: float, jitter: float) -> float:
        gain, unusual = gains(late, jitter)
        return float(gain.sum() - unusual - 0.5 * (late / OFFSET_DEVIATION) ** 2)

    late = float(max(OFFSETS, key=lambda late: log_likelihood(late, JITTERS[len(JITTERS) // 2])))
    jitter = max(JITTERS, key=lambda jitter: log_likelihood(late, jitter))
    gain, _ = gains(late, jitter)
    if gain.mean() < LEAST_CHORD_GAIN + TWELFTHS * np.log(len(onsets)) / (2 * len(onsets)):
        return FREE_FIT
    sections = [part.mean() for part in np.array_split(gain, ceil(len(gain) / CHORDS_PER_SECTION))]
    fits = np.mean(np.array(sections) < LEAST_SECTION_GAIN) <= MOST_BAD_SECTIONS
    return FileFit("click", jitter, late) if fits else FREE_FIT


def _gains(position: np.ndarray, deviation: np.ndarray) -> tuple[np.ndarray, float]:
    """By how much each onset is likelier around the twelfths than anywhere: log likelihood ratio;
    and how unusual it is that so many lie on each twelfth.

    `place` counts twelfths of a quarter, `deviation` is in the same unit.
    """
    turned: np.ndarray = position[:, None] - np.arange(TWELFTHS) + TWELFTHS / 2
    away = turned % TWELFTHS - TWELFTHS / 2
    scale = deviation[:, None]
    density = TWELFTHS * np.exp(-0.5 * (away / scale) ** 2) / (scale * np.sqrt(2 * np.pi))
    shares: np.ndarray = np.full(TWELFTHS, 1 / TWELFTHS)
    for _ in range(FIT_ROUNDS):
        weighed = (1 - OFF_GRID_SHARE) * shares * density
        members = weighed / (weighed.sum(axis=1, keepdims=True) + OFF_GRID_SHARE)
        counts = members.sum(axis=0) + PSEUDOCOUNT / TWELFTHS
        shares = counts / counts.sum()
    unusual = -len(position) * shares @ np.log(USUAL_SHARES)
    return np.log((1 - OFF_GRID_SHARE) * density @ shares + OFF_GRID_SHARE), float(unusual)
