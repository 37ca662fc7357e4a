"""Plain tunes in the public domain, in simple arrangements, as somebody plays them.

A tune is a melody and a left hand, notes of (onset, length, pitch) in quarter notes. Bars are
counted from 0; what comes before is a pickup. The melodies are written down as they are sung to
children and in hymn books; chords are named bar by bar, and each way to arrange them makes another
left hand of the names.
"""

import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mido

Line = Sequence[tuple[float, float, int]]
Stroke = tuple[float, float, int, int]  # press, release (quarters of the file), pitch, velocity
TICKS = 480
SHORTEST = 20  # ticks that a key is held
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {"#": 1, "b": -1}
LOWEST_ROOT = 41  # the bass plays from F2 to E3


@dataclass(frozen=True)
class Tune:
    """Both hands of a tune, its meter, and how many quarters its pickup lasts."""

    right: Line
    left: Line
    meter: tuple[int, int]
    pickup: Fraction = Fraction(0)


@dataclass(frozen=True)
class Song:
    """A melody with the chord of each bar ("C Am F G"), its meter and its pickup in quarters."""

    melody: str
    chords: str
    meter: tuple[int, int] = (4, 4)
    pickup: float = 0.0


def line(text: str, start: float = 0.0) -> list[tuple[float, float, int]]:
    """Notes one after the other: "C4 E4:2 r 64+67:.5" (name or number, length, r a rest)."""
    notes, at = [], start
    for word in text.split():
        pitches, _, length = word.partition(":")
        lasting = float(length or 1)
        if pitches != "r":
            notes += [(at, lasting, pitch_of(pitch)) for pitch in pitches.split("+")]
        at += lasting
    return notes


def pitch_of(name: str) -> int:
    """The MIDI number of "C4", "F#4", "Bb3"; a number is one already."""
    if name.lstrip("-").isdigit():
        return int(name)
    return 12 * (int(name[-1]) + 1) + STEPS[name[0]] + SIGNS.get(name[1:-1], 0)


def again(pattern: str, roots: Sequence[int], length: float) -> list[tuple[float, float, int]]:
    """A left hand of one pattern, its pitches counted from each root in turn."""
    return [
        (k * length + at, lasting, root + pitch)
        for k, root in enumerate(roots)
        for at, lasting, pitch in line(pattern)
    ]


# What the left hand plays in a bar, from the root: a third is "t" (4 semitones, in minor 3).
PATTERNS = {
    "bass": {(4, 4): "0:2 0:2", (3, 4): "0:3", (6, 8): "0:1.5 0:1.5"},
    "chords": {(4, 4): "0+t+7:2 0+t+7:2", (3, 4): "0+t+7:3", (6, 8): "0+t+7:1.5 0+t+7:1.5"},
    "oompah": {(4, 4): "0 t+7 0 t+7", (3, 4): "0 t+7 t+7", (6, 8): "0 t+7:.5 0 t+7:.5"},
    "broken": {
        (4, 4): "0:.5 7:.5 t:.5 7:.5 0:.5 7:.5 t:.5 7:.5",
        (3, 4): "0:.5 t:.5 7:.5 12:.5 7:.5 t:.5",
        (6, 8): "0:.5 t:.5 7:.5 0:.5 t:.5 7:.5",
    },
}
STYLES = ("alone", "hymn", *PATTERNS)


def arrange(song: Song, style: str) -> Tune:
    """A tune of a song: the melody alone, with chords in every beat (hymn), or with a pattern."""
    bar = 4 * song.meter[0] / song.meter[1]
    melody = line(song.melody, -song.pickup)
    pickup = Fraction(song.pickup).limit_denominator(4)
    left: list[tuple[float, float, int]] = []
    for k, name in enumerate(song.chords.split() if style != "alone" else ()):
        third = 3 if name.endswith("m") else 4
        root = (STEPS[name[0]] + SIGNS.get(name[1:].rstrip("m"), 0) - LOWEST_ROOT) % 12
        root += LOWEST_ROOT
        if style == "hymn":
            inside = sorted({on for on, *_ in melody if k * bar <= on < (k + 1) * bar})
            ends = [*inside[1:], (k + 1) * bar]
            pitches = (root, root + 7, root + 12 + third)
            left += [
                (on, end - on, pitch)
                for on, end in zip(inside, ends, strict=True)
                for pitch in pitches
            ]
        else:
            pattern = PATTERNS[style][song.meter].replace("t", str(third))
            left += [(k * bar + at, lasting, root + up) for at, lasting, up in line(pattern)]
    return Tune(melody, left, song.meter, pickup)


