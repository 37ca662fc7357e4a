"""Write the gallery: `python samples/gallery.py [--out DIR]`.

Four samples as in a blog post: `gallery.md` with a picture and a caption for each, as feeds show
them too, and beside it for each a page that plays the recording.
"""

import argparse
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
if str(FOLDER.parent) not in sys.path:  # run as a program, not imported
    sys.path.insert(0, str(FOLDER.parent))

import engrave  # noqa: E402
from engrave.output.html.page import alt_text  # noqa: E402

DOCS = FOLDER.parent / "docs"
HEAD = """\
# Gallery

Four performances as a blog post shows them. A picture leads to its page, which plays the recording:
download it and open it in a browser (here it would only show its source). The command under it
writes the same for your blog ([how](blog.md)). `python samples/gallery.py` regenerates this page.
"""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A sample, and a sentence about it."""

    name: str
    words: str


EXHIBITS = (
    Exhibit("auld_lang_syne", "A tune with an upbeat; the hands play it plainly, without pedal."),
    Exhibit("nocturne", "Wide left-hand chords under a melody, held together by the pedal."),
    Exhibit("sonatina", "Runs of sixteenths over broken chords."),
    Exhibit("greensleeves", "6/8 from an upbeat of one eighth."),
)


def write_gallery(folder: Path) -> None:
    """`gallery.md` in the folder, and the pages in the folder `gallery` in it."""
    (folder / "gallery").mkdir(parents=True, exist_ok=True)
    parts = [HEAD]
    for exhibit in EXHIBITS:
        score = engrave.transcribe(FOLDER / f"{exhibit.name}.mid")
        score.save(folder / "gallery" / f"{exhibit.name}.html")
        parts.append(_write_exhibit(exhibit, score))
    (folder / "gallery.md").write_text("\n".join(parts), encoding="utf-8")


def _write_exhibit(exhibit: Exhibit, score: engrave.Score) -> str:
    name = exhibit.name
    image = f'<img src="../samples/{name}.svg" alt="{escape(alt_text(score, score.performance))}">'
    return "\n".join(
        [
            f"## {score.title}",
            "",
            f"{exhibit.words}",
            "",
            f'<figure><a href="gallery/{name}.html">{image}</a></figure>',
            "",
            f"`engrave embed {name}.mid --for jekyll`",
            "",
        ]
    )


def main() -> None:
    """Write the gallery into a folder."""
    parser = argparse.ArgumentParser(description="Make the gallery.")
    parser.add_argument("--out", type=Path, default=DOCS, help="folder (default: docs)")
    write_gallery(parser.parse_args().out)


if __name__ == "__main__":
    main()
