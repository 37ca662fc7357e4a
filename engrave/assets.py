"""A page with files beside it: script, style sheet, MusicXML, MIDI and sound.

The script and the style sheet have the same names for every score of a folder, so that a site
with a hundred scores loads them once.
"""

import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

from engrave.grid import Grid
from engrave.html import Audio, Resources, data_address, write_html
from engrave.musicxml import write_musicxml
from engrave.performance import Performance
from engrave.player import page_style, player_script
from engrave.score import Score

SCRIPT, STYLE = "engrave-score.js", "engrave-score.css"


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound recording of the performance; the second of its first note, if it is known."""

    path: Path
    start: float | None


def write_page(
    score: Score,
    performance: Performance,
    grid: Grid,
    name: str,
    assets: bool,
    sound: Sound | None,
) -> dict[str, bytes]:
    """The page called `name` and, with `assets`, the files that it needs beside it, by name."""
    files: dict[str, bytes] = {}
    resources = None
    if assets:
        stem = Path(name).stem
        files = {
            SCRIPT: player_script().encode(),
            STYLE: page_style().encode(),
            f"{stem}.musicxml": write_musicxml(score),
        }
        if performance.source.data:
            files[f"{stem}.mid"] = performance.source.data
        if sound:
            files[sound.path.name] = sound.path.read_bytes()
        resources = Resources(SCRIPT, STYLE, _address(f"{stem}.musicxml"), _address(f"{stem}.mid"))
    audio = _audio(sound, performance, assets) if sound else None
    page = write_html(score, performance, grid, resources, audio)
    return files | {name: page.encode()}


def _audio(sound: Sound, performance: Performance, beside: bool) -> Audio:
    start = performance.notes[0].onset if sound.start is None else sound.start
    if beside:
        return Audio(_address(sound.path.name), start)
    kind = mimetypes.guess_type(sound.path.name)[0] or "audio/mpeg"
    return Audio(data_address(kind, sound.path.read_bytes()), start)


def _address(name: str) -> str:
    """A file beside the page, whatever bytes its name is made of."""
    return quote_from_bytes(os.fsencode(name))
