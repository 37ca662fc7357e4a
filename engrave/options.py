"""Options of a transcription: what a user may state, and how its text is parsed."""

import contextlib
import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, get_args

from engrave.files.disk import read_file
from engrave.listening.network import WEIGHTS
from engrave.music.grid import Tap
from engrave.music.values import STEPS_BY_FIFTHS, KeySignature, TimeSignature
from engrave.pedal.inference import DEFAULT_PEDAL, PedalOptions
from engrave.pitch.keys import MODES
from engrave.rhythm.file_beats.grid import GridOption

# Words of the option `pedal`, with the field and value of `PedalOptions` that each sets.
PEDAL_WORDS: dict[str, tuple[str, Any]] = {
    **{source: ("source", source) for source in ("auto", "keep", "infer", "off")},
    **{"full": ("simile", False), "simile": ("simile", True), "brackets": ("brackets", True)},
}
METER_BEATS = range(1, 33)
METER_BEAT_TYPES = (1, 2, 4, 8, 16)
TEMPI = (10.0, 400.0)  # felt beats per minute: lowest, highest
MOST_TAPS = 16 * 2**20  # bytes of a file of taps: more than a day of them
SMALLEST = tuple(Fraction(1, n) for n in (8, 16, 32))

SIGNS = {"": 0, "#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}
KEY_TEXT = re.compile(
    r"(?P<step>[A-Ga-g])"
    r"(?P<sign>[#b♯♭]|[- ]?(?i:flat|sharp))?"
    r"(?:\s+|-)?(?P<mode>m|M|(?i:maj|major|min|minor))?"
)


def parse_meter(text: str) -> TimeSignature:
    """The time signature that a text such as "6/8" names."""
    beats, slash, beat_type = (part.strip() for part in text.partition("/"))
    if slash and beats.isdecimal() and beat_type.isdecimal():
        meter = TimeSignature(int(beats), int(beat_type))
        if meter.beats in METER_BEATS and meter.beat_type in METER_BEAT_TYPES:
            return meter
    raise ValueError(f"{text!r} is not a time signature such as 3/4 or 6/8")


def parse_tempo(value: float | str) -> float:
    """Felt beats per minute, as a number or a text."""
    with contextlib.suppress(ValueError):
        tempo = float(value)
        if math.isfinite(tempo) and TEMPI[0] <= tempo <= TEMPI[1]:
            return tempo
    low, high = TEMPI
    raise ValueError(f"{value!r} is not a number of beats per minute from {low:g} to {high:g}")


def parse_smallest(value: Fraction | str) -> Fraction:
    """The shortest note value that may be written, in whole notes: 1/8, 1/16 or 1/32."""
    with contextlib.suppress(ValueError, ZeroDivisionError):
        if Fraction(value) in SMALLEST:
            return Fraction(value)
    names = ", ".join(map(str, SMALLEST))
    raise ValueError(f"{str(value)!r} is not a note value to stop at; there are {names}")


def parse_weights(text: str) -> str:
    """The name of a set of network weights."""
    if text in WEIGHTS:
        return text
    raise ValueError(f"{text!r} names no weights; there are {' and '.join(WEIGHTS)}")


def parse_grid(text: str) -> GridOption:
    """Whether the beats of the file are those of its music: "auto", "file" or "free"."""
    wishes: tuple[GridOption, ...] = get_args(GridOption)
    for option in wishes:
        if text == option:
            return option
    names = ", ".join(wishes)
    raise ValueError(f"{text!r} says nothing of the grid of a file; there are {names}")


def parse_pedal(text: str) -> PedalOptions:
    """The pedal options that a text such as "infer" or "auto,simile,brackets" states."""
    options: dict[str, Any] = {}
    for word in text.split(","):
        name, value = PEDAL_WORDS.get(word.strip(), (None, None))
        if name is None or name in options:
            known = ", ".join(PEDAL_WORDS)
            raise ValueError(f"{text!r} is not a pedal option; there are {known}")
        options[name] = value
    return PedalOptions(**options)


def read_taps(path: str | os.PathLike[str]) -> tuple[Tap, ...]:
    """Tapped beats from a text file: a time in seconds on each line, in order.

    The word `downbeat` after a time marks the first beat of a bar; `#` starts a comment.
    """
    try:
        lines = read_file(path, MOST_TAPS).decode().splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text file") from error
    taps: list[Tap] = []
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        taps.append(_parse_tap(words, f"{path}, line {number}"))
        if len(taps) > 1 and taps[-1].time <= taps[-2].time:
            raise ValueError(f"{path}, line {number}: {words[0]} is not later than the tap before")
    if len(taps) < 2:
        raise ValueError(f"{path}: at least two taps are needed, found {len(taps)}")
    return tuple(taps)


def _parse_tap(words: list[str], where: str) -> Tap:
    with contextlib.suppress(ValueError):
        time = float(words[0])
        if math.isfinite(time) and time >= 0:
            if words[1:] in ([], ["downbeat"]):
                return Tap(time, bool(words[1:]))
            raise ValueError  # nothing but `downbeat` may follow
    raise ValueError(
        f"{where}: expected a time in seconds, alone or with 'downbeat', not {' '.join(words)!r}"
    )


def parse_key(text: str) -> KeySignature:
    """The key that a text names: "g minor", "Eb major", "F#", "B-flat major", "gm".

    A lower-case tonic alone is minor. Raises ValueError where the text names no key that has a
    signature of at most seven sharps or flats.
    """
    match = KEY_TEXT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a key: {text!r} (expected for example 'g minor', 'Eb major', 'F#')")
    step, sign, mode_word = match["step"], match["sign"] or "", match["mode"] or ""
    alter = SIGNS[sign.lower().strip(" -")]
    minor = mode_word.lower().startswith("mi") or mode_word == "m"
    minor = minor or (not mode_word and step.islower())
    fifths = STEPS_BY_FIFTHS.index(step.upper()) - 1 + 7 * alter - 3 * minor
    if abs(fifths) > 7:
        signs = "sharps" if fifths > 0 else "flats"
        raise ValueError(f"{text!r} has no key signature: it would need {abs(fifths)} {signs}")
    return KeySignature(fifths, MODES[minor])


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a transcription: what the user states, and how it shall be written.

    Each option is a constraint of the stage to which it belongs. `tempo` is in felt beats a minute;
    `beats` are the tapped beats of the whole recording; `grid` says whether the beats are those of
    the file. `smallest` is the shortest note value (quarters) that may be written
    (`rhythm.quantize`, `rhythm.durations`), `pedal` which pedal is. `title` and `composer` replace
    those of the source. `weights` are those of the networks (`network.WEIGHTS`).
    """

    meter: TimeSignature | None = None
    tempo: float | None = None
    beats: Sequence[Tap] | None = None
    key: KeySignature | None = None
    grid: GridOption = "auto"
    smallest: Fraction = Fraction(0)
    pedal: PedalOptions = DEFAULT_PEDAL
    title: str | None = None
    composer: str | None = None
    weights: str = WEIGHTS[0]
