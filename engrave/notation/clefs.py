"""Clefs and octave lines, chosen to save ledger lines by dynamic programming.

The right hand begins in treble, the left in bass clef, unless they play elsewhere for long. A
change costs as much as it disturbs: least at a barline, more at a beat, and it is not allowed
elsewhere, so it comes neither for two notes nor in the middle of a figure. An octave line (8va,
15ma, 8vb) is read more slowly than notes at sounding pitch, and pianists know the shape of chords
on ledger lines: it is for passages in the extremes (Gould, *Behind Bars*, 2011, ch. 1). The
cheapest sequence of clefs and octave lines of a whole staff is found by the Viterbi algorithm
(1967), then written as signs in the measures.

The costs were set on every fourth staff of 204 scores of the (n)ASAP data set. There 98.7 % of the
chords stand in the clef of the score, with half as many changes; three in four chords under our
octave lines have one there too, and half of those that have one there.

Costs are ledger lines; positions are quarters from the start of the piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Literal

import numpy as np

from engrave.music.grid import Grid
from engrave.music.marks import Clef, OctaveLine
from engrave.music.score import Chord, Voice
from engrave.music.values import STEPS, Pitch
from engrave.notation.beams import crossing_beams

MOST_LEDGER_LINES = 3  # ledger lines of a chord that can be read without counting; each further one
COUNTED_LINE_COST = 2  # costs this many times as much
CHANGE_AT_BARLINE_COST, CHANGE_AT_BEAT_COST = 8.0, 12.0  # cost of a change of clef
OCTAVE_LINE_COST = 15.0  # cost of beginning or ending an octave line, and
# cost of each chord under it (15ma: three times as much),
TRANSPOSED_CHORD_COST = 2.5
FEW_LEDGER_LINES = 2  # twice if the chord would have fewer ledger lines than these without it
FORBIDDEN_COST = 1e6


@dataclass(frozen=True, slots=True)
class ClefState:
    """State of a staff: a clef, and the octaves by which it sounds higher than written."""

    sign: str
    line: int
    octaves: int = 0


TREBLE, BASS = ClefState("G", 2), ClefState("F", 4)
DEFAULT_CLEFS = {1: TREBLE, 2: BASS}
LOWEST_LINE = {"G": Pitch("E", 0, 4), "F": Pitch("G", 0, 2)}
STAFF_HEIGHT = 8  # steps from the lowest line to the highest

# Whether a bar, and a beat, opens, and whether an octave line holds all of it or none.
KINDS_OF_ONSET = tuple(
    (bar, beat, whole)
    for bar, beat in ((True, True), (False, True), (False, False))
    for whole in (False, True)
)

OCTAVE_LINE_NAMES: dict[int, Literal["8va", "15ma", "8vb"]] = {1: "8va", 2: "15ma", -1: "8vb"}
CLEF_STATES = (TREBLE, BASS, ClefState("G", 2, 1), ClefState("G", 2, 2), ClefState("F", 4, -1))


@dataclass(frozen=True, slots=True)
class StaffOnset:
    """The pitches that begin on a staff at a position, and whether a bar or a beat begins there.

    `whole_bar`: an octave line holds all of this bar or none of it; `no_octave_line`: none.
    """

    position: Fraction
    pitches: tuple[Pitch, ...]
    opens_bar: bool
    opens_beat: bool
    whole_bar: bool = False
    no_octave_line: bool = False


def initial_clef(staff_onsets: Sequence[StaffOnset], staff: int, staves: int) -> ClefState:
    """Default clef of a staff; a single staff begins with the clef that suits most of its music."""
    if staves > 1:
        return DEFAULT_CLEFS[staff]
    return min(
        (TREBLE, BASS), key=lambda clef: sum(_reading_cost(m.pitches, clef) for m in staff_onsets)
    )


def choose_clefs(staff_onsets: Sequence[StaffOnset], initial: ClefState) -> list[ClefState]:
    """The clef state at each onset; `initial` is the default one at the start."""
    if not staff_onsets:
        return []
    clef_states = sorted(CLEF_STATES, key=lambda clef_state: clef_state != initial)
    change = {kind: _change_costs(clef_states, *kind) for kind in KINDS_OF_ONSET}
    # as if the default one came before
    outside = _change_costs(clef_states, opens_bar=True, opens_beat=True)[0]
    total = outside + _reading_costs(staff_onsets[0], clef_states)
    back: list[np.ndarray] = []
    for staff_onset in staff_onsets[1:]:
        ways = (
            total[:, None]
            + change[staff_onset.opens_bar, staff_onset.opens_beat, staff_onset.whole_bar]
        )
        back.append(ways.argmin(axis=0))
        total = ways.min(axis=0) + _reading_costs(staff_onset, clef_states)
    octave_lines = [OCTAVE_LINE_COST * (clef_state.octaves != 0) for clef_state in clef_states]
    state = int((total + octave_lines).argmin())
    path = [state]
    for come in reversed(back):
        state = int(come[state])
        path.append(state)
    return [clef_states[state] for state in reversed(path)]


def _change_costs(
    clef_states: Sequence[ClefState], opens_bar: bool, opens_beat: bool, whole: bool = False
) -> np.ndarray:
    """Cost of the transition from each state to each other one: square array."""
    clef = (
        CHANGE_AT_BARLINE_COST
        if opens_bar
        else CHANGE_AT_BEAT_COST
        if opens_beat
        else FORBIDDEN_COST
    )
    octave_line = FORBIDDEN_COST if whole and not opens_bar else OCTAVE_LINE_COST
    costs = [list(_change_cost(before, clef, octave_line, clef_states)) for before in clef_states]
    return np.array(costs)


def _change_cost(
    before: ClefState, clef: float, octave_line: float, clef_states: Sequence[ClefState]
) -> Iterator[float]:
    for after in clef_states:
        cost = clef if before.sign != after.sign else 0.0
        if before.octaves != after.octaves:
            cost += octave_line * ((before.octaves != 0) + (after.octaves != 0))
        yield cost


def _reading_costs(staff_onset: StaffOnset, clef_states: Sequence[ClefState]) -> np.ndarray:
    """Cost of reading an onset in each state."""
    return np.array(
        [
            _reading_cost(staff_onset.pitches, clef_state)
            + FORBIDDEN_COST * (staff_onset.no_octave_line and clef_state.octaves != 0)
            for clef_state in clef_states
        ]
    )


def _reading_cost(pitches: Sequence[Pitch], clef_state: ClefState) -> float:
    """Cost of reading a chord: its ledger lines, and the octave transposition."""
    sounding = _ledger_lines(pitches, clef_state, 0)
    if not clef_state.octaves:
        return sounding
    needless = 2 if sounding < FEW_LEDGER_LINES else 1
    written = _ledger_lines(pitches, clef_state, clef_state.octaves)
    return written + needless * TRANSPOSED_CHORD_COST * (2 * abs(clef_state.octaves) - 1)


def _ledger_lines(pitches: Sequence[Pitch], clef_state: ClefState, octaves: int) -> float:
    """The ledger lines above and below the staff; those beyond easy counting weigh more."""
    if not pitches:
        return 0.0
    positions = [_steps(p) - 7 * octaves - _steps(LOWEST_LINE[clef_state.sign]) for p in pitches]
    above, below = max(max(positions) - STAFF_HEIGHT, 0) // 2, max(-min(positions), 0) // 2
    return float(sum(n + COUNTED_LINE_COST * max(n - MOST_LEDGER_LINES, 0) for n in (above, below)))


def _steps(pitch: Pitch) -> int:
    """Steps above C0."""
    return 7 * pitch.octave + STEPS.index(pitch.step)


@dataclass(frozen=True, slots=True)
class StaffSigns:
    """The clefs and the ends of octave lines of each measure."""

    clefs: list[list[Clef]]
    lines: list[list[OctaveLine]]


def signs_of_staves(
    grid: Grid, bars: Sequence[tuple[Voice, ...]], staves: Sequence[int], octave: int = 0
) -> StaffSigns:
    """The clefs and octave lines of all staves; `bars` are what is written in each bar.

    The instrument sounds `octave` octaves higher than written, and its clefs say so.
    """
    signs = StaffSigns([[] for _ in bars], [[] for _ in bars])
    for staff in staves:
        staff_onsets = _staff_onsets(grid, bars, staff, octave)
        usual = initial_clef(staff_onsets, staff, len(staves))
        clef_states = choose_clefs(staff_onsets, usual)
        opening = clef_states[0] if clef_states else usual
        signs.clefs[0].append(Clef(staff, opening.sign, opening.line, octave=octave))
        for (_, before), (staff_onset, now) in pairwise(
            zip(staff_onsets, clef_states, strict=True)
        ):
            if before.sign != now.sign:
                k = grid.bar_at(staff_onset.position)
                onset = staff_onset.position - grid.bars[k].start
                signs.clefs[k].append(Clef(staff, now.sign, now.line, onset, octave))
        ends = _ends(grid, bars, staff)
        for line in _octave_lines(staff_onsets, clef_states, staff, ends):
            k = grid.bar_at(line.onset)
            if line.kind == "stop" and line.onset == grid.bars[k].start:
                k -= 1  # at the barline that closes the measure
            signs.lines[k].append(replace(line, onset=line.onset - grid.bars[k].start))
    return signs


def _staff_onsets(
    grid: Grid, bars: Sequence[tuple[Voice, ...]], staff: int, octave: int
) -> list[StaffOnset]:
    """The onsets of a staff, with all pitches that begin there, as written.

    No octave line begins or ends under a tie, and none comes where a line goes from staff to staff:
    programs take a cross-staff note's octave from the staff of its voice.
    """
    found: list[StaffOnset] = []
    for bar, voices in zip(grid.bars, bars, strict=True):
        chords = [chord for voice in voices for chord in voice.chords_on(staff)]
        chords.sort(key=lambda chord: chord.onset)
        visited = any(next(crossing_beams(voice), None) for voice in voices)
        for onset, together in groupby(chords, key=lambda chord: chord.onset):
            heads = [head for chord in together for head in chord.heads]
            pitches = tuple(replace(h.pitch, octave=h.pitch.octave - octave) for h in heads)
            opens_beat = (bar.length - onset) % bar.beat_length == 0
            whole = _shared(voices, staff) or _altered_in_two_ways(chords)
            tied = any(head.tied_from for head in heads)
            position, opens_bar = bar.start + onset, onset == 0 and not tied
            found.append(
                StaffOnset(position, pitches, opens_bar, opens_beat, whole or tied, visited)
            )
    return found


def _shared(voices: Sequence[Voice], staff: int) -> bool:
    return sum(voice.staff == staff or bool(voice.chords_on(staff)) for voice in voices) > 1


def _altered_in_two_ways(chords: Sequence[Chord]) -> bool:
    """Whether a step has different accidentals.

    MuseScore 3 forgets those that only an octave line inside the bar makes necessary, by bringing
    two octaves to one line.
    """
    pitches = {(head.pitch.step, head.pitch.alter) for chord in chords for head in chord.heads}
    return len(pitches) > len({step for step, _ in pitches})


def _ends(grid: Grid, bars: Sequence[tuple[Voice, ...]], staff: int) -> list[Fraction]:
    """Positions where an octave line may end: at any event; in a bar of several voices, its end."""
    return sorted(
        bar.end if _shared(voices, staff) else bar.start + event.onset + event.length
        for bar, voices in zip(grid.bars, bars, strict=True)
        for voice in voices
        if voice.staff == staff
        for event in voice.events
    )


def _octave_lines(
    staff_onsets: Sequence[StaffOnset],
    clef_states: Sequence[ClefState],
    staff: int,
    ends: Sequence[Fraction],
) -> Iterator[OctaveLine]:
    """The octave lines, each from a chord to the last one under it."""
    runs = groupby(zip(staff_onsets, clef_states, strict=True), key=lambda pair: pair[1].octaves)
    for octaves, members in runs:
        positions = [staff_onset.position for staff_onset, _ in members]
        if octaves:
            stop = next(end for end in ends if end > positions[-1])
            yield OctaveLine(positions[0], staff, OCTAVE_LINE_NAMES[octaves], "start")
            yield OctaveLine(stop, staff, OCTAVE_LINE_NAMES[octaves], "stop")
