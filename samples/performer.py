"""How people play: a score turned into key presses and pedal moves, in seconds.

The tempo breathes with the phrase (Todd, "The dynamics of dynamics", 1992: slow, quick, slow),
slows to the end like a runner coming to rest (Friberg and Sundberg, "Does music performance
allude to locomotion?", 1999) and wanders a little. The melody comes 10 to 25 ms before what
accompanies it and sounds louder (Goebl, "Melody lead in piano performance", 2001). Legato
notes overlap, the pedal is changed just after the new bass.

Chance is seeded with the piece's name: the same piece is always played the same way.
"""

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from engrave.music.grid import Bar, Grid
from engrave.music.performance import PedalMove, Performance, PlayedNote, Source
from samples.notation import PedalSpan, Phrase, Piece, TrueNote

TICK = 1 / 960  # seconds; what a recording at tempo 120 and division 480 can tell apart
SILENCE = 0.8  # seconds before the first beat
CELL = Fraction(1, 24)  # quarters in which the tempo is taken as constant
FINAL_TEMPO = 0.55  # of the tempo before the last ritardando
TEMPO_WALK = 0.015  # standard deviation of a step of the tempo from beat to beat
# Seconds, standard deviations: of all that sounds together, of a hand in it, of a finger.
MOMENT_JITTER, HAND_JITTER, FINGER_JITTER = 0.008, 0.005, 0.004
GRACE = 0.085  # seconds of a grace note, where there is time
VELOCITY = {"pp": 36, "p": 45, "mp": 55, "mf": 66, "f": 78}
ACCENT = 22  # velocities that an accented note is struck harder
# Depths on the way up and down, one every 12 ms: the foot takes time.
PEDAL_STEP = 0.012
PEDAL_UP, PEDAL_DOWN = (104, 79, 58), (47, 73, 96)

Keys = dict[TrueNote, float]  # a time in seconds for each note


@dataclass(frozen=True, slots=True)
class Take:
    """A performance and what it plays: `truth[i]` is the note of the score behind note i.

    `grid` holds the times of the felt beats as the player meant them.
    """

    piece: Piece
    performance: Performance
    truth: tuple[TrueNote, ...]
    grid: Grid


@dataclass(frozen=True, slots=True)
class _Clock:
    """Seconds at the edges of cells of `CELL` quarters; even time within a cell."""

    edges: tuple[float, ...]

    def time_at(self, quarter: Fraction) -> float:
        cell = min(int(quarter / CELL), len(self.edges) - 2)
        low, high = self.edges[cell : cell + 2]
        return low + float(quarter / CELL - cell) * (high - low)


def perform(piece: Piece) -> Take:
    """Play a piece."""
    chance = Random(piece.name)
    clock = _set_clock(piece, chance)
    onsets = _strike(piece, clock, chance)
    releases = _let_go(piece, clock, onsets, chance)
    played: list[tuple[PlayedNote, TrueNote]] = []
    for note in piece.notes:
        onset, release = _tick(onsets[note]), _tick(releases[note])
        velocity = _velocity(piece, note, chance)
        played.append((PlayedNote(onset, release, note.pitch.midi, velocity), note))
    played.sort(key=lambda pair: (pair[0].onset, pair[0].pitch))
    pedal = _move_pedal(piece, clock, onsets, max(releases.values()), chance)
    source = Source(name=f"{piece.name}.mid", title=piece.title)
    notes, truth = zip(*played, strict=True)
    return Take(piece, Performance(notes, pedal, source=source), truth, _beat_grid(piece, clock))


def _tick(seconds: float) -> float:
    return round(seconds / TICK) * TICK


# --- tempo ---------------------------------------------------------------------------------


def _set_clock(piece: Piece, chance: Random) -> _Clock:
    beat = piece.bars[0].beat_length
    walk = [0.0]
    for _ in range(math.ceil(piece.end / beat) + 1):
        walk.append(0.8 * walk[-1] + chance.gauss(0, TEMPO_WALK))
    edges, quarter = [SILENCE], Fraction(0)
    seconds = 60 / piece.tempo / float(beat)
    while quarter < piece.end:
        at, part = divmod(quarter / beat, 1)
        wander = walk[at] + float(part) * (walk[at + 1] - walk[at])
        slowness = 1 + _phrase_arc(piece, quarter) + wander
        slowness /= _final_ritardando(piece, quarter)
        edges.append(edges[-1] + seconds * slowness * float(CELL))
        quarter += CELL
    return _Clock(tuple(edges))


