"""A page with files beside it: script, style sheet, MusicXML, MIDI and sound.

The script and the style sheet have the same names for every score of a folder, so that a site
with a hundred scores loads them once.
"""

import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

from engrave.files.disk import LARGEST_FILE, File, read_file
from engrave.music.grid import Grid
from engrave.music.performance import Performance
from engrave.music.score import Score
from engrave.output.html.page import (
    AudioLink,
    Resources,
    data_address,
    page_style,
    player_script,
    write_html,
)
from engrave.output.musicxml.document import write_musicxml

SCRIPT, STYLE = "engrave-score.js", "engrave-score.css"


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A sound recording of the performance; `start` is the second of its first note, if known."""

    path: Path
    start: float | None


@dataclass(frozen=True, slots=True)
class PageTarget:
    """Target of a page: its `path`, which the user named or not (`named`).

    With `assets` what it needs is written beside it. `audio_file` plays in place of its piano.
    """

    path: Path
    named: bool
    assets: bool
    sound: AudioFile | None


def write_page(
    score: Score, performance: Performance, grid: Grid, target: PageTarget
) -> list[File]:
    """The page and what is written beside it."""
    path, audio_file = target.path, target.sound
    files: list[File] = []
    resources = None
    heard = read_file(audio_file.path, LARGEST_FILE) if audio_file else b""
    if target.assets:
        musicxml, midi = path.with_suffix(".musicxml"), path.with_suffix(".mid")
        files = [
            File(path.with_name(SCRIPT), player_script().encode(), shared=True),
            File(path.with_name(STYLE), page_style().encode(), shared=True),
            File(musicxml, write_musicxml(score)),
        ]
        if performance.source.data:
            files.append(File(midi, performance.source.data, listed_in=path))
        if audio_file:
            files.append(File(path.with_name(audio_file.path.name), heard, listed_in=path))
        resources = Resources(SCRIPT, STYLE, _address(musicxml.name), _address(midi.name))
    audio = _audio(audio_file, heard, performance, target.assets) if audio_file else None
    page = write_html(score, performance, grid, resources, audio)
    return [*files, File(path, page.encode(), target.named)]


def _audio(
    audio_file: AudioFile, heard: bytes, performance: Performance, beside: bool
) -> AudioLink:
    start = performance.notes[0].onset if audio_file.start is None else audio_file.start
    if beside:
        return AudioLink(_address(audio_file.path.name), start)
    kind = mimetypes.guess_type(audio_file.path.name)[0] or "audio/mpeg"
    return AudioLink(data_address(kind, heard), start)


def _address(name: str) -> str:
    """The address of a file beside the page, whatever bytes are in its name."""
    return quote_from_bytes(os.fsencode(name))
