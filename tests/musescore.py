"""The outside judge: what real MuseScore makes of a file that we wrote.

MuseScore 3 opens the file without a display and writes it again as MusicXML, in its own format
and as PDF. What comes back must say the same music as what we wrote, fact for fact (see
`tests.signature` for what a fact is and for the few things that are normalised, and why).
MuseScore's exit status is 0 whatever it makes of a file; another one is a crash.

By hand: `python -m tests.musescore FILE...` prints the findings.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from tests.facts import Signature, differences
from tests.mscx import read_mscx
from tests.signature import read_signature

PROGRAMS = ("musescore3", "mscore3")
SECONDS = 300  # for one start; a page of music takes a fifth of a second

# What MuseScore 3.2 says on standard error although nothing is wrong.
HARMLESS = (
    "convert <",  # progress: the file that it opens
    "\tto <",  # progress: the file that it writes
    "... success!",  # progress
    # A plain <arpeggiate/> has no direction: "none" is what it is, and what is drawn is right.
    "unknown arpeggio type none",
    # Its exporter passes over the fermata among the annotations and writes it with the note.
    "annotations: direction type Fermata",
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """The files that MuseScore wrote (each may be missing) and what it complained about."""

    musicxml: Path
    mscx: Path
    pdf: Path
    complaints: tuple[str, ...]


def musescore_program() -> str | None:
    """The path of MuseScore 3, if it is installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def convert(source: Path, folder: Path) -> Conversion:
    """Let MuseScore write `source` as MusicXML, .mscx and PDF into `folder`, in one start."""
    written = {suffix: folder / f"returned.{suffix}" for suffix in ("musicxml", "mscx", "pdf")}
    job = folder / "job.json"
    outputs = [str(path) for path in written.values()]
    job.write_text(json.dumps([{"in": str(source.resolve()), "out": outputs}]))
    said = _run(folder, "-j", str(job))
    complaints = (line for line in said.splitlines() if line.strip())
    unexpected = tuple(line for line in complaints if not any(ok in line for ok in HARMLESS))
    return Conversion(**written, complaints=unexpected)


def _run(folder: Path, *arguments: str) -> str:
    """Start MuseScore with a home of its own; returns what it says on standard error."""
    program = musescore_program()
    assert program, f"none of {', '.join(PROGRAMS)} is installed"
    home, runtime = folder / "home", folder / "runtime"
    home.mkdir(exist_ok=True)
    runtime.mkdir(mode=0o700, exist_ok=True)
    environment = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "QT_QPA_PLATFORM": "offscreen",
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
    }
    try:
        done = subprocess.run(
            [program, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"(nothing: it was stopped after {SECONDS} seconds)"
    crash = f"\n(it ended with status {done.returncode})" if done.returncode else ""
    return done.stderr.decode(errors="replace") + crash


def judge(path: Path) -> list[str]:
    """What MuseScore reads differently from what stands in a MusicXML file, in plain sentences.

    Empty when all is well.
    """
    ours = read_signature(path)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        there = folder / "there"
        back = folder / "back"
        there.mkdir()
        back.mkdir()
        returned = convert(path, there)
        findings = [f"MuseScore says: {line}" for line in returned.complaints]
        missing = [
            file.suffix
            for file in (returned.musicxml, returned.mscx, returned.pdf)
            if not file.exists()
        ]
        if missing:
            return [*findings, f"MuseScore wrote no {' and no '.join(missing)}"]
        theirs = read_signature(returned.musicxml)
        # It writes a pedal without saying how it looks; in the .mscx that stands.
        told = tuple(fact for fact in ours.facts if fact.kind != "pedal look")
        findings += differences(told, theirs.facts, "MuseScore")
        findings += _irregular_measures(ours)
        findings += _findings_in_mscx(ours, returned.mscx)
        if not returned.pdf.read_bytes().startswith(b"%PDF"):
            findings.append("what MuseScore wrote as PDF is none")
        return findings + _findings_on_reopening(theirs, returned.mscx, back)


def _irregular_measures(ours: Signature) -> list[str]:
    """Measures of our own that do not fill their time signature and are not declared implicit."""
    return [
        f"measure {frame.index} lasts {frame.length} quarters instead of {frame.nominal}"
        for frame in ours.frames
        if frame.length != frame.nominal and not frame.implicit
    ]


def _findings_in_mscx(ours: Signature, mscx: Path) -> list[str]:
    """Irregular measures, pedals, tuplets and dynamics in MuseScore's own format."""
    theirs = read_mscx(mscx, ours)
    irregular = {f.index: f.length for f in ours.frames if f.implicit and f.length != f.nominal}
    findings = [
        f"in the .mscx measure {index} lasts {length} quarters, unlike its time signature"
        for index, length in theirs.irregular.items()
        if irregular.get(index) != length
    ]
    compared = [fact for fact in ours.facts if fact.kind in ("pedal", "pedal look", "tuplet")]
    # In the .mscx a dynamic has no word for its placement when it stands at the usual side.
    compared += [
        replace(fact, text=fact.text.split()[0]) for fact in ours.facts if fact.kind == "dynamics"
    ]
    return findings + differences(tuple(compared), theirs.facts, "the .mscx")


def _findings_on_reopening(theirs: Signature, mscx: Path, folder: Path) -> list[str]:
    """Opening the .mscx again must be silent and give the same music once more."""
    again = convert(mscx, folder)
    findings = [f"on reopening the .mscx MuseScore says: {line}" for line in again.complaints]
    if not again.musicxml.exists():
        return [*findings, "the .mscx cannot be opened again"]
    reread = read_signature(again.musicxml)
    return findings + differences(theirs.facts, reread.facts, "the reopened .mscx")


def main(arguments: list[str]) -> int:
    """Print the findings of each file; the exit status says whether there were any."""
    found = 0
    for argument in arguments:
        findings = judge(Path(argument))
        found += len(findings)
        print(f"{argument}: {len(findings)} findings")
        print("".join(f"  {finding}\n" for finding in findings), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
