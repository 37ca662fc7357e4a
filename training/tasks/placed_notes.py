"""Windows for the reader of places: notes on the grid of their score, and what the score says.

What people played is laid on the score that they played, chord by chord, and what the renderer
plays likewise; so the lengths for which keys were held are known in quarters. The grid that is
found for a recording is often not the true one: in some windows the beat is twice or half as long,
barlines are shifted, notes stand beside their place, or in the other hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engrave.listening import heads
from engrave.listening.beat_features import NotesOnGrid, placed_note_features
from engrave.listening.network import PLACED_MARGIN, PLACED_WINDOW, in_windows
from engrave.music.values import is_compound
from training.data import corpora
from training.data.corpora import QUARTER
from training.network import Network
from training.player.habits import Habits
from training.player.render import render
from training.tasks.batches import WindowBatches
from training.tasks.note_labels import (
    GRACE,
    UNKNOWN,
    position_in_full_bar,
    value_classes,
    voice_classes,
)
from training.tasks.notes import SLOWER_RATIO

PLACED = np.dtype([(name, "i1") for name in heads.PLACED_HEADS])
MIN_NOTES = 60
MARGIN = 1.2  # more notes than a window has are taken, for some are lost
LEVELS = (1 / 2, 2.0, 3 / 2, 2 / 3)  # beats that are found instead of the true one


@dataclass(frozen=True, slots=True)
class AlignedNotes:
    """Notes of a score with their score rows, and when their keys were pressed and let go.

    `onset` and `release` in seconds, `end` when the key was let go in quarters of the score;
    `quarter_seconds` seconds a quarter.
    """

    rows: np.ndarray
    onset: np.ndarray
    release: np.ndarray
    velocity: np.ndarray
    end: np.ndarray
    quarter_seconds: np.ndarray

    def take(self, notes: np.ndarray | slice) -> "AlignedNotes":
        """Those of the indices, of a slice, or where a mask is true."""
        return AlignedNotes(*(getattr(self, field.name)[notes] for field in fields(self)))


def align(
    rows: np.ndarray, onset: np.ndarray, release: np.ndarray, velocity: np.ndarray
) -> AlignedNotes:
    """Notes played (seconds) on the score that they play, sorted by place, then pitch."""
    main = ((rows["flags"] & GRACE) == 0) & (rows["duration"] > 0) & (rows["staff"] > 0)
    main &= rows["beats"] > 0
    order = np.flatnonzero(main)[np.lexsort((rows["pitch"][main], rows["score_onset"][main]))]
    rows, onset, release, velocity = rows[order], onset[order], release[order], velocity[order]
    place, chord = np.unique(rows["score_onset"], return_inverse=True)
    time = np.bincount(chord, onset) / np.bincount(chord)
    good = (time >= np.maximum.accumulate(time)) & (time <= np.minimum.accumulate(time[::-1])[::-1])
    good &= np.diff(time, prepend=-1.0) > 1e-3
    place, time = place[good] / QUARTER, time[good]
    pace = np.gradient(time, place) if len(time) > 1 else np.ones(1)
    smooth = np.convolve(np.pad(pace, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    usual = np.median(pace)
    # Behind the last chord time goes on at the usual pace.
    place, time = np.append(place, place[-1] + 8), np.append(time, time[-1] + 8 * usual)
    end = np.interp(
        release + np.interp(rows["score_onset"] / QUARTER, place, time) - onset, time, place
    )
    here = np.interp(rows["score_onset"] / QUARTER, place[:-1], smooth)
    return AlignedNotes(rows, onset, release, velocity, end, here)


def placed_example(aligned: AlignedNotes) -> tuple[NotesOnGrid, np.ndarray]:
    """What the reader is told of these notes and what is right (dtype PLACED)."""
    rows = aligned.rows
    onset = rows["score_onset"] / QUARTER
    beat, triple, bar = beats_of(rows)
    on_grid = NotesOnGrid(
        onset,
        aligned.end,
        rows["pitch"].astype(float),
        aligned.velocity.astype(float),
        rows["staff"] == 1,
        beat,
        position_in_full_bar(rows) / QUARTER,
        bar,
        triple,
        aligned.quarter_seconds * beat,
    )
    out = np.full(len(rows), UNKNOWN, PLACED)
    out["voice"] = voice_classes(rows)
    out["value"] = value_classes(rows["duration"] / QUARTER / beat)
    return on_grid, out


def beats_of(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The felt beat at each note, whether it divides in three, and the bar, as in `grid.Bar`."""
    triple = is_compound(rows["beats"], rows["beat_type"])
    return (
        np.where(triple, 12, 4) / rows["beat_type"],
        triple,
        4 * rows["beats"] / rows["beat_type"],
    )


