"""The distributions: built as for PyPI, and the wheel used where nothing else of ours is."""

import importlib.util
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest

import engrave
from engrave.cli.main import main
from tests.conftest import lacking

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
MADE_BY_PROGRAMS = shutil.ignore_patterns(
    ".git", *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split())
)
FOLDERS = (".ci", ".github", "LICENSES", "bench", "docs", "engrave", "judges")
FOLDERS += ("musescore_plugin", "samples", "tests", "training")


def run(*words: object, folder: Path) -> str:
    done = subprocess.run([*map(str, words)], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project, because building leaves files behind."""
    copy = tmp_path_factory.mktemp("project") / "engrave"
    shutil.copytree(ROOT, copy, ignore=MADE_BY_PROGRAMS)
    return copy


@pytest.fixture(scope="module")
def distributions(project) -> Path:
    """Both distributions; the wheel is built from the other."""
    for module in ("build", "twine"):
        if importlib.util.find_spec(module) is None:
            lacking(f"{module} is not installed")
    run(sys.executable, "-m", "build", "--no-isolation", folder=project)
    return project / "dist"


@pytest.fixture(scope="module")
def programs(distributions, tmp_path_factory) -> Path:
    """The programs of an environment with the wheel; libraries are those of this environment."""
    home = tmp_path_factory.mktemp("environment")
    maker = venv.EnvBuilder(with_pip=False)
    place = maker.ensure_directories(home)
    maker.create(home)
    (wheel,) = distributions.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", place.env_exe, "install", "--quiet"]
    run(*pip, "--no-deps", "--no-index", wheel, folder=home)
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    (site,) = run(place.env_exe, "-c", asked, folder=home).split("\n")[:1]
    libraries = [path for path in sys.path if Path(path).name.endswith("-packages")]
    (Path(site) / "libraries.pth").write_text("\n".join(libraries) + "\n", encoding="utf-8")
    return Path(place.bin_path)


def test_they_are_two_of_this_version(distributions):
    version = engrave.__version__
    assert sorted(path.name for path in distributions.iterdir()) == [
        f"engrave_score-{version}-py3-none-any.whl",
        f"engrave_score-{version}.tar.gz",
    ]


def test_what_they_say_of_themselves_can_be_published(distributions):
    files = sorted(distributions.iterdir())
    said = run(sys.executable, "-m", "twine", "check", "--strict", *files, folder=distributions)
    assert said.count("PASSED") == 2


def test_they_say_under_which_licences_they_are(distributions):
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        said = BytesParser().parsebytes(archive.read(name))
    assert said["License-Expression"] == "MIT AND CC-BY-NC-SA-4.0"
    files = {"LICENSE", "LICENSES/CC-BY-NC-SA-4.0.txt", "NOTICE"}
    assert set(said.get_all("License-File")) == files


def test_the_source_distribution_is_the_whole_project(project, distributions):
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {Path(*Path(name).parts[1:]) for name in archive.getnames()}
    files = [path for folder in FOLDERS for path in (project / folder).rglob("*")]
    needed = {path.relative_to(project) for path in files if path.is_file()}
    needed |= {
        Path(name) for name in ("LICENSE", "NOTICE", "CITATION.cff", "mkdocs.yml", ".gitignore")
    }
    assert needed - held == set()


def test_the_wheel_writes_a_score(programs, tmp_path):
    shutil.copy(ROOT / "samples" / "auld_lang_syne.mid", tmp_path / "take.mid")
    run(programs / "engrave", "take.mid", "-o", "x.musicxml", folder=tmp_path)
    assert main([str(tmp_path / "take.mid"), "-o", str(tmp_path / "here.musicxml")]) == 0
    assert (tmp_path / "x.musicxml").read_bytes() == (tmp_path / "here.musicxml").read_bytes()


def test_the_wheel_is_what_runs_there(programs, tmp_path):
    asked = "import engrave, sys; print(engrave.__file__.startswith(sys.prefix))"
    assert run(programs / "python", "-c", asked, folder=tmp_path) == "True\n"


def test_the_wheel_has_the_plugin_in_it(programs, tmp_path):
    (tmp_path / "Plugins").mkdir()
    run(programs / "engrave", "plugin", "install", "--to", "Plugins", folder=tmp_path)
    installed = tmp_path / "Plugins" / "engrave" / "engrave.qml"
    assert installed.read_bytes() == (ROOT / "musescore_plugin" / "engrave.qml").read_bytes()
