"""True scores of recorded performances, read from a folder of tables.

The folder is laid out as follows (the (n)ASAP scores and alignments of Peter et al., TISMIR 2023,
stored compactly):

- `performances.csv`: one row a performance; its columns `NAME_start`, `NAME_stop` are its rows in
  the tables of performed notes ("note"), omitted notes, beats and pedal moves.
- `performed.npz`, `omitted.npz`, `beats.npz`: columns of equal length. A column whose name begins
  with `d_` holds first differences of the whole table.
- `midi.zip`, `scores.zip`: the recordings and the MusicXML under the paths that the csv names.

Places in the tables are whole numbers, 10080 to a quarter note, repeats played out; times are
seconds, or whole milliseconds where they are whole numbers. Bars of rest stand in no table, for
only notes know their bar: they are filled in between the bars that have notes.
"""

import csv
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from bench.pages.page import Page, PageBar, PageNote
from engrave.music.performance import Performance

TICKS = 10080  # to a quarter note

# A note of a recording and a row of the table are one key press if their onsets are this close.
SAME_ONSET = 0.002

_GRACE = 1  # bit of the column `flags`


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One performance and the score that was played.

    `name` is the recording's path without its ending, `score_name` the folder of its score: the
    performances of one piece share it. `robust` and `matched` (share of the performed notes that
    play a note of the score) say how far the alignment can be trusted. `onsets` (seconds) and
    `pitches` are those of the performed notes, row by row. `beats` and `downbeats` are annotated
    times in seconds, without beats whose place could not be determined.
    """

    name: str
    score_name: str
    composer: str
    title: str
    robust: bool
    matched: float
    midi_path: str
    score_path: str
    onsets: np.ndarray
    pitches: np.ndarray
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    folder: Path
    _performed: np.ndarray = field(repr=False)
    _omitted: np.ndarray = field(repr=False)

    @property
    def midi(self) -> bytes:
        """The recording's MIDI file."""
        with ZipFile(self.folder / "midi.zip") as archive:
            return archive.read(self.midi_path)

    @property
    def score(self) -> bytes:
        """The score's MusicXML, repeats not played out."""
        with ZipFile(self.folder / "scores.zip") as archive:
            return archive.read(self.score_path)

    @property
    def page(self) -> Page:
        """The true page, made anew each time: what was played of it, and what was left out.

        `played` of a note is the row of the performed note that plays it.
        """
        rows = np.flatnonzero(self._performed["matched"])
        notes = [
            *map(_page_note, self._performed[rows], rows.tolist()),
            *map(_page_note, self._omitted, [None] * len(self._omitted)),
        ]
        notes.sort(key=lambda note: (note.onset, note.pitch))
        bars = _bars(np.concatenate([self._performed[rows], self._omitted]))
        return Page(tuple(notes), bars, self.beats, self.downbeats)


def read_folder(path: Path | str) -> list[Recording]:
    """All performances of a folder, in the order of `performances.csv`."""
    folder = Path(path)
    performed = read_table(folder / "performed.npz")
    omitted = read_table(folder / "omitted.npz")
    beats = read_table(folder / "beats.npz")
    with open(folder / "performances.csv", newline="", encoding="utf-8") as file:
        return [
            _recording(
                folder,
                row,
                performed[_rows(row, "note")],
                omitted[_rows(row, "omitted")],
                beats[_rows(row, "beat")],
            )
            for row in csv.DictReader(file)
        ]


def match_played(performance: Performance, recording: Recording) -> dict[int, int]:
    """For each index into `performance.notes` the row of the table that is the same key press.

    Readers of one file may order the notes of a chord differently or mend an irregular one, so
    notes are paired by pitch, and by onset within `SAME_ONSET`. What has no row is left out.
    """
    rows_of_pitch: dict[int, list[int]] = defaultdict(list)
    for row in np.argsort(recording.onsets, kind="stable").tolist():
        rows_of_pitch[int(recording.pitches[row])].append(row)
    onsets_of_pitch = {p: recording.onsets[rows] for p, rows in rows_of_pitch.items()}
    row_of: dict[int, int] = {}
    used: dict[int, int] = defaultdict(int)  # rows of each pitch that are behind us
    for index, note in enumerate(performance.notes):
        rows = rows_of_pitch.get(note.pitch, [])
        start = bisect_left(
            onsets_of_pitch.get(note.pitch, ()), note.onset - SAME_ONSET, lo=used[note.pitch]
        )
        if start < len(rows) and recording.onsets[rows[start]] <= note.onset + SAME_ONSET:
            row_of[index] = rows[start]
            used[note.pitch] = start + 1
    return row_of


