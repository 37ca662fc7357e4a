"""The player as one script: the files in `web/`, in the order in which they build on each other.

They are plain scripts without imports, so they are joined as they stand, in a scope of their own,
with the style sheet of the shadow root as a text before them.
"""

import json
from functools import cache
from importlib.resources import files

WEB = files("engrave") / "web"
ROOMS = ("recording.js", "piano.js", "transport.js", "controls.js", "sheet.js", "score.js")


@cache
def player_script() -> str:
    """The script that makes `<engrave-score>` play."""
    rooms = "\n".join(_read(name) for name in ROOMS)
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
