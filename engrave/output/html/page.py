"""HTML page that shows a score and plays the performance it was written from.

Without scripts it is the music, laid out for three widths of which style sheets show one, with a
caption and the score and the recording as files to download. The player is one script: the files in
`web/`, plain scripts without imports, joined as they stand in the order in which they build on each
other, in a scope of their own, with the style sheet of the shadow root as a text before them.

By itself the page is one file that requests nothing from any server, and its
Content-Security-Policy forbids it to. With `Resources` beside it the page is smaller, several share
one script, and it obeys the strictest policy of a site: nothing in it is inline but the music.

Texts from the recording are untrusted: they pass through `escape` once, here, and no script ever
sees them.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from engrave.music.grid import Grid
from engrave.music.performance import Performance
from engrave.music.score import Score
from engrave.music.text import name_music, one_line
from engrave.output.html.playback import playing_time, write_playback
from engrave.output.musicxml.document import write_mxl
from engrave.output.svg.pages import describe_score, write_svg_systems

# The widths for which the music is laid out, in tenths of a millimetre on paper. A staff is 72 of
# them high: 26 pixels in a column of 345, 575 and 900 pixels. `score.css` says which is shown when.
LAYOUTS = {"narrow": 960, "medium": 1600, "wide": 2500}
EMPTY_PICTURE = '<svg class="signs" width="0" height="0" aria-hidden="true">'
SHOWN = "medium"  # where there are no style sheets

WEB = files("engrave") / "web"
SCRIPTS = ("recording.js", "piano.js", "transport.js", "controls.js", "sheet.js", "score.js")


@dataclass(frozen=True, slots=True)
class AudioLink:
    """A recording of the same performance as sound: its address, and when its first note sounds."""

    address: str
    start: float


@dataclass(frozen=True, slots=True)
class Resources:
    """Files beside the page: their addresses, as the page refers to them."""

    script: str
    style: str
    musicxml: str
    midi: str


def write_html(
    score: Score,
    performance: Performance,
    grid: Grid,
    resources: Resources | None = None,
    audio: AudioLink | None = None,
) -> str:
    """The page as HTML; without `resources` everything is inside."""
    title = _title(score, performance)
    composer = one_line(score.composer)
    head = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        *_policy(resources),
        f"<title>{escape(title)}</title>",
        _style(resources),
    ]
    body = [
        f"<main><h1>{escape(title)}</h1>",
        *([f'<p class="composer">{escape(composer)}</p>'] if composer else []),
        write_element(score, performance, grid, resources, audio),
        f"</main>\n{_script(resources)}",
    ]
    lines = ["<!DOCTYPE html>", '<html lang="en"><head>', *head, "</head><body>", *body]
    return "\n".join([*lines, "</body></html>\n"])


def write_fragment(score: Score, performance: Performance, grid: Grid) -> str:
    """The score and its player for embedding in another page, such as a notebook."""
    return write_element(score, performance, grid) + _script(None)


def write_element(
    score: Score,
    performance: Performance,
    grid: Grid,
    resources: Resources | None = None,
    audio: AudioLink | None = None,
) -> str:
    """The element <engrave-score>: the music, a caption, and the data of the performance."""
    seconds = f"{playing_time(performance):.1f}"
    caption = f"{escape(', '.join(name_music(score)))}. {_links(score, performance, resources)}"
    return "\n".join(
        [
            f'<engrave-score data-seconds="{seconds}"><figure>',
            _music(score, performance),
            *_audio_element(audio),
            f"<figcaption>{caption}</figcaption></figure>",
            f'<script type="application/json">{write_playback(score, performance, grid)}</script>',
            "</engrave-score>",
        ]
    )


def alt_text(score: Score, performance: Performance) -> str:
    """Text alternative of the music: title, composer and what the page shows."""
    return f"{_title(score, performance)}. {describe_score(score)}"


def piece_title(score: Score, performance: Performance) -> str:
    """Title and composer: "Wiegenlied, by Johannes Brahms."."""
    by = f", by {composer}" if (composer := one_line(score.composer)) else ""
    return f"{_title(score, performance)}{by}."


def _title(score: Score, performance: Performance) -> str:
    """The title, or else the name of the file."""
    file = performance.source.file.rpartition(".")[0]
    return one_line(score.title) or one_line(file) or "Sheet music"


def _music(score: Score, performance: Performance) -> str:
    """The layouts, each a column of systems; the signs that they share stand before them."""
    drawn = write_svg_systems(score, tuple(LAYOUTS.values()))
    columns = [
        _column(name, drawn.name, systems)
        for name, systems in zip(LAYOUTS, drawn.columns, strict=True)
    ]
    label = escape(alt_text(score, performance))
    signs = f"{EMPTY_PICTURE}<defs>{drawn.glyphs}</defs></svg>"
    return f'<div class="layouts" role="img" aria-label="{label}">{signs}{"".join(columns)}</div>'


def _column(layout: str, name: str, systems: tuple[str, ...]) -> str:
    """Make the ids of noteheads unique to a layout: a page has each id once."""
    hidden = "" if layout == SHOWN else " hidden"
    rows = (f'<div class="system">{system}</div>' for system in systems)
    column = "\n".join(rows).replace(f'id="{name}-p', f'id="{name}-{layout}-p')
    return f'<div class="layout {layout}"{hidden}>{column}</div>'


def _audio_element(audio: AudioLink | None) -> Iterator[str]:
    if audio is not None:
        yield (
            f'<audio controls preload="none" src="{escape(audio.address)}"'
            f' data-start="{audio.start:g}"></audio>'
        )


def _links(score: Score, performance: Performance, resources: Resources | None) -> str:
    if resources is not None:
        musicxml, midi = resources.musicxml, resources.midi
    else:
        musicxml = data_address("application/vnd.recordare.musicxml", write_mxl(score))
        midi = data_address("audio/midi", performance.source.data)
    name = _title(score, performance)
    suffix = ".musicxml" if resources else ".mxl"
    links = [_link("MusicXML", musicxml, name + suffix)]
    if performance.source.data:
        links.append(_link("MIDI", midi, name + ".mid"))
    return f'<span class="links">{" ".join(links)}</span>'


def _link(text: str, address: str, name: str) -> str:
    return f'<a href="{escape(address)}" download="{escape(name)}">{text}</a>'


def data_address(media_type: str, content: bytes) -> str:
    """A data URL with the content of a file."""
    return f"data:{media_type};base64,{b64encode(content).decode()}"


def _style(resources: Resources | None) -> str:
    if resources is None:
        return f"<style>{page_style()}</style>"
    return f'<link rel="stylesheet" href="{escape(resources.style)}">'


def _script(resources: Resources | None) -> str:
    if resources is None:
        return f"<script>{player_script()}</script>"
    return f'<script src="{escape(resources.script)}"></script>'


def _policy(resources: Resources | None) -> Iterator[str]:
    """The Content-Security-Policy of a page that contains everything: nothing from outside."""
    if resources is None:
        allowed = (
            "default-src 'none'",
            f"script-src {_hash(player_script())}",
            f"style-src {_hash(page_style())}",
            "media-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
        yield f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(allowed)}">'


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def player_script() -> str:
    """The script that makes `<engrave-score>` play."""
    rooms = "\n".join(_read(name) for name in SCRIPTS)
    return (
        f'"use strict";\n(() => {{\nconst STYLE = {json.dumps(score_style())};\n\n{rooms}}})();\n'
    )


@cache
def score_style() -> str:
    """The style sheet of a score, in a page and in its shadow root."""
    return _read("score.css")


@cache
def page_style() -> str:
    """The style sheet of a page with a score."""
    return _read("page.css") + _read("score.css")


def _read(name: str) -> str:
    return (WEB / name).read_text(encoding="utf-8")
