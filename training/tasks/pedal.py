"""Windows for the reader of the pedal: what the keys do at even moments, and what the foot did.

The music is that of people, the pedal hidden; played otherwise as in `augment`, and in some windows
with every key held as long as it sounds. Pieces count alike.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engrave.listening.first_pass import FRAME_MARGIN, FRAME_WINDOW
from engrave.listening.network import in_windows
from engrave.listening.note_features import KeyPresses
from engrave.listening.pedal_features import FRAME_SECONDS, Frames
from engrave.music.performance import PEDAL_DOWN
from training.data import corpora
from training.network import Network
from training.tasks.augment import Augmentation, TrainingPiece, augment, excerpt
from training.tasks.batches import WindowBatches
from training.tasks.notes import take_of

# What the foot does: is the pedal down at a moment; does it go down or come up near it?
PEDAL_ANSWERS = np.dtype([("down", "f4"), ("press", "f4"), ("lift", "f4")])
NEAR_SECONDS = 0.06  # seconds before and after a moment
LONGER_RATIO = 1.3  # times a window that is played, for some of it is played faster


def pedal_at(keys: KeyPresses, times: np.ndarray) -> np.ndarray:
    """What the foot does at each moment (dtype PEDAL_ANSWERS)."""
    down = np.append(False, keys.pedal_depth >= PEDAL_DOWN)
    change = np.flatnonzero(down[1:] != down[:-1])
    out = np.zeros(len(times), PEDAL_ANSWERS)
    out["down"] = down[np.searchsorted(keys.pedal_time, times, side="right")]
    for name, wanted in (("press", True), ("lift", False)):
        moves = keys.pedal_time[change][down[1:][change] == wanted]
        first, last = (np.searchsorted(moves, times + x) for x in (-NEAR_SECONDS, NEAR_SECONDS))
        out[name] = last > first
    return out


class FrameBatches(WindowBatches):
    """Random access to batches: (what is told, what the foot does) by number."""

    def __init__(self, data: Path, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.changes = Augmentation(**config["changes"])
        pieces: dict[str, list[TrainingPiece]] = {}
        for row in corpora.performances(data / "nasap" / "train"):
            if corpora.trusted(row):
                pieces.setdefault(row["score"], []).append(take_of(row))
        self.pieces = list(pieces.values())

    def _window(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        keys = augment(self._take(rng), self.changes, rng).keys
        frames = Frames.of(keys)
        start = int(rng.integers(0, max(1, len(frames.times) - self.window + 1)))
        stop = start + self.window
        rows, foot = frames.features(start, stop), pedal_at(keys, frames.times[start:stop])
        blank = np.full(self.window - len(foot), np.nan, "f4").astype(PEDAL_ANSWERS)
        return np.pad(rows, ((0, len(blank)), (0, 0))), np.concatenate([foot, blank])

    def _take(self, rng: np.random.Generator) -> TrainingPiece:
        """What is played in a window, from any moment of a piece on."""
        piece = self.pieces[rng.integers(len(self.pieces))]
        take = piece[rng.integers(len(piece))]
        onset, length = take.keys.onset, LONGER_RATIO * self.window * FRAME_SECONDS
        begin = rng.uniform(onset[0] - length / 4, max(onset[0], onset[-1] - length * 3 / 4))
        start = min(int(np.searchsorted(onset, begin)), max(0, len(onset) - 20))
        stop = max(int(np.searchsorted(onset, onset[start] + length)), start + 20)
        return excerpt(take, start, stop - start)


def listen_for_pedal(network: Network, keys: KeyPresses) -> np.ndarray:
    """The log odds of (down, press, lift) at each moment of a whole piece."""
    frames = Frames.of(keys)

    @torch.no_grad()  # here: every thread of `in_windows` has a setting of its own
    def answer(shown: slice) -> np.ndarray:
        rows = torch.from_numpy(frames.features(shown.start, shown.stop))[None]
        said = network(rows.to(network.answer.weight.device))
        answers: np.ndarray = said[0].float().cpu().numpy()
        return answers

    network.eval()
    said = in_windows(len(frames.times), answer, FRAME_WINDOW, FRAME_MARGIN)
    network.train()
    return said
