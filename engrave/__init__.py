"""From a piano performance (MIDI) to a page of music.

    import engrave

    score = engrave.transcribe("take.mid")
    score.save("take.musicxml")

What a listener knows better than the program can be said: `meter="3/4"`, `tempo=72`,
`beats="taps.txt"`, `key="g minor"`.
"""

import engrave.startup  # noqa: F401 - before anything that takes time to load

# isort: split

import contextlib
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, get_args

from engrave.assets import Sound, write_page
from engrave.doubts import Doubts, describe, find_doubts
from engrave.file_grid import GridWish, Kind
from engrave.files import File, read_file, same_files, write_files
from engrave.grid import Grid, Tap
from engrave.html import write_fragment, write_html
from engrave.listen import WEIGHTS
from engrave.midi import MidiError, read_midi
from engrave.musicxml import write_musicxml, write_mxl
from engrave.pace import keep_pace
from engrave.pdf import TooTallError, write_pdf, write_png, write_png_pages
from engrave.pedalling import PedalWish
from engrave.performance import Performance
from engrave.repeats import fold_repeats
from engrave.score import KeySignature, TimeSignature
from engrave.score import Score as WrittenScore
from engrave.score_midi import write_score_midi
from engrave.spelling import parse_key
from engrave.svg import PAPERS, write_svg, write_svg_pages
from engrave.transcribe import Corrections, Progress
from engrave.transcribe import transcribe as walk_the_path
from engrave.words import count, name_music

__version__ = "0.1.0"
__all__ = ["MidiError", "Score", "Tap", "TooTallError", "read_taps", "transcribe"]

# What a score can be saved as: the suffix chooses.
WRITERS: dict[str, Callable[["Score"], bytes]] = {
    ".musicxml": write_musicxml,
    ".xml": write_musicxml,
    ".mxl": write_mxl,
    ".svg": lambda score: write_svg(score).encode(),
    ".html": lambda score: write_html(score, score.performance, score.grid).encode(),
    ".mid": lambda score: write_score_midi(score, score.performance),
    ".pdf": write_pdf,
    ".png": write_png,
}
# The same on paper, page by page.
PAGE_WRITERS: dict[str, Callable[[WrittenScore, str], list[bytes]]] = {
    ".svg": lambda score, paper: [page.encode() for page in write_svg_pages(score, paper)],
    ".png": write_png_pages,
}

