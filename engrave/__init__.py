"""From a piano performance (MIDI) to a page of music.

    import engrave

    score = engrave.transcribe("take.mid")
    score.save("take.musicxml")

What a listener knows better than the program can be said: `meter="3/4"`, `tempo=72`,
`beats="taps.txt"`, `key="g minor"`.
"""

import contextlib
import math
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

from engrave.doubts import Doubts, describe, find_doubts
from engrave.grid import Grid, Tap
from engrave.listen import WEIGHTS
from engrave.midi import MidiError, read_midi
from engrave.musicxml import write_musicxml, write_mxl
from engrave.pedalling import PedalWish
from engrave.performance import Performance
from engrave.score import KeySignature, TempoMark, TimeSignature
from engrave.score import Score as WrittenScore
from engrave.score_midi import write_score_midi
from engrave.spelling import parse_key
from engrave.svg import write_svg, write_svg_pages
from engrave.transcribe import Corrections
from engrave.transcribe import transcribe as walk_the_path
from engrave.words import count, name_key, name_value

__version__ = "0.1.0"
__all__ = ["MidiError", "Score", "Tap", "read_taps", "transcribe"]

# What a score can be saved as: the suffix chooses.
WRITERS: dict[str, Callable[["Score"], bytes]] = {
    ".musicxml": write_musicxml,
    ".xml": write_musicxml,
    ".mxl": write_mxl,
    ".svg": lambda score: write_svg(score).encode(),
    ".mid": lambda score: write_score_midi(score, score.performance),
}

# The words of a wish for the pedal: what they say of `PedalWish`.
PEDAL_WORDS: dict[str, tuple[str, Any]] = {
    **{source: ("source", source) for source in ("auto", "keep", "infer", "off")},
    **{"full": ("simile", False), "simile": ("simile", True), "brackets": ("brackets", True)},
}
METER_BEATS = range(1, 33)
METER_BEAT_TYPES = (1, 2, 4, 8, 16)
TEMPI = (10.0, 400.0)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Score(WrittenScore):
    """A written score together with what it was made from: the performance and its grid.

    `doubts` say how sure the reading is. `pedal_inferred`: the sustain pedal that is written was
    not recorded.
    """

    performance: Performance
    grid: Grid
    doubts: Doubts
    pedal_inferred: bool = False

    def save(self, path: str | os.PathLike[str], *, pages: bool = False) -> None:
        """Write the score to `path`; the suffix (.musicxml, .xml, .mxl, .svg, .mid) says as what.

        With `pages`, each page of an SVG goes to a file of its own: take-1.svg, take-2.svg, ...
        A file is there whole or not at all. Raises ValueError for any other suffix.
        """
        path = Path(path)
        check_suffix(path, pages)
        if not pages:
            _write_whole(path, WRITERS[path.suffix.lower()](self))
            return
        for number, page in enumerate(write_svg_pages(self), start=1):
            _write_whole(path.with_stem(f"{path.stem}-{number}"), page.encode())

    def to_music21(self) -> Any:
        """The score as a `music21.stream.Score`, to go on with there."""
        from engrave.interop import to_music21  # music21 is slow to load, and few need it

        return to_music21(self)

    def summary(self) -> str:
        """One line: what was heard, and what of it is not on the page."""
        facts = ", ".join(
            [*_meters(self), *_keys(self), *_tempo(self), _bars(self), _notes(self.performance)]
            + ["pedal inferred"] * self.pedal_inferred
        )
        name = self.performance.source.name
        line = f"{name}: {facts}" if name else facts
        return "; ".join([line, *_left_out(self)])

    def explain(self) -> str:
        """How sure the reading is and which correction would matter most, line by line."""
        return "\n".join(describe(self.doubts))

    def __repr__(self) -> str:
        return f"<Score {self.summary()}>"

    def _repr_svg_(self) -> str:
        return write_svg(self)


