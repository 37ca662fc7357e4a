"""The Python API: `transcribe` turns a recording into a `Score` that can be saved."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from engrave import pipeline
from engrave.doubts.doubt import Doubts, explain_doubts
from engrave.doubts.find import find_doubts
from engrave.expression.performed_tempo import add_performed_tempo
from engrave.files.disk import same_files, write_files
from engrave.listening.network import WEIGHTS
from engrave.midi.read import read_midi
from engrave.music.grid import Grid, Tap
from engrave.music.performance import Performance
from engrave.music.score import Score as WrittenScore
from engrave.music.text import count, name_music
from engrave.music.values import KeySignature, TimeSignature
from engrave.notation.repeats import fold_repeats
from engrave.options import (
    Options,
    parse_grid,
    parse_key,
    parse_meter,
    parse_pedal,
    parse_smallest,
    parse_tempo,
    parse_weights,
    read_taps,
)
from engrave.output.formats import SaveOptions, files_of
from engrave.output.html.assets import AudioFile
from engrave.output.html.page import write_fragment
from engrave.output.svg.pages import write_svg
from engrave.pedal.inference import PedalOptions
from engrave.pipeline import Transcription
from engrave.rhythm.file_beats.grid import FitKind

GRIDS = {"exact": "on the grid of the file", "click": "played to the click of the file"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Score(WrittenScore):
    """A written score together with the performance and the beat grid it was made from.

    `doubts` are the probabilities of each decision and its alternatives. `pedal_inferred`: the
    sustain pedal that is written was not recorded. `on_grid` says where the beats come from: the
    notes lie on the beats that the file counts, as a program writes them ("exact") or as a pianist
    plays to a click ("click"), or the beats were tracked in the performance ("free").
    """

    performance: Performance
    grid: Grid
    doubts: Doubts
    pedal_inferred: bool = False
    on_grid: FitKind = "free"

    def save(  # noqa: PLR0913 - keywords that users write
        self,
        path: str | os.PathLike[str],
        *,
        pages: bool = False,
        paper: str = "a4",
        assets: bool = False,
        audio: str | os.PathLike[str] | None = None,
        audio_start: float | None = None,
    ) -> None:
        """Write the score to `path`; its suffix (one of `formats.FORMATS`) says as what.

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
        sound = None if audio is None else AudioFile(Path(audio), audio_start)
        options = SaveOptions(pages=pages, paper=paper, assets=assets, sound=sound)
        files = files_of(self, Path(path), options)
        source = self.performance.source.name
        write_files(files, source, same_files([source, *([audio] if audio else [])]))

    def to_music21(self) -> Any:
        """The score as a `music21.stream.Score`."""
        from engrave.output.to_music21 import to_music21  # music21 is slow to load, and few need it

        return to_music21(self)

    def summary(self) -> str:
        """One line: how much was recorded, how it is written, and what is not on the page."""
        inferred = ["pedal inferred"] * self.pedal_inferred
        grid = [GRIDS[self.on_grid]] if self.on_grid in GRIDS else []
        facts = ", ".join([*name_music(self), _notes(self.performance), *grid, *inferred])
        name = self.performance.source.name
        line = f"{name}: {facts}" if name else facts
        return "; ".join([line, *self.performance.source.warnings, *_left_out(self)])

    def explain(self) -> str:
        """The probabilities of the decisions and the most useful correction, line by line."""
        return "\n".join(explain_doubts(self.doubts))

    def __repr__(self) -> str:
        return f"<Score {self.summary()}>"

    def _repr_html_(self) -> str:
        return write_fragment(self, self.performance, self.grid)

    def _repr_svg_(self) -> str:
        return write_svg(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """All representations that a notebook may show; it takes the richest that it can."""
        return {
            "text/plain": repr(self),
            "text/html": self._repr_html_(),
            "image/svg+xml": self._repr_svg_(),
        }


def transcribe(  # noqa: PLR0913 - keywords that users write
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
    pedal: PedalOptions | str = "auto",
    grid: str = "auto",
    find_repeats: bool = False,
    progress: pipeline.Progress | None = None,
) -> Score:
    """Turn a recorded piano performance into a score.

    `source` is a path, the bytes of a MIDI file, or a file open for reading bytes. `meter` ("3/4"),
    `tempo` (felt beats per minute), `beats` (a file of tapped times, see `read_taps`, or the taps)
    and `key` ("g minor") are followed where they are given; no note shorter than `smallest`
    ("1/16", a part of a whole note) is written. `title` and `composer` stand above the music in
    place of what the file says. `weights` are those of the neural networks: "full", or "free",
    trained only on data that anybody may use for anything. `pedal` says which sustain pedal is
    written ("auto", "keep", "infer", "off") and how ("full", "simile", "brackets"), as
    `parse_pedal` reads it. `grid` says whether the beats are those of the file: "auto" as it is
    found, "file", "free". With `find_repeats`, sections that are played twice alike are written
    once, with repeat signs. `progress` is called with each step as it begins, and the share of the
    work done by then.

    Raises MidiError if the source cannot be read as MIDI, ValueError for an option that makes no
    sense, OSError for a file that cannot be opened.
    """
    options = Options(
        meter=parse_meter(meter) if isinstance(meter, str) else meter,
        tempo=None if tempo is None else parse_tempo(tempo),
        beats=_taps(beats),
        key=parse_key(key) if isinstance(key, str) else key,
        grid=parse_grid(grid),
        smallest=Fraction(0) if smallest is None else parse_smallest(smallest) * 4,
        pedal=parse_pedal(pedal) if isinstance(pedal, str) else pedal,
        title=title,
        composer=composer,
        weights=parse_weights(weights),
    )
    made = pipeline.transcribe(read_midi(source), options, progress or pipeline.no_progress)
    if find_repeats:
        made = replace(made, score=add_performed_tempo(fold_repeats(made.score), made.grid))
    return _score_of(made)


def _score_of(made: Transcription) -> Score:
    written = {field.name: getattr(made.score, field.name) for field in fields(made.score)}
    return Score(
        **written,
        performance=made.performance,
        grid=made.grid,
        doubts=find_doubts(made),
        pedal_inferred=made.pedal_track.inferred,
        on_grid=made.fit.kind,
    )


def _taps(beats: Iterable[Tap] | str | os.PathLike[str] | None) -> tuple[Tap, ...] | None:
    if beats is None:
        return None
    return read_taps(beats) if isinstance(beats, str | os.PathLike) else tuple(beats)


def _notes(performance: Performance) -> str:
    return count(len(performance.notes), "note")


def _left_out(score: Score) -> list[str]:
    """Key presses that are not on the page, one phrase for each reason."""
    reasons = Counter(note.reason for note in score.unwritten)
    return [
        *(f"left out: {fact}" for fact in score.performance.source.left_out),
        *(f"{count(number, 'note')} not written: {reason}" for reason, number in reasons.items()),
    ]
