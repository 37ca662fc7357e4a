"""The laws of the renderer fitted to human playing: every section of `playing.json`.

Distributions become curves (`training.player.habits`). Mixtures of memories are fitted to
variograms (half the mean square of the difference between values so many steps apart: Matheron
1963) by non-negative least squares.
"""

from typing import Any

import numpy as np
from scipy.optimize import nnls
from scipy.special import ndtri

from training.player.habits import LINKED, Array, value_at
from training.player.statistics.aligned import scale
from training.player.statistics.pool import (
    LEVELS,
    Gallery,
    Portrait,
    standardised,
    weighted_quantiles,
)
from training.player.statistics.timing import LAGS

MEMORIES = np.array([0.0, 1.5, 4.0, 12.0, 40.0])  # beats
SECONDS = np.log([0.07, 0.1, 0.15, 0.22, 0.35, 0.6, 1.0, 2.0, 4.0])  # written lengths of notes
STEPS = np.log([0.07, 0.1, 0.15, 0.25, 0.4, 0.7])  # written lengths of steps
# The figures of a portrait that stand for `LINKED`.
LINKED_FIGURES = (
    *("level", "rubato", "unevenness", "spread", "hands_apart"),
    *("articulation", "velocity_spread", "pedal_down", "pedal_changes"),
)
ROOM = np.log([0.1, 0.2, 0.4, 0.8])  # seconds from a chord to the next
FARTHEST = 8.0  # deviations; what is farther off was falsely aligned
WRONG_INTERVALS = np.arange(-12, 13)


def memory_shares(variogram: Array, jitter: bool) -> Array:
    """Variances of the processes that forget over `MEMORIES`, then of the jitter of the beats."""
    columns = [1 - np.exp(-LAGS / m) if m > 0 else np.ones(len(LAGS)) for m in MEMORIES]
    if jitter:  # each beat's place shifted by itself: the beats on either side differ twice
        columns.append(np.where(LAGS == 1, 3.0, 2.0))
    weight = 1 / np.sqrt(LAGS)
    matrix = np.column_stack(columns) * weight[:, None]
    shares: Array = nnls(matrix, variogram * weight)[0]
    return shares


def tempo_causes(gallery: Gallery) -> Array:
    """What explains the tempo: a constant, onsets a quarter and quarters a beat (logarithms)."""
    density, unit = gallery.figure("log_density")[0], gallery.figure("log_unit")[0]
    return np.column_stack([np.ones(len(density)), density, unit])


def tempo_law(gallery: Gallery) -> Array:
    """Weights of the causes by least squares, every piece weighing the same."""
    level, weights = gallery.figure("level")
    root = np.sqrt(weights)
    law: Array = np.linalg.lstsq(tempo_causes(gallery) * root[:, None], level * root, rcond=None)[0]
    return law


def tempo_section(gallery: Gallery) -> dict[str, Any]:
    """How fast pieces are played and how the tempo wavers."""
    level, weights = gallery.figure("level")
    law = tempo_law(gallery)
    shares = memory_shares(gallery.mean("variogram"), jitter=True)
    ending = gallery.mean("ending")
    last = np.array([p["ending"][-1] for p in gallery.portraits], float)
    known_last = np.isfinite(last)
    return {
        "density": law,
        "density_range": gallery.curve("log_density")[[3, -4]],
        "taste": weighted_quantiles(level - tempo_causes(gallery) @ law, weights, LEVELS),
        "rubato": gallery.curve("rubato"),
        "shape": standardised(gallery.pooled_curve("deviation")),
        "memories": MEMORIES,
        "shares": shares[:-1],
        "jitter": np.sqrt(shares[-1]),
        "ending": ending / ending[-1],
        "ending_last": weighted_quantiles(last[known_last], gallery.weights[known_last], LEVELS),
        "fermata": gallery.pooled_curve("fermata"),
    }


def by_place(
    place: Array, values: Array, weights: Array, bounds: Array
) -> list[tuple[Array, Array]]:
    """Values and weights of the observations nearest to each of the places `bounds`."""
    row = np.searchsorted((bounds[1:] + bounds[:-1]) / 2, place)
    return [(values[row == i], weights[row == i]) for i in range(len(bounds))]


def steps_section(gallery: Gallery) -> dict[str, Any]:
    """How unevenly the notes of one line follow each other."""
    ratio, seconds, weights = gallery.pooled("step_log", "step_seconds")
    groups = by_place(seconds, ratio, weights, STEPS)
    deviation = np.array([np.sqrt(np.average(v**2, weights=w)) for v, w in groups])
    player = [
        np.sqrt(np.mean((p["step_log"] / np.interp(p["step_seconds"], STEPS, deviation)) ** 2))
        for p in gallery.portraits
        if len(p["step_log"]) > 30
    ]
    known = np.array([len(p["step_log"]) > 30 for p in gallery.portraits])
    scaled = ratio / np.interp(seconds, STEPS, deviation)
    return {
        "log_seconds": STEPS,
        "deviation": deviation,
        "player": weighted_quantiles(np.array(player), gallery.weights[known], LEVELS),
        "shape": standardised(weighted_quantiles(scaled, weights, LEVELS)),
    }


