"""A performance with its ornaments folded: as it is written.

Times are seconds.
"""

from dataclasses import dataclass, replace

from engrave.music.note import Ornaments
from engrave.music.performance import Performance, PlayedNote


@dataclass(frozen=True, slots=True)
class Folded:
    """A performance as it is written: ornamented notes at full length, rolled chords at once.

    `kept` are the indices that its notes have in the whole performance; `graces` are the grace
    notes, counted in the new one.
    """

    performance: Performance
    kept: tuple[int, ...]
    graces: frozenset[int]


def fold(performance: Performance, ornaments: Ornaments) -> Folded:
    """Each sign as one note from its first press to its end, each rolled chord as of one moment.

    That is the mean of its onsets, where listeners who mark the beats put theirs too. Of a tremolo
    only the first chord is left, from beat to beat; of a glissando the first key, held up to the
    last, and this.
    """
    notes = performance.notes
    lasting = {sign.main: (sign.onset, sign.release) for sign in ornaments.signs}
    lasting |= {i: (t.onset, t.release) for t in ornaments.tremolos for i in t.chords[0]}
    lasting |= {a: (notes[a].onset, notes[b].onset) for a, *_, b in ornaments.glissandos}
    struck: dict[int, float] = {}
    for chord in ornaments.rolled:
        struck |= dict.fromkeys(chord, sum(notes[i].onset for i in chord) / len(chord))
    folded = {i for sign in ornaments.signs for i in sign.folded}
    folded |= {i for t in ornaments.tremolos for i in t.presses if i not in t.chords[0]}
    folded |= {i for run in ornaments.glissandos for i in run[1:-1]}
    presses = [
        (_as_written(replace(note, onset=struck.get(i, note.onset)), lasting.get(i)), i)
        for i, note in enumerate(notes)
        if i not in folded
    ]
    presses.sort(key=lambda press: (press[0].onset, press[0].pitch))
    kept = tuple(i for _, i in presses)
    place = {i: k for k, i in enumerate(kept)}
    return Folded(
        replace(performance, notes=tuple(note for note, _ in presses)),
        kept,
        frozenset(place[i] for i in ornaments.graces),
    )


def _as_written(note: PlayedNote, lasting: tuple[float, float] | None) -> PlayedNote:
    return note if lasting is None else replace(note, onset=lasting[0], release=lasting[1])
