"""Glissandos: a finger swept over the white or the black keys, written as a line between two notes.

It goes in one direction, leaves out hardly a key, and is faster than fingers play a scale: in one
performance each of the (n)ASAP train scores runs over eight or more natural keys reach 17 keys a
second, glissandos (Balakirev, Ravel) 21 to 39 (Gould, *Behind Bars*, 2011, ch. 4, "Glissando"). The
line leads from the first key to the last; the keys between stand behind it. In doubt the notes are
written.

Times are seconds.
"""

from collections.abc import Iterator, Sequence

from engrave.music.performance import PlayedNote

FEWEST_KEYS = 10  # keys of a glissando, at least
FASTEST_SCALE = 18.0  # keys a second: no scale is as fast (docs/experiments.md)
LONGEST_STEP = 0.1  # seconds from key to key
LARGEST_SKIP = 2  # keys of one colour: one of them may fail to sound
WHITE_KEYS = (0, 2, 4, 5, 7, 9, 11)
# The index of each key among the white or the black ones.
RANK_IN_COLOUR = {
    colour: {
        key: rank
        for rank, key in enumerate(k for k in range(128) if (k % 12 in WHITE_KEYS) is colour)
    }
    for colour in (True, False)
}


def find_glissandos(notes: Sequence[PlayedNote], hand: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The presses (indices) of each glissando of a hand, in order."""
    k = 0
    while k < len(hand):
        run = max((_sweep(notes, hand, k, direction) for direction in (1, -1)), key=len)
        lasting = notes[run[-1]].onset - notes[run[0]].onset
        if len(run) >= FEWEST_KEYS and len(run) - 1 > FASTEST_SCALE * lasting:
            yield tuple(run)
            k += 1  # its last key begins no other one
        k += max(len(run) - 1, 1)


def _sweep(
    notes: Sequence[PlayedNote], hand: Sequence[int], start: int, direction: int
) -> list[int]:
    """The presses from index `start` of the hand on that go one way over keys of one colour."""
    run = [hand[start]]
    rank = RANK_IN_COLOUR[notes[hand[start]].pitch % 12 in WHITE_KEYS]
    for i in (hand[k] for k in range(start + 1, len(hand))):
        before, note = notes[run[-1]], notes[i]
        steps = direction * (rank.get(note.pitch, -1) - rank[before.pitch])
        known = note.pitch in rank
        if not (known and 0 < steps <= LARGEST_SKIP and note.onset - before.onset <= LONGEST_STEP):
            break
        run.append(i)
    return run
