"""The plugin in real MuseScore 3: a probe without a screen, and the whole dialog on one."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from lxml import etree

import engrave
from engrave.cli.plugin import main as plugin_command
from engrave.music.score import Chord
from tests.conftest import lacking, require
from tests.support import desktop
from tests.support.desktop import Desktop
from tests.support.waltz import WALTZ, make_waltz

ROOT = Path(__file__).parent.parent.parent
FOLDER = "Stücke und mehr"  # no path is plain ASCII without spaces
PROBED = "two_against_three"  # tuplets, both hands, several voices
TICKS = 480  # of a quarter note, in MuseScore
FOUR_FOUR = (338, 76)  # where it stands in the dialog


@pytest.fixture(scope="module")
def home(tmp_path_factory, musescore3):
    """A home with the plugin installed by `engrave plugin install`, and a folder with music."""
    home = tmp_path_factory.mktemp("home")
    plugins = desktop.make_home(home) / "Plugins"
    plugins.mkdir()
    assert plugin_command(["install", "--to", str(plugins)]) == 0
    desktop.switch_on(home, plugins / "engrave" / "engrave.qml")
    (home / FOLDER).mkdir()
    return home


@pytest.fixture
def installed(home):
    """The plugin's folder, with nothing remembered but where the music is."""
    folder = home / "Documents" / "MuseScore3" / "Plugins" / "engrave"
    (folder / "choices.json").write_text(json.dumps({"folder": str(home / FOLDER)}))
    record = (folder / "engrave.json").read_text()
    yield folder
    (folder / "engrave.json").write_text(record)


@pytest.fixture
def music(home, installed):
    """The folder with the music, empty."""
    for old in (home / FOLDER).iterdir():
        old.unlink()
    return home / FOLDER


# Without a screen


