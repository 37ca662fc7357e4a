"""How wide text is, where lines break, and where music signs in them stand."""

import pytest
from lxml import etree

from engrave.output.svg.text import MusicGlyph, read_lines, set_line, text_width, wrap

# As Verovio writes it, with the sign of a dotted quarter from its music font.
TEMPO = (
    '<text x="100" y="50" font-size="0px"><tspan><tspan font-size="400px">Largo</tspan></tspan>'
    '<tspan font-size="400px">\u00a0</tspan>'
    '<tspan><tspan font-family="Leipzig" font-size="720px">\ueca5\uecb7</tspan></tspan>'
    '<tspan font-size="400px"> = 44</tspan></text>'
)


def set_text(xml: str, **style: str) -> list:
    (line,) = read_lines(etree.fromstring(xml), style)
    return list(set_line(line))


@pytest.mark.parametrize(
    ("text", "style", "thousandths"),  # as the maker of Times New Roman gives them
    [
        ("mi", {}, 778 + 278),
        ("m", {"font-weight": "bold"}, 833),
        ("m", {"font-style": "italic"}, 722),
    ],
)
def test_text_is_as_wide_as_in_times(text, style, thousandths):
    assert text_width(text, 1000, style) == pytest.approx(thousandths, abs=6)


def test_letters_that_times_lacks_have_a_width():
    assert text_width("日本", 100) == 200
    assert text_width("\u1234", 100) == 60


def test_lines_break_between_words_and_in_long_ones():
    assert wrap("one two three", 100, 350) == ["one two", "three"]
    broken = wrap("m" * 20 + " end", 100, 400)
    assert "".join(broken) == "m" * 20 + "end"
    assert len(broken) == 5
    assert all(text_width(line, 100) <= 400 for line in broken)
    assert wrap("", 100, 300) == [""]


def test_text_of_one_font_is_one_text():
    (text,) = set_text(
        '<text x="5" y="7" font-size="0px"><tspan font-size="324px">12</tspan></text>'
    )
    assert dict(text.attrib) == {"x": "5", "y": "7", "font-size": "324", "stroke": "none"}
    assert text.text == "12"


def test_text_of_two_fonts_is_spans():
    (text,) = set_text(
        '<text x="5" y="7"><tspan font-size="300px">a</tspan>'
        '<tspan font-size="300px" font-style="italic">b</tspan></text>'
    )
    spans = [(span.text, span.get("font-style")) for span in text]
    assert spans == [("a", "normal"), ("b", "italic")]


def test_signs_stand_between_the_words_and_words_keep_their_width():
    largo, note, dot, equals = set_text(TEMPO, **{"font-weight": "bold"})
    width = text_width("Largo", 400, {"font-weight": "bold"})
    assert (largo.text, largo.get("x"), largo.get("font-weight")) == ("Largo", "100", "bold")
    assert largo.get("textLength") == str(round(width))
    assert (note.code, dot.code) == ("ECA5", "ECB7")
    assert isinstance(note, MusicGlyph) and note.scale == "0.72"
    assert 100 + width < note.x < dot.x < int(equals.get("x"))
    assert equals.text == "= 44"


def test_empty_text_is_no_line():
    assert read_lines(etree.fromstring('<text x="5" y="7" font-size="0px"/>'), {}) == []
