"""The peers, each on a scale of eight notes that is played quite evenly."""

import io
import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import mido
import numpy as np
import pytest

from bench.pages.page import Page, PageBar, PageNote
from bench.pages.read_musicxml import read_page
from bench.pages.to_midi import sounding_notes, write_score_midi
from bench.systems import systems
from bench.systems.systems import OWN_WEIGHTS, PEERS, PeerError, command, import_midi
from samples import FOLDER

pytestmark = pytest.mark.slow

# C major, one octave up, in quarter notes: two bars of 4/4, and a C an octave lower under each bar.
SCALE = ((60, "C", 4), (62, "D", 4), (64, "E", 4), (65, "F", 4), (67, "G", 4), (69, "A", 4))
SCALE += ((71, "B", 4), (72, "C", 5))
BARS = tuple(PageBar(Fraction(start), Fraction(4), 4, 4, 0) for start in (0, 4))


def systems_called(names: Iterable[str]) -> pytest.MarkDecorator:
    """A test for each of them; the two that start MuseScore say so."""
    marks = {"musescore": pytest.mark.program, "ceiling": pytest.mark.program}
    systems = [pytest.param(name, marks=marks.get(name, ())) for name in names]
    return pytest.mark.parametrize("system", systems)


peers = systems_called(PEERS)
programs = systems_called(("musescore", "music21", "partitura"))


@pytest.fixture(autouse=True)
def what_is_started(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("program"):
        request.getfixturevalue("musescore3")


def page_note(onset, length, spelled: tuple[int, str, int], staff, played=None) -> PageNote:
    """A note, or of no length a grace note; `spelled` are the pitch in MIDI, step and octave."""
    pitch, step, octave = spelled
    onset, length = Fraction(onset), Fraction(length)
    return PageNote(onset, length, pitch, step, 0, octave, staff, staff, played, not length)


@pytest.fixture
def truth() -> Page:
    upper = [page_note(i, 1, spelled, 1) for i, spelled in enumerate(SCALE)]
    lower = [page_note(start, 4, (36, "C", 2), 2) for start in (0, 4)]
    notes = sorted(upper + lower, key=lambda note: (note.onset, note.pitch))
    played = [
        page_note(n.onset, n.length, (n.pitch, n.step, n.octave), n.staff, i)
        for i, n in enumerate(notes)
    ]
    return Page(tuple(played), BARS)


class Take:
    """What the peers need of a recording: here the score itself, played exactly."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.midi = write_score_midi(page)
        self.onsets = np.array([float(note.onset) / 2 for note in page.notes])
        self.pitches = np.array([note.pitch for note in page.notes])


@peers
def test_every_note_finds_its_key_press(system, truth, tmp_path):
    page = PEERS[system](Take(truth), tmp_path)
    assert [note.played for note in page.notes] == list(range(10))
    assert [note.pitch for note in page.notes] == [note.pitch for note in truth.notes]
    assert list(tmp_path.iterdir()) == []
    assert bool(page.beats) == bool(page.downbeats) == (system in OWN_WEIGHTS)


def test_the_ceiling_of_an_even_scale_is_the_true_score(truth, tmp_path, musescore3):
    page = PEERS["ceiling"](Take(truth), tmp_path)
    assert page.bars == BARS
    for found, true in zip(page.notes, truth.notes, strict=True):
        assert (found.onset, found.length, found.staff) == (true.onset, true.length, true.staff)


@programs
def test_a_program_reads_a_sample(system, tmp_path):
    midi = (FOLDER / "old_hundredth.mid").read_bytes()
    page = read_page(import_midi(system, midi, tmp_path))
    struck = sum(
        m.type == "note_on" and m.velocity > 0 for m in mido.MidiFile(file=io.BytesIO(midi))
    )
    assert abs(len(page.notes) - struck) <= struck / 20


@programs
def test_what_is_no_midi_file_is_one_clear_line(system, tmp_path):
    with pytest.raises(PeerError, match=f"^{system} ended with status 1: [^\n]+$"):
        import_midi(system, b"no MIDI file", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_writes_nothing_has_failed(monkeypatch, tmp_path):
    complain = [sys.executable, "-c", "import sys; print('no, thanks', file=sys.stderr)"]
    monkeypatch.setattr(systems, "command", lambda *_: complain)
    with pytest.raises(PeerError, match=r"^music21 wrote no file: no, thanks$"):
        import_midi("music21", b"", tmp_path)


def test_a_program_that_takes_too_long_is_stopped(monkeypatch, tmp_path):
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(systems, "command", lambda *_: sleep)
    with pytest.raises(PeerError, match=r"^music21 was stopped after 0\.5 seconds$"):
        import_midi("music21", b"", tmp_path, limit=0.5)
    assert list(tmp_path.iterdir()) == []


def test_no_program_of_that_name():
    with pytest.raises(ValueError, match="ceiling"):
        command("ceiling", Path("a.mid"), Path("a.musicxml"))


def test_score_midi_is_exact():
    """A grace note before the second beat; a C that is struck again while it is held."""
    page = Page(
        (
            page_note(0, 4, (60, "C", 4), 1, 0),
            page_note(1, 0, (62, "D", 4), 1, 1),
            page_note(1, Fraction(1, 3), (64, "E", 4), 1, 2),
            page_note(2, 1, (60, "C", 4), 1, 3),
            page_note(3, 1, (65, "F", 4), 1),  # was left out by the player
        ),
        (PageBar(Fraction(0), Fraction(4), 4, 4, -2),),
    )
    assert [note.played for _, note in sounding_notes(page)] == [0, 1, 2, 3]
    midi = mido.MidiFile(file=io.BytesIO(write_score_midi(page)))
    assert midi.ticks_per_beat == 480
    now, events = 0, []
    for message in midi.tracks[0]:
        now += message.time
        if message.type in ("note_on", "note_off"):
            events.append((now, message.type, message.note))
    assert events == [
        (0, "note_on", 60),
        (420, "note_on", 62),
        (480, "note_off", 62),
        (480, "note_on", 64),
        (640, "note_off", 64),
        (960, "note_off", 60),
        (960, "note_on", 60),
        (1440, "note_off", 60),
    ]
    keys = [m.key for m in midi.tracks[0] if m.type == "key_signature"]
    assert keys == ["Bb"]
