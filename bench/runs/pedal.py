"""The pedal's figures: `python -m bench pedal DATA` (see README.md beside this file).

For each recording: A, the marks from the recorded pedal, on the page's own grid and on the true
one; B, the pedal that is inferred where it is hidden; and how much worse note values become when
every key seems held as long as the pedal lets it sound.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from statistics import fmean

import numpy as np

from bench.metrics.muster import muster
from bench.metrics.pedal import (
    Interval,
    compare_time,
    count_harmonies,
    crossing_f,
    intervals,
    press_f,
    written_intervals,
)
from bench.pages.align import align
from bench.pages.own import read_own_page
from bench.pages.page import Page
from bench.pages.truth import Recording, match_played
from bench.report.table import in_columns
from bench.runs.processes import Failure, run_in_processes
from engrave.listening.first_pass import listen_for_pedal
from engrave.midi.read import read_midi
from engrave.music.grid import Bar, Grid
from engrave.music.marks import PedalMark
from engrave.music.note import Note, PedalSpan
from engrave.music.performance import Performance, sounding_ends
from engrave.music.score import Measure
from engrave.output.musicxml.document import write_musicxml
from engrave.pedal.inference import infer_pedal
from engrave.pedal.placement import mark_pedal
from engrave.pipeline import Transcription, transcribe

WORKERS, LIMIT = 2, 1800.0
EIGHTH = Fraction(1, 2)

Figures = Mapping[str, float]


def judge(recording: Recording) -> dict[str, float]:
    """All figures of one recording; shares in percent."""
    performance = read_midi(recording.midi)
    first, last = performance.notes[0].onset, max(n.release for n in performance.notes)
    foot = intervals(performance.sustain, first, last)
    made = transcribe(performance)
    figures = _written(made, recording, foot, (first, last))
    figures |= _on_true_grid(performance, recording, foot, (first, last))
    figures |= _hidden(performance, foot, (first, last))
    held = transcribe(hold_through_pedal(performance))
    figures["offset_keys"] = _offset(made, recording)
    figures["offset_held"] = _offset(held, recording)
    return figures


def _written(
    made: Transcription, recording: Recording, foot: list[Interval], frame: Interval
) -> dict[str, float]:
    measures = made.score.parts[0].measures
    spans = spans_of(measures)
    notes = _written_notes(made)
    found = written_intervals(spans, made.performance, notes, made.grid)
    presses = [span.start for span in spans]
    apart = [b - a for a, b in pairwise(presses)]
    needed = count_harmonies(recording.page)
    return {
        "own_time": 100 * compare_time(foot, found, *frame)["time"],
        "own_presses": 100 * press_f(foot, found, made.grid),
        "marks_per_bar": len(spans) / len(measures),
        "marks_per_harmony": len(spans) / needed,
        "crowded": float(sum(step < EIGHTH for step in apart)),
    }


def spans_of(measures: Sequence[Measure]) -> list[PedalSpan]:
    """The pedal marks of a score as spans."""
    place, spans = Fraction(0), []
    down = Fraction(0)
    for measure in measures:
        marks = [mark for mark in measure.marks if isinstance(mark, PedalMark)]
        for mark in sorted(marks, key=lambda mark: (mark.onset, mark.kind == "start")):
            if mark.kind == "start":
                down = place + mark.onset
            else:
                spans.append(PedalSpan(down, place + mark.onset))
        place += measure.length
    return spans


def _written_notes(made: Transcription) -> list[Note]:
    """Where each key press stands in the score."""
    notes, place = [], Fraction(0)
    for measure in made.score.parts[0].measures:
        for voice in measure.voices:
            for event in voice.events:
                for head in getattr(event, "heads", ()):
                    if head.played and not head.tied_from:
                        at = place + event.onset
                        grace = getattr(event, "grace", False)
                        notes.append(Note(head.played[0], head.pitch.midi, at, event.length, grace))
        place += measure.length
    return notes


def _on_true_grid(
    performance: Performance, recording: Recording, foot: list[Interval], frame: Interval
) -> dict[str, float]:
    page = recording.page
    key_of = {row: i for i, row in match_played(performance, recording).items()}
    zero = page.bars[0].start
    notes = [
        Note(key_of[n.played], n.pitch, n.onset - zero, n.length, n.grace, staff=min(n.staff, 2))
        for n in page.notes
        if n.played in key_of
    ]
    grid = _true_grid(performance, notes, page, zero)
    spans = mark_pedal(performance, notes, grid)
    found = written_intervals(spans, performance, notes, grid)
    return {
        "true_time": 100 * compare_time(foot, found, *frame)["time"],
        "true_presses": 100 * press_f(foot, found, grid),
    }


def _true_grid(performance: Performance, notes: Sequence[Note], page: Page, zero: Fraction) -> Grid:
    """The grid on which every written onset is when its middle note was played."""
    played: dict[Fraction, list[float]] = {}
    for note in notes:
        if not note.grace:
            played.setdefault(note.onset, []).append(performance.notes[note.played].onset)
    times: list[float] = []
    quarters: list[Fraction] = []
    for quarter in sorted(played):
        time = float(np.median(played[quarter]))
        if not times or time > times[-1]:
            times.append(time)
            quarters.append(quarter)
    bars = tuple(Bar(b.start - zero, b.length, b.beats, b.beat_type) for b in page.bars)
    return Grid(tuple(times), tuple(quarters), bars)


def _hidden(performance: Performance, foot: list[Interval], frame: Interval) -> dict[str, float]:
    moves = infer_pedal(listen_for_pedal(replace(performance, sustain=())))
    found = intervals(moves, *frame)
    agreed = compare_time(foot, found, *frame)
    seconds = frame[1] - frame[0]
    down, said = (sum(up - down for down, up in pedal) for pedal in (foot, found))
    return {
        "hidden_f": 100 * agreed["f"],
        "hidden_time": 100 * agreed["time"],
        "hidden_crossings": 100 * crossing_f(foot, found),
        "down": 100 * down / seconds,
        "always_f": 100 * compare_time(foot, [frame], *frame)["f"],
        "seconds": seconds,
        "seconds_down": down,
        "seconds_said": said,
    }


def hold_through_pedal(performance: Performance) -> Performance:
    """Keys held as long as they sound: until the pedal is lifted or the key is struck again."""
    ends = sounding_ends(performance)
    notes = (replace(n, release=end) for n, end in zip(performance.notes, ends, strict=True))
    return replace(performance, notes=tuple(notes), sustain=())


def _offset(made: Transcription, recording: Recording) -> float:
    page = read_own_page(made, write_musicxml(made.score), recording)
    truth = recording.page
    return muster(truth, page, align(truth, page)).E_offset


def judge_all(recordings: Sequence[Recording]) -> Iterable[tuple[Recording, Figures | Failure]]:
    """The figures of each recording, each in a process of its own."""
    yield from run_in_processes(judge, recordings, WORKERS, LIMIT)


def write_pedal_table(rows: Sequence[tuple[Recording, Figures]], about: str) -> str:
    """Means per composer and of all, the ratio of the lengths being that of the means; then the
    hidden pedal in both reckonings."""
    composers = sorted({recording.composer for recording, _ in rows})
    groups = [(c, [f for r, f in rows if r.composer == c]) for c in composers]
    groups.append(("all", [figures for _, figures in rows]))
    return f"{about}\n\n{_means(groups)}\n\n{_pooled(groups)}\n"


def _means(groups: Sequence[tuple[str, Sequence[Figures]]]) -> str:
    names = [name for name in groups[0][1][0] if not name.startswith("seconds")]
    head = ("", "performances", *(name.replace("_", " ") for name in names), "held / keys")
    lines = []
    for name, group in groups:
        means = {n: fmean(figures[n] for figures in group) for n in names}
        ratio = means["offset_held"] / max(means["offset_keys"], 1e-9)
        numbers = (f"{value:.{2 if 'marks' in n else 1}f}" for n, value in means.items())
        lines.append((name, str(len(group)), *numbers, f"{ratio:.2f}"))
    return in_columns(head, lines)


def _pooled(groups: Sequence[tuple[str, Sequence[Figures]]]) -> str:
    """The hidden pedal per performance, and with all the time of a group as one performance."""
    head = (
        *("", "minutes", "down", "always down: F", "pooled", "hidden F", "pooled"),
        *("hidden time", "pooled"),
    )
    lines = []
    for name, group in groups:
        total, down, said = (
            sum(figures[n] for figures in group)
            for n in ("seconds", "seconds_down", "seconds_said")
        )
        right = sum(figures["hidden_time"] / 100 * figures["seconds"] for figures in group)
        both = (right - total + down + said) / 2  # right are both down and neither
        numbers = (
            *(total / 60, 100 * down / total),
            *(fmean(f["always_f"] for f in group), 200 * down / (down + total)),
            *(fmean(f["hidden_f"] for f in group), 200 * both / max(down + said, 1e-9)),
            *(fmean(f["hidden_time"] for f in group), 100 * right / total),
        )
        lines.append((name, *(f"{number:.1f}" for number in numbers)))
    return in_columns(head, lines)


def write_pedal_json(rows: Sequence[tuple[Recording, Figures]]) -> str:
    """The figures of each recording as JSON."""
    return json.dumps({r.name: dict(figures) for r, figures in rows}, indent=1) + "\n"
