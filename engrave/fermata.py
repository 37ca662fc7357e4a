"""The fermata on the last chord, where the player lets it stand.

Half of all scores end with one. Of the last chords whose keys are held for three seconds, three in
four have a fermata in the score (127 scores of the (n)ASAP data set, one performance each); how
much longer than its value the chord is held says less. Within a piece long notes are rubato far
more often than fermatas, so none is written there.
"""

from collections.abc import Sequence

from engrave.grid import PlacedNote
from engrave.performance import Performance

HELD = 3.0  # seconds


def find_fermata(
    performance: Performance, notes: Sequence[PlacedNote], staff: Sequence[int]
) -> frozenset[int]:
    """The press whose chord takes the fermata: of the last one, on each staff the highest."""
    last = max((note.onset for note in notes if not note.grace), default=None)
    closing = [
        (number, note.pitch, note.played)
        for note, number in zip(notes, staff, strict=True)
        if note.onset == last and not note.grace
    ]
    played = [performance.notes[i] for _, _, i in closing]
    if not played or max(note.release - note.onset for note in played) < HELD:
        return frozenset()
    return frozenset(
        max((pitch, i) for number, pitch, i in closing if number == staff_number)[1]
        for staff_number in {number for number, _, _ in closing}
    )
