"""Samples laid out as a folder of recordings with true scores, as `python -m bench` reads it."""

import csv
import dataclasses
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from engrave.music.grid import Grid
from engrave.music.note import KeySection
from engrave.music.performance import PIANO, PedalMove, Performance, PlayedNote
from engrave.music.score import Chord, Score
from engrave.music.values import KeySignature, NoteValue
from engrave.notation.measures import notate
from engrave.output.musicxml.document import write_musicxml
from samples import take
from samples.make import write_midi
from samples.performer import Take
from tests.support.notes import true_notes

TICKS = 10080  # to a quarter note
TYPES = ("256th", "128th", "64th", "32nd", "16th", "eighth", "quarter", "half", "whole", "breve")
LEFT_OUT = 5  # the note that every player forgets
COLUMNS = {
    **{"onset": "f4", "offset": "f4", "pitch": "u1", "velocity": "u1", "matched": "?"},
    **{"d_score_onset": "i4", "d_measure": "i2", "position": "i4", "duration": "i4", "step": "u1"},
    **{"alter": "i1", "octave": "i1", "staff": "u1", "voice": "u1", "type": "u1", "dots": "u1"},
    **{"actual": "u1", "normal": "u1", "flags": "u2", "beats": "u1", "beat_type": "u1"},
    **{"fifths": "i1", "measure_length": "i4"},
}
BEAT_COLUMNS = {
    **{"time": "f8", "downbeat": "?", "irregular": "?", "beats": "u1", "beat_type": "u1"},
    "fifths": "i1",
}
PEDAL_COLUMNS = {"time": "f4", "value": "u1", "soft": "?"}


def lay_out(folder: Path, names: list[str]) -> Path:
    """Write a folder with two performances of each sample, the second quicker than the first."""
    folder.mkdir(parents=True)
    tables: dict[str, list[dict]] = {"note": [], "omitted": [], "beat": [], "pedal": []}
    rows = []
    with ZipFile(folder / "midi.zip", "w") as midi, ZipFile(folder / "scores.zip", "w") as scores:
        for name in names:
            true = take(name)
            page = true_score(true)
            scores.writestr(f"{name}/score.musicxml", write_musicxml(page))
            for player, tempo in (("first", 1.0), ("second", 1.25)):
                played = at_tempo(true, tempo)
                row = {"midi": f"{name}/{player}.mid", "score": f"{name}/score.musicxml"}
                row |= {"composer": name.split("_")[0].title(), "title": name}
                row |= _add_rows(tables, played, page)
                rows.append(row | {"robust": 1, "matched": 1.0, "unparsed": 0})
                recorded = folder / "take.mid"
                write_midi(without(played, LEFT_OUT), recorded)
                midi.write(recorded, row["midi"])
                recorded.unlink()
    with open(folder / "performances.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    _write_table(folder / "performed.npz", tables["note"], COLUMNS)
    _write_table(folder / "omitted.npz", tables["omitted"], COLUMNS)
    _write_table(folder / "beats.npz", tables["beat"], BEAT_COLUMNS)
    _write_table(folder / "pedals.npz", tables["pedal"], PEDAL_COLUMNS)
    return folder


def true_score(true: Take) -> Score:
    """The score that was played from, as `engrave` would write it if it made no mistake."""
    key = KeySignature(true.piece.fifths, "minor" if true.piece.mode == "minor" else "major")
    return notate(true_notes(true), [PIANO], true.grid, [KeySection(Fraction(0), key)])


def at_tempo(true: Take, tempo: float) -> Take:
    """The same performance so many times as fast."""
    played = true.performance
    notes = [
        PlayedNote(n.onset / tempo, n.release / tempo, n.pitch, n.velocity) for n in played.notes
    ]
    sustain = [PedalMove(move.time / tempo, move.depth) for move in played.sustain]
    times = tuple(time / tempo for time in true.grid.times)
    return dataclasses.replace(
        true,
        performance=Performance(tuple(notes), tuple(sustain), source=played.source),
        grid=Grid(times, true.grid.quarters, true.grid.bars),
    )


def without(true: Take, index: int) -> Take:
    """The same performance with one note left out; its truth is that of all notes."""
    notes = true.performance.notes
    kept = dataclasses.replace(true.performance, notes=notes[:index] + notes[index + 1 :])
    return dataclasses.replace(true, performance=kept)


def _add_rows(tables: dict[str, list[dict]], true: Take, page: Score) -> dict[str, int]:
    """Add a performance to the tables; returns where its rows start and stop."""
    notes = [_note_row(true, page, i) for i in range(len(true.truth))]
    added = {
        "note": notes[:LEFT_OUT] + notes[LEFT_OUT + 1 :],
        "omitted": [notes[LEFT_OUT] | {"onset": 0, "offset": 0, "velocity": 0}],
        "beat": _beat_rows(true),
        "pedal": [{"time": m.time, "value": m.depth, "soft": 0} for m in true.performance.sustain],
    }
    bounds = {}
    for table, rows in added.items():
        bounds[f"{table}_start"] = len(tables[table])
        tables[table] += rows
        bounds[f"{table}_stop"] = len(tables[table])
    return bounds


def _note_row(true: Take, page: Score, index: int) -> dict:
    played, note = true.performance.notes[index], true.truth[index]
    number = true.grid.bar_at(note.onset)
    bar = true.grid.bars[number]
    value = _first_value(page, index)
    return {
        **{"onset": played.onset, "offset": played.release, "pitch": played.pitch},
        **{"velocity": played.velocity, "matched": True, "flags": int(note.grace)},
        **{"d_score_onset": _ticks(note.onset), "d_measure": number},
        **{"position": _ticks(note.onset - bar.start), "duration": _ticks(note.length)},
        **{"step": ord(note.pitch.step), "alter": note.pitch.alter, "octave": note.pitch.octave},
        **{"staff": note.staff, "voice": note.voice, "type": TYPES.index(value.type) + 1},
        **{"dots": value.dots, "actual": value.actual, "normal": value.normal},
        **{"beats": bar.beats, "beat_type": bar.beat_type, "fifths": true.piece.fifths},
        "measure_length": _ticks(bar.length),
    }


def _first_value(page: Score, played: int) -> NoteValue:
    """The note value of the first head that writes a key press."""
    return next(
        event.value
        for measure in page.parts[0].measures
        for voice in measure.voices
        for event in voice.events
        if isinstance(event, Chord) and any(played in head.played for head in event.heads)
    )


def _beat_rows(true: Take) -> list[dict]:
    rows = []
    starts = {bar.start for bar in true.grid.bars if bar.length == bar.full_length}
    for time, quarter in zip(true.grid.times, true.grid.quarters, strict=True):
        bar = true.grid.bars[true.grid.bar_at(quarter)]
        row = {"time": time, "downbeat": quarter in starts, "irregular": False}
        row |= {"beats": bar.beats, "beat_type": bar.beat_type, "fifths": true.piece.fifths}
        rows.append(row)
    return rows


def _ticks(quarters: Fraction) -> int:
    assert (quarters * TICKS).denominator == 1
    return int(quarters * TICKS)


def _write_table(path: Path, rows: list[dict], columns: dict[str, str]) -> None:
    """Columns side by side; those whose name begins with `d_` as first differences."""
    stored = {}
    for name, kind in columns.items():
        values = np.array([row[name] for row in rows], dtype="f8")
        if name.startswith("d_"):
            values = np.diff(values, prepend=0)
        stored[name] = values.astype(kind)
    np.savez_compressed(path, **stored)
