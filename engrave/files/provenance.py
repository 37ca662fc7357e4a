"""Signatures of files: engrave wrote them, for which performance, and unchanged since.

A line at the end of the file, in a comment of its format (in a PNG, a chunk of text before the last
one), holds a digest of all the rest, and then the names by which the file is identified.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable
from pathlib import PurePath

SIGNATURE_WORDS = b"Written by engrave: "
MARKUP, CODE = (b"<!-- ", b" -->\n"), (b"/* ", b" */\n")
COMMENTS = {
    **dict.fromkeys((".musicxml", ".xml", ".svg", ".html"), MARKUP),
    **dict.fromkeys((".js", ".css"), CODE),
}
SIGNATURE = re.compile(rb"[0-9a-f]{32}( [0-9a-z]+)+")
PNG_TEXT = b"tEXtComment\0"  # type and keyword of the chunk
PNG_END = 12  # bytes of the last chunk: length, type, checksum


def digest(*parts: bytes) -> str:
    """The first half of the SHA-256 of byte strings, in hexadecimal."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


def sign(name: str, content: bytes, known_by: Iterable[str]) -> bytes:
    """The content of the file called `name`, signed; a format that takes no comments stays."""
    known = " ".join(known_by).encode("ascii")
    line = SIGNATURE_WORDS + digest(content, known).encode("ascii") + b" " + known
    suffix = PurePath(name).suffix.lower()
    if suffix in COMMENTS:
        opening, closing = COMMENTS[suffix]
        return content + opening + line + closing
    if suffix == ".png":
        chunk = PNG_TEXT + line
        length, checksum = len(chunk) - 4, zlib.crc32(chunk)
        framed = length.to_bytes(4, "big") + chunk + checksum.to_bytes(4, "big")
        return content[:-PNG_END] + framed + content[-PNG_END:]
    return content


def read_signature(name: str, content: bytes) -> list[str]:
    """The names in a file's signature; none if it is not signed, or was changed since."""
    body, signature = _part(PurePath(name).suffix.lower(), content)
    if not SIGNATURE.fullmatch(signature):
        return []
    said, _, known = signature.partition(b" ")
    return known.decode("ascii").split() if said == digest(body, known).encode() else []


def _part(suffix: str, content: bytes) -> tuple[bytes, bytes]:
    """The file without its signature, and the signature."""
    if suffix in COMMENTS:
        opening, closing = COMMENTS[suffix]
        body, _, rest = content.rpartition(opening + SIGNATURE_WORDS)
        return body, rest.removesuffix(closing)  # the whole content if it is not signed
    if suffix == ".png":
        before, _, rest = content.rpartition(PNG_TEXT + SIGNATURE_WORDS)
        length = max(int.from_bytes(before[-4:], "big") + 4 - len(PNG_TEXT + SIGNATURE_WORDS), 0)
        return before[:-4] + rest[length + 4 :], rest[:length]
    return content, b""
