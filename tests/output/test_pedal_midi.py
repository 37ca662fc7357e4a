"""What feet do, as MIDI files made by hand, and what is written of it.

Quarter notes of one second, C3 with C5, eight of them; a line of moves is "seconds:depth".
"""

from fractions import Fraction
from io import BytesIO

import mido
import pytest

from engrave.midi.read import read_midi
from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.pedal.placement import mark_pedal
from tests.support.notes import on_staves

TICKS = 480  # a second: two quarters of MIDI's own tempo last as long
COUNT = 8
GRID = Grid((0.0, 10.0), (Fraction(0), Fraction(10)), (Bar(Fraction(0), Fraction(12), 12, 4),))
HOLD = 0.9  # seconds that a key is held


def make_midi(moves: str, channel: int = 0, first: float = 0.0) -> bytes:
    """The notes on channel 1 from second `first` on, and these moves of controller 64."""
    events = []
    for i in range(COUNT):
        for pitch in (48, 72):
            on = mido.Message("note_on", note=pitch, velocity=64)
            events += [(first + i, on), (first + i + HOLD, mido.Message("note_off", note=pitch))]
    for word in moves.split():
        time, depth = word.split(":")
        change = mido.Message("control_change", control=64, value=int(depth), channel=channel)
        events.append((float(time), change))
    track, now = mido.MidiTrack(), 0
    for time, message in sorted(events, key=lambda event: event[0]):
        tick = round(time * 2 * TICKS)
        track.append(message.copy(time=tick - now))
        now = tick
    file, content = mido.MidiFile(ticks_per_beat=TICKS), BytesIO()
    file.tracks.append(track)
    file.save(file=content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("what", "moves", "channel", "first", "expected"),
    [
        ("plain", "0.1:127 3.95:0", 0, 0, "0-4"),
        (
            "flutter between the notes",
            "0:127 1.40:50 1.42:90 1.44:30 1.46:80 1.48:55 1.50:127 4:0",
            *(0, 0, "0-4"),
        ),
        ("half pedal that damps nothing", "0:127 1.3:63 1.6:61 2.5:66 3.2:62 4:0", 0, 0, "0-4"),
        ("a foot that only rests", "0:30 1:55 2:63 3:20", 0, 0, ""),
        ("half pedal that damps", "0:127 2.05:40 2.15:80 4:0", 0, 0, "0-2 2-4"),
        ("late change", "0:127 2.15:0 2.4:127 4.12:0 4.3:127 6:0", 0, 0, "0-2 2-4 4-6"),
        ("early change", "0:127 1.93:0 1.98:127 4:0", 0, 0, "0-2 2-4"),
        ("never lifted", "2:127", 0, 0, "2-8"),
        ("pressed before the first note", "0.2:127 5:0", 0, 1, "0-4"),
        ("pressed and lifted before the first note", "0.2:127 0.7:0", 0, 1, ""),
        ("on another channel", "0.1:127 3.95:0", 5, 0, "0-4"),
        ("on the drums' channel", "0.1:127 3.95:0", 9, 0, ""),
        ("a tap", "1.50:127 1.56:0", 0, 0, ""),
    ],
)
def test_what_is_written(what: str, moves: str, channel: int, first: int, expected: str) -> None:
    performance = read_midi(make_midi(moves, channel, first))
    grid = Grid(tuple(t + first for t in GRID.times), GRID.quarters, GRID.bars)
    notes = [
        Note(i, note.pitch, Fraction(i // 2), Fraction(1))
        for i, note in enumerate(performance.notes)
    ]
    staves = [2 if note.pitch < 60 else 1 for note in notes]
    spans = mark_pedal(performance, on_staves(notes, staves), grid)
    assert " ".join(f"{span.start}-{span.stop}" for span in spans) == expected, what
