"""Which version of a system made a page: a page of another version is another page."""

import os
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench.report.table import FREE, OWN
from bench.runs.ledger import digest_files
from bench.systems.systems import command

BENCH = Path(__file__).parent.parent
PACKAGE = BENCH.parent / "engrave"
# Modules that make pages of peers; the others judge them, or only show what was found.
STARTING = (
    "systems/systems.py",
    "systems/by_music21.py",
    "systems/by_partitura.py",
    "pages/to_midi.py",
)
SHOWING = (
    "__main__.py",
    "report/look.py",
    "report/publish.py",
    "report/results.py",
    "runs/speed.py",
    "runs/stopwatch.py",
    "report/table.py",
    "runs/page_weight.py",
)


def version_of(system: str) -> str:
    """A text that changes when the pages of a system may.

    Raises PeerError if the system is not installed.
    """
    if system in (OWN, FREE):
        files = [path for path in PACKAGE.rglob("*") if path.is_file()]
        return digest_files(path for path in files if path.suffix != ".pyc")
    starting = digest_files(BENCH / name for name in STARTING)
    return f"{_released(system)} {starting}"


def version_of_figures() -> str:
    """A text that changes when the figures of a page may."""
    others = {BENCH / name for name in (*STARTING, *SHOWING)}
    return digest_files(path for path in BENCH.rglob("*.py") if path not in others)


def commit() -> str:
    """The commit of the sources, with a plus sign if they were changed since; "" outside git."""
    words = ["git", "-C", str(BENCH), "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _released(system: str) -> str:
    """The version under which the system is published."""
    if system not in ("musescore", "ceiling"):
        return version(system)
    with tempfile.TemporaryDirectory() as folder:
        start = command("musescore", Path(), Path(folder, "nothing"))
        words = [*start[: start.index("-o")], "--version"]
        said = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ)
    return said.stdout.strip() or said.stderr.strip()
