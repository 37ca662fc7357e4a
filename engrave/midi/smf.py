"""The frame of a Standard MIDI File: from bytes to events, each at its tick.

A file is a header chunk and one chunk a track; a track is a row of events, each preceded by the
ticks since the last one (Standard MIDI Files 1.0, MIDI Manufacturers Association, 1988). mido
decodes the messages. The frame around them is read here, because mido's own track reader loses the
ticks before a meta event that it does not know, reads on past the end of a track, and rejects a
file for one odd key signature.

Units: ticks from the start of the file. In error messages byte positions count from 0 at the start
of the file, tracks from 1.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import mido

MAX_EVENTS = 1_000_000
MAX_TRACKS = 65_535
MOST_SHOWN = 8  # bytes of an event that an error message quotes

TEXT, COPYRIGHT, TRACK_NAME, LYRIC = 0x01, 0x02, 0x03, 0x05
PORT, END_OF_TRACK, TEMPO = 0x21, 0x2F, 0x51
METER, KEY = 0x58, 0x59
_META, _SYSEX = 0xFF, (0xF0, 0xF7)
BROKEN_OFF = 0x100  # no kind of the standard: the track ends inside an event

# SMPTE division: frames a second by the name that the header gives them (29 is "30 drop frame").
_FRAMES_PER_SECOND = {24: 24.0, 25: 25.0, 29: 30000 / 1001, 30: 30.0}


class MidiError(ValueError):
    """A file cannot be read: one line with its name, the place, and what was expected."""


class Meta(NamedTuple):
    """A meta event: its type byte and data (for END_OF_TRACK the rest of the track, unread).

    BROKEN_OFF stands for the event inside which a track ends, with what there is of it. System
    exclusive events go by their status, f0 or f7; the types of meta events are below 80.
    """

    kind: int
    data: bytes


class Event(NamedTuple):
    """A message, `tick` ticks after the start of the file, for an instrument on a `port`."""

    tick: int
    track: int
    port: int
    message: mido.Message | Meta


@dataclass(frozen=True, slots=True)
class Division:
    """The length of a tick: a part of a quarter note or, with SMPTE time, of a second."""

    ticks_per_quarter: int = 0
    ticks_per_second: float = 0.0


class _Span(NamedTuple):
    """The bytes from `start` up to `end`; `cut` says that the file ends before they should."""

    start: int
    end: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class MidiFile:
    """A MIDI file taken apart into its tracks; `repaired` says what of the frame was mended."""

    data: bytes
    division: Division
    tracks: tuple[_Span, ...]
    repaired: tuple[str, ...]

    def events(self) -> Iterator[Event]:
        """All events in the order of their ticks; those of one tick in the order of the tracks."""
        tracks = [_Track(self.data, span, n).events() for n, span in enumerate(self.tracks, 1)]
        merged = heapq.merge(*tracks, key=lambda event: event.tick)
        for count, event in enumerate(merged, 1):
            if count > MAX_EVENTS:
                raise MidiError(f"more than {MAX_EVENTS} events, expected no more")
            yield event


def open_midi(data: bytes) -> MidiFile:
    """Take the bytes of a Standard MIDI File apart. Raises `MidiError` where they are not one."""
    if not data:
        raise MidiError("the file is empty, expected MIDI")
    file = _unwrap(data)
    body = _header(data, file)
    kind, promised, division = (
        int.from_bytes(data[at : at + 2], "big") for at in range(body.start, body.start + 6, 2)
    )
    spans, unread = _find_tracks(data, _Span(body.end, file.end), promised)
    _check_format(kind, len(spans))
    repaired = []
    if kind == 2 and len(spans) > 1:
        repaired.append(f"a file of format 2: only the first of its {len(spans)} sequences is read")
        spans, promised = spans[:1], 1
    if len(spans) != promised:
        header = f"the header says {count_of(promised, 'track')}"
        repaired.append(f"{header}, the file holds {len(spans)}")
    if kind == 0 and len(spans) > 1:
        repaired.append(f"{len(spans)} tracks in a file of format 0 read as format 1")
    if spans[-1].cut:
        repaired.append(f"the file breaks off in track {len(spans)}: read as far as it goes")
    if unread:
        repaired.append(f"{count_of(unread, 'byte')} after the last track not read")
    return MidiFile(data, _division(division, body.start + 4), spans, tuple(repaired))


def count_of(number: int, what: str) -> str:
    """A number and its noun, for a sentence about a file."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _unwrap(data: bytes) -> _Span:
    """Span of the MIDI file in the data: all of it, or the `data` chunk of a RIFF wrapper."""
    if data[:4] != b"RIFF" or data[8:12] != b"RMID":
        return _Span(0, len(data))
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"data":
            return _Span(at + 8, min(at + 8 + size, len(data)))
        at += 8 + size + size % 2
    raise MidiError("a RIFF file without a data chunk, expected MIDI in it")