def midi_of(
    tune: Tune,
    bpm: float = 100,
    jitter: float = 0.0,
    stated: tuple[int, int] | None = None,
    says: float | None = None,
) -> bytes:
    """A file in which somebody plays the tune at `bpm`, unevenly by `jitter` seconds.

    It states the meter `stated` and the tempo `says` (that at which it is played, if not given).
    """
    chance = random.Random(3)
    says = says or bpm
    first = min(on for on, *_ in (*tune.right, *tune.left))
    hands: dict[str, list[Stroke]] = {}
    for name, notes in (("Right", tune.right), ("Left", tune.left)):
        hands[name] = []
        for onset, length, pitch in notes:
            late = chance.gauss(0, jitter) * bpm / 60
            start, stop = (
                (onset - first + late + held) * says / bpm for held in (0.0, 0.92 * length)
            )
            loud = 72 + round(chance.gauss(0, 4)) * (jitter > 0)
            hands[name].append((start, stop, pitch, loud))
    return as_midi(hands, says, [(0.0, *stated)] if stated else [])


def as_midi(
    hands: Mapping[str, Sequence[Stroke]],
    tempo: float,
    meters: Sequence[tuple[float, int, int]] = (),
) -> bytes:
    """A MIDI file with a track for each hand; places in quarter notes of the file.

    `tempo` is in quarters a minute, `meters` hold where each begins, and its two figures.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    head: list[tuple[int, int, Any]] = [
        (0, -1, mido.MetaMessage("set_tempo", tempo=round(60e6 / tempo)))
    ]
    for place, beats, kind in meters:
        signature = mido.MetaMessage("time_signature", numerator=beats, denominator=kind)
        head.append((round(place * TICKS), -1, signature))
    for name, strokes in hands.items():
        events, head = head, []
        for start, stop, pitch, loud in strokes:
            on = max(0, round(start * TICKS))
            off = max(on + SHORTEST, round(stop * TICKS))
            events.append((on, 1, mido.Message("note_on", note=pitch, velocity=loud)))
            events.append((off, 0, mido.Message("note_off", note=pitch)))
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        now = 0
        for tick, _, message in sorted(events, key=lambda event: event[:2]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


# fmt: off
SONGS = {
    "Twinkle, twinkle": Song(
        "C4 C4 G4 G4 A4 A4 G4:2 F4 F4 E4 E4 D4 D4 C4:2 G4 G4 F4 F4 E4 E4 D4:2 G4 G4 F4 F4 E4 E4 "
        "D4:2 C4 C4 G4 G4 A4 A4 G4:2 F4 F4 E4 E4 D4 D4 C4:2", "C F F C C G C G C F F C"),
    "Mary had a little lamb": Song(
        "E4 D4 C4 D4 E4 E4 E4:2 D4 D4 D4:2 E4 G4 G4:2 E4 D4 C4 D4 E4 E4 E4 E4 D4 D4 E4 D4 C4:4",
        "C C G C C C G C"),
    "Frère Jacques": Song(
        "C4 D4 E4 C4 C4 D4 E4 C4 E4 F4 G4:2 E4 F4 G4:2 G4:.5 A4:.5 G4:.5 F4:.5 E4 C4 G4:.5 A4:.5 "
        "G4:.5 F4:.5 E4 C4 C4 G3 C4:2 C4 G3 C4:2", "C C C C C C C C"),
    "London Bridge": Song(
        "G4:1.5 A4:.5 G4 F4 E4 F4 G4:2 D4 E4 F4:2 E4 F4 G4:2 G4:1.5 A4:.5 G4 F4 E4 F4 G4:2 D4:2 "
        "G4:2 E4 C4:3", "C C G C C C G C"),
    "Row, row, row your boat": Song(
        "C4:1.5 C4:1.5 C4 D4:.5 E4:1.5 E4 D4:.5 E4 F4:.5 G4:3 C5:.5 C5:.5 C5:.5 G4:.5 G4:.5 G4:.5 "
        "E4:.5 E4:.5 E4:.5 C4:.5 C4:.5 C4:.5 G4 F4:.5 E4 D4:.5 C4:3", "C C C C C C G C", (6, 8)),
    "Jingle Bells": Song(
        "E4 E4 E4:2 E4 E4 E4:2 E4 G4 C4:1.5 D4:.5 E4:4 F4 F4 F4:1.5 F4:.5 F4 E4 E4 E4:.5 E4:.5 E4 "
        "D4 D4 E4 D4:2 G4:2 E4 E4 E4:2 E4 E4 E4:2 E4 G4 C4:1.5 D4:.5 E4:4 F4 F4 F4:1.5 F4:.5 F4 "
        "E4 E4 E4:.5 E4:.5 G4 G4 F4 D4 C4:4", "C C C C F C G G C C C C F C G C"),
    "Happy Birthday": Song(
        "G4:.75 G4:.25 A4 G4 C5 B4:2 G4:.75 G4:.25 A4 G4 D5 C5:2 G4:.75 G4:.25 G5 E5 C5 B4 A4 "
        "F5:.75 F5:.25 E5 C5 D5 C5:2", "C G G C C F C C", (3, 4), 1),
    "Silent Night": Song(
        "G4:1.5 A4:.5 G4 E4:3 G4:1.5 A4:.5 G4 E4:3 D5:2 D5 B4:3 C5:2 C5 G4:3 A4:2 A4 C5:1.5 B4:.5 "
        "A4 G4:1.5 A4:.5 G4 E4:3 A4:2 A4 C5:1.5 B4:.5 A4 G4:1.5 A4:.5 G4 E4:3 D5:2 D5 F5:1.5 "
        "D5:.5 B4 C5:3 E5:3 C5 G4 E4 G4:1.5 F4:.5 D4 C4:3",
        "C C C C G G C C F F C C F F C C G G C C C G C", (3, 4)),
    "Amazing Grace": Song(
        "D4 G4:2 B4:.5 G4:.5 B4:2 A4 G4:2 E4 D4:2 D4 G4:2 B4:.5 G4:.5 B4:2 A4 D5:3 r:2 B4 "
        "D5:2 B4:.5 G4:.5 B4:2 A4 G4:2 E4 D4:2 D4 G4:2 B4:.5 G4:.5 B4:2 A4 G4:3",
        "G G C G G G D D G G C G G D G", (3, 4), 1),
    "When the Saints": Song(
        "C4 E4 F4 G4:4 r C4 E4 F4 G4:4 r C4 E4 F4 G4:2 E4:2 C4:2 E4:2 D4:4 r E4 E4 D4 C4:3 C4 "
        "E4:2 G4 G4 F4:2 E4 F4 G4:2 E4:2 C4:2 D4:2 C4:4", "C C C C C C G G C C F C G C", (4, 4), 3),
    "Oh! Susanna": Song(
        "C4:.5 D4:.5 E4 G4 G4:1.5 A4:.5 G4 E4 C4:1.5 D4:.5 E4 E4 D4 C4 D4:3 C4:.5 D4:.5 E4 G4 "
        "G4:1.5 A4:.5 G4 E4 C4:1.5 D4:.5 E4 E4 D4 D4 C4:4 F4:2 F4:2 A4 A4:2 A4 G4 G4 E4 C4 D4:3 "
        "C4:.5 D4:.5 E4 G4 G4:1.5 A4:.5 G4 E4 C4:1.5 D4:.5 E4 E4 D4 D4 C4:3",
        "C C C G C C G C F F C G C C G C", (4, 4), 1),
    "Au clair de la lune": Song(
        "C4 C4 C4 D4 E4:2 D4:2 C4 E4 D4 D4 C4:4 C4 C4 C4 D4 E4:2 D4:2 C4 E4 D4 D4 C4:4 D4 D4 D4 D4 "
        "A3:2 A3:2 D4 C4 B3 A3 G3:4 C4 C4 C4 D4 E4:2 D4:2 C4 E4 D4 D4 C4:4",
        "C C G C C C G C G Dm G G C C G C"),
    "Alle meine Entchen": Song(
        "C4 D4 E4 F4 G4:2 G4:2 A4 A4 A4 A4 G4:4 A4 A4 A4 A4 G4:4 F4 F4 F4 F4 E4:2 E4:2 D4 D4 D4 D4 "
        "C4:4", "C C F C F C F C G C"),
    "Hänschen klein": Song(
        "G4 E4 E4:2 F4 D4 D4:2 C4 D4 E4 F4 G4 G4 G4:2 G4 E4 E4:2 F4 D4 D4:2 C4 E4 G4 G4 C4:4 D4 D4 "
        "D4 D4 D4 E4 F4:2 E4 E4 E4 E4 E4 F4 G4:2 G4 E4 E4:2 F4 D4 D4:2 C4 E4 G4 G4 C4:4",
        "C G C C C G C C G G C C C G C C"),
    "Old MacDonald": Song(
        "G4 G4 G4 D4 E4 E4 D4:2 B4 B4 A4 A4 G4:3 D4 G4 G4 G4 D4 E4 E4 D4:2 B4 B4 A4 A4 G4:4",
        "G C D G G C D G"),
    "Clementine": Song(
        "F4:.5 F4:.5 F4 C4 A4:.5 A4:.5 A4 F4 F4:.5 A4:.5 C5:1.5 C5:.5 Bb4:.5 A4:.5 G4:2 G4:.5 "
        "A4:.5 Bb4 Bb4 A4:.5 G4:.5 A4 F4 F4:.5 A4:.5 G4:1.5 C4:.5 E4:.5 G4:.5 F4:2",
        "F F F C C F C F", (3, 4), 1),
    "Brahms's lullaby": Song(
        "E4:.5 E4:.5 G4:2 E4:.5 E4:.5 G4:2 E4:.5 G4:.5 C5 B4:1.5 A4:.5 A4 G4 D4:.5 E4:.5 F4:2 "
        "D4:.5 E4:.5 F4:2 D4:.5 F4:.5 B4:.5 A4:.5 G4 B4 C5:2", "C C C C G G G C", (3, 4), 1),
    "Good King Wenceslas": Song(
        "C4 C4 C4 D4 C4 C4 G3:2 A3 G3 A3 B3 C4:2 C4:2 C4 C4 C4 D4 C4 C4 G3:2 A3 G3 A3 B3 C4:2 C4:2 "
        "G4 F4 E4 D4 E4 D4 C4:2 A3 G3 A3 B3 C4:2 C4:2 G3 G3 A3 B3 C4 C4 D4:2 G4 F4 E4 D4 C4:2 F4:2 "
        "C4:4", "C C F C C C F C C C F C G C C F C"),
    "Joy to the World": Song(
        "C5:2 B4:1.5 A4:.5 G4:3 F4 E4:2 D4:2 C4:3 G4 A4:3 A4 B4:3 B4 C5:3 C5 C5 B4 A4 G4 G4:1.5 "
        "F4:.5 E4 C5 C5 B4 A4 G4 G4:1.5 F4:.5 E4:2", "C C C C F G C C C C C"),
    "O Tannenbaum": Song(
        "C4 F4:.75 F4:.25 F4 G4 A4:.75 A4:.25 A4:1.5 A4:.5 G4:.5 A4:.5 Bb4 E4 G4 F4 C4 F4:.75 "
        "F4:.25 F4 G4 A4:.75 A4:.25 A4:1.5 A4:.5 G4:.5 A4:.5 Bb4 E4 G4 F4:2", "F F C F F F C F",
        (3, 4), 1),
    "Deck the Halls": Song(
        "C5:1.5 Bb4:.5 A4 G4 F4 G4 A4 F4 G4:.5 A4:.5 Bb4:.5 G4:.5 A4:1.5 G4:.5 F4 E4 F4:2 C5:1.5 "
        "Bb4:.5 A4 G4 F4 G4 A4 F4 G4:.5 A4:.5 Bb4:.5 G4:.5 A4:1.5 G4:.5 F4 E4 F4:2",
        "F F C F F F C F"),
    "Old Hundredth": Song(
        "G4 G4 F#4 E4 D4 G4 A4 B4 B4 B4 B4 A4 G4 C5 B4 A4 G4 A4 B4 A4 G4 E4 F#4 G4 D5 B4 G4 A4 C5 "
        "B4 A4 G4:2", "G G G D G C G D", (4, 4), 1),
    "God Save the King": Song(
        "G4 G4 A4 F#4:1.5 G4:.5 A4 B4 B4 C5 B4:1.5 A4:.5 G4 A4 G4 F#4 G4:3 D5 D5 D5 D5:1.5 C5:.5 "
        "B4 C5 C5 C5 C5:1.5 B4:.5 A4 B4 C5:.5 B4:.5 A4:.5 G4:.5 B4:1.5 C5:.5 D5 E5:.5 C5:.5 B4 A4 "
        "G4:3", "G D G G D G G G D D G G C G", (3, 4)),
    "Away in a Manger": Song(
        "C5 C5 Bb4 A4 A4 G4 F4 F4 E4 D4 C4:2 C4 C4 D4 C4 C4 G4 E4 D4 C4 F4 A4:2",
        "F F Bb F F C F F", (3, 4), 1),
    "Skip to my Lou": Song(
        "E4 E4 C4 C4 E4 E4 G4:2 D4 D4 B3 B3 D4 D4 F4:2 E4 E4 C4 C4 E4 E4 G4:2 D4 E4 F4 D4 C4:2 "
        "C4:2", "C C G G C C G C"),
    "Pop goes the weasel": Song(
        "C4 C4:.5 D4 D4:.5 E4:.5 G4:.5 E4:.5 C4:1.5 C4 C4:.5 D4 F4:.5 E4:1.5 C4:1.5 C4 C4:.5 D4 "
        "D4:.5 E4:.5 G4:.5 E4:.5 C4:1.5 A4:1.5 D4 F4:.5 E4:1.5 C4:1.5", "C C G C C C G C", (6, 8)),
    "Sur le pont d'Avignon": Song(
        "C4 C4 C4:2 D4 D4 D4:2 E4 F4 G4 C4 B3 C4 D4 G3 C4 C4 C4:2 D4 D4 D4:2 E4 F4 G4 C4 D4 B3 "
        "C4:2", "C G C G C G C C"),
    "Kuckuck": Song(
        "G4 E4:2 G4 E4:2 D4 C4 D4 C4:3 D4 D4 E4 F4:2 D4 E4 E4 F4 G4:2 E4 G4 E4:2 G4 E4:2 F4 E4 D4 "
        "C4:3", "C C G C G G C C C C G C", (3, 4)),
    "Fuchs, du hast die Gans gestohlen": Song(
        "C4 D4 E4 F4 G4 G4 G4:2 A4 F4 C5 A4 G4:4 A4 F4 C5 A4 G4:4 G4 F4 F4 F4 F4 E4 E4:2 E4 D4 D4 "
        "D4 D4 C4 C4:2", "C C F C F C G C G C"),
    "Scarborough Fair": Song(
        "D4:2 D4 A4:2 A4 E4:1.5 F4:.5 E4 D4:3 r A4 C5 D5:2 C5 A4 B4 G4 A4:3 r D5:2 D5:2 C5 A4:2 A4 "
        "G4 F4 E4 C4:3 D4:2 A4 G4:2 F4 E4 D4 C4 D4:3",
        "Dm Dm C Dm Dm F Dm Dm Dm Dm F C C Dm C C Dm", (3, 4)),
    "Aura Lee": Song(
        "G4 C5 B4 C5 D5 A4 D5:2 C5 B4 A4 B4 C5:4 G4 C5 B4 C5 D5 A4 D5:2 C5 B4 A4 B4 C5:4 E5 E5 "
        "E5:2 E5 E5 E5:2 E5 D5 C5 D5 E5:4 E5 E5 F5 E5 D5 A4 D5:2 C5 B4 E5 D5 C5:4",
        "C Dm G C C Dm G C C C Am C C Dm G C"),
    "Auld Lang Syne": Song(
        "C4 F4:1.5 F4:.5 F4 A4 G4:1.5 F4:.5 G4 A4 F4:1.5 F4:.5 A4 C5 D5:3 D5 C5:1.5 A4:.5 A4 F4 "
        "G4:1.5 F4:.5 G4 A4 F4:1.5 D4:.5 D4 C4 F4:3", "F C F Bb F C Bb F", (4, 4), 1),
    "Minuet in G": Song(
        "D5 G4:.5 A4:.5 B4:.5 C5:.5 D5 G4 G4 E5 C5:.5 D5:.5 E5:.5 F#5:.5 G5 G4 G4 C5 D5:.5 C5:.5 "
        "B4:.5 A4:.5 B4 C5:.5 B4:.5 A4:.5 G4:.5 F#4 G4:.5 A4:.5 B4:.5 G4:.5 A4:3",
        "G G C G C G D D", (3, 4)),
    "Drunken Sailor": Song(
        "A4 A4:.5 A4:.5 A4 A4:.5 A4:.5 A4 D4 F4 A4 G4 G4:.5 G4:.5 G4 G4:.5 G4:.5 G4 C4 E4 G4 A4 "
        "A4:.5 A4:.5 A4 A4:.5 A4:.5 A4 B4 C5 D5 C5 A4 G4 E4 D4:2 D4:2", "Dm Dm C C Dm Dm C Dm"),
    "Greensleeves": Song(
        "A4:.5 C5 D5:.5 E5:.75 F5:.25 E5:.5 D5 B4:.5 G4:.75 A4:.25 B4:.5 C5 A4:.5 A4:.75 G#4:.25 "
        "A4:.5 B4 G#4:.5 E4 A4:.5 C5 D5:.5 E5:.75 F5:.25 E5:.5 D5 B4:.5 G4:.75 A4:.25 B4:.5 "
        "C5:.75 B4:.25 A4:.5 G#4:.75 F#4:.25 G#4:.5 A4:1.5 A4",
        "Am G Am E Am G E Am", (6, 8), 0.5),
}
# fmt: on
