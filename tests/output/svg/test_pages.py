"""What is on the engraved page, and that it is the same page every time."""

import gzip
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

import engrave
from engrave.music.score import Event, Measure, Rest, Score
from engrave.output.musicxml.document import write_musicxml
from engrave.output.svg import pages as pages_module
from engrave.output.svg import pages as svg
from engrave.output.svg.pages import EngravingError, write_svg, write_svg_pages
from samples import FOLDER
from tests.support import scores
from tests.support.scores import chord, head, measure, opening, piano, voice, whole_rest

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parent.parent.parent.parent


def noteheads(page: str) -> list[etree._Element]:
    """The noteheads of a page, by an XML parser."""
    return etree.fromstring(page.encode()).findall(f".//{SVG}g[@data-played]")


def note_ids(page: str) -> list[str]:
    """The ids of the noteheads, without the name of the picture."""
    return [head.get("id").partition("-")[2] for head in noteheads(page)]


def ids(page: str) -> list[str]:
    """Everything on a page that has a name."""
    return [element.get("id") for element in etree.fromstring(page.encode()).iterfind(".//*[@id]")]


def texts(page: str) -> list[str]:
    return ["".join(t.itertext()) for t in etree.fromstring(page.encode()).iter(f"{SVG}text")]


def staff_tops(page: str) -> list[int]:
    """How far down (in hundredths of a millimetre) each system begins: the line at its left."""
    tops = []
    for system in etree.fromstring(page.encode()).iterfind(".//*[@data-system]"):
        sheet = system.getparent()
        shift = int(re.fullmatch(r"translate\(\d+ (\d+)\)", sheet.get("transform"))[1])
        tops.append(shift + int(re.match(r"M\d+ (\d+)V", system.find(f"{SVG}path").get("d"))[1]))
    return tops


def bars_of(sample: str, bars: int) -> Score:
    """So many bars of a sample, which begins again where it is too short."""
    score = engrave.transcribe(FOLDER / f"{sample}.mid")
    measures = list(score.parts[0].measures)
    while len(measures) < bars:
        measures += [played_later(measure, 1000 * len(measures)) for measure in measures]
    return piano(*measures[:bars], title=score.title)


def played_later(measure: Measure, by: int) -> Measure:
    """The same measure, written for other key presses."""

    def later(event: Event) -> Event:
        if isinstance(event, Rest):
            return event
        heads = [
            replace(
                h, played=tuple(by + p for p in h.played), folded=tuple(by + p for p in h.folded)
            )
            for h in event.heads
        ]
        return replace(event, heads=tuple(heads))

    voices = [replace(v, events=tuple(map(later, v.events))) for v in measure.voices]
    return replace(measure, voices=tuple(voices))


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


@pytest.mark.parametrize(
    ("make", "played"),
    [
        (scores.tied_over_the_barline, {"p0": "0", "p0-2": "0", "p1": "1", "p2": "2"}),
        (scores.ornaments, {"p5": "5 4 6 7", "p8-2": "8 9 10 11", "p12": "12"}),
    ],
)
def test_a_notehead_says_which_key_presses_it_stands_for(make, played):
    page = write_svg(make())
    said = {
        name: head.get("data-played")
        for name, head in zip(note_ids(page), noteheads(page), strict=True)
    }
    assert said.items() >= played.items()


def test_the_page_scales_and_stands_alone():
    page = write_svg(scores.graces())
    root = etree.fromstring(page.encode())
    assert root.get("viewBox").startswith("0 0 2100 ")
    assert not {"width", "height"} & set(root.keys())
    known = {f"#{name}" for name in ids(page)}
    assert {use.get("href") for use in root.iter(f"{SVG}use")} <= known
    assert {etree.QName(element).localname for element in root.iter()} <= {
        *("svg", "title", "desc", "style", "defs", "g", "path", "use", "ellipse", "text", "tspan")
    }
    assert not re.search(r"url\(|@import|@font-face|https?://(?!www.w3.org/2000/svg)", page)


def test_it_is_drawn_in_the_colour_of_the_text_around_it():
    root = etree.fromstring(write_svg(scores.graces()).encode())
    colours = {v for e in root.iter() for k, v in e.items() if k in ("fill", "stroke", "color")}
    assert colours == {"currentColor", "none"}
    (style,) = root.iter(f"{SVG}style")
    assert style.text.startswith("@media(prefers-color-scheme:dark){svg:root{color:")


