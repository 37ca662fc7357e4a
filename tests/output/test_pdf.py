"""What is printed: pages of the right size, with all the ink of the SVG and with text as text."""

import io
import re
from dataclasses import replace

import pypdfium2
import pytest
from lxml import etree
from PIL import Image

from engrave.output import pdf
from engrave.output.pdf import TooTallError, write_pdf, write_png, write_png_pages
from engrave.output.svg.pages import write_svg, write_svg_pages
from tests.output.svg.test_pages import many_measures
from tests.support import scores
from tests.support.scores import chord, head, measure, opening, piano, voice

SVG = "{http://www.w3.org/2000/svg}"
MILLIMETRE = 72 / 25.4
HOSTILE = '#panic("x") $x$ *b* _i_ \\ "q" </svg> #{'


def places(page: str) -> list[tuple[float, float]]:
    """A point inside each (black) notehead of a page, as shares of its width and height."""
    root = etree.fromstring(page.encode())
    width, height = map(int, root.get("viewBox").split()[2:])
    points = []
    for group in root.iterfind(".//*[@data-played]"):
        left, top = map(
            int, re.findall(r"\d+", group.getparent().getparent().getparent().get("transform"))
        )
        use = group.find(f"{SVG}use")
        x, y = int(use.get("x")) + left, int(use.get("y")) + top
        points.append(((x + 40) / (10 * width), (y + 30) / (10 * height)))
    return points


def paint(image: Image.Image, places: list[tuple[float, float]]) -> list[int]:
    """The grey at these places."""
    grey = image.convert("L")
    return [grey.getpixel((round(x * grey.width), round(y * grey.height))) for x, y in places]


@pytest.mark.parametrize(("paper", "size"), [("a4", (210, 297)), ("letter", (215.9, 279.4))])
def test_a_pdf_has_pages_of_paper(paper, size):
    score = many_measures(150)
    document = pypdfium2.PdfDocument(write_pdf(score, paper))
    assert len(document) == len(write_svg_pages(score, paper)) > 1
    for page in document:
        assert page.get_size() == pytest.approx([side * MILLIMETRE for side in size], abs=0.1)


def test_every_notehead_of_the_page_is_printed():
    upper = [chord("4", head(name, i)) for i, name in enumerate(("C5", "F#5", "B4", "E4"))]
    lower = [chord("4", head(name, i + 4)) for i, name in enumerate(("C3", "C2", "G3", "D4"))]
    score = piano(measure(1, voice(1, *upper), voice(5, *lower), **opening()))
    (page,) = write_svg_pages(score)
    (printed,) = pypdfium2.PdfDocument(write_pdf(score))
    (picture,) = write_png_pages(score)
    for image, drawn in (
        (printed.render(scale=3).to_pil(), page),
        (Image.open(io.BytesIO(picture)), page),
        (Image.open(io.BytesIO(write_png(score))), write_svg(score)),
    ):
        assert len(places(drawn)) == 8
        assert max(paint(image, places(drawn))) < 60
        assert paint(image, [(0.02, 0.02)]) == [255]


def test_text_is_text_and_its_fonts_are_in_the_file():
    content = write_pdf(replace(scores.eight_notes(), title="Étude «Ноты»", composer="Müller"))
    (page,) = pypdfium2.PdfDocument(content)
    said = page.get_textpage().get_text_range()
    assert all(text in said for text in ("Étude «Ноты»", "Müller", "Andante", "= 72"))
    fonts = re.findall(rb"/FontDescriptor/FontName.*?>>", content, re.DOTALL)
    assert len(fonts) > 1
    assert all(b"/FontFile" in font and b"LibertinusSerif" in font for font in fonts)


def test_pages_have_numbers_from_the_second_on():
    document = pypdfium2.PdfDocument(write_pdf(many_measures(150)))
    at_the_foot = [
        page.get_textpage().get_text_bounded(top=12 * MILLIMETRE).strip() for page in document
    ]
    assert at_the_foot == ["", *map(str, range(2, len(document) + 1))]


def test_what_strangers_wrote_is_no_markup():
    content = write_pdf(replace(scores.eight_notes(), title=HOSTILE, composer=HOSTILE))
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_dict()["Title"] == HOSTILE
    said = " ".join(document[0].get_textpage().get_text_range().split())
    assert said.count(HOSTILE) == 2


def test_the_same_score_gives_the_same_bytes():
    score = scores.graces()
    assert write_pdf(score) == write_pdf(score)
    assert write_png(score) == write_png(score)


def test_a_picture_is_black_on_white_and_as_wide_as_a_page():
    image = Image.open(io.BytesIO(write_png(scores.graces())))
    assert image.width == round(2100 / 254 * 192)
    assert image.getchannel("A").getextrema() == (255, 255)
    assert image.convert("L").getextrema() == (0, 255)


def test_a_picture_that_nobody_could_open_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "TALLEST_PICTURE", 100)
    with pytest.raises(TooTallError, match=r"would be \d+ pixels high"):
        write_png(scores.graces())
