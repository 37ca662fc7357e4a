"""Which notes of a hand form one line: one voice where one serves, two where lines overlap.

A listener groups notes that are near in pitch and follow each other; a writer adds a second voice
to a staff only when a note goes on sounding while others move (Temperley, *The Cognition of Basic
Musical Structures*, 2001, ch. 4; Cambouropoulos, *Voice and stream*, 2008). Each chord of a staff
is split into an upper and a lower part - mostly all and nothing - by a beam search over the
piece, in which notes cut short, leaps, crossings and a second voice have their costs, and what the
reader holds each note to be counts too.

Places and lengths are in quarter notes; lengths are those for which the keys were held.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from engrave.grid import PlacedNote
from engrave.listen import Evidence

BEAM = 16  # lines of thought that are followed at a time
CUT_SHORT = 2.4  # a held note loses all of its length to the next one of its voice
LENIENCY = 0.2  # share of its length that a note may lose at no cost: legato overlaps
UNLIKE_LENGTHS = 0.8  # notes of one chord that are held unlike
LEGATO = 0.25  # quarters that any note may overlap the next, however short it is
LEAP = 0.25  # an octave between a voice's successive notes
SECOND_VOICE = 0.25  # each chord in the second voice
BELOW_HELD = 0.05  # the same under a note that is held on
NEW_VOICE = 1.2  # the second voice enters after a silence
SILENCE = 2.0  # quarters after which an entry is new
CROSSING = 1.5  # the lower voice sounds above the upper one
LONELY = 0.5  # the second voice moves while the first rests
READ_WEIGHT = 0.5  # of what the reader says of each note
INNER = 0.5  # share of the inner notes that are written with the lower voice


@dataclass(frozen=True, slots=True)
class _Line:
    """What a voice sounds last: mean pitch, highest, lowest, onset, end of the keys' being held."""

    pitch: float
    high: int
    low: int
    onset: float
    end: float


@dataclass(frozen=True, slots=True)
class _Thought:
    """One way to have split the chords so far; `upper` counts the top notes of the last chord."""

    cost: float
    upper: int
    lines: tuple[_Line | None, _Line | None]
    before: "_Thought | None"


def separate_voices(
    notes: Sequence[PlacedNote], staff: Sequence[int], evidence: Evidence
) -> tuple[int, ...]:
    """The voice of each note within its staff: 1 (upper, or the only one) or 2.

    A grace note joins the voice of the note that it leads to.
    """
    voice = [1] * len(notes)
    read = _read_voices(evidence)[[note.played for note in notes]]
    for number in set(staff):
        members = [i for i in range(len(notes)) if staff[i] == number and not notes[i].grace]
        chords = list(_chords(notes, members))
        for chord, upper in zip(chords, _split(notes, chords, read), strict=True):
            for i in chord[upper:]:
                voice[i] = 2
    _lead_graces(notes, staff, voice)
    return tuple(voice)


def _chords(notes: Sequence[PlacedNote], members: Iterable[int]) -> Iterator[list[int]]:
    """Notes with one onset, highest first."""
    ordered = sorted(members, key=lambda i: (notes[i].onset, -notes[i].pitch))
    for _, chord in groupby(ordered, key=lambda i: notes[i].onset):
        yield list(chord)


def _read_voices(evidence: Evidence) -> np.ndarray:
    """What the first and the second voice cost each played note by what the reader says."""
    only, upper, lower, inner = np.exp(evidence.voice).T
    first, second = only + upper + (1 - INNER) * inner, lower + INNER * inner
    cost: np.ndarray = -READ_WEIGHT * np.log(np.stack([first, second], axis=1).clip(1e-3))
    return cost


def _split(notes: Sequence[PlacedNote], chords: list[list[int]], read: np.ndarray) -> list[int]:
    """How many of the top notes of each chord belong to the upper voice."""
    beam = [_Thought(0.0, 0, (None, None), None)]
    for chord in chords:
        rows = [notes[i] for i in chord]
        parts = {upper: (_line(rows[:upper]), _line(rows[upper:])) for upper in _options(rows)}
        costs = {
            u: _mixture(rows[:u])
            + _mixture(rows[u:])
            + float(read[chord[:u], 0].sum() + read[chord[u:], 1].sum())
            for u in parts
        }
        grown = [
            _extend(thought, upper, part, costs[upper], float(rows[0].onset))
            for thought in beam
            for upper, part in parts.items()
        ]
        beam = sorted(grown, key=lambda thought: thought.cost)[:BEAM]
    thought: _Thought | None = beam[0]
    split: list[int] = []
    while thought is not None and thought.before is not None:
        split.append(thought.upper)
        thought = thought.before
    return split[::-1]


def _options(rows: list[PlacedNote]) -> list[int]:
    """Splits worth a thought: all above, all below, one outer note alone, the widest gap."""
    size = len(rows)
    if size < 3:
        return list(range(size + 1))
    gaps = [a.pitch - b.pitch for a, b in zip(rows, rows[1:], strict=False)]
    return sorted({0, 1, gaps.index(max(gaps)) + 1, size - 1, size})


def _line(rows: list[PlacedNote]) -> _Line | None:
    if not rows:
        return None
    ends = sorted(float(note.end) for note in rows)
    return _Line(
        pitch=sum(note.pitch for note in rows) / len(rows),
        high=rows[0].pitch,
        low=rows[-1].pitch,
        onset=float(rows[0].onset),
        end=ends[len(ends) // 2],
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
            lost = (old.end - now) / max(old.end - old.onset, 1e-6)
            cost += CUT_SHORT * max(0.0, lost - LENIENCY) * min(1.0, 2 * max(0.0, old.end - now))
    first, second = thought.lines
    if part[1]:
        below_held = first and not part[0] and _is_held(first, part[1])
        cost += BELOW_HELD if below_held else SECOND_VOICE
        if second is None or now - second.end > SILENCE:
            cost += NEW_VOICE
        if not part[0] and (first is None or first.end <= now):
            cost += LONELY
    above, below = lines
    if above and below and min(above.end, below.end) > now and below.high > above.low:
        cost += CROSSING
    return _Thought(thought.cost + cost, upper, (above, below), thought)


def _is_held(line: _Line, new: _Line) -> bool:
    """Whether the line's last notes go on under or over new ones by more than a legato."""
    left = line.end - new.onset
    outlasts = line.end >= new.end or left > LENIENCY * (line.end - line.onset)
    return outlasts and left > LEGATO


def _lead_graces(notes: Sequence[PlacedNote], staff: Sequence[int], voice: list[int]) -> None:
    mains: dict[tuple, list[int]] = {}
    for i, note in enumerate(notes):
        if not note.grace:
            mains.setdefault((staff[i], note.onset), []).append(i)
    for i, note in enumerate(notes):
        if note.grace:
            nearest = min(
                mains[staff[i], note.onset], key=lambda j: abs(notes[j].pitch - note.pitch)
            )
            voice[i] = voice[nearest]
