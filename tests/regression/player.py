"""Somebody plays a piece exactly as it stands: what the samples of notation are heard as.

The pace follows straight lines between its corners, chords are struck at once, rolled ones from
below, grace notes shortly before the beat, notes held almost to their end and staccato ones not
half as long. Places are quarter notes, times seconds.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from engrave.music.grid import Grid
from engrave.music.performance import PIANO, Instrument, PedalMove, Performance, PlayedNote
from samples.notation import Piece, TrueNote
from samples.performer import Take

LEGATO, STACCATO = 0.95, 0.3  # share of its value for which a note is held
GRACE, ROLL = 0.08, 0.045  # seconds from one note to the next
ACCENT = 24  # velocities
FOOT = 0.12  # seconds from a chord to the pedal that holds it
STEP = Fraction(1, 24)  # quarters in which the pace is taken as even

Curve = Sequence[tuple[float, float]]


def play_exactly(
    piece: Piece,
    velocity: Curve,
    pace: Curve,
    soft: Sequence[tuple[str, Fraction]],
    players: Sequence[Instrument] = (),
) -> Take:
    """A performance with the beats as they were meant; `pace` is in quarters a minute.

    Of several `players` the first plays what stands for the right hand, the second for the left.
    """
    grid = _grid(piece, pace)

    def at(quarter: Fraction) -> float:
        return float(np.interp(float(quarter), [float(q) for q in grid.quarters], grid.times))

    played = []
    for note in piece.notes:
        onset = at(note.onset) + _away(note, piece.notes)
        share = STACCATO if note.staccato else LEGATO
        held = GRACE if note.grace else share * (at(note.end) - at(note.onset))
        force = _value(velocity, note.onset) + ACCENT * note.accent
        player = note.staff - 1 if players else 0
        press = PlayedNote(onset, onset + held, note.pitch.midi, round(force), player)
        played.append((press, note))
    played.sort(key=lambda pair: (pair[0].onset, pair[0].pitch))
    sustain = [
        move
        for span in piece.pedal
        for move in (PedalMove(at(span.start) + FOOT, 127), PedalMove(at(span.end), 0))
    ]
    moves = (PedalMove(at(place), 127 if way == "down" else 0) for way, place in soft)
    presses = tuple(press for press, _ in played)
    performance = Performance(
        presses, tuple(sustain), tuple(moves), players=tuple(players) or (PIANO,)
    )
    return Take(piece, performance, tuple(note for _, note in played), _beats(grid, piece))


def _away(note: TrueNote, notes: Sequence[TrueNote]) -> float:
    """Seconds from the written place to where the key goes down."""
    if note.grace:
        group = [n for n in notes if n.grace and (n.onset, n.voice) == (note.onset, note.voice)]
        return -GRACE * (len(group) - group.index(note))
    chord = sorted(n.pitch.midi for n in notes if n.rolled and n.onset == note.onset)
    return ROLL * chord.index(note.pitch.midi) if note.rolled else 0.0


def _grid(piece: Piece, pace: Curve) -> Grid:
    """Every step of the piece with its time."""
    count = int(piece.end / STEP)
    quarters = [STEP * k for k in range(count + 1)]
    lasting = [60 * float(STEP) / _value(pace, quarter + STEP / 2) for quarter in quarters[:-1]]
    times = np.concatenate([[1.0], 1.0 + np.cumsum(lasting)])
    return Grid(tuple(times.tolist()), tuple(quarters), piece.bars)


def _beats(grid: Grid, piece: Piece) -> Grid:
    """The felt beats of the grid, counted back from each barline; and the end."""
    beats = {piece.end}
    for bar in piece.bars:
        place = bar.end - bar.beat_length
        while place >= bar.start:
            beats.add(place)
            place -= bar.beat_length
    kept = [k for k, quarter in enumerate(grid.quarters) if quarter in beats]
    return Grid(
        tuple(grid.times[k] for k in kept), tuple(grid.quarters[k] for k in kept), piece.bars
    )


def _value(curve: Curve, quarter: Fraction) -> float:
    places, values = zip(*curve, strict=True)
    return float(np.interp(float(quarter), places, values))
