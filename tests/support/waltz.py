"""A waltz to be read, and the command `engrave` as a program of its own."""

import os
import sys
from io import BytesIO
from pathlib import Path

import mido

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "engrave"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def make_waltz(bars: int = 12) -> bytes:
    """A waltz at 120: bass on one, chords on two and three, a dotted half above."""
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for bar in range(bars):
        root = (43, 48, 50, 43)[bar % 4]
        strokes = [(root, root + 24), (root + 16, root + 19), (root + 16, root + 19)]
        for beat, keys in enumerate(strokes):
            velocity = 80 if beat == 0 else 50
            track.extend(mido.Message("note_on", note=key, velocity=velocity) for key in keys)
            for place, key in enumerate(keys):
                track.append(mido.Message("note_off", note=key, time=0 if place else 480))
    content = BytesIO()
    file.save(file=content)
    return content.getvalue()


WALTZ = make_waltz()


def list_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
