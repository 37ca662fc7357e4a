"""Tiny pages for the bench, written by hand so that their errors can be counted by eye.

A voice is written as names and lengths in quarters: "C4 1, D4 1/2, E4+G4 1/2, r 1, F4 g"; `+` makes
a chord, `r` a rest, `g` a grace note before what follows.
"""

from fractions import Fraction

from bench.pages.page import Page, PageBar, PageNote
from tests.support.scores import pitch

SCALE = "C4 1, D4 1, E4 1, F4 1, G4 1, A4 1, B4 1, C5 1"


def voice(text: str, staff: int = 1, number: int = 1) -> list[PageNote]:
    notes, at = [], Fraction(0)
    for event in text.split(", "):
        names, written = event.split()
        length = Fraction(0 if written == "g" else written)
        for name in names.split("+") if names != "r" else ():
            p = pitch(name)
            notes.append(
                PageNote(
                    *(at, length, p.midi, p.step, p.alter, p.octave),
                    **{"staff": staff, "voice": number, "grace": written == "g"},
                )
            )
        at += length
    return notes


def bars(*lengths: int | str, meter: str = "4/4", fifths: int = 0) -> tuple[PageBar, ...]:
    beats, beat_type = map(int, meter.split("/"))
    made, at = [], Fraction(0)
    for length in map(Fraction, lengths):
        made.append(PageBar(at, length, beats, beat_type, fifths))
        at += length
    return tuple(made)


def page(*voices: list[PageNote] | str, on: tuple[PageBar, ...] = ()) -> Page:
    """A page of voices (or texts, for the upper staff), on two bars of 4/4 unless `on` others."""
    notes = [n for v in voices for n in (voice(v) if isinstance(v, str) else v)]
    return Page(tuple(sorted(notes, key=lambda n: (n.onset, n.pitch))), on or bars(4, 4))


def all_pairs(count: int = 8) -> list[tuple[int, int]]:
    """The first note with the first, the second with the second ..."""
    return [(index, index) for index in range(count)]
