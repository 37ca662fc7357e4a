"""What tests need from outside: MuseScore, the MusicXML schema, a browser and what it needs.

Without it the tests that need it are skipped and say why; under CI=true that is a failure.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright

from engrave.cli.main import main
from judges import musescore, schema
from tests.support import browser

Judge = Callable[[Path], list[str]]

# What these say of shells, terminals, signals and limits of memory is so where there is POSIX.
POSIX = (
    *(f"cli/test_{name}.py" for name in ("arguments", "convert", "main", "plugin")),
    *("cli/test_startup.py", "cli/test_terminal.py", "files/test_disk.py"),
)
collect_ignore = [] if os.name == "posix" else [*POSIX, "fuzz/test_fuzz.py"]


def lacking(reason: str) -> NoReturn:
    """Skip the test for want of something outside, or fail where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def require(program: str | None, name: str) -> str:
    """The path of a program that was looked for (None if it was not found)."""
    if program is None:
        lacking(f"{name} is not installed")
    return program


# Fixtures that ask for a program; the tests that use them are marked `program`.
PROGRAMS = {"musescore3", "chromium", "axe", "jekyll", "hugo"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if PROGRAMS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.program)


@pytest.fixture
def command(capfdbinary):
    """Run the command in this process: its exit status, what it said, what it complained of."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as leaving:
            status = leaving.code
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return run


@pytest.fixture(scope="session")
def musescore3() -> str:
    return require(musescore.musescore_program(), "MuseScore 3")


@pytest.fixture(scope="session")
def musescore_judge(musescore3: str) -> Judge:
    """`judges.musescore.judge`: what real MuseScore reads differently from a file."""
    return musescore.judge


@pytest.fixture(scope="session")
def schema_judge() -> Judge:
    """`judges.schema.validate`: what the MusicXML 4.0 schema says against a file."""
    try:
        schema.load_schema()
    except schema.SchemaUnavailableError as unavailable:
        lacking(str(unavailable))
    return schema.validate


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Real Chromium, without a window."""
    require(browser.browser_program(), "Chromium")
    with sync_playwright() as playwright:
        program = browser.launch(playwright)
        yield program
        program.close()


@pytest.fixture(scope="session")
def axe() -> Path:
    """axe, which judges how accessible a page is."""
    try:
        return browser.fetch_axe()
    except (OSError, subprocess.SubprocessError) as error:
        lacking(f"axe-core cannot be had from npm: {error}")


@pytest.fixture(scope="session")
def jekyll() -> str:
    return require(shutil.which("jekyll"), "Jekyll")


@pytest.fixture(scope="session")
def hugo() -> str:
    return require(shutil.which("hugo"), "Hugo")
