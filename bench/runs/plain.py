"""Plain music: is the page what was notated, where a program wrote the file or somebody played it?

Piano scores (of a folder with `notes.npz` and `scores.csv`) and the project's own tunes are written
to MIDI in five ways, and what comes back is held against them, note by note (every note is there,
so the n-th stroke of a key on the page is the n-th in the score).
"""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import fmean

import numpy as np

import engrave
from bench.pages.page import Page, PageNote
from bench.pages.read_musicxml import read_page
from bench.pages.truth import TICKS, read_table
from bench.runs.processes import Failure, run_in_processes
from bench.systems.systems import OWN_WEIGHTS, import_midi
from engrave.output.formats import write
from samples.tunes import SONGS, STYLES, Stroke, arrange, as_midi

MOST_NOTES = 500  # of a score
LONGEST_SCORE = 6000  # notes of a score that is taken at all
FEWEST_NOTES = 80
Written = tuple[Fraction, Fraction, int, int]  # onset, length (quarters), pitch, staff
TEMPI = (60, 72, 84, 96, 108, 120, 132, 144)  # quarters a minute
JITTER = 0.018  # seconds by which hands are off a click
WORKERS, LIMIT = 2, 120.0  # processes, and seconds for a file
NEAR_SHARE = 0.02  # quarters
FIGURES = ("level", "meter", "barlines", "bars_right", "places", "staff", "key")


@dataclass(frozen=True, slots=True)
class Way:
    """How a score becomes a file: with its meter or not, by a program or by hands, and whether
    these keep to the tempo that the file tells.
    """

    name: str
    stated: bool
    jitter: float = 0.0
    told: float = 1.0  # the tempo in the file for that at which it is played


WAYS = (
    Way("a program, with its meter", True),
    Way("a program, without", False),
    Way("to the click, with its meter", True, JITTER),
    Way("to the click, without", False, JITTER),
    Way("steadily, at another tempo", False, JITTER, 1.15),
)


@dataclass(frozen=True, slots=True)
class Notated:
    """What was notated, in quarters from the start of the first bar.

    `bars` are where bars begin, `meters` where each begins and its figures; `fifths` are the sharps
    of the first key signature (None where they are not known).
    """

    name: str
    kind: str
    notes: tuple[Written, ...]
    bars: tuple[Fraction, ...]
    meters: tuple[tuple[Fraction, int, int], ...]
    fifths: int | None

    @property
    def meter(self) -> str:
        """The time signature of most bars."""
        edges = [place for place, *_ in self.meters[1:]]
        count: Counter[str] = Counter()
        for bar in self.bars:
            _, beats, beat_type = self.meters[sum(edge <= bar for edge in edges)]
            count[f"{beats}/{beat_type}"] += 1
        return count.most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class Task:
    """One piece in one way for one program."""

    notated: Notated
    way: Way
    system: str
    tempo: float


def judge_plain(
    pieces: Iterable[Notated], systems: Iterable[str]
) -> Iterator[tuple[Task, Mapping[str, float] | Failure]]:
    """The figures (shares, 0-1) of each task, as they come in."""
    tasks = [
        Task(piece, way, system, TEMPI[number % len(TEMPI)])
        for number, piece in enumerate(pieces)
        for way in WAYS
        for system in systems
    ]
    yield from run_in_processes(judge, tasks, WORKERS, LIMIT)


def judge(task: Task) -> dict[str, float]:
    """Write the file, let the program read it, and compare its page."""
    midi = midi_of(task)
    if task.system in OWN_WEIGHTS:
        score = engrave.transcribe(midi, weights=OWN_WEIGHTS[task.system])
        page = read_page(write(score, ".musicxml"))
    else:
        page = read_page(import_midi(task.system, midi, Path.cwd(), LIMIT))
    return compare(task.notated, page)


