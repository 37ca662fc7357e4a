"""The systems that are compared: `engrave`, what a user would use instead, and a ceiling.

Each turns a recording into a page whose notes know their key press (`played`: the row of the
recording); a note that writes none of them has None. All but `ceiling` are programs from MIDI to
MusicXML, and judged by the file that they write.

- `musescore`: MuseScore 3's own import of the raw MIDI.
- `music21`: its quantizing import (see by_music21.py).
- `partitura`: its estimators put together (see by_partitura.py).
- `ceiling`: the true score as MIDI, every played note exactly in its place, imported by MuseScore:
  what a perfect quantization would come to.
- `engrave`: this project; it also says when the beats were played.
- `engrave-free`: the same with `--weights free`.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

import engrave
from bench.pages.align import align_to_performance
from bench.pages.own import read_own_page
from bench.pages.page import Page
from bench.pages.read_musicxml import read_page
from bench.pages.to_midi import TEMPO, sounding_notes, write_score_midi
from bench.pages.truth import Recording
from bench.report.table import FREE, OWN
from engrave.output.musicxml.document import write_musicxml

MUSESCORE = ("musescore3", "mscore3")
OWN_WEIGHTS = {OWN: "full", FREE: "free"}
HERE = Path(__file__).parent
LIMIT = 600.0  # seconds for one start of a program


class PeerError(RuntimeError):
    """A system made no page of a recording; the message is one line."""


Peer = Callable[[Recording, Path], Page]


def command(system: str, source: Path, target: Path) -> list[str]:
    """The words that start a system as a program from the MIDI file `source` to MusicXML.

    MuseScore keeps its settings beside `target`, so that nobody's own are read or written.
    """
    by_script = {"music21": "by_music21.py", "partitura": "by_partitura.py"}
    if system in by_script:
        return [sys.executable, str(HERE / by_script[system]), str(source), str(target)]
    if system in OWN_WEIGHTS:
        words = [str(source), "-o", str(target), "--weights", OWN_WEIGHTS[system]]
        return [sys.executable, "-m", "engrave", *words]
    if system == "musescore":
        home = target.resolve().parent
        settings = [f"HOME={home}", f"XDG_RUNTIME_DIR={home}", "QT_QPA_PLATFORM=offscreen"]
        program = next(filter(None, map(shutil.which, MUSESCORE)), None)
        if program is None:
            raise PeerError(f"none of {', '.join(MUSESCORE)} is installed")
        return ["env", *settings, "LANG=C.UTF-8", program, "-o", str(target), str(source)]
    raise ValueError(f"no program is called {system!r}")


def import_midi(system: str, midi: bytes, folder: Path, limit: float = LIMIT) -> bytes:
    """The MusicXML that a program (see `command`) makes of a MIDI file; leaves nothing in `folder`.

    Raises PeerError if it fails, takes longer than `limit` seconds or writes nothing.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        source, target = Path(name) / "take.mid", Path(name) / "take.musicxml"
        source.write_bytes(midi)
        said = _run(system, command(system, source, target), limit)
        if not target.exists():
            raise PeerError(f"{system} wrote no file: {said}")
        return target.read_bytes()


def _run(system: str, words: list[str], limit: float) -> str:
    """Run a program and all that it starts; returns the last line of what it complained of."""
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=HERE.parent,
    )
    try:
        complaints = process.communicate(timeout=limit)[1].decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise PeerError(f"{system} was stopped after {limit:g} seconds") from None
    said = next((line for line in reversed(complaints.splitlines()) if line.strip()), "")
    if process.returncode:
        raise PeerError(f"{system} ended with status {process.returncode}: {said}")
    return said


def _by_program(system: str) -> Peer:
    def peer(recording: Recording, folder: Path) -> Page:
        page = _read(system, import_midi(system, recording.midi, folder))
        return align_to_performance(page, recording.onsets, recording.pitches)

    return peer


def _read(system: str, xml: bytes) -> Page:
    try:
        return read_page(xml)
    except Exception as error:  # whatever a stranger's file leads to is that program's failure
        reason = " ".join(str(error).split())
        raise PeerError(f"{system} wrote a file that cannot be read: {reason}") from error


def _own(system: str) -> Peer:
    def peer(recording: Recording, _folder: Path) -> Page:
        score = engrave.transcribe(recording.midi, weights=OWN_WEIGHTS[system])
        return read_own_page(score, write_musicxml(score), recording)

    return peer


def _ceiling(recording: Recording, folder: Path) -> Page:
    truth = recording.page
    page = _read("ceiling", import_midi("musescore", write_score_midi(truth), folder))
    sounding = sounding_notes(truth)
    onsets = np.array([float(start) for start, _ in sounding]) * TEMPO / 1e6
    pitches = np.array([note.pitch for _, note in sounding], int)
    aligned = align_to_performance(page, onsets, pitches)
    notes = (
        note if note.played is None else replace(note, played=sounding[note.played][1].played)
        for note in aligned.notes
    )
    return replace(aligned, notes=tuple(notes))


PEERS: dict[str, Peer] = {
    **{system: _own(system) for system in OWN_WEIGHTS},
    "musescore": _by_program("musescore"),
    "music21": _by_program("music21"),
    "partitura": _by_program("partitura"),
    "ceiling": _ceiling,
}
