"""Which lines go from staff to staff: see `tests.regression.staves` for what is written of them."""

from fractions import Fraction

import pytest

from engrave.music.grid import Bar
from engrave.music.note import Note
from engrave.music.values import KeySignature
from engrave.notation.beams import beat_around
from engrave.pitch.spelling import spell
from engrave.voices.cross_staff import Lines, cross_staves
from tests.support.playing import even_grid

RIGHT, LEFT = 1, 2
SIXTEENTH = Fraction(1, 4)


def lines(*notes: tuple[int, int, Fraction, Fraction]) -> Lines:
    """Of notes: hand, key, onset and length; each hand has one voice."""
    ordered = sorted(notes, key=lambda note: note[2])
    placed = [
        Note(i, key, onset, length) for i, (_, key, onset, length) in enumerate(ordered)
    ]
    hands = [hand for hand, *_ in ordered]
    return cross(placed, hands, [1] * len(placed))


def cross(placed: list[Note], hand: list[int], voice: list[int]) -> Lines:
    """In C major."""
    grid = even_grid(4, 4, bars=2)
    named = spell(placed, KeySignature(0))
    return cross_staves(placed, hand, voice, named.pitches, named.sections, grid)


def run(*keys: tuple[int, int], start: int = 0, step: Fraction = SIXTEENTH) -> list[tuple]:
    """Notes of equal lengths, each with its hand."""
    return [(hand, key, start + k * step, step) for k, (hand, key) in enumerate(keys)]


UP = ((LEFT, 55), (LEFT, 57), (RIGHT, 60), (RIGHT, 62))
DOWN = ((RIGHT, 62), (RIGHT, 60), (LEFT, 57), (LEFT, 55))


def test_a_run_stands_in_the_voice_of_the_hand_that_begins_it() -> None:
    assert lines(*run(*UP)).hand == (LEFT,) * 4
    assert lines(*run(*DOWN)).hand == (RIGHT,) * 4


def test_it_goes_on_there_from_beat_to_beat() -> None:
    assert lines(*run(*UP), *run(*DOWN, start=1)).hand == (LEFT,) * 8
    assert lines(*run(*UP), *run(*DOWN, start=2)).hand == (LEFT,) * 4 + (RIGHT,) * 4


def test_so_it_is_for_each_player() -> None:
    notes = [Note(k, key, k * SIXTEENTH, SIXTEENTH) for k, (_, key) in enumerate(UP)]
    found = cross(notes, [4, 4, 3, 3], [2, 2, 1, 1])
    assert (found.hand, found.voice) == ((4,) * 4, (2,) * 4)
    apart = cross(notes, [2, 2, 3, 3], [1] * 4)
    assert apart.hand == (2, 2, 3, 3)


def test_what_is_held_to_the_end_of_the_beat_ends_with_the_next_note() -> None:
    held = [*run(*UP[:1]), (LEFT, 57, SIXTEENTH, 3 * SIXTEENTH), *run(*UP)[2:]]
    found = lines(*held)
    assert found.hand == (LEFT,) * 4
    assert [note.length for note in found.notes] == [SIXTEENTH] * 4


def test_a_grace_note_goes_with_its_main_note() -> None:
    notes = [Note(k, key, k * SIXTEENTH, SIXTEENTH) for k, (_, key) in enumerate(UP)]
    notes.insert(2, Note(4, 59, notes[2].onset, Fraction(0), grace=True))
    found = cross(notes, [2, 2, 1, 1, 1], [1] * 5)
    assert found.hand == (LEFT,) * 5
    assert found.notes[2].length == 0


@pytest.mark.parametrize(
    ("why", "notes"),
    [
        ("a leap", run((LEFT, 48), (LEFT, 52), (RIGHT, 60), (RIGHT, 64))),
        ("hands that cross", run((LEFT, 62), (LEFT, 60), (RIGHT, 57), (RIGHT, 55))),
        ("three notes", run((LEFT, 55), (RIGHT, 57), (RIGHT, 60), step=Fraction(1, 3))),
        ("a rest inside", [note for k, note in enumerate(run(*UP)) if k != 1]),
        ("a bass", [(LEFT, 55, Fraction(0), Fraction(1)), *run(*((RIGHT, 57),) * 4)[1:]]),
        ("a note from before", [(RIGHT, 72, Fraction(0), Fraction(2)), *run(*UP, start=1)]),
        ("a note beyond", [*run(*UP)[:3], (RIGHT, 62, 3 * SIXTEENTH, Fraction(1))]),
        ("both at once", [*run(*UP), (LEFT, 53, 2 * SIXTEENTH, SIXTEENTH)]),
        (
            "a long note",
            [(LEFT, 55, Fraction(0), Fraction(5, 8))]
            + [(RIGHT, 57 + k, Fraction(5 + k, 8), Fraction(1, 8)) for k in range(3)],
        ),
        ("one hand", run((LEFT, 55), (LEFT, 57), (LEFT, 60), (LEFT, 62))),
    ],
)
def test_what_is_no_line(why: str, notes: list) -> None:
    found = lines(*notes)
    ordered = sorted(notes, key=lambda note: note[2])
    assert found.hand == tuple(hand for hand, *_ in ordered), why
    assert [note.length for note in found.notes] == [length for *_, length in ordered], why


@pytest.mark.parametrize(
    ("later", "crosses"),
    [
        ((LEFT, 66), False),  # its own staff would need the sharp once more
        ((RIGHT, 66), True),
        ((RIGHT, 65), False),  # the natural would look needless
        ((LEFT, 62), True),  # no sign at all
        ((LEFT, 78), True),
    ],
)
def test_accidentals_are_not_to_be_lost(later: tuple[int, int], crosses: bool) -> None:
    sharp = run((LEFT, 59), (LEFT, 60), (RIGHT, 62), (RIGHT, 66))
    found = lines(*sharp, (*later, Fraction(2), Fraction(1)))
    assert (found.hand[:4] == (LEFT,) * 4) == crosses
    assert lines(*sharp, (LEFT, 66, Fraction(4), Fraction(1))).hand[:4] == (LEFT,) * 4


def test_beats_are_counted_from_the_end_of_the_bar() -> None:
    pickup = Bar(Fraction(0), Fraction(3, 2), 4, 4)
    found = [beat_around(Fraction(k, 2), pickup) for k in range(3)]
    assert [(beat.start, beat.end) for beat in found] == [
        (0, Fraction(1, 2)),
        (Fraction(1, 2), Fraction(3, 2)),
        (Fraction(1, 2), Fraction(3, 2)),
    ]
    compound = Bar(Fraction(3), Fraction(3), 6, 8)
    assert beat_around(Fraction(5), compound).start == Fraction(9, 2)
