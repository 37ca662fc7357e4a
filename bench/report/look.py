"""One page in a browser on which raw import, `engrave` and the true score stand side by side.

Figures are not to be trusted alone. Each row is a piece, the worst first; its pictures are the
first systems as Verovio (https://www.verovio.org) draws them, the same copyist for all three, so
that the difference is in the music and not in the engraving.
"""

import base64
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import verovio

from bench.report.results import ERRORS, HANDS, METER, Figures

# Verovio's units: 10 are a millimetre on paper. The width of an A4 page, some four systems high.
OPTIONS = {
    "inputFrom": "musicxml",
    "xmlIdChecksum": True,
    "svgViewBox": True,
    "svgFormatRaw": True,
    "svgRemoveXlink": True,
    "pageWidth": 2100,
    "pageHeight": 1600,
    "unit": 9.0,
    "header": "none",
    "footer": "none",
}
SHOWN = (*ERRORS, *METER, *HANDS)
STYLE = """
body { font-family: sans-serif; margin: 1em; }
.row { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1em; }
figure { margin: 0; border: 1px solid #ccc; background: white; }
figcaption { padding: 0.4em; background: #eee; font-size: small; }
img { width: 100%; }
"""


@dataclass(frozen=True, slots=True)
class View:
    """One picture: whose page it is, its figures, and its MusicXML or why there is none."""

    system: str
    figures: Figures
    musicxml: bytes | None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A piece with its pictures, and the error that says how far up it stands."""

    title: str
    error: float
    views: Sequence[View]


def draw_first_systems(musicxml: bytes) -> str:
    """The first systems of a score as an SVG document."""
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(OPTIONS)
    toolkit.loadData(musicxml.decode())
    return str(toolkit.renderToSVG(1))


def write_html(rows: Iterable[Row], about: str) -> str:
    """The whole page with its pictures in it, the worst piece first."""
    ordered = sorted(rows, key=lambda row: row.error, reverse=True)
    title = html.escape(about)
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>',
            f"<style>{STYLE}</style>\n<p>{title}</p>",
            *map(_row, ordered),
            "</html>\n",
        ]
    )


def _row(row: Row) -> str:
    views = "\n".join(map(_view, row.views))
    return f'<h2>{html.escape(row.title)}</h2>\n<div class="row">\n{views}\n</div>'


def _view(view: View) -> str:
    figures = ", ".join(
        f"{name} {value:.1f}" for name in SHOWN if (value := view.figures.get(name)) is not None
    )
    caption = f"<figcaption><b>{html.escape(view.system)}</b> {figures}</figcaption>"
    if view.musicxml is None:
        return f"<figure>{caption}<p>{html.escape(view.failure)}</p></figure>"
    picture = base64.b64encode(draw_first_systems(view.musicxml).encode()).decode()
    return f'<figure>{caption}<img src="data:image/svg+xml;base64,{picture}"></figure>'
