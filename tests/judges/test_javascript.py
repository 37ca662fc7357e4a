"""The script of the player, as Biome and TypeScript judge it; and that they see what is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engrave.output.html.page import player_script
from judges import javascript
from tests.conftest import lacking

pytestmark = pytest.mark.program


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    if missing := javascript.missing():
        lacking(f"{missing} is not installed")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        script = tmp_path / "player.js"
        script.write_text(text, encoding="utf-8")
        return script

    return write


def test_the_player_is_linted(written):
    assert javascript.lint(written(player_script())) == ""


def test_the_types_of_the_player_fit(written):
    assert javascript.check_types(written(player_script())) == ""


def test_what_asks_webmscore_is_linted():
    assert javascript.lint(javascript.HERE.parent / "webmscore" / "convert.cjs") == ""


@pytest.mark.parametrize(
    ("script", "rule"),
    [
        ("var a = 1;\nalert(a);\n", "noVar"),
        ("alert(nothing);\n", "noUndeclaredVariables"),
        ("(() => { const a = 1; })();\n", "noUnusedVariables"),
        ("const a = 1;\nalert(a == 2);\n", "noDoubleEquals"),
    ],
)
def test_biome_sees_what_is_wrong(written, script, rule):
    assert rule in javascript.lint(written(script))


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("const a = 1;\na.push(2);\n", "Property 'push' does not exist"),
        ("const f = (a) => a;\nf(1, 2);\n", "Expected 0-1 arguments, but got 2"),
        ("class A { b() { this.c(); } }\nnew A();\n", "Property 'c' does not exist"),
    ],
)
def test_typescript_sees_what_is_wrong(written, script, sentence):
    assert sentence in javascript.check_types(written(script))
