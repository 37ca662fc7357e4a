"""What an ornament may be made of: the presses of one hand, each of them in one ornament only."""

from dataclasses import replace

from engrave.music.note import Ornaments
from engrave.music.performance import PIANO
from engrave.ornaments.find import find_ornaments
from tests.support.ornaments import EVERY_PRESS, ROLL, TRILL, find, perform, said, steady
from tests.support.playing import even_grid


def test_the_other_hand_does_not_interrupt_a_mordent() -> None:
    presses = [(0.5, 0.06, 72), (0.57, 0.06, 71), (0.6, 0.3, 48), (0.64, 0.4, 72)]
    (sign,) = find(*presses, hands="1121").signs
    assert (sign.kind, sign.main, sign.folded) == ("mordent", 0, (1, 3))
    assert find(*presses, hands="1111") == Ornaments()


def test_neither_does_another_player() -> None:
    alone = perform(*TRILL)
    notes = [replace(note, player=k) for note in alone.notes for k in (0, 1)]
    both = replace(alone, notes=tuple(notes), players=(PIANO, PIANO))
    found = find_ornaments(both, said(len(notes)), even_grid(4, 4))
    assert [(sign.main, sign.folded) for sign in found.signs] == [
        (0, (2, 4, 6, 8, 10, 12)),
        (1, (3, 5, 7, 9, 11, 13)),
    ]


def test_signs_stand_in_the_order_of_their_notes() -> None:
    """A mordent, a trill and a turn; trills are looked for first."""
    mordent = [(0.0, 0.06, 67), (0.07, 0.06, 65), (0.14, 0.4, 67)]
    *quick, last = steady(0.07, 79, 77, 76, 77, start=2.5)
    turn = [*quick, (last[0], 0.5, 77)]
    found = find(*mordent, *TRILL, *turn)
    assert [sign.kind for sign in found.signs] == ["mordent", "trill", "turn"]
    assert [sign.main for sign in found.signs] == [0, 3, 12]


def test_no_press_is_in_two_ornaments() -> None:
    """Whatever the reader says of it: a trill is neither grace notes nor a rolled chord."""
    everything = dict.fromkeys(("trill", "grace", "arpeggio"), EVERY_PRESS)
    found = find(*TRILL, **everything)
    assert [len(sign.folded) for sign in found.signs] == [6]
    assert (found.graces, found.arpeggios) == (frozenset(), ())
    rolled = find(*ROLL, **everything)
    taken = [*rolled.graces, *(i for chord in rolled.arpeggios for i in chord)]
    assert sorted(taken) == sorted(set(taken))


def test_a_sweep_is_a_glissando_before_it_is_anything_else() -> None:
    white = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79)
    held = [(0.04 * k, 1.0, key) for k, key in enumerate(white)]
    every = dict.fromkeys(range(len(held)), 1.0)
    found = find(*held, arpeggio=every, grace=every)
    assert found == Ornaments(glissandos=(tuple(range(len(held))),))
