"""Errors of a page against the true one, note by note: the MUSTER figures.

Nakamura, Benetos, Yoshii, Dixon, "Towards complete polyphonic music transcription", ICASSP 2018;
Hiramatsu, Nakamura, Yoshii, "Joint estimation of note values and voices", ISMIR 2021; and the
authors' program MUSTER (amtevaluation.github.io), whose definitions these are. All in percent:

- `E_pitch`: aligned notes with another pitch / true notes.
- `E_miss`: true notes without a partner / true notes. Of the notes of two voices that meet in one
  (same onset and pitch) only one is asked for, as one key plays both.
- `E_extra`: estimated notes without a partner / estimated notes.
- `E_onset`: the rhythm correction cost / aligned notes. The aligned notes stand in true order
  (onset, then voice, grace notes before their main note, then upwards); each interval from one to
  the next, 0 within a chord, must be the true one times a scale. A cost of 1 falls due for each
  interval that must be rewritten, for each change of scale on the way, and for a scale other than
  1 at the start; the cheapest reading counts. So a page in halves instead of quarters has one
  error, and one note that comes too early has two: the interval before it and the one after.
- `E_offset`: aligned notes whose end is wrong once the onsets are right / aligned notes. An end
  is moved along with the onsets: what ended with the onset of another note must end with that
  note's true onset; what ended in between two onsets is placed in between in proportion; behind
  the last onset the length is multiplied by the last scale.
- `E_mean`: the mean of the five.

Where this departs from the authors' program:

- They align the notes by a hidden Markov model on pitch and place; here the caller does.
- They judge lengths in whole ticks, cut off; here they are exact.
- Where a note ends in between two onsets, they measure that end's distance from the onset of the
  note itself, not from the last onset before the end, which makes a note that ends in a rest of
  another voice wrong even on the true page. Here it is right there.
- If nothing is aligned, they call onsets and ends faultless; here everything is wrong.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

import numpy as np

from bench.pages.page import Page, PageNote

# Aligned notes: index of the true note, index of the estimated one.
Pairs = Sequence[tuple[int, int]]
NotePair = tuple[PageNote, PageNote]

# The note values between which a scale can lead: from the breve down, plain, dotted, double dotted
# and of a triplet, as in MUSTER. 96 is a quarter note.
_VALUES = (
    *(384, 192, 96, 48, 24, 12),
    *(576, 288, 144, 72, 36, 18),
    *(672, 336, 168, 84, 42, 21),
    *(256, 128, 64, 32, 16, 8),
)
# Each scale once, 1 first: true interval / estimated interval.
SCALES = tuple(dict.fromkeys(Fraction(*values) for values in product(_VALUES, _VALUES)))
_SCALE_INDEX = {scale: index for index, scale in enumerate(SCALES)}


@dataclass(frozen=True, slots=True)
class Muster:
    """The errors of a page in percent, 0 to 100."""

    E_pitch: float
    E_miss: float
    E_extra: float
    E_onset: float
    E_offset: float

    @property
    def E_mean(self) -> float:
        """The mean of the five error rates."""
        return (self.E_pitch + self.E_miss + self.E_extra + self.E_onset + self.E_offset) / 5


ALL_WRONG = Muster(100.0, 100.0, 100.0, 100.0, 100.0)


def muster(truth: Page, estimate: Page, pairs: Pairs) -> Muster:
    """The errors of `estimate`, given which of its notes writes which true note.

    A note stands in one pair at most. With no pair at all everything is wrong.
    """
    assert len({t for t, _ in pairs}) == len({e for _, e in pairs}) == len(pairs)
    if not pairs:
        return ALL_WRONG
    couples = sorted(((truth.notes[t], estimate.notes[e]) for t, e in pairs), key=_true_order)
    asked = len(truth.notes) - _count_doubled(truth, {t for t, _ in pairs})
    correction = correct_rhythm(couples)
    wrong_pitch = sum(true.pitch != found.pitch for true, found in couples)
    return Muster(
        E_pitch=100 * wrong_pitch / asked,
        E_miss=100 * (asked - len(pairs)) / asked,
        E_extra=100 * (1 - len(pairs) / len(estimate.notes)),
        E_onset=100 * correction.cost / len(pairs),
        E_offset=100 * _count_wrong_ends(couples, correction.last_scale) / len(pairs),
    )


@dataclass(frozen=True, slots=True)
class RhythmCorrection:
    """The least cost of correcting the onsets, and the scale at the end of that reading."""

    cost: int
    last_scale: Fraction


def correct_rhythm(couples: Sequence[NotePair]) -> RhythmCorrection:
    """Correct the estimated onsets of (true, estimated) notes in true order, at the least cost.

    Viterbi over the scale at each interval. All changes of scale cost the same, so the cheapest way
    to a scale is to stay in it or to come from the cheapest one; and but one scale can turn an
    interval into the true one.
    """
    cost = np.ones(len(SCALES), dtype=np.int64)
    cost[0] = 0  # scale 1 is free at the start
    for (true, found), (next_true, next_found) in pairwise(couples):
        np.minimum(cost, cost.min() + 1, out=cost)
        fitting = _fitting_scales(next_true.onset - true.onset, next_found.onset - found.onset)
        kept = cost[fitting].copy()
        cost += 1
        cost[fitting] = kept
    best = int(cost.argmin())
    return RhythmCorrection(int(cost[best]), SCALES[best])


def _fitting_scales(true: Fraction, found: Fraction) -> slice:
    """Which scales make the interval right: all between notes of a chord, or one, or none."""
    if true == found == 0:
        return slice(None)
    index = _SCALE_INDEX.get(true / found) if found else None
    return slice(0, 0) if index is None else slice(index, index + 1)


def _true_order(couple: NotePair) -> tuple[Fraction, int, bool, int]:
    true = couple[0]
    return true.onset, true.voice, not true.grace, true.pitch


def _count_doubled(truth: Page, aligned: set[int]) -> int:
    """How many true notes without a partner only double a note that has one."""

    def key_press(index: int) -> tuple[Fraction, int]:
        note = truth.notes[index]
        return note.onset, note.pitch

    written = {key_press(index) for index in aligned if not truth.notes[index].grace}
    return sum(
        index not in aligned and not note.grace and key_press(index) in written
        for index, note in enumerate(truth.notes)
    )


def _count_wrong_ends(couples: Sequence[NotePair], last_scale: Fraction) -> int:
    groups: dict[Fraction, list[NotePair]] = {}
    for couple in couples:
        groups.setdefault(couple[1].onset, []).append(couple)
    onsets = sorted(groups)

    def true_onset(onset: Fraction, pitch: int) -> Fraction:
        """The true place of an estimated onset: that of the note there that is nearest in pitch."""
        return min(groups[onset], key=lambda couple: abs(couple[1].pitch - pitch))[0].onset

    def corrected_end(true: PageNote, found: PageNote) -> Fraction:
        if found.length == 0:
            return true.onset
        end = found.onset + found.length
        after = bisect_left(onsets, end)
        if after == len(onsets):
            return true.onset + found.length * last_scale
        later = onsets[after]
        if later == end:
            return true_onset(end, found.pitch)
        earlier = onsets[bisect_right(onsets, end) - 1]
        # Where nothing stands in between, the note itself is what stands before its end.
        start = true.onset if earlier == found.onset else true_onset(earlier, found.pitch)
        gap = abs(true_onset(later, found.pitch) - start)
        return start + gap * (end - earlier) / (later - earlier)

    return sum(corrected_end(true, found) != true.onset + true.length for true, found in couples)
