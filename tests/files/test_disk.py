"""What a user names and what engrave writes: nothing endless is read, nobody's file is replaced."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

import engrave
from engrave import options as options_module
from engrave.files.disk import signals_held, write_whole
from engrave.files.provenance import read_signature, sign
from engrave.output.formats import write
from tests.support.waltz import COMMAND, ENVIRONMENT, WALTZ, list_files, make_waltz

pytestmark = pytest.mark.slow

OTHER = make_waltz(8)  # the same waltz, played again
PAGE = ("--assets", "-o", "n.html")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("n.mid").write_bytes(WALTZ)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in list_files(folder)}


def refused(folder: Path, command, *words: str) -> str:
    """The line by which it is refused; nothing is written."""
    before = contents(folder)
    status, out, err = command(*words)
    assert (status, out) == (2, "")
    assert err.startswith("engrave: ") and err.count("\n") == 1
    assert contents(folder) == before
    return err


# What is read


@pytest.mark.parametrize("option", ["--beats", "--audio"])
@pytest.mark.parametrize("kind", ["device", "link", "pipe", "folder"])
def test_only_files_are_read(folder, command, option, kind):
    name = {"device": "/dev/zero", "folder": "."}.get(kind, "named")
    if kind == "link":
        Path("named").symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo("named")
    reason = "Is a directory" if kind == "folder" else "not a regular file"
    for words in (["n.mid", "-o", "n.html"], ["embed", "n.mid", "--for", "html"]):
        status, out, err = command(*words, option, name)
        assert (status, out) == (2, "")
        assert err == f"engrave: argument {option}: {name}: {reason}\n"


def test_an_endless_midi_file(folder, command):
    line = refused(folder, command, "/dev/zero", "-o", "n.svg")
    assert "/dev/zero: cannot be read (not a regular file)" in line


def test_a_file_that_is_too_large_is_not_read_to_its_end(folder, command, monkeypatch):
    """Also where the size is not known beforehand, as in /proc."""
    monkeypatch.setattr(options_module, "MOST_TAPS", 100)
    Path("taps.txt").write_text("0\n" * 51)
    line = refused(folder, command, "n.mid", "--beats", "taps.txt")
    assert line == "engrave: argument --beats: taps.txt: more than 100 bytes\n"
    line = refused(folder, command, "n.mid", "--beats", "/proc/self/environ")
    assert "/proc/self/environ: more than 100 bytes" in line
    monkeypatch.setattr("engrave.output.html.assets.LARGEST_FILE", 100)
    Path("n.mp3").write_bytes(bytes(101))
    line = refused(folder, command, "n.mid", "-o", "n.html", "--audio", "n.mp3")
    assert line == "engrave: n.mid: n.mp3: more than 100 bytes\n"


def test_links_to_files_are_read(folder, command):
    Path("link.mid").symlink_to("n.mid")
    Path("taps.txt").write_text("\n".join(f"{beat / 2}" for beat in range(36)))
    Path("link.txt").symlink_to("taps.txt")
    assert command("link.mid", "--beats", "link.txt", "-o", "n.musicxml")[0] == 0


def run_in_bash(words: str, **options) -> subprocess.CompletedProcess:
    program = 'engrave() { "$PYTHON" -m engrave "$@"; }; ' + words
    environment = {**ENVIRONMENT, "PYTHON": sys.executable}
    return subprocess.run(
        ["bash", "-c", program], env=environment, capture_output=True, timeout=120, **options
    )


@pytest.mark.parametrize("source", ["<(cat n.mid)", "/dev/stdin < n.mid"])
def test_a_pipe_from_the_shell_is_like_standard_input(folder, source):
    done = run_in_bash(f"engrave {source}")
    assert done.returncode == 0 and b"<score-partwise" in done.stdout
    done = run_in_bash(f"engrave -o taken.svg {source}")
    assert (done.returncode, done.stderr) == (0, b"") and b"72 notes" in done.stdout
    assert list_files(folder) == ["n.mid", "taken.svg"]
    done = run_in_bash(f"engrave -o out/ {source}")
    assert done.returncode == 2 and b"has no name; say which file to write" in done.stderr


def test_a_post_from_a_pipe_has_no_number_for_a_name(folder):
    assert run_in_bash("engrave embed <(cat n.mid) --for html -o site").returncode == 0
    assert "site/score.html" in list_files(folder)


def test_an_endless_pipe_ends_at_the_limit(folder):
    done = run_in_bash("engrave <(cat /dev/zero)")
    assert done.returncode == 2 and done.stdout == b""
    assert b"more than 67108864 bytes" in done.stderr and done.stderr.count(b"\n") == 1


# Inputs are never replaced


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("rec.html", ["n.mid", "--audio", "rec.html", "-o", "rec.html"]),
        ("taps.svg", ["n.mid", "--beats", "taps.svg", "-o", "taps.svg"]),
        ("n.musicxml", ["n.mid", "--beats", "n.musicxml"]),
        ("link.svg", ["n.mid", "--beats", "link.svg", "-o", "taps.txt/../taps.svg"]),
        ("n.musicxml", ["n.mid", *PAGE, "--audio", "n.musicxml"]),
        ("y-1.svg", ["y-1.svg", "--pages", "-o", "y.svg"]),
        ("n.html", ["embed", "n.html", "--for", "html"]),
        ("n.svg", ["embed", "n.mid", "--for", "html", "--beats", "n.svg"]),
    ],
)
def test_an_input_is_never_replaced(folder, command, given, words):
    taps = "".join(f"{beat / 2}\n" for beat in range(36))
    Path("taps.txt").mkdir()
    if given == "link.svg":
        Path("taps.svg").write_text(taps)
        Path("link.svg").symlink_to("taps.svg")
    else:
        Path(given).write_bytes(WALTZ if given in words[:2] else taps.encode())
    assert f"would overwrite the input {given}\n" in refused(folder, command, *words)


def test_python_does_not_replace_its_inputs_either(folder):
    Path("n.svg").write_bytes(WALTZ)
    score = engrave.transcribe("n.svg")
    with pytest.raises(FileExistsError, match=r"would overwrite the input n\.svg"):
        score.save("n.svg")
    Path("n.html").write_bytes(b"sound")
    with pytest.raises(FileExistsError, match=r"would overwrite the input n\.html"):
        score.save("n.html", audio="n.html")
    assert contents(folder) == {"n.mid": WALTZ, "n.svg": WALTZ, "n.html": b"sound"}


def test_a_recording_that_lies_beside_its_page_stays_there(folder, command):
    assert command("n.mid", *PAGE)[0] == 0
    assert Path("n.mid").read_bytes() == WALTZ
    assert list_files(folder) == sorted(
        ["engrave-score.css", "engrave-score.js", "n.html", "n.mid", "n.musicxml"]
    )


@pytest.mark.parametrize("name", ["n.musicxml", "n.html", "n.mid", "engrave-score.js"])
def test_a_sound_that_is_called_like_another_file(folder, command, name):
    Path("sound").mkdir()
    Path("sound", name).write_bytes(b"sound")
    words = ["n.mid", "--assets", "--audio", f"sound/{name}", "-o", "out/n.html"]
    assert f"{name}: would be written twice" in refused(folder, command, *words)


# What is there is replaced only if engrave wrote it for this performance, or if it is named

RUNS = {
    "beside": ((), ["n.musicxml"]),
    "folder": (("-o", "out/"), ["out/n.musicxml"]),
    "pages": (("--pages", "-o", "n.svg"), ["n-1.svg"]),
    "pictures": (("--pages", "-o", "n.png"), ["n-1.png"]),
    "page": (
        ("--assets", "--audio", "in/a.mp3", "-o", "out/n.html"),
        [
            *("out/a.mp3", "out/engrave-score.css", "out/engrave-score.js"),
            *("out/n.mid", "out/n.musicxml"),
        ],
    ),
    "post": (
        ("embed", "--for", "hugo", "--audio", "in/a.mp3"),
        [f"static/scores/{name}" for name in ("a.mp3", "engrave-score.css", "engrave-score.js")]
        + [f"static/scores/n.{suffix}" for suffix in ("html", "mid", "musicxml", "png", "svg")]
        + ["layouts/shortcodes/engrave-score.html"],
    ),
}
CASES = [(kind, path) for kind, (_, paths) in RUNS.items() for path in paths]


def words_of(kind: str) -> list[str]:
    words = list(RUNS[kind][0])
    words.insert(words[:1] == ["embed"], "n.mid")
    return words


@pytest.fixture
def sound(folder):
    Path("in").mkdir()
    Path("in/a.mp3").write_bytes(b"sound")


@pytest.mark.parametrize(("kind", "path"), CASES)
def test_a_file_of_somebody_else_stays(folder, command, sound, kind, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(b"mine")
    line = refused(folder, command, *words_of(kind))
    assert line.startswith(f"engrave: n.mid: {path}: is there, ")


@pytest.mark.parametrize("kind", RUNS)
def test_the_same_command_works_again_also_for_another_take(folder, command, sound, kind):
    first = command(*words_of(kind))
    before = contents(folder)
    assert set(RUNS[kind][1]) < set(before)
    assert command(*words_of(kind)) == first
    assert contents(folder) == before
    Path("n.mid").write_bytes(OTHER)
    Path("in/a.mp3").write_bytes(b"another sound")
    assert command(*words_of(kind))[::2] == (0, "")
    after = contents(folder)
    assert set(after) == set(before)
    changed = {name for name in before if before[name] != after[name]}
    same = {name for name in before if "engrave-score" in name}
    assert changed == set(before) - same


@pytest.mark.parametrize(("kind", "path"), CASES)
def test_what_was_changed_since_stays(folder, command, sound, kind, path):
    assert command(*words_of(kind))[0] == 0
    with open(path, "ab") as file:
        file.write(b"more\n")
    Path("n.mid").write_bytes(OTHER)
    line = refused(folder, command, *words_of(kind))
    assert line.startswith(f"engrave: n.mid: {path}: is there, ")


@pytest.mark.parametrize("kind", ["beside", "pages", "pictures", "post"])
def test_what_was_written_for_another_performance_stays(folder, command, sound, kind):
    """Of the same name, in another folder."""
    Path("other").mkdir()
    Path("other/n.mid").write_bytes(OTHER)
    assert command(*words_of(kind))[0] == 0
    words = [f"other/{word}" if word == "n.mid" else word for word in words_of(kind)]
    words += [] if kind != "beside" else ["-o", "./"]
    assert ": is there, " in refused(folder, command, *words)


def test_two_scores_of_a_folder_share_what_they_share(folder, command):
    Path("m.mid").write_bytes(OTHER)
    for name in ("n", "m"):
        assert command(f"{name}.mid", "--assets", "-o", f"out/{name}.html")[0] == 0
    script = Path("out/engrave-score.js")
    script.write_bytes(sign(script.name, b"older", ["any"]))  # as another version wrote it
    assert command("n.mid", "--assets", "-o", "out/n.html")[0] == 0
    assert b"older" not in script.read_bytes()


def test_what_the_user_names_is_replaced(folder, command):
    for name in ("n.musicxml", "n.svg", "n.pdf", "n.html"):
        Path(name).write_bytes(b"mine")
        assert command("n.mid", "-o", name)[0] == 0
        assert len(Path(name).read_bytes()) > 1000


def test_what_was_named_once_need_not_be_named_again(folder, command):
    assert command("n.mid", "-o", "n.musicxml")[0] == 0
    assert command("n.mid", "--key", "c minor")[::2] == (0, "")


def test_a_file_may_be_named_that_belongs_to_a_page(folder, command):
    assert command("n.mid", *PAGE, "-o", "n.musicxml", "-o", "m.html")[0] == 0
    assert "n.musicxml" in list_files(folder)


def test_one_refusal_stops_all_files_of_a_performance(folder, command):
    Path("n-1.svg").write_bytes(b"mine")
    Path("m.mid").write_bytes(OTHER)
    line = refused(folder, command, "n.mid", "--pages", "-o", "a.png", "-o", "n.svg")
    assert "n-1.svg" in line
    Path("m.musicxml").write_bytes(b"mine")
    status, out, err = command("m.mid", "n.mid")
    assert status == 2 and "m.musicxml: is there" in err and "1 of 2 written" in out
    assert "n.musicxml" in list_files(folder)


# The signature


@pytest.mark.parametrize("suffix", [".musicxml", ".svg", ".html", ".png"])
def test_a_signed_file_is_what_it_was(folder, command, suffix):
    assert command("n.mid", "-o", f"n{suffix}")[0] == 0
    signed = Path(f"n{suffix}").read_bytes()
    plain = write(engrave.transcribe("n.mid"), suffix)
    assert signed == sign(f"n{suffix}", plain, read_signature(f"n{suffix}", signed))
    assert 0 < len(signed) - len(plain) < 120
    if suffix == ".png":
        image = Image.open("n.png")
        image.load()
        assert image.text["Comment"].startswith("Written by engrave: ")


def test_no_name_stands_in_a_signature(folder, command):
    """The page goes to the web: where the recording lies is nobody's business."""
    Path("secret").mkdir()
    Path("secret/n.mid").write_bytes(WALTZ)
    assert command("secret/n.mid", "--assets", "-o", "n.html", "--title", "x")[0] == 0
    assert b"secret" not in Path("n.html").read_bytes()


