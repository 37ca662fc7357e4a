"""The learned reader: what each played note probably is on the page.

A small neural network has read many performances beside their scores (`training/` says how it
learns, docs/model-card.md from what). It is told each note with its neighbours (`features`) and
answers the questions of `reading`; it knows nothing of the rules by which the answers must fit
together. The steps that follow decide, each with the evidence that belongs to it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime

from engrave import reading
from engrave.features import Keys, chords, describe
from engrave.moments import Moments
from engrave.performance import Performance

WEIGHTS = ("full", "free")  # what `listen` may read with: files in the folder `weights`
# The evidence that is of a note in what its own player does.
OF_ONE_PLAYER = ("value", "upper", "voice", "flags", "pedal_down", "pedal_press", "pedal_lift")
PEDAL_READERS = {"full": "pedal"}  # the files that hear the pedal; the free weights have none
PHASE_READERS = {"full": "phases", "free": "phases_free"}  # the files of the second reading
PLACE_READERS = {"full": "places", "free": "places_free"}
BAR_READER = "bars"  # of all weights: it has learned from free scores alone
IGNORANT = -20.0  # log odds of yes where nobody was asked
WINDOW, MARGIN = 1024, 128  # notes read at a time, and of them those at each end left to others
PLACED_WINDOW, PLACED_MARGIN = 768, 128  # the same of notes on a grid
MOMENTS, MOMENTS_LEFT = 2048, 256  # the same in moments
BY_NOTES = 0.3  # share of the reader of notes in whether the pedal is down
LAST = 1.0  # seconds for which the last chord counts


@dataclass(frozen=True, slots=True)
class Evidence:
    """The reader's answers for each played note, as arrays whose first axis is the note.

    `onbeat`, `downbeat`, `upper` (staff), `pedal_down`, `pedal_press`, `pedal_lift` are log odds of
    yes, and so is each column of `flags` (`reading.FLAGS`). The others are log probabilities of the
    classes of `reading`.
    """

    onbeat: np.ndarray
    downbeat: np.ndarray
    phase: np.ndarray
    index: np.ndarray
    meter: np.ndarray
    unit: np.ndarray
    value: np.ndarray
    upper: np.ndarray
    voice: np.ndarray
    fifth: np.ndarray
    key: np.ndarray
    pace: np.ndarray
    flags: np.ndarray
    pedal_down: np.ndarray
    pedal_press: np.ndarray
    pedal_lift: np.ndarray

    def flag(self, name: str) -> np.ndarray:
        """Log odds that a note has this flag of `reading.FLAGS`."""
        odds: np.ndarray = self.flags[:, reading.FLAGS.index(name)]
        return odds

    def take(self, notes: Sequence[int] | np.ndarray) -> "Evidence":
        """The evidence of these notes alone, in this order."""
        index = np.asarray(notes, int)
        return Evidence(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


@dataclass(frozen=True, slots=True)
class FootEvidence:
    """What a foot would do at each of `times` (seconds, even moments), as log odds of yes.

    Is the pedal `down`; is there a `press` or a `lift` within a moment and a half? `used` is the
    share of the time for which it is probably down, as the reader of notes hears it.
    """

    times: np.ndarray
    down: np.ndarray
    press: np.ndarray
    lift: np.ndarray
    used: float


def listen(performance: Performance, weights: str = WEIGHTS[0]) -> Evidence:
    """What each note of a performance looks like to the reader with these weights.

    Where several play, time is heard of all of them together, and of each alone what his hands do:
    the reader has learned from pianists.
    """
    together = _hear(performance, weights)
    if len(performance.players) == 1:
        return together
    alone = _hear_apart(performance, weights)
    return replace(together, **{name: getattr(alone, name) for name in OF_ONE_PLAYER})


def _hear(performance: Performance, weights: str) -> Evidence:
    rows = describe(Keys.of(performance))
    said = in_windows(len(rows), lambda shown: _answers(weights, rows[shown]), WINDOW, MARGIN)
    parts = reading.split(said)
    return Evidence(**{name: _as_evidence(name, part) for name, part in parts.items()})


def _hear_apart(performance: Performance, weights: str) -> Evidence:
    """What each note looks like to the reader who hears its player alone."""
    rows, answers = [], []
    for player in range(len(performance.players)):
        alone = performance.alone(player)
        if alone.notes:
            rows += performance.played_by(player)
            answers.append(_hear(alone, weights))
    order = np.argsort(rows)
    joined = (np.concatenate([getattr(a, f.name) for a in answers]) for f in fields(Evidence))
    return Evidence(*joined).take(order)


def listen_for_pedal(performance: Performance, weights: str = WEIGHTS[0]) -> FootEvidence:
    """What a foot would do, from the keys alone; the performance has a note at least.

    Two readers answer: one that hears moments, and the one of notes, whose `pedal_down` is about
    the middle between two chords.
    """
    keys = Keys.of(replace(performance, sustain=()))
    moments = Moments.of(keys)
    count = len(moments.times)
    if weights not in PEDAL_READERS:
        never = np.full(count, IGNORANT)
        return FootEvidence(moments.times, never, never, never, 0.0)

    def answer(shown: slice) -> np.ndarray:
        return _answers(PEDAL_READERS[weights], moments.describe(shown.start, shown.stop))

    down, press, lift = in_windows(count, answer, MOMENTS, MOMENTS_LEFT).T.astype(float)
    starts, chord = chords(keys)
    by_note = listen(replace(performance, sustain=()), weights).pedal_down
    by_chord = np.bincount(chord, by_note) / np.bincount(chord)
    onset = keys.onset[starts]
    wait = np.diff(onset, append=onset[-1] + LAST)
    by_moment = np.interp(moments.times, onset + wait / 2, by_chord)
    used = float(wait @ (1 / (1 + np.exp(-by_chord))) / wait.sum())
    down += BY_NOTES * (by_moment - down)
    return FootEvidence(moments.times, down, press, lift, used)


def read_phases(rows: np.ndarray, weights: str = WEIGHTS[0]) -> dict[str, np.ndarray]:
    """The answers to `reading.PHASE_HEADS` for notes in beats, in the form of `Evidence`.

    `rows` are those of `placed_features.describe_timing`.
    """
    return _read(PHASE_READERS[weights], rows, reading.PHASE_HEADS)


def read_places(rows: np.ndarray, weights: str = WEIGHTS[0]) -> dict[str, np.ndarray]:
    """The same for notes on a grid: `reading.PLACED_HEADS`, `placed_features.describe_places`."""
    return _read(PLACE_READERS[weights], rows, reading.PLACED_HEADS)


def read_bars(rows: np.ndarray) -> dict[str, np.ndarray]:
    """The answers to `reading.BAR_HEADS` for beats; `rows` are those of `bar_features`."""
    return _read(BAR_READER, rows, reading.BAR_HEADS)


def _read(file: str, rows: np.ndarray, heads: Mapping[str, int]) -> dict[str, np.ndarray]:
    said = in_windows(
        len(rows), lambda shown: _answers(file, rows[shown]), PLACED_WINDOW, PLACED_MARGIN
    )
    parts = reading.split(said, heads)
    return {name: _as_evidence(name, part) for name, part in parts.items()}


def in_windows(
    count: int, answer: Callable[[slice], np.ndarray], window: int, margin: int
) -> np.ndarray:
    """The answers for so many rows, asked in windows that overlap by twice `margin`."""
    parts = []
    for start in range(0, max(1, count - 2 * margin), window - 2 * margin):
        said = answer(slice(start, start + window))
        is_last = start + window >= count
        parts.append(said[margin if start else 0 : None if is_last else window - margin])
    return np.concatenate(parts)


def _answers(file: str, rows: np.ndarray) -> np.ndarray:
    answers: np.ndarray = _session(file).run(None, {"notes": rows[None]})[0][0]
    return answers


@cache
def _session(file: str) -> onnxruntime.InferenceSession:
    path = Path(__file__).parent / "weights" / f"{file}.onnx"
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Further fusions compute in 8 bits: slower here, and other answers on other processors.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _as_evidence(name: str, said: np.ndarray) -> np.ndarray:
    said = said.astype(float)
    if name == "flags":
        return said
    if said.shape[1] == 1:
        return said[:, 0]
    return log_shares(said)


def log_shares(said: np.ndarray) -> np.ndarray:
    """The log probabilities of classes of which one is right; log odds, a row for each note."""
    above = said - said.max(axis=1, keepdims=True)
    shares: np.ndarray = above - np.log(np.exp(above).sum(axis=1, keepdims=True))
    return shares
