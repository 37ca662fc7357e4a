"""The workflow on GitHub: it installs what it calls, on the Pythons that the package names."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
JOBS = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
SETUP = ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
PYTHONS = re.findall(r"Python :: (3\.\d+)$", SETUP["metadata"]["classifiers"], re.M)
INSTALL = re.compile(r"python -m pip install (?:-e )?['\"]\.\[(\w+)\]['\"]")
COMES_WITH = {"lint-imports": "import-linter"}
THERE = {"test", ".ci/run"}  # the shell's, and our own, which installs for itself


def extra(name: str) -> set[str]:
    lines = SETUP["options.extras_require"][name].split()
    return {re.split(r"[\[>=<]", line)[0] for line in lines}


def commands(job: str) -> list[str]:
    return [line for step in JOBS[job]["steps"] for line in step.get("run", "").splitlines()]


def tool(command: str) -> str:
    words = shlex.split(command)
    return words[2] if words[:2] == ["python", "-m"] else words[0]


@pytest.mark.parametrize("job", JOBS)
def test_every_tool_comes_with_an_extra_that_the_job_installs(job):
    there = set(THERE)
    for command in commands(job):
        if installed := INSTALL.fullmatch(command):
            there |= extra(installed[1])
        else:
            assert COMES_WITH.get(tool(command), tool(command)) in there, command


def test_everything_is_checked():
    called = {tool(command) for job in JOBS for command in commands(job)}
    assert called >= {"ruff", "mypy", "lint-imports", "pytest", ".ci/run", "mkdocs", "build"}
    assert set(JOBS["publish"]["needs"]) == set(JOBS) - {"publish"}


def test_the_pythons_are_those_of_the_package():
    assert JOBS["quick"]["strategy"]["matrix"]["python"] == PYTHONS
    after = int(PYTHONS[-1].removeprefix("3.")) + 1
    assert SETUP["options"]["python_requires"] == f">={PYTHONS[0]},<3.{after}"
    settings = [step.get("with", {}) for job in JOBS.values() for step in job["steps"]]
    used = {setting["python-version"] for setting in settings if "python-version" in setting}
    assert used == {"${{ matrix.python }}", PYTHONS[-1]}


def test_actions_are_pinned_to_a_major_version():
    used = [step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step]
    assert used
    assert [action for action in used if not re.search(r"@(release/)?v\d+$", action)] == []


def test_the_quick_ritual_is_the_one_for_contributors():
    (quick,) = (command for command in commands("quick") if tool(command) == "pytest")
    assert quick in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
