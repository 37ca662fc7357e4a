"""How many staves: two for two hands, one for one line."""

from dataclasses import replace

import pytest

from engrave.music.instruments import instrument
from engrave.music.performance import PIANO, RIGHT
from engrave.voices.staves import assign_staves
from tests.support.playing import play, press, with_hands

LINE = [press(0.5 * k, 60 + k % 12, 0.55) for k in range(24)]  # legato: a little over the next
CHORDS = [press(0.5 * k, pitch, 0.4) for k in range(12) for pitch in (64, 67, 72)]
BASS = [press(0.5 * k, 40, 0.4) for k in range(12)]


def assigned(notes, player):
    return assign_staves(replace(with_hands(play(notes)), players=(player,)))


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
    found = assigned(notes, player)
    assert [p.staves for p in found.players] == [staves]
    if staves == 1:
        assert found.notes == tuple(replace(note, hand=RIGHT) for note in play(notes).notes)
    else:
        assert found.notes == with_hands(play(notes)).notes


def test_a_note_of_the_other_hand_does_not_make_a_second_staff():
    found = assigned([*LINE, press(12.5, 58)], PIANO)
    assert [note.hand for note in found.notes] == [RIGHT] * 25
