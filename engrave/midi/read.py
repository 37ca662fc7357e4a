"""Reading a MIDI file: which keys were pressed, when, and what the pedals did.

`players` says who plays. The pedal belongs to the instrument and not to one of its channels: where
several move it, the deepest counts.

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
from engrave.midi.key_presses import SOFT, SUSTAIN, Channel, Hearing, PedalStep, Press, hear
from engrave.midi.lyrics import sung
from engrave.midi.players import DRUM_CHANNEL, Ensemble, Omission, Seat, find_players
from engrave.midi.smf import Division, MidiError, MidiFile, count_of, open_midi
from engrave.midi.titles import copyright_line, find_title, said
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

# A key whose release is missing: a piano string is hardly heard for longer than this.
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
    heard = hear(file.events())
    clock = _Clock(file.division, heard.tempos)
    ensemble = find_players(heard.presses, heard.texts)
    pairs = [
        (_note(press, ensemble.seats[press.line], clock, heard.end), press)
        for press in ensemble.presses
    ]
    pairs.sort(key=lambda pair: (pair[0].onset, pair[0].pitch))
    presses = [press for _, press in pairs]
    pedals = _pedals_of(heard, ensemble)
    return Performance(
        notes=tuple(note for note, _ in pairs),
        sustain=_moves(pedals, SUSTAIN, clock),
        soft=_moves(pedals, SOFT, clock),
        source=Source(
            name=name,
            title=find_title(heard.texts, {press.line.track for press in presses}, name),
            composer=said(heard.texts, "composer"),
            date=said(heard.texts, "date"),
            rights=copyright_line(heard.texts),
            left_out=ensemble.left_out,
            omitted=tuple(_omitted(omission, clock) for omission in ensemble.omitted),
            repaired=(*file.repaired, *heard.repaired, *_mended(presses)),
            warnings=(*file.repaired, *heard.repaired),
            data=data,
        ),
        players=ensemble.players,
        grid=_grid(file.division, heard, clock),
        lyrics=tuple(sung(heard.syllables, presses, file.division.ticks_per_quarter)),
    )


def _grid(division: Division, heard: Hearing, clock: "_Clock") -> FileGrid | None:
    """The musical time of the file, up to a tick after its last note begins."""
    ticks = division.ticks_per_quarter
    if not ticks:
        return None
    last = max(press.onset for press in heard.presses)
    knots = [*dict.fromkeys(tick for tick, _ in heard.tempos if tick <= last), last + 1]
    return FileGrid(
        ticks,
        tuple(clock.seconds(tick) for tick in knots),
        tuple(tick / ticks for tick in knots),
        tuple(FileMeter(m.tick / ticks, m.beats, m.beat_type) for m in heard.meters),
        tuple(FileKey(k.tick / ticks, k.fifths, k.minor) for k in heard.keys),
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
            return read_file(source, MAX_BYTES, pipes=True)
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
        return float(mido.tick2second(ticks, self._division.ticks_per_quarter, tempo))


def _note(press: Press, seat: Seat, clock: _Clock, end: int) -> PlayedNote:
    onset = clock.seconds(press.onset)
    if press.release is None:
        release = min(clock.seconds(end), onset + HANGING_SECONDS)
    else:
        release = clock.seconds(press.release)
    return PlayedNote(onset, release, press.pitch, press.velocity, seat.player, seat.hand)


def _omitted(omission: Omission, clock: _Clock) -> Omitted:
    press, line = omission.press, omission.press.line
    onset = clock.seconds(press.onset)
    channel = line.channel.number + 1
    return Omitted(onset, press.pitch, press.velocity, line.track, channel, omission.reason)


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


def _pedals_of(heard: Hearing, ensemble: Ensemble) -> list[PedalStep]:
    """The pedal events of the player who has pedals and of channels that play nothing."""
    ours = {
        line.channel
        for line, seat in ensemble.seats.items()
        if ensemble.players[seat.player].pedalled and not seat.layer
    }
    if not ours:
        return []
    others = {press.line.channel for press in heard.presses} - ours
    return [
        step
        for step in heard.pedals
        if step.channel not in others and step.channel.number != DRUM_CHANNEL
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
