"""The grammar of XML that all who write MusicXML share: elements, and a stranger's text."""

import re

from lxml import etree
from lxml.etree import _Element as Element

ILLEGAL_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child of `parent`."""
    child = etree.SubElement(parent, tag, attributes)
    if text is not None:
        child.text = text
    return child


def plain(text: str) -> str:
    """A stranger's text on one line, without the characters that XML cannot hold."""
    return " ".join(ILLEGAL_IN_XML.sub("", text).split())
