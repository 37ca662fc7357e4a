"""Reading a MIDI file: which keys were pressed, when, and what the pedals did.

Of the instruments in the file those are kept that a pianist's score is made of: its pianos, or else
its organs, or else whatever plays a melody. The pedal belongs to the instrument and not to one of
its channels: where several move it, the deepest counts.

The tempo map serves only to get seconds. It is kept as its changes: pretty_midi's holds a number
for every tick (2.4 GB for 10^8 ticks) and ends at 10^7. pretty_midi names the instruments.

Units: seconds from tick 0 of the file. Channels and programs count from 0 (General MIDI 1, 1991),
but channels from 1 in sentences for people.
"""

import os
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import BinaryIO

import mido
import pretty_midi

from engrave.midi_events import (
    TEXT,
    TRACK_NAME,
    Division,
    MidiError,
    MidiFile,
    count_of,
    open_midi,
)
from engrave.midi_hearing import SOFT, SUSTAIN, Channel, Hearing, Part, PedalStep, Press, Text, hear
from engrave.performance import PedalMove, Performance, PlayedNote, Source

__all__ = ["MidiError", "read_midi"]

MAX_BYTES = 64 * 2**20
MAX_SECONDS = 24 * 3600

# A key whose release is missing: a piano string is hardly heard for longer than this.
HANGING_SECONDS = 8.0

_DRUM_CHANNEL = 9

# Programs from the most to the least like a piano: pianos, organs, anything. The first that a file
# plays are kept.
_KEYBOARDS = (range(0, 8), range(16, 21), range(128))

# A first track called by nothing but such words has no title.
_LABEL = re.compile(
    r"([\W\d_]|\b(track|piano|pianoforte|keyboard|grand|acoustic|solo|right|left|hand|rh|lh|upper"
    r"|lower|treble|bass|staff|stave|midi|instrument|channel|ch|port|in|out|new|untitled|unnamed"
    r"|unknown|none|no|name|sequence|song|tempo|map|conductor|control|master|meta|file|recording"
    r"|take|performance|the|a)\b)*|.*\.midi?",
    re.IGNORECASE,
)
_NAMED = {
    "title": re.compile(r"title\s*:\s*(.+)", re.IGNORECASE),
    "composer": re.compile(r"(?:composer\s*:|composed by:?)\s*(.+)", re.IGNORECASE),
}

_Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO


def read_midi(source: _Source) -> Performance:
    """Read a Standard MIDI File of format 0 or 1, bare or in a RIFF wrapper.

    `source` is a path, the bytes, or a file open for reading bytes. Times are seconds from tick 0.
    A key struck again while it sounds ends there; releases belong to the earliest stroke that waits
    for one. A key never released sounds until the file ends, at most for `HANGING_SECONDS`.

    Raises `MidiError` for whatever is not such a file or holds no notes.
    """
    name = _name_of(source)
    try:
        data = _read_bytes(source)
        return _perform(open_midi(data), name, data)
    except MidiError as error:
        raise MidiError(f"{name}: {error}") from None


def _perform(file: MidiFile, name: str, data: bytes) -> Performance:
    heard = hear(file.events())
    clock = _Clock(file.division, heard.tempos)
    kept = _choose_parts(heard.presses)
    presses = [press for press in heard.presses if press.part in kept]
    notes = [_note(press, clock, heard.end) for press in presses]
    pedals = _pedals_of(heard, kept)
    return Performance(
        notes=tuple(sorted(notes, key=lambda note: (note.onset, note.pitch))),
        sustain=_moves(pedals, SUSTAIN, clock),
        soft=_moves(pedals, SOFT, clock),
        source=Source(
            name=name,
            title=_title(heard.texts),
            composer=_named(heard.texts, "composer"),
            left_out=_left_out(heard.presses, kept),
            repaired=(*file.repaired, *heard.repaired, *_mended(presses)),
            data=data,
        ),
    )


def _name_of(source: _Source) -> str:
    """What messages call the source: always printable, always one line."""
    if isinstance(source, str | os.PathLike):
        name = os.fspath(source)
    else:
        name = getattr(source, "name", "MIDI data")
    return "".join(c if c.isprintable() else "?" for c in str(name)) or "file without a name"


def _read_bytes(source: _Source) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    else:
        data = _read_file(source)
    if not isinstance(data, bytes):
        raise MidiError("a file of text, expected one open for reading bytes")
    if len(data) > MAX_BYTES:
        raise MidiError(f"more than {MAX_BYTES} bytes, expected a smaller file")
    return data


def _read_file(source: str | os.PathLike[str] | BinaryIO) -> bytes:
    try:
        if isinstance(source, str | os.PathLike):
            with Path(source).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        return source.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except ValueError as error:  # a closed file, a path with a zero byte, text that is no text
        reason = " ".join(str(error).split())
    raise MidiError(f"cannot be read ({reason}), expected a MIDI file")