def chords_section(gallery: Gallery) -> dict[str, Any]:
    """How far apart the notes of a chord are struck."""
    figures = ("spread", "lead", "left_hand", "hands_apart")
    return {name: gallery.curve(name) for name in figures} | {
        "shape": of_single_notes(gallery.pooled_curve("late")),
        "hand_shape": np.clip(gallery.pooled_curve("apart"), -FARTHEST, FARTHEST),
    }


def of_single_notes(curve: Array) -> Array:
    """A curve seen in differences between two notes, so scaled that two such notes show it."""
    curve = np.clip(curve, -FARTHEST, FARTHEST)
    values = value_at(curve, ndtri((np.arange(400) + 0.5) / 400))
    return curve / scale((values[:, None] - values[None, :]).ravel() / np.sqrt(2))


def rolls_section(gallery: Gallery) -> dict[str, Any]:
    """How often and how slowly chords are rolled."""
    return {
        "wide_share": gallery.curve("wide_share"),
        "signed_share": gallery.curve("signed_share"),
        "step_player": player_share(gallery, "roll_step"),
        "log_step": gallery.pooled_curve("roll_step"),
        "before": gallery.pooled_curve("roll_before"),
    }


def normal_scores(values: Array) -> Array:
    """The normal deviate of each value's rank."""
    scores: Array = ndtri((np.argsort(np.argsort(values)) + 0.5) / len(values))
    return scores


def means_by(group: Array, values: Array) -> tuple[Array, Array]:
    """Mean and number of the values of each group."""
    _, inverse = np.unique(group, return_inverse=True)
    count = np.bincount(inverse)
    return np.bincount(inverse, values) / count, count


def player_share(gallery: Gallery, name: str) -> float:
    """The share of the variance of a kind of observations that the player and piece explain."""
    values, player, _ = gallery.pooled(name, "number")
    score = normal_scores(values)
    player = np.unique(player, return_inverse=True)[1]
    return float(np.clip(1 - variance_within(player, score), 0.0, 1.0))


def articulation_section(gallery: Gallery) -> dict[str, Any]:
    """What share of its written length a key is held."""
    names = ("held_log", "held_seconds", "held_staccato", "held_moment", "number")
    held, seconds, staccato, moment, number, weights = gallery.pooled(*names)
    curves = {}
    for name, some in (("plain", ~staccato), ("staccato", staccato)):
        groups = by_place(seconds[some], held[some], weights[some], SECONDS)
        curves[name] = np.array([weighted_quantiles(v, w, LEVELS) for v, w in groups])
    kind = np.searchsorted((SECONDS[1:] + SECONDS[:-1]) / 2, seconds) + len(SECONDS) * staccato
    score = np.zeros(len(held))
    for one in np.unique(kind):
        score[kind == one] = normal_scores(held[kind == one])
    player = np.unique(number, return_inverse=True)[1]
    moment = np.unique(np.column_stack([player, moment]), axis=0, return_inverse=True)[1].ravel()
    note = variance_within(moment, score)
    by_player = float(np.var(means_by(player, score)[0]))
    between = max(variance_within(player, score) - note, 0.0)
    variance = np.array([by_player, between, note])
    spreads = [
        variance_within(np.zeros(n, int), score[player == i])
        for i, n in enumerate(np.bincount(player))
    ]
    of_player = gallery.weights[np.unique(number)]
    spread = np.sqrt(weighted_quantiles(np.array(spreads), of_player, LEVELS))
    return curves | {
        "spread": spread / np.sqrt(between + note),
        "log_seconds": SECONDS,
        "variance": variance / variance.sum(),
        "return": gallery.pooled_curve("return_share"),
    }


def velocity_section(gallery: Gallery) -> dict[str, Any]:
    """What the loudness of a note follows, and how much it varies."""
    level, features, weights = gallery.pooled("velocity", "features")
    root = np.sqrt(weights)
    law = np.linalg.lstsq(features * root[:, None], level * root, rcond=None)[0]
    parts = np.array([velocity_parts(one, law) for one in gallery.portraits])
    known = np.isfinite(parts)
    weight = gallery.weights[:, None] * known
    mean = np.sum(np.where(known, parts, 0.0) * weight, 0) / weight.sum(0)
    note, within_beat, variogram = mean[0], mean[1], mean[2:]
    walk = memory_shares(variogram, jitter=False)
    return {
        "mean": gallery.curve("velocity_mean"),
        "spread": gallery.curve("velocity_spread"),
        "weights": law,
        "melody": melody_curve(gallery, law),
        "memories": MEMORIES,
        "walk_shares": walk,
        # A chord's mean differs from its neighbours' also by its notes' own variance.
        "variance": np.array([walk.sum(), max(within_beat - note / 2, 0.0), note]),
    }


def melody_curve(gallery: Gallery, law: Array) -> Array:
    """How much more than the law the highest notes stand out, over the performances."""
    found = []
    for one in gallery.portraits:
        rest, top = one["velocity"] - one["features"] @ law, one["features"][:, 0] > 0
        found.append(rest[top].mean() - rest[~top].mean() if (~top).any() else 0.0)
    return weighted_quantiles(np.array(found), gallery.weights, LEVELS)


