"""How long a note is written, which is seldom how long its key was held.

A pianist lets go early, in staccato or because the pedal holds the sound, and late, in legato. The
strongest hint is the next onset of the same voice: in 78 performances aligned with their scores
a note is written up to it in 97 of 100 cases where the gap is an eighth or less, and for longer
gaps as soon as a good part of the gap was held. Otherwise the simplest value near the held length.
All notes of a chord in one voice get one length; no note reaches into the next one of its voice.

Lengths are in quarter notes.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from engrave.grid import Bar, Grid, PlacedNote

# The share of a gap (up to so many quarters) that must have been held for the gap to be filled.
FILLS = [(Fraction(1, 2), 0.0), (Fraction(1), 0.28), (Fraction(2), 0.45), (Fraction(8), 0.6)]
BREATH = 1.15  # held notes are meant a little longer than the key stays down
INSIDE_BEAT = 1.0  # what an ending inside a beat costs, beside the length's relative error


def settle_lengths(
    notes: Sequence[PlacedNote], staff: Sequence[int], voice: Sequence[int], grid: Grid
) -> tuple[PlacedNote, ...]:
    """The notes with the lengths that are written (grace notes stay without length)."""
    settled = list(notes)
    lines: dict[tuple[int, int], list[int]] = {}
    for i, note in enumerate(notes):
        if not note.grace:
            lines.setdefault((staff[i], voice[i]), []).append(i)
    for members in lines.values():
        members.sort(key=lambda i: notes[i].onset)
        chords = [list(chord) for _, chord in groupby(members, key=lambda i: notes[i].onset)]
        for chord, following in zip(chords, [*chords[1:], None], strict=True):
            end = notes[following[0]].onset if following else grid.bars[-1].end
            length = _length(notes, chord, end, grid)
            for i in chord:
                settled[i] = replace(notes[i], length=length)
    return tuple(settled)


def _length(notes: Sequence[PlacedNote], chord: list[int], end: Fraction, grid: Grid) -> Fraction:
    onset = notes[chord[0]].onset
    gap = end - onset
    lengths = sorted(notes[i].length for i in chord)
    held = lengths[len(lengths) // 2]
    if any(gap <= longest and held >= share * gap for longest, share in FILLS):
        return gap
    bar = grid.bars[grid.bar_at(onset)]
    wanted = float(held) * BREATH

    def cost(place: Fraction) -> float:
        inside = (place - bar.end) % bar.beat_length != 0
        return abs(float(place - onset) / wanted - 1) + INSIDE_BEAT * inside

    return min(_endings(onset, held, end, bar), key=cost) - onset


def _endings(onset: Fraction, held: Fraction, end: Fraction, bar: Bar) -> list[Fraction]:
    """Places where a note may well end: on beats and their halves (thirds in compound meters).

    A note that stands in a tuplet ends at another note of it, or at the end of the beat or later.
    """
    zero = bar.end  # beats are counted from here, for a pickup may start inside one
    part = bar.beat_length / (3 if bar.compound else 2)
    first = (onset - zero) // part + 1
    last = (min(end, onset + 2 * held + bar.beat_length) - zero) // part
    places = {zero, *(zero + part * k for k in range(first, last + 1))}
    steps = ((onset - zero) / part).denominator
    if steps & (steps - 1):  # no halving of the part leads to the onset
        next_beat = onset + bar.beat_length - (onset - zero) % bar.beat_length
        unit = bar.beat_length / ((onset - zero) / bar.beat_length).denominator
        others = (onset + unit * k for k in range(1, int((next_beat - onset) / unit)))
        places = {*others, *(place for place in places if place >= next_beat)}
    return [end, *sorted(place for place in places if onset < place < end)]
