"""The title and the composer above the music."""

from dataclasses import replace

import pytest

from engrave.output.svg.heading import find_heading
from engrave.output.svg.pages import DRAWING_UNITS, STAFF_STEP, TITLE_ROOM
from engrave.output.svg.text import text_width
from tests.support import scores

WIDTH = 18000
MOST_ROOM = 24 * DRAWING_UNITS * STAFF_STEP + TITLE_ROOM  # that Verovio can be asked to keep free


def heading(title: str = "", composer: str = "", width: int = WIDTH):
    return find_heading(replace(scores.eight_notes(), title=title, composer=composer), width)


def test_without_words_there_is_none():
    assert heading() is None
    assert heading(" \x00\n ") is None


@pytest.mark.parametrize(
    ("words", "lines", "smaller"), [(3, 1, False), (12, 2, False), (25, 3, True), (500, 3, True)]
)
def test_a_longer_title_has_more_lines_then_smaller_letters_then_an_end(words, lines, smaller):
    found = heading("Sonatina " * words, "A. Nonymous")
    assert len(found.title) == lines
    assert (found.title_size < heading("Sonatina").title_size) == smaller
    assert found.title[-1].endswith("…") == (words == 500)


@pytest.mark.parametrize("title", ["", "A", "Sonatina " * 500, "m" * 5000])
@pytest.mark.parametrize("composer", ["", "B", "Composer " * 500])
@pytest.mark.parametrize("width", [WIDTH, 8000])
def test_it_fits_the_page(title, composer, width):
    found = heading(title, composer, width)
    if found is None:
        assert title == composer == ""
        return
    assert TITLE_ROOM <= found.height <= MOST_ROOM
    for line in found.set(width):
        assert text_width(line.text, int(line.get("font-size"))) <= width
        assert 0 < int(line.get("y")) < found.height
