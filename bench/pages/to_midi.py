"""A page as a MIDI file in which every note is exactly in its place: a perfect quantization.

One track, even tempo, the page's time and key signatures; repeats stand played out as in the page.
Only notes that were played (`played` is not None) are in it. A grace note is a thirty-second just
before the note that it leads to. Two notes of one pitch never sound together: the first ends where
the second begins, and of two that begin together the longer one is kept.
"""

import io
from collections.abc import Iterator
from fractions import Fraction

import mido

from bench.pages.page import Page, PageNote

TICKS = 480  # per quarter note
TEMPO = 500_000  # microseconds per quarter note
GRACE_LENGTH = Fraction(1, 8)  # quarter notes
VELOCITY = 64
MAJOR_KEYS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")

# Of events at one tick: signatures first, and notes end before others begin.
SIGNATURE, END, BEGINNING = range(3)

_Event = tuple[int, int, mido.Message | mido.MetaMessage]


def write_score_midi(page: Page) -> bytes:
    """The page as a standard MIDI file of type 0."""
    events = sorted([*_signatures(page), *_notes(page)], key=lambda event: event[:2])
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=TEMPO)])
    now = 0
    for tick, _, message in events:
        track.append(message.copy(time=tick - now))
        now = tick
    midi = mido.MidiFile(type=0, ticks_per_beat=TICKS)
    midi.tracks.append(track)
    file = io.BytesIO()
    midi.save(file=file)
    return file.getvalue()


def sounding_notes(page: Page) -> list[tuple[Fraction, PageNote]]:
    """The notes of the file in its order, by beginning (quarter notes), then pitch."""
    starts = [(_start(note), note) for note in page.notes if note.played is not None]
    starts.sort(key=lambda item: (item[0], item[1].pitch, -item[1].length))
    seen: set[tuple[Fraction, int]] = set()
    kept = []
    for start, note in starts:
        if (start, note.pitch) not in seen:
            seen.add((start, note.pitch))
            kept.append((start, note))
    return kept


def _start(note: PageNote) -> Fraction:
    return max(note.onset - GRACE_LENGTH, Fraction(0)) if note.grace else note.onset


def _notes(page: Page) -> Iterator[_Event]:
    next_start: dict[int, Fraction] = {}
    for start, note in reversed(sounding_notes(page)):
        end = start + (GRACE_LENGTH if note.grace else note.length)
        end = min(end, next_start.get(note.pitch, end))
        next_start[note.pitch] = start
        first, last = _tick(start), _tick(end)
        yield first, BEGINNING, mido.Message("note_on", note=note.pitch, velocity=VELOCITY)
        yield max(last, first + 1), END, mido.Message("note_off", note=note.pitch)


def _signatures(page: Page) -> Iterator[_Event]:
    """Time and key signatures where they change."""
    meter: tuple[int, int] | None = None
    fifths: int | None = None
    for bar in page.bars:
        if (bar.beats, bar.beat_type) != meter:
            meter = bar.beats, bar.beat_type
            message = mido.MetaMessage(
                "time_signature", numerator=bar.beats, denominator=bar.beat_type
            )
            yield _tick(bar.start), SIGNATURE, message
        if bar.fifths != fifths:
            fifths = bar.fifths
            name = MAJOR_KEYS[fifths + 7]
            yield _tick(bar.start), SIGNATURE, mido.MetaMessage("key_signature", key=name)


def _tick(place: Fraction) -> int:
    return round(place * TICKS)
