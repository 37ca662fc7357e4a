"""Turn a piano performance (MIDI) into sheet music.

    import engrave

    score = engrave.transcribe("take.mid")
    score.save("take.musicxml")

What the user knows can be stated: `meter="3/4"`, `tempo=72`, `beats="taps.txt"`, `key="g minor"`.
"""

import engrave.cli.startup  # noqa: F401 - before anything that takes time to load

# isort: split

from engrave.api import Score, transcribe
from engrave.midi.smf import MidiError
from engrave.music.grid import Tap
from engrave.options import read_taps
from engrave.output.pdf import TooTallError

__version__ = "0.1.0"
__all__ = ["MidiError", "Score", "Tap", "TooTallError", "read_taps", "transcribe"]