# What is not a plain file


@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_no_file_takes_the_place_of_a_device_or_a_pipe(folder, command, kind):
    os.mkfifo("pipe")
    target = Path("/dev/null" if kind == "device" else "pipe")
    Path("link.svg").symlink_to(target)
    line = refused(folder, command, "n.mid", "-o", "link.svg")
    assert line == "engrave: n.mid: link.svg: not a file, but a device or a pipe\n"
    assert Path("link.svg").is_symlink() and target.is_fifo() == (kind == "pipe")


def test_a_link_stays_and_the_file_keeps_its_permissions(folder, command):
    Path("real").mkdir()
    Path("real/n.svg").write_bytes(b"old")
    Path("real/n.svg").chmod(0o604)
    Path("link.svg").symlink_to("real/n.svg")
    assert command("n.mid", "-o", "link.svg")[0] == 0
    assert Path("link.svg").is_symlink()
    assert Path("real/n.svg").stat().st_mode & 0o777 == 0o604
    assert Path("real/n.svg").read_bytes().startswith(b"<svg")


def test_a_new_file_has_the_permissions_of_any_new_file(folder):
    os.umask(previous := os.umask(0))
    write_whole(Path("new"), b"x")
    assert Path("new").stat().st_mode & 0o777 == 0o666 & ~previous


