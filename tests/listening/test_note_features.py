"""What the reader is told of eight notes, group by group, each checked by eye."""

import numpy as np
import pytest

from engrave.listening import note_features as module
from engrave.listening.note_features import KeyPresses, note_features
from engrave.music.performance import PedalMove, Performance
from tests.support.playing import play, press

QUARTER = np.log(0.25) + 1.5  # how a quarter of a second is told, and so on
HALF, WHOLE = QUARTER + np.log(2), QUARTER + np.log(4)
NOW, NEVER = np.log(module.SHORTEST_WAIT) + 1.5, np.log(module.LONGEST_WAIT) + 1.5

# Four chords, a quarter of a second and then half a second apart:
#   0.00 C3 E4 G4    0.25 C5    0.50 C3 (10 ms before) A4    1.00 E4 C5
EIGHT = play(
    [
        press(0, 48, 1.0, 74),
        press(0, 64, 0.25),
        press(0, 67, 0.25),
        press(0.25, 72, 0.125),
        press(0.5, 48, 0.25),
        press(0.51, 69, 0.5),
        press(1.0, 64),
        press(1.0, 72),
    ]
)
PITCH = np.array([note.pitch for note in EIGHT.notes])


def group(function, notes=EIGHT):
    """The features of a group: a row for each of them."""
    return np.array(function(KeyPresses.of(notes)))


def test_there_is_a_row_for_each_note():
    table = note_features(KeyPresses.of(EIGHT))
    assert table.shape == (8, module.NOTE_FEATURES)
    assert table.dtype == np.float32


def test_waits_from_chord_to_chord():
    back, on, back_two, on_two = group(module._waits)[:4]
    assert back == pytest.approx([NOW] * 3 + [QUARTER] * 3 + [HALF] * 2)
    assert on == pytest.approx([QUARTER] * 3 + [QUARTER] + [HALF] * 2 + [NOW] * 2)
    assert back_two == pytest.approx([NOW] * 3 + [QUARTER] + [HALF] * 2 + [HALF + np.log(1.5)] * 2)
    assert on_two == pytest.approx([HALF] * 3 + [HALF + np.log(1.5)] + [HALF] * 2 + [NOW] * 2)


def test_the_notes_around():
    """Intervals in octaves to each note before and after; then the waits to the next ones."""
    rows = group(module._among_notes)
    before, after = rows[:2]
    assert before[1:] == pytest.approx((PITCH[:-1] - PITCH[1:]) / 12)
    assert after[:-1] == pytest.approx((PITCH[1:] - PITCH[:-1]) / 12)
    assert (before[0], after[-1]) == (0, 0)
    assert rows[-2] == pytest.approx(
        [NOW, NOW, NOW, QUARTER, QUARTER, NOW, np.log(0.49) + 1.5, NOW], abs=1e-6
    )
    wide = group(module._among_notes, play([press(0, 21), press(1, 108)]))
    assert (wide[1, 0], wide[0, 1]) == (3, -3)


def test_the_place_in_the_chord():
    size, lowest, highest, late, below, above = group(module._among_chords)[:6]
    assert (3 * size).tolist() == [3, 3, 3, 1, 2, 2, 2, 2]
    assert lowest.tolist() == [1, 0, 0, 1, 1, 0, 1, 0]
    assert highest.tolist() == [0, 0, 1, 1, 0, 1, 0, 1]
    assert late == pytest.approx([0, 0, 0, 0, 0, 0.01 / 0.035, 0, 0])
    assert (12 * below).tolist() == [0, 16, 19, 0, 0, 21, 0, 8]
    assert (12 * above).tolist() == [19, 3, 0, 0, 21, 0, 8, 0]


def test_the_outer_notes_of_the_chords_around():
    rows = 12 * group(module._among_chords)[6:14].reshape(4, 2, 8)
    (bass_before, top_before), (bass_after, top_after) = rows[1], rows[2]
    assert bass_before.tolist() == [0, 0, 0, -24, 24, 24, -16, -16]
    assert top_before.tolist() == [0, 0, 0, -5, 3, 3, -3, -3]
    assert bass_after.tolist() == [24, 24, 24, -24, 16, 16, 0, 0]
    assert top_after.tolist() == [5, 5, 5, -3, 3, 3, 0, 0]
    sizes = 3 * group(module._among_chords)[14:]
    assert sizes.tolist() == [[3, 3, 3, 3, 1, 1, 2, 2], [1, 1, 1, 2, 2, 2, 2, 2]]