def transcribe(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    meter: TimeSignature | str | None = None,
    tempo: float | str | None = None,
    beats: Iterable[Tap] | str | os.PathLike[str] | None = None,
    key: KeySignature | str | None = None,
    title: str | None = None,
    composer: str | None = None,
    weights: str = WEIGHTS[0],
    pedal: PedalWish | str = "auto",
) -> Score:
    """Turn a recorded piano performance into a score.

    `source` is a path, the bytes of a MIDI file, or a file open for reading bytes.
    `meter` ("3/4"), `tempo` (felt beats per minute), `beats` (a file of tapped times, see
    `read_taps`, or the taps) and `key` ("g minor") are followed where they are given; `title` and
    `composer` stand above the music in place of what the file says. `weights` are those of the
    learned reader: "full", or "free", learned only from data that anybody may use for anything.
    `pedal` says which sustain pedal is written ("auto", "keep", "infer", "off") and how ("full",
    "simile", "brackets"), as `parse_pedal` reads it.

    Raises MidiError if the source cannot be read as MIDI, ValueError for an option that makes no
    sense, OSError for a file that cannot be opened.
    """
    corrections = Corrections(
        meter=parse_meter(meter) if isinstance(meter, str) else meter,
        tempo=None if tempo is None else parse_tempo(tempo),
        beats=_taps(beats),
        key=parse_key(key) if isinstance(key, str) else key,
    )
    performance = read_midi(source)
    wish = parse_pedal(pedal) if isinstance(pedal, str) else pedal
    made = walk_the_path(performance, corrections, title, composer, parse_weights(weights), wish)
    written = {field.name: getattr(made.score, field.name) for field in fields(made.score)}
    return Score(
        **written,
        performance=made.performance,
        grid=made.grid,
        doubts=find_doubts(made),
        pedal_inferred=made.foot.inferred,
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


def parse_weights(text: str) -> str:
    """The name of weights of the learned reader."""
    if text in WEIGHTS:
        return text
    raise ValueError(f"{text!r} names no weights; there are {' and '.join(WEIGHTS)}")


def parse_pedal(text: str) -> PedalWish:
    """What a text such as "infer" or "auto,simile,brackets" wishes of the pedal."""
    wish: dict[str, Any] = {}
    for word in text.split(","):
        name, value = PEDAL_WORDS.get(word.strip(), (None, None))
        if name is None or name in wish:
            known = ", ".join(PEDAL_WORDS)
            raise ValueError(f"{text!r} is no wish for the pedal; there are {known}")
        wish[name] = value
    return PedalWish(**wish)


def read_taps(path: str | os.PathLike[str]) -> tuple[Tap, ...]:
    """Tapped beats from a text file: a time in seconds on each line, in order.

    The word `downbeat` after a time marks the first beat of a bar; `#` starts a comment.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
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


def check_suffix(path: Path, pages: bool = False) -> None:
    """Raise ValueError unless a score can be saved under this name."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise ValueError(f"{path}: the suffix must be one of {', '.join(WRITERS)}")
    if pages and suffix != ".svg":
        raise ValueError(f"{path}: only .svg can be written one file a page")


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


def _taps(beats: Iterable[Tap] | str | os.PathLike[str] | None) -> tuple[Tap, ...] | None:
    if beats is None:
        return None
    return read_taps(beats) if isinstance(beats, str | os.PathLike) else tuple(beats)


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside the file and rename, so that no half-written file is ever seen."""
    place = path.resolve()  # a link stays a link
    partial = place.with_name(f".engrave-{secrets.token_hex(8)}.part")
    try:
        partial.write_bytes(content)
        partial.replace(place)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _meters(score: WrittenScore) -> list[str]:
    times = [measure.time for measure in score.parts[0].measures if measure.time]
    return _each_once(f"{time.beats}/{time.beat_type}" for time in times)


def _keys(score: WrittenScore) -> list[str]:
    keys = [measure.key for measure in score.parts[0].measures if measure.key]
    return _each_once(map(name_key, keys))


def _tempo(score: WrittenScore) -> list[str]:
    """The tempo at the beginning: "Andante (quarter = 72)"."""
    marks = (mark for measure in score.parts[0].measures for mark in measure.marks)
    first = next((mark for mark in marks if isinstance(mark, TempoMark)), None)
    if first is None:
        return []
    metronome = f"{name_value(first.beat)} = {first.per_minute}"
    return [f"{first.words} ({metronome})" if first.words else metronome]


def _bars(score: WrittenScore) -> str:
    measures = score.parts[0].measures
    pickup = measures[0].number == 0
    return count(len(measures) - pickup, "bar") + (" and a pickup" if pickup else "")


def _notes(performance: Performance) -> str:
    return count(len(performance.notes), "note")


def _left_out(score: Score) -> list[str]:
    """What was heard and is not on the page, one phrase for each reason."""
    reasons = Counter(note.reason for note in score.unwritten)
    return [
        *(f"left out: {fact}" for fact in score.performance.source.left_out),
        *(f"{count(number, 'note')} not written: {reason}" for reason, number in reasons.items()),
    ]


def _each_once(names: Iterable[str]) -> list[str]:
    """All the different names as one phrase, in the order in which they come."""
    return [" and ".join(dict.fromkeys(names))]
