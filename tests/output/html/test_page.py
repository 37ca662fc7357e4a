"""The page as a file: what is in it, how large it is, what stands beside it."""

import gzip
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import engrave
from engrave.cli.main import main
from engrave.output.formats import write
from engrave.output.html.page import SCRIPTS, WEB, page_style, player_script
from tests.support.sound import write_tone
from tests.support.waltz import COMMAND, ENVIRONMENT, WALTZ, list_files

SAMPLES = Path(__file__).parent.parent.parent.parent / "samples"


@pytest.fixture(scope="module")
def waltz() -> engrave.Score:
    return engrave.transcribe(WALTZ, title="Waltz")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "take.mid").write_bytes(WALTZ)
    (tmp_path / "take.wav").write_bytes(write_tone([69], 1, sound=True))
    return tmp_path


def run(capsys, *words: str) -> tuple[int, str]:
    try:
        status = main(words)
    except SystemExit as leaving:
        status = leaving.code
    return status, capsys.readouterr().err


def squeezed(text: str) -> int:
    return len(gzip.compress(text.encode(), 9))


def test_the_script_is_small_and_all_of_it_is_there():
    assert squeezed(player_script()) < 13_000
    assert sorted(SCRIPTS) == sorted(path.name for path in Path(str(WEB)).glob("*.js"))
    assert all((WEB / name).read_text() in player_script() for name in SCRIPTS)


@pytest.mark.parametrize("text", [player_script(), page_style()])
def test_script_and_style_can_stand_inside_a_page(text):
    assert "</" not in text and "<!--" not in text
    assert text.isascii() and "\r" not in text


class _Checker(HTMLParser):
    """Every element is closed in its turn, and no id is there twice."""

    EMPTY = ("meta", "link", "img", "source")

    def __init__(self, page: str):
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(set(names)) == len(names)
        self.addresses += [value for name, value in attributes if name in ("href", "src")]
        self.ids += [value for name, value in attributes if name == "id"]
        self.inline += [name for name in names if name == "style" or name.startswith("on")]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_forbids_itself_everything_else(waltz, tmp_path):
    waltz.save(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    checked = _Checker(page)
    assert checked.open == [] and len(set(checked.ids)) == len(checked.ids) > 3 * 72
    assert checked.inline == []
    assert "default-src 'none'; script-src 'sha256-" in page
    assert {address[:5] for address in checked.addresses if address[0] != "#"} == {"data:"}
    assert {address[1:] for address in checked.addresses if address[0] == "#"} <= set(checked.ids)


def test_the_same_performance_gives_the_same_page(waltz, tmp_path):
    waltz.save(tmp_path / "a.html")
    program = "import engrave, sys; engrave.transcribe(sys.argv[1], title='Waltz').save('b.html')"
    (tmp_path / "MIDI data.mid").write_bytes(WALTZ)
    subprocess.run(
        [sys.executable, "-c", program, "MIDI data.mid"],
        cwd=tmp_path,
        env=ENVIRONMENT | {"PYTHONHASHSEED": "7"},
        check=True,
    )
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_page_of_sixteen_bars_is_small():
    page = engrave.transcribe(SAMPLES / "march.mid")
    assert squeezed(write(page, ".html").decode()) < 50_000


# On the command line


def test_the_suffix_chooses_and_what_belongs_to_it_may_stand_beside(folder, capsys):
    assert run(capsys, "take.mid", "-o", "take.html") == (0, "")
    assert list_files(folder) == ["take.html", "take.mid", "take.wav"]
    inside = (folder / "take.html").stat().st_size
    assert run(capsys, "take.mid", "-o", "take.html", "--assets") == (0, "")
    assert list_files(folder) == sorted(
        [
            "take.html",
            "take.mid",
            "take.wav",
            "take.musicxml",
            "engrave-score.js",
            "engrave-score.css",
        ]
    )
    assert (folder / "take.html").stat().st_size < inside
    assert (folder / "take.mid").read_bytes() == WALTZ


def test_another_recording_of_that_name_is_not_overwritten(folder, capsys):
    (folder / "out").mkdir()
    (folder / "out" / "take.mid").write_bytes(b"another")
    status, complaint = run(capsys, "take.mid", "-o", "out/take.html", "--assets")
    assert status == 2 and "out/take.mid: " in complaint and complaint.count("\n") == 1
    assert list_files(folder / "out") == ["take.mid"]


@pytest.mark.parametrize("assets", [[], ["--assets"]])
def test_a_sound_recording_goes_with_the_page(folder, capsys, assets):
    words = ["take.mid", "-o", "out/page.html", "--audio", "take.wav", "--audio-start", "0.25"]
    assert run(capsys, *words, *assets) == (0, "")
    page = (folder / "out" / "page.html").read_text(encoding="utf-8")
    source, start = re.findall(r'<audio [^>]*src="([^"]*)" data-start="([^"]*)"', page)[0]
    assert start == "0.25"
    assert source == "take.wav" if assets else source.startswith("data:audio/")
    assert (folder / "out" / "take.wav").exists() == bool(assets)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--assets"], "--assets needs an .html page"),
        (["--audio", "take.wav", "-o", "a.svg"], "--audio needs an .html page"),
        (["--audio", "none.mp3", "-o", "a.html"], "none.mp3: No such file"),
        (["--audio-start", "1", "-o", "a.html"], "--audio-start needs --audio"),
        (["--pages", "-o", "a.html"], "only .svg and .png have one file a page"),
        (["--audio", "take.wav", "-o", "a.html", "--audio-start", "x"], "'x' is not a number"),
        (["--audio", "take.wav", "-o", "a.html", "--audio-start", "nan"], "'nan' is not a number"),
    ],
)
def test_options_that_make_no_sense(folder, capsys, words, message):
    before = list_files(folder)
    status, complaint = run(capsys, "take.mid", *words)
    assert status == 2 and message in complaint and complaint.count("\n") == 1
    assert list_files(folder) == before


