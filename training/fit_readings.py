"""Which reading of a free performance is right: the weights of `engrave/rhythm/readings.py`.

A conditional logit is fitted to one performance of each piece, read with the reader that has not
learned from them: the better a reading is (beats, downbeats, meter), the larger the share of belief
that it should get. What it comes to is measured on works left out (five folds).
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
from engrave.pedal.key_releases import find_fingers
from engrave.rhythm.beats import find_readings, follow_beats
from engrave.rhythm.readings import WEIGHTS
from training.data import corpora
from training.fit_levels import played_notes

SECONDS = 200.0  # of a performance
TOLERANCE = 0.07  # seconds within which a beat is right
COUNTS = np.array([0.3, 0.5, 0.2])  # how much beats, downbeats and the meter count in a reading
SHARPNESS = 0.05  # a reading that is better by this should be e times as likely
PENALTY = 0.01  # on the squared weights
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Take:
    """The readings of a performance: what speaks for each, and its figures (a row each).

    The figures are F of the beats, F of the downbeats and the share of the bars in the true meter.
    """

    work: str
    told: np.ndarray
    figures: np.ndarray


def write_readings(data: Path, file: Path) -> None:
    """Fit the weights and write them down, with the mean figures on works left out."""
    with ProcessPoolExecutor() as pool:
        takes = [take for take in pool.map(_read, _performances(data)) if len(take.told)]
    found = dict(zip(WEIGHTS, np.round(fit(takes), 2).tolist(), strict=True))
    lines = [f"beats F, downbeats F, meter: {np.round(100 * left_out(takes), 1).tolist()}"]
    file.write_text("\n".join([*lines, *(f"{name}: {w}" for name, w in found.items()), ""]))


def _performances(data: Path) -> Iterator[dict[str, Any]]:
    """One performance of each score."""
    seen: set[str] = set()
    for row in corpora.performances(data / "nasap" / "train"):
        if row["score"] not in seen and corpora.trusted(row):
            seen.add(row["score"])
            yield row


def _read(row: dict[str, Any]) -> Take:
    notes = row["notes"]
    notes = notes[notes["onset"] < notes["onset"].min() + SECONDS]
    stop = notes["onset"].max() + 1
    foot = row["pedals"][~row["pedals"]["soft"] & (row["pedals"]["time"] < stop)]
    sustain = (
        PedalMove(float(t), int(v)) for t, v in zip(foot["time"], foot["value"], strict=True)
    )
    columns = (notes[name] for name in ("onset", "offset", "pitch", "velocity"))
    performance = find_fingers(Performance(played_notes(*columns), tuple(sustain)))
    beats = row["beats"][~row["beats"]["irregular"] & (row["beats"]["time"] < stop)]
    return read_take(row["score"].rsplit("/", 1)[0], performance, notes, beats)


def read_take(work: str, performance: Performance, notes: np.ndarray, beats: np.ndarray) -> Take:
    """The readings of a performance with these true notes and beats."""
    evidence = listen(performance, "free")
    readings = find_readings(performance, evidence, follow_beats(performance, evidence))
    meters = Counter(_felt(n) for n in notes[notes["matched"] & (notes["beats"] > 0)])
    figures = [
        (
            _agree(beats["time"], r.times),
            _agree(beats["time"][beats["downbeat"]], r.times[r.downbeat]),
            meters[r.beats, r.compound] / max(meters.total(), 1),
        )
        for r in readings
    ]
    told = np.array([r.told for r in readings]).reshape(-1, len(WEIGHTS))
    return Take(work.split("_no_")[0], told, np.array(figures).reshape(-1, 3))


def _agree(true: np.ndarray, found: np.ndarray) -> float:
    return float(mir_eval.beat.f_measure(true, found, f_measure_threshold=TOLERANCE))


def _felt(note: np.void) -> tuple[int, bool]:
    """The felt beats of the bar of a note, and whether they divide in three."""
    compound = note["beats"] % 3 == 0 and note["beats"] > 3
    return (int(note["beats"]) // 3, True) if compound else (int(note["beats"]), False)


def fit(takes: Sequence[Take]) -> np.ndarray:
    """The weights under which good readings are likeliest, in the order of `WEIGHTS`."""
    scale = np.concatenate([take.told for take in takes]).std(axis=0) + 1e-9
    rows = [take.told / scale for take in takes]
    wanted = [_shares(take.figures @ COUNTS / SHARPNESS) for take in takes]

    def cost(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros(len(weights))
        for row, want in zip(rows, wanted, strict=True):
            share = _shares(row @ weights)
            total -= float(want @ np.log(share + 1e-12))
            slope -= row.T @ (want - share)
        size, penalty = len(takes), PENALTY * float(weights @ weights)
        return total / size + penalty, slope / size + 2 * PENALTY * weights

    found = minimize(cost, np.zeros(len(scale)), jac=True, method="L-BFGS-B")
    weights: np.ndarray = found.x / scale
    return weights


def _shares(worth: np.ndarray) -> np.ndarray:
    odds = np.exp(worth - worth.max())
    share: np.ndarray = odds / odds.sum()
    return share


def left_out(takes: Sequence[Take]) -> np.ndarray:
    """The mean figures of the readings that are chosen, in folds by work."""
    works = sorted({take.work for take in takes})
    fold = dict(zip(works, np.random.default_rng(1).permutation(len(works)) % FOLDS, strict=True))
    chosen = []
    for number in range(FOLDS):
        weights = fit([take for take in takes if fold[take.work] != number])
        for take in takes:
            if fold[take.work] == number:
                chosen.append(take.figures[int(np.argmax(take.told @ weights))])
    return np.mean(chosen, axis=0)
