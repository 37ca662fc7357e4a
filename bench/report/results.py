"""Means over performances and over pieces: what stands in `results.json`.

A figure is a number under its name: errors and shares in percent, the rest as it is counted. A
figure that cannot be had (the beats of a program that writes none) is None and left out of the
means. A failure is not left out: every error of it is 100, every share 0.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

ERRORS = ("E_pitch", "E_miss", "E_extra", "E_onset", "E_offset", "E_mean")
BEATS = ("beat_f", "downbeat_f", "cmlt", "amlt")
METER = ("time_signature", "barlines", "bars", "key_signature", "spelling")
HANDS = ("staff", "voice_f")
SHARES = BEATS + METER + HANDS
READABLE, TRUE = "readability_", "_true"  # readability_ties_per_note, and that of the true score

Figures = Mapping[str, float | None]
System = Mapping[str, Any]  # what stands in `results.json` of one system
Results = Mapping[str, Mapping[str, Any]]  # by system


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one system did with one performance; without figures, `failure` says why.

    `piece` is the score file: performances of one score are performances of one piece.
    """

    system: str
    performance: str
    piece: str
    composer: str
    figures: Figures
    failure: str = ""


def summarize(outcomes: Iterable[Outcome], about: Results) -> dict[str, System]:
    """What stands in `results.json`, by system; `about` holds more facts about each system."""
    by_system: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_system.setdefault(outcome.system, []).append(outcome)
    return {name: {**_summary(group), **about[name]} for name, group in by_system.items()}


def _summary(outcomes: Sequence[Outcome]) -> System:
    said = dict.fromkeys(n for o in outcomes for n, value in o.figures.items() if value is not None)
    worst = _worst(said or (*ERRORS, *SHARES))
    figures = {o.performance: worst if o.failure else dict(o.figures) for o in outcomes}
    composers = sorted({o.composer for o in outcomes})
    return {
        "mean_per_performance": _mean(figures.values()),
        "mean_per_piece": _mean_per_piece(outcomes, figures),
        "composers": {
            composer: {
                "performances": len(theirs),
                "mean_per_performance": _mean([figures[o.performance] for o in theirs]),
                "mean_per_piece": _mean_per_piece(theirs, figures),
            }
            for composer in composers
            if (theirs := [o for o in outcomes if o.composer == composer])
        },
        "performances": figures,
        "pieces": len({o.piece for o in outcomes}),
        "failures": sum(bool(o.failure) for o in outcomes),
        "failure_reasons": {o.performance: o.failure for o in outcomes if o.failure},
    }


def _worst(names: Iterable[str]) -> dict[str, float | None]:
    """The figures of a failure, for a system that says these figures when it does not fail."""
    return {
        name: None if name.startswith(READABLE) else 100.0 if name in ERRORS else 0.0
        for name in names
    }


def _mean(rows: Iterable[Figures]) -> dict[str, float | None]:
    """The mean of each figure over the rows that have it."""
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    values = {n: [v for row in rows if (v := row.get(n)) is not None] for n in names}
    return {name: fmean(found) if found else None for name, found in values.items()}


def _mean_per_piece(
    outcomes: Iterable[Outcome], figures: Mapping[str, Figures]
) -> dict[str, float | None]:
    """A piece that many have played counts as much as one that a single player has."""
    pieces: dict[str, list[Figures]] = {}
    for outcome in outcomes:
        pieces.setdefault(outcome.piece, []).append(figures[outcome.performance])
    return _mean([_mean(rows) for rows in pieces.values()])


def write_json(results: Results) -> str:
    """The text of `results.json`."""
    return json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