@dataclass(frozen=True, slots=True)
class GridAugmentation:
    """How often and how much the grid of a window is changed (shares 0-1)."""

    level: float = 0.25  # another beat
    shift: float = 0.1  # other barlines
    beside: float = 0.02  # of the chords of a hand that stand beside their place
    other_hand: float = 0.06
    misheard: float = 0.5  # windows in which hands are told apart by pitch alone here and there
    lost: float = 0.1
    releases: float = 0.4
    flat: float = 0.15


def augment(
    aligned: AlignedNotes, augmentation: GridAugmentation, rng: np.random.Generator
) -> tuple[NotesOnGrid, np.ndarray]:
    """A window with another grid, other hands, other keys held."""
    if rng.random() < 0.5:
        kept = rng.random(len(aligned.rows)) >= rng.uniform(0, augmentation.lost)
        aligned = aligned.take(kept)
    on_grid, out = placed_example(aligned)
    onset, end = on_grid.onset, on_grid.end
    if rng.random() < augmentation.releases:
        factor = np.exp(rng.normal(rng.uniform(-0.5, 0.4), 0.12, len(end)))
        end = onset + (end - onset) * factor
    on_grid = _regrouped(on_grid, augmentation, rng)
    out["value"] = value_classes(aligned.rows["duration"] / QUARTER / on_grid.beat)
    place = on_grid.position
    upper = misheard(on_grid, augmentation, rng)
    if rng.random() < 0.5:
        away = (rng.random(len(onset)) < augmentation.beside) * rng.choice(
            [-0.25, 0.25], len(onset)
        )
        away = away * on_grid.beat
        onset, place = onset + away, (place + away) % on_grid.bar
    velocity = on_grid.velocity
    if rng.random() < augmentation.flat:
        velocity = np.full(len(velocity), 64.0)
    on_grid = replace(
        on_grid,
        onset=onset,
        end=np.maximum(end, onset + 1 / 32),
        pitch=on_grid.pitch + rng.integers(-6, 7),
        velocity=velocity,
        upper=upper,
        position=place,
        beat_seconds=on_grid.beat_seconds * np.exp(rng.normal(0, 0.25)),
    )
    order = np.lexsort((on_grid.pitch, on_grid.onset))
    names = NotesOnGrid.__dataclass_fields__
    return NotesOnGrid(*(getattr(on_grid, name)[order] for name in names)), out[order]


def _regrouped(
    on_grid: NotesOnGrid, augmentation: GridAugmentation, rng: np.random.Generator
) -> NotesOnGrid:
    """The notes on another beat, with bars of so many of them; or with other barlines."""
    onset, beat, place, bar = on_grid.onset, on_grid.beat, on_grid.position, on_grid.bar
    triple = on_grid.triple
    if rng.random() < augmentation.level:
        level = LEVELS[rng.choice(4, p=[0.4, 0.4, 0.1, 0.1])]
        beat = beat * level
        bar = beat * rng.choice([2, 3, 4], p=[0.3, 0.2, 0.5])
        place = (onset - onset[0] + beat * rng.integers(0, 4)) % bar
        triple = np.zeros(len(bar), bool)
    elif rng.random() < augmentation.shift:
        place = (place + beat * rng.integers(1, 4)) % bar
    pace = on_grid.beat_seconds * beat / on_grid.beat
    return replace(on_grid, beat=beat, position=place, bar=bar, triple=triple, beat_seconds=pace)


def misheard(
    on_grid: NotesOnGrid, augmentation: GridAugmentation, rng: np.random.Generator
) -> np.ndarray:
    """The hands, with errors."""
    wrong = rng.random(len(on_grid.upper)) < rng.uniform(0, augmentation.other_hand)
    upper = on_grid.upper ^ wrong
    return _by_pitch(on_grid.pitch, upper, rng) if rng.random() < augmentation.misheard else upper


