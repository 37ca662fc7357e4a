"""On how many staves each player's music stands.

A pianist has two, and so has whoever plays with both hands. What is one line throughout and for one
hand is written on one staff, whatever plays it: a second one would hold nothing but rests.

Times are seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engrave.instruments import KEYBOARDS
from engrave.performance import Instrument, Performance, PlayedNote

TOGETHER = 0.02  # share of the notes of a line that may sound against another,
OVERLAP = 0.5  # for more than so much of the shorter one: legato overlaps a little
ASIDE = 0.1  # share of its notes that the other hand may have taken


@dataclass(frozen=True, slots=True)
class Staves:
    """The hand of each note as it is written, and the players with the staves that they take.

    Of player k (from 0) hand 2k + 1 is written on the upper or only staff, 2k + 2 on the lower one.
    """

    hands: tuple[int, ...]
    players: tuple[Instrument, ...]


def lay_staves(performance: Performance, hands: Sequence[int]) -> Staves:
    """The staves of all players; `hands` are those of `split_hands`."""
    written = list(hands)
    players = []
    for k, player in enumerate(performance.players):
        own = performance.played_by(k)
        left = sum(hands[i] == 2 * k + 2 for i in own)
        staves = player.staves
        if player.program not in KEYBOARDS and left in (0, len(own)):
            staves = 1
        if min(left, len(own) - left) <= ASIDE * len(own) and _is_line(
            [performance.notes[i] for i in own]
        ):
            staves = 1
        if staves == 1:
            for i in own:
                written[i] = 2 * k + 1
        players.append(replace(player, staves=staves))
    return Staves(tuple(written), tuple(players))


def _is_line(notes: Sequence[PlayedNote]) -> bool:
    """Whether hardly ever two of the notes sound together."""
    against = 0
    for note, after in pairwise(notes):
        shorter = min(note.release - note.onset, after.release - after.onset)
        against += note.release - after.onset > OVERLAP * shorter
    return against <= TOGETHER * len(notes)
