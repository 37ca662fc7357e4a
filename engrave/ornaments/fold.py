"""Folding of ornaments: key presses become the notes that are written for them.

Times are seconds.
"""

from engrave.music.note import FoldedNote, Ornaments
from engrave.music.performance import Performance


def fold_ornaments(performance: Performance, ornaments: Ornaments) -> tuple[FoldedNote, ...]:
    """Each sign as one note from its first press to its end, each rolled chord at one moment.

    That is the mean of its onsets, where listeners who mark the beats put theirs too. Of a tremolo
    only the first chord is left, from beat to beat; of a glissando the first key, held up to the
    last, and this. The notes are sorted by onset, then pitch.
    """
    notes = performance.notes
    lasting = {sign.main: (sign.onset, sign.release) for sign in ornaments.signs}
    lasting |= {i: (t.onset, t.release) for t in ornaments.tremolos for i in t.chords[0]}
    lasting |= {a: (notes[a].onset, notes[b].onset) for a, *_, b in ornaments.glissandos}
    struck: dict[int, float] = {}
    for chord in ornaments.arpeggios:
        struck |= dict.fromkeys(chord, sum(notes[i].onset for i in chord) / len(chord))
    folded = {i for sign in ornaments.signs for i in sign.folded}
    folded |= {i for t in ornaments.tremolos for i in t.presses if i not in t.chords[0]}
    folded |= {i for run in ornaments.glissandos for i in run[1:-1]}
    written = []
    for i, note in enumerate(notes):
        if i not in folded:
            onset, release = lasting.get(i, (struck.get(i, note.onset), note.release))
            written.append(
                FoldedNote(
                    onset,
                    release,
                    note.pitch,
                    note.velocity,
                    note.player,
                    note.hand,
                    played=i,
                    grace=i in ornaments.graces,
                )
            )
    written.sort(key=lambda note: (note.onset, note.pitch))
    return tuple(written)
