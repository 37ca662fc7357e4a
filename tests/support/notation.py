"""From notes in words to a score, and the score back in small.

Notes are "C4 0 1/2": a key, onset and length in quarters; length 0 is a grace note; ";" between.
"""

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note, PedalNotation, PedalSpan
from engrave.music.performance import Performance, PlayedNote
from engrave.music.score import Chord, Measure, Score
from engrave.notation.measures import PartMarks, Signs
from tests.support.judge import check
from tests.support.notes import notate_piano, on_staves
from tests.support.rhythms import LETTERS
from tests.support.scores import pitch


def grid_of(*meters: str, pickup: str = "0") -> Grid:
    """A bar of each meter, two quarters a second; a pickup to the first one may stand before."""
    signatures = [tuple(map(int, meter.split("/"))) for meter in meters]
    lengths = [Fraction(4 * beats, beat_type) for beats, beat_type in signatures]
    if Fraction(pickup):
        signatures, lengths = [signatures[0], *signatures], [Fraction(pickup), *lengths]
    bars, place = [], Fraction(0)
    for (beats, beat_type), length in zip(signatures, lengths, strict=True):
        bars.append(Bar(place, length, beats, beat_type))
        place += length
    places = [Fraction(0), *(bar.end for bar in bars)]
    return Grid(tuple(float(place) / 2 for place in places), tuple(places), tuple(bars))


def placed(text: str) -> list[Note]:
    """ "C4 0 1/2": a key, onset and length in quarters; length 0 is a grace note; ";" between."""
    notes = []
    for k, word in enumerate(text.split(";")):
        name, onset, length = word.split()
        grace = length == "0"
        notes.append(Note(k, pitch(name).midi, Fraction(onset), Fraction(length), grace))
    return notes


def written(text: str, grid: Grid, voices: str = "", staff: int = 1, pedal: str = "") -> Score:
    """The score of notes on one staff (the other one rests), and of pedal spans "0 2; 2 4"."""
    notes = placed(text)
    standing = on_staves(notes, staff, [int(number) for number in voices] or 1)
    spans = (PedalSpan(*map(Fraction, span.split())) for span in pedal.split(";") if span)
    score = notate_piano(standing, grid, pedalled(PedalNotation(tuple(spans))))
    assert check(score, performance_of(notes, grid)) == []
    return score


def pedalled(pedals: PedalNotation) -> Signs:
    return Signs(parts=(PartMarks(pedals=pedals),))


def performance_of(notes: Sequence[Note], grid: Grid) -> Performance:
    """Someone plays the notes in time; those of one place in the order in which they are numbered.

    The notes must be numbered in the order of their onsets.
    """
    rows = sorted(notes, key=lambda note: note.played)
    onsets = [float(grid.time_at(note.onset)) + note.played / 1e6 for note in rows]
    return Performance(
        tuple(
            PlayedNote(onset, onset + 0.1 + float(note.duration) / 2, note.pitch, 64)
            for onset, note in zip(onsets, rows, strict=True)
        )
    )


def in_small(measure: Measure) -> list[str]:
    """Each voice that does not rest throughout: "1: C4+E4 q~ G4 q rh" (graces in brackets)."""
    lines = []
    for voice in measure.voices:
        words = []
        for event in voice.events:
            letter = LETTERS[event.value.type] + "." * event.value.dots
            if not isinstance(event, Chord):
                words.append("r" + letter)
                continue
            names = "+".join(
                "~" * head.tied_from + f"{head.pitch.step}{head.pitch.octave}" + "~" * head.tied_to
                for head in event.heads
            )
            words.append(f"({names})" if event.grace else f"{names} {letter}")
        if any(isinstance(event, Chord) for event in voice.events):
            lines.append(f"{voice.number}: {' '.join(words)}")
    return lines


def measures(score: Score) -> list[list[str]]:
    return [in_small(measure) for measure in score.parts[0].measures]


def random_pedal(chance: random.Random, grid: Grid) -> PedalNotation:
    places = sorted({Fraction(chance.randrange(int(4 * grid.bars[-1].end))) / 4 for _ in range(12)})
    spans = [
        PedalSpan(a, b, chance.random() < 0.8) for a, b in pairwise(places) if chance.random() < 0.7
    ]
    return PedalNotation(tuple(spans), bracketed=chance.random() < 0.2)
