"""Written durations of notes, from the next onset of the voice, the time held and the evidence.

The time for which a key is held says little about the written duration: a pianist releases early,
in staccato or because the pedal holds the sound, and late, in legato. The best predictor is the
next onset of the same voice: in 78 performances aligned with their scores a note is written up to
it in 97 of 100 cases where the gap is an eighth or less, and for longer gaps as soon as some part
of the gap was held. Otherwise the simplest value near the held duration is taken. The networks'
evidence for the note value is added to both, and so is a cost of ties: a note that was not clearly
held over a barline or from the weak part of a beat to the next one ends there (Gould, *Behind
Bars*, 2011, ch. 7). All notes of a chord in one voice get one duration; no note reaches into the
next one of its voice.

Durations are in quarter notes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import SecondEvidence
from engrave.music.grid import Bar, Grid
from engrave.music.note import Note, group_chords
from engrave.notation.note_values import tied_onsets
from engrave.rhythm.beat_divisions import default_division

# Share of a gap (up to so many quarters) that must have been held for the gap to be filled; see
# docs/experiments.md.
GAP_SHARES = [(Fraction(1, 2), 0.0), (Fraction(1), 0.26), (Fraction(2), 0.3), (Fraction(8), 0.4)]
HELD_TO_WRITTEN = 1.15  # written durations are a little longer than the time held
INSIDE_BEAT_COST = 1.0  # of an ending inside a beat, added to the relative error
FILLED_GAP_BONUS = 1.0  # what a rest costs where the gap was held
TIE_COST = 0.5  # per tied notehead that begins when the key is up (docs/experiments.md)
EVIDENCE_WEIGHT = 0.5  # of the networks' evidence for the note value
VALUE_CLASSES = {Fraction(v).limit_denominator(8): k for k, v in enumerate(heads.VALUES)}
LEAST_LOG_PROBABILITY = -5.0  # log probabilities are clipped to this


def settle_durations(
    notes: Sequence[Note],
    evidence: SecondEvidence,
    grid: Grid,
    smallest: Fraction = Fraction(0),
) -> tuple[Note, ...]:
    """The notes with the durations that are written (grace notes keep none).

    They end where no note value shorter than `smallest` (quarters) is needed, beyond those that
    their onsets need.
    """
    settled: dict[int, Fraction] = {}
    lines: dict[tuple[int, int, int], list[Note]] = {}
    for note in notes:
        if not note.grace:
            lines.setdefault((note.part, note.staff, note.voice), []).append(note)
    for line in lines.values():
        chords = group_chords(line)
        for chord, following in zip(chords, [*chords[1:], None], strict=True):
            end = following[0].onset if following else grid.bars[-1].end
            said = evidence.value[[note.played for note in chord]].mean(axis=0)
            duration = _settle(chord, end, said, grid, smallest)
            settled |= {note.played: duration for note in chord}
    return tuple(
        replace(note, duration=settled[note.played]) if note.played in settled else note
        for note in notes
    )


def _settle(
    chord: Sequence[Note], end: Fraction, said: np.ndarray, grid: Grid, smallest: Fraction
) -> Fraction:
    """The duration of a chord after which the next one of its voice begins at `end`.

    `said` are the log probabilities of `heads.VALUES`.
    """
    onset = chord[0].onset
    gap = end - onset
    lengths = sorted(note.duration for note in chord)
    held = lengths[len(lengths) // 2]
    filled = any(gap <= longest and held >= share * gap for longest, share in GAP_SHARES)
    bar = grid.bars[grid.bar_at(onset)]
    wanted = float(held) * HELD_TO_WRITTEN
    released = onset + held

    def cost(position: Fraction) -> float:
        length = position - onset
        unread: float = -EVIDENCE_WEIGHT * max(
            said[_class_of(length / bar.beat_length)], LEAST_LOG_PROBABILITY
        )
        unread += TIE_COST * sum(tied >= released for tied in _ties(onset, position, grid))
        if position == end:
            return unread + (0.0 if filled else min(1.0, abs(float(length) / wanted - 1)))
        inside = (position - bar.end) % bar.beat_length != 0
        return (
            unread
            + abs(float(length) / wanted - 1)
            + INSIDE_BEAT_COST * inside
            + FILLED_GAP_BONUS * filled
        )

    earlier = _endings(onset, held, end, bar, smallest)
    reaches = filled or end <= _farthest(onset, held, bar) or not earlier
    return min([end, *earlier] if reaches else earlier, key=cost) - onset


def _farthest(onset: Fraction, held: Fraction, bar: Bar) -> Fraction:
    """The last position at which a note may end that does not fill its gap."""
    return onset + 2 * held + bar.beat_length


def _ties(onset: Fraction, end: Fraction, grid: Grid) -> Iterator[Fraction]:
    """Positions of the noteheads of a note that are tied to its first one."""
    for k in range(grid.bar_at(onset), len(grid.bars)):
        bar = grid.bars[k]
        if bar.start >= end:
            return
        if bar.start > onset:
            yield bar.start
        missing = bar.full_length - bar.length if k == 0 else Fraction(0)
        start, stop = max(onset - bar.start, Fraction(0)), min(end - bar.start, bar.length)
        inside = replace(bar, start=Fraction(0))
        for position in tied_onsets(start, stop, inside, missing):
            yield bar.start + position


def _class_of(beats: Fraction) -> int:
    """The class of `heads.VALUES` of a duration in felt beats."""
    return VALUE_CLASSES.get(beats, len(heads.VALUES))


def _endings(
    onset: Fraction, held: Fraction, end: Fraction, bar: Bar, smallest: Fraction
) -> list[Fraction]:
    """Positions before `end` where a note may end: on beats and their halves or thirds.

    A note that stands in a tuplet ends at another note of it, or at the end of the beat or later;
    one before a note in a tuplet not between the start of that beat and the note, for a rest there
    would halve the tuplet's notes.
    """
    zero = bar.end  # beats are counted from here, as a pickup may start inside one
    part = bar.beat_length / default_division(bar.beat_length, bar.compound, smallest)
    first = (onset - zero) // part + 1
    last = (min(end, _farthest(onset, held, bar)) - zero) // part
    positions = {zero, *(zero + part * k for k in range(first, last + 1))}
    if _in_tuplet(onset - zero, part):
        next_beat = onset + bar.beat_length - (onset - zero) % bar.beat_length
        unit = bar.beat_length / ((onset - zero) / bar.beat_length).denominator
        others = (onset + unit * k for k in range(1, int((next_beat - onset) / unit)))
        positions = {*others, *(position for position in positions if position >= next_beat)}
    if _in_tuplet(end - zero, part) and not _in_tuplet(onset - zero, part):
        positions = {
            position for position in positions if position <= end - (end - zero) % bar.beat_length
        }
    return sorted(position for position in positions if onset < position < end)


def _in_tuplet(position: Fraction, part: Fraction) -> bool:
    """Whether a position cannot be reached by halving the part of a beat."""
    steps = (position / part).denominator
    return bool(steps & (steps - 1))
