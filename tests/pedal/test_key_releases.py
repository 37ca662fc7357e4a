"""Releases of keys, found where a file holds notes as long as they sound."""

from dataclasses import replace

import pytest

from bench.runs.pedal import hold_through_pedal
from engrave.music.performance import PedalMove, Performance, PlayedNote
from engrave.pedal.key_releases import restore_key_releases
from samples import names, take


@pytest.mark.parametrize("name", names())
def test_the_releases_of_keys_stay_as_they_are(name):
    performance = take(name).performance
    assert restore_key_releases(performance) is performance


def broken_chords(stretched: bool) -> Performance:
    """Up and down over two octaves, a second each, the pedal changed every second."""
    notes, moves = [], []
    for bar in range(16):
        for k, pitch in enumerate((36, 43, 48, 52, 55, 52, 48, 43)):
            onset = bar + k / 8
            release = bar + 1.02 if stretched else onset + 0.12
            notes.append(PlayedNote(onset, release, pitch + 12 * (bar % 2), 60))
        moves += [PedalMove(bar + 0.05, 127), PedalMove(bar + 0.98, 0)]
    return Performance(tuple(notes), tuple(moves))


def test_notes_that_end_at_one_moment_end_where_the_hand_goes_on():
    found = restore_key_releases(broken_chords(stretched=True))
    held = [note.release - note.onset for note in found.notes]
    assert held[:4] == pytest.approx([0.125] * 4)  # the next note is near
    keys = broken_chords(stretched=False)
    near = [abs(a.release - b.release) < 0.3 for a, b in zip(found.notes, keys.notes, strict=True)]
    assert sum(near) > 0.9 * len(near)


def test_nothing_but_releases_is_changed():
    before = broken_chords(stretched=True)
    after = restore_key_releases(before)
    assert [replace(n, release=0) for n in after.notes] == [
        replace(n, release=0) for n in before.notes
    ]
    assert after.sustain == before.sustain
    assert all(n.release > n.onset for n in after.notes)


def test_held_through_the_pedal_is_undone_on_a_sample():
    """The bench stretches a nocturne; most releases come back to within a tenth of a second."""
    keys = take("nocturne").performance
    held = hold_through_pedal(keys)
    found = restore_key_releases(held)

    def away(notes):
        pairs = zip(notes, keys.notes, strict=True)
        return sum(abs(a.release - b.release) > 0.15 for a, b in pairs) / len(keys.notes)

    assert away(held.notes) > 0.5
    assert away(found.notes) < 0.5 * away(held.notes)


def test_an_empty_performance():
    nothing = Performance(())
    assert restore_key_releases(nothing) is nothing