def _phrase_arc(piece: Piece, quarter: Fraction) -> float:
    """How much slower than the base tempo: most at the end of the phrase, less at its half."""
    x = _position_in_phrase(piece, quarter)
    half = 2 * x % 1
    return piece.rubato * (0.35 * (1 - x) ** 6 + x**6 + 0.3 * half**6 - 0.3 * math.sin(math.pi * x))


def _phrase_at(piece: Piece, quarter: Fraction) -> Phrase:
    starts = [phrase.start for phrase in piece.phrases]
    return piece.phrases[bisect_right(starts, quarter) - 1]


def _position_in_phrase(piece: Piece, quarter: Fraction) -> float:
    phrase = _phrase_at(piece, quarter)
    return float((quarter - phrase.start) / (phrase.end - phrase.start))


def _final_ritardando(piece: Piece, quarter: Fraction) -> float:
    """Tempo in parts of the tempo before, over the bar and a half before the last onset."""
    last = max(note.onset for note in piece.notes)
    length = piece.bars[0].full_length * Fraction(3, 2)
    x = min(max(float((quarter - last + length) / length), 0), 1)
    tempo: float = (1 + (FINAL_TEMPO**3 - 1) * x) ** (1 / 3)
    return tempo


def _beat_grid(piece: Piece, clock: _Clock) -> Grid:
    beat = piece.bars[0].beat_length
    first = piece.pickup % beat
    count = int((piece.end - first) / beat)
    quarters = tuple(first + beat * i for i in range(count + 1))
    return Grid(tuple(clock.time_at(q) for q in quarters), quarters, piece.bars)


# --- keys down -----------------------------------------------------------------------------


def _strike(piece: Piece, clock: _Clock, chance: Random) -> Keys:
    """When each key goes down: hands a little apart, fingers a little uneven, melody first."""
    melody = _melody(piece)
    onsets: Keys = {}
    moments: dict[Fraction, float] = {}
    for (quarter, _), chord in _by(piece, lambda n: (n.onset, n.staff), grace=False).items():
        if quarter not in moments:
            moments[quarter] = clock.time_at(quarter) + chance.gauss(0, MOMENT_JITTER)
        hand = moments[quarter] + chance.gauss(0, HAND_JITTER)
        roll = 0.0
        for note in sorted(chord, key=lambda n: n.pitch.midi):
            lead = chance.uniform(0.010, 0.025) if note in melody else 0.0
            onsets[note] = hand + roll - lead + chance.gauss(0, FINGER_JITTER)
            roll += chance.uniform(0.035, 0.055) if note.rolled else 0.002
    return onsets | _strike_graces(piece, onsets, chance)


def _strike_graces(piece: Piece, onsets: Keys, chance: Random) -> Keys:
    """The grace notes: quickly before their note, in at most half of the time there is."""
    graced: Keys = {}
    for (quarter, voice), graces in _by(piece, lambda n: (n.onset, n.voice), grace=True).items():
        own = [(n.onset, t) for n, t in onsets.items() if n.voice == voice]
        goal = min(t for q, t in own if q == quarter)
        gap = goal - max((t for q, t in own if q < quarter), default=goal - 1)
        step = min(GRACE * chance.uniform(0.85, 1.15), gap / 2 / len(graces))
        for i, grace in enumerate(graces):
            graced[grace] = goal - step * (len(graces) - i)
    return graced


def _by(
    piece: Piece, key: Callable[[TrueNote], tuple[Fraction, int]], grace: bool
) -> dict[tuple[Fraction, int], list[TrueNote]]:
    """The grace notes, or all others, in groups that share a key."""
    groups: dict[tuple[Fraction, int], list[TrueNote]] = {}
    for note in piece.notes:
        if note.grace == grace:
            groups.setdefault(key(note), []).append(note)
    return groups


def _melody(piece: Piece) -> set[TrueNote]:
    """The top notes of the first voice of the right hand."""
    tops: dict[Fraction, TrueNote] = {}
    for note in piece.notes:
        if note.voice == 1 and not note.grace:
            top = tops.get(note.onset, note)
            tops[note.onset] = max(note, top, key=lambda n: n.pitch.midi)
    return set(tops.values())


# --- keys up -------------------------------------------------------------------------------


