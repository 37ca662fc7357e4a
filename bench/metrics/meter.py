"""Time signature, barlines, key signature and spelling against the true page: shares from 0 to 1.

Bars of two pages are compared by the notes that stand in them. The aligned notes give points (true
onset, estimated onset; of a chord the median); a true place in between two points lies in between
their estimates in proportion. Grace notes are left out, as their place is that of another note.

- `time_signature`: true bars in whose middle the estimated page has the same signature.
- `barlines`: F-measure of the barlines inside the piece. A true barline is right if an estimated
  one stands at its estimated place: exactly, where a note stands at it; within a sixteenth, where
  none does. Barlines before the first and behind the last aligned note are not judged.
- `bars`: true bars with the right signature, right barlines at both ends and none in between.
- `key_signature`: aligned notes under the same number of sharps or flats as on the true page;
  `key_signature_enharmonic` the same, where C sharp and D flat are one key.
- `spelling`: aligned notes with the same name (step and accidental). The whole piece may stand one
  enharmonic step (D flat for C sharp) above or below; what suits the page best counts.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

import numpy as np

from bench.metrics.muster import NotePair, Pairs
from bench.pages.page import Page, PageBar, PageNote
from engrave.music.arrays import Floats
from engrave.music.values import STEPS_BY_FIFTHS

_EXACT = 1e-6  # quarters: the rounding of floats
_SIXTEENTH = 0.25

_ENHARMONIC = 12  # places on the line of fifths from C sharp to D flat


@dataclass(frozen=True, slots=True)
class MeterFigures:
    """Shares from 0 to 1."""

    time_signature: float
    barlines: float
    bars: float
    key_signature: float
    key_signature_enharmonic: float
    spelling: float


def meter_figures(truth: Page, estimate: Page, pairs: Pairs) -> MeterFigures:
    """The shares for `estimate`, given which of its notes writes which true note.

    All are 0 where nothing is aligned.
    """
    couples = [(truth.notes[t], estimate.notes[e]) for t, e in pairs]
    steady = [couple for couple in couples if not (couple[0].grace or couple[1].grace)]
    if not steady:
        return MeterFigures(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    same_meter = _same_time_signature(truth, estimate, steady)
    lines = _compare_barlines(truth, estimate, steady)
    same_bar = same_meter & lines.right[:-1] & lines.right[1:] & ~lines.split
    return MeterFigures(
        time_signature=float(same_meter.mean()),
        barlines=lines.f_measure,
        bars=float(same_bar.mean()),
        key_signature=_key_share(truth, estimate, couples, lambda fifths: fifths == 0),
        key_signature_enharmonic=_key_share(
            truth, estimate, couples, lambda fifths: fifths % _ENHARMONIC == 0
        ),
        spelling=_spelling_share(couples),
    )


@dataclass(frozen=True, slots=True)
class _MatchedPositions:
    """True onsets (quarters, increasing) and where the estimated page has them."""

    true: Floats
    found: Floats

    def on_estimate(self, places: Sequence[float] | Floats) -> Floats:
        return np.interp(places, self.true, self.found)


def _matched_positions(couples: Sequence[NotePair]) -> _MatchedPositions:
    found_at = defaultdict(list)
    for true, found in couples:
        found_at[true.onset].append(found.onset)
    onsets = sorted(found_at)
    return _MatchedPositions(
        np.array([float(onset) for onset in onsets]),
        np.array([float(median(found_at[onset])) for onset in onsets]),
    )


def _same_time_signature(truth: Page, estimate: Page, steady: Sequence[NotePair]) -> np.ndarray:
    """For each true bar whether the estimated page has its signature there."""
    middles = _matched_positions(steady).on_estimate(
        [float(b.start + b.length / 2) for b in truth.bars]
    )
    starts = [bar.start for bar in estimate.bars]
    bars = (estimate.bars[_index_at(starts, middle)] for middle in middles)
    return np.array(
        [
            (true.beats, true.beat_type) == (found.beats, found.beat_type)
            for true, found in zip(truth.bars, bars, strict=True)
        ]
    )


@dataclass(frozen=True, slots=True)
class _Barlines:
    """Judgement on the true barlines (one more than bars; those not judged are right), on the bars
    (whether an estimated barline splits it), and on all barlines together."""

    right: np.ndarray
    split: np.ndarray
    f_measure: float


def _compare_barlines(truth: Page, estimate: Page, steady: Sequence[NotePair]) -> _Barlines:
    places = _matched_positions(steady)
    ends = [bar.start for bar in truth.bars] + [truth.bars[-1].start + truth.bars[-1].length]
    true_lines = np.array([float(line) for line in ends])
    wanted = places.on_estimate(true_lines)
    lines = np.array([float(bar.start) for bar in estimate.bars[1:]])
    lines = lines[(lines > places.found.min()) & (lines <= places.found.max())]
    judged = (true_lines > places.true[0]) & (true_lines <= places.true[-1])
    judged[[0, -1]] = False  # the page begins and ends there
    tolerance = np.where(np.isin(true_lines, places.true), _EXACT, _SIXTEENTH)

    hits = np.abs(wanted[:, None] - lines[None, :]) <= tolerance[:, None]
    right_lines = hits[judged].any(axis=0)
    right = hits.any(axis=1) | ~judged
    number = judged.sum() + len(lines)
    right_of_both = (right & judged).sum() + right_lines.sum()
    return _Barlines(
        right=right,
        split=_split_bars(wanted, lines[~right_lines]),
        f_measure=float(right_of_both / number) if number else 1.0,
    )


def _split_bars(wanted: np.ndarray, wrong_lines: np.ndarray) -> np.ndarray:
    """For each bar between two wanted barlines whether a wrong one falls into it."""
    inside = (wrong_lines > wanted[:-1, None]) & (wrong_lines < wanted[1:, None])
    return np.asarray(inside.any(axis=1))


def _key_share(
    truth: Page,
    estimate: Page,
    couples: Sequence[NotePair],
    agree: Callable[[int], bool],
) -> float:
    """Share of notes where the difference of the key signatures, in fifths, agrees."""
    true_bar, found_bar = _bar_finder(truth.bars), _bar_finder(estimate.bars)
    return float(np.mean([agree(true_bar(t).fifths - found_bar(f).fifths) for t, f in couples]))


def _bar_finder(bars: Sequence[PageBar]) -> Callable[[PageNote], PageBar]:
    starts = [bar.start for bar in bars]
    return lambda note: bars[_index_at(starts, note.onset)]


def _index_at(starts: Sequence[Fraction], place: Fraction | float) -> int:
    """Index of the bar in which a place lies; what is before the first bar lies in it."""
    return max(bisect_right(starts, place) - 1, 0)


def _spelling_share(couples: Sequence[NotePair]) -> float:
    distances = np.array([_fifths_from_f(found) - _fifths_from_f(true) for true, found in couples])
    return max(float((distances == step).mean()) for step in (0, _ENHARMONIC, -_ENHARMONIC))


def _fifths_from_f(note: PageNote) -> int:
    """Place of a note's name on the line of fifths: ... B flat -1, F 0, C 1 ... F sharp 7 ..."""
    return STEPS_BY_FIFTHS.index(note.step) + 7 * note.alter
