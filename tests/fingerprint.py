"""One SHA-256 for each thing that the program writes: what a change inside must not change.

    python -m tests.fingerprint > before
    python -m tests.fingerprint DATA > before     ... and of short recordings in DATA/midi.zip

Only what users have is asked, the command line and the files in `samples/`, so that the same
program can be run before and after any change inside. Each line is a hash, the name of a case and
what came of it: a file, `stdout`, `stderr`, `status`.
"""

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from mido import MidiFile

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
ENGRAVE = ("-P", "-m", "engrave")
EVERY_FORMAT = ("musicxml", "mxl", "svg", "html", "pdf", "png", "score.mid")
WAYS = {
    "plain": (),
    "explain": ("--explain",),
    "progress": ("--progress",),
    "repeats": ("--find-repeats",),
    "smallest": ("--smallest", "1/8"),
    "infer": ("--pedal", "infer,simile,brackets"),
    "no_pedal": ("--pedal", "off"),
    "free": ("--weights", "free"),
    "told": ("--meter", "6/8", "--tempo", "60", "--key", "g minor"),
    "named": ("--title", "A <title> & more", "--composer", "Nobody"),
}
RECORDINGS = (  # short ones of the (n)ASAP validation set
    "Bach/Fugue/bwv_889/Giesbrecht01M.mid",
    "Bach/Prelude/bwv_856/LuoJ05M.mid",
    "Bach/Prelude/bwv_868/GonzalezJ05M.mid",
    "Beethoven/Piano_Sonatas/9-2_no_trio/Tysman05.mid",
    "Chopin/Etudes_op_25/12/LuA04M.mid",
    "Liszt/Transcendental_Etudes/1/LuoJ05M.mid",
    "Schumann/Kreisleriana/5/ParkJH08.mid",
)
# What is said of a mistake, and what helps against it.
MISTAKES = {
    "no_file": ("none.mid",),
    "no_midi": ("words.mid",),
    "no_suffix": ("a.mid", "-o", "a.doc"),
    "no_meter": ("a.mid", "--meter", "3/0"),
    "no_tempo": ("a.mid", "--tempo", "fast"),
    "no_key": ("a.mid", "--key", "h moll"),
    "no_smallest": ("a.mid", "--smallest", "1/7"),
    "no_pedal": ("a.mid", "--pedal", "auto,auto"),
    "no_weights": ("a.mid", "--weights", "heavy"),
    "no_paper": ("a.mid", "--paper", "a3"),
    "no_pages": ("a.mid", "-o", "a.mid.xml", "--pages"),
    "no_taps": ("a.mid", "--beats", "words.mid"),
    "no_input": (),
    "own_input": ("a.mid", "-o", "a.mid"),
    "help": ("--help",),
    "help_embed": ("embed", "--help"),
    "help_view": ("view", "--help"),
    "help_plugin": ("plugin", "--help"),
    "version": ("--version",),
}
TAPS = "".join(f"{beat * 0.5} {'' if beat % 4 else 'downbeat'}\n" for beat in range(80))


@dataclass(frozen=True, slots=True)
class Case:
    """A command that runs in a folder of its own, where copies of `inputs` lie."""

    name: str
    command: tuple[str, ...]
    inputs: tuple[Path, ...] = ()


def cases(recordings: list[Path]) -> Iterator[Case]:
    """Everything that is asked."""
    for program in ("make", "gallery"):
        yield Case(f"samples/{program}", (str(SAMPLES / f"{program}.py"), "--out", "."))
    samples = sorted(SAMPLES.glob("*.mid"))
    for way, options in WAYS.items():
        for path in samples:
            yield _written(way, path, options)
    yield from _pages(samples[0])
    for path in recordings:
        yield _written("plain", path, ("--explain",))
        yield _written("other", path, ("--find-repeats", "--smallest", "1/16", "--pedal", "infer"))
        yield _written("free", path, ("--weights", "free"))
    for name, words in MISTAKES.items():
        yield Case(f"mistake/{name}", (*ENGRAVE, *words), (samples[0],))


def _written(way: str, path: Path, options: tuple[str, ...]) -> Case:
    """All formats of one performance; those of pictures only where nothing else is wished."""
    formats = EVERY_FORMAT if way == "plain" else ("musicxml", "html", "score.mid")
    outputs = [word for suffix in formats for word in ("-o", f"out.{suffix}")]
    return Case(f"{way}/{path.stem}", (*ENGRAVE, "a.mid", *outputs, *options), (path,))


def _pages(path: Path) -> Iterator[Case]:
    outputs = ("-o", "out.svg", "-o", "out.png")
    yield Case("pages/a4", (*ENGRAVE, "a.mid", "--pages", *outputs), (path,))
    yield Case(
        "pages/letter", (*ENGRAVE, "a.mid", "--pages", "--paper", "letter", *outputs), (path,)
    )
    yield Case("pages/pdf", (*ENGRAVE, "a.mid", "--paper", "letter", "-o", "out.pdf"), (path,))
    yield Case("assets", (*ENGRAVE, "a.mid", "--assets", "-o", "out.html"), (path,))
    yield Case("taps", (*ENGRAVE, "a.mid", "--beats", "taps.txt", "-o", "out.musicxml"), (path,))
    yield Case("pipe", (*ENGRAVE, "a.mid", "-o", "-"), (path,))
    for site in ("jekyll", "hugo", "wordpress"):
        yield Case(f"embed/{site}", (*ENGRAVE, "embed", "a.mid", "--for", site), (path,))


def run(case: Case) -> list[str]:
    """The lines for one case."""
    with TemporaryDirectory() as temporary:
        folder, home = Path(temporary, "folder"), Path(temporary, "home")
        folder.mkdir()
        home.mkdir()
        for path in case.inputs:
            copy(path, folder / "a.mid")
        (folder / "words.mid").write_text("these are words\n")
        (folder / "taps.txt").write_text(TAPS)
        before = set(folder.rglob("*"))
        done = subprocess.run(
            [sys.executable, *case.command],
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        results = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(set(folder.rglob("*")) - before)
            if path.is_file()
        }
        results |= {"stdout": done.stdout, "stderr": done.stderr}
    results["status"] = str(done.returncode).encode()
    return [f"{hashlib.sha256(text).hexdigest()}  {case.name}: {n}" for n, text in results.items()]


def _duet(folder: Path) -> Path:
    """Two samples at the same time, as if two pianists played them."""
    upper, lower = (MidiFile(SAMPLES / f"{name}.mid") for name in ("march", "old_hundredth"))
    upper.tracks += lower.tracks[1:]
    upper.save(folder / "duet.mid")
    return folder / "duet.mid"


def _unpack(data: Path, folder: Path) -> list[Path]:
    """The recordings, as files named by their number in the list."""
    paths = []
    with ZipFile(data / "midi.zip") as archive:
        names = [name for name in RECORDINGS if name in archive.namelist()]
        for number, name in enumerate(names):
            paths.append(folder / f"recording_{number}.mid")
            paths[-1].write_bytes(archive.read(name))
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fingerprint", description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, help="folder with midi.zip")
    data = parser.parse_args().data
    with TemporaryDirectory() as temporary, ThreadPoolExecutor(cpu_count()) as pool:
        folder = Path(temporary)
        recordings = [_duet(folder), *(_unpack(data, folder) if data else [])]
        for lines in pool.map(run, cases(recordings)):
            print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    main()
