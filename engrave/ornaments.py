"""Notes that take no time of their own: grace notes, played just before the note they lead to.

An acciaccatura is one key pressed much faster than anything around it, a step or a small leap
from the note it leads to, in the same hand (Gould, *Behind Bars*, 2011, ch. 5). Runs of fast
notes are left as notes.
"""

from collections.abc import Sequence

import numpy as np

from engrave.performance import Performance, chord_starts

LONGEST = 0.11  # seconds from a grace note to the note it leads to
SHORTEST = 0.035  # below this the two are one uneven chord
QUICKER = 2.5  # how many times faster than the steps before and after
WIDEST = 2  # semitones to the nearest note of the chord it leads to


def find_graces(performance: Performance, staff: Sequence[int]) -> frozenset[int]:
    """Indices of the played notes that are grace notes (`staff`: the hand of each note)."""
    graces: set[int] = set()
    for hand in set(staff):
        graces |= _of_hand(performance, [i for i, s in enumerate(staff) if s == hand])
    return frozenset(graces)


def _of_hand(performance: Performance, members: list[int]) -> set[int]:
    notes = [performance.notes[i] for i in members]
    starts = chord_starts(notes, SHORTEST)
    ends = [*starts[1:], len(notes)]
    onset = np.array([notes[i].onset for i in starts])
    step = np.diff(onset)
    found: set[int] = set()
    for k in range(len(starts) - 1):
        around = [step[j] for j in (k - 1, k + 1) if 0 <= j < len(step)]
        if ends[k] - starts[k] > 1 or step[k] > LONGEST or not around:
            continue
        if min(around) < QUICKER * step[k]:
            continue
        note, chord = notes[starts[k]], notes[starts[k + 1] : ends[k + 1]]
        distance = min(abs(other.pitch - note.pitch) for other in chord)
        if 0 < distance <= WIDEST and note.release - note.onset < chord[0].release - chord[0].onset:
            found.add(members[starts[k]])
    return found