def _let_go(piece: Piece, clock: _Clock, onsets: Keys, chance: Random) -> Keys:
    """When each key comes up: by touch, and in time to be struck again."""
    strikes: dict[int, list[float]] = {}
    for note, time in onsets.items():
        strikes.setdefault(note.pitch.midi, []).append(time)
    releases: Keys = {}
    for note in piece.notes:
        wished = _by_touch(piece, clock, onsets, note, chance)
        again = min((t for t in strikes[note.pitch.midi] if t > onsets[note]), default=math.inf)
        lift = min(chance.uniform(0.03, 0.06), (again - onsets[note]) / 3)
        releases[note] = max(min(wished, again - lift), onsets[note] + 0.02)
    return releases


def _by_touch(piece: Piece, clock: _Clock, onsets: Keys, note: TrueNote, chance: Random) -> float:
    """Staccato holds half of the value, legato runs into the next note of the voice."""
    start = onsets[note]
    if note.grace:
        return start + GRACE
    value = clock.time_at(note.end) - clock.time_at(note.onset)
    following = [t for n, t in onsets.items() if n.voice == note.voice and n.onset == note.end]
    if note.staccato:
        return start + value * chance.uniform(0.40, 0.50)
    if note.breath or not following:
        return start + value * chance.uniform(0.80, 0.95)
    if note.staff == 2 and _pedalled(piece, note):
        # The pedal holds the sound while the hand is already on its way.
        return start + value * chance.uniform(0.60, 1.05)
    return min(following) + chance.uniform(0.02, 0.06)


def _pedalled(piece: Piece, note: TrueNote) -> bool:
    return any(span.start <= note.onset and note.end <= span.end for span in piece.pedal)


# --- loudness ------------------------------------------------------------------------------


def _velocity(piece: Piece, note: TrueNote, chance: Random) -> int:
    """The phrase's dynamic, swelling to its middle; melody above bass above inner notes."""
    loud: float = VELOCITY[_phrase_at(piece, note.onset).dynamic]
    loud += 9 * math.sin(math.pi * _position_in_phrase(piece, note.onset)) - 3
    loud += {1: 9, 2: -6, 5: -5, 6: -5}[note.voice]
    loud += (note.pitch.midi - 60) / 8 if note.voice == 1 else 0
    loud += _accent(piece.bars, note.onset) - (8 if note.grace else 0)
    loud += ACCENT if note.accent else 0
    return min(max(round(loud + chance.gauss(0, 3)), 12), 120)


def _accent(bars: tuple[Bar, ...], quarter: Fraction) -> int:
    bar = next(b for b in bars if b.start <= quarter < b.end)
    place = bar.full_length - (bar.end - quarter)
    if place == 0:
        return 5
    return 2 if place % bar.beat_length == 0 else 0


# --- the foot ------------------------------------------------------------------------------


def _move_pedal(
    piece: Piece, clock: _Clock, onsets: Keys, last: float, chance: Random
) -> tuple[PedalMove, ...]:
    """Legato pedalling: up with the new bass, down again when it sounds."""
    moves: list[PedalMove] = []
    for i, span in enumerate(piece.pedal):
        bass = _bass_time(clock, onsets, span)
        down = bass + chance.uniform(0.060, 0.110)
        depth = chance.randint(100, 127)
        moves += _ramp(down, (*PEDAL_DOWN, depth))
        later = piece.pedal[i + 1] if i + 1 < len(piece.pedal) else None
        if later and later.start == span.end:
            # Now and then the foot comes only half way up.
            up = 0 if chance.random() < 0.8 else chance.randint(25, 45)
            bass = _bass_time(clock, onsets, later)
            moves += _ramp(bass + chance.uniform(0, 0.010), (*PEDAL_UP, up))
        elif later:
            moves += _ramp(clock.time_at(span.end) + chance.gauss(0, 0.02), (*PEDAL_UP, 0))
        else:
            slowly = tuple(range(100, -1, -10))
            moves += _ramp(max(last, clock.time_at(span.end)) + chance.uniform(0.1, 0.3), slowly)
    return tuple(moves)


def _bass_time(clock: _Clock, onsets: Keys, span: PedalSpan) -> float:
    """When the lowest note at the start of a span is struck."""
    there = [n for n in onsets if n.onset == span.start and not n.grace]
    if not there:
        return clock.time_at(span.start)
    return onsets[min(there, key=lambda n: n.pitch.midi)]


def _ramp(start: float, depths: tuple[int, ...]) -> list[PedalMove]:
    return [PedalMove(_tick(start + i * PEDAL_STEP), depth) for i, depth in enumerate(depths)]
