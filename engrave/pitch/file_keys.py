"""Key signatures that a MIDI file states, where the notes do not contradict them.

C major is what a program writes by default, so it must suit the notes nearly as well as the best
signature does, and the notes may not change key in a file that states nothing else: of 301 scores
in C without another signature none is lost by that, and of 88 that have one 7 are found. Any other
signature was chosen deliberately and may suit the notes less.

Signatures are counted in fifths (-3: three flats), positions in quarter notes of the grid.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from engrave.music.grid import Grid, seconds_at
from engrave.music.note import KeySection, Note
from engrave.music.performance import FileGrid
from engrave.music.values import KeySignature
from engrave.pitch.key_changes import PROFILE, SIGNATURES, find_key_sections
from engrave.pitch.keys import MODES, PitchSequence, find_key

# Mean log likelihood per note by which another signature must be better to contradict the stated
# one: any signature, and C major, the default of programs.
CONTRADICTING_GAIN, CONTRADICTING_GAIN_OF_DEFAULT = 0.3, 0.05


def find_file_keys(notes: Sequence[Note], file: FileGrid, grid: Grid) -> tuple[KeySection, ...]:
    """The key signatures of a file, if it states any and the notes do not contradict them.

    Otherwise none. `notes` are those that lie on its grid, at least one.
    """
    ordered = sorted(notes, key=lambda note: (note.onset, note.pitch))
    seconds = seconds_at(np.array([key.quarter for key in file.keys]), file)
    starts = [
        grid.bars[grid.bar_at(_position(quarter))].start for quarter in grid.quarter_at(seconds)
    ]
    sections: dict[Fraction, KeySection] = {}
    for start, key in zip(starts, file.keys, strict=True):
        sections[start] = KeySection(start, KeySignature(key.fifths, MODES[key.minor]))
    if not sections or min(sections) != 0:
        return ()
    found = sorted(sections.values(), key=lambda section: section.start)
    found = [s for k, s in enumerate(found) if not k or s.key.fifths != found[k - 1].key.fifths]
    ends = [*(section.start for section in found[1:]), None]
    for section, end in zip(found, ends, strict=True):
        inside = [n for n in ordered if n.onset >= section.start and (end is None or n.onset < end)]
        if inside and not _suits(section.key.fifths, PitchSequence.of(inside)):
            return ()
    fifths = [found[0].key.fifths]
    if fifths == [0] and len(found) == 1 and len(find_key_sections(ordered, grid.bars)) > 1:
        return ()
    if not any(key.minor for key in file.keys):  # many programs never say minor
        found[0] = KeySection(found[0].start, find_key(PitchSequence.of(ordered), fifths))
    return tuple(found)


def _position(quarter: float) -> Fraction:
    return Fraction(round(quarter * 4), 4)


def _suits(fifths: int, sequence: PitchSequence) -> bool:
    """Whether no other signature suits the notes much better than this one."""
    heard = np.bincount(sequence.pitch_class, sequence.weight, 12)
    degrees = np.log(PROFILE)
    suits = {int(k): float(heard @ np.roll(degrees, 7 * k) / heard.sum()) for k in SIGNATURES}
    return max(suits.values()) - suits[fifths] <= (
        CONTRADICTING_GAIN if fifths else CONTRADICTING_GAIN_OF_DEFAULT
    )
