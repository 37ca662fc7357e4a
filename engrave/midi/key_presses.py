"""Key presses, pedal moves, tempos and texts of a MIDI file, in ticks.

A key press is two events that the file does not connect, a stroke and a release. Releases are
paired first in, first out, key by key, and nothing is lost: pretty_midi, made for other uses, drops
presses of no length and those never released, and ends both of two overlapping ones together.

A key is a pitch on a channel of a track. Ports, channels and programs count from 0, tracks from 1.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import mido

from engrave.midi.smf import (
    BROKEN_OFF,
    COPYRIGHT,
    END_OF_TRACK,
    KEY,
    LYRIC,
    METER,
    TEMPO,
    TEXT,
    TRACK_NAME,
    Event,
    Meta,
    count_of,
)

SUSTAIN, SOFT = 64, 67
_RESET_CONTROLLERS = 121
# All sound off, all notes off, and the four mode messages that imply it (MIDI 1.0).
_NOTES_OFF = {120, 123, 124, 125, 126, 127}
_DEFAULT_TEMPO = 500_000
_LARGEST_BEAT_POWER = 5  # the lower number of a time signature is 2 to this power, at most
_MOST_SIGNS = 7  # sharps or flats of a key signature
_KARAOKE = "@K"  # the first text of a .kar file, whose texts are syllables
_LONGEST_TEXT = 300  # bytes; longer texts are no titles


class Channel(NamedTuple):
    """A MIDI channel (0-15) of a port."""

    port: int
    number: int


class TrackChannel(NamedTuple):
    """A line: what one track plays on one channel."""

    track: int
    channel: Channel


class _Stroke(NamedTuple):
    """A key goes down or, with velocity 0, up."""

    tick: int
    velocity: int
    track_channel: TrackChannel
    program: int


class _Waiting(NamedTuple):
    """A key that is held, with the strokes and releases since it was last up.

    `down` is how many more times it was struck than released.
    """

    strokes: list[_Stroke]
    down: int


class KeyPress(NamedTuple):
    """A key press. `release` is None where nothing ends it; `cut`: the next stroke ends it."""

    onset: int
    release: int | None
    pitch: int
    velocity: int
    track_channel: TrackChannel
    program: int
    cut: bool


class PedalEvent(NamedTuple):
    """A pedal (its controller) of one channel arrives at a depth."""

    tick: int
    controller: int
    channel: Channel
    depth: int


class TimeSignatureEvent(NamedTuple):
    """A time signature from a tick on."""

    tick: int
    beats: int
    beat_type: int


class KeySignatureEvent(NamedTuple):
    """A key signature from a tick on: sharps (negative: flats), and whether it is minor."""

    tick: int
    fifths: int
    minor: bool


class Syllable(NamedTuple):
    """A syllable that is sung from a tick on, with the spaces and signs that separate words."""

    tick: int
    track: int
    text: str


class Text(NamedTuple):
    """A text event."""

    track: int
    kind: int
    text: str


def collect(events: Iterable[Event]) -> "MidiContents":
    """Collect the contents of a whole file, its events in the order of their ticks."""
    contents = MidiContents()
    for event in events:
        contents.add(event)
    contents.end_keys()
    return contents


class MidiContents:
    """Collects key presses, pedal moves, tempos and texts from events in order of tick."""

    def __init__(self) -> None:
        self.end = 0
        self.presses: list[KeyPress] = []
        self.pedals: list[PedalEvent] = []
        self.tempos: list[tuple[int, int]] = [(0, _DEFAULT_TEMPO)]
        self.meters: list[TimeSignatureEvent] = []
        self.keys: list[KeySignatureEvent] = []
        self.texts: list[Text] = []
        self.syllables: list[Syllable] = []
        self._karaoke: list[Syllable] = []
        self.repaired: list[str] = []
        self._programs: dict[TrackChannel | Channel, int] = {}
        self._waiting: dict[Channel, dict[tuple[int, int], _Waiting]] = defaultdict(dict)

    def add(self, event: Event) -> None:
        """Take up the next event, in the order of the file."""
        self.end = event.tick
        message = event.message
        if isinstance(message, Meta):
            self._add_meta(event, message)
        elif message.type in ("note_on", "note_off"):
            self._add_key(event, message)
        elif message.type == "control_change":
            self._add_control(event, message)
        elif message.type == "program_change":
            channel = Channel(event.port, message.channel)
            self._programs[channel] = self._programs[TrackChannel(event.track, channel)] = (
                message.program
            )

    def _add_meta(self, event: Event, meta: Meta) -> None:
        if meta.kind == TEMPO:
            self.tempos.append((event.tick, int.from_bytes(meta.data, "big")))
        elif meta.kind == METER:
            self._add_time_signature(event.tick, meta.data)
        elif meta.kind == KEY:
            self._add_key_signature(event.tick, meta.data)
        elif meta.kind in (TEXT, COPYRIGHT, TRACK_NAME) and len(meta.data) <= _LONGEST_TEXT:
            self.texts.append(Text(event.track, meta.kind, _decode(meta.data)))
            if meta.kind == TEXT:
                self._karaoke.append(Syllable(event.tick, event.track, _letters(meta.data)))
        elif meta.kind == LYRIC and len(meta.data) <= _LONGEST_TEXT:
            self.syllables.append(Syllable(event.tick, event.track, _letters(meta.data)))
        elif meta.kind == END_OF_TRACK and meta.data:
            unread = count_of(len(meta.data), "byte")
            self.repaired.append(f"{unread} after the end of track {event.track} not read")
        elif meta.kind == BROKEN_OFF:
            self.repaired.append(f"track {event.track} ends inside an event: read up to there")

    def _add_time_signature(self, tick: int, data: bytes) -> None:
        """Add a time signature; one that no music has is ignored."""
        if len(data) >= 2 and data[0] and data[1] <= _LARGEST_BEAT_POWER:
            self.meters.append(TimeSignatureEvent(tick, data[0], 2 ** data[1]))

    def _add_key_signature(self, tick: int, data: bytes) -> None:
        """Add a key signature; one with more than seven sharps or flats is ignored."""
        if len(data) >= 2:
            fifths = int.from_bytes(data[:1], signed=True)
            if abs(fifths) <= _MOST_SIGNS and data[1] <= 1:
                self.keys.append(KeySignatureEvent(tick, fifths, data[1] == 1))

    def _add_key(self, event: Event, message: mido.Message) -> None:
        """Add a stroke or release, paired once all are released; a stray one is ignored."""
        channel = Channel(event.port, message.channel)
        keys, key = self._waiting[channel], (event.track, message.note)
        velocity = message.velocity if message.type == "note_on" else 0
        if not velocity and key not in keys:
            return
        waiting = keys.setdefault(key, _Waiting([], 0))
        track_channel = TrackChannel(event.track, channel)
        waiting.strokes.append(
            _Stroke(event.tick, velocity, track_channel, self._program(track_channel))
        )
        down = waiting.down + (1 if velocity else -1)
        keys[key] = waiting._replace(down=down)
        if down == 0:
            self.presses.extend(_pair(keys.pop(key).strokes, message.note))

    def _program(self, track_channel: TrackChannel) -> int:
        """Set the program of a track; without one there, that of the whole channel holds."""
        own = self._programs.get(track_channel)
        return self._programs.get(track_channel.channel, 0) if own is None else own

    def _add_control(self, event: Event, message: mido.Message) -> None:
        channel = Channel(event.port, message.channel)
        if message.control in (SUSTAIN, SOFT):
            self.pedals.append(PedalEvent(event.tick, message.control, channel, message.value))
        elif message.control == _RESET_CONTROLLERS:
            self.pedals.extend(PedalEvent(event.tick, p, channel, 0) for p in (SUSTAIN, SOFT))
        elif message.control in _NOTES_OFF:
            self._end_channel(channel, event.tick)

    def end_keys(self) -> None:
        """End the file: keys that still wait for a release are paired without it."""
        for channel in list(self._waiting):
            self._end_channel(channel, None)
        if not self.syllables and any(text.text.startswith(_KARAOKE) for text in self._karaoke):
            self.syllables = [text for text in self._karaoke if not text.text.startswith("@")]

    def _end_channel(self, channel: Channel, tick: int | None) -> None:
        for (_, pitch), waiting in self._waiting.pop(channel, {}).items():
            self.presses.extend(_pair(waiting.strokes, pitch, tick))


def _decode(data: bytes) -> str:
    """A text on one line, without control characters and superfluous spaces."""
    return " ".join(_letters(data).split())


def _letters(data: bytes) -> str:
    """A text without control characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return "".join(c if c.isprintable() else " " for c in text)


