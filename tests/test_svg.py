"""What is on the engraved page, and that it is the same page every time."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from engrave import svg
from engrave.musicxml import write_musicxml
from engrave.score import Score
from engrave.svg import EngravingError, write_svg, write_svg_pages
from tests import scores
from tests.scores import chord, head, measure, opening, piano, voice, whole_rest

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parent.parent


def note_ids(page: str) -> list[str]:
    """The ids of the notes on a page, by an XML parser."""
    groups = etree.fromstring(page.encode()).iter(f"{SVG}g")
    return [group.get("data-id") for group in groups if group.get("data-class") == "note"]


def many_measures(count: int) -> Score:
    first = [measure(1, voice(1, chord("1", head("C5", 0))), voice(5, whole_rest(4)), **opening())]
    rest = [
        measure(i + 1, voice(1, chord("1", head("C5", i))), voice(5, whole_rest(4)))
        for i in range(1, count)
    ]
    return piano(*first, *rest)


@pytest.mark.parametrize(
    ("make", "ids"),
    [
        (scores.eight_notes, "p0 p1 p2 p3 p4 p5 p6 p7"),
        (scores.tied_over_the_barline, "p0 p0-2 p1 p2"),
        (scores.triplets, "p0 p1 p2 p3"),
        (scores.graces, "p0 p1 p2 p3"),
        (scores.two_voices_on_a_staff, "p0 p1 p2 p3 p4 p5"),
    ],
)
def test_every_notehead_is_on_the_page_under_its_id(make, ids):
    assert sorted(note_ids(write_svg(make()))) == ids.split()


def test_the_page_scales_and_stands_alone():
    page = write_svg(scores.eight_notes())
    root = etree.fromstring(page.encode())
    assert root.get("viewBox").startswith("0 0 2100 ")
    assert "xlink:href" not in page
    assert not list(root.iter("{*}image"))


def test_one_long_page_is_as_tall_as_its_music_and_pages_are_a4():
    score = many_measures(150)
    long_page = write_svg(score)
    pages = write_svg_pages(score)
    height = int(re.search(r'viewBox="0 0 2100 (\d+)"', long_page)[1])
    assert len(pages) > 1
    assert all('viewBox="0 0 2100 2970"' in page for page in pages)
    assert 2970 < height < 2970 * len(pages)
    assert len(note_ids(long_page)) == sum(len(note_ids(page)) for page in pages) == 150


def test_a_score_taller_than_the_engraver_can_draw_is_stacked(monkeypatch):
    monkeypatch.setattr(svg, "TALLEST_PAGE", 2000)
    root = etree.fromstring(write_svg(many_measures(150)).encode())
    parts = list(root.iterchildren(f"{SVG}svg"))
    assert len(parts) > 1
    places = [(int(part.get("y")), int(part.get("height"))) for part in parts]
    assert [y for y, _ in places] == [sum(h for _, h in places[:i]) for i in range(len(places))]
    assert root.get("viewBox") == f"0 0 2100 {sum(height for _, height in places)}"
    assert len(note_ids(etree.tostring(root, encoding="unicode"))) == 150


def test_the_same_score_gives_the_same_page_in_this_process_and_in_another():
    here = write_svg(scores.two_voices_on_a_staff())
    write_svg(scores.triplets())
    assert write_svg(scores.two_voices_on_a_staff()) == here
    program = (
        "from engrave.svg import write_svg; from tests import scores;"
        "import sys; sys.stdout.write(write_svg(scores.two_voices_on_a_staff()))"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    )
    assert there.stdout.decode() == here
    assert there.stderr == b""


def test_the_header_is_the_title_if_there_is_one():
    titled = write_svg(replace(scores.eight_notes(), title="A <i>title</i> & more \x00"))
    text = "".join(etree.fromstring(titled.encode()).itertext())
    assert "A <i>title</i> & more" in text
    untitled = write_svg(replace(scores.eight_notes(), title="", composer=""))
    assert 'data-class="pgHead' not in untitled


def test_a_title_cannot_pose_as_a_note():
    title = '<g data-id="p99" data-class="note"'
    assert "p99" not in note_ids(write_svg(replace(scores.eight_notes(), title=title)))


SHORT = write_musicxml(scores.triplets())  # one measure, notes p0 to p3


@pytest.mark.parametrize(
    ("musicxml", "message"),
    [
        (b"this is no score", "drew 0 of 1 measures"),
        (SHORT[: len(SHORT) // 2], "drew 2 of 4 notes"),
        (SHORT.replace(b"</measure>", b'</measure><measure number="2"/>'), "drew 2 of 1 measures"),
        (
            SHORT.replace(b"<pitch>", b"<rest/><!--").replace(b"</pitch>", b"-->"),
            "drew 0 of 4 notes",
        ),
    ],
)
def test_a_page_that_shows_something_else_is_an_error_and_nothing_is_printed(
    musicxml, message, monkeypatch, capfd
):
    monkeypatch.setattr(svg, "write_musicxml", lambda score: musicxml)
    with pytest.raises(EngravingError, match=message):
        write_svg(scores.triplets())
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_what_the_engraver_refuses_is_an_error(monkeypatch):
    monkeypatch.setitem(svg.OPTIONS, "inputFrom", "mei")
    monkeypatch.setattr(svg, "write_musicxml", lambda score: b"this is no score")
    with pytest.raises(EngravingError, match="cannot read"):
        write_svg(scores.triplets())
