"""How the commands speak: nothing that a terminal obeys, one line for a mistake, no traceback."""

import ast
import json
import os
import pty
import subprocess
import termios
from pathlib import Path
from unicodedata import category

import mido
import pytest

from engrave.cli.terminal import visible
from tests.support.waltz import COMMAND, ENVIRONMENT, WALTZ, list_files

pytestmark = pytest.mark.slow

PACKAGE = Path(__file__).parent.parent.parent / "engrave"
# It clears the screen, rings, colours by a C1 control, turns the writing round, begins a line, and
# is not even text.
HOSTILE = "\x1b[2J\x07\x9b31m\u202e\u2028\n\x7f\udcff"
SHOWN = r"\x1b[2J\x07\x9b31m\u202e\u2028\n\x7f\udcff"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a performance, another of the same name, a folder, a sound and a text."""
    monkeypatch.chdir(tmp_path)
    Path(f"{HOSTILE}.mid").write_bytes(WALTZ)
    Path(f"{HOSTILE}.kar").write_bytes(WALTZ)
    Path(f"{HOSTILE}.mp3").write_bytes(b"sound")
    Path(f"{HOSTILE}.txt").write_text(f"0\n{HOSTILE}", errors="surrogateescape")
    Path(HOSTILE, "engrave").mkdir(parents=True)
    return tmp_path


def is_harmless(text: str) -> bool:
    return not any(category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text.replace("\n", ""))


# What a terminal sees


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HOSTILE, SHOWN),
        ("\t\r\x00\x85\u200f\u2066\ufeff", r"\t\r\x00\x85\u200f\u2066\ufeff"),
        ("Für Elise – エリーゼの　ために אליזה C:\\n", None),
        ("می\u200cخواهم 👩\u200d🎤", None),
    ],
)
def test_what_a_terminal_would_obey_is_escaped_and_nothing_else(text, shown):
    assert visible(text) == (text if shown is None else shown)


MISTAKES = {
    "missing": [f"none{HOSTILE}.mid"],
    "folder": [HOSTILE],
    "suffix": [f"{HOSTILE}.mid", "-o", f"{HOSTILE}.doc"],
    "twice": [f"{HOSTILE}.mid", f"{HOSTILE}.kar"],
    "input": [f"{HOSTILE}.mid", "-o", f"{HOSTILE}.mid"],
    "several": [f"{HOSTILE}.mid", f"{HOSTILE}.kar", "-o", f"{HOSTILE}.svg"],
    "unwritable": [f"{HOSTILE}.mid", "-o", f"{HOSTILE}.txt/{HOSTILE}.svg"],
    "meter": [f"{HOSTILE}.mid", "--meter", HOSTILE],
    "key": [f"{HOSTILE}.mid", "--key", HOSTILE],
    "pedal": [f"{HOSTILE}.mid", "--pedal", HOSTILE],
    "beats": [f"{HOSTILE}.mid", "--beats", f"{HOSTILE}.txt"],
    "no beats": [f"{HOSTILE}.mid", "--beats", HOSTILE],
    "no audio": [f"{HOSTILE}.mid", "-o", "a.html", "--audio", HOSTILE],
    "option": [f"{HOSTILE}.mid", f"--{HOSTILE}"],
    "embed": ["embed", f"none{HOSTILE}.mid", "--for", "html"],
    "embed for": ["embed", f"{HOSTILE}.mid", "--for", HOSTILE],
    "embed url": ["embed", f"{HOSTILE}.mid", "--for", "html", "--url", HOSTILE],
    "embed to": ["embed", f"{HOSTILE}.mid", "--for", "html", "-o", f"{HOSTILE}.txt"],
    "view": ["view", f"none{HOSTILE}.mid"],
    "plugin": ["plugin", HOSTILE],
    "plugin to": ["plugin", "install", "--to", f"none{HOSTILE}"],
    "plugin foreign": ["plugin", "install", "--to", HOSTILE],
}


@pytest.mark.parametrize("arguments", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_with_a_hostile_name_gets_one_harmless_line(folder, command, arguments):
    Path(HOSTILE, "engrave", "engrave.qml").write_text("mine")
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("engrave: ") and err.count("\n") == 1
    assert is_harmless(err)
    assert "\\x1b[2J" in err or "?[2J" in err or "required" in err


@pytest.mark.parametrize("name", ["missing", "suffix", "unwritable", "meter"])
def test_a_program_gets_the_same_line_as_json(folder, command, name):
    _, out, err = command(*MISTAKES[name], "--progress")
    assert out.isascii() and is_harmless(out)
    assert f"engrave: {json.loads(out.splitlines()[-1])['error']}\n" == err


SUCCESSES = {
    "title": [f"{HOSTILE}.mid", "--title", HOSTILE, "--composer", HOSTILE, "--explain"],
    "program": [f"{HOSTILE}.mid", "--progress"],
    "page": [f"{HOSTILE}.mid", "-o", f"{HOSTILE}.html", "--assets", "--audio", f"{HOSTILE}.mp3"],
    "embed": ["embed", f"{HOSTILE}.mid", "--for", "html", "--title", HOSTILE, "-o", HOSTILE],
    "install": ["plugin", "install", "--to", HOSTILE],
    "status": ["plugin", "status", "--to", HOSTILE],
}


@pytest.mark.parametrize("arguments", SUCCESSES.values(), ids=SUCCESSES)
def test_what_is_said_of_a_hostile_name_is_harmless(folder, command, arguments):
    status, out, err = command(*arguments)
    assert (status, err) == (0, "")
    assert out.endswith("\n") and is_harmless(out)


def test_a_program_is_told_the_very_names_of_the_files(folder, command):
    _, out, _ = command(f"{HOSTILE}.mid", "--progress")
    assert json.loads(out.splitlines()[-1])["files"] == [f"{HOSTILE}.musicxml"]


def test_a_page_finds_a_sound_whose_name_is_no_text(folder, command):
    assert command(*SUCCESSES["page"])[0] == 0
    page = Path(f"{HOSTILE}.html").read_text(encoding="utf-8")
    assert "%1B%5B2J%07%C2%9B31m%E2%80%AE%E2%80%A8%0A%7F%FF.mp3" in page


def test_a_hostile_name_in_the_file_is_harmless(tmp_path, command):
    file = mido.MidiFile(type=1)
    for channel, program in enumerate((40, 0)):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name="\x1b[2J\n\x9b31m")])
        track.append(mido.Message("program_change", channel=channel, program=program))
        for key in (60, 64, 67, 72):
            track.append(mido.Message("note_on", channel=channel, note=key, velocity=60))
            track.append(mido.Message("note_off", channel=channel, note=key, time=480))
        file.tracks.append(track)
    file.save(tmp_path / "duet.mid")
    status, out, err = command(str(tmp_path / "duet.mid"), "-o", str(tmp_path / "duet.svg"))
    assert (status, err, out.count("\n")) == (0, "", 1)
    assert is_harmless(out)


def test_what_went_wrong_within_is_harmless(folder, command, monkeypatch):
    def stumble(*_: object, **__: object) -> None:
        raise RuntimeError(HOSTILE)

    monkeypatch.setattr("engrave.transcribe", stumble)
    status, out, err = command(f"{HOSTILE}.mid")
    assert (status, out) == (2, "")
    assert f"RuntimeError: {SHOWN[:4]}" in err and is_harmless(err)
    last = f"engrave: {SHOWN}.mid: this is a fault of engrave, please report it"
    assert err.splitlines()[-1] == last


def test_whoever_finds_a_fault_in_a_command_is_asked_to_report_it(command, monkeypatch):
    def stumble(_: object) -> None:
        raise RuntimeError("an oversight")

    monkeypatch.setattr("engrave.cli.plugin.main", stumble)
    status, out, err = command("plugin", "status")
    assert (status, out) == (2, "")
    assert "RuntimeError: an oversight" in err
    assert err.endswith("\nengrave: this is a fault of engrave, please report it\n")


def test_only_one_module_speaks():
    """`print` is refused by ruff; this finds what else writes to the terminal or reads from it."""
    doors = {("sys", "stdout"), ("sys", "stderr"), ("traceback", "print_exc"), ("tqdm", "write")}
    found = {
        (path.stem, f"{node.value.id}.{node.attr}")
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if (node.value.id, node.attr) in doors
    }
    assert {module for module, _ in found} == {"terminal"}
    assert not any("input(" in path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))


def test_a_name_that_the_terminal_cannot_show(waltz):
    """Summary and complaint still come out, in a locale that knows ASCII only."""
    (waltz / "für.mid").write_bytes(WALTZ)
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii:strict"}
    done = subprocess.run([*COMMAND, "für.mid"], env=environment, capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"f\\xfcr.mid: ")


def test_progress_is_shown_on_a_terminal(waltz):
    """And only there: other tests see nothing on standard error."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    os.set_blocking(ours, False)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        done = subprocess.run(
            [*COMMAND, "more.mid", "take.mid"],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=theirs,
            timeout=120,
        )
        shown = terminal.read(65536)  # while both ends are open, or it may be lost
        os.close(theirs)
    assert done.returncode == 0
    assert shown and b"0/2" in shown


