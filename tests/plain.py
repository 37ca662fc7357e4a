"""Plain music as MIDI files: tunes in the public domain, as a program or a player at a click
writes them.

A tune is a melody and a bass in quarter notes: (onset, length, pitch). Bars are counted from 0;
what comes before is a pickup.
"""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import mido

Line = Sequence[tuple[float, float, int]]
TICKS = 480


@dataclass(frozen=True)
class Tune:
    """Both hands of a tune, its meter, and how many quarters its pickup lasts."""

    right: Line
    left: Line
    meter: tuple[int, int]
    pickup: Fraction = Fraction(0)


def line(text: str, start: float = 0.0) -> list[tuple[float, float, int]]:
    """Notes one after the other: "60 62:2 r 64+67:0.5" (pitch or pitches, length, r a rest)."""
    notes, at = [], start
    for word in text.split():
        pitches, _, length = word.partition(":")
        lasting = float(length or 1)
        if pitches != "r":
            notes += [(at, lasting, int(pitch)) for pitch in pitches.split("+")]
        at += lasting
    return notes


def again(pattern: str, roots: Sequence[int], length: float) -> list[tuple[float, float, int]]:
    """A left hand of one pattern, its pitches counted from each root in turn."""
    return [
        (k * length + at, lasting, root + pitch)
        for k, root in enumerate(roots)
        for at, lasting, pitch in line(pattern)
    ]


TWINKLE = line("60 60 67 67 69 69 67:2 65 65 64 64 62 62 60:2 67 67 65 65 64 64 62:2 67 67 65 65")
TWINKLE += line("64 64 62:2 60 60 67 67 69 69 67:2 65 65 64 64 62 62 60:2", 28)
ODE = line(
    "64 64 65 67 67 65 64 62 60 60 62 64 64:1.5 62:0.5 62:2 64 64 65 67 67 65 64 62 60 60 62"
)
ODE += line("64 62:1.5 60:0.5 60:2", 27)
SILENT_NIGHT = line("67:1.5 69:0.5 67 64:3 67:1.5 69:0.5 67 64:3 74:2 74 71:3 72:2 72 67:3")
GRACE = line("62 67:2 71:0.5 67:0.5 71:2 69 67:2 64 62:2 62 67:2 71:0.5 67:0.5 71:2 69 74:2", -1)
GREENSLEEVES = line(
    "69:0.5 72 74:0.5 76:0.75 77:0.25 76:0.5 74 71:0.5 67:0.75 69:0.25 71:0.5", -0.5
)
GREENSLEEVES += line("72 69:0.5 69:0.75 68:0.25 69:0.5 71 68:0.5 64 69:0.5 72 74:0.5 76:0.75", 5.5)
SCALE = "60 62 64 65 67 69 71 72 71 69 67 65 64 62 60"
TUNES = {
    "twinkle, melody": Tune(TWINKLE, [], (4, 4)),
    "twinkle, bass": Tune(TWINKLE, again("0:2 0:2", [48, 53, 53, 48, 48, 48] * 2, 4), (4, 4)),
    "ode, alberti": Tune(
        ODE, again("0:.5 7:.5 4:.5 7:.5 0:.5 7:.5 4:.5 7:.5", [48, 43, 48, 43] * 2, 4), (4, 4)
    ),
    "silent night": Tune(
        SILENT_NIGHT, again("0 7+12 7+12", [48, 48, 48, 48, 43, 43, 48, 48], 3), (3, 4)
    ),
    "amazing grace": Tune(
        GRACE, again("0+7:3", [43, 43, 48, 43, 43, 43, 50], 3), (3, 4), Fraction(1)
    ),
    "greensleeves": Tune(
        GREENSLEEVES, again("0:.5 7:.5 12:.5", [45, 45, 43, 43, 45, 45, 40, 40], 1.5), (6, 8),
        Fraction(1, 2),
    ),
    "scale": Tune(
        line(" ".join(f"{p}:.5" for p in SCALE.split()[:-1]) + " 60:1"),
        line(" ".join(f"{int(p) - 12}:.5" for p in SCALE.split()[:-1]) + " 48:1"),
        (4, 4),
    ),
}  # fmt: skip


def midi_of(
    tune: Tune,
    bpm: float = 100,
    jitter: float = 0.0,
    stated: tuple[int, int] | None = None,
    says: float | None = None,
    seed: int = 3,
    names: tuple[str, str] = ("Right", "Left"),
) -> bytes:
    """A file in which somebody plays the tune at `bpm`, unevenly by `jitter` seconds.

    It states the meter `stated` and the tempo `says` (that at which it is played, if not given).
    """
    chance = random.Random(seed)
    says = says or bpm
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    head: list[tuple[int, int, object]] = [
        (0, -1, mido.MetaMessage("set_tempo", tempo=round(60e6 / says)))
    ]
    if stated:
        signature = mido.MetaMessage("time_signature", numerator=stated[0], denominator=stated[1])
        head.append((0, -1, signature))
    first = min(on for on, *_ in (*tune.right, *tune.left))
    for name, notes in zip(names, (tune.right, tune.left), strict=True):
        events = head
        head = []
        for onset, length, pitch in notes:
            late = chance.gauss(0, jitter) * bpm / 60
            start = max(0, round((onset - first + late) * says / bpm * TICKS))
            stop = max(
                start + 20, round((onset - first + late + 0.92 * length) * says / bpm * TICKS)
            )
            loud = 72 + round(chance.gauss(0, 4)) * (jitter > 0)
            events.append((start, 1, mido.Message("note_on", note=pitch, velocity=loud)))
            events.append((stop, 0, mido.Message("note_off", note=pitch)))
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        now = 0
        for tick, _, message in sorted(events, key=lambda event: event[:2]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()
