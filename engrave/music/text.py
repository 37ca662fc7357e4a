"""Names for people: of keys, note values, counts, positions; a score in a few words."""

import re
from collections.abc import Iterable

from engrave.music.marks import TempoMark
from engrave.music.performance import PIANO
from engrave.music.score import Event, Measure, Notehead, Score, Voice
from engrave.music.values import STEPS, KeySignature, NoteValue

# Tonics along the circle of fifths; C major stands at 7, A minor three places on.
TONICS = (
    *("C-flat", "G-flat", "D-flat", "A-flat", "E-flat", "B-flat", "F", "C", "G", "D", "A", "E"),
    *("B", "F-sharp", "C-sharp", "G-sharp", "D-sharp", "A-sharp"),
)
DOTTED = ("", "dotted ", "double-dotted ", "triple-dotted ")
INDEX_OF_NO_ACCIDENTALS = {"major": 7, "minor": 10}
ILLEGAL_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def name_key(key: KeySignature) -> str:
    """Name of a key: "E-flat major"."""
    return f"{TONICS[key.fifths + INDEX_OF_NO_ACCIDENTALS[key.mode]]} {key.mode}"


def name_value(value: NoteValue) -> str:
    """Name of a note value: "dotted quarter"."""
    return DOTTED[value.dots] + value.type


def count(number: int, thing: str) -> str:
    """Number of bars: "1 bar", "3 bars"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def one_line(text: str) -> str:
    """Untrusted text on one line, without the characters that XML cannot hold."""
    return " ".join(ILLEGAL_IN_XML.sub("", text).split())


def name_music(score: Score) -> list[str]:
    """Facts on a score: "4/4", "F major", "Andante (quarter = 72)", "16 bars and a pickup".

    Before them the players, unless a piano plays alone.
    """
    return [*name_players(score), *_meters(score), *_keys(score), *_tempo(score), _bars(score)]


def name_players(score: Score) -> list[str]:
    """Names of the players: "Violin and Piano"; empty for a piano alone."""
    if [part.program for part in score.parts] == [PIANO.program]:
        return []
    names = [one_line(part.name) for part in score.parts]
    return [" and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)]


def _meters(score: Score) -> list[str]:
    times = [measure.time for measure in score.parts[0].measures if measure.time]
    return _each_once(f"{time.beats}/{time.beat_type}" for time in times)


def _keys(score: Score) -> list[str]:
    keys = [measure.key for measure in score.parts[0].measures if measure.key]
    return _each_once(map(name_key, keys))


def _tempo(score: Score) -> list[str]:
    """The tempo at the beginning: "Andante (quarter = 72)"."""
    marks = (mark for mark in score.parts[0].measures[0].marks if isinstance(mark, TempoMark))
    first = next((mark for mark in marks if mark.onset == 0), None)
    if first is None:
        return []
    metronome = f"{name_value(first.beat)} = {first.per_minute}"
    return [f"{first.words} ({metronome})" if first.words else metronome]


def _bars(score: Score) -> str:
    measures = score.parts[0].measures
    pickup = measures[0].number == 0
    return count(len(measures) - pickup, "bar") + (" and a pickup" if pickup else "")


def _each_once(names: Iterable[str]) -> list[str]:
    """All different names as one phrase, in their order."""
    return [" and ".join(dict.fromkeys(names))]


def at(measure: Measure, voice: Voice | None = None, event: Event | None = None) -> str:
    """Position in words: "measure 3, staff 1, voice 2, at 3/2"."""
    where = f"measure {measure.number}"
    if voice is not None:
        where += f", staff {voice.staff}, voice {voice.number}"
    return where if event is None else f"{where}, at {event.onset}"


def staff_position(head: Notehead) -> int:
    """Diatonic number of a pitch (line or space of the staff): C0 is 0, D0 is 1."""
    return len(STEPS) * head.pitch.octave + STEPS.index(head.pitch.step)


def name_of(head: Notehead) -> str:
    """ "F#4"."""
    pitch = head.pitch
    return f"{pitch.step}{'#' * pitch.alter}{'b' * -pitch.alter}{pitch.octave}"
