"""How much each number counts that speaks for bars: `engrave/weights/bar_choice.npz`.

Two small networks: over the bars that the grid of a file allows, and over those that a steady
pulse allows (`engrave/rhythm/bar_choice`). What they come to is measured on songs left out.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from engrave.listening.first_pass import listen
from engrave.rhythm.bar_choice import describe, steady
from engrave.rhythm.bar_choice.weights import Judge, Way
from engrave.rhythm.file_beats import meter
from engrave.rhythm.file_beats.grid import EXACT_JITTER, FileFit
from engrave.rhythm.pulse_tracking import track_beats_as_heard
from training.bar_choice.network import Case, fit, left_out
from training.bar_choice.pieces import (
    START,
    TEMPI,
    Piece,
    Played,
    as_file,
    known_pieces,
    play_steadily,
)

NAMES: dict[Way, tuple[str, ...]] = {
    "file": meter.NAMES,
    "steady": (*describe.NAMES, *steady.NAMES),
}
# How much pieces of a kind count. The reader of notes has learned from scores, and pop songs state
# bars that are often half a bar beside those that are heard.
COUNTS: dict[Way, dict[str, float]] = {
    "file": {"pop909": 0.3, "lieder": 0.7},
    "steady": {"piano_free": 0.3, "pop909": 0.2, "lieder": 0.2},
}
READER = "free"  # so that the weights serve both readers
SAME_LEVEL = 0.08  # of the logarithm of a beat
BESIDE = 0.2  # units that a barline may be beside the true one
MOST_LINES = 0.8  # of the true barlines that must be found
FEWEST_BEATS = 4


def write_bar_choice(data: Path, weights: Path) -> None:
    """Fit both, and write them, and beside them (`.txt`) what they come to on songs left out."""
    cases: dict[Way, list[Case]] = {"file": [], "steady": []}
    for number, piece in enumerate(known_pieces(data)):
        cases["file"].append(file_case(piece, TEMPI[number % len(TEMPI)]))
        cases["steady"] += steady_case(piece, np.random.default_rng((9, number)))
    lines = []
    for way, known in cases.items():
        for kind, figures in left_out(known, COUNTS[way]).items():
            shares = ", ".join(f"{name} {100 * share:.1f}" for name, share in figures.items())
            lines.append(f"{way}, {kind}: {shares}")
    write_judges({way: fit(known, COUNTS[way]) for way, known in cases.items()}, weights)
    weights.with_suffix(".txt").write_text("\n".join([*lines, ""]))


def write_judges(judges: Mapping[Way, Judge], file: Path) -> None:
    """The tables of the networks, and the names of the numbers that they are told."""
    tables: dict[str, Any] = {}
    for way, judge in judges.items():
        tables[f"{way} names"] = np.array(NAMES[way])
        for name in Judge.__slots__:
            tables[f"{way} {name}"] = getattr(judge, name).astype(np.float32)
    np.savez_compressed(file, **tables)


def file_case(piece: Piece, tempo: float) -> Case:
    """A file that a program wrote and that states nothing."""
    heard = list(meter.describe_file_bars(as_file(piece, tempo), FileFit("exact", EXACT_JITTER)))
    rows = np.array([found.row for found in heard])
    same = np.array([found.meter == piece.meter for found in heard])
    in_step = np.array([(found.offset - piece.offset) % piece.bar == 0 for found in heard])
    lines = np.array(
        [
            _barlines(piece, Fraction(4 * found.meter.beats, found.meter.beat_type), found.offset)
            for found in heard
        ]
    )
    figures = {"meter": same, "barlines": lines}
    return Case(piece.kind, piece.song, rows, same & in_step, figures)


def _barlines(piece: Piece, bar: Fraction, offset: Fraction) -> float:
    """F-measure of the barlines of others bars, over twelve true ones."""
    stop = piece.offset + 12 * piece.bar
    true = {piece.offset + k * piece.bar for k in range(12)}
    first = piece.offset + (offset - piece.offset) % bar
    found = {first + k * bar for k in range(int((stop - first) / bar) + 1)} - {stop}
    return 2 * len(true & found) / (len(true) + len(found))


def steady_case(piece: Piece, rng: np.random.Generator) -> Iterator[Case]:
    """The piece as somebody plays it steadily; nothing if no pulse is found, or 3/2."""
    if piece.meter.beat_type == 2 and piece.meter.beats != 2:
        return
    played = play_steadily(piece, rng)
    evidence = listen(played.performance, READER)
    times = track_beats_as_heard(played.performance, evidence).times
    if len(times) < FEWEST_BEATS:
        return
    grid = steady.EvenGrid.of(times)
    heard = list(steady.describe_steady(played.performance, evidence, grid))
    units = steady.units_of(played.performance, grid)
    rows = np.array([found.whole(units) for found in heard])
    level, same, lines = (
        np.array(column)
        for column in zip(*(_judge(piece, played, grid, one) for one in heard), strict=True)
    )
    yield Case(piece.kind, piece.song, rows, same & lines, {"level": level, "meter": same})


def _judge(
    piece: Piece, played: Played, grid: steady.EvenGrid, found: steady.Described
) -> tuple[bool, bool, bool]:
    """Whether bars have the level and the meter of the piece, and most of its barlines.

    2/2 is right in quarters, as 4/4.
    """
    felt, count = piece.felt, int(piece.bar / piece.felt)
    if piece.meter.beat_type == 2:
        felt, count = felt / 2, count * 2
    bars = found.bars
    away = np.log(float(bars.beat) * grid.seconds / (float(felt) * played.quarter))
    level = bool(abs(away) < SAME_LEVEL)
    same = level and (bars.count, bars.compound) == (count, piece.meter.compound)
    last = played.performance.notes[-1].onset
    first, bar = START + float(piece.offset) * played.quarter, float(piece.bar) * played.quarter
    lines = np.arange(first, last + played.quarter / 8, bar)
    place = (grid.places_at(lines) - float(bars.offset)) / float(bars.length)
    beside = np.abs(place - np.round(place)) * float(bars.length)
    return level, same, len(lines) == 0 or bool(np.mean(beside < BESIDE) > MOST_LINES)
