"""Windows for the reader of bars: beats in a row, and what the score says of each.

The scores are played with a little unevenness on their own beats, each window by hands of another
kind (short or long, together or not). The beats that are found for a recording are often not the
true ones, so in some windows they are twice or three times as fast or slow, lie between the true
ones, or one is lost or won on the way.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engrave.listening import heads
from engrave.listening.bar_features import NotesInBeats, bar_features
from engrave.music.values import is_compound
from training.data import corpora
from training.data.tunes import make_tune
from training.player.tempo_curve import beat_grid
from training.tasks.batches import WindowBatches
from training.tasks.note_labels import GRACE, UNKNOWN

BARS = np.dtype([(name, "i1") for name in heads.BAR_HEADS])
MIN_BEATS = 24
TUNE_COUNT = 3000  # that are made up
# Beats that are found, in true ones: the classes of "level", and the class of those between.
LEVELS = (1.0, 2.0, 0.5, 3.0, 1 / 3, 3 / 2, 2 / 3)
BETWEEN = len(LEVELS)
NESTED = 5  # so many of them fit into the true beats, or these into them
FOUND_SHARE = 0.13  # true beats by which a found beat may lie beside the true one that it is


@dataclass(frozen=True, slots=True)
class BeatsOfScore:
    """A score in its felt beats: notes (counted in beats), and of each beat its place in the bar.

    `index` is the number of each beat in its bar, `size` how many the bar has, `compound` whether
    they divide in three; `downbeat` says of each whether it opens a bar.
    """

    notes: NotesInBeats
    index: np.ndarray
    size: np.ndarray
    compound: np.ndarray
    downbeat: np.ndarray

    def __len__(self) -> int:
        return len(self.index)


def beats_of_score(rows: np.ndarray) -> BeatsOfScore:
    """A score in its beats, from score rows sorted by place, then pitch."""
    rows = rows[((rows["flags"] & GRACE) == 0) & (rows["duration"] > 0) & (rows["beats"] > 0)]
    grid = beat_grid(rows)
    start = grid.start.astype(float)
    count = np.arange(len(start) + 1.0)
    ends = np.append(start, float(grid.stop))
    keep = np.append(np.diff(ends) > 0, True)
    onset, end = (
        np.interp(place, ends[keep], count[keep])
        for place in (rows["score_onset"], rows["score_onset"] + rows["duration"])
    )
    beat = np.searchsorted(grid.start, rows["score_onset"], "right") - 1
    beats, kind = np.zeros(len(start), int), np.zeros(len(start), int)
    beats[beat], kind[beat] = rows["beats"], rows["beat_type"]
    known = np.maximum.accumulate(np.where(beats > 0, np.arange(len(beats)), 0))
    beats, kind = beats[known].clip(1), kind[known]
    compound = is_compound(beats, kind, three_in_one=False)
    size = np.where(compound, beats // 3, beats)
    return BeatsOfScore(
        NotesInBeats(onset, end, rows["pitch"].astype(float)),
        _indices(grid.downbeat, size),
        size,
        compound,
        grid.downbeat,
    )


def _indices(downbeat: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The number of each beat in its bar; beats before the first downbeat are counted from it."""
    opens = np.flatnonzero(downbeat)
    if not len(opens):
        return np.zeros(len(downbeat), int)
    last = np.maximum.accumulate(np.where(downbeat, np.arange(len(downbeat)), -1))
    index = np.arange(len(downbeat)) - last
    before = last < 0
    index[before] = (np.flatnonzero(before) - opens[0]) % size[before]
    return index


@dataclass(frozen=True, slots=True)
class FoundBeats:
    """Beats that somebody might have found, by their places in true beats, increasing."""

    position: np.ndarray
    level: int


def found_beats(beats: int, rng: np.random.Generator, wrong: float) -> FoundBeats:
    """Beats for so many true ones: these themselves, or in a share `wrong` of the cases others."""
    if rng.random() >= wrong:
        return FoundBeats(np.arange(beats, dtype=float), 0)
    kind = rng.random()
    if kind < 0.2:
        return FoundBeats(np.arange(beats - 1) + 0.5, BETWEEN)
    if kind < 0.75:
        level = rng.integers(1, len(LEVELS))
        step = LEVELS[level]
        first = rng.integers(0, round(2 * step)) / 2 if step in (2.0, 3 / 2) else 0.0
        first = float(rng.integers(0, 3)) if step == 3 else first
        first = rng.integers(0, 3) / 3 if step == 2 / 3 else first
        return FoundBeats(np.arange(first, beats - 1 + 1e-6, step), int(level))
    steps = np.ones(beats - 1)
    for _ in range(rng.integers(1, 4)):
        steps[rng.integers(len(steps))] = rng.choice([0.5, 1.5, 2.0])
    place = np.append(0.0, np.cumsum(steps))
    return FoundBeats(place[place < beats - 0.5], 0)


