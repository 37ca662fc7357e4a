"""How much each number counts that speaks for bars: `engrave/weights/bar_choice.csv`.

Two conditional logits: over the bars that the grid of a file allows, and over those that a steady
pulse allows (`engrave/rhythm/bar_choice`). What they come to is measured on songs left out.
"""

import csv
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from engrave.listening.first_pass import listen
from engrave.rhythm.bar_choice import describe, steady
from engrave.rhythm.beats import track_beats_as_heard
from engrave.rhythm.file_beats.grid import EXACT_JITTER, FileFit
from engrave.rhythm.file_beats.meter import METERS, describe_file_bars, usual_names
from training.bar_choice.logit import Case, fit, left_out
from training.bar_choice.pieces import (
    START,
    TEMPI,
    Piece,
    Played,
    as_file,
    known_pieces,
    play_steadily,
)

USUAL = tuple(name for meter in sorted(METERS, key=str) for name in usual_names(meter))
NAMES = {"file": (*describe.NAMES, *USUAL), "steady": (*describe.NAMES, *steady.NAMES)}
COUNTS: dict[str, float] = {}
PENALTY = {"file": 0.005, "steady": 0.005}
READER = "free"  # so that the weights serve both readers
SAME_LEVEL = 0.08  # of the logarithm of a beat
BESIDE = 0.2  # units that a barline may be beside the true one
MOST_LINES = 0.8  # of the true barlines that must be found
FEWEST_BEATS = 4


def write_bar_choice(data: Path, table: Path) -> None:
    """Fit both, and write the table, and beside it (`.txt`) what they come to on songs left out."""
    cases: dict[str, list[Case]] = {way: [] for way in NAMES}
    for number, piece in enumerate(known_pieces(data)):
        cases["file"].append(file_case(piece, TEMPI[number % len(TEMPI)]))
        cases["steady"] += steady_case(piece, np.random.default_rng((9, number)))
    weights, lines = {}, []
    for way, known in cases.items():
        for kind, figures in left_out(known, COUNTS, PENALTY[way]).items():
            shares = ", ".join(f"{name} {100 * share:.1f}" for name, share in figures.items())
            lines.append(f"{way}, {kind}: {shares}")
        weights[way] = dict(zip(NAMES[way], fit(known, COUNTS, PENALTY[way]), strict=True))
    write_table(weights, table)
    table.with_suffix(".txt").write_text("\n".join([*lines, ""]))


def write_table(weights: Mapping[str, Mapping[str, float]], table: Path) -> None:
    """A line for each number: its name, and its weight in each of the ways (empty if none)."""
    names = dict.fromkeys(name for known in weights.values() for name in known)
    with open(table, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", *weights])
        for name in names:
            row = [known.get(name) for known in weights.values()]
            writer.writerow([name, *("" if w is None else f"{w:.4f}" for w in row)])


def file_case(piece: Piece, tempo: float) -> Case:
    """A file that a program wrote and that states nothing."""
    heard = list(describe_file_bars(as_file(piece, tempo), FileFit("exact", EXACT_JITTER)))
    rows = np.zeros((len(heard), len(NAMES["file"])))
    for row, found in zip(rows, heard, strict=True):
        usual = usual_names(found.meter)
        row[: len(describe.NAMES)] = found.row[: -len(usual)]
        row[[NAMES["file"].index(name) for name in usual]] = found.row[-len(usual) :]
    meter = np.array([found.meter == piece.meter for found in heard])
    in_step = np.array([(found.offset - piece.offset) % piece.bar == 0 for found in heard])
    lines = np.array(
        [
            _barlines(piece, Fraction(4 * found.meter.beats, found.meter.beat_type), found.offset)
            for found in heard
        ]
    )
    figures = {"meter": meter, "barlines": lines}
    return Case(piece.kind, piece.song, rows, meter & in_step, figures)


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
    level, meter, lines = (
        np.array(column)
        for column in zip(*(_judge(piece, played, grid, one) for one in heard), strict=True)
    )
    yield Case(piece.kind, piece.song, rows, meter & lines, {"level": level, "meter": meter})


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
    meter = level and (bars.count, bars.compound) == (count, piece.meter.compound)
    last = played.performance.notes[-1].onset
    first, bar = START + float(piece.offset) * played.quarter, float(piece.bar) * played.quarter
    lines = np.arange(first, last + played.quarter / 8, bar)
    place = (grid.places_at(lines) - float(bars.offset)) / float(bars.length)
    beside = np.abs(place - np.round(place)) * float(bars.length)
    return level, meter, len(lines) == 0 or bool(np.mean(beside < BESIDE) > MOST_LINES)
