"""Music whose bars are known, to fit and to measure the choice of bars with.

Plain tunes in all arrangements, tunes that are made up, and scores that the reader of bars has not
learned from. Pieces whose bars change are left out.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from engrave.music.performance import FileGrid, Performance, PlayedNote
from engrave.music.values import TimeSignature
from samples.tunes import SONGS, STYLES, arrange
from training.data import corpora
from training.data.tunes import make_tune
from training.tasks.note_labels import GRACE

MOST_NOTES = 500  # of a longer piece the beginning
LONG = 700  # notes from which a piece is cut
FEWEST_NOTES = 40
HELD_OUT = 4  # every so-manieth score, as `config/bars_plain.toml` says
ONE_METER = 0.75  # share of the bars that are of one meter and in step, at least
MADE = 130  # tunes that are made up
SCORES = {"piano_free": 160, "lieder": 100, "pop909": 80}  # of each corpus so many, by chance
HELD = 0.95  # share of its length for which a program holds a note
TEMPI = (60, 72, 84, 96, 108, 120, 132, 144)  # quarters a minute of a file
LOUD = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """Notes (onset, length in quarters; pitch), the meter, and where a barline stands.

    Pieces of one `song` are held out together.
    """

    kind: str
    song: str
    notes: tuple[tuple[Fraction, Fraction, int], ...]
    meter: TimeSignature
    offset: Fraction

    @property
    def bar(self) -> Fraction:
        """Quarters of a bar."""
        return Fraction(4 * self.meter.beats, self.meter.beat_type)

    @property
    def felt(self) -> Fraction:
        """Quarters of a felt beat."""
        return Fraction(12 if self.meter.compound else 4, self.meter.beat_type)


def known_pieces(data: Path) -> Iterator[Piece]:
    """All of them; `data` is the data folder."""
    yield from songs()
    for k in range(MADE):
        piece = _of_rows("made up", f"made up {k}", make_tune(np.random.default_rng((777, k))))
        if piece:
            yield piece
    for corpus, most in SCORES.items():
        read = corpora.pop_songs if corpus == "pop909" else corpora.songs
        unseen = [rows for k, rows in enumerate(read(data / corpus)) if k % HELD_OUT == 0]
        chosen = np.random.default_rng(5).permutation(len(unseen))[:most]
        for k in sorted(chosen.tolist()):
            piece = _of_rows(corpus, f"{corpus} {k}", unseen[k])
            if piece:
                yield piece


def songs() -> Iterator[Piece]:
    """The plain tunes in all arrangements."""
    for name, song in SONGS.items():
        for style in STYLES:
            tune = arrange(song, style)
            notes = (
                (_exactly(on) + tune.pickup, _exactly(length), pitch)
                for on, length, pitch in (*tune.right, *tune.left)
            )
            meter, first = TimeSignature(*tune.meter), tune.pickup
            yield Piece("tunes", name, tuple(sorted(notes)), meter, first)


def _exactly(place: float) -> Fraction:
    return Fraction(place).limit_denominator(48)


def _of_rows(kind: str, name: str, rows: np.ndarray) -> Piece | None:
    """A score, if it has notes enough and is of one meter."""
    rows = rows[((rows["flags"] & GRACE) == 0) & (rows["duration"] > 0) & (rows["beats"] > 0)]
    if len(rows) < FEWEST_NOTES:
        return None
    rows = rows[: MOST_NOTES if len(rows) > LONG else None]
    opens = rows["score_onset"] - rows["position"]
    start = min(int(opens.min()), int(rows["score_onset"][0]))
    first = np.unique(opens, return_index=True)[1]
    bars = [
        (int(row["beats"]), int(row["beat_type"]), Fraction(int(place) - start, corpora.QUARTER))
        for row, place in zip(rows[first], opens[first], strict=True)
    ]
    (beats, kind_of), _ = Counter(bar[:2] for bar in bars).most_common(1)[0]
    full = Fraction(4 * beats, kind_of)
    in_step = Counter(bar[2] % full for bar in bars if bar[:2] == (beats, kind_of))
    offset, often = in_step.most_common(1)[0]
    if often < ONE_METER * len(bars):
        return None
    notes = (
        (
            Fraction(int(row["score_onset"]) - start, corpora.QUARTER),
            Fraction(int(row["duration"]), corpora.QUARTER),
            int(row["pitch"]),
        )
        for row in rows
    )
    return Piece(kind, name, tuple(sorted(notes)), TimeSignature(beats, kind_of), offset)


def as_file(piece: Piece, tempo: float) -> Performance:
    """The piece as a program writes it, at so many quarters a minute; nothing is stated."""
    quarter = 60 / tempo
    notes = sorted(
        (float(on) * quarter, pitch, float(on + Fraction(HELD) * length) * quarter)
        for on, length, pitch in piece.notes
    )
    played = tuple(PlayedNote(on, off, pitch, LOUD) for on, pitch, off in notes)
    return Performance(played, grid=FileGrid(480, (0.0, quarter), (0.0, 1.0)))


@dataclass(frozen=True, slots=True)
class Played:
    """A piece that is played steadily, and how many seconds a quarter lasts; it begins at 1 s."""

    performance: Performance
    quarter: float


START = 1.0  # seconds
JITTER = (0.008, 0.025)  # seconds by which hands are uneven
# Felt beats a minute at which music is played, by their note value; the fewest and the most.
LOG_BEAT_SECONDS = {4: (60, 165), 2: (50, 100), 8: (90, 200)}
COMPOUND_PACES = (45, 100)
DENSEST = 9.0  # chords a second, at most


def play_steadily(piece: Piece, rng: np.random.Generator) -> Played:
    """At a tempo by chance, unevenly by as much as hands are."""
    slow, fast = LOG_BEAT_SECONDS.get(piece.meter.beat_type, LOG_BEAT_SECONDS[8])
    if piece.meter.compound:
        slow, fast = COMPOUND_PACES
    span = float(piece.notes[-1][0] - piece.notes[0][0]) + 1
    dense = len({on for on, *_ in piece.notes}) / span * float(piece.felt)
    most = min(fast, max(60 * DENSEST / dense, 1.15 * slow))
    quarter = 60 / float(np.exp(rng.uniform(np.log(slow), np.log(most)))) / float(piece.felt)
    jitter = rng.uniform(*JITTER)
    notes = []
    for on, length, pitch in piece.notes:
        onset = START + float(on) * quarter + rng.normal(0, jitter)
        held = max(0.03, rng.normal(0.9, 0.08) * float(length) * quarter)
        loud = int(np.clip(rng.normal(66, 6), 20, 110))
        notes.append(PlayedNote(float(onset), float(onset + held), pitch, loud))
    notes.sort(key=lambda note: (note.onset, note.pitch))
    return Played(Performance(tuple(notes)), quarter)