def midi_of(task: Task) -> bytes:
    """The piece as a file, in its way."""
    chance, way = random.Random(task.notated.name), task.way
    hands: dict[str, list[Stroke]] = {"Right": [], "Left": []}
    for onset, length, pitch, staff in task.notated.notes:
        late = chance.gauss(0, way.jitter) * task.tempo / 60
        start, stop = (float(onset) + late + held for held in (0.0, 0.95 * float(length)))
        loud = 64 + round(chance.gauss(0, 4)) * (way.jitter > 0)
        hands["Right" if staff == 1 else "Left"].append(
            (start * way.told, stop * way.told, pitch, loud)
        )
    meters = [(float(place), beats, unit) for place, beats, unit in task.notated.meters]
    return as_midi(hands, task.tempo * way.told, meters if way.stated else [])


def compare(notated: Notated, page: Page) -> dict[str, float]:
    """How much of the page is as it was notated."""
    pairs = _pairs(notated, page)
    if len(pairs) < 2:
        return dict.fromkeys(FIGURES, 0.0)
    true = np.array([float(note[0]) for note, _ in pairs])
    there = np.array([float(note.onset) for _, note in pairs])
    order = np.argsort(true, kind="stable")
    ahead, found = np.diff(true[order]), np.diff(there[order])
    ratio, _ = Counter(np.round(found[ahead > 0] / ahead[ahead > 0], 2).tolist()).most_common(1)[0]
    moved, in_place = Counter(np.round(there - true, 3).tolist()).most_common(1)[0]
    barlines = _f_measure(notated, page, moved)
    signs: Counter[str] = Counter()
    for bar in page.bars:
        signs[f"{bar.beats}/{bar.beat_type}"] += 1
    return {
        "level": float(abs(ratio - 1) < NEAR_SHARE),
        "meter": float(signs.most_common(1)[0][0] == notated.meter),
        "barlines": barlines,
        "bars_right": float(barlines > 0.99),
        "places": in_place / len(notated.notes),
        "staff": fmean(float(note[3] == found.staff) for note, found in pairs),
        "key": float(notated.fifths in (None, page.bars[0].fifths)),
    }


def _pairs(notated: Notated, page: Page) -> list[tuple[Written, PageNote]]:
    """The notes of the score and those of the page that are the same strokes."""
    strokes: dict[int, list[PageNote]] = defaultdict(list)
    for found in page.notes:
        strokes[found.pitch].append(found)
    nth: Counter[int] = Counter()
    pairs = []
    for note in notated.notes:
        if nth[note[2]] < len(strokes[note[2]]):
            pairs.append((note, strokes[note[2]][nth[note[2]]]))
        nth[note[2]] += 1
    return pairs


def _f_measure(notated: Notated, page: Page, moved: float) -> float:
    """Of the bars' beginnings up to the last note; those of the page are so much later."""
    last = float(notated.notes[-1][0])
    true = {round(float(place), 2) for place in notated.bars if place <= last}
    found = {round(float(bar.start) - moved, 2) for bar in page.bars}
    found = {place for place in found if min(true) - NEAR_SHARE <= place <= last}
    return 2 * len(true & found) / max(len(true) + len(found), 1)


def read_scores(data: Path, most: int) -> list[Notated]:
    """Scores of a data folder by chance, always the same ones; grace notes are left out."""
    rows = read_table(data / "notes.npz")
    with open(data / "scores.csv", newline="") as file:
        spans = [
            (score["score"], int(score["note_start"]), int(score["note_stop"]))
            for score in csv.DictReader(file)
        ]
    fitting = [span for span in spans if FEWEST_NOTES <= span[2] - span[1] <= LONGEST_SCORE]
    random.Random(1).shuffle(fitting)
    return [_notated(name, rows[start:stop][:MOST_NOTES]) for name, start, stop in fitting[:most]]


