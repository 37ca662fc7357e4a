"""Plain tunes made up by chance: what children's songs, hymns, carols and dances have in common.

Collections of piano music hold hardly any music that is as plain as what beginners play: a melody
in quarter notes, one chord a bar. So such tunes are made up: phrases of four bars that come back,
bars of few rhythms, melodies that go by step between tones of the chord, and one of a dozen left
hands. They are no good music, but they are written as good music is.

Places and lengths are in quarter notes until they become score rows (`corpora.SCORE_FIELDS`).
"""

from dataclasses import dataclass

import numpy as np

from training.data.corpora import QUARTER, SCORE_FIELDS

Notes = list[tuple[float, float, int]]  # onset, length, degree of the scale or pitch

METERS = {(4, 4): 0.44, (3, 4): 0.26, (2, 4): 0.1, (6, 8): 0.13, (2, 2): 0.04, (3, 8): 0.03}
# Bars of a melody, the usual ones first: each next one is a little less likely.
RHYTHMS = {
    (4, 4): (
        *("1 1 1 1", "1 1 2", "1.5 .5 1 1", "2 1 1", "1 1 .5 .5 1", "2 2", ".5 .5 .5 .5 1 1"),
        *("3 1", "1 .5 .5 1 1", "1.5 .5 2", ".5 .5 1 .5 .5 1", "1.5 .5 1.5 .5", "1 2 1"),
        *(".75 .25 1 1 1", ".5 1 .5 1 1", ".5 .5 .5 .5 .5 .5 .5 .5"),
    ),
    (3, 4): (
        *("1 1 1", "2 1", "1.5 .5 1", "1 .5 .5 1", "1 2", ".5 .5 1 1", "1 1 .5 .5"),
        *("1 .5 .5 .5 .5", ".5 .5 .5 .5 1", ".75 .25 1 1", "1.5 .5 .5 .5", ".5 .5 .5 .5 .5 .5"),
    ),
    (2, 4): (
        *(".5 .5 1", "1 1", ".5 .5 .5 .5", "1 .5 .5", ".75 .25 1", ".5 .25 .25 1", "1.5 .5"),
        *(".25 .25 .25 .25 .5 .5", ".5 .25 .25 .5 .5"),
    ),
    (6, 8): (
        *("1 .5 1 .5", "1.5 1 .5", ".5 .5 .5 .5 .5 .5", "1.5 1.5", "1 .5 1.5", "1.5 .5 .5 .5"),
        *(".75 .25 .5 1 .5", ".5 .5 .5 1.5", ".5 .5 .5 1 .5"),
    ),
}
RHYTHMS[2, 2] = RHYTHMS[4, 4]
RHYTHMS[3, 8] = tuple(
    " ".join(str(float(value) / 2) for value in bar.split()) for bar in RHYTHMS[3, 4]
)
LAST_BARS = 0.75  # share of a bar that the last note of a phrase lasts at least, mostly
FORMS = ("AABA", "ABAC", "AABB", "ABAB", "AABC", "AB", "AAB")
# Chords of a phrase, as degrees of the scale, and of the last phrase.
PHRASES = ((0, 0, 3, 0), (0, 4, 0, 0), (0, 3, 4, 0), (0, 5, 3, 4), (0, 0, 4, 4), (3, 0, 4, 0))
CLOSES = ((0, 3, 4, 0), (0, 0, 4, 0), (3, 0, 4, 0), (0, 4, 4, 0))
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
MINOR, PICKUP, TWICE_A_BAR = 0.25, 0.35, 0.2  # shares of the tunes
# Left hands, the usual ones more than once.
HANDS = (
    *("alone", "alone", "alone", "bass", "bass", "half bass", "chords", "half chords"),
    *("beat chords", "oompah", "broken", "rolling", "hymn", "hymn", "octaves"),
)
LOWEST_ROOT, MIDDLE = 40, 67  # where the bass and the melody lie
UPPER, LOWER = 1, 2


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a tune is made of: its meter, scale (pitches of degrees from a tonic), and bars."""

    meter: tuple[int, int]
    scale: tuple[int, ...]
    tonic: int
    chords: tuple[int, ...]

    @property
    def bar(self) -> float:
        return 4 * self.meter[0] / self.meter[1]

    @property
    def beat(self) -> float:
        """The felt beat."""
        compound = self.meter[0] == 6
        return 12 / self.meter[1] if compound else 4 / self.meter[1]

    def pitch(self, degree: int) -> int:
        octave, step = divmod(degree, 7)
        return self.tonic + 12 * octave + self.scale[step]


def make_tune(rng: np.random.Generator) -> np.ndarray:
    """A tune as score rows, without names of notes."""
    meters = list(METERS)
    meter = meters[rng.choice(len(meters), p=list(METERS.values()))]
    mode = "minor" if rng.random() < MINOR else "major"
    form = FORMS[rng.integers(len(FORMS))] * int(rng.integers(1, 4))
    chords = {part: PHRASES[rng.integers(len(PHRASES))] for part in sorted(set(form))}
    chords[form[-1]] = CLOSES[rng.integers(len(CLOSES))]
    tonic = int(rng.integers(MIDDLE - 9, MIDDLE + 3))
    piece = _Piece(meter, SCALES[mode], tonic, tuple(c for part in form for c in chords[part]))
    parts = {part: _phrase(piece, chords[part], rng) for part in sorted(set(form))}
    melody = [
        (4 * k * piece.bar + on, length, piece.pitch(degree))
        for k, part in enumerate(form)
        for on, length, degree in parts[part]
    ]
    left = _left_hand(piece, melody, rng)
    pickup = _pickup(piece, rng)
    if pickup:
        melody = _with_pickup(piece, melody, pickup)
    fifths = (7 * tonic + (3 if mode == "minor" else 0) * 7) % 12
    return _rows(piece, melody, left, pickup, fifths - 12 * (fifths > 6))


def _phrase(piece: _Piece, chords: tuple[int, ...], rng: np.random.Generator) -> Notes:
    """Four bars of melody, in degrees of the scale."""
    known = RHYTHMS[piece.meter]
    usual = 0.75 ** np.arange(len(known))
    bars = [known[k] for k in rng.choice(len(known), 2, p=usual / usual.sum())]
    order = ((0, 0, 1), (0, 1, 0), (0, 1, 1), (0, 0, 0))[rng.integers(4)]
    at, degree = 0.0, int(rng.choice([0, 2, 4]))
    notes: Notes = []
    for number, chord in enumerate(chords):
        values = [float(value) for value in bars[order[number % 3]].split()]
        if number == len(chords) - 1:
            values = _closing(values, piece.bar, rng)
        for value in values:
            strong = (at % piece.bar) % piece.beat == 0
            degree = _next(degree, chord, strong, rng)
            notes.append((at, value, degree))
            at += value
    return notes


def _closing(values: list[float], bar: float, rng: np.random.Generator) -> list[float]:
    """The last bar of a phrase: it comes to rest on a long note."""
    rest = bar if rng.random() < 0.4 else LAST_BARS * bar if bar != 4 else 2.0
    before: list[float] = []
    for value in values:
        if sum(before) + value > bar - rest:
            break
        before.append(value)
    return [*before, bar - sum(before)]


def _next(degree: int, chord: int, strong: bool, rng: np.random.Generator) -> int:
    """The next tone: of the chord on a beat, by step or the same between beats."""
    if strong:
        tones = [7 * octave + chord + tone for octave in (-1, 0, 1) for tone in (0, 2, 4)]
        away = np.array([abs(tone - degree) for tone in tones]) + rng.random(len(tones)) * 3
        degree = tones[int(away.argmin())]
    else:
        degree += int(rng.choice([-1, 1, 0, -2, 2], p=[0.35, 0.35, 0.14, 0.08, 0.08]))
    return int(np.clip(degree, -3, 9))


def _left_hand(piece: _Piece, melody: Notes, rng: np.random.Generator) -> Notes:
    """The left hand in pitches, bar by bar."""
    kind = HANDS[rng.integers(len(HANDS))]
    halves = rng.random() < TWICE_A_BAR
    notes: Notes = []
    for number, degree in enumerate(piece.chords if kind != "alone" else ()):
        root = LOWEST_ROOT + (piece.pitch(degree) - LOWEST_ROOT) % 12
        third = piece.pitch(degree + 2) - piece.pitch(degree)
        fifth = piece.pitch(degree + 4) - piece.pitch(degree)
        start = number * piece.bar
        tones = (0, third, fifth, 12)
        struck = sorted({on for on, *_ in melody if start <= on < start + piece.bar - 1e-6})
        for on, length, tone in _accompany(kind, piece, start, struck, halves):
            notes.append((on, length, root + tones[tone]))
    return notes


def _accompany(
    kind: str, piece: _Piece, start: float, struck: list[float], halves: bool
) -> list[tuple[float, float, int]]:
    """One bar: (onset, length, tone of the chord)."""
    bar, beat = piece.bar, piece.beat
    count = max(round(bar / beat), 1)
    if kind in ("hymn", "octaves"):
        ends = [*struck[1:], start + bar]
        tones = (0, 2, 1) if kind == "hymn" else (0, 3)
        return [(on, end - on, t) for on, end in zip(struck, ends, strict=True) for t in tones]
    if kind in ("broken", "rolling"):
        part = beat / (3 if piece.meter[0] == 6 else 2)
        turn = [0, 2, 1, 2] if kind == "broken" else [0, 1, 2, 3, 2, 1]
        turn = [0, 1, 2] if piece.meter[0] == 6 else turn
        return [(start + k * part, part, turn[k % len(turn)]) for k in range(round(bar / part))]
    if kind == "oompah":
        first = [(start + k * beat, beat, 0) for k in range(0, count, 2 if count != 3 else 3)]
        others = [k for k in range(count) if k % (2 if count != 3 else 3)]
        return first + [(start + k * beat, beat, tone) for k in others for tone in (1, 2)]
    steps = {"beat chords": count, "half bass": 2, "half chords": 2}.get(kind, 2 if halves else 1)
    steps = steps if count % steps == 0 else 1
    chord = (0,) if "bass" in kind else (0, 1, 2)
    return [(start + k * bar / steps, bar / steps, t) for k in range(steps) for t in chord]


def _pickup(piece: _Piece, rng: np.random.Generator) -> float:
    """Quarters before the first bar: mostly none, or the last beat of a bar."""
    if rng.random() >= PICKUP:
        return 0.0
    if piece.meter[0] == 6:
        return 0.5
    return piece.beat * (1 if rng.random() < 0.8 or piece.meter[0] < 4 else 2)


def _with_pickup(piece: _Piece, melody: Notes, pickup: float) -> Notes:
    """Each phrase begins before its bar: the long note before it makes room."""
    notes: Notes = []
    phrase = 4 * piece.bar
    for k, (on, length, pitch) in enumerate(melody):
        opens = k + 1 < len(melody) and (melody[k + 1][0] % phrase) == 0
        if opens and length > pickup + 0.25:
            notes.append((on, length - pickup, pitch))
            notes.append((on + length - pickup, pickup, melody[k + 1][2] - 1))
        else:
            notes.append((on, length, pitch))
    return [(-pickup, pickup, melody[0][2] - 1), *notes]


def _rows(piece: _Piece, melody: Notes, left: Notes, pickup: float, fifths: int) -> np.ndarray:
    """Score rows: a first bar of the pickup, then full bars."""
    parts = [(note, UPPER) for note in melody] + [(note, LOWER) for note in left]
    rows = np.zeros(len(parts), SCORE_FIELDS)
    onset = np.round(np.array([note[0] for note, _ in parts]) * QUARTER).astype(int)
    bar, before = round(piece.bar * QUARTER), round(pickup * QUARTER)
    rows["score_onset"] = onset + before
    rows["duration"] = np.round(np.array([note[1] for note, _ in parts]) * QUARTER)
    rows["pitch"] = [note[2] for note, _ in parts]
    rows["staff"] = [staff for _, staff in parts]
    rows["voice"] = 1
    rows["measure"] = np.where(onset < 0, 0, onset // bar + (before > 0))
    rows["position"] = np.where(onset < 0, onset + before, onset % bar)
    rows["measure_length"] = np.where(onset < 0, before, bar)
    rows["beats"], rows["beat_type"], rows["fifths"] = *piece.meter, fifths
    return np.sort(rows, order=["score_onset", "pitch"])
