"""Grace notes: keys touched shortly before the next note of their hand.

The note network's evidence decides, together with whether a press stands out by its speed (Gould,
*Behind Bars*, 2011, ch. 5: acciaccaturas). Times are seconds, intervals semitones; evidence is log
odds.
"""

from collections.abc import Sequence

import numpy as np

from engrave.listening.evidence import Evidence
from engrave.music.performance import PlayedNote, chord_starts

LONGEST_GRACE = 0.25  # seconds from a grace note to the note it leads to
GRACE_EVIDENCE = -0.5  # log odds above which a press is a grace note
LONE_GRACE_EVIDENCE = 3.0  # log odds added for a press that stands out by its speed:
# at most and at least so many seconds before its note,
LONGEST_LONE_GRACE, SHORTEST_LONE_GRACE = 0.11, 0.035
LEAST_SPEED_RATIO = 2.5  # so many times faster than the steps before and after,
WIDEST_INTERVAL = 2  # and within so many semitones of a note of the chord it leads to


def find_grace_notes(notes: Sequence[PlayedNote], hand: list[int], evidence: Evidence) -> set[int]:
    """Single presses that lead to another note of the hand."""
    odds = evidence.flag("grace")[hand]
    lone = _lone(notes, hand)
    found: set[int] = set()
    for k, i in enumerate(hand):
        if odds[k] + LONE_GRACE_EVIDENCE * (i in lone) <= GRACE_EVIDENCE:
            continue
        following = next(
            (
                hand[later]
                for later in range(k + 1, len(hand))
                if notes[hand[later]].onset > notes[i].onset
            ),
            None,
        )
        if following is None or notes[following].pitch == notes[i].pitch:
            continue
        if notes[following].onset - notes[i].onset <= LONGEST_GRACE:
            found.add(i)
    return found


def _lone(notes: Sequence[PlayedNote], hand: list[int]) -> set[int]:
    """Keys pressed much faster than anything around them, near to a note that is held longer."""
    members = [notes[i] for i in hand]
    starts = chord_starts(members, SHORTEST_LONE_GRACE)
    ends = [*starts[1:], len(members)]
    step = np.diff([members[i].onset for i in starts])
    found: set[int] = set()
    for k in range(len(step)):
        around = [step[j] for j in (k - 1, k + 1) if 0 <= j < len(step)]
        if ends[k] - starts[k] > 1 or step[k] > LONGEST_LONE_GRACE or not around:
            continue
        if min(around) < LEAST_SPEED_RATIO * step[k]:
            continue
        note, chord = members[starts[k]], members[starts[k + 1] : ends[k + 1]]
        distance = min(abs(other.pitch - note.pitch) for other in chord)
        longer = note.release - note.onset < chord[0].release - chord[0].onset
        if 0 < distance <= WIDEST_INTERVAL and longer:
            found.add(hand[starts[k]])
    return found
