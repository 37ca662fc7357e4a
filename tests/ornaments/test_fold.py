"""What is left of a performance once its ornaments are folded."""

from engrave.music.note import FoldedNote, Ornament, Ornaments, Tremolo
from engrave.music.performance import RIGHT, Performance
from engrave.ornaments.fold import fold_ornaments
from tests.support.ornaments import MELODY, ROLL, TRILL, find, perform, steady
from tests.support.playing import press


def test_folding_leaves_one_note_for_a_sign_and_one_moment_for_a_chord() -> None:
    trill = Ornament("trill", 0, (1, 2, 3, 4, 5, 6), 1.0, 1.5)
    last = perform(*TRILL).notes[7]
    assert fold_ornaments(perform(*TRILL), Ornaments(frozenset({7}), (trill,))) == (
        FoldedNote(1.0, 1.5, 72, 64, hand=RIGHT, played=0),
        FoldedNote(last.onset, last.release, 71, 64, hand=RIGHT, played=7, grace=True),
    )
    chord = fold_ornaments(perform(*ROLL), Ornaments(arpeggios=((0, 1, 2, 3),)))
    assert {round(note.onset, 6) for note in chord} == {1.075}
    assert [note.played for note in chord] == [0, 1, 2, 3]


def test_nothing_is_folded_where_nothing_is_found() -> None:
    whole = perform(*MELODY)
    assert fold_ornaments(whole, find(*MELODY)) == tuple(
        FoldedNote(n.onset, n.release, n.pitch, n.velocity, n.player, n.hand, played=i)
        for i, n in enumerate(whole.notes)
    )
    assert find() == Ornaments()


def test_of_a_tremolo_the_first_chord_is_left_from_beat_to_beat() -> None:
    """Two keys in turn with one, seven strokes to the second that the grid gives them."""
    strokes = [(36, 48), (43,)] * 3
    times = [0.02 + 0.15 * k for k in range(6)]
    played = Performance(
        tuple(press(t, key, 0.1) for t, keys in zip(times, strokes, strict=True) for key in keys)
    )
    later = {0: (3, 6), 1: (4, 7), 2: (5, 8)}
    tremolo = Tremolo(((0, 1), (2,)), later, 0.0, 1.0)
    left = fold_ornaments(played, Ornaments(tremolos=(tremolo,)))
    assert [(n.played, n.pitch, n.onset, n.release) for n in left] == [
        (0, 36, 0.0, 1.0),
        (1, 48, 0.0, 1.0),
    ]


def test_of_a_glissando_the_ends_are_left() -> None:
    swept = perform(*steady(0.04, 60, 62, 64, 65, 67))
    first, last = fold_ornaments(swept, Ornaments(glissandos=((0, 1, 2, 3, 4),)))
    assert (first.pitch, first.onset, first.release) == (60, 0.0, last.onset)
    assert (last.pitch, last.played) == (67, 4)
    assert last.release == swept.notes[4].release


def test_what_is_left_stands_in_order_though_a_rolled_chord_sounds_later() -> None:
    """A note struck during the roll comes before its middle."""
    presses = [(1.0, 1.0, 48), (1.04, 0.9, 76), (1.1, 0.9, 55), (1.2, 0.8, 64)]
    left = fold_ornaments(perform(*presses), Ornaments(arpeggios=((0, 2, 3),)))
    assert [note.pitch for note in left] == [76, 48, 55, 64]
    assert [note.release for note in left[1:]] == [2.0, 2.0, 2.0]
