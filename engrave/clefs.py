"""Clefs and octave lines: how a staff is read, changed where that saves many ledger lines.

The right hand begins in treble, the left in bass clef, unless they play elsewhere for long. A
change costs as much as it disturbs: least at a barline, more at a beat, and nowhere else may it
stand, so it comes neither for two notes nor in the middle of a figure. An octave line (8va, 15ma,
8vb) is read more slowly than what stands as it sounds, and pianists know the shape of chords on
ledger lines: it is for passages in the extremes (Gould, *Behind Bars*, 2011, ch. 1). The best
reading of the whole staff is found by dynamic programming (Viterbi 1967).

The costs were set on every fourth staff of 204 scores of the (n)ASAP data set. There 98.7 % of the
chords stand in the clef of the score, with half as many changes; three in four chords under our
octave lines have one there too, and half of those that have one there.

Costs are ledger lines; places are quarters from the start of the piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engrave.score import STEPS, Pitch

MOST_LINES = 3  # ledger lines that are read without counting; each further one
COUNTED = 2  # costs so much more
AT_BARLINE, AT_BEAT = 8.0, 12.0  # what a change of clef costs
OCTAVE_LINE = 15.0  # what it costs to begin or to end an octave line, and
TRANSPOSED = 2.5  # what it costs to read one more chord under it (15ma: three times as much),
FEW_LINES = 2  # twice if the chord would have fewer ledger lines than these without it
FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class Reading:
    """How a staff is read: a clef, and the octaves by which it sounds higher than written."""

    sign: str
    line: int
    octaves: int = 0


TREBLE, BASS = Reading("G", 2), Reading("F", 4)
USUAL = {1: TREBLE, 2: BASS}
READINGS = (TREBLE, BASS, Reading("G", 2, 1), Reading("G", 2, 2), Reading("F", 4, -1))
LOWEST_LINE = {"G": Pitch("E", 0, 4), "F": Pitch("G", 0, 2)}
STAFF = 8  # steps from the lowest line to the highest


@dataclass(frozen=True, slots=True)
class Moment:
    """What a staff begins to sound at a place, and whether a bar or a beat begins there.

    `whole`: an octave line holds all of this bar or none of it; `plain`: none.
    """

    place: Fraction
    pitches: tuple[Pitch, ...]
    opens_bar: bool
    opens_beat: bool
    whole: bool = False
    plain: bool = False


def usual_reading(moments: Sequence[Moment], staff: int, staves: int) -> Reading:
    """How a staff begins as a rule: one alone with the clef that suits most of its music."""
    if staves > 1:
        return USUAL[staff]
    return min((TREBLE, BASS), key=lambda clef: sum(_effort(m.pitches, clef) for m in moments))


def choose_readings(moments: Sequence[Moment], usual: Reading) -> list[Reading]:
    """How a staff is read at each of the moments; `usual` is how it begins as a rule."""
    if not moments:
        return []
    readings = sorted(READINGS, key=lambda reading: reading != usual)
    change = {kind: _changes(readings, *kind) for kind in KINDS}
    outside = _changes(readings, opens_bar=True, opens_beat=True)[0]  # as if from the usual one
    total = outside + _efforts(moments[0], readings)
    back: list[np.ndarray] = []
    for moment in moments[1:]:
        ways = total[:, None] + change[moment.opens_bar, moment.opens_beat, moment.whole]
        back.append(ways.argmin(axis=0))
        total = ways.min(axis=0) + _efforts(moment, readings)
    octave_lines = [OCTAVE_LINE * (reading.octaves != 0) for reading in readings]
    state = int((total + octave_lines).argmin())
    path = [state]
    for come in reversed(back):
        state = int(come[state])
        path.append(state)
    return [readings[state] for state in reversed(path)]


# Whether a bar, and a beat, opens, and whether an octave line holds all of it or none.
KINDS = tuple(
    (bar, beat, whole)
    for bar, beat in ((True, True), (False, True), (False, False))
    for whole in (False, True)
)


def _changes(
    readings: Sequence[Reading], opens_bar: bool, opens_beat: bool, whole: bool = False
) -> np.ndarray:
    """What it costs to go from one reading to another."""
    clef = AT_BARLINE if opens_bar else AT_BEAT if opens_beat else FORBIDDEN
    octave_line = FORBIDDEN if whole and not opens_bar else OCTAVE_LINE
    costs = [list(_change(before, clef, octave_line, readings)) for before in readings]
    return np.array(costs)


def _change(
    before: Reading, clef: float, octave_line: float, readings: Sequence[Reading]
) -> Iterator[float]:
    for after in readings:
        cost = clef if before.sign != after.sign else 0.0
        if before.octaves != after.octaves:
            cost += octave_line * ((before.octaves != 0) + (after.octaves != 0))
        yield cost


def _efforts(moment: Moment, readings: Sequence[Reading]) -> np.ndarray:
    """How hard the moment is to read in each way."""
    return np.array(
        [
            _effort(moment.pitches, reading) + FORBIDDEN * (moment.plain and reading.octaves != 0)
            for reading in readings
        ]
    )


def _effort(pitches: Sequence[Pitch], reading: Reading) -> float:
    """How hard it is to read a chord: its ledger lines, and the octaves to reckon with."""
    sounding = _ledger_lines(pitches, reading, 0)
    if not reading.octaves:
        return sounding
    needless = 2 if sounding < FEW_LINES else 1
    written = _ledger_lines(pitches, reading, reading.octaves)
    return written + needless * TRANSPOSED * (2 * abs(reading.octaves) - 1)


def _ledger_lines(pitches: Sequence[Pitch], reading: Reading, octaves: int) -> float:
    """The ledger lines above and below the staff, those hard to count weighed more."""
    if not pitches:
        return 0.0
    places = [_place(p) - 7 * octaves - _place(LOWEST_LINE[reading.sign]) for p in pitches]
    above, below = max(max(places) - STAFF, 0) // 2, max(-min(places), 0) // 2
    return float(sum(n + COUNTED * max(n - MOST_LINES, 0) for n in (above, below)))


def _place(pitch: Pitch) -> int:
    """Steps above C0."""
    return 7 * pitch.octave + STEPS.index(pitch.step)
