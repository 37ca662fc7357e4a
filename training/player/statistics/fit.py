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
    Portrait,
    StatisticsPool,
    standardised,
    weighted_quantiles,
)
from training.player.statistics.timing import LAGS

MEMORIES = np.array([0.0, 1.5, 4.0, 12.0, 40.0])  # beats
# written lengths of notes
SECONDS_BOUNDS = np.log([0.07, 0.1, 0.15, 0.22, 0.35, 0.6, 1.0, 2.0, 4.0])
STEP_BOUNDS = np.log([0.07, 0.1, 0.15, 0.25, 0.4, 0.7])  # written lengths of steps
# The figures of a portrait that stand for `LINKED`.
LINKED_FIGURES = (
    *("level", "rubato", "unevenness", "spread", "hands_apart"),
    *("articulation", "velocity_spread", "pedal_down", "pedal_changes"),
)
ROOM_BOUNDS = np.log([0.1, 0.2, 0.4, 0.8])  # seconds from a chord to the next
LONGEST_RETURN = 8.0  # deviations; what is farther off was falsely aligned
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


def tempo_causes(pool: StatisticsPool) -> Array:
    """What explains the tempo: a constant, onsets a quarter and quarters a beat (logarithms)."""
    density, unit = pool.figure("log_density")[0], pool.figure("log_unit")[0]
    return np.column_stack([np.ones(len(density)), density, unit])


def tempo_law(pool: StatisticsPool) -> Array:
    """Weights of the causes by least squares, every piece weighing the same."""
    level, weights = pool.figure("level")
    root = np.sqrt(weights)
    law: Array = np.linalg.lstsq(tempo_causes(pool) * root[:, None], level * root, rcond=None)[0]
    return law


def tempo_section(pool: StatisticsPool) -> dict[str, Any]:
    """How fast pieces are played and how the tempo wavers."""
    level, weights = pool.figure("level")
    law = tempo_law(pool)
    shares = memory_shares(pool.mean("variogram"), jitter=True)
    ending = pool.mean("ending")
    last = np.array([p["ending"][-1] for p in pool.portraits], float)
    known_last = np.isfinite(last)
    return {
        "density": law,
        "density_range": pool.curve("log_density")[[3, -4]],
        "taste": weighted_quantiles(level - tempo_causes(pool) @ law, weights, LEVELS),
        "rubato": pool.curve("rubato"),
        "shape": standardised(pool.pooled_curve("deviation")),
        "memories": MEMORIES,
        "shares": shares[:-1],
        "jitter": np.sqrt(shares[-1]),
        "ending": ending / ending[-1],
        "ending_last": weighted_quantiles(last[known_last], pool.weights[known_last], LEVELS),
        "fermata": pool.pooled_curve("fermata"),
    }


def by_position(
    place: Array, values: Array, weights: Array, bounds: Array
) -> list[tuple[Array, Array]]:
    """Values and weights of the observations nearest to each of the places `bounds`."""
    row = np.searchsorted((bounds[1:] + bounds[:-1]) / 2, place)
    return [(values[row == i], weights[row == i]) for i in range(len(bounds))]


def steps_section(pool: StatisticsPool) -> dict[str, Any]:
    """How unevenly the notes of one line follow each other."""
    ratio, seconds, weights = pool.pooled("step_log", "step_seconds")
    groups = by_position(seconds, ratio, weights, STEP_BOUNDS)
    deviation = np.array([np.sqrt(np.average(v**2, weights=w)) for v, w in groups])
    player = [
        np.sqrt(
            np.mean((p["step_log"] / np.interp(p["step_seconds"], STEP_BOUNDS, deviation)) ** 2)
        )
        for p in pool.portraits
        if len(p["step_log"]) > 30
    ]
    known = np.array([len(p["step_log"]) > 30 for p in pool.portraits])
    scaled = ratio / np.interp(seconds, STEP_BOUNDS, deviation)
    return {
        "log_seconds": STEP_BOUNDS,
        "deviation": deviation,
        "player": weighted_quantiles(np.array(player), pool.weights[known], LEVELS),
        "shape": standardised(weighted_quantiles(scaled, weights, LEVELS)),
    }


