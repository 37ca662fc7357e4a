"""`engrave plugin`: the plugin in the folders of MuseScore, and nothing else touched there."""

import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from engrave.cli.main import main
from engrave.cli.plugin import SOURCE
from tests.support.waltz import COMMAND, ENVIRONMENT, WALTZ, list_files

ROOT = Path(__file__).parent.parent.parent
OURS = ["engrave/engrave.json", "engrave/engrave.qml"]


@pytest.fixture
def documents(tmp_path, monkeypatch):
    """The documents of somebody in whose home MuseScore 3 and 4 were started before."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_DOCUMENTS_DIR", raising=False)
    for version in (3, 4):
        (tmp_path / "Documents" / f"MuseScore{version}").mkdir(parents=True)
    return tmp_path / "Documents"


@pytest.fixture
def plugin(capfd):
    """Run `engrave plugin`: its exit status, what it said, what it complained of."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(["plugin", *arguments])
        except SystemExit as leaving:
            status = leaving.code
        return status, *capfd.readouterr()

    return run


def plugins(documents: Path, version: int) -> Path:
    return documents / f"MuseScore{version}" / "Plugins"


def test_install_goes_to_every_musescore_and_says_how_to_go_on(documents, plugin):
    status, out, err = plugin("install")
    assert (status, err) == (0, "")
    for version in (3, 4):
        folder = plugins(documents, version)
        assert list_files(folder) == OURS
        assert (folder / OURS[1]).read_bytes() == SOURCE.read_bytes()
        assert f"wrote {folder / OURS[1]}, which starts {sys.executable}" in out
        assert f"in MuseScore {version}: " in out


