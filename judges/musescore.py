"""The outside judge: what real MuseScore makes of a file that we wrote.

MuseScore 3 opens the file without a display and writes it again as MusicXML, in its own format
and as PDF. What comes back must say the same music as what we wrote, fact for fact (see
`judges.signature` for what a fact is and for the few things that are normalised, and why).
MuseScore's exit status is 0 whatever it makes of a file; another one is a crash.

By hand: `python -m judges.musescore FILE...` prints the findings.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from judges.facts import Fact, Signature, differences
from judges.mscx import read_mscx
from judges.signature import read_signature

PROGRAMS = ("musescore3", "mscore3")
SECONDS = 300  # for one start; a page of music takes a fifth of a second
SUFFIXES = ("musicxml", "mscx", "pdf")
DOTS_PER_INCH = 130
OPENS = "convert <"  # how it says which file it opens

# What MuseScore 3.2 says on standard error although nothing is wrong.
HARMLESS = (
    OPENS,  # progress
    "\tto <",  # progress: the file that it writes
    "... success!",  # progress
    # A plain <arpeggiate/> has no direction: "none" is what it is, and what is drawn is right.
    "unknown arpeggio type none",
    # Its exporter passes over the fermata among the annotations and writes it with the note.
    "annotations: direction type Fermata",
    # An ending at a plain barline, which has no style; it writes such ones itself.
    "empty bar type",
    # Its exporter passes over endings among the lines and writes them with the barlines.
    "direction type Volta",
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
    return convert_all([source], folder)[0]


def convert_all(sources: Sequence[Path], folder: Path) -> list[Conversion]:
    """The same for many files in one start."""
    written = [
        {suffix: folder / f"returned{k or ''}.{suffix}" for suffix in SUFFIXES}
        for k in range(len(sources))
    ]
    job = folder / "job.json"
    orders = [
        {"in": str(source.resolve()), "out": [str(path) for path in files.values()]}
        for source, files in zip(sources, written, strict=True)
    ]
    job.write_text(json.dumps(orders))
    said = _by_file(run_musescore(folder, "-j", str(job)), len(sources))
    return [
        Conversion(**files, complaints=tuple(filter(_unexpected, lines)))
        for files, lines in zip(written, said, strict=True)
    ]


def draw_all(sources: Sequence[Path]) -> list[bytes | None]:
    """The first page of each file as a PNG picture; None where MuseScore drew nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        orders = [
            {"in": str(source.resolve()), "out": [str(folder / f"drawn{k}.png")]}
            for k, source in enumerate(sources)
        ]
        (folder / "job.json").write_text(json.dumps(orders))
        run_musescore(folder, "-r", str(DOTS_PER_INCH), "-j", str(folder / "job.json"))
        pages = [folder / f"drawn{k}-1.png" for k in range(len(sources))]
        return [page.read_bytes() if page.exists() else None for page in pages]


def play(source: Path) -> bytes:
    """How MuseScore plays a file, as MIDI."""
    with tempfile.TemporaryDirectory() as name:
        played = Path(name) / "played.mid"
        run_musescore(Path(name), str(source.resolve()), "-o", str(played))
        return played.read_bytes()


def _by_file(said: str, count: int) -> list[list[str]]:
    """What was said of each file; it says which one it opens before it complains."""
    groups: list[list[str]] = [[] for _ in range(count)]
    at = -1
    for line in said.splitlines():
        at = min(at + line.startswith(OPENS), count - 1)
        groups[max(at, 0)].append(line)
    return groups


def _unexpected(line: str) -> bool:
    return bool(line.strip()) and not any(ok in line for ok in HARMLESS)


def run_musescore(folder: Path, *arguments: str) -> str:
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
    return judge_all([path])[0]


def judge_all(paths: Sequence[Path]) -> list[list[str]]:
    """The same for each of many files, which MuseScore opens in two starts."""
    with tempfile.TemporaryDirectory() as name:
        there, back = Path(name) / "there", Path(name) / "back"
        there.mkdir()
        back.mkdir()
        returned = convert_all(paths, there)
        kept = [k for k, files in enumerate(returned) if files.mscx.exists()]
        again = dict(zip(kept, convert_all([returned[k].mscx for k in kept], back), strict=True))
        return [
            _findings(path, files, again.get(k))
            for k, (path, files) in enumerate(zip(paths, returned, strict=True))
        ]


def _findings(path: Path, returned: Conversion, again: Conversion | None) -> list[str]:
    ours = read_signature(path)
    findings = [f"MuseScore says: {line}" for line in returned.complaints]
    files = (returned.musicxml, returned.mscx, returned.pdf)
    missing = [file.suffix for file in files if not file.exists()]
    if missing or again is None:
        return [*findings, f"MuseScore wrote no {' and no '.join(missing)}"]
    theirs = read_signature(returned.musicxml)
    # It writes a pedal without saying how it looks; in the .mscx that stands.
    told = tuple(fact for fact in ours.facts if fact.kind != "pedal look")
    findings += differences(told, theirs.facts, "MuseScore")
    findings += _irregular_measures(ours)
    findings += _findings_in_mscx(ours, returned.mscx)
    if not returned.pdf.read_bytes().startswith(b"%PDF"):
        findings.append("what MuseScore wrote as PDF is none")
    return findings + _findings_on_reopening(theirs, again)


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


def _findings_on_reopening(theirs: Signature, again: Conversion) -> list[str]:
    """Opening the .mscx again must be silent and give the same music once more."""
    findings = [f"on reopening the .mscx MuseScore says: {line}" for line in again.complaints]
    if not again.musicxml.exists():
        return [*findings, "the .mscx cannot be opened again"]
    reread = read_signature(again.musicxml)
    told, kept = (tuple(map(_on_no_side, s.facts)) for s in (theirs, reread))
    return findings + differences(told, kept, "the reopened .mscx")


def _on_no_side(fact: Fact) -> Fact:
    """MuseScore 3.2 forgets in its own format that words of a MusicXML stand below their staff."""
    if fact.kind != "words":
        return fact
    return replace(fact, text=fact.text.removesuffix(" below").removesuffix(" above"))


def main(arguments: list[str]) -> int:
    """Print the findings of each file; the exit status says whether there were any."""
    found = 0
    for argument, findings in zip(arguments, judge_all(list(map(Path, arguments))), strict=True):
        found += len(findings)
        print(f"{argument}: {len(findings)} findings")
        print("".join(f"  {finding}\n" for finding in findings), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