def test_it_says_in_a_sentence_what_it_shows():
    score = replace(scores.eight_notes(), title="Study", composer="A. Nonymous")
    root = etree.fromstring(write_svg(score).encode())
    said = [root.findtext(f".//*[@id='{name}']") for name in root.get("aria-labelledby").split()]
    assert root.get("role") == "img"
    assert said == [
        "Study",
        "Piano score by A. Nonymous: 4/4, D major, Andante (quarter = 72), 2 bars.",
    ]
    assert [etree.QName(child).localname for child in root][:2] == ["title", "desc"]


def test_two_pictures_share_no_name():
    score = scores.triplets()
    pictures = [
        *(write_svg(score), write_svg(score, 1000), write_svg(replace(score, title="Again"))),
        *write_svg_pages(score),
        *write_svg_pages(score, "letter"),
    ]
    names = [name for picture in pictures for name in ids(picture)]
    assert len(names) == len(set(names)) > 5 * 4


def test_a_narrower_page_has_the_same_notes_on_more_systems():
    wide, narrow = write_svg(many_measures(12)), write_svg(many_measures(12), 900)
    assert note_ids(wide) == note_ids(narrow)
    assert narrow.count("data-system") > wide.count("data-system")
    assert 'viewBox="0 0 900 ' in narrow


def test_measures_carry_their_numbers():
    root = etree.fromstring(write_svg(scores.pickup()).encode())
    assert [g.get("data-measure") for g in root.iterfind(".//*[@data-measure]")] == ["0", "1", "2"]


@pytest.mark.parametrize("sample", ["nocturne", "sonatina"])
@pytest.mark.parametrize(("bars", "raw", "packed"), [(8, 55_000, 12_000), (32, 130_000, 30_000)])
def test_it_is_small(sample, bars, raw, packed):
    page = write_svg(bars_of(sample, bars)).encode()
    assert len(page) <= raw
    assert len(gzip.compress(page, 9)) <= packed


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
    whole = write_svg(many_measures(150))
    monkeypatch.setattr(pages_module, "TALLEST_PAGE", 2000)
    stacked = write_svg(many_measures(150))
    assert note_ids(stacked) == note_ids(whole)
    tops = staff_tops(stacked)
    assert len(tops) > 10
    assert all(above < below for above, below in pairwise(tops))
    height = int(re.search(r'viewBox="0 0 2100 (\d+)"', stacked)[1])
    assert 0 < tops[0] < tops[-1] < 10 * height


def test_the_same_score_gives_the_same_page_in_this_process_and_in_another():
    here = write_svg(scores.two_voices_on_a_staff())
    write_svg(scores.triplets())
    assert write_svg(scores.two_voices_on_a_staff()) == here
    program = (
        "from engrave.output.svg.pages import write_svg; from tests.support import scores;"
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


HOSTILE = """</text></svg><script>alert(1)</script>"'><img src=x onerror=alert(1)>&lt;b&#60;]]>"""


def test_the_title_and_the_composer_stand_above_the_music():
    page = write_svg(replace(scores.eight_notes(), title="A <i>title</i> \x00", composer="& Sons"))
    assert texts(page)[-2:] == ["A <i>title</i>", "& Sons"]
    untitled = write_svg(replace(scores.eight_notes(), title="", composer=""))
    assert staff_tops(page)[0] > staff_tops(untitled)[0] + 500


def test_what_strangers_wrote_stays_text():
    score = replace(scores.eight_notes(), title=HOSTILE, composer=HOSTILE)
    score = replace(score, parts=tuple(replace(part, name=HOSTILE) for part in score.parts))
    page = write_svg(score)
    plain = write_svg(scores.eight_notes())
    assert HOSTILE in "".join(etree.fromstring(page.encode()).itertext())
    kinds = [
        {(e.tag, *e.keys()) for e in etree.fromstring(p.encode()).iter()} for p in (page, plain)
    ]
    assert kinds[0] - kinds[1] <= {
        (f"{SVG}text", "x", "y", "font-size", "stroke", "text-anchor"),
    }


def test_a_title_cannot_pose_as_a_note():
    title = '<g data-played="99" data-class="note" id="p99"'
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
