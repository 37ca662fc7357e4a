"""The package as a whole: its face in Python, its metadata, its style.

ruff and mypy run here, so that `pytest` is the whole of the checks.
"""

import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree

import engrave
from engrave.doubts.doubt import Choice, Doubt, Doubts, explain_doubts
from engrave.midi.smf import MidiError
from engrave.music.grid import Bar, Grid, Tap
from engrave.music.marks import TempoMark
from engrave.music.performance import Performance, PlayedNote, Source
from engrave.music.score import Measure, Part, Unwritten
from engrave.music.values import KeySignature, NoteValue, TimeSignature
from tests.support.waltz import WALTZ

ROOT = Path(__file__).parent.parent
SETUP = ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
IMPORTED_AS = {"PySide6-Essentials": "PySide6", "PyYAML": "yaml", "pillow": "PIL"}


# Style


LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"
TOOLS = {
    "ruff check": ["-m", "ruff", "check"],
    "ruff format": ["-m", "ruff", "format", "--check"],
    "mypy": ["-m", "mypy"],
    "lint-imports": ["-c", LINTER, "--no-cache"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_style(tool):
    command = [sys.executable, *TOOLS[tool]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# Metadata


def requirements(option: str, section: str = "options") -> set[str]:
    """The names under which the required distributions are imported."""
    lines = SETUP[section][option].split("\n")
    names = (line.partition(">=")[0].partition("[")[0].strip() for line in lines if line)
    return {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names}


def libraries_in(*folders: str) -> set[str]:
    """The libraries of others that the modules in these folders import."""
    names = set()
    ours = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    for path in (path for path in ours if "node_modules" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
    return (
        names
        - sys.stdlib_module_names
        - {"engrave", "tests", "samples", "judges", "bench", "training"}
    )


def test_what_the_package_imports_is_what_it_requires():
    assert libraries_in("engrave") == requirements("install_requires")


def test_what_the_tests_import_comes_with_dev():
    dev = requirements("dev", "options.extras_require")
    assert (
        libraries_in("tests", "samples", "judges", "bench", "training")
        <= requirements("install_requires") | dev
    )


def test_the_version_stands_in_one_place():
    """In `engrave/__init__.py`; MuseScore reads that of the plugin from the plugin alone."""
    assert SETUP["metadata"]["version"] == "attr: engrave.__version__"
    plugin = (ROOT / "musescore_plugin" / "engrave.qml").read_text(encoding="utf-8")
    assert re.findall(r'^    version: "(.*)"$', plugin, re.M) == [engrave.__version__]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(
        rf"^## \[{re.escape(engrave.__version__)}\] - \d{{4}}-\d\d-\d\d$", changes, re.M
    )


def test_the_notice_names_files_that_are_there():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    paths = re.findall(r"engrave/[\w/]+\.\w+", notice)
    weights = re.findall(r"\b\w+\.onnx", notice)
    assert len(paths) == len(weights) == 4
    assert all((ROOT / path).is_file() for path in paths)
    assert all((ROOT / "engrave" / "weights" / name).is_file() for name in weights)
    card = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
    licence = card[card.index("**Licence.**") :]
    assert all(f"`{name.removeprefix('engrave/')}`" in licence for name in [*paths[1:], *weights])


def test_every_room_of_the_package_is_installed():
    listed = set(SETUP["options"]["packages"].split()) - {"engrave.musescore_plugin"}
    doors = (ROOT / "engrave").rglob("__init__.py")
    assert listed == {".".join(d.parent.relative_to(ROOT).parts) for d in doors}


def test_every_file_of_the_package_is_installed():
    patterns = SETUP["options.package_data"]["engrave"].split()
    package = ROOT / "engrave"
    files = [p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    left_behind = [
        path
        for path in files
        if path.suffix != ".py" and not any(path in package.glob(p) for p in patterns)
    ]
    assert files and left_behind == []


def test_the_readme_has_the_commands_that_ci_runs():
    """.ci/run takes them from there: the lines that begin so, and there must be two."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line for line in readme.splitlines() if line.startswith("python3 -m venv")]
    first, second = commands
    assert ".venv/bin/engrave samples/" in first
    assert second.endswith(".venv/bin/python -m pytest -n auto --dist loadfile")
    assert "grep '^python3 -m venv' \"$root/README.md\"" in (ROOT / ".ci/run").read_text()


# The face


@pytest.fixture(scope="module")
def waltz() -> engrave.Score:
    return engrave.transcribe(WALTZ, title="Waltz")


def test_transcribe_gives_the_score_and_what_it_was_made_from(waltz):
    assert waltz.title == "Waltz"
    assert len(waltz.performance.notes) == 72
    assert len(waltz.grid.bars) == len(waltz.parts[0].measures)


def test_a_score_shows_itself_in_a_notebook(waltz):
    assert etree.QName(etree.fromstring(waltz._repr_svg_().encode())).localname == "svg"
    assert waltz._repr_mimebundle_(include=None, exclude=None) == {
        "text/plain": repr(waltz),
        "text/html": waltz._repr_html_(),
        "image/svg+xml": waltz._repr_svg_(),
    }


def test_a_score_says_how_sure_it_is(waltz):
    lines = waltz.explain().splitlines()
    assert lines == explain_doubts(waltz.doubts)
    assert waltz.doubts.key.written.words in lines[3]


def test_a_score_goes_on_in_music21(waltz):
    sounding = [pitch.midi for pitch in waltz.to_music21().flatten().pitches]
    assert set(sounding) == {note.pitch for note in waltz.performance.notes}


def test_save_refuses_a_suffix_that_it_does_not_know(waltz, tmp_path):
    with pytest.raises(ValueError, match=r"\.musicxml, \.xml, \.mxl, \.svg"):
        waltz.save(tmp_path / "take.doc")
    assert list(tmp_path.iterdir()) == []


def test_save_names_the_file_that_cannot_be_written(waltz, tmp_path):
    path = tmp_path / "none" / "take.svg"
    with pytest.raises(FileNotFoundError) as caught:
        waltz.save(path)
    assert caught.value.filename == str(path)


def test_save_writes_through_a_link(waltz, tmp_path):
    (tmp_path / "real.xml").touch()
    (tmp_path / "link.xml").symlink_to("real.xml")
    waltz.save(tmp_path / "link.xml")
    assert (tmp_path / "link.xml").is_symlink()
    assert (tmp_path / "real.xml").stat().st_size > 0


def test_options_may_be_texts_or_values():
    texts = engrave.transcribe(WALTZ, meter="6/8", key="g minor")
    values = engrave.transcribe(WALTZ, meter=TimeSignature(6, 8), key=KeySignature(-2, "minor"))
    assert texts == values
    assert texts != engrave.transcribe(WALTZ)


def test_taps_may_be_a_file_or_values(tmp_path):
    path = tmp_path / "taps.txt"
    path.write_text("".join(f"{beat / 2} {'' if beat % 3 else 'downbeat'}\n" for beat in range(36)))
    taps = [Tap(beat / 2, beat % 3 == 0) for beat in range(36)]
    assert engrave.read_taps(path) == tuple(taps)
    assert engrave.transcribe(WALTZ, beats=path) == engrave.transcribe(WALTZ, beats=taps)


@pytest.mark.parametrize(
    "option", [{"meter": "3/0"}, {"tempo": -1}, {"key": "x"}, {"weights": "heavy"}]
)
def test_an_option_that_makes_no_sense(option):
    with pytest.raises(ValueError, match=str(*option.values())) as caught:
        engrave.transcribe(WALTZ, **option)
    assert not isinstance(caught.value, MidiError)


def test_what_is_not_midi():
    with pytest.raises(MidiError):
        engrave.transcribe(b"not music")


# The summary


TAKE = Source(name="take.mid")
SURE = Doubt(Choice("as written", 1.0, ""), others=())


def score_of(*measures: Measure, source: Source = TAKE, **more) -> engrave.Score:
    """A score with these measures, made from two notes."""
    notes = (PlayedNote(0.0, 1.0, 60, 64), PlayedNote(1.0, 2.0, 62, 64))
    return engrave.Score(
        parts=(Part("Piano", 2, measures),),
        performance=Performance(notes, source=source),
        grid=Grid((0.0, 1.0), (Fraction(0), Fraction(1)), (Bar(Fraction(0), Fraction(3), 3, 4),)),
        doubts=Doubts(SURE, SURE, SURE, SURE, hard_bars=(), correction=None),
        **more,
    )


def opening(**more) -> Measure:
    facts = {"number": 1, "time": TimeSignature(3, 4), "key": KeySignature(-2, "minor")} | more
    return Measure(length=Fraction(3), voices=(), **facts)


def test_summary():
    andante = TempoMark(Fraction(0), NoteValue("quarter"), 72, "Andante")
    said = score_of(opening(marks=(andante,))).summary()
    assert said == "take.mid: 3/4, G minor, Andante (quarter = 72), 1 bar, 2 notes"


def test_summary_with_a_pickup_changes_and_a_dotted_beat():
    beat = TempoMark(Fraction(0), NoteValue("quarter", dots=1), 60)
    later = opening(number=2, time=TimeSignature(6, 8), key=KeySignature(3), marks=(beat,))
    said = score_of(opening(number=0), opening(key=None), later).summary()
    assert said == (
        "take.mid: 3/4 and 6/8, G minor and A major, dotted quarter = 60, "
        "2 bars and a pickup, 2 notes"
    )


def test_summary_says_what_is_not_on_the_page():
    said = score_of(
        opening(),
        source=Source(left_out=("12 drum notes on channel 10",)),
        unwritten=(Unwritten(0, "struck twice at once"), Unwritten(1, "struck twice at once")),
    ).summary()
    assert said == (
        "3/4, G minor, 1 bar, 2 notes; left out: 12 drum notes on channel 10; "
        "2 notes not written: struck twice at once"
    )