def chords_section(pool: StatisticsPool) -> dict[str, Any]:
    """How far apart the notes of a chord are struck."""
    figures = ("spread", "lead", "left_hand", "hands_apart")
    return {name: pool.curve(name) for name in figures} | {
        "shape": of_single_notes(pool.pooled_curve("late")),
        "hand_shape": np.clip(pool.pooled_curve("apart"), -LONGEST_RETURN, LONGEST_RETURN),
    }


def of_single_notes(curve: Array) -> Array:
    """A curve seen in differences between two notes, so scaled that two such notes show it."""
    curve = np.clip(curve, -LONGEST_RETURN, LONGEST_RETURN)
    values = value_at(curve, ndtri((np.arange(400) + 0.5) / 400))
    return curve / scale((values[:, None] - values[None, :]).ravel() / np.sqrt(2))


def rolls_section(pool: StatisticsPool) -> dict[str, Any]:
    """How often and how slowly chords are rolled."""
    return {
        "wide_share": pool.curve("wide_share"),
        "signed_share": pool.curve("signed_share"),
        "step_player": player_share(pool, "roll_step"),
        "log_step": pool.pooled_curve("roll_step"),
        "before": pool.pooled_curve("roll_before"),
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


def player_share(pool: StatisticsPool, name: str) -> float:
    """The share of the variance of a kind of observations that the player and piece explain."""
    values, player, _ = pool.pooled(name, "number")
    score = normal_scores(values)
    player = np.unique(player, return_inverse=True)[1]
    return float(np.clip(1 - variance_within(player, score), 0.0, 1.0))


def articulation_section(pool: StatisticsPool) -> dict[str, Any]:
    """What share of its written length a key is held."""
    names = ("held_log", "held_seconds", "held_staccato", "held_moment", "number")
    held, seconds, staccato, moment, number, weights = pool.pooled(*names)
    curves = {}
    for name, some in (("plain", ~staccato), ("staccato", staccato)):
        groups = by_position(seconds[some], held[some], weights[some], SECONDS_BOUNDS)
        curves[name] = np.array([weighted_quantiles(v, w, LEVELS) for v, w in groups])
    kind = (
        np.searchsorted((SECONDS_BOUNDS[1:] + SECONDS_BOUNDS[:-1]) / 2, seconds)
        + len(SECONDS_BOUNDS) * staccato
    )
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
    of_player = pool.weights[np.unique(number)]
    spread = np.sqrt(weighted_quantiles(np.array(spreads), of_player, LEVELS))
    return curves | {
        "spread": spread / np.sqrt(between + note),
        "log_seconds": SECONDS_BOUNDS,
        "variance": variance / variance.sum(),
        "return": pool.pooled_curve("return_share"),
    }


def velocity_section(pool: StatisticsPool) -> dict[str, Any]:
    """What the loudness of a note follows, and how much it varies."""
    level, features, weights = pool.pooled("velocity", "features")
    root = np.sqrt(weights)
    law = np.linalg.lstsq(features * root[:, None], level * root, rcond=None)[0]
    parts = np.array([velocity_parts(one, law) for one in pool.portraits])
    known = np.isfinite(parts)
    weight = pool.weights[:, None] * known
    mean = np.sum(np.where(known, parts, 0.0) * weight, 0) / weight.sum(0)
    note, within_beat, variogram = mean[0], mean[1], mean[2:]
    walk = memory_shares(variogram, jitter=False)
    return {
        "mean": pool.curve("velocity_mean"),
        "spread": pool.curve("velocity_spread"),
        "weights": law,
        "melody": melody_curve(pool, law),
        "memories": MEMORIES,
        "walk_shares": walk,
        # A chord's mean differs from its neighbours' also by its notes' own variance.
        "variance": np.array([walk.sum(), max(within_beat - note / 2, 0.0), note]),
    }


def melody_curve(pool: StatisticsPool, law: Array) -> Array:
    """How much more than the law the highest notes stand out, over the performances."""
    found = []
    for one in pool.portraits:
        rest, top = one["velocity"] - one["features"] @ law, one["features"][:, 0] > 0
        found.append(rest[top].mean() - rest[~top].mean() if (~top).any() else 0.0)
    return weighted_quantiles(np.array(found), pool.weights, LEVELS)


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


def errors_section(pool: StatisticsPool) -> dict[str, Any]:
    """How often a note is left out or played wrong."""
    steps, weights = pool.pooled("wrong_step")
    near = np.isin(steps, WRONG_INTERVALS)
    share = np.bincount((steps[near] + 12).astype(int), weights[near], len(WRONG_INTERVALS))
    total = {
        name: sum(p[name] * w for p, w in zip(pool.portraits, pool.weights, strict=True))
        for name in ("inner_omitted", "top_omitted", "inner_notes", "top_notes")
    }
    inner = total["inner_omitted"] / total["inner_notes"]
    return {
        "wrong": pool.curve("wrong"),
        "missing": pool.curve("missing"),
        "inner_missing": inner / (total["top_omitted"] / total["top_notes"]),
        "interval": WRONG_INTERVALS,
        "interval_share": share / share.sum(),
        "delay": pool.pooled_curve("wrong_delay"),
        "velocity": pool.pooled_curve("wrong_velocity"),
        "log_held": pool.pooled_curve("wrong_held"),
    }


def pedal_section(pool: StatisticsPool) -> dict[str, Any]:
    """How much, when and how deeply the sustain pedal is pressed."""
    place = pool.mean("pedal_place")
    delay, room, weights = pool.pooled("pedal_delay", "pedal_room")
    by_room = by_position(room, delay, weights, ROOM_BOUNDS)
    return {
        "none": pool.mean("pedal_none"),
        "down": pool.curve("pedal_down"),
        "changes": pool.curve("pedal_changes"),
        "depth": pool.curve("pedal_depth"),
        "place": place / place[0],
        "log_seconds": ROOM_BOUNDS,
        "press": np.array([weighted_quantiles(v, w, LEVELS) for v, w in by_room]),
        "press_player": player_share(pool, "pedal_delay"),
        "log_gap": pool.pooled_curve("pedal_gap"),
    }


def correlation(pool: StatisticsPool) -> Array:
    """Correlation of the normal scores of the habits that go together, in the order of `LINKED`."""
    known = np.column_stack([[p[name] for p in pool.portraits] for name in LINKED_FIGURES])
    known[:, 0] -= tempo_causes(pool) @ tempo_law(pool)
    known = np.where(np.isfinite(known), known, np.nanmedian(known, axis=0))
    scores = np.column_stack([normal_scores(column) for column in known.T])
    weight = np.sqrt(pool.weights)[:, None]
    found = (scores * weight).T @ (scores * weight)
    spread = np.sqrt(np.diag(found))
    # Drawn closer to independence, so that rounding leaves the matrix positive.
    drawn: Array = 0.95 * found / np.outer(spread, spread) + 0.05 * np.eye(len(LINKED))
    return drawn


def habits_of(pool: StatisticsPool) -> dict[str, dict[str, Any]]:
    """The table of `playing.json`."""
    return {
        "tempo": tempo_section(pool),
        "steps": steps_section(pool),
        "chords": chords_section(pool),
        "rolls": rolls_section(pool),
        "articulation": articulation_section(pool),
        "velocity": velocity_section(pool),
        "errors": errors_section(pool),
        "player": {"correlation": correlation(pool)},
        "trill": {
            "log_step": pool.pooled_curve("trill_step"),
            "player": player_share(pool, "trill_step"),
        },
        "grace": {
            "before": pool.pooled_curve("grace_before"),
            "player": player_share(pool, "grace_before"),
            "log_step": pool.pooled_curve("grace_step"),
            "log_held": pool.pooled_curve("grace_held"),
        },
        "pedal": pedal_section(pool),
    }
