"""One page with all notation samples, engraved by Verovio and by MuseScore, before and after.

    python -m tests.look OUT            draws every sample; open OUT/look.html
    python -m tests.look OUT BEFORE     ... beside BEFORE: a folder that an earlier run has written,
                                        or a revision of the project, which draws its own samples

Each sample stands with the sentence that the eye should confirm; what changed most comes first.
The difference of two pictures is the share of their ink that the other does not have.
"""

import argparse
import html
import io
import subprocess
import sys
import tarfile
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops

from engrave.output.musicxml.document import write_musicxml
from engrave.output.pdf import write_png
from judges.musescore import draw_all
from tests.regression import ALL
from tests.regression.sample import Sample, make

ROOT = Path(__file__).resolve().parent.parent
ENGRAVERS = ("verovio", "musescore")
MARGIN = 12  # pixels around the ink
STYLE = """
body { font: 15px/1.4 sans-serif; margin: 1em 2em; max-width: 1500px; }
section { border-top: 1px solid #bbb; padding: 0.5em 0; break-inside: avoid; }
h2 { font-size: 1em; margin: 0; } h2 small { color: #a00; font-weight: normal; }
p { margin: 0.2em 0; } pre { color: #567; margin: 0.2em 0; font-size: 12px; white-space: pre-wrap; }
.pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 0.5em 1.5em; align-items: start; }
figure { margin: 0; } figcaption { font-size: 11px; color: #777; }
img { max-width: 100%; max-height: 320px; }
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """A sample, and how much each engraver's picture of it has changed (0 to 1; None: is new)."""

    sample: Sample
    changed: dict[str, float | None]

    @property
    def worst(self) -> float:
        return max(1.0 if share is None else share for share in self.changed.values())


def draw(samples: Sequence[Sample], folder: Path) -> None:
    """Each sample as MusicXML and as a picture by each engraver."""
    for engraver in ENGRAVERS:
        (folder / engraver).mkdir(parents=True, exist_ok=True)
    sources = []
    for sample in samples:
        score = make(sample).score
        _trim(write_png(score), _picture(folder, "verovio", sample))
        sources.append(folder / f"{sample.name}.musicxml")
        sources[-1].write_bytes(write_musicxml(score))
    for sample, png in zip(samples, draw_all(sources), strict=True):
        if png is not None:
            _trim(png, _picture(folder, "musescore", sample))


def compare(samples: Sequence[Sample], now: Path, before: Path) -> list[Compared]:
    """The samples, the most changed first."""
    compared = [
        Compared(sample, {e: _difference(*_both(now, before, e, sample)) for e in ENGRAVERS})
        for sample in samples
    ]
    return sorted(compared, key=lambda one: -one.worst)


def write_page(compared: Sequence[Compared], now: Path, before: Path | None) -> str:
    changed = sum(one.worst > 0 for one in compared)
    about = f"{len(compared)} samples" + (f", {changed} changed" if before else "")
    sections = "\n".join(_section(one, now, before) for one in compared)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Notation samples</title>'
        f"\n<style>{STYLE}</style>\n<p>{about}</p>\n{sections}\n</html>\n"
    )


def _section(one: Compared, now: Path, before: Path | None) -> str:
    sample = one.sample
    shown = []
    for engraver, share in one.changed.items():
        shown.append(_figure(engraver, _picture(now, engraver, sample)))
        if before and share != 0:
            shown.append(_figure(f"{engraver}, before", _picture(before, engraver, sample)))
        elif before and one.worst > 0:
            shown.append("<figure><figcaption>unchanged</figcaption></figure>")
    said = ", ".join(
        f"{engraver} {'new' if share is None else f'{100 * share:.0f} %'}"
        for engraver, share in one.changed.items()
        if share != 0
    )
    note = f" <small>changed: {said}</small>" if before and said else ""
    return (
        f"<section><h2>{sample.name}{note}</h2>\n<p>{html.escape(sample.sentence)}</p>\n"
        f"<pre>{html.escape(_lines(sample.music))}</pre>\n"
        f'<div class="pictures">{"".join(shown)}</div></section>'
    )


def _figure(caption: str, path: Path) -> str:
    if not path.exists():
        return f"<figure><figcaption>{caption}</figcaption><p>no picture</p></figure>"
    data = b64encode(path.read_bytes()).decode()
    picture = f'<img src="data:image/png;base64,{data}" alt="{caption}">'
    return f"<figure><figcaption>{caption}</figcaption>{picture}</figure>"


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _picture(folder: Path, engraver: str, sample: Sample) -> Path:
    return folder / engraver / f"{sample.name}.png"


def _both(now: Path, before: Path, engraver: str, sample: Sample) -> tuple[Path, Path]:
    return _picture(now, engraver, sample), _picture(before, engraver, sample)


def _difference(now: Path, before: Path) -> float | None:
    """The share of the ink of two pictures that is not in both; None if one of them is missing."""
    if not (now.exists() and before.exists()):
        return None if now.exists() or before.exists() else 0.0
    a, b = _ink(now), _ink(before)
    size = np.maximum(a.shape, b.shape)
    a, b = (np.pad(p, [(0, n - m) for n, m in zip(size, p.shape, strict=True)]) for p in (a, b))
    return float(np.abs(a - b).sum() / max((a + b).sum(), 1.0))


def _ink(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return 255.0 - np.asarray(picture.convert("L"), float)


def _trim(png: bytes, path: Path) -> None:
    """Keep the picture without the empty paper around it."""
    with Image.open(io.BytesIO(png)) as opened:
        paper = Image.new("RGBA", opened.size, "white")
        picture = Image.alpha_composite(paper, opened.convert("RGBA")).convert("L")
    box = ImageChops.invert(picture).getbbox() or (0, 0, *picture.size)
    left, top, right, bottom = box
    edges = left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN
    framed = ImageChops.invert(ImageChops.invert(picture).crop(edges))  # beyond the edge is white
    framed.save(path, optimize=True)


def _draw_revision(revision: str, folder: Path) -> None:
    """Draw the samples of another revision as its `engrave` writes them."""
    command = ["git", "archive", revision]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as name:
        with tarfile.open(fileobj=io.BytesIO(archive)) as project:
            project.extractall(name, filter="data")
        command = [sys.executable, "-m", "tests.look", str(folder.resolve())]
        subprocess.run(command, cwd=name, check=True)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.look", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("before", nargs="?", metavar="BEFORE")
    parser.add_argument("--only", default="", metavar="NAME", help="samples whose name has this")
    command = parser.parse_args(arguments)
    out, before = command.out, Path(command.before) if command.before else None
    samples = [sample for sample in ALL if command.only in sample.name]
    draw(samples, out)
    if before and not before.is_dir():
        before = out / "before"
        _draw_revision(command.before, before)
    compared = (
        compare(samples, out, before)
        if before
        else [Compared(sample, dict.fromkeys(ENGRAVERS, 0.0)) for sample in samples]
    )
    (out / "look.html").write_text(write_page(compared, out, before), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
