"""Read a MIDI file: key presses and pedal moves in seconds.

`players` assigns them to players. The pedal belongs to the instrument and not to one of its
channels: where several move it, the deepest counts.

The tempo map serves only to get seconds. It is kept as its changes: pretty_midi's holds a number
for every tick (2.4 GB for 10^8 ticks) and ends at 10^7.

Units: seconds from tick 0 of the file.
"""

import os
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import BinaryIO

import mido

from engrave.files.disk import read_file
from engrave.midi.key_presses import (
    SOFT,
    SUSTAIN,
    Channel,
    KeyPress,
    MidiContents,
    PedalEvent,
    collect,
)
from engrave.midi.lyrics import match_syllables
from engrave.midi.players import DRUM_CHANNEL, Omission, PlayerHand, Players, find_players
from engrave.midi.smf import Division, MidiError, MidiFile, count_of, open_midi
from engrave.midi.titles import copyright_line, find_title, labelled_text
from engrave.music.performance import (
    FileGrid,
    FileKey,
    FileMeter,
    Omitted,
    PedalMove,
    Performance,
    PlayedNote,
    Source,
)

__all__ = ["MidiError", "read_midi"]

MAX_BYTES = 64 * 2**20
MAX_SECONDS = 24 * 3600

# Longest key press whose release is missing: a piano string is hardly heard for longer.
HANGING_SECONDS = 8.0

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
    contents = collect(file.events())
    clock = _TickClock(file.division, contents.tempos)
    players = find_players(contents.presses, contents.texts)
    pairs = [
        (_note(press, players.hands[press.track_channel], clock, contents.end), press)
        for press in players.presses
    ]
    pairs.sort(key=lambda pair: (pair[0].onset, pair[0].pitch))
    presses = [press for _, press in pairs]
    pedals = _pedals_of(contents, players)
    return Performance(
        notes=tuple(note for note, _ in pairs),
        sustain=_moves(pedals, SUSTAIN, clock),
        soft=_moves(pedals, SOFT, clock),
        source=Source(
            name=name,
            title=find_title(
                contents.texts, {press.track_channel.track for press in presses}, name
            ),
            composer=labelled_text(contents.texts, "composer"),
            date=labelled_text(contents.texts, "date"),
            rights=copyright_line(contents.texts),
            left_out=players.left_out,
            omitted=tuple(_omitted(omission, clock) for omission in players.omitted),
            repaired=(*file.repaired, *contents.repaired, *_mended(presses)),
            warnings=(*file.repaired, *contents.repaired),
            data=data,
        ),
        players=players.instruments,
        grid=_grid(file.division, contents, clock),
        lyrics=tuple(match_syllables(contents.syllables, presses, file.division.ticks_per_quarter)),
    )


def _grid(division: Division, contents: MidiContents, clock: "_TickClock") -> FileGrid | None:
    """The musical time of the file, up to a tick after its last note begins."""
    ticks = division.ticks_per_quarter
    if not ticks:
        return None
    last = max(press.onset for press in contents.presses)
    knots = [*dict.fromkeys(tick for tick, _ in contents.tempos if tick <= last), last + 1]
    return FileGrid(
        ticks,
        tuple(clock.seconds(tick) for tick in knots),
        tuple(tick / ticks for tick in knots),
        tuple(FileMeter(m.tick / ticks, m.beats, m.beat_type) for m in contents.meters),
        tuple(FileKey(k.tick / ticks, k.fifths, k.minor) for k in contents.keys),
    )


def _name_of(source: _Source) -> str:
    """The name of the source in messages: always printable, always one line."""
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
            return read_file(source, MAX_BYTES, pipes=True)
        return source.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except ValueError as error:  # a closed file, a path with a zero byte, text that is no text
        reason = " ".join(str(error).split())
    raise MidiError(f"cannot be read ({reason}), expected a MIDI file")


class _TickClock:
    """Converts ticks into seconds."""

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
        return float(mido.tick2second(ticks, self._division.ticks_per_quarter, tempo))


def _note(press: KeyPress, player_hand: PlayerHand, clock: _TickClock, end: int) -> PlayedNote:
    onset = clock.seconds(press.onset)
    if press.release is None:
        release = min(clock.seconds(end), onset + HANGING_SECONDS)
    else:
        release = clock.seconds(press.release)
    return PlayedNote(
        onset, release, press.pitch, press.velocity, player_hand.player, player_hand.hand
    )


def _omitted(omission: Omission, clock: _TickClock) -> Omitted:
    press, track_channel = omission.press, omission.press.track_channel
    onset = clock.seconds(press.onset)
    channel = track_channel.channel.number + 1
    return Omitted(
        onset, press.pitch, press.velocity, track_channel.track, channel, omission.reason
    )


def _mended(presses: Iterable[KeyPress]) -> tuple[str, ...]:
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


def _pedals_of(contents: MidiContents, players: Players) -> list[PedalEvent]:
    """The pedal events of the player who has pedals and of channels that play nothing."""
    ours = {
        track_channel.channel
        for track_channel, player_hand in players.hands.items()
        if players.instruments[player_hand.player].pedalled and not player_hand.layer
    }
    if not ours:
        return []
    others = {press.track_channel.channel for press in contents.presses} - ours
    return [
        step
        for step in contents.pedals
        if step.channel not in others and step.channel.number != DRUM_CHANNEL
    ]


def _moves(
    steps: Iterable[PedalEvent], controller: int, clock: _TickClock
) -> tuple[PedalMove, ...]:
    """The moves of one pedal: the deepest of all channels, where that changes; it starts up."""
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
