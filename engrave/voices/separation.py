"""Voice separation: one or two voices for each staff and bar, by beam search.

Notes near in pitch that follow each other are heard as one line; a second voice is written on a
staff only when a note goes on sounding while others move (Temperley, *The Cognition of Basic
Musical Structures*, 2001, ch. 4; Cambouropoulos, *Voice and stream*, 2008). Whether a bar of a
staff may have two voices is decided from the networks' evidence for all its notes together; a
change costs, so that voices last. In bars of two, each chord is split into an upper and a lower
part - mostly all and nothing - by a beam search over the piece. Notes cut short, leaps, crossings
and rests have costs; a note that is written longer than up to the next one indicates a second
voice.

Positions and durations are in quarter notes; durations are those for which the keys were held. For
experiments with the costs see docs/experiments.md, "Voice separation and durations".
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import SecondEvidence
from engrave.music.grid import Grid
from engrave.music.note import Note, group_chords

LENGTHS = heads.VALUES  # note values in beats
SAME_LENGTH_SHARE = 0.02  # relative difference up to which durations are the same
BEAM_WIDTH = 8  # hypotheses kept for each number of voices
CUT_SHORT_COST = 2.4  # a held note loses all of its duration to the next one of its voice
FREE_CUT_SHARE = 0.2  # of its duration that a note may lose at no cost: legato overlaps
UNLIKE_LENGTHS_COST = 0.8  # notes of one chord that are held for different durations
LEAP_COST = 0.25  # per octave between a voice's successive notes
NEW_VOICE_COST = 1.2  # the second voice enters after a silence
NEW_ENTRY_SILENCE = 2.0  # quarters of silence after which an entry is new
CROSSING_COST = 1.5  # the lower voice sounds above the upper one
LONE_SECOND_VOICE_COST = 0.5  # the second voice moves while the first rests
SWITCH_COST = 0.5  # one voice alone continues where the other one alone was
VOICE_COUNT_CHANGE_COST = 1.0  # another number of voices than in the bar before
BAR_WEIGHT = 2.0  # of the evidence for the number of voices of a bar
BAR_BIAS = 1.4  # log odds added for two voices, which the networks find too rarely
CUT_VALUE_COST = 0.5  # times the probability that a note is longer than up to the next of its voice
REST_COST = 0.5  # times the probability that it is shorter, which leaves a rest
EVIDENCE_WEIGHT = 1.0  # of the evidence for the voice of each note
INNER_NOTE_SHARE = 0.5  # of the probability of "inner" that counts for the lower voice


@dataclass(frozen=True, slots=True)
class _VoiceState:
    """The last chord of a voice: mean, highest and lowest pitch, onset, and when its keys are up.

    `onset` and `end` are in quarters. `beyond` is the probability that it is written at least as
    long as each of `LENGTHS`, `beat` the beat in quarters.
    """

    pitch: float
    high: int
    low: int
    onset: float
    end: float
    beyond: list[float]
    beat: float

    def ended_by(self, now: float) -> float:
        """Probability that its notes have ended: 0 while keys are down, else by note values."""
        if self.end > now:
            return 0.0
        return 1 - self._beyond(now, SAME_LENGTH_SHARE)

    def cost_of_ending(self, now: float) -> float:
        """Cost of ending its notes at `now`, by the probabilities of their note values."""
        longer, shorter = (
            self._beyond(now, SAME_LENGTH_SHARE),
            1 - self._beyond(now, -SAME_LENGTH_SHARE),
        )
        return CUT_VALUE_COST * longer + REST_COST * shorter

    def cost_of_cutting(self, now: float) -> float:
        """Cost of cutting notes short whose keys are still down at `now`."""
        lost = (self.end - now) / max(self.end - self.onset, 1e-6)
        return (
            CUT_SHORT_COST
            * max(0.0, lost - FREE_CUT_SHARE)
            * min(1.0, 2 * max(0.0, self.end - now))
        )

    def _beyond(self, now: float, margin: float) -> float:
        gap = (now - self.onset) / self.beat
        return self.beyond[bisect_right(LENGTHS, gap * (1 + margin))]


_VoiceStates = tuple[_VoiceState | None, _VoiceState | None]


class _Hypothesis(NamedTuple):
    """A split of the chords so far; `upper` counts the upper voice's notes of the last chord."""

    cost: float
    upper: int
    alone: int  # the voice that has all of the last chord; 0 if both have a part
    states: _VoiceStates
    before: "_Hypothesis | None"
    voices: int  # allowed in this bar


