"""How many staves: two for two hands, one for one line."""

from dataclasses import replace

import pytest

from engrave.music.instruments import instrument
from engrave.music.performance import PIANO
from engrave.voices.staves import lay_staves
from tests.support.playing import hands_at_middle_c, play, press

LINE = [press(0.5 * k, 60 + k % 12, 0.55) for k in range(24)]  # legato: a little over the next
CHORDS = [press(0.5 * k, pitch, 0.4) for k in range(12) for pitch in (64, 67, 72)]
BASS = [press(0.5 * k, 40, 0.4) for k in range(12)]


def lay(notes, player):
    performance = replace(play(notes), players=(player,))
    return lay_staves(performance, hands_at_middle_c(performance))


@pytest.mark.parametrize(
    ("notes", "player", "staves"),
    [
        (LINE, PIANO, 1),
        (LINE[:2], PIANO, 1),
        (CHORDS, PIANO, 2),  # a pianist's left hand rests
        (CHORDS + BASS, PIANO, 2),
        (CHORDS + BASS, instrument(19), 2),  # organ
        (CHORDS + BASS, instrument(48), 2),  # strings
        (CHORDS, instrument(48), 1),
        (CHORDS + BASS, instrument(24), 1),  # guitar
        ([press(k, 48 + 24 * (k % 2)) for k in range(20)], PIANO, 2),  # both hands in turn
    ],
)
def test_staves(notes, player, staves):
    laid = lay(notes, player)
    assert [p.staves for p in laid.players] == [staves]
    if staves == 1:
        assert set(laid.hands) == {1}
    else:
        assert list(laid.hands) == hands_at_middle_c(play(notes))


def test_a_note_of_the_other_hand_does_not_make_a_second_staff():
    assert lay([*LINE, press(12.5, 58)], PIANO).hands == (1,) * 25
