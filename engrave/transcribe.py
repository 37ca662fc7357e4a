"""The way from a recorded performance to a written score, one musical step after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from engrave.beats import track_beats
from engrave.expression import opening_dynamic, tempo_mark
from engrave.grid import Grid, Tap
from engrave.hands import split_hands
from engrave.lengths import settle_lengths
from engrave.listen import hear_accents, listen
from engrave.meter import group_beats
from engrave.notate import notate
from engrave.ornaments import find_graces
from engrave.pedal import mark_pedal
from engrave.performance import Performance
from engrave.quantize import quantize
from engrave.score import KeySignature, Score, TimeSignature
from engrave.spelling import spell
from engrave.voices import separate_voices


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the user knows better; each enters at the step it belongs to.

    `tempo` is in felt beats a minute; `beats` are the tapped beats of the whole recording.
    """

    meter: TimeSignature | None = None
    tempo: float | None = None
    beats: Sequence[Tap] | None = None
    key: KeySignature | None = None


@dataclass(frozen=True, slots=True)
class Transcription:
    """A performance, where its beats and bars are, and how it is written."""

    performance: Performance
    grid: Grid
    score: Score


def transcribe(
    performance: Performance,
    corrections: Corrections = Corrections(),
    title: str | None = None,
    composer: str | None = None,
) -> Transcription:
    """Write down a performance; `title` and `composer` replace what its source says."""
    taps = corrections.beats or ()
    evidence = listen(performance)
    pulse = track_beats(performance, evidence, corrections.meter, corrections.tempo, taps)
    accents = hear_accents(performance, pulse.times)
    beats = group_beats(performance, pulse, accents, corrections.meter, taps)
    staff = split_hands(performance)
    placed = quantize(performance, beats, staff, find_graces(performance, staff))
    voice = separate_voices(placed.notes, staff)
    notes = settle_lengths(placed.notes, staff, voice, placed.grid)
    score = notate(
        notes,
        placed.grid,
        staff,
        voice,
        spell(notes, corrections.key),
        mark_pedal(performance, notes, placed.grid),
        tempo_mark(placed.grid),
        opening_dynamic(performance),
        performance.source.title if title is None else title,
        performance.source.composer if composer is None else composer,
    )
    return Transcription(performance, placed.grid, score)
