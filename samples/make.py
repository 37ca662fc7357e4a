"""Make the samples: `python samples/make.py [--out DIR]`.

Each piece (a text file in this folder) is played and written as a digital piano records it: the
file's tempo is a fixed 120 and its ticks know nothing of the beat. Then `engrave` listens to the
file and writes what it makes of it.
"""

import argparse
import sys
from pathlib import Path

from pretty_midi import ControlChange, Instrument, Note, PrettyMIDI

FOLDER = Path(__file__).resolve().parent
if str(FOLDER.parent) not in sys.path:  # run as a program, not imported
    sys.path.insert(0, str(FOLDER.parent))

import engrave  # noqa: E402
from samples import names, take  # noqa: E402
from samples.performer import Take  # noqa: E402

SUSTAIN = 64  # controller number
WRITTEN = (".musicxml", ".svg")  # what is kept of each score


def write_midi(played: Take, path: Path) -> None:
    """Write a performance as a MIDI file with one piano track, named after the piece."""
    midi = PrettyMIDI(resolution=480, initial_tempo=120)
    piano = Instrument(program=0, name=played.piece.title)
    performance = played.performance
    piano.notes = [Note(n.velocity, n.pitch, n.onset, n.release) for n in performance.notes]
    piano.control_changes = [ControlChange(SUSTAIN, m.depth, m.time) for m in performance.sustain]
    midi.instruments.append(piano)
    midi.write(str(path))


def main() -> None:
    """Write the samples and their scores into a folder."""
    parser = argparse.ArgumentParser(description="Make the samples and their scores.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder (default: this one)")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        midi = folder / f"{name}.mid"
        write_midi(take(name), midi)
        score = engrave.transcribe(midi)
        for suffix in WRITTEN:
            score.save(midi.with_suffix(suffix))


if __name__ == "__main__":
    main()
