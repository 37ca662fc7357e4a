"""Every sample, read by the core of MuseScore 4.0; and that this judge sees what is wrong."""

from pathlib import Path

import pytest

from judges import webmscore
from samples import FOLDER, names
from tests.conftest import lacking
from tests.judges.test_musescore import FULL
from tests.support.handwritten import piece

pytestmark = pytest.mark.program
SOURCES = [FOLDER / f"{name}.musicxml" for name in names()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where everything lies as it came back: one start of Node for all."""
    if missing := webmscore.missing():
        lacking(f"{missing} is not installed")
    place = tmp_path_factory.mktemp("returned")
    webmscore.convert([*SOURCES, handwritten(place)], place)
    return place


def handwritten(folder: Path) -> Path:
    (folder / "source").mkdir()
    return piece(folder / "source", *FULL)


@pytest.mark.parametrize("source", SOURCES, ids=names())
def test_the_core_of_musescore_4_reads_what_was_written(folder, source):
    assert webmscore.findings(source, folder) == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("<step>G</step>", "<step>A</step>", "A3"),
        ("<octave>3</octave>", "<octave>2</octave>", "lost chord"),
        ('<tied type="start"/>', "", "tie"),
        ("<p/>", "<f/>", "dynamics"),
        ('"start" line="yes" sign="no"', '"start" line="yes" sign="yes"', "pedal look"),
        ("<fifths>-3</fifths>", "<fifths>-4</fifths>", "key"),
    ],
)
def test_a_difference_is_found(folder, tmp_path, old, new, word):
    """What came back, against the same piece with one thing changed in it."""
    (original,) = (folder / "source").iterdir()
    changed = tmp_path / original.name
    text = original.read_text()
    assert old in text
    changed.write_text(new.join(text.rsplit(old, 1)))
    found = webmscore.findings(changed, folder)
    assert any(word in finding for finding in found), found