def test_how_long_a_key_is_held():
    held, share, _, _ = group(module._hold)
    assert held[:6] == pytest.approx([WHOLE, QUARTER, QUARTER, QUARTER - np.log(2), QUARTER, HALF])
    # Four times the wait for the next chord, all of it, half of it, ...
    assert np.exp(share[:5]) == pytest.approx([4, 1, 1, 0.5, 0.5])


def test_the_same_key_again():
    """C3 and C5 come twice, E4 again after a second; the others never."""
    _, _, since, until = group(module._hold)
    again = np.log([0.5, 1.0, 0.75]) + 1.5
    assert until == pytest.approx([again[0], again[1], NEVER, again[2], *[NEVER] * 4])
    assert since == pytest.approx([NEVER] * 4 + [again[0], NEVER, again[1], again[2]])


def test_loudness_and_how_it_differs_from_what_is_around():
    loud, above, before, after = group(module._loudness)
    assert loud.tolist() == [0.5] + [0] * 7
    assert above == pytest.approx([7 / 16] + [-1 / 16] * 7)
    assert before.tolist() == [0, 0.5] + [0] * 6
    assert after.tolist() == [-0.5] + [0] * 7


def test_pitch_and_its_class():
    height, *classes = group(module._pitch)
    assert height == pytest.approx((PITCH - 64) / 18)
    assert np.argmax(classes, axis=0).tolist() == (PITCH % 12).tolist()
    assert np.sum(classes, axis=0).tolist() == [1] * 8


def test_without_pedal_moves_nothing_is_said_of_it():
    assert not group(module._pedal).any()


def test_the_pedal_at_each_note():
    """Down half a second, up at the end of it: the last two notes come half a second later."""
    moves = (PedalMove(0.25, 127), PedalMove(0.5, 0))
    there, depth, since_press, until_press, since_lift, until_lift = group(
        module._pedal, Performance(EIGHT.notes, moves)
    )
    assert there.tolist() == [1] * 8
    assert depth.tolist() == [0, 0, 0, 1, 0, 0, 0, 0]
    assert since_press[[0, 3, 4, 6]] == pytest.approx([NEVER, NOW, QUARTER, QUARTER + np.log(3)])
    assert until_press[[0, 3]] == pytest.approx([QUARTER, NEVER])
    assert since_lift[[0, 4, 6]] == pytest.approx([NEVER, NOW, HALF])
    assert until_lift[[0, 3, 4]] == pytest.approx([HALF, QUARTER, NEVER])


def test_a_half_pressed_pedal_counts_as_down_from_64_on():
    moves = (PedalMove(0.0, 63), PedalMove(0.25, 64), PedalMove(0.5, 80), PedalMove(1.0, 40))
    rows = group(module._pedal, Performance(EIGHT.notes, moves))
    assert (127 * rows[1]).round().tolist() == [63, 63, 63, 64, 80, 80, 40, 40]
    assert rows[2, 6] == pytest.approx(QUARTER + np.log(3))  # pressed once, at 0.25
    assert rows[4, 6] == pytest.approx(NOW)


def moved(performance, seconds=0.0, semitones=0):
    return play(
        press(n.onset + seconds, n.pitch + semitones, n.release - n.onset, n.velocity)
        for n in performance.notes
    )


def test_it_does_not_matter_when_the_recording_began():
    """By a power of two, which changes no difference of times."""
    later = note_features(KeyPresses.of(moved(EIGHT, 1024.0)))
    assert later == pytest.approx(note_features(KeyPresses.of(EIGHT)), abs=1e-4)


def test_transposed_only_the_pitches_are_other():
    """Height, and the column of the pitch class, which moves along."""
    there, here = (
        note_features(KeyPresses.of(moved(EIGHT, semitones=3))),
        note_features(KeyPresses.of(EIGHT)),
    )
    columns = set(np.flatnonzero(np.any(there != here, axis=0)).tolist())
    pitch = range(module.NOTE_FEATURES - 6 - 13, module.NOTE_FEATURES - 6)
    assert columns <= set(pitch)
    assert there[:, pitch[0]] == pytest.approx(here[:, pitch[0]] + 3 / 18)
    assert np.roll(here[:, pitch[1:]], 3, axis=1).tolist() == there[:, pitch[1:]].tolist()


@pytest.mark.parametrize(
    "performance",
    [
        play([press(0)]),
        play([press(0), press(36000)]),
        play([press(3, pitch, 0) for pitch in range(21, 109)]),
        Performance(play([press(5)]).notes, (PedalMove(9, 127),)),
    ],
    ids=["one note", "ten hours apart", "all keys, no length", "pedal after all"],
)
def test_every_number_is_finite_and_moderate(performance):
    """The largest is the size of a chord of all keys, in thirds of notes."""
    assert np.abs(note_features(KeyPresses.of(performance))).max() < 88 / 3 + 0.01
