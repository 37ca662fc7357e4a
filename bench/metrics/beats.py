"""Beats and downbeats against the annotated ones, in seconds.

F-measure: an estimated beat is right within 70 ms of a true one, each counting once (Dixon,
"Evaluation of the audio beat tracking system BeatRoot", JNMR 2007). CMLt: share of the beats that
stand in a run that goes on as the true beats do; AMLt: the same, where half or double the tempo and
the off-beat are right too (Hainsworth, 2004; Klapuri et al., 2006). All from 0 to 1, computed by
mir_eval (Raffel et al., ISMIR 2014).

The first five seconds count here. mir_eval's `evaluate` leaves them out, to let a listener who taps
along find the beat; a page must be right from its first bar on.
"""

from dataclasses import dataclass

import mir_eval
import numpy as np

from bench.pages.page import Page

TOLERANCE = 0.07  # seconds


@dataclass(frozen=True, slots=True)
class BeatFigures:
    """Shares from 0 to 1."""

    beat_f: float
    downbeat_f: float
    beat_CMLt: float
    beat_AMLt: float
    downbeat_CMLt: float
    downbeat_AMLt: float


def beat_figures(truth: Page, estimate: Page) -> BeatFigures | None:
    """None if the true beats are not known, or the system does not say when its beats fall."""
    if not truth.beats or not estimate.beats:
        return None
    beat_f, beat_cml, beat_aml = _judge(truth.beats, estimate.beats)
    downbeat_f, downbeat_cml, downbeat_aml = _judge(truth.downbeats, estimate.downbeats)
    return BeatFigures(beat_f, downbeat_f, beat_cml, beat_aml, downbeat_cml, downbeat_aml)


def _judge(
    true_times: tuple[float, ...], found_times: tuple[float, ...]
) -> tuple[float, float, float]:
    """F-measure, CMLt and AMLt of one list of times; where one of two is empty, 0."""
    if not true_times or not found_times:
        same = float(len(true_times) == len(found_times))
        return same, same, same
    true, found = np.sort(true_times), np.sort(found_times)
    f_measure = mir_eval.beat.f_measure(true, found, f_measure_threshold=TOLERANCE)
    _, cml_total, _, aml_total = mir_eval.beat.continuity(true, found)
    return float(f_measure), float(cml_total), float(aml_total)
