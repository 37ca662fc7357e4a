"""Batches of windows: a corpus, a piece of it, a performance or a rendering, somewhere in it.

Pieces count alike, however often and long they were played. Batch `k` of a seed is always the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engrave.listening import note_features
from engrave.listening.note_features import KeyPresses
from engrave.music.arrays import Floats, Ints
from training.data import corpora
from training.data.duet import duet, signature
from training.data.tunes import make_tune
from training.player.habits import Habits
from training.player.render import render
from training.tasks.augment import Augmentation, TrainingPiece, augment, excerpt, slower
from training.tasks.batches import WindowBatches
from training.tasks.note_labels import ANSWERS, UNKNOWN, answer, with_pedal

MARGIN = 1.1  # more notes than a window has are taken, for some are lost
MIN_NOTES = 60
MELODY_ALONE = 0.25  # of the plain excerpts, share of which the upper line is played alone
STEADY_SHARE = 0.85  # of the tunes, share that is played steadily
# songs go so much slower than the concert pieces that the renderer's players learned
SLOWER_RATIO = 1.3


@dataclass(frozen=True, slots=True)
class Corpus:
    """The pieces of a data folder: performances by piece, scores without performances."""

    performances: tuple[tuple[TrainingPiece, ...], ...]
    scores: tuple[np.ndarray, ...]
    songs: tuple[np.ndarray, ...]
    pop_songs: tuple[np.ndarray, ...]
    piano_free: tuple[np.ndarray, ...]
    piano: tuple[np.ndarray, ...] = ()


def read_corpus(data: Path, shares: Mapping[str, float]) -> Corpus:
    """What is to be learned from; a corpus whose share is 0 is not read."""
    takes: dict[str, list[TrainingPiece]] = {}
    scores: dict[str, np.ndarray] = {}
    if shares["performances"] or shares["scores"]:
        for row in corpora.performances(data / "nasap" / "train"):
            if corpora.trusted(row):
                takes.setdefault(row["score"], []).append(take_of(row))
                scores.setdefault(row["score"], corpora.score_of(row))
    songs = corpora.songs(data / "lieder") if shares["songs"] else ()
    free, others = (
        corpora.songs(data / name) if shares.get(name) else () for name in ("piano_free", "piano")
    )
    pop = corpora.pop_songs(data / "pop909") if shares["pop_songs"] else ()
    return Corpus(
        tuple(tuple(piece) for piece in takes.values()),
        tuple(score for score in scores.values() if len(score) >= MIN_NOTES),
        tuple(song for song in songs if len(song) >= MIN_NOTES),
        tuple(song for song in pop if len(song) >= MIN_NOTES),
        tuple(song for song in free if len(song) >= MIN_NOTES),
        tuple(song for song in others if len(song) >= MIN_NOTES),
    )


def take_of(row: Mapping[str, Any]) -> TrainingPiece:
    """A performance and what its score says, from a row of `corpora.performances`."""
    notes, beats, pedals = row["notes"], row["beats"], row["pedals"]
    sustain = pedals[~pedals["soft"].astype(bool)]
    keys = KeyPresses(
        notes["onset"].astype(float),
        notes["offset"].astype(float),
        notes["pitch"].astype(float),
        notes["velocity"].astype(float),
        sustain["time"].astype(float),
        sustain["value"].astype(float),
    )
    matched = notes["matched"].astype(bool)
    answers = answer(notes, matched, _pace(notes["onset"], beats["time"]))
    return TrainingPiece(keys, with_pedal(answers, keys))


def _pace(onset: Floats, beats: Floats) -> Floats:
    """Log seconds per beat around each onset, over the beats before and after it."""
    steps = np.log(np.diff(beats).clip(0.1, 8))
    smooth: Floats = np.convolve(np.pad(steps, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    at: Ints = np.searchsorted(beats, onset, side="right") - 1
    return smooth[np.clip(at, 0, len(smooth) - 1)]


class Batches(WindowBatches):
    """Random access to batches: (features, answers) of shape (batch, window, …) by number."""

    def __init__(self, corpus: Corpus, config: Mapping[str, Any]) -> None:
        self.corpus = corpus
        super().__init__(config)
        self.shares, self.duets = config["shares"], config["duets"]
        self.plain = config.get("plain", 0.0)
        self.changes = Augmentation(**config.get("changes", {}))
        self.habits = Habits.load()
        self.guests: dict[tuple[int, int], list[np.ndarray]] = {}
        for sheet in (*corpus.scores, *corpus.songs):
            self.guests.setdefault(signature(sheet), []).append(sheet)

    def _window(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        take = augment(self._take(rng), self.changes, rng)
        rows, answers = note_features.note_features(take.keys), take.answers
        start = int(rng.integers(0, max(1, len(answers) - self.window + 1)))
        rows, answers = rows[start : start + self.window], answers[start : start + self.window]
        missing = self.window - len(answers)
        blank = np.zeros(missing, ANSWERS)
        for name in ANSWERS.names or ():
            blank[name] = np.nan if name == "pace" else UNKNOWN
        return np.pad(rows, ((0, missing), (0, 0))), np.concatenate([answers, blank])

    def _take(self, rng: np.random.Generator) -> TrainingPiece:
        names = list(self.shares)
        corpus = names[rng.choice(len(names), p=[self.shares[n] for n in names])]
        if corpus == "tunes":
            return self._rendered(
                make_tune(rng), rng, is_end=True, plain=rng.random() < STEADY_SHARE
            )
        pieces = getattr(self.corpus, corpus)
        piece = pieces[rng.integers(len(pieces))]
        length = int(self.window * MARGIN)
        if corpus == "performances":
            take = piece[rng.integers(len(piece))]
            return excerpt(take, _start(len(take.answers), length, rng), length)
        start = _start(len(piece), length, rng)
        is_end = start + length >= len(piece)
        rows = piece[start : start + length]
        if rng.random() < self.duets:
            rows = duet(rows, self._guest(rows, length, rng), rng)
        if rng.random() < self.plain:
            if rng.random() < MELODY_ALONE:
                rows = melody(rows)
            return self._rendered(rows, rng, is_end, plain=True)
        take = self._rendered(rows, rng, is_end)
        return slower(take, SLOWER_RATIO) if corpus in ("songs", "pop_songs") else take

    def _guest(self, rows: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
        """An excerpt of a piece on two staves that has the time signature of these rows."""
        pieces = self.guests.get(signature(rows), [rows])
        guest = pieces[rng.integers(len(pieces))]
        start = _start(len(guest), length, rng)
        return guest[start : start + length]

    def _rendered(
        self, score: np.ndarray, rng: np.random.Generator, is_end: bool, plain: bool = False
    ) -> TrainingPiece:
        played = render(score, rng, self.habits, is_end, plain)
        rows = score[played.source.clip(0)]
        pedal = np.asarray(played.pedal, float).reshape(-1, 2)
        notes = (played.onset, played.release, played.pitch, played.velocity)
        keys = KeyPresses(*(np.asarray(c, float) for c in notes), *pedal.T)
        pace = np.log(played.seconds_per_beat)
        return TrainingPiece(keys, answer(rows, played.source >= 0, pace))


def melody(rows: np.ndarray) -> np.ndarray:
    """The highest note of each onset of the upper staff; all rows where that is too little."""
    upper = rows[rows["staff"] <= 1]
    _, last = np.unique(upper["score_onset"][::-1], return_index=True)
    line = upper[len(upper) - 1 - last]
    return line if len(line) >= MIN_NOTES else rows


def _start(notes: int, length: int, rng: np.random.Generator) -> int:
    """Somewhere in a piece; its beginning and its end come a little more often than the rest."""
    return int(
        np.clip(
            rng.integers(-length // 4, max(1, notes - length * 3 // 4)), 0, max(0, notes - length)
        )
    )