@pytest.fixture
def probed(home, installed, music, musescore3):
    """What a probe said that used the plugin's own functions."""
    (music / "Stück (live).mid").write_bytes((ROOT / "samples" / f"{PROBED}.mid").read_bytes())
    (installed / "probe.qml").write_bytes((ROOT / "tests" / "probe.qml").read_bytes())
    # Without a score on its command line MuseScore 3.2.3 crashes when it runs a plugin like this.
    command = [musescore3, "-p", "engrave/probe.qml"]
    done = subprocess.run(
        [*command, str(ROOT / "samples" / "dorian.musicxml")],
        env={**desktop.environment(home), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        timeout=300,
    )
    (installed / "probe.qml").unlink()
    assert (installed / "probe.json").exists(), done.stderr.decode()
    return json.loads((installed / "probe.json").read_text())


def test_a_probe_finds_what_the_plugin_relies_on(probed, music):
    """Files, a started program (arguments with quotes and umlauts, events), `readScore`."""
    saved = music / "Stück (live).musicxml"
    events = [json.loads(line) for line in probed["lines"] if line]
    assert probed["target"] == str(saved)
    assert probed["finished"] is True
    assert events[0] == {"step": "Listening", "done": 0.05}
    assert events[-1]["files"] == [str(saved)] and "228 notes" in events[-1]["summary"]
    assert probed["next"] == str(music / "Stück (live) 2.musicxml")
    assert probed["error"] == 0  # QProcess::FailedToStart
    assert probed["title"] == etree.parse(saved).findtext(".//work-title")
    assert probed["title"] == 'A "quoted" title: naïve 100 %'
    assert sorted(probed["notes"]) == written_notes(ROOT / "samples" / f"{PROBED}.mid")


def written_notes(midi: Path) -> list[list[int]]:
    """Place (in MuseScore's ticks) and key of every note head that we write."""
    notes, start = [], 0
    for measure in engrave.transcribe(midi).parts[0].measures:
        for voice in measure.voices:
            for event in voice.events:
                if isinstance(event, Chord):
                    tick = round((start + event.onset) * TICKS)
                    notes += [[tick, head.pitch.midi] for head in event.heads]
        start += measure.length
    return sorted(notes)


# On a screen


@pytest.fixture(scope="module")
def screen(home):
    missing = desktop.missing_program()
    require(None if missing else "all of them", str(missing))
    opened = Desktop(home)
    yield opened
    opened.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_from_the_shortcut_to_a_new_tab(screen, installed, music, tmp_path):
    (music / "waltz.mid").write_bytes(WALTZ)
    dialog = screen.open_dialog()
    dialog.choose("waltz.mid")
    dialog.click(*FOUR_FOUR)
    dialog.press_last_button()
    screen.wait_for(r"^MuseScore 3: waltz")
    screen.wait(lambda: dialog.bar(tmp_path / "done.png") == "full", "the full bar")
    assert {time.text for time in etree.parse(music / "waltz.musicxml").iterfind(".//beats")} == {
        "4"
    }
    assert json.loads((installed / "choices.json").read_text()) == {
        "meter": "4/4", "tempo": "", "smallest": "", "pedal": "", "folder": str(music)
    }  # fmt: skip


def test_the_last_choices_are_there_and_nothing_is_overwritten(screen, installed, music):
    (music / "waltz.mid").write_bytes(WALTZ)
    (music / "waltz.musicxml").write_text("mine")
    choices = {"folder": str(music), "meter": "6/8"}
    (installed / "choices.json").write_text(json.dumps(choices))
    dialog = screen.open_dialog()
    dialog.choose("waltz.mid")
    dialog.press_last_button()
    screen.wait((music / "waltz 2.musicxml").exists, "the score")
    assert (music / "waltz.musicxml").read_text() == "mine"
    times = etree.parse(music / "waltz 2.musicxml").iterfind(".//beats")
    assert {time.text for time in times} == {"6"}


def fail(screen, tmp_path: Path, name: str, file: str) -> None:
    """Convert a file; the dialog must say that it did not go well."""
    dialog = screen.open_dialog()
    dialog.choose(file)
    dialog.press_last_button()
    picture = tmp_path / f"{name}.png"
    screen.wait(lambda: dialog.bar(picture) == "failed", "a red bar")


def test_a_missing_program_is_told(screen, installed, music, tmp_path):
    (music / "waltz.mid").write_bytes(WALTZ)
    (installed / "engrave.json").write_text('{"command": ["/no/such/engrave"]}')
    fail(screen, tmp_path, "missing", "waltz.mid")
    assert names(music) == ["waltz.mid"]


def test_a_broken_file_is_told(screen, music, tmp_path):
    (music / "broken.mid").write_bytes(b"MThd")
    fail(screen, tmp_path, "broken", "broken.mid")
    assert names(music) == ["broken.mid"]


@pytest.fixture
def locked(music):
    """The folder with a waltz, in which nothing more may be written; for root, by an attribute."""
    (music / "waltz.mid").write_bytes(WALTZ)
    lock = ["chattr", "+i"] if os.geteuid() == 0 else ["chmod", "a-w"]
    if subprocess.run([*lock, music], capture_output=True).returncode:
        lacking("chattr +i does not work here")
    yield music
    subprocess.run([lock[0], {"+i": "-i", "a-w": "u+w"}[lock[1]], music], check=True)


def test_a_folder_that_takes_nothing_is_told(screen, locked, tmp_path):
    fail(screen, tmp_path, "locked", "waltz.mid")
    assert names(locked) == ["waltz.mid"]


def test_half_way_it_can_be_cancelled(screen, music, tmp_path):
    (music / "long.mid").write_bytes(make_waltz(1500))
    dialog = screen.open_dialog()
    dialog.choose("long.mid")
    dialog.press_last_button()
    screen.wait(lambda: dialog.bar(tmp_path / "running.png") == "begun", "the bar")
    dialog.press_last_button()  # it says Cancel now
    time.sleep(3)
    assert dialog.bar(tmp_path / "cancelled.png") == "begun"
    assert names(music) == ["long.mid"]
    assert b"long.mid" not in subprocess.run(["ps", "ax"], capture_output=True, check=True).stdout
