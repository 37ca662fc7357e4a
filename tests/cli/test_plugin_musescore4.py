"""The plugin as MuseScore 4 sees it: its header as text, and under Qt 6 with stand-in types."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engrave.cli.plugin import SOURCE
from engrave.cli.plugin import main as plugin_command
from tests.support.waltz import WALTZ, make_waltz

pytestmark = pytest.mark.program
ROOT = Path(__file__).parent.parent.parent
TEXT = SOURCE.read_text(encoding="utf-8")
PROGRAM = [sys.executable, "-P", "-m", "engrave"]


# The header


def header_of(text: str) -> dict[str, str]:
    """What MuseScore 4.4 and later read of a plugin: lines up to the first nested brace.

    Lines that begin with "//4.4 " count without that, other comments do not. (After
    extpluginsloader.cpp of MuseScore.)
    """
    found: dict[str, str] = {}
    inside = False
    for line in map(str.strip, text.splitlines()):
        line = line.removeprefix("//4.4 ").strip()
        if line.startswith("/"):
            continue
        if line.endswith("{"):
            if inside:
                break
            inside = True
        elif match := re.match(r'(\w+): *"?(.*?)"?$', line):
            found[match[1]] = match[2]
    return found


def test_the_header_can_be_read_as_text():
    header = header_of(TEXT)
    assert header["title"] == "Engrave a performance"
    assert header["categoryCode"] == "composing-arranging-tools"
    assert header["pluginType"] == "dialog"
    assert header["requiresScore"] == "false"
    assert header["version"] and header["description"]
    assert "MuseScore" in TEXT[: TEXT.index("{")]


def test_what_stops_a_version_from_loading_it_is_not_there():
    code = "\n".join(line for line in TEXT.splitlines() if not line.strip().startswith("//"))
    assert not re.search(r"^    (title|categoryCode|thumbnailName):", code, re.M)  # 3.x
    assert set(re.findall(r"^import (\S+)", code, re.M)) == {"QtQuick", "MuseScore", "FileIO"}
    assert not re.search(r"=>|\blet\b|\bconst\b|`|\?\.", code)  # ES5


# Under Qt 6


@pytest.fixture
def place(tmp_path):
    """Plugins with ours, a folder with umlauts and signs of a URL in its name, a waltz in it."""
    (tmp_path / "Plugins").mkdir()
    assert plugin_command(["install", "--to", str(tmp_path / "Plugins")]) == 0
    folder = tmp_path / "Stücke #1 (50 %)"
    folder.mkdir()
    (folder / "waltz.mid").write_bytes(WALTZ)
    (folder / "long.mid").write_bytes(make_waltz(1000))
    (folder / "broken.mid").write_bytes(b"MThd")
    return folder


def play(version: str, midi: Path, **more) -> dict:
    """Show the plugin in a version of MuseScore 4, choose the file, convert, close."""
    here = midi.parent.parent
    scenario = {"plugins": str(here / "Plugins"), "midi": str(midi), "picture": f"{here}/it.png"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.musescore4", version],
        input=json.dumps(scenario | more),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    did = json.loads(done.stdout)
    assert did["warnings"] == []
    assert not did["quit"], "Qt.quit() crashes MuseScore 4"
    return did


def set_choices(midi: Path, **choices: str) -> None:
    (midi.parent.parent / "Plugins" / "engrave" / "choices.json").write_text(json.dumps(choices))


@pytest.mark.parametrize(
    ("version", "title", "reads"),
    [("4.3", "Engrave a performance", False), ("4.5", "", False), ("4.7", "", True)],
)
def test_from_the_file_to_the_score(place, version, title, reads):
    """4.3 is told the title by the running plugin; where `readScore` is none, the system opens."""
    saved = str(place / "waltz.musicxml")
    did = play(version, place / "waltz.mid")
    assert did["command"] == [*PROGRAM, str(place / "waltz.mid"), "-o", saved, "--progress"]
    assert did["stage"] == "done"
    assert did["message"].startswith("waltz.mid: 3/4, ") and did["message"].endswith(saved)
    assert Path(saved).stat().st_size > 0
    assert did["read"] == [saved]
    assert did["opened"] == ([] if reads else [saved])
    assert did["title"] == title
    assert did["closed"]


def test_before_4_3_it_says_what_to_do(place):
    did = play("4.2", place / "waltz.mid")
    assert did["stage"] == "failed" and "command" not in did
    assert "4.3" in did["message"] and f'engrave "{place / "waltz.mid"}"' in did["message"]


def test_choices_become_options_and_are_kept(place):
    set_choices(place / "waltz.mid", meter="6/8", tempo=" 60 ", smallest="1/16", pedal="")
    did = play("4.7", place / "waltz.mid")
    assert did["command"][-3:] == ["--meter=6/8", "--tempo=60", "--smallest=1/16"]
    kept = json.loads((place.parent / "Plugins" / "engrave" / "choices.json").read_text())
    assert kept == {
        "meter": "6/8", "tempo": " 60 ", "smallest": "1/16", "pedal": "", "folder": str(place)
    }  # fmt: skip
    assert play("4.5", place / "waltz.mid")["folder"] == str(place)


@pytest.mark.parametrize(("pedal", "option"), [("infer", "--pedal=infer"), ("off", "--pedal=off")])
def test_the_pedal_is_an_option_too(place, pedal, option):
    """The program is a stand-in that writes what it is told to, if it is told this."""
    stand_in = (
        "import pathlib, sys; option, words = sys.argv[1], sys.argv[2:];"
        "option in words and pathlib.Path(words[words.index('-o') + 1]).write_text('<score/>')"
    )
    record = {"command": [sys.executable, "-c", stand_in, option]}
    (place.parent / "Plugins" / "engrave" / "engrave.json").write_text(json.dumps(record))
    set_choices(place / "waltz.mid", pedal=pedal)
    assert play("4.7", place / "waltz.mid")["stage"] == "done"


def test_a_missing_program_comes_with_the_command_that_installs_it(place):
    record = {"command": ["/no/such/engrave"]}
    (place.parent / "Plugins" / "engrave" / "engrave.json").write_text(json.dumps(record))
    did = play("4.7", place / "waltz.mid")
    assert did["stage"] == "failed" and "/no/such/engrave" in did["message"]
    assert "python3 -m venv ~/.engrave && ~/.engrave/bin/pip install ." in did["message"]


@pytest.mark.parametrize(
    "record",
    [
        None, "not JSON", "null", "[]", '{"command": 5}', '{"command": "engrave"}',
        '{"command": ["engrave"]}', '{"command": ["./engrave"]}', '{"command": [5]}',
        '{"command": ["C:engrave"]}', '{"command": [""]}', '{"command": ["/bin/true", 5]}',
    ],
)  # fmt: skip
def test_without_the_full_path_of_a_program_nothing_is_started(place, record):
    """A bare name could be found in any folder of the PATH, or in the current one."""
    path = place.parent / "Plugins" / "engrave" / "engrave.json"
    path.unlink()
    if record is not None:
        path.write_text(record)
    did = play("4.7", place / "waltz.mid")
    assert did["stage"] == "failed" and "command" not in did
    assert did["message"].startswith("There is nothing here that says where the program engrave is")
    assert 'run "engrave plugin install"' in did["message"]
    assert not (place / "waltz.musicxml").exists()


@pytest.mark.parametrize("kept", ['{"meter": "3/4", "mine": 1}', "mine", "null", "[]"])
def test_choices_that_somebody_else_wrote_stay(place, kept):
    path = place.parent / "Plugins" / "engrave" / "choices.json"
    path.write_text(kept)
    assert play("4.7", place / "waltz.mid")["stage"] == "done"
    assert path.read_text() == kept


def test_a_broken_file_gets_the_line_of_the_program(place):
    did = play("4.7", place / "broken.mid")
    assert did["stage"] == "failed"
    assert did["message"] == "broken.mid: truncated in the header at byte 4, expected 8 bytes"


def test_a_mistake_in_an_option_gets_the_line_of_the_program(place):
    set_choices(place / "waltz.mid", tempo="fast")
    did = play("4.7", place / "waltz.mid")
    assert did["stage"] == "failed" and "'fast' is not a number of beats" in did["message"]


def test_a_file_that_went_away(place):
    did = play("4.5", place / "waltz.mid", gone=True)
    assert did["message"] == f"There is no file {place / 'waltz.mid'}."


@pytest.mark.parametrize("how", ["cancel", "shut"])
def test_half_way_it_can_be_cancelled(place, how):
    """By its button, or by closing the window."""
    did = play("4.7", place / "long.mid", **{how: True})
    assert (did["stage"], did["message"]) == ("choose", "Cancelled. Nothing was written.")
    assert not Path(did["saved"]).exists() and did["read"] == []
    assert str(place) not in subprocess.run(["ps", "axww"], capture_output=True, text=True).stdout
