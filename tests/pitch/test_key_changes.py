"""Where the key signature changes, on cadences that a musician can read."""

from fractions import Fraction

import pytest

from engrave.music.grid import Bar
from engrave.music.note import Note
from engrave.options import parse_key
from engrave.pitch.key_changes import find_key_sections, weigh_keys
from engrave.pitch.spelling import spell
from tests.support.scores import pitch

CADENCE = ("C4+E4+G4", "C4+F4+A4", "B3+D4+G4", "C4+E4+G4")  # I IV V I, a quarter each


def cadences(*keys: tuple[int, int]) -> tuple[list[Note], list[Bar]]:
    """Bars of a cadence: so many, each so many semitones above C."""
    notes, bars = [], []
    for count, above in keys:
        for _ in range(count):
            start = Fraction(4 * len(bars))
            bars.append(Bar(start, Fraction(4), 4, 4))
            for place, chord in enumerate(CADENCE):
                notes += [
                    Note(len(notes), pitch(name).midi + above, start + place, Fraction(1))
                    for name in chord.split("+")
                ]
    return sorted(notes, key=lambda note: (note.onset, note.pitch)), bars


def signatures(*keys: tuple[int, int]) -> list[tuple[int, int]]:
    """(bar from which on, fifths) of each section."""
    return [(int(s.start) // 4, s.key.fifths) for s in find_key_sections(*cadences(*keys))]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ([(32, 0)], [(0, 0)]),
        ([(32, 0), (32, 3)], [(0, 0), (32, -3)]),
        ([(48, 0), (48, 4), (48, 0)], [(0, 0), (48, 4), (96, 0)]),
        ([(40, 1), (40, 4)], [(0, -5), (40, 4)]),
    ],
)
def test_a_long_section_in_another_key_has_its_signature(keys, found):
    assert signatures(*keys) == found


@pytest.mark.parametrize("episode", [(4, 3), (8, 5), (12, 7)])
def test_a_few_bars_elsewhere_do_not_change_it(episode):
    assert signatures((32, 0), episode, (32, 0)) == [(0, 0)]


def test_each_section_is_spelled_in_its_key():
    """The black key above C: D flat in the first section, C sharp in the second."""
    notes, bars = cadences((40, 1), (40, 4))
    black = [note for note in spell(notes, bars=bars).notes if note.pitch % 12 == 1]
    names = [{(n.name.step, n.name.alter) for n in black if (n.onset >= 160) == k} for k in (0, 1)]
    assert names == [{("D", -1)}, {("C", 1)}]


def test_the_key_that_the_user_knows_is_the_only_one():
    notes, bars = cadences((32, 0), (32, 3))
    (section,) = spell(notes, parse_key("C major"), bars).sections
    assert (section.start, section.key.fifths) == (0, 0)


def test_silent_bars_belong_to_what_is_around_them():
    notes, bars = cadences((32, 0), (1, 0), (32, 0))
    silent = [note for note in notes if not 128 <= note.onset < 132]
    assert len(find_key_sections(silent, bars)) == 1


@pytest.mark.parametrize(
    ("keys", "written"), [([(32, 0)], 0), ([(48, 0), (32, 3)], 0), ([(24, 0), (48, 3)], -3)]
)
def test_the_signature_of_the_longest_section_is_the_likeliest(keys, written):
    notes, bars = cadences(*keys)
    likely = weigh_keys(notes, find_key_sections(notes, bars))
    shares = list(likely.values())
    assert next(iter(likely)) == written and shares == sorted(shares, reverse=True)
    assert shares[0] > 0.8 and sum(shares) == pytest.approx(1)


def test_the_key_of_two_notes_is_not_doubted():
    notes = [Note(k, 60 + 7 * k, Fraction(k), Fraction(1)) for k in range(2)]
    assert weigh_keys(notes, find_key_sections(notes, [Bar(Fraction(0), Fraction(4), 4, 4)])) == {}
