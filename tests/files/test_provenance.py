"""The signature of a file: it holds for what was signed, and for nothing else."""

import zlib

import pytest

from engrave.files.provenance import digest, read_signature, sign
from tests.support.waltz import WALTZ

PNG = b"\x89PNG: something" + bytes(20)


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.js", "a.css", "a.musicxml", "a.png"])
def test_a_signature_holds_only_for_what_was_signed(name):
    signed = sign(name, PNG, ["one", "two"])
    assert read_signature(name, signed) == ["one", "two"]
    assert read_signature(name, PNG) == []
    assert read_signature(name, b"") == []
    checksum = range(len(signed) - 16, len(signed) - 12) if name.endswith(".png") else ()
    for at in set(range(len(signed))) - set(checksum):
        changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
        assert read_signature(name, changed) == []
    assert read_signature(name, b"x" + signed) == read_signature(name, signed + b"x") == []


@pytest.mark.parametrize("name", ["a.mid", "a.pdf", "a.mxl", "svg", "a"])
def test_what_takes_no_comment_is_not_signed(name):
    assert sign(name, WALTZ, ["one"]) == WALTZ
    assert read_signature(name, WALTZ) == []
    assert read_signature(name, sign("a.svg", WALTZ, ["one"])) == []


@pytest.mark.parametrize(
    ("name", "opening", "closing"),
    [
        *((f"a{suffix}", b"<!-- ", b" -->\n") for suffix in (".musicxml", ".xml", ".svg", ".html")),
        *((f"a{suffix}", b"/* ", b" */\n") for suffix in (".js", ".css")),
        ("folder.js/A.SVG", b"<!-- ", b" -->\n"),
    ],
)
def test_it_is_a_comment_at_the_end_that_the_format_knows(name, opening, closing):
    signed = sign(name, b"content\n", ["one", "two"])
    line = b"Written by engrave: " + digest(b"content\n", b"one two").encode() + b" one two"
    assert signed == b"content\n" + opening + line + closing
    assert read_signature(name, signed) == ["one", "two"]


def test_in_a_png_it_is_a_chunk_of_text_before_the_last_one():
    signed = sign("a.png", PNG, ["one"])
    assert (signed[: len(PNG) - 12], signed[-12:]) == (PNG[:-12], PNG[-12:])
    chunk = signed[len(PNG) - 12 : -12]
    length, kind = int.from_bytes(chunk[:4], "big"), chunk[4:8]
    assert (length, kind) == (len(chunk) - 12, b"tEXt")
    assert chunk[8:].startswith(b"Comment\0Written by engrave: ")
    assert zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")


@pytest.mark.parametrize("name", ["a.svg", "a.png"])
def test_of_two_signatures_the_last_one_counts(name):
    """What a file holds of an earlier one is a part of what was signed."""
    twice = sign(name, sign(name, PNG, ["old"]), ["new"])
    assert read_signature(name, twice) == ["new"]


def test_a_signature_of_another_file_does_not_hold():
    first, second = sign("a.svg", b"one", ["x"]), sign("a.svg", b"two", ["x"])
    assert read_signature("a.svg", b"one" + second.removeprefix(b"two")) == []
    assert read_signature("a.svg", first.replace(b" x ", b" y ")) == []


def test_a_digest_tells_apart_what_its_parts_are():
    assert digest(b"ab", b"c") != digest(b"a", b"bc") != digest(b"abc")
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223"  # FIPS 180-2, its first half


def test_what_a_file_is_known_by_must_be_plain():
    with pytest.raises(UnicodeEncodeError):
        sign("a.svg", b"", ["für"])