def test_what_is_recorded_starts_engrave_from_anywhere(documents, plugin, tmp_path):
    plugin("install")
    command = json.loads((plugins(documents, 3) / OURS[0]).read_text())["command"]
    assert os.path.isabs(command[0])
    (tmp_path / "engrave.py").write_text("raise SystemExit('not this one')")
    environment = {"PATH": "", "PYTHONPATH": ENVIRONMENT["PYTHONPATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [*command, "--version"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.stdout.startswith("engrave ")


def test_install_again_is_an_update(documents, plugin):
    plugin("install")
    qml, record = (plugins(documents, 4) / name for name in reversed(OURS))
    old = b"MuseScore {} // as an older engrave wrote it"
    qml.write_bytes(old)
    record.write_text(json.dumps({"command": ["x"], "digest": hashlib.sha256(old).hexdigest()}))
    assert "of another version" in plugin("status")[1]
    assert plugin("install")[0] == 0
    assert qml.read_bytes() == SOURCE.read_bytes()


def test_status_tells_what_is_where(documents, plugin):
    assert plugin("status")[1].count("not installed in ") == 2
    plugin("install", "--to", str(documents))
    status, out, _ = plugin("status", "--to", str(documents))
    assert status == 0
    assert out == (f"{documents / OURS[1]}: installed; starts {sys.executable} -P -m engrave\n")
    (documents / OURS[0]).write_text('{"command": ["/gone/engrave"], "digest": "x"}')
    out = plugin("status", "--to", str(documents))[1]
    assert "not written by engrave, or changed since" in out
    assert "/gone/engrave, which is not there: engrave plugin install" in out


def test_uninstall_leaves_what_is_not_ours(documents, plugin):
    plugin("install")
    (plugins(documents, 3) / "other.qml").write_text("another plugin")
    (plugins(documents, 3) / "engrave" / "choices.json").write_text(
        '{"meter": "3/4", "folder": ""}'
    )
    (plugins(documents, 4) / "engrave" / "notes.txt").write_text("mine")
    assert plugin("uninstall")[0] == 0
    assert list_files(plugins(documents, 3)) == ["other.qml"]
    assert list_files(plugins(documents, 4)) == ["engrave/notes.txt"]
    assert not (plugins(documents, 3) / "engrave").exists()
    assert plugin("uninstall")[1].count("not installed") == 2


@pytest.mark.parametrize(
    "content", ['{"meter": "3/4", "colour": "red"}', "{}", "[]", "null", "mine", "\xff"]
)
def test_uninstall_leaves_choices_that_the_plugin_did_not_write(documents, plugin, content):
    plugin("install")
    choices = plugins(documents, 3) / "engrave" / "choices.json"
    choices.write_text(content, encoding="latin-1")
    assert plugin("uninstall")[0] == 0
    assert list_files(plugins(documents, 3)) == ["engrave/choices.json"]


def test_uninstall_takes_a_link_away_and_not_what_it_leads_to(documents, plugin, tmp_path):
    plugin("install")
    (tmp_path / "elsewhere.json").write_text('{"meter": "3/4"}')
    (plugins(documents, 3) / "engrave" / "choices.json").symlink_to(tmp_path / "elsewhere.json")
    assert plugin("uninstall")[0] == 0
    assert list_files(plugins(documents, 3)) == []
    assert (tmp_path / "elsewhere.json").read_text() == '{"meter": "3/4"}'


def test_install_follows_no_link(documents, plugin, tmp_path, monkeypatch):
    """Neither where it writes first nor where the files go; the name beside is a new one."""
    monkeypatch.setattr("engrave.cli.plugin.secrets.token_hex", lambda _: "guessed")
    folder = plugins(documents, 3) / "engrave"
    folder.mkdir(parents=True)
    for number, name in enumerate([".engrave-guessed.part", ".engrave.qml.part"]):
        (tmp_path / str(number)).write_text("precious")
        (folder / name).symlink_to(tmp_path / str(number))
    status, _, err = plugin("install", "--to", str(plugins(documents, 3)))
    assert (status, err) == (2, f"engrave: {folder / '.engrave-guessed.part'}: File exists\n")
    monkeypatch.undo()
    assert plugin("install", "--to", str(plugins(documents, 3)))[0] == 0
    assert [(tmp_path / name).read_text() for name in "01"] == 2 * ["precious"]


DAMAGED = [
    '{"command": 5}', '{"command": 5, "digest": "x"}', '{"command": [], "digest": "x"}',
    '{"command": [5], "digest": "x"}', '{"command": ["x", 5], "digest": "x"}',
    '{"command": "x", "digest": "x"}', '{"command": ["x"], "digest": 5}', '{"command": null}',
    "[]", "null", "5", "", "not JSON", "\xff\xfe", 20000 * "[",
]  # fmt: skip


@pytest.mark.parametrize("record", DAMAGED, ids=lambda text: text[:34])
def test_a_damaged_record_is_told(documents, plugin, record):
    plugin("install", "--to", str(documents))
    (documents / OURS[0]).write_text(record, encoding="latin-1")
    status, out, err = plugin("status", "--to", str(documents))
    assert (status, err, out.count("\n")) == (0, "", 1)
    assert "not written by engrave, or changed since" in out
    assert "starts nothing, for engrave.json does not say what: engrave plugin install" in out
    for action in ("install", "uninstall"):
        status, out, err = plugin(action, "--to", str(documents))
        assert (status, out, err.count("\n")) == (2, "", 1)
    assert list_files(documents / "engrave") == ["engrave.json", "engrave.qml"]


@pytest.mark.parametrize("action", ["install", "uninstall"])
@pytest.mark.parametrize("name", OURS)
def test_what_somebody_else_wrote_stays(documents, plugin, action, name):
    """Without anybody to ask; the other MuseScore gets its plugin all the same."""
    foreign = plugins(documents, 3) / name
    foreign.parent.mkdir(parents=True)
    foreign.write_text("[]")
    status, _, err = plugin(action)
    assert status == 2
    said = "was not written by engrave, or was changed since; it stays as it is"
    assert err == f"engrave: {foreign} {said}\n"
    assert foreign.read_text() == "[]"
    assert list_files(plugins(documents, 4)) == (OURS if action == "install" else [])


@pytest.mark.parametrize(
    ("answer", "status", "kept"),
    [("y\n", 0, False), ("\n", 2, True), ("\x04", 2, True), ("\xff\n", 2, True)],
)  # the third is Ctrl-D
def test_somebody_who_is_there_is_asked(documents, answer, status, kept):
    foreign = plugins(documents, 3) / OURS[1]
    foreign.parent.mkdir(parents=True)
    foreign.write_text("mine")
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        terminal.write(answer.encode("latin-1"))
        done = subprocess.run(
            [*COMMAND, "plugin", "install", "--to", str(plugins(documents, 3))],
            env=ENVIRONMENT, stdin=theirs, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        os.close(theirs)
    assert "was changed since. Overwrite it? [y/N]" in done.stdout
    assert done.stderr == ""
    assert done.returncode == status
    assert (foreign.read_text() == "mine") == kept


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "engrave: the following arguments are required: install|uninstall|status"),
        (["remove"], "engrave: argument install|uninstall|status: invalid choice: 'remove'"),
        (["install", "--to", "/no/such"], "engrave: /no/such: no such folder"),
        (["install", "--to", ""], "engrave: --to: no such folder"),
        (["install", "--to", "/proc"], "engrave: /proc/engrave: "),
    ],
)
def test_a_mistake_gets_one_line(plugin, arguments, complaint):
    status, out, err = plugin(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith(complaint) and err.count("\n") == 1


def test_where_no_musescore_is_it_says_so(plugin, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    status, _, err = plugin("install")
    assert status == 2
    assert err == (
        f"engrave: no MuseScore3 or MuseScore4 in {tmp_path / 'Documents'}; start MuseScore once, "
        "or name its plugin folder: --to DIR\n"
    )


def test_a_performance_may_be_called_plugin(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Path("plugin").write_bytes(WALTZ)
    assert main(["./plugin"]) == 0
    assert list_files(tmp_path) == ["plugin", "plugin.musicxml"]