def own_tunes() -> list[Notated]:
    """All songs in all arrangements."""
    made = []
    for name, song in SONGS.items():
        bar = Fraction(4 * song.meter[0], song.meter[1])
        for style in STYLES:
            tune = arrange(song, style)
            start = tune.pickup
            notes = sorted(
                (_exactly(on) + start, _exactly(length), pitch, staff)
                for hand, staff in ((tune.right, 1), (tune.left, 2))
                for on, length, pitch in hand
            )
            count = int((notes[-1][0] - start) // bar) + 1
            bars = [start + k * bar for k in range(count)]
            first = [(Fraction(0), *_pickup(start))] if start else []
            meters = [*first, (start, *song.meter)]
            opening = [Fraction(0)] if start else []
            made.append(
                Notated(
                    f"{name}, {style}", f"tune, {style}", tuple(notes), (*opening, *bars),
                    tuple(meters), None,
                )
            )  # fmt: skip
    return made


def _exactly(place: float) -> Fraction:
    return Fraction(place).limit_denominator(48)


def _pickup(length: Fraction) -> tuple[int, int]:
    """The time signature of a bar so long."""
    beat_type = next(kind for kind in (4, 8, 16, 32) if (length * kind / 4).denominator == 1)
    return int(length * beat_type / 4), beat_type


def _notated(name: str, rows: np.ndarray) -> Notated:
    rows = rows[((rows["flags"] & 1) == 0) & (rows["duration"] > 0)]
    rows = rows[np.lexsort((rows["pitch"], rows["score_onset"]))]
    opens = rows["score_onset"] - rows["position"]
    first = min(int(opens[0]), int(rows["score_onset"][0]))

    def exact(place: int) -> Fraction:
        return Fraction(place, TICKS)

    notes = tuple(
        (
            exact(int(row["score_onset"]) - first),
            exact(int(row["duration"])),
            int(row["pitch"]),
            1 if row["staff"] % 2 else 2,
        )
        for row in rows
    )
    bars = sorted({exact(int(place) - first) for place in opens})
    meters = tuple(_meters(rows, first))
    return Notated(name, "score", notes, tuple(bars), meters, int(rows["fifths"][0]))


def _meters(rows: np.ndarray, first: int) -> Iterator[tuple[Fraction, int, int]]:
    """The time signatures, a first short bar as one of its own."""
    last = None
    for row in rows:
        beats, kind = int(row["beats"]), int(row["beat_type"])
        place = Fraction(int(row["score_onset"] - row["position"]) - first, TICKS)
        length = Fraction(int(row["measure_length"]), TICKS)
        if place == 0 and 0 < length < Fraction(4 * beats, kind) and length.denominator <= 8:
            beats, kind = _pickup(length)
        if (beats, kind) != last and beats:
            last = (beats, kind)
            yield place, beats, kind


def write_plain_table(
    found: Iterable[tuple[Task, Mapping[str, float] | Failure]], about: str
) -> str:
    """A line for each program, way and kind of piece; a failure counts as 0."""
    groups: dict[tuple[str, str, str], list[Mapping[str, float]]] = defaultdict(list)
    for task, figures in found:
        kind = "tunes" if task.notated.kind.startswith("tune") else "scores"
        none = dict.fromkeys(FIGURES, 0.0)
        groups[task.system, kind, task.way.name].append(
            none if isinstance(figures, Failure) else figures
        )
    lines = [f"{about}", "", "| | | | n | " + " | ".join(FIGURES) + " |", "|---" * 11 + "|"]
    names = [way.name for way in WAYS]
    ordered = sorted(groups, key=lambda key: (key[1], names.index(key[2]), key[0]))
    for system, kind, way in ordered:
        group = groups[system, kind, way]
        shares = " | ".join(f"{100 * fmean(f[name] for f in group):.1f}" for name in FIGURES)
        lines.append(f"| {system} | {kind} | {way} | {len(group)} | {shares} |")
    return "\n".join([*lines, ""])