# The words of a wish for the pedal: what they say of `PedalWish`.
PEDAL_WORDS: dict[str, tuple[str, Any]] = {
    **{source: ("source", source) for source in ("auto", "keep", "infer", "off")},
    **{"full": ("simile", False), "simile": ("simile", True), "brackets": ("brackets", True)},
}
METER_BEATS = range(1, 33)
METER_BEAT_TYPES = (1, 2, 4, 8, 16)
GRIDS = {"exact": "on the grid of the file", "click": "played to the click of the file"}
TEMPI = (10.0, 400.0)
MOST_TAPS = 16 * 2**20  # bytes of a file of taps: more than a day of them
SMALLEST = tuple(Fraction(1, n) for n in (8, 16, 32))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Score(WrittenScore):
    """A written score together with what it was made from: the performance and its grid.

    `doubts` say how sure the reading is. `pedal_inferred`: the sustain pedal that is written was
    not recorded. `on_grid`: the notes lie on the beats that the file counts, as a program writes
    them ("exact") or as somebody plays to a click ("click"), or the beats were found ("free").
    """

    performance: Performance
    grid: Grid
    doubts: Doubts
    pedal_inferred: bool = False
    on_grid: Kind = "free"

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        pages: bool = False,
        paper: str = "a4",
        assets: bool = False,
        audio: str | os.PathLike[str] | None = None,
        audio_start: float | None = None,
    ) -> None:
        """Write the score to `path`; its suffix (one of `WRITERS`) says as what.

        With `pages`, each page of an .svg or .png goes to a file of its own: take-1.svg,
        take-2.svg, ... A PDF always has pages; `paper` is "a4" or "letter".
        With `assets`, what belongs to an HTML page (script, style sheet, MusicXML, MIDI) is written
        beside it and not into it. `audio` is a sound recording that the page plays in place of its
        piano; the first note sounds in it `audio_start` seconds after its beginning (if not given,
        as in the MIDI file). A file is there whole or not at all; one that engrave did not write
        for this performance is replaced only if it is `path` itself, and the recordings never:
        FileExistsError. Raises ValueError for any other suffix or paper, and TooTallError (one) for
        music too long for a .png without pages.
        """
        sound = None if audio is None else Sound(Path(audio), audio_start)
        files = self.files(Path(path), pages=pages, paper=paper, assets=assets, sound=sound)
        source = self.performance.source.name
        write_files(files, source, same_files([source, *([audio] if audio else [])]))

    def files(
        self,
        path: Path,
        *,
        named: bool = True,
        pages: bool = False,
        paper: str = "a4",
        assets: bool = False,
        sound: Sound | None = None,
    ) -> list[File]:
        """What `save` writes; `named` says whether `path` is the user's own choice."""
        paper = parse_paper(paper)
        check_suffix(path, pages, assets or sound is not None)
        suffix = path.suffix.lower()
        if pages:
            numbered = enumerate(PAGE_WRITERS[suffix](self, paper), start=1)
            return [File(path.with_stem(f"{path.stem}-{n}"), page) for n, page in numbered]
        if assets or sound:
            return write_page(self, self.performance, self.grid, path, named, assets, sound)
        content = write_pdf(self, paper) if suffix == ".pdf" else WRITERS[suffix](self)
        return [File(path, content, named)]

    def to_music21(self) -> Any:
        """The score as a `music21.stream.Score`, to go on with there."""
        from engrave.interop import to_music21  # music21 is slow to load, and few need it

        return to_music21(self)

    def summary(self) -> str:
        """One line: what was heard, and what of it is not on the page."""
        inferred = ["pedal inferred"] * self.pedal_inferred
        grid = [GRIDS[self.on_grid]] if self.on_grid in GRIDS else []
        facts = ", ".join([*name_music(self), _notes(self.performance), *grid, *inferred])
        name = self.performance.source.name
        line = f"{name}: {facts}" if name else facts
        return "; ".join([line, *self.performance.source.warnings, *_left_out(self)])

    def explain(self) -> str:
        """How sure the reading is and which correction would matter most, line by line."""
        return "\n".join(describe(self.doubts))

    def __repr__(self) -> str:
        return f"<Score {self.summary()}>"

    def _repr_html_(self) -> str:
        return write_fragment(self, self.performance, self.grid)

    def _repr_svg_(self) -> str:
        return write_svg(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """All that a notebook may show; it takes the richest that it can."""
        return {
            "text/plain": repr(self),
            "text/html": self._repr_html_(),
            "image/svg+xml": self._repr_svg_(),
        }


def transcribe(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    meter: TimeSignature | str | None = None,
    tempo: float | str | None = None,
    beats: Iterable[Tap] | str | os.PathLike[str] | None = None,
    key: KeySignature | str | None = None,
    smallest: Fraction | str | None = None,
    title: str | None = None,
    composer: str | None = None,
    weights: str = WEIGHTS[0],
    pedal: PedalWish | str = "auto",
    grid: str = "auto",
    find_repeats: bool = False,
    progress: Progress | None = None,
) -> Score:
    """Turn a recorded piano performance into a score.

    `source` is a path, the bytes of a MIDI file, or a file open for reading bytes.
    `meter` ("3/4"), `tempo` (felt beats per minute), `beats` (a file of tapped times, see
    `read_taps`, or the taps) and `key` ("g minor") are followed where they are given; no note
    shorter than `smallest` ("1/16", a part of a whole note) is written. `title` and `composer`
    stand above the music in place of what the file says. `weights` are those of the learned
    reader: "full", or "free", learned only from data that anybody may use for anything.
    `pedal` says which sustain pedal is written ("auto", "keep", "infer", "off") and how ("full",
    "simile", "brackets"), as `parse_pedal` reads it.
    `grid` says whether the beats are those of the file: "auto" as it is found, "file", "free".
    With `find_repeats`, sections that are played twice alike are written once, with repeat signs.
    `progress` is called with each step as it begins, and the share of the work done by then.

    Raises MidiError if the source cannot be read as MIDI, ValueError for an option that makes no
    sense, OSError for a file that cannot be opened.
    """
    corrections = Corrections(
        meter=parse_meter(meter) if isinstance(meter, str) else meter,
        tempo=None if tempo is None else parse_tempo(tempo),
        beats=_taps(beats),
        key=parse_key(key) if isinstance(key, str) else key,
        smallest=Fraction(0) if smallest is None else parse_smallest(smallest) * 4,
        grid=parse_grid(grid),
    )
    performance = read_midi(source)
    weights = parse_weights(weights)
    wish = parse_pedal(pedal) if isinstance(pedal, str) else pedal
    made = walk_the_path(performance, corrections, title, composer, weights, wish, progress)
    if find_repeats:
        made = replace(made, score=keep_pace(fold_repeats(made.score), made.grid))
    score = made.score
    written = {field.name: getattr(score, field.name) for field in fields(score)}
    return Score(
        **written,
        performance=made.performance,
        grid=made.grid,
        doubts=find_doubts(made),
        pedal_inferred=made.foot.inferred,
        on_grid=made.fit.kind,
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


def parse_paper(text: str) -> str:
    """The name of a paper."""
    if text.lower() in PAPERS:
        return text.lower()
    raise ValueError(f"{text!r} is no paper; there are {' and '.join(PAPERS)}")


def parse_smallest(value: Fraction | str) -> Fraction:
    """The shortest note value that may be written, as a part of a whole note."""
    with contextlib.suppress(ValueError, ZeroDivisionError):
        if Fraction(value) in SMALLEST:
            return Fraction(value)
    names = ", ".join(map(str, SMALLEST))
    raise ValueError(f"{str(value)!r} is not a note value to stop at; there are {names}")


def parse_weights(text: str) -> str:
    """The name of weights of the learned reader."""
    if text in WEIGHTS:
        return text
    raise ValueError(f"{text!r} names no weights; there are {' and '.join(WEIGHTS)}")


def parse_grid(text: str) -> GridWish:
    """Whether the beats of a file are those of its music."""
    for wish in get_args(GridWish):
        if text == wish:
            return wish
    names = ", ".join(get_args(GridWish))
    raise ValueError(f"{text!r} says nothing of the grid of a file; there are {names}")


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


def check_suffix(path: Path, pages: bool = False, page_options: bool = False) -> None:
    """Raise ValueError unless a score can be saved under this name."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise ValueError(f"{path}: the suffix must be one of {', '.join(WRITERS)}")
    if pages and suffix not in PAGE_WRITERS:
        raise ValueError(f"{path}: only {' and '.join(PAGE_WRITERS)} have one file a page")
    if page_options and suffix != ".html":
        raise ValueError(f"{path}: only an .html page has assets and audio")


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


def _notes(performance: Performance) -> str:
    return count(len(performance.notes), "note")


def _left_out(score: Score) -> list[str]:
    """What was heard and is not on the page, one phrase for each reason."""
    reasons = Counter(note.reason for note in score.unwritten)
    return [
        *(f"left out: {fact}" for fact in score.performance.source.left_out),
        *(f"{count(number, 'note')} not written: {reason}" for reason, number in reasons.items()),
    ]
