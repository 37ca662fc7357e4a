"""Iteration over a score: each function yields the objects together with what contains them."""

from collections.abc import Iterator

from engrave.music.score import Chord, Event, Measure, Notehead, Part, Score, Voice


def measures_of(score: Score) -> Iterator[tuple[Part, Measure]]:
    """All measures of a score, part by part."""
    for part in score.parts:
        for measure in part.measures:
            yield part, measure


def voices_of(score: Score) -> Iterator[tuple[Part, Measure, Voice]]:
    """All voices of a score, measure by measure."""
    for part, measure in measures_of(score):
        for voice in measure.voices:
            yield part, measure, voice


def events_of(score: Score) -> Iterator[tuple[Measure, Voice, Event]]:
    """All chords and rests of a score, voice by voice."""
    for _, measure, voice in voices_of(score):
        for event in voice.events:
            yield measure, voice, event


def chords_of(score: Score) -> Iterator[tuple[Measure, Voice, Chord]]:
    """All chords of a score, voice by voice."""
    for measure, voice, event in events_of(score):
        if isinstance(event, Chord):
            yield measure, voice, event


def heads_of(score: Score) -> Iterator[tuple[Measure, Voice, Chord, Notehead]]:
    """All noteheads of a score, chord by chord."""
    for _, measure in measures_of(score):
        for voice, chord, head in heads_in(measure):
            yield measure, voice, chord, head


def heads_in(measure: Measure) -> Iterator[tuple[Voice, Chord, Notehead]]:
    """The noteheads of a measure, voice by voice."""
    for voice in measure.voices:
        for chord in voice.events:
            if isinstance(chord, Chord):
                for head in chord.heads:
                    yield voice, chord, head


def voice_lines(part: Part) -> Iterator[list[tuple[Measure, Voice, Event]]]:
    """The events of each voice in consecutive measures, as one sequence for each stretch."""
    for number in sorted({voice.number for bar in part.measures for voice in bar.voices}):
        line: list[tuple[Measure, Voice, Event]] = []
        for measure in part.measures:
            voices = [voice for voice in measure.voices if voice.number == number]
            if not voices:
                yield line
                line = []
            line += [(measure, voice, event) for voice in voices for event in voice.events]
        yield line


def is_grace(event: Event) -> bool:
    """Whether an event is a grace note."""
    return isinstance(event, Chord) and event.grace
