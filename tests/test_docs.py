"""The documentation site: it is built, every link leads somewhere, and what it shows is so."""

import contextlib
import importlib.util
import io
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import engrave
from engrave.cli.main import main
from tests.conftest import lacking

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CONSOLE = re.compile(r"```console\n\$ (engrave [^\n]+)\n(.*?)```", re.S)
PYTHON = re.compile(r"```python\n(.*?)```\n\n```\n(.*?)```", re.S)
COMMANDS = CONSOLE.findall((DOCS / "guide-pianists.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    for module in ("mkdocs", "material", "mkdocstrings"):
        if importlib.util.find_spec(module) is None:
            lacking(f"{module} is not installed")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Links(HTMLParser):
    """What a page points at, and what loads by itself."""

    def __init__(self, page: str):
        super().__init__()
        self.leads_to: set[str] = set()
        self.loads: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("href", "src") and value:
                (self.leads_to if tag == "a" else self.loads).add(value)


def test_every_link_of_the_site_leads_somewhere(site):
    pages = [page for page in site.rglob("*.html") if page.name != "404.html"]
    pages = [page for page in pages if page.parent.name != "gallery"]  # they stand for themselves
    assert len(pages) >= 12
    for page in pages:
        links = Links(page.read_text(encoding="utf-8"))
        for link in links.leads_to | links.loads:
            parts = urlsplit(link)
            if not parts.scheme and parts.path:
                assert (page.parent / unquote(parts.path)).exists(), (page.name, link)


def test_a_page_of_the_site_loads_nothing_from_other_servers(site):
    loads = {link for page in site.rglob("*.html") for link in Links(page.read_text()).loads}
    assert loads and [link for link in loads if urlsplit(link).netloc] == []


def test_the_site_has_every_public_name(site):
    page = (site / "api.html").read_text(encoding="utf-8")
    named = re.findall(r"^::: engrave\.(\w+)$", (DOCS / "api.md").read_text(), re.M)
    assert sorted(named) == sorted(engrave.__all__)
    assert [name for name in named if f'id="engrave.{name}"' not in page] == []


@pytest.fixture
def takes(tmp_path, monkeypatch) -> Path:
    """A folder with the samples, in which we are."""
    for path in (ROOT / "samples").glob("*.mid"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("command", "output"), COMMANDS, ids=[c for c, _ in COMMANDS])
def test_the_guide_shows_what_a_command_says(takes, capsys, command, output):
    assert main(shlex.split(command)[1:]) == 0
    printed = capsys.readouterr()
    assert printed.err + printed.out == output


def test_the_guide_shows_what_python_prints(takes):
    blocks = PYTHON.findall((DOCS / "guide-researchers.md").read_text(encoding="utf-8"))
    assert len(blocks) == 3
    names: dict[str, object] = {}
    for program, output in blocks:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(program, names)
        assert printed.getvalue() == output