@pytest.mark.skipif(os.geteuid() != 0, reason="only an administrator gives files away")
def test_a_file_keeps_its_owner(folder):
    Path("theirs").write_bytes(b"x")
    os.chown("theirs", 1234, 1235)
    write_whole(Path("theirs"), b"y")
    known = Path("theirs").stat()
    assert (known.st_uid, known.st_gid) == (1234, 1235)


# Signals

STOPPED = """
import os, sys
from pathlib import Path
from engrave.files.disk import File, write_files
replace = Path.replace
def stop_and_replace(self, place):
    os.kill(os.getpid(), int(sys.argv[1]))
    return replace(self, place)
Path.replace = stop_and_replace
write_files([File(Path(name), b"whole") for name in ("a.svg", "b.svg")], "n.mid", {})
print("not stopped")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_waits_for_whole_files(folder, number):
    """In the middle of writing, where half of a file lies under another name."""
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, str(int(number))],
        env=ENVIRONMENT,
        capture_output=True,
        preexec_fn=lambda: (
            signal.signal(number, signal.default_int_handler)
            if number == signal.SIGINT
            else signal.signal(number, signal.SIG_DFL)
        ),
        timeout=120,
    )
    assert done.returncode == -number and done.stdout == b""
    assert list_files(folder) == ["a.svg", "b.svg", "n.mid"]
    assert all(Path(name).read_bytes().startswith(b"whole<!-- ") for name in ("a.svg", "b.svg"))


def test_a_signal_that_is_ignored_stays_ignored(folder):
    """As nohup wants it."""
    done = subprocess.run(
        ["nohup", sys.executable, "-c", STOPPED, str(int(signal.SIGHUP))],
        env=ENVIRONMENT,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert done.returncode == 0 and b"not stopped" in done.stdout


def test_who_answered_signals_before_does_so_again():
    heard = []
    old = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with signals_held():
            signal.raise_signal(signal.SIGTERM)
            assert heard == []
        assert heard == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, old)


def test_another_thread_writes_too(folder):
    thread = threading.Thread(target=write_whole, args=(Path("a.svg"), b"whole"))
    thread.start()
    thread.join()
    assert Path("a.svg").read_bytes() == b"whole"


def test_a_command_that_is_ended_leaves_nothing_behind(folder):
    os.mkfifo("slow.mid")
    for number in (signal.SIGTERM, signal.SIGHUP):
        process = subprocess.Popen([*COMMAND, "slow.mid"], env=ENVIRONMENT)
        with open("slow.mid", "wb"):
            process.send_signal(number)
            assert process.wait(120) == -number
    assert list_files(folder) == ["n.mid"]
