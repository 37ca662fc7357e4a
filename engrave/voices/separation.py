"""Which notes of a hand form one line: one voice where one serves, two where lines overlap.

A listener groups notes that are near in pitch and follow each other; a writer adds a second voice
to a staff only when a note goes on sounding while others move (Temperley, *The Cognition of Basic
Musical Structures*, 2001, ch. 4; Cambouropoulos, *Voice and stream*, 2008). Whether a bar of a
staff may have two is a question for the reader, asked of all its notes together; a change costs,
so that voices last. In bars of two each chord is split into an upper and a lower part - mostly all
and nothing - by a beam search over the piece. Notes cut short, leaps, crossings and rests have
their costs; that a note is written longer than up to the next one is the sign of a second voice.

Places and lengths are in quarter notes; lengths are those for which the keys were held.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import PlacedEvidence
from engrave.music.grid import Grid
from engrave.music.note import PlacedNote

LENGTHS = heads.VALUES  # in beats
NEARLY = 0.02  # share by which lengths are the same
BEAM = 8  # lines of thought that are followed at a time
CUT_SHORT = 2.4  # a held note loses all of its length to the next one of its voice
LENIENCY = 0.2  # share of its length that a note may lose at no cost: legato overlaps
UNLIKE_LENGTHS = 0.8  # notes of one chord that are held unlike
LEAP = 0.25  # an octave between a voice's successive notes
NEW_VOICE = 1.2  # the second voice enters after a silence
SILENCE = 2.0  # quarters after which an entry is new
CROSSING = 1.5  # the lower voice sounds above the upper one
LONELY = 0.5  # the second voice moves while the first rests
SWITCH = 0.5  # one voice alone goes on where the other one alone was
CHANGE = 1.0  # another number of voices than in the bar before
BAR_WEIGHT = 2.0  # of what the reader says of the voices of a bar
BAR_BIAS = 1.4  # log odds: it says two too seldom
VALUE_CUT = 0.5  # a note that is surely longer by what the reader says ends with the next one
VALUE_REST = 0.5  # one that is surely shorter leaves a rest
READ_WEIGHT = 1.0  # of what the reader says of each note
INNER = 0.5  # share of the inner notes that are written with the lower voice


@dataclass(frozen=True, slots=True)
class _Line:
    """What a voice sounds last: mean pitch, highest, lowest, onset, end of the keys' being held.

    `beyond` is how likely it is written at least as long as each of `LENGTHS`, `beat` the beat in
    quarters.
    """

    pitch: float
    high: int
    low: int
    onset: float
    end: float
    beyond: list[float]
    beat: float

    def gone_by(self, now: float) -> float:
        """How likely its notes have ended: neither the keys are down nor are they written on."""
        if self.end > now:
            return 0.0
        return 1 - self._beyond(now, NEARLY)

    def misfit(self, now: float) -> float:
        """What it costs that its notes are followed at `now`, by what the reader says of them."""
        longer, shorter = self._beyond(now, NEARLY), 1 - self._beyond(now, -NEARLY)
        return VALUE_CUT * longer + VALUE_REST * shorter

    def _beyond(self, now: float, margin: float) -> float:
        gap = (now - self.onset) / self.beat
        return self.beyond[bisect_right(LENGTHS, gap * (1 + margin))]


@dataclass(frozen=True, slots=True)
class _Thought:
    """One way to have split the chords so far; `upper` counts the top notes of the last chord."""

    cost: float
    upper: int
    alone: int  # the voice that has all of the last chord; 0 if both have a part
    lines: tuple[_Line | None, _Line | None]
    before: "_Thought | None"
    voices: int  # that this bar may have


def separate_voices(
    notes: Sequence[PlacedNote], staff: Sequence[int], evidence: PlacedEvidence, grid: Grid
) -> tuple[int, ...]:
    """The voice of each note within its staff: 1 (upper, or the only one) or 2.

    A grace note joins the voice of the note that it leads to.
    """
    voice = [1] * len(notes)
    read, several, beyond = _read_voices(evidence), _read_several(evidence), _read_beyond(evidence)
    beat = [float(grid.bars[grid.bar_at(note.onset)].beat_length) for note in notes]
    for number in set(staff):
        members = [i for i in range(len(notes)) if staff[i] == number and not notes[i].grace]
        chords = list(_chords(notes, members))
        bars = [grid.bar_at(notes[chord[0]].onset) for chord in chords]
        wish = _wishes(chords, bars, several)
        for chord, upper in zip(
            chords, _split(notes, chords, bars, wish, read, beyond, beat), strict=True
        ):
            for i in chord[upper:]:
                voice[i] = 2
    _lead_graces(notes, staff, voice)
    return tuple(voice)


def _chords(notes: Sequence[PlacedNote], members: Iterable[int]) -> Iterator[list[int]]:
    """Notes with one onset, highest first."""
    ordered = sorted(members, key=lambda i: (notes[i].onset, -notes[i].pitch))
    for _, chord in groupby(ordered, key=lambda i: notes[i].onset):
        yield list(chord)


def _read_voices(evidence: PlacedEvidence) -> np.ndarray:
    """What the upper and the lower of two voices cost each played note by what the reader says."""
    _, upper, lower, inner = np.exp(evidence.voice).T
    first, second = upper + (1 - INNER) * inner + 1e-3, lower + INNER * inner + 1e-3
    shares = np.stack([first, second], axis=1) / np.maximum(first, second)[:, None]
    cost: np.ndarray = -READ_WEIGHT * np.log(shares)
    return cost


def _read_several(evidence: PlacedEvidence) -> np.ndarray:
    """The log odds that a played note stands in a bar of two voices, as the reader says."""
    only = np.exp(evidence.voice[:, 0]).clip(1e-2, 1 - 1e-2)
    odds: np.ndarray = np.log((1 - only) / only)
    return odds


def _read_beyond(evidence: PlacedEvidence) -> np.ndarray:
    """How likely a played note is written at least as long as each of `LENGTHS`, and longer."""
    known = np.exp(evidence.value[:, : len(LENGTHS)])
    tails = np.cumsum(known[:, ::-1], axis=1)[:, ::-1] / (known.sum(axis=1, keepdims=True) + 0.05)
    return np.concatenate([tails, np.zeros((len(tails), 1))], axis=1)


def _wishes(chords: list[list[int]], bars: list[int], several: np.ndarray) -> dict[int, float]:
    """For each bar what one voice costs more than two, by what the reader says of its notes."""
    said: dict[int, list[float]] = {}
    for chord, bar in zip(chords, bars, strict=True):
        said.setdefault(bar, []).extend(several[chord].tolist())
    return {bar: BAR_WEIGHT * (sum(odds) / len(odds) + BAR_BIAS) for bar, odds in said.items()}


def _split(
    notes: Sequence[PlacedNote],
    chords: list[list[int]],
    bars: list[int],
    wish: dict[int, float],
    read: np.ndarray,
    beyond: np.ndarray,
    beat: Sequence[float],
) -> list[int]:
    """How many of the top notes of each chord belong to the upper voice."""
    start = _Thought(0.0, 0, 0, (None, None), None, 1)
    beams = {1: [start], 2: [replace(start, voices=2)]}
    before = None
    for chord, bar in zip(chords, bars, strict=True):
        rows = [notes[i] for i in chord]
        if bar != before:
            beams = _open_bar(beams, wish[bar], before is None)
            before = bar
        grown: dict[int, list[_Thought]] = {1: [], 2: []}
        parts = {
            upper: (
                _line(rows[:upper], beyond[chord[:upper]], beat[chord[0]]),
                _line(rows[upper:], beyond[chord[upper:]], beat[chord[0]]),
            )
            for upper in _options(rows)
        }
        for voices, beam in beams.items():
            for upper, part in parts.items():
                if voices == 1 and upper < len(rows):
                    continue
                cost = _mixture(rows[:upper]) + _mixture(rows[upper:])
                if voices == 2:
                    cost += float(read[chord[:upper], 0].sum() + read[chord[upper:], 1].sum())
                now = float(rows[0].onset)
                grown[voices] += [_extend(thought, upper, part, cost, now) for thought in beam]
        beams = {voices: _best(thoughts) for voices, thoughts in grown.items()}
    thought: _Thought | None = min(beams[1][0], beams[2][0], key=lambda thought: thought.cost)
    split: list[int] = []
    while thought is not None and thought.before is not None:
        split.append(thought.upper)
        thought = thought.before
    return split[::-1]


def _open_bar(
    beams: dict[int, list[_Thought]], wish: float, first: bool
) -> dict[int, list[_Thought]]:
    """The thoughts at a barline, where the number of voices may change."""
    opened = {}
    for voices in beams:
        change = [
            replace(
                thought,
                cost=thought.cost
                + (CHANGE if thought.voices != voices and not first else 0.0)
                + max(0.0, wish if voices == 1 else -wish),
                voices=voices,
            )
            for beam in beams.values()
            for thought in beam
        ]
        opened[voices] = _best(change)
    return opened


def _best(thoughts: list[_Thought]) -> list[_Thought]:
    """The cheapest, of those that go on from the same notes only one."""
    best: dict[tuple[int, int], _Thought] = {}
    for thought in thoughts:
        sounding = (id(thought.lines[0]), id(thought.lines[1]))
        if sounding not in best or thought.cost < best[sounding].cost:
            best[sounding] = thought
    return sorted(best.values(), key=lambda thought: thought.cost)[:BEAM]


def _options(rows: list[PlacedNote]) -> list[int]:
    """Splits worth a thought: all above, all below, one outer note alone, the widest gap."""
    size = len(rows)
    if size < 3:
        return list(range(size + 1))
    gaps = [a.pitch - b.pitch for a, b in pairwise(rows)]
    return sorted({0, 1, gaps.index(max(gaps)) + 1, size - 1, size})


def _line(rows: list[PlacedNote], beyond: np.ndarray, beat: float) -> _Line | None:
    if not rows:
        return None
    ends = sorted(float(note.end) for note in rows)
    return _Line(
        pitch=sum(note.pitch for note in rows) / len(rows),
        high=rows[0].pitch,
        low=rows[-1].pitch,
        onset=float(rows[0].onset),
        end=ends[len(ends) // 2],
        beyond=beyond.mean(axis=0).tolist(),
        beat=beat,
    )


def _mixture(rows: list[PlacedNote]) -> float:
    if len(rows) < 2:
        return 0.0
    lengths = [float(note.length) for note in rows]
    return UNLIKE_LENGTHS * max(0.0, 1 - min(lengths) / max(lengths) - LENIENCY)


_Lines = tuple[_Line | None, _Line | None]


def _extend(thought: _Thought, upper: int, part: _Lines, cost: float, now: float) -> _Thought:
    lines = []
    for old, new in zip(thought.lines, part, strict=True):
        lines.append(new or old)
        if old and new:
            cost += LEAP * min(abs(new.pitch - old.pitch) / 12, 1.5)
            cost += old.misfit(now)
            lost = (old.end - now) / max(old.end - old.onset, 1e-6)
            cost += CUT_SHORT * max(0.0, lost - LENIENCY) * min(1.0, 2 * max(0.0, old.end - now))
    first, second = thought.lines
    if part[1]:
        if second is None or now - second.end > SILENCE:
            cost += NEW_VOICE
        if not part[0]:
            cost += LONELY * (first.gone_by(now) if first else 1.0)
    alone = 0 if part[0] and part[1] else 1 if part[0] else 2
    cost += SWITCH * ({alone, thought.alone} == {1, 2})
    above, below = lines
    if above and below and min(above.end, below.end) > now and below.high > above.low:
        cost += CROSSING
    return _Thought(thought.cost + cost, upper, alone, (above, below), thought, thought.voices)


def _lead_graces(notes: Sequence[PlacedNote], staff: Sequence[int], voice: list[int]) -> None:
    mains: dict[tuple[int, Fraction], list[int]] = {}
    for i, note in enumerate(notes):
        if not note.grace:
            mains.setdefault((staff[i], note.onset), []).append(i)
    for i, note in enumerate(notes):
        if note.grace:
            nearest = min(
                mains[staff[i], note.onset], key=lambda j: abs(notes[j].pitch - note.pitch)
            )
            voice[i] = voice[nearest]
