"""Lines of notes by name, and the names of notes."""

from fractions import Fraction

from engrave.music.note import Note
from engrave.music.values import Pitch

ACCIDENTALS = {"bb": -2, "b": -1, "": 0, "#": 1, "x": 2}
SIGNS = {alter: sign for sign, alter in ACCIDENTALS.items()}


def name(written):
    return f"{written.step}{SIGNS[written.alter]}{written.octave}"


def pitch(name):
    """ "F#4" as a pitch."""
    return Pitch(name[0], ACCIDENTALS[name[1:-1]], int(name[-1]))


def played(line):
    """One note for each name of "C4+E4 G4": a quarter each, + for notes struck together."""
    return [
        Note(0, pitch(one).midi, Fraction(place), Fraction(1))
        for place, chord in enumerate(line.split())
        for one in chord.split("+")
    ]
