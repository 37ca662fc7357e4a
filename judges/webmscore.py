"""The newer outside judge: the core of MuseScore 4.0, compiled for Node (webmscore).

What it reads of a MusicXML file it writes as MusicXML again; the same facts must come back as from
MuseScore 3. How a pedal looks stands in its own format alone. It is installed with `npm ci` in
`judges/webmscore`.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from judges.facts import differences
from judges.mscx import read_mscx
from judges.signature import read_signature

HERE = Path(__file__).parent / "webmscore"
SECONDS = 300
LOOK = "pedal look"


def missing() -> str | None:
    """What is needed for this judge and is not there."""
    if not shutil.which("node"):
        return "Node"
    if not (HERE / "node_modules" / "webmscore").exists():
        return "webmscore (npm ci in judges/webmscore)"
    return None


def convert(sources: Sequence[Path], folder: Path) -> None:
    """Write every file as MuseScore 4's core has read it, under its name, into `folder`."""
    command = ["node", str(HERE / "convert.cjs"), str(folder), *map(str, sources)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr


def findings(source: Path, folder: Path) -> list[str]:
    """What came back otherwise than it was written, in plain sentences."""
    ours, theirs = read_signature(source), read_signature(folder / source.name)
    looks = [fact for fact in ours.facts if fact.kind == LOOK]
    told = [fact for fact in ours.facts if fact.kind != LOOK]
    own = read_mscx((folder / source.name).with_suffix(".mscx"), ours)
    seen = [fact for fact in own.facts if fact.kind == LOOK]
    findings = differences(told, theirs.facts, "MuseScore 4's core")
    return findings + differences(looks, seen, "its .mscx")