def velocity_parts(one: Portrait, law: Array) -> Array:
    """What the law leaves: variance of the notes in a chord, of chords in a beat, and between
    beats as a variogram over `LAGS`."""
    rest = one["velocity"] - one["features"] @ law
    chord = np.unique(one["velocity_chord"], return_inverse=True)[1]
    beat = np.unique(one["velocity_beat"], return_inverse=True)[1]
    beat_of_chord = beat[np.append(True, np.diff(chord) > 0)]
    by_chord, by_beat = means_by(chord, rest)[0], means_by(beat_of_chord, means_by(chord, rest)[0])
    steps = [(by_beat[0][k:] - by_beat[0][:-k]) ** 2 / 2 for k in LAGS if k < len(by_beat[0])]
    return np.concatenate(
        [
            [variance_within(chord, rest), variance_within(beat_of_chord, by_chord)],
            [step.mean() for step in steps],
            np.full(len(LAGS) - len(steps), np.nan),
        ]
    )


def variance_within(group: Array, values: Array) -> float:
    """Variance of the values about the mean of their group; nan if no group has two."""
    mean, count = means_by(group, values)
    spare = float((count - 1).sum())
    return float(np.sum((values - mean[group]) ** 2)) / spare if spare else float("nan")


def errors_section(gallery: Gallery) -> dict[str, Any]:
    """How often a note is left out or played wrong."""
    steps, weights = gallery.pooled("wrong_step")
    near = np.isin(steps, WRONG_INTERVALS)
    share = np.bincount((steps[near] + 12).astype(int), weights[near], len(WRONG_INTERVALS))
    total = {
        name: sum(p[name] * w for p, w in zip(gallery.portraits, gallery.weights, strict=True))
        for name in ("inner_omitted", "top_omitted", "inner_notes", "top_notes")
    }
    inner = total["inner_omitted"] / total["inner_notes"]
    return {
        "wrong": gallery.curve("wrong"),
        "missing": gallery.curve("missing"),
        "inner_missing": inner / (total["top_omitted"] / total["top_notes"]),
        "interval": WRONG_INTERVALS,
        "interval_share": share / share.sum(),
        "delay": gallery.pooled_curve("wrong_delay"),
        "velocity": gallery.pooled_curve("wrong_velocity"),
        "log_held": gallery.pooled_curve("wrong_held"),
    }


def pedal_section(gallery: Gallery) -> dict[str, Any]:
    """How much, when and how deeply the sustain pedal is pressed."""
    place = gallery.mean("pedal_place")
    delay, room, weights = gallery.pooled("pedal_delay", "pedal_room")
    by_room = by_place(room, delay, weights, ROOM)
    return {
        "none": gallery.mean("pedal_none"),
        "down": gallery.curve("pedal_down"),
        "changes": gallery.curve("pedal_changes"),
        "depth": gallery.curve("pedal_depth"),
        "place": place / place[0],
        "log_seconds": ROOM,
        "press": np.array([weighted_quantiles(v, w, LEVELS) for v, w in by_room]),
        "press_player": player_share(gallery, "pedal_delay"),
        "log_gap": gallery.pooled_curve("pedal_gap"),
    }


def correlation(gallery: Gallery) -> Array:
    """Correlation of the normal scores of the habits that go together, in the order of `LINKED`."""
    known = np.column_stack([[p[name] for p in gallery.portraits] for name in LINKED_FIGURES])
    known[:, 0] -= tempo_causes(gallery) @ tempo_law(gallery)
    known = np.where(np.isfinite(known), known, np.nanmedian(known, axis=0))
    scores = np.column_stack([normal_scores(column) for column in known.T])
    weight = np.sqrt(gallery.weights)[:, None]
    found = (scores * weight).T @ (scores * weight)
    spread = np.sqrt(np.diag(found))
    # Drawn closer to independence, so that rounding leaves the matrix positive.
    drawn: Array = 0.95 * found / np.outer(spread, spread) + 0.05 * np.eye(len(LINKED))
    return drawn


def habits_of(gallery: Gallery) -> dict[str, dict[str, Any]]:
    """The table of `playing.json`."""
    return {
        "tempo": tempo_section(gallery),
        "steps": steps_section(gallery),
        "chords": chords_section(gallery),
        "rolls": rolls_section(gallery),
        "articulation": articulation_section(gallery),
        "velocity": velocity_section(gallery),
        "errors": errors_section(gallery),
        "player": {"correlation": correlation(gallery)},
        "trill": {
            "log_step": gallery.pooled_curve("trill_step"),
            "player": player_share(gallery, "trill_step"),
        },
        "grace": {
            "before": gallery.pooled_curve("grace_before"),
            "player": player_share(gallery, "grace_before"),
            "log_step": gallery.pooled_curve("grace_step"),
            "log_held": gallery.pooled_curve("grace_held"),
        },
        "pedal": pedal_section(gallery),
    }
