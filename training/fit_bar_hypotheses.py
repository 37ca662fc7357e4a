"""Which hypothesis of a free performance is right: the weights of `engrave/rhythm/hypotheses.py`.

A conditional logit is fitted to one performance of each piece, read with the reader that has not
learned from them: the better a hypothesis is (beats, downbeats, meter), the larger the share of
belief that it should get. What it comes to is measured on works left out (five folds).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mir_eval
import numpy as np
from scipy.optimize import minimize

from engrave.listening.first_pass import listen
from engrave.music.performance import PedalMove, Performance
from engrave.music.values import is_compound
from engrave.pedal.key_releases import restore_key_releases
from engrave.rhythm.bar_hypotheses import WEIGHTS
from engrave.rhythm.beats import find_bar_hypotheses
from engrave.rhythm.pulse_tracking import track_beats_as_heard
from training.data import corpora
from training.fit_levels import played_notes

SECONDS = 200.0  # of a performance
TOLERANCE = 0.07  # seconds within which a beat is right
COUNTS = np.array([0.3, 0.5, 0.2])  # how much beats, downbeats and the meter count in a hypothesis
SHARPNESS = 0.05  # a hypothesis that is better by this should be e times as likely
PENALTY = 0.01  # on the squared weights
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Example:
    """The hypotheses of a performance: what speaks for each, and its figures (a row each).

    The figures are F of the beats, F of the downbeats and the share of the bars in the true meter.
    """

    work: str
    features: np.ndarray
    figures: np.ndarray


def write_bar_weights(data: Path, file: Path) -> None:
    """Fit the weights and write them down, with the mean figures on works left out."""
    with ProcessPoolExecutor() as pool:
        examples = [
            example for example in pool.map(_read, _performances(data)) if len(example.features)
        ]
    found = dict(zip(WEIGHTS, np.round(fit(examples), 2).tolist(), strict=True))
    lines = [f"beats F, downbeats F, meter: {np.round(100 * left_out(examples), 1).tolist()}"]
    file.write_text("\n".join([*lines, *(f"{name}: {w}" for name, w in found.items()), ""]))


def _performances(data: Path) -> Iterator[dict[str, Any]]:
    """One performance of each score."""
    seen: set[str] = set()
    for row in corpora.performances(data / "nasap" / "train"):
        if row["score"] not in seen and corpora.trusted(row):
            seen.add(row["score"])
            yield row


def _read(row: dict[str, Any]) -> Example:
    notes = row["notes"]
    notes = notes[notes["onset"] < notes["onset"].min() + SECONDS]
    stop = notes["onset"].max() + 1
    foot = row["pedals"][~row["pedals"]["soft"] & (row["pedals"]["time"] < stop)]
    sustain = (
        PedalMove(float(t), int(v)) for t, v in zip(foot["time"], foot["value"], strict=True)
    )
    columns = (notes[name] for name in ("onset", "offset", "pitch", "velocity"))
    performance = restore_key_releases(Performance(played_notes(*columns), tuple(sustain)))
    beats = row["beats"][~row["beats"]["irregular"] & (row["beats"]["time"] < stop)]
    return read_example(row["score"].rsplit("/", 1)[0], performance, notes, beats)


def read_example(
    work: str, performance: Performance, notes: np.ndarray, beats: np.ndarray
) -> Example:
    """The hypotheses of a performance with these true notes and beats."""
    evidence = listen(performance, "free")
    hypotheses = find_bar_hypotheses(
        performance, evidence, track_beats_as_heard(performance, evidence)
    )
    meters = Counter(_felt(n) for n in notes[notes["matched"] & (notes["beats"] > 0)])
    figures = [
        (
            _agree(beats["time"], r.times),
            _agree(beats["time"][beats["downbeat"]], r.times[r.downbeat]),
            meters[r.beats, r.compound] / max(meters.total(), 1),
        )
        for r in hypotheses
    ]
    features = np.array([r.features for r in hypotheses]).reshape(-1, len(WEIGHTS))
    return Example(work.split("_no_")[0], features, np.array(figures).reshape(-1, 3))


def _agree(true: np.ndarray, found: np.ndarray) -> float:
    return float(mir_eval.beat.f_measure(true, found, f_measure_threshold=TOLERANCE))


def _felt(note: np.void) -> tuple[int, bool]:
    """The felt beats of the bar of a note, and whether they divide in three."""
    beats = int(note["beats"])
    compound = is_compound(beats, int(note["beat_type"]), three_in_one=False)
    return (beats // 3, True) if compound else (beats, False)


def fit(examples: Sequence[Example]) -> np.ndarray:
    """The weights under which good hypotheses are likeliest, in the order of `WEIGHTS`."""
    scale = np.concatenate([example.features for example in examples]).std(axis=0) + 1e-9
    rows = [example.features / scale for example in examples]
    wanted = [_shares(example.figures @ COUNTS / SHARPNESS) for example in examples]

    def cost(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros(len(weights))
        for row, want in zip(rows, wanted, strict=True):
            share = _shares(row @ weights)
            total -= float(want @ np.log(share + 1e-12))
            slope -= row.T @ (want - share)
        size, penalty = len(examples), PENALTY * float(weights @ weights)
        return total / size + penalty, slope / size + 2 * PENALTY * weights

    found = minimize(cost, np.zeros(len(scale)), jac=True, method="L-BFGS-B")
    weights: np.ndarray = found.x / scale
    return weights


def _shares(log_likelihood: np.ndarray) -> np.ndarray:
    odds = np.exp(log_likelihood - log_likelihood.max())
    share: np.ndarray = odds / odds.sum()
    return share


def left_out(examples: Sequence[Example]) -> np.ndarray:
    """The mean figures of the hypotheses that are chosen, in folds by work."""
    works = sorted({example.work for example in examples})
    fold = dict(zip(works, np.random.default_rng(1).permutation(len(works)) % FOLDS, strict=True))
    chosen: list[np.ndarray] = []
    for number in range(FOLDS):
        weights = fit([example for example in examples if fold[example.work] != number])
        held_out = (example for example in examples if fold[example.work] == number)
        chosen += [one.figures[int(np.argmax(one.features @ weights))] for one in held_out]
    figures: np.ndarray = np.mean(chosen, axis=0)
    return figures