def _header(data: bytes, file: _Span) -> _Span:
    """The body of the header chunk."""
    start = file.start
    if data[start : start + 8] == b"SMF2CLIP":
        raise MidiError("a MIDI 2.0 clip file, expected a Standard MIDI File (MIDI 1.0)")
    if data[start : start + 4] != b"MThd":
        found = data[start : start + 4].hex(" ") or "the end of the file"
        raise MidiError(f"not a MIDI file: byte {start} is {found}, expected MThd (4d 54 68 64)")
    body = _Span(start + 8, start + 8 + int.from_bytes(data[start + 4 : start + 8], "big"))
    if body.end > file.end:
        raise MidiError(f"truncated in the header at byte {file.end}, expected {body.end} bytes")
    if body.end - body.start < 6:
        raise MidiError(f"byte {start + 4}: header of {body.end - body.start} bytes, expected 6")
    return body


class _Found(NamedTuple):
    """The tracks of a file, and how many bytes after the last one are no chunk."""

    tracks: tuple[_Span, ...]
    unread: int


def _find_tracks(data: bytes, chunks: _Span, promised: int) -> _Found:
    """Chunks of other kinds between the tracks are skipped, as the standard asks."""
    tracks: list[_Span] = []
    at, end, _ = chunks
    while at < end:
        kind = data[at : at + 4]
        body = _Span(at + 8, at + 8 + int.from_bytes(data[at + 4 : at + 8], "big"))
        if kind != b"MTrk" and not (body.end <= end and all(0x20 <= c < 0x7F for c in kind)):
            if len(tracks) >= promised > 0:
                break
            found = f"byte {at} is {kind.hex(' ')}"
            raise MidiError(f"{found}, expected track {len(tracks) + 1} (4d 54 72 6b)")
        if body.end > end:
            if kind != b"MTrk" or body.start >= end:
                raise MidiError(
                    f"truncated in track {len(tracks) + 1} at byte {end}, expected {body.end} bytes"
                )
            body = _Span(body.start, end, cut=True)
        if kind == b"MTrk":
            if len(tracks) == MAX_TRACKS:
                raise MidiError(f"more than {count_of(MAX_TRACKS, 'track')}, expected no more")
            tracks.append(body)
        at = body.end
    return _Found(tuple(tracks), end - at)


def _check_format(kind: int, count: int) -> None:
    if kind > 2:
        what = f"of format {kind} with {count_of(count, 'track')}"
        raise MidiError(f"a MIDI file {what}, expected format 0 or 1")
    if not count:
        raise MidiError("no track in the file, expected at least one")


def _division(value: int, at: int) -> Division:
    if value == 0:
        raise MidiError(f"byte {at}: 0 ticks in a quarter note, expected 1 or more")
    if value < 0x8000:
        return Division(ticks_per_quarter=value)
    frames, ticks = 256 - (value >> 8), value & 0xFF
    if frames not in _FRAMES_PER_SECOND or ticks == 0:
        found = f"{frames} frames a second with {ticks} ticks each"
        raise MidiError(f"byte {at}: {found}, expected 24, 25, 29 or 30 with 1 tick or more")
    return Division(ticks_per_second=_FRAMES_PER_SECOND[frames] * ticks)


def _shown(data: bytes) -> str:
    """Bytes in an error message: the first `MOST_SHOWN` of them."""
    more = f" ... ({count_of(len(data), 'byte')})" if len(data) > MOST_SHOWN else ""
    return data[:MOST_SHOWN].hex(" ") + more