def labels(score: BeatsOfScore, first: int, found: FoundBeats) -> np.ndarray:
    """What is right for each found beat (dtype BARS); places count from the true beat `first`."""
    out = np.full(len(found.position), UNKNOWN, BARS)
    true = np.floor(found.position + FOUND_SHARE).astype(int)
    away = found.position - true
    near = np.abs(away) < FOUND_SHARE
    true = first + true.clip(0, len(score) - 1 - first)
    out["downbeat"] = near & score.downbeat[true]
    step = LEVELS[found.level] if found.level < NESTED else np.nan
    kinds = {meter: k for k, meter in enumerate(heads.METERS)}
    for k, (t, n) in enumerate(zip(true.tolist(), near.tolist(), strict=True)):
        size, index = score.size[t] / step, score.index[t] / step
        if not step > 0:
            out["place"][k] = len(heads.BAR_POSITIONS)
            continue
        if step < 1 and not n:
            index = np.rint((score.index[t] + away[k]) / step)
        n = n or step < 1
        size, index = round(size, 3), round(index, 3)
        whole = n and size == int(size) and index == int(index)
        meter = kinds.get((int(size), bool(score.compound[t])) if step == 1 else (int(size), False))
        out["place"][k] = (
            heads.BAR_POSITIONS.index((meter, int(index)))
            if whole and meter is not None and index < size
            else len(heads.BAR_POSITIONS)
        )
    out["level"] = found.level
    return out


class BarBatches(WindowBatches):
    """Random access to batches: (what is told of beats, what the score says) by number."""

    def __init__(self, data: Path, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.wrong = config["wrong"]
        readers: dict[str, Callable[[], Iterable[np.ndarray]]] = {
            "lieder": lambda: corpora.songs(data / "lieder"),
            "piano_free": lambda: corpora.songs(data / "piano_free"),
            "pop909": lambda: corpora.pop_songs(data / "pop909"),
            "tunes": lambda: (
                make_tune(np.random.default_rng((self.seed, k))) for k in range(TUNE_COUNT)
            ),
        }
        self.shares = config["shares"]
        kept = config.get("held_out", 0)  # every so-manieth score is not learned from
        self.pieces = {
            name: [
                score
                for number, rows in enumerate(readers[name]())
                if name == "tunes" or not kept or number % kept
                if len(score := beats_of_score(rows)) >= MIN_BEATS
            ]
            for name in self.shares
        }

    def _window(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        names = list(self.shares)
        corpus = self.pieces[names[rng.choice(len(names), p=[self.shares[n] for n in names])]]
        score = corpus[rng.integers(len(corpus))]
        rows, answers = window(score, self.window, rng, self.wrong)
        missing = self.window - len(answers)
        blank = np.full(missing, UNKNOWN, BARS)
        return np.pad(rows, ((0, missing), (0, 0))), np.concatenate([answers, blank])


def window(
    score: BeatsOfScore, length: int, rng: np.random.Generator, wrong: float
) -> tuple[np.ndarray, np.ndarray]:
    """At most so many beats of a score as somebody played and found them."""
    first = int(rng.integers(0, max(1, len(score) - length + 1)))
    beats = min(len(score) - first, length)
    found = found_beats(beats, rng, wrong)
    found = FoundBeats(found.position[:length], found.level)
    notes = played(score.notes, first, first + beats, rng)
    index = np.arange(len(found.position), dtype=float)
    step = found.position[-1] - found.position[-2] if len(index) > 1 else 1.0
    knots = np.append(found.position, found.position[-1] + step)
    later = notes.onset >= knots[0] - 1 / 24
    index = np.append(index, len(index))
    counted = NotesInBeats(
        np.interp(notes.onset[later], knots, index),
        np.interp(notes.end[later], knots, index),
        notes.pitch[later],
    )
    return bar_features(counted, len(found.position)), labels(score, first, found)


def played(notes: NotesInBeats, first: int, stop: int, rng: np.random.Generator) -> NotesInBeats:
    """The notes between two beats, counted from the first, by uneven hands and in another key."""
    some = (notes.onset >= first - 1e-6) & (notes.onset < stop)
    onset, end = notes.onset[some] - first, notes.end[some] - first
    uneven = rng.uniform(0, 0.05)
    touch = np.exp(rng.normal(rng.choice([-0.1, -0.7, 0.1]), 0.25, len(onset)))
    held = np.maximum((end - onset) * touch, 0.04)
    lost = rng.random(len(onset)) < rng.uniform(0, 0.06)
    late = onset + rng.normal(0, uneven, len(onset))
    order = np.argsort(late[~lost], kind="stable")
    pitch = notes.pitch[some] + rng.integers(-6, 7)
    return NotesInBeats(late[~lost][order], (late + held)[~lost][order], pitch[~lost][order])