def _pair(strokes: Sequence[_Stroke], pitch: int, end: int | None = None) -> list[KeyPress]:
    """The presses of one key, from its first stroke until it is up for good.

    With as many releases as strokes: first in, first out. With fewer, one is lost: a stroke takes
    the release that comes next, the last one `end`. In either case a later stroke ends it.
    """
    downs = [stroke for stroke in strokes if stroke.velocity]
    releases: list[int | None] = [stroke.tick for stroke in strokes if not stroke.velocity]
    if len(releases) < len(downs):
        releases = _next_releases(strokes, end)
    presses = []
    for down, release, again in zip(downs, releases, _next_strokes(downs), strict=True):
        cut = again is not None and (release is None or again < release)
        ends = again if cut else release
        presses.append(
            KeyPress(down.tick, ends, pitch, down.velocity, down.track_channel, down.program, cut)
        )
    return presses


def _next_releases(strokes: Sequence[_Stroke], end: int | None) -> list[int | None]:
    """For each stroke the tick of the release that follows it in the file, or `end`."""
    found = []
    for stroke in reversed(strokes):
        if stroke.velocity:
            found.append(end)
        else:
            end = stroke.tick
    return found[::-1]


def _next_strokes(downs: Sequence[_Stroke]) -> list[int | None]:
    """For each stroke the tick of the next later one; None after the last."""
    found: list[int | None] = [None]
    for down, following in reversed(list(pairwise(downs))):
        found.append(found[-1] if down.tick == following.tick else following.tick)
    return found[::-1]