def _recording(
    folder: Path,
    row: dict[str, str],
    performed: np.ndarray,
    omitted: np.ndarray,
    beats: np.ndarray,
) -> Recording:
    beats = beats[~beats["irregular"]]
    return Recording(
        name=row["midi"].rsplit(".", 1)[0],
        score_name=row["score"].rsplit("/", 1)[0],
        composer=row["composer"],
        title=row["title"],
        robust=row["robust"] == "1",
        matched=float(row["matched"]),
        midi_path=row["midi"],
        score_path=row["score"],
        onsets=performed["onset"].astype(float),
        pitches=performed["pitch"].astype(int),
        beats=tuple(beats["time"].tolist()),
        downbeats=tuple(beats["time"][beats["downbeat"]].tolist()),
        folder=folder,
        _performed=performed,
        _omitted=omitted,
    )


def _rows(row: dict[str, str], table: str) -> slice:
    return slice(int(row[f"{table}_start"]), int(row[f"{table}_stop"]))


def read_table(path: Path) -> np.ndarray:
    """One file as a structured array: differences summed up, milliseconds turned into seconds."""
    columns = {}
    with np.load(path) as stored:
        for name in stored.files:
            column = stored[name]
            if name.startswith("d_"):
                name, column = name.removeprefix("d_"), np.cumsum(column, dtype=np.int64)
            if name in ("onset", "time") and column.dtype.kind in "iu":
                column = column / 1000
            columns[name] = column
    table = np.empty(
        len(next(iter(columns.values()))), [(name, c.dtype) for name, c in columns.items()]
    )
    for name, column in columns.items():
        table[name] = column
    return table


def _page_note(row: np.void, played: int | None) -> PageNote:
    grace = bool(row["flags"] & _GRACE)
    return PageNote(
        onset=_quarters(int(row["score_onset"])),
        length=_quarters(0 if grace else int(row["duration"])),
        pitch=int(row["pitch"]),
        step=_letter(row["step"]),
        alter=int(row["alter"]),
        octave=int(row["octave"]),
        staff=_staff(int(row["staff"])),
        voice=int(row["voice"]),
        played=played,
        grace=grace,
    )


def _staff(number: int) -> int:
    """Some scores number their staves 3 and 4."""
    return 2 - number % 2 if number > 2 else number


def _letter(step: bytes | int) -> str:
    """A note name, stored as a byte or as the byte's number."""
    return step.decode() if isinstance(step, bytes) else chr(step)


@cache
def _quarters(ticks: int) -> Fraction:
    return Fraction(ticks, TICKS)


def _bars(notes: np.ndarray) -> tuple[PageBar, ...]:
    """The bars in which the notes stand, and bars of rest in between."""
    places = np.stack(
        [
            notes["score_onset"] - notes["position"],
            *(notes[name] for name in ("measure_length", "beats", "beat_type", "fifths")),
        ],
        axis=1,
    ).astype(int)
    seen = dict(zip(places[:, 0].tolist(), places.tolist(), strict=True))
    rows = [seen[start] for start in sorted(seen)]
    return tuple(_page_bar(*row) for row in _with_rests(rows))


def _with_rests(rows: list[list[int]]) -> Iterable[list[int]]:
    """Bars as (start, length, ...), where a gap is filled with bars like the one before it.

    What is left over of the gap after whole bars is a short bar; a bar that would run into the
    next is cut.
    """
    for (start, length, *signature), (following, *_) in pairwise(rows):
        yield [start, min(length, following - start), *signature]
        at = start + length
        full = 4 * TICKS * signature[0] // signature[1]
        while at < following:
            yield [at, min(full, following - at), *signature]
            at += full
    yield from rows[-1:]


def _page_bar(start: int, length: int, beats: int, beat_type: int, fifths: int) -> PageBar:
    return PageBar(_quarters(start), _quarters(length), beats, beat_type, fifths)
