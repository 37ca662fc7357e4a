"""Lyrics: each syllable under the chord at which it is sung."""

from collections.abc import Mapping
from dataclasses import replace

from engrave.music.performance import Lyric
from engrave.music.score import Chord, Event, Part, Score


def with_lyrics(score: Score, lyrics: Mapping[int, Lyric]) -> Score:
    """The score with the lyrics of these key presses under the chords that write them."""
    if not lyrics:
        return score
    return replace(score, parts=tuple(_part(part, lyrics) for part in score.parts))


def _part(part: Part, lyrics: Mapping[int, Lyric]) -> Part:
    measures = (
        replace(
            measure,
            voices=tuple(
                replace(voice, events=tuple(_event(event, lyrics) for event in voice.events))
                for voice in measure.voices
            ),
        )
        for measure in part.measures
    )
    return replace(part, measures=tuple(measures))


def _event(event: Event, lyrics: Mapping[int, Lyric]) -> Event:
    if not isinstance(event, Chord) or event.grace:
        return event
    begun = (i for head in event.heads if not head.tied_from for i in head.played)
    return replace(event, lyric=next((lyrics[i] for i in begun if i in lyrics), None))