class _Clock:
    """Turns ticks into seconds."""

    def __init__(self, division: Division, tempos: Iterable[tuple[int, int]]) -> None:
        self._division = division
        changes = list(tempos)
        self._ticks = [tick for tick, _ in changes]
        self._tempos = [tempo for _, tempo in changes]
        spans = (self._span(b - a, tempo) for (a, tempo), (b, _) in pairwise(changes))
        self._seconds = list(accumulate(spans, initial=0.0))

    def seconds(self, tick: int) -> float:
        """Raises `MidiError` for a time that no recording has."""
        i = bisect_right(self._ticks, tick) - 1
        seconds = self._seconds[i] + self._span(tick - self._ticks[i], self._tempos[i])
        if seconds > MAX_SECONDS:
            hours = MAX_SECONDS // 3600
            raise MidiError(f"something at {seconds:.0f} seconds, expected {hours} hours at most")
        return seconds

    def _span(self, ticks: int, tempo: int) -> float:
        if self._division.ticks_per_second:
            return ticks / self._division.ticks_per_second
        return mido.tick2second(ticks, self._division.ticks_per_quarter, tempo)


def _note(press: Press, clock: _Clock, end: int) -> PlayedNote:
    onset = clock.seconds(press.onset)
    if press.release is None:
        release = min(clock.seconds(end), onset + HANGING_SECONDS)
    else:
        release = clock.seconds(press.release)
    return PlayedNote(onset, release, press.pitch, press.velocity)


def _choose_parts(presses: Iterable[Press]) -> set[Part]:
    """The parts that a pianist's score is made of. Raises `MidiError` if nothing is left."""
    parts = Counter(press.part for press in presses)
    melodic = {part for part in parts if part.channel.number != _DRUM_CHANNEL}
    if not melodic:
        only = f" but {count_of(parts.total(), 'drum note')}" if parts else ""
        raise MidiError(f"no notes in the file{only}, expected at least one")
    chosen = ({part for part in melodic if part.program in like} for like in _KEYBOARDS)
    return next(parts for parts in chosen if parts)


def _left_out(presses: Iterable[Press], kept: set[Part]) -> tuple[str, ...]:
    parts = [press.part for press in presses if press.part not in kept]
    drums = sum(part.channel.number == _DRUM_CHANNEL for part in parts)
    others = Counter(part.program for part in parts if part.channel.number != _DRUM_CHANNEL)
    sentences = [f"{count_of(drums, 'drum note')} on channel {_DRUM_CHANNEL + 1}"] if drums else []
    for program, count in sorted(others.items()):
        instrument = pretty_midi.program_to_instrument_name(program)
        sentences.append(f"{count_of(count, 'note')} of the instrument {instrument}")
    return tuple(sentences)


def _mended(presses: Iterable[Press]) -> tuple[str, ...]:
    hanging = sum(press.release is None for press in presses)
    cut = sum(press.cut for press in presses)
    sentences = []
    if hanging:
        until = f"with the file, at most {HANGING_SECONDS:.0f} s long"
        sentences.append(f"{count_of(hanging, 'note')} never released: ended {until}")
    if cut:
        until = "where the next stroke of the key begins"
        sentences.append(f"{count_of(cut, 'note')} struck again while sounding: ended {until}")
    return tuple(sentences)


def _pedals_of(heard: Hearing, kept: set[Part]) -> list[PedalStep]:
    """The pedal events of the kept parts and of channels that play nothing themselves."""
    ours = {part.channel for part in kept}
    others = {press.part.channel for press in heard.presses} - ours
    return [
        step
        for step in heard.pedals
        if step.channel not in others and step.channel.number != _DRUM_CHANNEL
    ]


def _moves(steps: Iterable[PedalStep], controller: int, clock: _Clock) -> tuple[PedalMove, ...]:
    """How one pedal moves: the deepest of all channels, where that changes; it starts up."""
    held: dict[Channel, int] = {}
    channels_at = [0] * 128
    moves = [PedalMove(0.0, 0)]
    for step in steps:
        if step.controller == controller:
            channels_at[held.get(step.channel, 0)] -= 1
            channels_at[step.depth] += 1
            held[step.channel] = step.depth
            deepest = next((depth for depth in range(127, 0, -1) if channels_at[depth] > 0), 0)
            if deepest != moves[-1].depth:
                moves.append(PedalMove(clock.seconds(step.tick), deepest))
    return tuple(moves[1:])


def _title(texts: Sequence[Text]) -> str:
    """What a text calls the title; else the name of the first track, unless it is a mere label.

    A first track without a name often holds the tempo alone: then the only name there is counts.
    """
    names = [text for text in texts if text.kind == TRACK_NAME]
    names = [text for text in names if text.track == 1] or names
    title = names[0].text if len({text.track for text in names}) == 1 else ""
    return _named(texts, "title") or ("" if _is_label(title) else title)


def _is_label(name: str) -> bool:
    """Whether a track is called by its instrument or its place, and not by what is played."""
    instruments = map(pretty_midi.program_to_instrument_name, range(128))
    return name.lower() in map(str.lower, instruments) or _LABEL.fullmatch(name) is not None


def _named(texts: Iterable[Text], what: str) -> str:
    """The title or composer that a text names as such. A copyright is no composer."""
    matches = (_NAMED[what].fullmatch(t.text) for t in texts if t.kind == TEXT)
    return next((match[1] for match in matches if match), "")
