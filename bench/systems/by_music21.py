"""What music21 makes of a performance: its MIDI import with quantizing, written as MusicXML.

    python bench/systems/by_music21.py TAKE.mid TAKE.musicxml

A program of its own, so that it can be stopped: long pieces take it minutes.
"""

import sys

from music21 import converter


def main(source: str, target: str) -> None:
    """Write the MIDI file `source` as MusicXML the way music21 does by itself."""
    # forceSource: not the copy of an earlier reading that music21 may have kept.
    score = converter.parse(source, format="midi", forceSource=True, quantizePost=True)
    score.write("musicxml", fp=target)


if __name__ == "__main__":
    main(*sys.argv[1:])
