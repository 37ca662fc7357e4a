"""Until when each note sounds: the dampers fall when the key is up and the pedal, too.

A string that the pedal holds sounds on after its key is released, until the pedal lets the dampers
fall or the same key is struck again. A pedal pressed after the release comes too late. Times are
seconds, pedal depths 0-127 (MIDI 1.0: the pedal is down from 64 on).
"""

from bisect import bisect_right
from collections.abc import Sequence

from engrave.performance import PedalMove, Performance

DOWN = 64
# What is left of a piano string after so long is not heard any more.
LONGEST = 20.0


def sounding_ends(performance: Performance) -> list[float]:
    """For each note the time at which it falls silent, not before its release."""
    times = [move.time for move in performance.sustain]
    lifts = _lifts(performance.sustain)
    ends: list[float] = []
    struck: dict[tuple[int, int], float] = {}  # the next onset of each key of each player
    for note in reversed(performance.notes):
        end, key = note.release, (note.player, note.pitch)
        held = bisect_right(times, end) - 1
        pedalled = performance.players[note.player].pedalled
        if pedalled and held >= 0 and performance.sustain[held].depth >= DOWN:
            lift = bisect_right(lifts, end)
            end = lifts[lift] if lift < len(lifts) else note.onset + LONGEST
        again = struck.get(key, end)
        ends.append(max(note.release, min(end, again, note.onset + LONGEST)))
        struck[key] = note.onset
    return ends[::-1]


def _lifts(moves: Sequence[PedalMove]) -> list[float]:
    """When the pedal comes up past the point where the dampers touch."""
    depths = [0, *(move.depth for move in moves)]
    return [
        move.time
        for before, move in zip(depths, moves, strict=False)
        if before >= DOWN > move.depth
    ]
