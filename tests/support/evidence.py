"""Readers for tests: evidence made by hand, so that nothing depends on what the network learned.

Places and lengths are in felt beats, places from a barline; paces in seconds a beat.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import BarEvidence, Evidence, SecondEvidence
from engrave.music.grid import Grid
from engrave.music.note import FoldedNote, Note
from engrave.music.performance import Performance
from engrave.rhythm.bar_model import FOUR_SIMPLE_BEATS, TWO_AS_FOUR_SHARE
from samples.performer import Take

SURE = 0.9  # the probability of what a reader says
Meter = tuple[int, bool]  # as in `heads.METERS`

# What may be answered in words of music; the last answer of a question also stands for all others.
OTHER = None
ANSWERS: dict[str, tuple] = {
    "phase": (*(Fraction(p).limit_denominator(8) for p in heads.PHASES), OTHER),
    "index": tuple(range(heads.NOTE_HEADS["index"])),
    "meter": (*heads.METERS, OTHER),
    "unit": (2, 4, 8, 16),
    "value": (*(Fraction(v).limit_denominator(8) for v in heads.VALUES), OTHER),
    "voice": ("only", "upper", "lower", "inner"),
}


def blank(count: int) -> Evidence:
    """A reader who says nothing."""
    return Evidence(
        **{
            name: np.zeros(count) if width == 1 else np.full((count, width), -np.log(width))
            for name, width in heads.NOTE_HEADS.items()
            if name != "flags"
        },
        flags=np.zeros((count, len(heads.FLAGS))),
    )


def unsaid_bars(beats: int) -> BarEvidence:
    """A reader of bars who says nothing (and so nothing of bars of two being half bars of four)."""
    place = np.zeros((beats, heads.BAR_HEADS["place"]))
    fours = [
        k
        for k, (meter, _) in enumerate(heads.BAR_POSITIONS)
        if heads.METERS[meter] == FOUR_SIMPLE_BEATS
    ]
    place[:, fours] = -np.log1p(TWO_AS_FOUR_SHARE)
    return BarEvidence(np.zeros(beats), place, np.zeros((beats, heads.BAR_HEADS["level"])))


def bars_as_notes(evidence: Evidence, onsets: Sequence[float], beats: int) -> BarEvidence:
    """A reader of bars who says of each beat what the note that stands on it says."""
    bars = unsaid_bars(beats)
    for i, onset in enumerate(onsets):
        if onset == int(onset):
            said = [
                evidence.meter[i, meter] + evidence.index[i, index]
                for meter, index in heads.BAR_POSITIONS
            ]
            other = evidence.meter[i, len(heads.METERS)] - np.log(evidence.index.shape[1])
            bars.place[int(onset)] = np.maximum([*said, other], -6.0)
            bars.downbeat[int(onset)] = evidence.downbeat[i]
    return bars


def said(count: int, sure: float = SURE, **answers: Sequence) -> Evidence:
    """A reader who gives these answers, one for each note, and says nothing else.

    `onbeat`, `downbeat` and `upper` are True or False, `pace` in seconds, the others of `ANSWERS`.
    """
    evidence = blank(count)
    for name, given in answers.items():
        assert len(given) == count
        table = getattr(evidence, name)
        if table.ndim == 1:
            table[:] = np.where(np.array(given, bool), 1, -1) * np.log((1 + sure) / (1 - sure))
        elif name == "pace":
            away = (np.log(given)[:, None] - heads.LOG_BEAT_SECONDS) / np.diff(
                heads.LOG_BEAT_SECONDS
            )[0]
            table[:] = np.log(_shared(np.exp(-0.5 * away**2), sure))
        else:
            classes = ANSWERS[name]
            rows = [classes.index(a) if a in classes else len(classes) - 1 for a in given]
            table[:] = np.log(_shared(np.eye(len(classes))[rows], sure))
    return evidence


def _shared(shares: np.ndarray, sure: float) -> np.ndarray:
    """Probabilities: of what is meant (`sure`), and evenly of everything."""
    certain = shares / shares.sum(axis=1, keepdims=True)
    mixed: np.ndarray = sure * certain + (1 - sure) / shares.shape[1]
    return mixed


def read(
    places: Sequence[Fraction | int],
    pace: float | Sequence[float],
    meter: Meter | Sequence[Meter] = (4, False),
    sure: float = SURE,
    unit: int = 4,
    **answers: Sequence,
) -> Evidence:
    """A reader who takes notes to stand at these places in bars of this meter (one, or each's)."""
    count = len(places)
    meters = [meter] * count if isinstance(meter[0], int) else meter
    in_bar = [Fraction(place) % size for place, (size, _) in zip(places, meters, strict=True)]
    return said(
        count,
        sure,
        onbeat=[place % 1 == 0 for place in in_bar],
        downbeat=[place == 0 for place in in_bar],
        phase=[place % 1 for place in in_bar],
        index=[int(place) for place in in_bar],
        meter=meters,
        unit=[unit] * count,
        pace=np.broadcast_to(pace, count),
        **answers,
    )


def read_evenly(
    performance: Performance, beat: float, meter: Meter = (4, False), late: float = 0.0, **answers
) -> Evidence:
    """A reader who hears beats of so many seconds, and a barline `late` seconds after the start.

    That is right or wrong as the performance may be; each note is read to the nearest 24th.
    """
    start = performance.notes[0].onset + late
    places = [Fraction(round(24 * (n.onset - start) / beat), 24) for n in performance.notes]
    return read(places, beat, meter, **answers)


def of_truth(sample: Take, sure: float = SURE) -> Evidence:
    """A reader who reads a sample right."""
    quarters = [float(q) for q in sample.grid.quarters]
    onset = [float(note.onset) for note in sample.truth]
    bars = [sample.grid.bars[sample.grid.bar_at(note.onset)] for note in sample.truth]
    beats = [bar.beat_length for bar in bars]
    pace = np.diff(sample.grid.times) / np.diff(quarters)
    inside = (np.searchsorted(quarters, onset, side="right") - 1).clip(0, len(pace) - 1)
    placed = list(zip(sample.truth, bars, beats, strict=True))
    return read(
        [(note.onset - bar.end + bar.full_length) / beat for note, bar, beat in placed],
        pace[inside] * np.array(beats, float),
        [(int(bar.full_length / beat), bar.compound) for _, bar, beat in placed],
        sure,
        bars[0].beat_type,
        value=[note.length / beat for note, _, beat in placed],
        upper=[note.staff == 1 for note in sample.truth],
        voice=_voices(sample),
    )


def reads_right(
    performance: Performance,
    notes: Sequence[Note],
    grid: Grid,
    evidence: Evidence,
    weights: str,
) -> SecondEvidence:
    """A second reading that says what the first one has said, and nothing more."""
    return SecondEvidence(evidence.voice, evidence.value)


def unread(notes: Sequence[FoldedNote], *_: object) -> np.ndarray:
    """A second reading of the rhythm that says nothing of any press."""
    classes = heads.TIMED_HEADS["phase"]
    presses = max((note.played for note in notes), default=-1) + 1
    return np.full((presses, classes), -np.log(classes))


def _voices(sample: Take) -> list[str]:
    """Whether each note is in the only voice of its bar and staff, or in which of two."""
    where = [(sample.grid.bar_at(note.onset), note.staff) for note in sample.truth]
    there = {(*place, note.voice) for place, note in zip(where, sample.truth, strict=True)}
    alone = [sum(line[:2] == place for line in there) == 1 for place in where]
    upper = [note.voice in (1, 5) for note in sample.truth]
    return ["only" if o else "upper" if u else "lower" for o, u in zip(alone, upper, strict=True)]
