"""Which level of the pulse is the beat: the weights of `engrave/rhythm/levels.py`.

A conditional logit is fitted to takes whose beat is known: performances, piano scores that the
renderer plays steadily (as they are, as a melody with its bass, as a melody alone), and plain tunes
in simple arrangements at many tempi. Kinds count alike, but performances three times. How much the
places count that the reader found is held: plain tunes alone would have it ignored. What it comes
to is measured on pieces left out (five folds).
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from engrave.listening.first_pass import listen
from engrave.listening.network import WEIGHTS
from engrave.midi.read import read_midi
from engrave.music.performance import Performance, PlayedNote
from engrave.music.values import is_compound
from engrave.pedal.key_releases import restore_key_releases
from engrave.rhythm.beats import pulses_at_speeds
from engrave.rhythm.levels import LEVEL_WEIGHTS, level_features, log_chord_interval
from engrave.rhythm.pulse_tracking import track_beats_as_heard
from samples.tunes import SONGS, STYLES, arrange, midi_of
from training.data import corpora
from training.player.habits import Habits
from training.player.render import render

RIGHT = 0.16  # of the logarithm of a beat within which it is the true one
EXCERPT = 400  # notes of a score
SECONDS = 120.0  # of a performance
SCORES = 95  # that are played steadily
PENALTY = 0.01  # on the squared weights
PERFORMANCES_COUNT = 3.0
HELD = {2: 1.0, 8: 0.0}  # weights that are not fitted: of the places that the reader found
FOLDS = 5
UNSEEN = ("free",)  # readers that have not learned from the performances
FELT = {(6, 8): (45.0, 100.0)}  # felt beats a minute at which tunes are played; others:
USUALLY_FELT = (60.0, 165.0)


@dataclass(frozen=True, slots=True)
class LevelExample:
    """A take: kind, piece, what speaks for each speed (a row each), and which of them are right."""

    kind: str
    piece: str
    features: np.ndarray
    right: np.ndarray


def write_levels(data: Path, file: Path) -> None:
    """Fit the weights and write them down, with what they come to on pieces left out."""
    tasks = (
        (*take, reader)
        for take in _takes(data)
        for reader in (UNSEEN if take[0] == "performance" else WEIGHTS)
    )
    with ProcessPoolExecutor() as pool:
        heard = list(pool.map(_level_example, tasks, chunksize=8))
    lines = [f"{kind}: {share:.1%}" for kind, share in left_out(heard).items()]
    file.write_text("\n".join([*lines, str(np.round(fit(heard), 2).tolist()), ""]))


def _level_example(task: tuple[str, str, float, Performance, str]) -> LevelExample:
    return level_example(*task)


def level_example(
    kind: str, piece: str, beat: float, performance: Performance, reader: str
) -> LevelExample:
    """What a reader makes of a take whose felt beat lasts so many seconds."""
    keys = restore_key_releases(performance)
    evidence = listen(keys, reader)
    onset = np.array([note.onset for note in keys.notes])
    pulses = pulses_at_speeds(keys, evidence, track_beats_as_heard(keys, evidence))
    told = np.array([level_features(keys, evidence, onset, p) for p in pulses.values()])
    beats = np.array([np.median(np.diff(p.times)) for p in pulses.values()])
    right = np.abs(np.log(beats / beat)) < RIGHT
    return LevelExample(
        kind, piece, np.concatenate([told, log_chord_interval(keys) * told], 1), right
    )


def fit(heard: Sequence[LevelExample]) -> np.ndarray:
    """The weights under which the right speeds are likeliest, shaped as `levels.LEVEL_WEIGHTS`."""
    known = [take for take in heard if take.right.any()]
    told = np.concatenate([take.features for take in known])
    free = np.setdiff1d(np.arange(LEVEL_WEIGHTS.size), list(HELD))
    scale = told[:, free].std(axis=0) + 1e-9
    held = np.zeros(LEVEL_WEIGHTS.size)
    held[list(HELD)] = list(HELD.values())
    count = [PERFORMANCES_COUNT if take.kind == "performance" else 1.0 for take in known]

    def cost(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros(len(weights))
        for take, often in zip(known, count, strict=True):
            rows = take.features[:, free] / scale
            worth = rows @ weights + take.features @ held
            odds = np.exp(worth - worth.max())
            share = odds / odds.sum()
            right = share * take.right
            total -= often * np.log(right.sum() + 1e-12)
            slope -= often * ((right / (right.sum() + 1e-12) - share) @ rows)
        return (
            total / sum(count) + PENALTY * weights @ weights,
            slope / sum(count) + 2 * PENALTY * weights,
        )

    found = minimize(cost, np.zeros(len(free)), jac=True, method="L-BFGS-B")
    held[free] = found.x / scale
    return held.reshape(LEVEL_WEIGHTS.shape)


def left_out(heard: Sequence[LevelExample]) -> Mapping[str, float]:
    """The share of the takes of each kind whose level is right, in folds by piece."""
    pieces = sorted({take.piece for take in heard})
    fold = dict(zip(pieces, np.random.default_rng(1).permutation(len(pieces)) % FOLDS, strict=True))
    right: dict[str, list[bool]] = {}
    for number in range(FOLDS):
        weights = fit([take for take in heard if fold[take.piece] != number]).ravel()
        for take in heard:
            if fold[take.piece] == number:
                best = int(np.argmax(take.features @ weights))
                right.setdefault(take.kind, []).append(bool(take.right[best]))
    return {kind: float(np.mean(values)) for kind, values in sorted(right.items())}


def _takes(data: Path) -> Iterator[tuple[str, str, float, Performance]]:
    """Kind, piece, seconds of its felt beat, and what is played."""
    seen: set[str] = set()
    for row in corpora.performances(data / "nasap" / "train"):
        if row["score"] not in seen and corpora.trusted(row):
            seen.add(row["score"])
            yield "performance", row["score"], *_performed(row)
    rng = np.random.default_rng(7)
    scores = list(corpora.songs(data / "piano"))
    for number in rng.permutation(len(scores))[:SCORES].tolist():
        for kind in ("as written", "melody and bass", "melody"):
            rows = _voices(scores[number][:EXCERPT], kind)
            if len(rows) > 24:
                yield kind, f"score {number}", *_steadily(rows, rng)
    for name, song in SONGS.items():
        slowest, fastest = FELT.get(song.meter, USUALLY_FELT)
        for style in STYLES:
            felt = float(np.exp(rng.uniform(np.log(slowest), np.log(fastest))))
            quarters = felt * (1.5 if song.meter == (6, 8) else 1.0)
            jitter = rng.uniform(0.008, 0.025)
            says = 1.07 * quarters  # the file tells another tempo
            midi = midi_of(arrange(song, style), quarters, jitter, song.meter, says)
            yield f"tune, {style}", name, 60 / felt, read_midi(io.BytesIO(midi))


def _performed(row: Mapping[str, np.ndarray]) -> tuple[float, Performance]:
    notes = row["notes"]
    notes = notes[notes["onset"] < notes["onset"].min() + SECONDS]
    matched = notes[notes["matched"].astype(bool) & (notes["beats"] > 0)]
    quarters, time = matched["score_onset"] / corpora.QUARTER, matched["onset"]
    ahead = max(len(quarters) // 8, 1)
    span = quarters[ahead:] - quarters[:-ahead]
    pace = float(np.median((time[ahead:] - time[:-ahead])[span > 0] / span[span > 0]))
    columns = (notes[name] for name in ("onset", "offset", "pitch", "velocity"))
    return pace * _felt(matched), Performance(played_notes(*columns))


def _steadily(rows: np.ndarray, rng: np.random.Generator) -> tuple[float, Performance]:
    played = render(rows, rng, Habits.load(), plain=True)
    seconds = float(np.median(played.seconds_per_beat))
    return seconds, Performance(
        played_notes(played.onset, played.release, played.pitch, played.velocity)
    )


def _felt(rows: np.ndarray) -> float:
    """Quarters of the felt beat, of most notes."""
    compound = is_compound(rows["beats"], rows["beat_type"], three_in_one=False)
    return float(np.median(np.where(compound, 3, 1) * 4.0 / rows["beat_type"]))


def played_notes(*columns: np.ndarray) -> tuple[PlayedNote, ...]:
    """Notes from columns of onset, release (seconds), pitch and velocity."""
    order = np.lexsort((columns[2], columns[0]))
    return tuple(
        PlayedNote(float(on), max(float(off), float(on) + 0.01), int(pitch), int(velocity))
        for on, off, pitch, velocity in zip(*(column[order] for column in columns), strict=True)
    )


def _voices(rows: np.ndarray, kind: str) -> np.ndarray:
    """The rows of a score, or its highest notes, with the lowest ones of the lower staff or not."""
    if kind == "as written":
        return rows
    upper, lower = rows[rows["staff"] == 1], rows[rows["staff"] == 2]
    parts = [upper[np.lexsort((-upper["pitch"], upper["score_onset"]))]]
    if kind == "melody and bass":
        parts.append(lower[np.lexsort((lower["pitch"], lower["score_onset"]))])
    firsts = [part[np.unique(part["score_onset"], return_index=True)[1]] for part in parts]
    return np.sort(np.concatenate(firsts), order=["score_onset", "pitch"])
