"""Human playing measured: `python -m training.player.statistics.measure DATA` writes `playing.json`
and compares.

DATA is a folder of performances aligned with their scores (`training.data.corpora`). Every piece
weighs the same, however often it was played. Then the same scores are played with the new table,
the renderings are observed by the same functions, and a Markdown table puts both side by side:
the 10th, 50th and 90th percentile over the performances.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from training.data.corpora import performances, trusted
from training.player.habits import TABLE, Array, Habits
from training.player.render import Rendering, render
from training.player.statistics.fit import habits_of
from training.player.statistics.pool import Portrait, StatisticsPool, weighted_quantiles
from training.player.statistics.portrait import portrait

SHOWN = (0.1, 0.5, 0.9)


def pool_of(rows: list[dict[str, Any]]) -> StatisticsPool:
    """The portraits of performances, each with the score that was played."""
    return StatisticsPool([portrait(row) for row in rows], [row["score"] for row in rows])


def rounded(values: Any) -> Any:
    """Numbers with four digits, rows as lists."""
    if np.ndim(values):
        return [rounded(value) for value in values]
    return float(f"{values:.4g}")


def as_json(habits: Mapping[str, Mapping[str, Any]]) -> str:
    """The table, one line for each name."""
    sections = (
        f'  "{section}": {{\n'
        + ",\n".join(f'    "{name}": {json.dumps(rounded(value))}' for name, value in law.items())
        + "\n  }"
        for section, law in habits.items()
    )
    return "{\n" + ",\n".join(sections) + "\n}\n"


def score_of(row: Mapping[str, Any]) -> Array:
    """The score notes of a performance, played or omitted."""
    notes = np.concatenate([row["notes"][row["notes"]["matched"]], row["omitted"]])
    return notes[np.lexsort((notes["pitch"], notes["score_onset"]))]


def as_row(row: Mapping[str, Any], score: Array, rendering: Rendering) -> dict[str, Any]:
    """A rendering in the form of a row of `performances`."""
    notes = np.zeros(len(rendering.onset), score.dtype)
    real = rendering.source >= 0
    notes[real] = score[rendering.source[real]]
    notes["matched"] = real
    notes["onset"], notes["offset"] = rendering.onset, rendering.release
    notes["pitch"], notes["velocity"] = rendering.pitch, rendering.velocity
    pedals = np.zeros(len(rendering.pedal), row["pedals"].dtype)
    if len(pedals):
        pedals["time"], pedals["value"] = rendering.pedal.T
    left = np.setdiff1d(np.arange(len(score)), rendering.source)
    return {**row, "notes": notes, "omitted": score[left], "pedals": pedals}


def rendered(rows: list[dict[str, Any]], habits: Habits) -> list[dict[str, Any]]:
    """The same pieces played by the renderer, with a fixed seed."""
    rng = np.random.default_rng(1)
    scores = [score_of(row) for row in rows]
    return [
        as_row(row, score, render(score, rng, habits, is_end=True))
        for row, score in zip(rows, scores, strict=True)
    ]


def middle(values: Array, level: float = 0.5, least: int = 5) -> float:
    """A quantile of the values; not a number where there are too few."""
    return float(np.quantile(values, level)) if len(values) >= least else float("nan")


def top_louder(one: Portrait) -> float:
    """By how many units of velocity the highest notes are louder than the others."""
    top = one["features"][:, 0] > 0
    return float(one["velocity"][top].mean() - one["velocity"][~top].mean()) * float(
        one["velocity_spread"]
    )


# Words, and the figure of one performance; the order of the printed table.
FIGURES: tuple[tuple[str, Callable[[Portrait], float]], ...] = (
    ("seconds per quarter note", lambda p: np.exp(p["level"])),
    ("rubato: deviation of a beat's length over 16 to 32 beats, %", lambda p: 100 * p["rubato"]),
    ("the same from beat to beat, %", lambda p: 100 * p["rubato"] * p["variogram"][0] ** 0.5),
    ("the same over 8 beats, %", lambda p: 100 * p["rubato"] * p["variogram"][5] ** 0.5),
    ("the piece's last beat, longer by %", lambda p: 100 * np.expm1(p["ending"][-1])),
    ("last beat but two, longer by %", lambda p: 100 * np.expm1(p["ending"][-3])),
    ("beat of a fermata, times as long", lambda p: middle(np.exp(p["fermata"]), least=1)),
    ("step within the beat off by, median, %", lambda p: 100 * middle(abs(p["step_log"]))),
    ("the same, 90th percentile, %", lambda p: 100 * middle(abs(p["step_log"]), 0.9)),
    ("width of a chord, median, ms", lambda p: 1000 * middle(p["chord_width"])),
    ("width of a chord, 90th percentile, ms", lambda p: 1000 * middle(p["chord_width"], 0.9)),
    ("10 units of velocity louder are early by, ms", lambda p: 10_000 * p["lead"]),
    ("lower hand late by, ms", lambda p: 1000 * p["left_hand"]),
    ("wide chords rolled, %", lambda p: 100 * p["wide_share"]),
    ("chords with a sign rolled, %", lambda p: 100 * p["signed_share"]),
    ("step of a rolled chord, ms", lambda p: 1000 * middle(np.exp(p["roll_step"]))),
    ("held / written, %", lambda p: 100 * middle(np.exp(p["held_log"][~p["held_staccato"]]))),
    ("the same, 10th percentile, %", lambda p: 100 * middle(np.exp(p["held_log"]), 0.1)),
    ("the same, 90th percentile, %", lambda p: 100 * middle(np.exp(p["held_log"]), 0.9)),
    ("staccato, %", lambda p: 100 * middle(np.exp(p["held_log"][p["held_staccato"]]))),
    ("key up before its next stroke, ms", lambda p: 1000 * middle(p["return_gap"])),
    ("mean velocity", lambda p: p["velocity_mean"]),
    ("deviation of the velocities", lambda p: p["velocity_spread"]),
    ("highest notes louder by", top_louder),
    ("wrong notes, % of the written", lambda p: 100 * p["wrong"]),
    ("missing notes, %", lambda p: 100 * p["missing"]),
    ("step of a trill, ms", lambda p: 1000 * middle(np.exp(p["trill_step"]), least=1)),
    ("grace note before the chord, ms", lambda p: 1000 * middle(p["grace_before"], least=1)),
    ("pedal down, % of the beats", lambda p: 100 * p["pedal_down"]),
    ("pedal presses per beat", lambda p: p["pedal_changes"]),
    ("press after the chord, ms", lambda p: 1000 * middle(p["pedal_delay"])),
)


def percentiles(pool: StatisticsPool, figure: Callable[[Portrait], float]) -> str:
    """The percentiles `SHOWN` of a figure over all performances."""
    values = np.array([figure(one) for one in pool.portraits])
    known = np.isfinite(values)
    found = weighted_quantiles(values[known], pool.weights[known], np.array(SHOWN))
    return " / ".join(f"{value:.3g}" for value in found)


def comparison(human: StatisticsPool, machine: StatisticsPool) -> str:
    """A table of the figures of people and of the renderer, side by side."""
    lines = ["| figure of one performance | people | renderer |", "|---|---|---|"]
    lines += [
        f"| {words} | {percentiles(human, figure)} | {percentiles(machine, figure)} |"
        for words, figure in FIGURES
    ]
    return "\n".join(lines)


def main(folder: Path) -> None:
    """Measure the performances of a folder, write the table, and hold the renderer against it."""
    rows = [row for row in performances(folder) if trusted(row)]
    human = pool_of(rows)
    TABLE.write_text(as_json(habits_of(human)), encoding="utf-8")
    machine = pool_of(rendered(rows, Habits.load()))
    sys.stdout.write(comparison(human, machine) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
