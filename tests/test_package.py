"""The package as a whole: its metadata, its style.

ruff and mypy run here, so that `pytest` is the whole of the checks.
"""

import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

import engrave

ROOT = Path(__file__).parent.parent
SETUP = ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
IMPORTED_AS = {"PySide6-Essentials": "PySide6", "PyYAML": "yaml", "pillow": "PIL"}


# Style


LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"
TOOLS = {
    "ruff check": ["-m", "ruff", "check"],
    "ruff format": ["-m", "ruff", "format", "--check"],
    "mypy": ["-m", "mypy"],
    "lint-imports": ["-c", LINTER, "--no-cache"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_style(tool):
    command = [sys.executable, *TOOLS[tool]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# Metadata


def requirements(option: str, section: str = "options") -> set[str]:
    """The names under which the required distributions are imported."""
    lines = SETUP[section][option].split("\n")
    names = (line.partition(">=")[0].partition("[")[0].strip() for line in lines if line)
    return {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names}


def libraries_in(*folders: str) -> set[str]:
    """The libraries of others that the modules in these folders import."""
    names = set()
    ours = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    for path in (path for path in ours if "node_modules" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
    return (
        names
        - sys.stdlib_module_names
        - {"engrave", "tests", "samples", "judges", "bench", "training"}
    )


def test_what_the_package_imports_is_what_it_requires():
    assert libraries_in("engrave") == requirements("install_requires")


def test_what_the_tests_import_comes_with_dev():
    dev = requirements("dev", "options.extras_require")
    assert (
        libraries_in("tests", "samples", "judges", "bench", "training")
        <= requirements("install_requires") | dev
    )


def test_the_version_stands_in_one_place():
    """In `engrave/__init__.py`; MuseScore reads that of the plugin from the plugin alone."""
    assert SETUP["metadata"]["version"] == "attr: engrave.__version__"
    plugin = (ROOT / "musescore_plugin" / "engrave.qml").read_text(encoding="utf-8")
    assert re.findall(r'^    version: "(.*)"$', plugin, re.M) == [engrave.__version__]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(
        rf"^## \[{re.escape(engrave.__version__)}\] - \d{{4}}-\d\d-\d\d$", changes, re.M
    )


def test_the_notice_names_files_that_are_there():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    paths = re.findall(r"engrave/[\w/]+\.\w+", notice)
    weights = re.findall(r"\b\w+\.onnx", notice)
    assert len(paths) == len(weights) == 4
    assert all((ROOT / path).is_file() for path in paths)
    assert all((ROOT / "engrave" / "weights" / name).is_file() for name in weights)
    card = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
    licence = card[card.index("**Licence.**") :]
    assert all(f"`{name.removeprefix('engrave/')}`" in licence for name in [*paths[1:], *weights])


def test_every_room_of_the_package_is_installed():
    listed = set(SETUP["options"]["packages"].split()) - {"engrave.musescore_plugin"}
    doors = (ROOT / "engrave").rglob("__init__.py")
    assert listed == {".".join(d.parent.relative_to(ROOT).parts) for d in doors}


def test_every_file_of_the_package_is_installed():
    patterns = SETUP["options.package_data"]["engrave"].split()
    package = ROOT / "engrave"
    files = [p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    left_behind = [
        path
        for path in files
        if path.suffix != ".py" and not any(path in package.glob(p) for p in patterns)
    ]
    assert files and left_behind == []


def test_the_readme_has_the_commands_that_ci_runs():
    """.ci/run takes them from there: the lines that begin so, and there must be two."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line for line in readme.splitlines() if line.startswith("python3 -m venv")]
    first, second = commands
    assert ".venv/bin/engrave samples/" in first
    assert second.endswith(".venv/bin/python -m pytest -n auto --dist loadfile")
    assert "grep '^python3 -m venv' \"$root/README.md\"" in (ROOT / ".ci/run").read_text()
