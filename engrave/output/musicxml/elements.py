"""Creating elements: what all modules that write MusicXML share."""

from lxml import etree
from lxml.etree import _Element as Element


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child of `parent`."""
    child = etree.SubElement(parent, tag, attributes)
    if text is not None:
        child.text = text
    return child