def _by_pitch(pitch: np.ndarray, upper: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The hands, but in some stretches all that is higher than somewhere is for the right one."""
    upper = upper.copy()
    for _ in range(rng.integers(1, 8)):
        start, length = rng.integers(0, len(upper)), rng.integers(4, 40)
        stretch = slice(start, start + length)
        near, high = pitch[stretch], upper[stretch]
        if 0 < high.sum() < len(high):
            between = (near[high].mean() + near[~high].mean()) / 2
            upper[stretch] = near > between + rng.normal(0, 4)
    return upper


class PlacedBatches(WindowBatches):
    """Random access to batches: (what is told, what the score says) by number."""

    def __init__(self, data: Path, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.shares = config["shares"]
        self.change = GridAugmentation(**config.get("changes", {}))
        self.habits = Habits.load()
        pieces: dict[str, list[AlignedNotes]] = {}
        scores: dict[str, np.ndarray] = {}
        if self.shares["performances"] or self.shares["scores"]:
            for row in corpora.performances(data / "nasap" / "train"):
                if corpora.trusted(row):
                    pieces.setdefault(row["score"], []).append(aligned_notes_of(row))
                    scores.setdefault(row["score"], corpora.score_of(row))
        self.performances = list(pieces.values())
        self.scores = [score for score in scores.values() if len(score) >= MIN_NOTES]
        self.songs = [song for song in corpora.songs(data / "lieder") if len(song) >= MIN_NOTES]

    def _window(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        on_grid, answers = augment(self._aligned(rng), self.change, rng)
        return self._padded(placed_note_features(on_grid), answers)

    def _padded(self, rows: np.ndarray, answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows, answers = rows[: self.window], answers[: self.window]
        missing = self.window - len(answers)
        blank = np.full(missing, UNKNOWN, answers.dtype)
        return np.pad(rows, ((0, missing), (0, 0))), np.concatenate([answers, blank])

    def _aligned(self, rng: np.random.Generator) -> AlignedNotes:
        names = list(self.shares)
        corpus = names[rng.choice(len(names), p=[self.shares[n] for n in names])]
        length = int(self.window * MARGIN)
        if corpus == "performances":
            takes = self.performances[rng.integers(len(self.performances))]
            aligned = takes[rng.integers(len(takes))]
            start = _start(len(aligned.rows), length, rng)
            return aligned.take(slice(start, start + length))
        scores = self.scores if corpus == "scores" else self.songs
        piece = scores[rng.integers(len(scores))]
        start = _start(len(piece), length, rng)
        played = render(
            piece[start : start + length], rng, self.habits, start + length >= len(piece)
        )
        # Of an ornament the first press counts; what the player added is left out.
        source, first = np.unique(played.source, return_index=True)
        source, first = source[source >= 0], first[source >= 0]
        slower = 1.0 if corpus == "scores" else SLOWER_RATIO
        onset, release, velocity = (
            np.asarray(column, float)[first]
            for column in (played.onset, played.release, played.velocity)
        )
        rows = piece[start : start + length][source]
        return align(rows, onset * slower, release * slower, velocity)


def aligned_notes_of(row: Mapping[str, Any]) -> AlignedNotes:
    """A performance on its score, from a row of `corpora.performances`."""
    notes = row["notes"][row["notes"]["matched"].astype(bool)]
    return align(notes, notes["onset"], notes["offset"], notes["velocity"].astype(float))


def listen_to_rows(network: Network, rows: np.ndarray) -> np.ndarray:
    """The network's answers for the notes of a whole piece."""

    @torch.no_grad()  # here: every thread of `in_windows` has a setting of its own
    def answer(shown: slice) -> np.ndarray:
        said = network(torch.from_numpy(rows[shown])[None].to(network.answer.weight.device))
        answers: np.ndarray = said[0].float().cpu().numpy()
        return answers

    network.eval()
    said = in_windows(len(rows), answer, PLACED_WINDOW, PLACED_MARGIN)
    network.train()
    return said


def _start(notes: int, length: int, rng: np.random.Generator) -> int:
    return int(rng.integers(0, max(1, notes - length + 1)))
