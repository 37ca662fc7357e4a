"""What the texts of options mean, and which of them mean nothing."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from engrave.music.grid import Tap
from engrave.music.values import KeySignature, TimeSignature
from engrave.options import (
    parse_grid,
    parse_key,
    parse_meter,
    parse_pedal,
    parse_smallest,
    parse_tempo,
    parse_weights,
    read_taps,
)
from engrave.pedal.inference import PedalOptions


@pytest.mark.parametrize(
    ("parse", "given", "meant"),
    [
        (parse_meter, "6/8", TimeSignature(6, 8)),
        (parse_meter, " 32 / 16 ", TimeSignature(32, 16)),
        (parse_tempo, "72.5", 72.5),
        (parse_tempo, 10, 10.0),
        (parse_tempo, 400, 400.0),
        (parse_smallest, "1/16", Fraction(1, 16)),
        (parse_smallest, Fraction(1, 16), Fraction(1, 16)),
        (parse_smallest, 0.0625, Fraction(1, 16)),
        (parse_weights, "free", "free"),
        (parse_grid, "file", "file"),
        (parse_pedal, "infer", PedalOptions("infer")),
        (parse_pedal, "auto, simile,brackets", PedalOptions("auto", simile=True, brackets=True)),
        (parse_pedal, "full", PedalOptions("auto", simile=False)),
    ],
)
def test_what_makes_sense(parse: Callable[[Any], Any], given: object, meant: object) -> None:
    assert parse(given) == meant


@pytest.mark.parametrize(
    ("parse", "complaint", "senseless"),
    [
        (
            parse_meter,
            "is not a time signature",
            ["3/5", "0/4", "33/4", "3/", "-3/4", "waltz"],
        ),
        (parse_tempo, "is not a number of beats", ["fast", "nan", "inf", "0", "9.9", "401", ""]),
        (
            parse_smallest,
            r"is not a note value to stop at; there are 1/8, 1/16, 1/32",
            ["1/4", "1/64", "1/7", "16", "0", "1/0", "x", ""],
        ),
        (parse_weights, "names no weights; there are full and free", ["heavy", "Full", ""]),
        (parse_grid, "says nothing of the grid .* auto, file, free", ["midi", "", "auto,file"]),
        (
            parse_pedal,
            "is not a pedal option; there are auto, keep, infer, off, full, simile, brackets",
            ["loud", "infer,off", "", "simile,full", "auto,"],
        ),
    ],
)
def test_what_makes_no_sense(
    parse: Callable[[str], Any], complaint: str, senseless: list[str]
) -> None:
    for text in senseless:
        with pytest.raises(ValueError, match=f"^{re.escape(repr(text))} {complaint}"):
            parse(text)


@pytest.mark.parametrize(
    ("text", "fifths", "mode"),
    [
        ("g minor", -2, "minor"),
        ("Eb major", -3, "major"),
        ("F# minor", 3, "minor"),
        ("G", 1, "major"),
        ("gm", -2, "minor"),
        ("B-flat major", -2, "major"),
        ("c", -3, "minor"),
        ("bb", -5, "minor"),
        ("b", 2, "minor"),
        ("g major", 1, "major"),
        ("GM", 1, "major"),
        ("C sharp", 7, "major"),
        (" D♭  Maj ", -5, "major"),
    ],
)
def test_key_is_read_from_words(text, fifths, mode):
    assert parse_key(text) == KeySignature(fifths, mode)


@pytest.mark.parametrize("text", ["", "H", "cis", "C dorian", "3", "E- major", "G minor minor"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="not a key"):
        parse_key(text)


@pytest.mark.parametrize(("text", "signs"), [("G# major", "8 sharps"), ("Db minor", "8 flats")])
def test_key_without_a_signature_is_refused(text, signs):
    with pytest.raises(ValueError, match=signs):
        parse_key(text)


def test_taps_are_times_some_of_them_downbeats(tmp_path):
    path = tmp_path / "taps.txt"
    path.write_text("# two bars\n\n0 downbeat\n0.5\n1e0 downbeat  # and here it ends\n")
    assert read_taps(path) == (Tap(0.0, True), Tap(0.5, False), Tap(1.0, True))


@pytest.mark.parametrize(
    ("taps", "complaint"),
    [
        ("0.5\n1.0 upbeat\n", ", line 2: expected a time in seconds, .*'1.0 upbeat'"),
        ("0.5\n\nsoon\n", ", line 3: expected a time in seconds, .*'soon'"),
        ("-1\n", ", line 1: expected a time"),
        ("inf\n", ", line 1: expected a time"),
        ("1 downbeat\n1\n", ", line 2: 1 is not later than the tap before"),
        ("1\n# that was all\n", ": at least two taps are needed, found 1"),
        ("\N{LATIN SMALL LETTER Y WITH DIAERESIS}", ": not a text file"),
    ],
)
def test_a_wrong_tap_is_named(tmp_path, taps, complaint):
    path = tmp_path / "taps.txt"
    path.write_text(taps, encoding="latin-1")
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}{complaint}"):
        read_taps(path)
