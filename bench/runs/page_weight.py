"""What a reader downloads for 32 bars of piano music: `python -m bench.runs.page_weight [--out
DIR]`.

The march among the samples, played twice, as `engrave` writes it; beside it the programs that
draw a score in the reader's browser (from npm, pinned in `package.json`), with the score that they
need. They show the score. Our page also holds the recording, plays it, and offers MusicXML and
MIDI. Sizes are after `gzip -9`, as a web server sends them.
"""

import argparse
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pretty_midi import ControlChange, Instrument, Note, PrettyMIDI

import engrave
from bench.report.table import in_columns
from engrave.midi.read import read_midi
from engrave.output.formats import write
from engrave.output.html.page import player_script

FOLDER = Path(__file__).parent.parent
SAMPLE = FOLDER.parent / "samples" / "march.mid"
BREATH = 0.05  # seconds between the two times
SUSTAIN = 64  # controller number

# Who draws in the browser: the script that a page loads, and whether it reads MusicXML.
PEERS = {
    "opensheetmusicdisplay": ("build/opensheetmusicdisplay.min.js", True),
    "abcjs": ("dist/abcjs-basic-min.js", False),
    "verovio": ("dist/verovio-toolkit-wasm.js", True),
}


@dataclass(frozen=True, slots=True)
class Download:
    """What a reader gets, its bytes before and after compression, and what it can do."""

    what: str
    raw: int
    sent: int
    remark: str = ""


def own_downloads(score: engrave.Score) -> Iterator[Download]:
    """What a reader of a page of `engrave` downloads."""
    page, drawing = (write(score, suffix) for suffix in (".html", ".svg"))
    yield _download(
        "engrave: the page", page, "shows, plays the recording, MusicXML and MIDI in it"
    )
    yield _download("engrave: the picture", drawing, "shows")
    yield _download(
        "engrave: the player", player_script().encode(), "once for all scores of a site"
    )


def peer_downloads(modules: Path, musicxml: bytes) -> Iterator[Download]:
    """The peers that npm has put into `modules`."""
    for name, (path, reads) in PEERS.items():
        about = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
        script = (modules / name / path).read_bytes()
        score = musicxml if reads else b""
        sent = squeezed(script) + (squeezed(score) if reads else 0)
        remark = "shows; with the MusicXML" if reads else "shows; without a score (it takes ABC)"
        yield Download(f"{name} {about['version']}", len(script) + len(score), sent, remark)


def squeezed(content: bytes) -> int:
    """The bytes that are sent of a file, compressed by gzip."""
    return len(gzip.compress(content, 9))


def _download(what: str, content: bytes, remark: str) -> Download:
    return Download(what, len(content), squeezed(content), remark)


def play_twice(midi: Path) -> bytes:
    """A performance and the same again, as one MIDI file."""
    performance = read_midi(midi)
    piano = Instrument(program=0)
    again = max(n.release for n in performance.notes) - performance.notes[0].onset + BREATH
    for start in (0.0, again):
        for n in performance.notes:
            piano.notes.append(Note(n.velocity, n.pitch, start + n.onset, start + n.release))
        piano.control_changes += [
            ControlChange(SUSTAIN, move.depth, start + move.time) for move in performance.sustain
        ]
    file = PrettyMIDI(resolution=480, initial_tempo=120)
    file.instruments.append(piano)
    content = io.BytesIO()
    file.write(content)
    return content.getvalue()


def write_weights(downloads: list[Download]) -> str:
    """The downloads as a table in Markdown."""
    rows = [
        (one.what, f"{one.raw / 1000:.0f}", f"{one.sent / 1000:.1f}", one.remark)
        for one in downloads
    ]
    return in_columns(("", "KB", "KB compressed", "what it does"), rows) + "\n"


def main(words: list[str]) -> None:
    """Weigh the pages and write `weight.md`."""
    parser = argparse.ArgumentParser(prog="python -m bench.runs.page_weight", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench-out"), metavar="DIR")
    out = parser.parse_args(words).out
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
    subprocess.run(command, check=True)
    score = engrave.transcribe(play_twice(SAMPLE))
    musicxml = write(score, ".musicxml")
    downloads = [*own_downloads(score), *peer_downloads(FOLDER / "node_modules", musicxml)]
    out.mkdir(parents=True, exist_ok=True)
    (out / "weight.md").write_text(write_weights(downloads), encoding="utf-8")
    print(score.summary(), write_weights(downloads), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
