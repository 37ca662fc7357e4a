"""The page on which the notation samples are looked at, before and after a change."""

import re
import shutil
from pathlib import Path

import pytest

from tests import look
from tests.regression import ALL

TWO = [sample for sample in ALL if sample.name in ("dots", "two_voices")]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory, musescore3: str) -> Path:
    folder = tmp_path_factory.mktemp("look")
    look.draw(TWO, folder)
    return folder


def test_each_sample_is_drawn_by_both_engravers_with_its_sentence(drawn: Path) -> None:
    compared = look.compare(TWO, drawn, drawn)
    assert [one.worst for one in compared] == [0.0, 0.0]
    page = look.write_page(compared, drawn, drawn)
    assert "2 samples, 0 changed" in page
    assert page.count('<img src="data:image/png;base64,') == 4
    assert all(sample.sentence in page for sample in TWO)


def test_what_has_changed_most_comes_first_beside_what_it_was(drawn: Path, tmp_path: Path) -> None:
    shutil.copytree(drawn, tmp_path, dirs_exist_ok=True)
    shutil.copy(tmp_path / "verovio" / "dots.png", tmp_path / "verovio" / "two_voices.png")
    (tmp_path / "musescore" / "dots.png").unlink()
    compared = look.compare(TWO, drawn, tmp_path)
    assert [one.sample.name for one in compared] == ["dots", "two_voices"]
    dots, voices = (one.changed for one in compared)
    assert dots == {"verovio": 0.0, "musescore": None}
    assert 0 < voices["verovio"] < 1 and voices["musescore"] == 0.0
    page = look.write_page(compared, drawn, tmp_path)
    assert re.findall(r"<h2>(\w+)<", page) == []
    assert re.findall(r"<h2>(\w+) <small>changed: ([^<]+)<", page) == [
        ("dots", "musescore new"),
        ("two_voices", f"verovio {100 * voices['verovio']:.0f} %"),
    ]
    assert page.count("<figcaption>verovio, before") == 1
