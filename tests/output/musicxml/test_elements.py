"""The grammar of XML."""

from lxml import etree

from engrave.output.musicxml.elements import add
from tests.support.xml import fragment


def test_a_new_element_is_the_last_child_and_is_handed_back():
    note = etree.Element("note")
    pitch = add(note, "pitch")
    add(note, "voice", "1")
    add(pitch, "step", "C")
    assert fragment(note) == "<note><pitch><step>C</step></pitch><voice>1</voice></note>"


def test_it_may_have_attributes_and_an_empty_text_is_no_text():
    measure = etree.Element("measure")
    add(measure, "words", 'p & "q" <r>', **{"font-style": "italic"})
    add(measure, "rest", measure="yes")
    assert fragment(measure) == (
        '<measure><words font-style="italic">p &amp; "q" &lt;r&gt;</words>'
        '<rest measure="yes"/></measure>'
    )
    assert add(measure, "part-name", "").text == "" and add(measure, "dot").text is None