# Streams that are closed or take nothing


def run_closed(closed: str, *arguments: str) -> subprocess.CompletedProcess:
    """As a shell runs it with `>&-` and the like."""
    line = ["bash", "-c", f'exec "$@" {closed}', "bash", *COMMAND, *arguments]
    return subprocess.run(line, env=ENVIRONMENT, capture_output=True, timeout=120)


@pytest.fixture
def waltz(tmp_path, monkeypatch):
    """A folder to work in, with two performances and a folder for plugins."""
    monkeypatch.chdir(tmp_path)
    for name in ("take.mid", "more.mid"):
        (tmp_path / name).write_bytes(WALTZ)
    (tmp_path / "Plugins").mkdir()
    return tmp_path


NO_OUTPUT = b"engrave: standard output: Bad file descriptor\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["take.mid"],
        ["take.mid", "-o", "-"],
        ["take.mid", "--progress"],
        ["--help"],
        ["--version"],
        ["embed", "take.mid", "--for", "html"],
        ["view", "take.mid"],
        ["plugin", "status", "--to", "Plugins"],
    ],
)
def test_a_closed_standard_output(waltz, arguments):
    done = run_closed(">&-", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", NO_OUTPUT)


@pytest.mark.parametrize(
    ("closed", "arguments", "status"),
    [
        ("2>&-", ["take.mid"], 0),
        ("2>&-", ["take.mid", "more.mid", "-o", "out/"], 0),
        ("2>&-", ["none.mid"], 2),
        ("2>/dev/full", ["none.mid"], 2),
        ("2>&-", ["--unknown"], 2),
        ("<&-", ["take.mid"], 0),
        ("<&- 2>&-", ["-"], 2),
        ("<&- >&- 2>&-", ["take.mid"], 2),
    ],
)
def test_other_closed_streams(waltz, closed, arguments, status):
    done = run_closed(closed, *arguments)
    assert (done.returncode, done.stderr) == (status, b"")


def test_a_closed_standard_input_that_is_needed(waltz):
    done = run_closed("<&-", "-", "-o", "take.svg")
    assert done.returncode == 2
    assert done.stderr.startswith(b"engrave: <stdin>: cannot be read (Bad file descriptor)")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["take.mid"],
        ["take.mid", "-o", "-"],
        ["take.mid", "--progress"],
        ["--help"],
        ["embed", "take.mid", "--for", "html"],
        ["plugin", "status", "--to", "Plugins"],
        ["plugin", "install", "--to", "Plugins"],
    ],
)
def test_a_full_standard_output(waltz, arguments):
    done = run_closed(">/dev/full", *arguments)
    complaint = b"engrave: standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, complaint)


