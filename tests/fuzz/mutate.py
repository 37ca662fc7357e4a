"""Random MIDI files: music made up event by event, real files with changed bytes or events."""

import io
import random
from collections.abc import Callable
from pathlib import Path

import mido

SAMPLES = Path(__file__).parent.parent.parent / "samples"
NAMES = ("", "Piano", "Right Hand", "\x1b[31mred", "a\u202eb", "<b>&amp;", "Violin", "Track 1")


def random_file(chance: random.Random) -> bytes:
    """One file: generated, or a sample that was changed."""
    if chance.random() < 0.5:
        data = generated(chance)
    else:
        data = chance.choice(sorted(SAMPLES.glob("*.mid"))).read_bytes()
        data = chance.choice(EVENTS)(data, chance)
    for _ in range(chance.choice([0, 0, 1, 3])):
        data = chance.choice(BYTES)(data, chance)
    return data


def generated(chance: random.Random) -> bytes:
    """A file of a few tracks whose times, keys, programs and signs know no measure."""
    file = mido.MidiFile(type=1, ticks_per_beat=chance.choice([1, 24, 96, 480, 960, 10080]))
    tunes: list[list[tuple[int, int, int]]] = []
    for number in range(chance.randint(1, 4)):
        tune = _tune(chance, file.ticks_per_beat)
        if (
            tunes and chance.random() < 0.3
        ):  # a sound laid under an earlier line, with its own notes
            tune = [note for note in tunes[-1] if chance.random() < 0.95] + tune[:3]
        tunes.append(tune)
        file.tracks.append(_track(tune, number, chance))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def _tune(chance: random.Random, ticks: int) -> list[tuple[int, int, int]]:
    """(onset, length, pitch) in ticks: chords, runs, tuplets, repeated and held keys."""
    notes: list[tuple[int, int, int]] = []
    now = 0
    low, high = sorted(chance.sample(range(128), 2))
    for _ in range(chance.choice([1, 3, 12, 60])):
        step = chance.choice([0, 1, ticks // 8, ticks // 3, ticks // 2, ticks, ticks, 4 * ticks])
        length = chance.choice([0, 1, step, 2 * step + 1, 17 * ticks])
        chord = range(chance.choice([1, 1, 1, 3, 12]))
        notes += [(now, length, chance.randint(low, high)) for _ in chord]
        now += max(step, chance.choice([0, 1]))
        if chance.random() < 0.01:
            now += chance.choice([10**4, 10**6]) * ticks // 100
    return notes


def _track(tune: list[tuple[int, int, int]], number: int, chance: random.Random) -> mido.MidiTrack:
    channel = chance.choice([0, 0, number, 9])
    events: list[tuple[int, int, mido.Message | mido.MetaMessage]] = []
    loud = chance.choice([None, 64, 1, 127])
    for onset, length, pitch in tune:
        velocity = loud or chance.randint(1, 127)
        on = mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)
        events.append((onset, 1, on))
        if chance.random() > 0.01:
            off = mido.Message("note_off", channel=channel, note=pitch)
            events.append((onset + length, chance.choice([0, 2]), off))
    end = max((onset for onset, *_ in tune), default=0)
    for _ in range(chance.choice([0, 0, 4, 40])):
        control = chance.choice([64, 64, 64, 67, 1, 121, 123])
        value = chance.choice([0, 127, chance.randint(0, 127)])
        message = mido.Message("control_change", channel=channel, control=control, value=value)
        events.append((chance.randint(0, end + 1), 1, message))
    events += _signs(end, chance)
    program = chance.choice([0, 0, 0, 4, 40, 48, 127])
    track = mido.MidiTrack([mido.Message("program_change", channel=channel, program=program)])
    track.append(
        mido.MetaMessage("track_name", name=chance.choice(NAMES).encode().decode("latin-1"))
    )
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def _signs(end: int, chance: random.Random) -> list[tuple[int, int, mido.MetaMessage]]:
    """Time signatures, tempi, keys and words that may be true or not."""
    made = []
    for _ in range(chance.choice([0, 1, 1, 5])):
        meter = {"numerator": chance.randint(1, 40), "denominator": 2 ** chance.randint(0, 6)}
        made += [
            mido.MetaMessage("time_signature", **meter),
            mido.MetaMessage("set_tempo", tempo=chance.choice([1, 300_000, 500_000, 2**24 - 1])),
            mido.MetaMessage("key_signature", key=chance.choice(["C", "Gb", "C#m", "F"])),
            mido.MetaMessage("lyrics", text=chance.choice(["la-", " la", "\x1b]0;x\x07", ""])),
        ]
    return [(chance.choice([0, chance.randint(0, end + 1)]), 0, message) for message in made]


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data) + 1)]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randint(1, 4)) + data[at:]


def _swap(data: bytes, chance: random.Random) -> bytes:
    a, b = sorted(chance.choices(range(len(data)), k=2))
    return data[:a] + data[b:] + data[a:b]


def _stretched(data: bytes, chance: random.Random) -> bytes:
    """Every time of a real file changed, some of them wildly."""
    factor = chance.choice([0, 0.1, 0.5, 3, 50])
    return _each(data, lambda m: m.copy(time=int(m.time * factor)) if chance.random() < 0.9 else m)


def _thinned(data: bytes, chance: random.Random) -> bytes:
    """Events of a real file left out: releases too."""
    share = chance.choice([0.02, 0.5, 0.95])
    return _each(data, lambda m: None if not m.is_meta and chance.random() < share else m)


def _moved(data: bytes, chance: random.Random) -> bytes:
    """Keys of a real file on other pitches and channels."""
    by, channel = chance.randint(-60, 60), chance.choice([0, 3, 9])

    def move(message: mido.Message) -> mido.Message:
        if message.type not in ("note_on", "note_off"):
            return message
        return message.copy(note=min(max(message.note + by, 0), 127), channel=channel)

    return _each(data, move)


def _each(data: bytes, change: Callable[[mido.Message], mido.Message | None]) -> bytes:
    file = mido.MidiFile(file=io.BytesIO(data))
    for track in file.tracks:
        track[:] = [new for message in track if (new := change(message)) is not None]
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


BYTES = (_flip, _flip, _flip, _cut, _insert, _swap)
EVENTS = (_stretched, _thinned, _moved)
