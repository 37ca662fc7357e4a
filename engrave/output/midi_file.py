"""The written score as a MIDI file, in strict time, with its pedal.

Each note sounds for its written value, tied ones as one, with the velocity of its key press; a
grace note takes its time from the beat before, a tremolo is played in 32nds, the presses folded
into another sign are not played. At a change of pedal the dampers fall for a moment after the new
chord, as they do when a pianist changes the pedal.

The tempo is that of the tempo mark. Times are seconds in pretty_midi and quarters here.
"""

import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import pretty_midi

from engrave.music.marks import PedalMark, PedalWords, TempoMark
from engrave.music.performance import Performance
from engrave.music.score import Chord, Measure, Notehead, Score

USUAL_TEMPO = 120.0  # quarters a minute, without a tempo mark
SLOWEST_TEMPO = 3.6  # quarters a minute: limit of a MIDI file
RESOLUTION = 480  # ticks in a quarter
STROKE_LENGTH = Fraction(1, 8)  # quarters of a stroke of a tremolo
GRACE_LENGTH = Fraction(1, 8)  # quarters of a grace note
SUSTAIN, SOFT = 64, 67  # controller numbers
DAMPED_SECONDS = 0.1  # seconds for which the dampers fall at a change of pedal
DAMPED_SHARE = 0.25  # of the time to the next mark, at most
DEFAULT_VELOCITY = 64  # of a note whose key press is not known
FULL_DEPTH = 127  # of a pedal that is down
SOFT_DEPTHS = {"una corda": FULL_DEPTH, "tre corde": 0}


@dataclass(frozen=True, slots=True)
class _Sounding:
    """A note from `start` to `stop`, in quarters from the beginning."""

    start: Fraction
    stop: Fraction
    head: Notehead


def write_score_midi(score: Score, performance: Performance) -> bytes:
    """The score as a standard MIDI file; the loudness is that of the performance."""
    measures = score.as_played(score.parts[0])
    tempo = next((t for m in measures for t in m.marks if isinstance(t, TempoMark)), None)
    minute = max(
        float(tempo.per_minute * tempo.beat.length) if tempo else USUAL_TEMPO, SLOWEST_TEMPO
    )
    file = pretty_midi.PrettyMIDI(resolution=RESOLUTION, initial_tempo=minute)
    second = 60 / minute  # duration of a quarter in seconds
    for part in score.parts:
        instrument = pretty_midi.Instrument(part.program, name=part.name)
        measures = score.as_played(part)
        for note in _sounding(measures):
            played = note.head.played
            loud = performance.notes[played[0]].velocity if played else DEFAULT_VELOCITY
            times = float(note.start) * second, float(note.stop) * second
            instrument.notes.append(pretty_midi.Note(loud, note.head.pitch.midi, *times))
        instrument.control_changes = list(_controls(measures, second))
        file.instruments.append(instrument)
    for measure, start in zip(measures, _starts(measures), strict=True):
        if measure.time:
            meter = measure.time.beats, measure.time.beat_type
            file.time_signature_changes.append(
                pretty_midi.TimeSignature(*meter, float(start) * second)
            )
    content = io.BytesIO()
    file.write(content)
    return content.getvalue()


def _starts(measures: Sequence[Measure]) -> list[Fraction]:
    """Start of each measure in quarters."""
    starts = [Fraction(0)]
    for measure in measures[:-1]:
        starts.append(starts[-1] + measure.length)
    return starts


def _sounding(measures: Sequence[Measure]) -> list[_Sounding]:
    """Every note once: tied heads as one, and no key is struck while it sounds.

    A key that is struck again ends there and sounds on until the later of both ends; struck twice
    at one moment, by two voices, it is one note.
    """
    keys: dict[int, list[_Sounding]] = defaultdict(list)
    for note in sorted(_written(measures), key=lambda note: note.start):
        earlier = keys[note.head.pitch.midi]
        if earlier and earlier[-1].stop > note.start:
            before = earlier.pop()
            note = replace(note, stop=max(before.stop, note.stop))
            if before.start < note.start:
                earlier.append(replace(before, stop=note.start))
        earlier.append(note)
    return [note for line in keys.values() for note in line]


def _written(measures: Sequence[Measure]) -> Iterator[_Sounding]:
    """Every note for its written value; tied heads, which stand in one voice, as one."""
    tied: dict[tuple[int, int], _Sounding] = {}  # by voice and key
    for measure, start in zip(measures, _starts(measures), strict=True):
        for voice in measure.voices:
            chords = [event for event in voice.events if isinstance(event, Chord)]
            yield from _graces(chords, start)
            for chord in (chord for chord in chords if chord.tremolo):
                yield from _strokes(chord, start)
            for chord in (chord for chord in chords if not (chord.grace or chord.tremolo)):
                for head in chord.heads:
                    at, key = start + chord.onset, (voice.number, head.pitch.midi)
                    begun = tied.pop(key, None)
                    if begun and not (head.tied_from and begun.stop == at):
                        yield begun  # the tie leads to a bar that is not played next
                        begun = None
                    whole = replace(begun or _Sounding(at, at, head), stop=at + chord.length)
                    if head.tied_to:
                        tied[key] = whole
                    else:
                        yield whole
    yield from tied.values()


def _strokes(chord: Chord, start: Fraction) -> Iterator[_Sounding]:
    """A chord again and again; one of two in turn for its strokes of the value that both fill."""
    turns = 1 if chord.tremolo == "single" else 2
    late = chord.tremolo == "stop"
    begun = start + chord.onset - (chord.length if late else 0)
    for k in range(int(late), int(chord.value.length / STROKE_LENGTH), turns):
        for head in chord.heads:
            yield _Sounding(begun + k * STROKE_LENGTH, begun + (k + 1) * STROKE_LENGTH, head)


def _graces(chords: Sequence[Chord], start: Fraction) -> Iterator[_Sounding]:
    """The grace notes of a measure, one after the other before the chord that they lead to."""
    positions = Counter(chord.onset for chord in chords if chord.grace)
    for chord in (chord for chord in chords if chord.grace):
        begun = max(start + chord.onset - positions[chord.onset] * GRACE_LENGTH, Fraction(0))
        positions[chord.onset] -= 1
        for head in chord.heads:
            yield _Sounding(begun, begun + GRACE_LENGTH, head)


def _controls(measures: Sequence[Measure], second: float) -> Iterator[pretty_midi.ControlChange]:
    """The moves of both pedals; `second` is the length of a quarter in seconds."""
    marks = [
        (start + mark.onset, mark)
        for measure, start in zip(measures, _starts(measures), strict=True)
        for mark in measure.marks
    ]
    for position, mark in marks:
        if isinstance(mark, PedalWords) and mark.words in SOFT_DEPTHS:
            yield pretty_midi.ControlChange(SOFT, SOFT_DEPTHS[mark.words], float(position) * second)
    feet = sorted(
        (position, m.kind == "start") for position, m in marks if isinstance(m, PedalMark)
    )
    for (before, _), (position, down), (after, _) in zip(
        [(Fraction(-1), False), *feet], feet, [*feet[1:], feet[-1]] if feet else [], strict=False
    ):
        changed = down and position == before
        damped = (
            min(DAMPED_SECONDS, DAMPED_SHARE * float(after - position) * second) if changed else 0.0
        )
        depth = FULL_DEPTH if down else 0
        yield pretty_midi.ControlChange(SUSTAIN, depth, float(position) * second + damped)