@pytest.mark.parametrize("arguments", [["take.mid"], ["take.mid", "-o", "-"]])
def test_a_reader_that_goes_away_is_left_in_peace(waltz, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as out:
        process = subprocess.Popen(
            [*COMMAND, *arguments], env=ENVIRONMENT, stdout=out, stderr=subprocess.PIPE
        )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 141
    assert b"rror" not in err


# Places where nothing can be


def test_links_that_lead_to_each_other(waltz, command):
    Path("a.svg").symlink_to("b.svg")
    Path("b.svg").symlink_to("a.svg")
    status, _, err = command("take.mid", "-o", "a.svg")
    assert (status, err) == (
        2,
        "engrave: take.mid: a.svg: Too many levels of symbolic links\n",
    )
    assert os.readlink("a.svg") == "b.svg" and list_files(waltz) == ["more.mid", "take.mid"]


def test_a_pipe_is_not_replaced_by_a_file(waltz, command):
    os.mkfifo("pipe")
    Path("take.svg").symlink_to("pipe")
    status, _, err = command("take.mid", "-o", "take.svg")
    assert (status, err) == (
        2,
        "engrave: take.mid: take.svg: not a file, but a device or a pipe\n",
    )
    assert Path("pipe").is_fifo()


@pytest.mark.parametrize(
    "arguments",
    [["take.mid"], ["-"], ["embed", "take.mid", "--for", "html"], ["plugin", "status"]],
)
def test_a_current_folder_that_was_deleted(tmp_path, arguments):
    gone = tmp_path / "gone"
    gone.mkdir()
    there = ["bash", "-c", f'cd {gone} && rmdir {gone} && exec "$@"', "bash", *COMMAND, *arguments]
    done = subprocess.run(there, env=ENVIRONMENT, input=WALTZ, capture_output=True, timeout=120)
    complaint = b"engrave: the current folder: No such file or directory\n"
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.endswith(complaint) and b"Traceback" not in done.stderr