def test_a_page_and_other_files_at_once(folder, capsys):
    words = ["take.mid", "-o", "take.html", "-o", "take.svg", "--assets"]
    assert run(capsys, *words) == (0, "")
    assert {"take.html", "take.svg", "engrave-score.js"} <= set(list_files(folder))


# In the browser


@pytest.mark.slow
def test_view_hands_the_page_to_the_browser(folder):
    """The browser is a program of ours that fetches what it is given."""
    (folder / "browser.py").write_text(
        "import sys, urllib.request\n"
        "with urllib.request.urlopen(sys.argv[1]) as page, open('seen.html', 'wb') as file:\n"
        "    file.write(page.read())\n"
    )
    done = view(folder, "browser.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("take.mid: 3/4, ") and done.stdout.count("\n") == 1
    engrave.transcribe(folder / "take.mid", title="Seen").save(folder / "take.html")
    seen, page = (folder / "seen.html").read_bytes(), (folder / "take.html").read_bytes()
    assert seen == page.replace(str(folder).encode() + b"/", b"")


@pytest.mark.slow
def test_view_serves_nothing_but_the_page(folder):
    (folder / "browser.py").write_text(
        "import sys, urllib.error, urllib.request\n"
        "try: urllib.request.urlopen(sys.argv[1].rpartition('/')[0] + '/take.mid')\n"
        "except urllib.error.HTTPError as error: print(error.code, file=sys.stderr)\n"
        "urllib.request.urlopen(sys.argv[1])\n"
    )
    done = view(folder, "browser.py")
    assert (done.returncode, done.stderr) == (0, "404\n")


def test_what_cannot_be_viewed_gets_one_line(folder, capsys):
    (folder / "x.mid").write_text("no music")
    status, complaint = run(capsys, "view", "x.mid")
    assert status == 2 and complaint.startswith("engrave: x.mid: ")
    assert complaint.count("\n") == 1


def view(folder: Path, browser: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, "view", "take.mid", "--title", "Seen"],
        cwd=folder,
        env=ENVIRONMENT | {"BROWSER": f"{sys.executable} {browser} %s"},
        capture_output=True,
        text=True,
        timeout=120,
    )