class _BeyondEndError(MidiError):
    """An event that is longer than what is left of its track."""


def _is_end_of_track(rest: bytes) -> bool:
    """Whether bytes are the beginning of a time and the event that ends a track."""
    while rest and rest[0] & 0x80:
        rest = rest[1:]
    return bytes((_META, END_OF_TRACK)).startswith(rest[1:])


class _Track:
    """One track, read from its first byte to its last."""

    def __init__(self, data: bytes, span: _Span, number: int) -> None:
        self._data, self._number = data, number
        self._at, self._end, self._cut = span
        self._event = self._at  # where the present event begins

    def events(self) -> Iterator[Event]:
        """The events, the last of them the end of the track where it has one.

        A track that ends inside its last event is read up to there where the file ends as well, or
        where that event is the end of the track.
        """
        last = 0
        try:
            for event in self._whole_events():
                last = event.tick
                yield event
        except _BeyondEndError:
            rest = self._data[self._event : self._end]
            if not (self._cut or _is_end_of_track(rest)):
                raise
            yield Event(last, self._number, 0, Meta(BROKEN_OFF, rest[:MOST_SHOWN]))

    def _whole_events(self) -> Iterator[Event]:
        """Running status outlives meta and sysex events, as it does in most programs."""
        tick = port = 0
        running = None
        while self._at < self._end:
            self._event = self._at
            tick += self._read_number("time before an event")
            start, status = self._at, self._take(1, "event")[0]
            if status == _META:
                meta = self._read_meta(start)
                if meta.kind == PORT and meta.data:
                    port = meta.data[0]
                yield Event(tick, self._number, port, meta)
            elif status in _SYSEX:
                data = self._take_counted("sysex event")
                yield Event(tick, self._number, port, Meta(status, data))
            else:
                if status < 0x80:  # the event leaves out its status: that of the last one holds
                    if running is None:
                        raise self._broken(start, f"data byte {status:02x}", "a status byte")
                    self._at, status = start, running
                running = status if status < 0xF0 else None
                yield Event(tick, self._number, port, self._read_message(start, status))

    def _read_message(self, start: int, status: int) -> mido.Message:
        spec = mido.messages.SPEC_BY_STATUS.get(status)
        if spec is None:
            raise self._broken(start, f"byte {status:02x}", "the status byte of an event")
        data = self._take(spec["length"] - 1, f"{spec['type']} event")
        try:
            return mido.Message.from_bytes((status, *data))
        except ValueError:
            found = f"{spec['type']} event with data {data.hex(' ')}"
            raise self._broken(start, found, "data bytes from 00 to 7f") from None

    def _read_meta(self, start: int) -> Meta:
        kind = self._take(1, "meta event")[0]
        meta = Meta(kind, self._take_counted("meta event"))
        if kind == TEMPO and (len(meta.data) != 3 or not any(meta.data)):
            found = f"tempo of '{_shown(meta.data)}' microseconds a quarter note"
            raise self._broken(start, found, "3 bytes, not all 0")
        if kind == END_OF_TRACK:
            return Meta(kind, self._take(self._end - self._at, "end of the track"))
        return meta

    def _read_number(self, what: str) -> int:
        """A number of variable length: seven bits a byte, four bytes at most."""
        start, value = self._at, 0
        for _ in range(4):
            byte = self._take(1, what)[0]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise self._broken(start, f"{what} goes on after 4 bytes", "a number of 1 to 4 bytes")

    def _take_counted(self, what: str) -> bytes:
        return self._take(self._read_number(f"length of a {what}"), what)

    def _take(self, count: int, what: str) -> bytes:
        start, self._at = self._at, self._at + count
        if self._at > self._end:
            found = f"{what} goes beyond the end of its track at byte {self._end}"
            raise _BeyondEndError(str(self._broken(start, found, count_of(count, "byte"))))
        return self._data[start : self._at]

    def _broken(self, at: int, found: str, expected: str) -> MidiError:
        return MidiError(f"track {self._number}, byte {at}: {found}, expected {expected}")
