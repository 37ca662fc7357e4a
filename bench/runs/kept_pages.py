"""The pages that systems wrote, kept as compressed MusicXML that a notation program can open.

Some programs take minutes for a page. What it was made from stands in the comment of the archive,
so that a page is taken again only if it would come out the same.
"""

import zipfile
from pathlib import Path

from engrave.output.musicxml.document import CONTAINER

SCORE = "score.musicxml"  # as CONTAINER says


def keep_page(path: Path, musicxml: bytes, key: str) -> None:
    """Put a page on the shelf, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr(SCORE, musicxml)
        archive.comment = key.encode()
    partial.replace(path)


def take_page(path: Path, key: str | None = None) -> bytes | None:
    """The MusicXML of a page, if it is there and (with `key`) was kept under this key."""
    if not path.exists():
        return None
    with zipfile.ZipFile(path) as archive:
        same = key is None or archive.comment == key.encode()
        return archive.read(SCORE) if same else None
