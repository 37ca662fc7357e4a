"""Articulation: staccato dots and accents, and the fermata on the last chord.

A staccato dot stands where the sound ends long before the written value does and the next notes are
played so too: the value stays that of the beat, the dot says how it is played (Gould, *Behind
Bars*, 2011, ch. 4). The note network must not contradict it. An accent stands where one chord is
struck clearly harder than all around it in its hand.

A fermata stands on the last chord if it is held for long: half of all scores end with one. Of the
last chords whose keys are held for three seconds, three in four have a fermata in the score (127
scores of the (n)ASAP data set, one performance each); how much longer than its value the chord is
held says less. Within a piece long notes are rubato far more often than fermatas, so none is
written there.

Times are seconds, velocities MIDI's (1-127), positions quarter notes from the start of the piece.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

import numpy as np

from engrave.listening.evidence import Evidence
from engrave.music.grid import Grid
from engrave.music.note import Articulation, Note, group_chords
from engrave.music.performance import Performance, sounding_ends

STACCATO_SHARE = 0.4  # of its value that a dotted note sounds, at most
STACCATO_VALUES = (Fraction(1, 2), Fraction(1))  # quarters: note values that can have a dot
STACCATO_EVIDENCE = -1.5  # the note network's log odds, mean of the chord, at least
FEWEST_DOTS = 3  # in succession: a single short note may be accidental

CHORDS_AROUND = 6  # chords of the hand on either side
ACCENT_DIFFERENCE = 12  # velocity above the hardest of them

FERMATA_SECONDS = 3.0  # seconds for which the last chord is held


def mark_articulation(
    performance: Performance, notes: Sequence[Note], grid: Grid, evidence: Evidence
) -> Articulation:
    """The articulation signs; `notes` have the durations that are written."""
    full = [note for note in notes if not note.grace]
    struck_at = [note.onset for note in performance.notes]
    sounds = np.array(sounding_ends(performance)) - struck_at
    dotted: set[int] = set()
    for line in _chords_by(full, lambda note: (note.part, note.voice_staff, note.voice)):
        dotted |= set(_staccato(line, sounds, evidence.flag("staccato"), grid))
    accented: set[int] = set()
    for staff in _chords_by(full, lambda note: (note.part, note.voice_staff)):
        accented |= set(_accents(staff, performance))
    return Articulation(frozenset(dotted), frozenset(accented))


def _chords_by(
    notes: Sequence[Note], line_of: Callable[[Note], tuple[int, ...]]
) -> Iterator[list[list[Note]]]:
    """The chords of each line, in order."""
    for line in sorted({line_of(note) for note in notes}):
        yield group_chords(note for note in notes if line_of(note) == line)


def _staccato(
    line: list[list[Note]], sounds: np.ndarray, odds: np.ndarray, grid: Grid
) -> Iterator[int]:
    """The presses of short notes of one voice, several in succession.

    For each press `sounds` is the time in seconds for which it sounds, `odds` the network's log
    odds.
    """
    onsets, stops = ([float(getattr(chord[0], at)) for chord in line] for at in ("onset", "end"))
    seconds = (grid.time_at(np.array(stops)) - grid.time_at(np.array(onsets))).tolist()

    def short(k: int) -> bool:
        if line[k][0].duration not in STACCATO_VALUES:
            return False
        presses = [note.played for note in line[k]]
        briefly = float(np.median(sounds[presses])) < STACCATO_SHARE * seconds[k]
        return briefly and float(np.mean(odds[presses])) > STACCATO_EVIDENCE

    for is_short, run in groupby(range(len(line)), key=short):
        chords = [line[k] for k in run]
        if is_short and len(chords) >= FEWEST_DOTS:
            yield from (note.played for chord in chords for note in chord)


def _accents(hand: list[list[Note]], performance: Performance) -> Iterator[int]:
    """The presses of the chords of one hand with an accent."""
    force = [max(performance.notes[n.played].velocity for n in chord) for chord in hand]
    for k, chord in enumerate(hand):
        around = force[max(0, k - CHORDS_AROUND) : k] + force[k + 1 : k + 1 + CHORDS_AROUND]
        if len(around) >= CHORDS_AROUND and force[k] >= max(around) + ACCENT_DIFFERENCE:
            yield from (note.played for note in chord)


def mark_fermata(performance: Performance, notes: Sequence[Note]) -> frozenset[int]:
    """The presses whose chord has the fermata: of the last one, the highest on each staff."""
    last = max((note.onset for note in notes if not note.grace), default=None)
    closing = [note for note in notes if note.onset == last and not note.grace]
    played = [performance.notes[note.played] for note in closing]
    if not played or max(note.release - note.onset for note in played) < FERMATA_SECONDS:
        return frozenset()
    highest: dict[tuple[int, int], tuple[int, int]] = {}
    for note in closing:
        staff = note.part, note.staff
        highest[staff] = max(highest.get(staff, (-1, -1)), (note.pitch, note.played))
    return frozenset(press for _, press in highest.values())