def separate_voices(
    notes: Sequence[Note], evidence: SecondEvidence, grid: Grid
) -> tuple[Note, ...]:
    """The notes with their voices within their staves: 1 (upper, or the only one) or 2.

    A grace note joins the voice of the note that it leads to.
    """
    said = _Said.of(evidence)
    lower: set[int] = set()
    for staff in {(note.part, note.staff) for note in notes}:
        own = [note for note in notes if (note.part, note.staff) == staff and not note.grace]
        chords = [_Chord.of(chord, grid) for chord in group_chords(own)]
        split = _split(chords, said)
        for chord, upper in zip(chords, split, strict=True):
            lower |= {note.played for note in chord.notes[upper:]}
    voiced = [replace(note, voice=2 if note.played in lower else 1) for note in notes]
    return tuple(_lead_graces(voiced))


@dataclass(frozen=True, slots=True)
class _Chord:
    """Notes with one onset, highest first; the bar in which they begin, and its beat (quarters)."""

    notes: list[Note]
    bar: int
    beat: float

    @classmethod
    def of(cls, notes: list[Note], grid: Grid) -> "_Chord":
        bar = grid.bar_at(notes[0].onset)
        return cls(
            sorted(notes, key=lambda note: -note.pitch), bar, float(grid.bars[bar].beat_length)
        )

    def part(self, first: int, last: int | None, said: "_Said") -> _VoiceState | None:
        """State of a voice that has the notes `first` to `last`."""
        rows = self.notes[first:last]
        if not rows:
            return None
        ends = sorted(float(note.end) for note in rows)
        presses = [note.played for note in rows]
        return _VoiceState(
            pitch=sum(note.pitch for note in rows) / len(rows),
            high=rows[0].pitch,
            low=rows[-1].pitch,
            onset=float(rows[0].onset),
            end=ends[len(ends) // 2],
            beyond=said.beyond_of(presses),
            beat=self.beat,
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """Costs and probabilities from the networks' evidence, a row for each press.

    `voices` are the costs of the upper and the lower of two voices, `several` the log odds of a bar
    of two voices, `beyond` the probabilities that it is written at least as long as each of
    `LENGTHS`, and longer than all.
    """

    voices: np.ndarray
    several: np.ndarray
    beyond: np.ndarray

    @classmethod
    def of(cls, evidence: SecondEvidence) -> "_Said":
        return cls(
            _voice_costs(evidence), _two_voice_log_odds(evidence), _longer_probabilities(evidence)
        )

    def beyond_of(self, presses: Sequence[int]) -> list[float]:
        """The mean of `beyond` over the presses of a voice."""
        if len(presses) == 1:
            alone: list[float] = self.beyond[presses[0]].tolist()
            return alone
        mean: list[float] = self.beyond[presses].mean(axis=0).tolist()
        return mean


def _voice_costs(evidence: SecondEvidence) -> np.ndarray:
    """Cost of the upper and of the lower of two voices for each press: array (presses, 2)."""
    _, upper, lower, inner = np.exp(evidence.voice).T
    first, second = (
        upper + (1 - INNER_NOTE_SHARE) * inner + 1e-3,
        lower + INNER_NOTE_SHARE * inner + 1e-3,
    )
    shares = np.stack([first, second], axis=1) / np.maximum(first, second)[:, None]
    cost: np.ndarray = -EVIDENCE_WEIGHT * np.log(shares)
    return cost


def _two_voice_log_odds(evidence: SecondEvidence) -> np.ndarray:
    """Log odds that each press is in a bar of two voices."""
    only = np.exp(evidence.voice[:, 0]).clip(1e-2, 1 - 1e-2)
    odds: np.ndarray = np.log((1 - only) / only)
    return odds


def _longer_probabilities(evidence: SecondEvidence) -> np.ndarray:
    """Probability that each press is written at least as long as each of `LENGTHS`, and longer."""
    known = np.exp(evidence.value[:, : len(LENGTHS)])
    tails = np.cumsum(known[:, ::-1], axis=1)[:, ::-1] / (known.sum(axis=1, keepdims=True) + 0.05)
    return np.concatenate([tails, np.zeros((len(tails), 1))], axis=1)


def _one_voice_cost(chords: Sequence[_Chord], several: np.ndarray) -> dict[int, float]:
    """For each bar, the cost of one voice over two, from the evidence for its notes."""
    said: dict[int, list[float]] = {}
    for chord in chords:
        presses = [note.played for note in chord.notes]
        said.setdefault(chord.bar, []).extend(several[presses].tolist())
    return {bar: BAR_WEIGHT * (sum(odds) / len(odds) + BAR_BIAS) for bar, odds in said.items()}


def _split(chords: Sequence[_Chord], said: _Said) -> list[int]:
    """Number of the top notes of each chord that belong to the upper voice."""
    one_voice_cost = _one_voice_cost(chords, said.several)
    start = _Hypothesis(0.0, 0, 0, (None, None), None, 1)
    beams = {1: [start], 2: [start._replace(voices=2)]}
    before = None
    for chord in chords:
        if chord.bar != before:
            beams = _open_bar(beams, one_voice_cost[chord.bar], before is None)
            before = chord.bar
        beams = _split_chord(beams, chord, said)
    hypothesis: _Hypothesis | None = min(
        beams[1][0], beams[2][0], key=lambda hypothesis: hypothesis.cost
    )
    split: list[int] = []
    while hypothesis is not None and hypothesis.before is not None:
        split.append(hypothesis.upper)
        hypothesis = hypothesis.before
    return split[::-1]


class _Division(NamedTuple):
    """A split of one chord: how many notes are above, both voices, the cost by voices in a bar."""

    upper: int
    states: _VoiceStates
    cost: Mapping[int, float]


class _Leaving(NamedTuple):
    """What it costs a voice to leave its last chord now; see the methods of `_VoiceState`."""

    ended: float
    ending: float
    cutting: float


def _leaving(beams: Iterable[list[_Hypothesis]], now: float) -> dict[int, _Leaving]:
    """The costs by the identity of a state: hypotheses share states, so each is weighed once."""
    states = {id(state): state for beam in beams for h in beam for state in h.states if state}
    return {
        key: _Leaving(state.ended_by(now), state.cost_of_ending(now), state.cost_of_cutting(now))
        for key, state in states.items()
    }


def _split_chord(
    beams: dict[int, list[_Hypothesis]], chord: _Chord, said: _Said
) -> dict[int, list[_Hypothesis]]:
    """The hypotheses extended by a chord, by the number of voices."""
    grown: dict[int, list[_Hypothesis]] = {}
    rows = chord.notes
    now = float(rows[0].onset)
    voice_costs = said.voices[[note.played for note in rows]]
    leaving = _leaving(beams.values(), now)
    divisions = []
    for upper in _options(rows):
        mixture = _mixture(rows[:upper]) + _mixture(rows[upper:])
        voiced = mixture + float(voice_costs[:upper, 0].sum() + voice_costs[upper:, 1].sum())
        states = chord.part(0, upper, said), chord.part(upper, None, said)
        divisions.append(_Division(upper, states, {1: mixture, 2: voiced}))
    for voices, beam in beams.items():
        grown[voices] = _best(
            [
                _extend(hypothesis, division, leaving, now)
                for division in divisions
                if voices == 2 or division.upper == len(rows)
                for hypothesis in beam
            ]
        )
    return grown


def _open_bar(
    beams: dict[int, list[_Hypothesis]], one_voice_cost: float, first: bool
) -> dict[int, list[_Hypothesis]]:
    """The hypotheses at a barline, where the number of voices may change."""
    opened = {}
    for voices in beams:
        change = [
            hypothesis._replace(
                cost=hypothesis.cost
                + (VOICE_COUNT_CHANGE_COST if hypothesis.voices != voices and not first else 0.0)
                + max(0.0, one_voice_cost if voices == 1 else -one_voice_cost),
                voices=voices,
            )
            for beam in beams.values()
            for hypothesis in beam
        ]
        opened[voices] = _best(change)
    return opened


def _best(hypotheses: list[_Hypothesis]) -> list[_Hypothesis]:
    """The cheapest hypotheses; of those with the same sounding notes only one."""
    best: dict[tuple[int, int], _Hypothesis] = {}
    for hypothesis in hypotheses:
        sounding = (id(hypothesis.states[0]), id(hypothesis.states[1]))
        if sounding not in best or hypothesis.cost < best[sounding].cost:
            best[sounding] = hypothesis
    return sorted(best.values(), key=lambda hypothesis: hypothesis.cost)[:BEAM_WIDTH]


def _options(rows: list[Note]) -> list[int]:
    """Splits to be considered: all above, all below, one outer note alone, the widest gap."""
    size = len(rows)
    if size < 3:
        return list(range(size + 1))
    gaps = [a.pitch - b.pitch for a, b in pairwise(rows)]
    return sorted({0, 1, gaps.index(max(gaps)) + 1, size - 1, size})


def _mixture(rows: list[Note]) -> float:
    if len(rows) < 2:
        return 0.0
    lengths = [float(note.duration) for note in rows]
    return UNLIKE_LENGTHS_COST * max(0.0, 1 - min(lengths) / max(lengths) - FREE_CUT_SHARE)


def _extend(
    hypothesis: _Hypothesis, division: _Division, leaving: Mapping[int, _Leaving], now: float
) -> _Hypothesis:
    cost = division.cost[hypothesis.voices]
    for old, new in zip(hypothesis.states, division.states, strict=True):
        if old and new:
            left = leaving[id(old)]
            cost += LEAP_COST * min(abs(new.pitch - old.pitch) / 12, 1.5)
            cost += left.ending
            cost += left.cutting
    first, second = hypothesis.states
    upper, lower = division.states
    if lower:
        if second is None or now - second.end > NEW_ENTRY_SILENCE:
            cost += NEW_VOICE_COST
        if not upper:
            cost += LONE_SECOND_VOICE_COST * (leaving[id(first)].ended if first else 1.0)
    alone = 0 if upper and lower else 1 if upper else 2
    if alone + hypothesis.alone == 3:
        cost += SWITCH_COST
    above, below = upper or first, lower or second
    if above and below and min(above.end, below.end) > now and below.high > above.low:
        cost += CROSSING_COST
    return _Hypothesis(
        hypothesis.cost + cost,
        division.upper,
        alone,
        (above, below),
        hypothesis,
        hypothesis.voices,
    )


def _lead_graces(notes: Sequence[Note]) -> Iterator[Note]:
    """The notes, each grace note in the voice of the nearest note that it leads to."""
    mains: dict[tuple[int, int, Fraction], list[Note]] = {}
    for note in notes:
        if not note.grace:
            mains.setdefault((note.part, note.staff, note.onset), []).append(note)
    for note in notes:
        if note.grace:
            led = mains[note.part, note.staff, note.onset]
            nearest = min(led, key=lambda main: abs(main.pitch - note.pitch))
            yield replace(note, voice=nearest.voice)
        else:
            yield note
