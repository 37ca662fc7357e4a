"""The page as a file: what is in it, how large it is, what stands beside it."""

import gzip
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import engrave
from engrave.output.formats import write
from engrave.output.html.page import SCRIPTS, WEB, page_style, player_script
from tests.support.waltz import ENVIRONMENT, WALTZ

SAMPLES = Path(__file__).parent.parent.parent.parent / "samples"


@pytest.fixture(scope="module")
def waltz() -> engrave.Score:
    return engrave.transcribe(WALTZ, title="Waltz")


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
