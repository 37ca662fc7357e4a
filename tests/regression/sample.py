"""What a notation sample is, and how its score comes about.

A sample is written in the notation of `samples.notation`. Where only the writing matters it says
what was decided (which notes, how long, in which voice), and `notate` puts it on paper. Where
listening matters too (`played`), somebody plays it exactly as it stands, taps along, and the whole
path is taken, with a reader who reads right (`tests.support.evidence`), so that nothing depends on
what the network has learned.

Curves and signs are written "p at 0, < at 2, end at 4, f at 4"; places are quarter notes from the
start of the first bar.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal
from unittest.mock import patch

import numpy as np

from engrave import pipeline
from engrave.expression.tempo import mark_tempo
from engrave.listening import heads
from engrave.listening.evidence import Evidence
from engrave.music.grid import Tap
from engrave.music.marks import Dynamic, Hairpin
from engrave.music.note import Articulation, KeySection, Ornaments, PedalNotation, PedalSpan
from engrave.music.performance import PIANO, Instrument, Performance
from engrave.music.score import Score
from engrave.music.values import KeySignature
from engrave.notation.measures import Mark, PartMarks, Signs, notate
from engrave.options import Options
from engrave.pedal.inference import PedalOptions
from engrave.pipeline import transcribe
from samples.notation import Piece, read_piece
from samples.performer import Take
from tests.regression.player import play_exactly
from tests.support.evidence import of_truth, reads_right, unread, unsaid_bars
from tests.support.notes import true_notes

SURE_FLAG = 3.0  # log odds with which the reader says what a note is
MODES: dict[str, Literal["major", "minor"]] = {"major": "major", "minor": "minor"}
HAIRPINS = {"<": "crescendo", ">": "diminuendo", "end": "stop"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One feature: the sentence that the eye should confirm, the music, and lines of the page.

    `page` holds lines as `tests.regression.page` reads them; what it does not name is not compared.
    `dynamics`, `keys` (to which it changes) and `mark_tempo` are for decided music; for played
    music are the curves of `velocity` and of `pace` (quarters a minute), `soft` (where the soft
    pedal goes "down" and "up"), `pedal`, what is to be written of the pedal, as for the command,
    and `players` other than a pianist: one for the lines of the right hand, one for those of the
    left.
    """

    name: str
    sentence: str
    music: str
    page: str
    played: bool = False
    dynamics: str = ""
    keys: str = ""
    tempo_mark: bool = False
    velocity: str = "64 at 0"
    pace: str = "100 at 0"
    soft: str = ""
    pedal: PedalOptions = PedalOptions("keep")
    players: tuple[Instrument, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """The score of a sample, and the performance that it writes."""

    score: Score
    performance: Performance


def make(sample: Sample) -> Made:
    piece = read_piece(sample.name, sample.music)
    velocity, pace = _curve(sample.velocity), _curve(sample.pace)
    take = play_exactly(piece, velocity, pace, _places(sample.soft), sample.players)
    score = _transcribe(take, sample) if sample.played else _notate(take, sample)
    return Made(score, take.performance)


def _notate(take: Take, sample: Sample) -> Score:
    spans = tuple(PedalSpan(span.start, span.end) for span in take.piece.pedal)
    marks: list[Mark] = [mark_tempo(take.grid)] if sample.tempo_mark else []
    signs = Signs(
        Ornaments(arpeggios=_rolled(take)),
        Articulation(_presses(take, "staccato"), _presses(take, "accent")),
        (PartMarks((*marks, *_dynamics(sample.dynamics)), PedalNotation(spans)),),
    )
    sections = _sections(take.piece, sample.keys)
    return notate(true_notes(take), [PIANO], take.grid, sections, signs)


def _transcribe(take: Take, sample: Sample) -> Score:
    """The whole path; the user has tapped the beats, and the reader reads what was played."""
    bars = take.grid.bars
    starts = {bar.start for bar in bars if bar.length == bar.full_length} | {bars[-1].end}
    places = zip(take.grid.times, take.grid.quarters, strict=True)
    taps = [Tap(time, downbeat=quarter in starts) for time, quarter in places]
    with (
        patch.object(pipeline, "listen", lambda *_: _reading(take)),
        patch.object(pipeline, "listen_for_bars", lambda _, pulse: unsaid_bars(len(pulse.times))),
        patch.object(pipeline, "listen_for_positions", unread),
        patch.object(pipeline, "listen_again", reads_right),
    ):
        options = Options(beats=taps, key=_key(take.piece), pedal=sample.pedal)
        made = transcribe(take.performance, options)
    return made.score


def _reading(take: Take) -> Evidence:
    """What a reader says who reads right: ornaments are written out in 32nds and played so."""
    evidence = of_truth(take)
    flags = np.full_like(evidence.flags, -SURE_FLAG)
    for row, note in zip(flags, take.truth, strict=True):
        short = not note.grace and note.length <= Fraction(1, 8)
        says = {"grace": note.grace, "staccato": note.staccato, "arpeggio": note.rolled}
        says |= {"trill": short, "extra": short}
        for flag, said in says.items():
            row[heads.FLAGS.index(flag)] *= -1 if said else 1
    return replace(evidence, flags=flags)


def _sections(piece: Piece, keys: str) -> tuple[KeySection, ...]:
    """The key of the piece, and the keys to which it changes ("-3 minor at 8")."""
    changes = ((key.split(), place) for key, place in _places(keys))
    later = (
        KeySection(place, KeySignature(int(fifths), MODES[mode]))
        for (fifths, mode), place in changes
    )
    return KeySection(Fraction(0), _key(piece)), *later


def _key(piece: Piece) -> KeySignature:
    return KeySignature(piece.fifths, MODES[piece.mode])


def _presses(take: Take, sign: str) -> frozenset[int]:
    return frozenset(i for i, note in enumerate(take.truth) if getattr(note, sign))


def _rolled(take: Take) -> tuple[tuple[int, ...], ...]:
    places = sorted({note.onset for note in take.truth if note.rolled})
    return tuple(
        tuple(i for i, note in enumerate(take.truth) if note.rolled and note.onset == place)
        for place in places
    )


def _dynamics(text: str) -> list[Dynamic | Hairpin]:
    return [
        Hairpin(place, HAIRPINS[sign]) if sign in HAIRPINS else Dynamic(place, sign)
        for sign, place in _places(text)
    ]


def _places(text: str) -> list[tuple[str, Fraction]]:
    """ "p at 0, f at 4": signs with their places."""
    items = (item.split(" at ") for item in text.split(",") if item.strip())
    return [(sign.strip(), Fraction(place.strip())) for sign, place in items]


def _curve(text: str) -> list[tuple[float, float]]:
    """ "40 at 0, 100 at 8": the corners (place, value) of a curve."""
    return [(float(place), float(value)) for value, place in _places(text)]
