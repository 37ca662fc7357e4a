"""The music to learn from, as the tables of a data folder hold it (README.md says what is in them).

Times in seconds; places in the score in whole numbers, 10080 to the quarter note.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mido
import numpy as np

from engrave.music.values import STEPS_BY_FIFTHS

QUARTER = 10080
# Licences that cannot be kept beside CC BY-NC-SA, or are not sure.
MEASURE_ONLY = ("CC BY-SA", "public domain by its README only")
MIN_MATCHED = 0.8  # a performance of which less plays the score is left out
SCORE_FIELDS = np.dtype(
    [
        ("score_onset", "i8"),
        ("measure", "i8"),
        ("position", "i8"),
        ("duration", "i8"),
        ("pitch", "i2"),
        ("step", "S1"),
        ("alter", "i1"),
        ("octave", "i1"),
        ("staff", "u1"),
        ("voice", "u1"),
        ("flags", "u2"),
        ("beats", "u1"),
        ("beat_type", "u1"),
        ("fifths", "i1"),
        ("measure_length", "i8"),
    ]
)


def table(path: Path) -> np.ndarray:
    """One .npz file as a structured array; `onset`, `offset`, `time` in seconds."""
    columns = {}
    with np.load(path) as archive:
        for name in archive.files:
            column = archive[name]
            if name.startswith("d_"):
                name, column = name[2:], np.cumsum(column, dtype="i8")
            columns[name] = column
    for name in ("onset", "time"):
        if name in columns and columns[name].dtype.kind == "i":
            columns[name] = columns[name] / 1000
    if "held" in columns:
        columns["offset"] = columns["onset"] + columns.pop("held") / 1000
    if "step" in columns:
        columns["step"] = columns["step"].astype("u1").view("S1")
    rows = np.empty(
        len(next(iter(columns.values()))), [(name, c.dtype) for name, c in columns.items()]
    )
    for name, column in columns.items():
        rows[name] = column
    return rows


def performances(folder: Path) -> Iterator[dict[str, Any]]:
    """The performances of a folder: the row of `performances.csv`, with the rows of each table."""
    names = {"note": "performed", "omitted": "omitted", "beat": "beats", "pedal": "pedals"}
    tables = {key: table(folder / f"{name}.npz") for key, name in names.items()}
    with open(folder / "performances.csv", newline="") as file:
        for row in csv.DictReader(file):
            parts = {
                name: tables[key][int(row[f"{key}_start"]) : int(row[f"{key}_stop"])]
                for key, name in zip(names, ("notes", "omitted", "beats", "pedals"), strict=True)
            }
            parts["notes"]["staff"] = _upper_or_lower(parts["notes"]["staff"])
            yield {**row, **parts}


def trusted(row: dict[str, Any]) -> bool:
    """Whether the alignment of a performance can be learned from."""
    return float(row["matched"]) >= MIN_MATCHED and row["robust"] == "1" and len(row["beats"]) > 8


def songs(folder: Path) -> Iterator[np.ndarray]:
    """The scores of a folder without performances (`notes.npz`, `scores.csv`).

    Where the table names licences, scores are left out from which these weights may not learn.
    """
    rows = table(folder / "notes.npz")
    with open(folder / "scores.csv", newline="") as file:
        for song in csv.DictReader(file):
            if not song.get("licence", "").startswith(MEASURE_ONLY):
                yield _score_rows(rows[int(song["note_start"]) : int(song["note_stop"])])


def score_of(row: dict[str, Any]) -> np.ndarray:
    """The score that a performance plays, as far as it was played."""
    return _score_rows(row["notes"][row["notes"]["matched"].astype(bool)])


def _score_rows(rows: np.ndarray) -> np.ndarray:
    out = np.zeros(len(rows), SCORE_FIELDS)
    for name in SCORE_FIELDS.names or ():
        out[name] = rows[name]
    out["staff"] = _upper_or_lower(out["staff"])
    return np.sort(out, order=["score_onset", "pitch"])


def _upper_or_lower(staff: np.ndarray) -> np.ndarray:
    """Staves above 2, as some scores number them: odd ones are upper staves, even ones lower."""
    return np.where(staff > 2, 2 - staff % 2, staff)


def pop_songs(folder: Path) -> Iterator[np.ndarray]:
    """The songs of a zip of MIDI files on a grid of 24 places a beat: score rows without hands.

    Spelling, staff and voice are not known there: step is empty, staff and voice are 0.
    """
    with zipfile.ZipFile(folder / "midi.zip") as archive:
        for name in sorted(archive.namelist()):
            rows = _rows_of_song(mido.MidiFile(file=io.BytesIO(archive.read(name))))
            if rows is not None:
                yield rows


def _rows_of_song(song: mido.MidiFile) -> np.ndarray | None:
    ticks = song.ticks_per_beat
    meters: list[tuple[int, int, int]] = []
    fifths = 0
    for time, message in _timed(song.tracks[0]):
        if message.type == "time_signature":
            meters.append((time, message.numerator, message.denominator))
        elif message.type == "key_signature":
            fifths = _fifths(message.key)
    if not meters:
        return None
    grid = ticks // 24
    notes = sorted(
        (round(a / grid), p, max(1, round((b - a) / grid))) for a, b, p in _keys(song.tracks[1])
    )
    rows = np.zeros(len(notes), SCORE_FIELDS)
    place, pitch, length = (np.array(column) * 1 for column in zip(*notes, strict=True))
    onset = place * (QUARTER // 24)
    rows["score_onset"], rows["pitch"], rows["duration"] = onset, pitch, length * (QUARTER // 24)
    rows["fifths"] = fifths
    measure = 0
    for (time, beats, beat_type), following in zip(meters, [*meters[1:], None], strict=True):
        start = round(time / grid) * (QUARTER // 24)
        stop = round(following[0] / grid) * (QUARTER // 24) if following else onset.max() + 1
        bar = 4 * QUARTER * beats // beat_type
        inside = (onset >= start) & (onset < stop)
        rows["measure"][inside] = measure + (onset[inside] - start) // bar
        rows["position"][inside] = (onset[inside] - start) % bar
        rows["beats"][inside], rows["beat_type"][inside] = beats, beat_type
        rows["measure_length"][inside] = bar
        measure += -(-(stop - start) // bar)
    return rows


def _timed(track: mido.MidiTrack) -> Iterator[tuple[int, mido.Message]]:
    time = 0
    for message in track:
        time += message.time
        yield time, message


def _keys(track: mido.MidiTrack) -> Iterator[tuple[int, int, int]]:
    """(press, release, pitch) of each note, in ticks."""
    down: dict[int, int] = {}
    for time, message in _timed(track):
        if message.type in ("note_on", "note_off"):
            if message.note in down:
                yield down.pop(message.note), time, message.note
            if message.type == "note_on" and message.velocity:
                down[message.note] = time


def _fifths(key: str) -> int:
    """Sharps of a key signature by its name ("Eb", "F#m")."""
    minor = key.endswith("m")
    name = key.removesuffix("m")
    return STEPS_BY_FIFTHS.index(name[0]) - 1 + 7 * (name.count("#") - name.count("b")) - 3 * minor
