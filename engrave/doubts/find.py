"""Find the doubts of a transcription: how probable it is, its hardest bars, the best correction.

For every question (tempo, meter, barlines, key) the stages that decided kept the probability of
each answer (`hypotheses`); what is written is the likeliest. The tempo can hardly be wrong by a
little, only by a factor (two or three): listeners too differ in which level of the pulse they tap
(McKinney and Moelants, *Ambiguity in tempo perception*, Music Perception 24, 2006). A bar is hard
where the note network gives its written positions, barlines and staves a low probability
(`evidence.Evidence`).

Numbers between 0 and 1 are probabilities; times are seconds, tempi felt beats a minute.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

import numpy as np

from engrave.doubts.doubt import SPEEDS, Choice, Doubt, Doubts, HardBar
from engrave.doubts.positions import WrittenPositions
from engrave.listening.evidence import Evidence
from engrave.music.arrays import Floats
from engrave.music.grid import Grid
from engrave.music.marks import TempoMark
from engrave.music.score import Score
from engrave.music.text import name_key, name_value
from engrave.music.values import KeySignature
from engrave.pipeline import Transcription

MOST_HARD_BARS = 5  # bars that are listed, at most
HARD_AGREEMENT = 0.5  # agreement below which a bar is hard
USUAL_NOTES = 4  # average notes of the piece that are added to those of each bar (shrinkage)

LEAST_LOG_PROBABILITY = -5.0  # log probabilities are clipped to this

REASONS = ("the rhythm", "the barline", "which hand plays what")
# How much a correction improves, and the least probability of error for which one is suggested.
CORRECTION_WORTH = {"tempo": 1.0, "barlines": 0.7, "meter": 0.6, "key": 0.3, "beats": 0.3}
LEAST_WORTH = 0.4


def find_doubts(transcription: Transcription) -> Doubts:
    """The probability of what is written beside its alternatives, and the hardest bars."""
    score, known = transcription.score, transcription.options
    taps = known.beats or ()
    bars_known = any(tap.downbeat for tap in taps)
    page = WrittenPositions.of(score, transcription.grid)
    likely = transcription.hypotheses
    tempo = _doubt_tempo(score, likely.speeds, bool(known.tempo or taps))
    meter = _doubt_meter(page.grid, likely.meters, bool(known.meter or bars_known))
    barlines = _doubt_barlines(page.grid, likely.shifts, bars_known)
    meter = meter.standing_on("tempo", tempo)
    barlines = barlines.standing_on("meter", meter)
    key = _doubt_key(page, score, likely.keys, known.key is not None)
    questions = {"tempo": tempo, "meter": meter, "barlines": barlines, "key": key}
    hard = _hard_bars(page, transcription.evidence)
    return Doubts(
        **questions,
        hard_bars=tuple(hard[:MOST_HARD_BARS]),
        correction=_most_wanted(questions, hard if not taps else [], len(page.numbers)),
    )


def _doubt_tempo(score: Score, likely: Mapping[float, float], given: bool) -> Doubt:
    mark = next(m for m in score.parts[0].measures[0].marks if isinstance(m, TempoMark))
    words = f"{name_value(mark.beat)} = {mark.per_minute:.0f}"
    written = Choice(words, likely.get(1.0, 1.0), f"--tempo {mark.per_minute:.0f}")
    others = (
        Choice(_name_speed(speed), share, f"--tempo {mark.per_minute * speed:.0f}")
        for speed, share in likely.items()
        if speed != 1
    )
    return Doubt(written, tuple(others), given)


def _name_speed(speed: float) -> str:
    names = [name for known, name in SPEEDS.items() if abs(known - speed) < 1e-9]
    return names[0] if names else f"{speed:.2g} times as fast"


def _doubt_meter(grid: Grid, likely: Mapping[str, float], given: bool) -> Doubt:
    common = Counter(f"{bar.beats}/{bar.beat_type}" for bar in grid.bars).most_common(1)[0][0]
    written, *others = (
        Choice(name, share, f"--meter {name}") for name, share in (likely or {common: 1.0}).items()
    )
    return Doubt(written, tuple(others), given)


def _doubt_barlines(grid: Grid, likely: Mapping[int, float], given: bool) -> Doubt:
    """The alternative positions of the barlines, by their first times in seconds."""
    opens, beats = _usual_bars(grid)
    others = []
    for later, share in likely.items():
        if later:
            within = opens[:2][opens[:2] + later < len(grid.times)].tolist()
            positions = ", ".join([*(f"{grid.times[k + later]:.1f} s" for k in within), "..."])
            words = _shift(later, beats)
            where = f"downbeats {words}, at {positions}"
            others.append(Choice(words, share, "--beats FILE", where))
    return Doubt(Choice("as written", likely.get(0, 1.0), ""), tuple(others), given)


def _doubt_key(
    page: WrittenPositions, score: Score, likely: Mapping[int, float], given: bool
) -> Doubt:
    """Each probable key signature; the mode is the written one."""
    key, fifths = KeySignature(0), []
    for measure in score.as_played(score.parts[0]):
        key = measure.key or key
        fifths.append(key.fifths)
    mode = next(m.key.mode for m in score.parts[0].measures if m.key)
    common = Counter(np.array(fifths)[page.bar].tolist() or fifths).most_common(1)[0][0]
    names = (
        (name_key(KeySignature(k, mode)), share) for k, share in (likely or {common: 1.0}).items()
    )
    written, *others = (Choice(name, share, f'--key "{name}"') for name, share in names)
    return Doubt(written, tuple(others), given)


def _usual_bars(grid: Grid) -> tuple[np.ndarray, int]:
    """The first beats of the full bars of the commonest number of beats, and that number.

    Where there is no full bar, all bars are considered.
    """
    bars = [bar for bar in grid.bars if bar.length == bar.full_length] or grid.bars
    edges = [[bisect_left(grid.quarters, q) for q in (bar.start, bar.end)] for bar in bars]
    beats = Counter(b - a for a, b in edges).most_common(1)[0][0]
    return np.array([a for a, b in edges if b - a == beats]), beats


def _shift(later: int, beats: int) -> str:
    if 2 * later == beats:
        return "half a bar away"
    if later == beats - 1:
        return "one beat earlier"
    return "one beat later" if later == 1 else f"{later} beats later"


def _hard_bars(page: WrittenPositions, evidence: Evidence) -> list[HardBar]:
    """The bars with the least agreement of the network with what is written, the hardest first."""
    rhythm = evidence.phase[page.note, page.phase]
    barline = _log_probability(np.where(page.first, 1, -1) * evidence.downbeat[page.note])
    upper = _log_probability(np.where(page.upper, 1, -1) * evidence.upper[page.note])
    hand = np.where(page.shared, upper, 0.0)
    agreed = np.maximum([rhythm, barline, hand], LEAST_LOG_PROBABILITY)
    count = len(page.numbers)
    size = np.bincount(page.bar, minlength=count)
    usual = agreed.sum(axis=1, keepdims=True) / max(len(page.note), 1)
    total = np.array([np.bincount(page.bar, part, count) for part in agreed])
    mean = (total + USUAL_NOTES * usual) / (size + USUAL_NOTES)
    agreement = np.exp(mean.mean(axis=0))
    reason = (mean - usual).argmin(axis=0)
    begins = page.grid.time_at(np.array([float(bar.start) for bar in page.grid.bars]))
    return [
        HardBar(page.numbers[k], float(begins[k]), float(agreement[k]), REASONS[reason[k]])
        for k in np.argsort(agreement, kind="stable").tolist()
        if size[k] and agreement[k] < HARD_AGREEMENT
    ]


def _most_wanted(questions: dict[str, Doubt], hard: list[HardBar], bars: int) -> Choice | None:
    """The correction that improves most, if it is likely enough that something is wrong."""
    wanted: list[tuple[float, Choice]] = []
    for name, doubt in questions.items():
        if 1 - doubt.sure >= LEAST_WORTH:
            wanted.append((CORRECTION_WORTH[name] * (1 - doubt.sure), doubt.others[0]))
    if len(hard) / bars >= LEAST_WORTH:
        where = f"taps along, above all around bar {hard[0].name} (at {hard[0].seconds:.1f} s)"
        taps = Choice("beats elsewhere", len(hard) / bars, "--beats FILE", where)
        wanted.append((CORRECTION_WORTH["beats"] * taps.likely, taps))
    return max(wanted, key=lambda pair: pair[0])[1] if wanted else None


def _log_probability(odds: Floats) -> Floats:
    against: Floats = np.logaddexp(0, -odds)
    return -against
