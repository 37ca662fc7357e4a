"""Voices that take turns are one; voices that overlap stay two."""

from fractions import Fraction

import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.voices.merging import merge_voices
from tests.support.notes import on_staves

BARS = tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(3))
GRID = Grid(tuple(map(float, range(13))), tuple(map(Fraction, range(13))), BARS)


def united(*words: str) -> str:
    """Notes of one staff, each "onset:length:voice", and the voices that are written."""
    rows = [word.split(":") for word in words]
    notes = [
        Note(i, 60, Fraction(onset), Fraction(length), grace=length == "0")
        for i, (onset, length, _) in enumerate(rows)
    ]
    voiced = on_staves(notes, 1, [int(voice) for _, _, voice in rows])
    return "".join(str(note.voice) for note in merge_voices(voiced, GRID))


@pytest.mark.parametrize(
    ("words", "voices"),
    [
        (("0:1:2", "1:1:1", "2:1:2", "3:1:1"), "1111"),  # bass and chord, bass and chord
        (("0:1:1", "0:1:2", "2:1:1", "2:1:2"), "1111"),  # they move together
        (("0:2:2", "1:1:1", "2:2:2", "3:1:1"), "2121"),  # a bass that is held under its chord
        (("0:1:1", "0:2:2"), "12"),  # of unlike lengths
        (("0:1:2", "1:1:1", "4:2:2", "5:1:1"), "1121"),  # each bar by itself
        (("3:2:2", "5:1:1"), "21"),  # tied over the barline
        (("2:1:2", "3:2:1", "5:1:2"), "111"),  # a tie of the first voice
        (("0:0:2", "0:1:2", "1:1:1"), "111"),  # a grace note goes along
        # together, between two bars of two voices, and after one only; taking turns between two
        (("0:2:1", "0:4:2", "2:2:1", "4:4:1", "4:4:2", "8:2:1", "8:4:2"), "1211212"),
        (("0:2:1", "0:4:2", "2:2:1", "4:4:1", "4:4:2", "8:4:1"), "121111"),
        (("0:2:1", "0:4:2", "2:2:1", "4:2:1", "6:2:2", "8:2:1", "8:4:2"), "1211112"),
    ],
)
def test_one_voice_where_one_serves(words: tuple[str, ...], voices: str):
    assert united(*words) == voices
