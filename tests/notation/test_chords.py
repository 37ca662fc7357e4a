"""Which heads make a chord, what leads to it, which signs it bears; what cannot be written."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.note import Articulation, Note, Ornament, Ornaments, Tremolo
from engrave.music.score import Chord, Score, Unwritten
from engrave.music.values import NoteValue
from engrave.notation.chords import ChordSigns, NoteSigns, group_chords, write_tremolo
from engrave.notation.measures import Signs
from engrave.notation.written_values import TiedValue
from engrave.output.musicxml.document import write_musicxml
from tests.conftest import Judge
from tests.support.judge import check
from tests.support.notation import grid_of, measures, performance_of, placed, written
from tests.support.notes import notate_piano, on_staves
from tests.support.playing import even_grid
from tests.support.scores import head, pitch


def test_chords_stand_from_low_to_high() -> None:
    score = written("G5 0 2; C5 0 2; E5 0 2; B4 2 2", grid_of("4/4"))
    assert measures(score) == [["1: C5+E5+G5 h B4 h"]]


def test_the_same_key_twice_at_one_place_is_written_once_and_said() -> None:
    score = written("C5 0 2; C5 0 2; D5 2 2", grid_of("4/4"))
    assert measures(score) == [["1: C5 h D5 h"]]
    assert score.unwritten == (Unwritten(1, "pressed twice at one written place"),)


def test_grace_notes_stand_before_their_chord() -> None:
    score = written("B4 1 0; C5 1 1; D5 2 0; E5 2 0; F5 2 2", grid_of("4/4"))
    assert measures(score) == [["1: rq (B4) C5 q (D5) (E5) F5 h"]]
    grace = score.parts[0].measures[0].voices[0].events[1]
    assert grace.onset == 1 and grace.length == 0


def test_a_grace_note_before_a_tied_note_stands_once() -> None:
    assert measures(written("B4 3 0; C5 3 5", grid_of("4/4", "4/4"))) == [
        ["1: rh rq (B4) C5~ q"],
        ["1: ~C5 w"],
    ]


def test_a_key_below_all_notation_is_not_written_and_said() -> None:
    notes = [
        Note(0, 10, Fraction(0), Fraction(0), grace=True),
        Note(1, 9, Fraction(0), Fraction(4)),
    ]
    grid = grid_of("4/4")
    score = notate_piano(on_staves(notes, 2), grid)
    assert check(score, performance_of(notes, grid)) == []
    assert [entry.played for entry in score.unwritten] == [0, 1]


def test_a_grace_note_goes_with_a_note_that_cannot_be_written() -> None:
    notes = [
        Note(0, 12, Fraction(0), Fraction(0), grace=True),
        Note(1, 10, Fraction(0), Fraction(4)),
    ]
    grid = grid_of("4/4")
    score = notate_piano(on_staves(notes, 2), grid)
    assert check(score, performance_of(notes, grid)) == []


def swept(*places: tuple[str, int, int], voices: str) -> Score:
    """Notes (onset, key, press) of a quarter each; the glissando goes from press 0 to press 3."""
    notes = [Note(press, key, Fraction(on), Fraction(1)) for on, key, press in places]
    ornaments = Ornaments(glissandos=((0, 1, 2, 3),))
    standing = on_staves(notes, 1, [int(voice) for voice in voices])
    return notate_piano(standing, even_grid(4, 4, bars=1), Signs(ornaments))


def test_the_line_leads_to_the_next_chord() -> None:
    score = swept(("0", 60, 0), ("1", 72, 3), voices="11")
    assert check(score) == []
    first, last, *_ = score.parts[0].measures[0].voices[0].events
    assert (first.glissando, last.glissando) == ("start", "stop")
    assert first.heads[0].folded == (1, 2)
    assert score.unwritten == ()


def test_where_something_comes_between_the_keys_are_accounted_for() -> None:
    for places, voices in (
        ((("0", 60, 0), ("1", 50, 4), ("2", 72, 3)), "111"),
        ((("0", 60, 0), ("1", 72, 3)), "12"),
    ):
        score = swept(*places, voices=voices)
        assert check(score) == []
        assert [(left.played, left.reason) for left in score.unwritten] == [
            (1, "swept over in a glissando"),
            (2, "swept over in a glissando"),
        ]


def page(notes: str, ornaments: Ornaments) -> Score:
    """Notes "key onset length staff played" in two bars of 4/4, with these ornaments."""
    rows = [word.split() for word in notes.split(";")]
    placed = [
        Note(int(i), int(key), Fraction(on), Fraction(n), grace=n == "0")
        for key, on, n, _, i in rows
    ]
    standing = on_staves(placed, [int(row[3]) for row in rows])
    return notate_piano(standing, even_grid(4, 4, bars=2), Signs(ornaments))


def chords(score: Score) -> list[Chord]:
    voices = (v for bar in score.parts[0].measures for v in bar.voices)
    return [event for v in voices for event in v.events if isinstance(event, Chord)]


TRILLED = Ornaments(signs=(Ornament("trill", 0, (1, 2, 3), 0.0, 1.0),))


def test_a_trill_on_a_half_note_takes_its_sign() -> None:
    score = page("72 0 2 1 0; 74 2 2 1 4; 48 0 4 2 5", TRILLED)
    assert [(c.ornament, c.heads[0].folded) for c in chords(score)] == [
        ("trill", (1, 2, 3)), (None, ()), (None, ()),
    ]  # fmt: skip
    text = write_musicxml(score).decode()
    assert '<notations id="p0-folds-1-2-3">' in text
    assert text.count("<trill-mark/>") == 1


def test_over_the_barline_the_sign_stands_where_the_note_begins() -> None:
    score = page("72 2 4 1 0; 74 6 2 1 4; 48 0 4 2 5", TRILLED)
    tied = [c for c in chords(score) if 0 in c.heads[0].played]
    assert [c.ornament for c in tied] == ["trill", None]
    assert [c.heads[0].folded for c in tied] == [(1, 2, 3), ()]
    presses = [press for c in chords(score) for h in c.heads for press in {*h.played, *h.folded}]
    assert sorted(set(presses)) == [0, 1, 2, 3, 4, 5]


def test_what_cannot_be_written_leaves_none_of_its_presses_out() -> None:
    score = page("72 0 2 1 9; 72 0 2 1 0", TRILLED)
    assert [note.played for note in score.unwritten] == [0, 1, 2, 3]


SIGNS = Ornaments(
    signs=(
        Ornament("trill", 0, (1, 2, 3), 0.0, 1.0),
        Ornament("turn", 4, (5, 6, 7), 1.0, 1.5),
        Ornament("trill", 14, (15, 16, 17), 3.0, 4.5),
    ),
    arpeggios=((8, 9, 10), (11, 12, 13)),
)


SHEET = (
    "72 0 2 1 0; 74 2 1 1 4; 77 3 2 1 14; 67 5 1 1 10; 71 5 1 1 18;"
    "48 0 2 2 11; 55 0 2 2 12; 60 0 2 2 13; 43 5 3 2 8; 50 5 3 2 9;"
    "76 6 0 1 19; 78 6 0 1 20; 79 6 2 1 21"
)


def test_a_page_with_every_sign(musescore_judge: Judge, schema_judge: Judge, tmp_path) -> None:
    """Trill, turn, a trill over the barline, rolled chords, and two grace notes before a note."""
    score = page(SHEET, SIGNS)
    assert check(score) == []
    assert sum(c.arpeggiated for c in chords(score)) == 3
    assert sum(c.grace for c in chords(score)) == 2
    path = tmp_path / "signs.musicxml"
    path.write_bytes(write_musicxml(score))
    assert schema_judge(path) == []
    assert musescore_judge(path) == []


def in_a_voice(text: str) -> list[Note]:
    """The notes of one voice, spelled as they are named."""
    names = [word.split()[0] for word in text.split(";")]
    return [
        replace(note, spelling=pitch(name)) for note, name in zip(placed(text), names, strict=True)
    ]


def test_a_head_stands_for_the_presses_behind_its_sign() -> None:
    """A trill, a tremolo of two chords in turn, a glissando."""
    tremolo = Tremolo(((3, 4), (5,)), {3: (6,), 4: (7,), 5: (8,)}, 0.0, 1.0)
    trill = Ornament("trill", 0, (1, 2), 0.0, 1.0)
    ornaments = Ornaments(signs=(trill,), tremolos=(tremolo,), glissandos=((9, 10, 11, 12),))
    signs = NoteSigns.of(ornaments, Articulation())
    assert {k: signs.folded(k) for k in (0, 3, 5, 9)} == {
        **{0: (1, 2), 3: (6,), 5: (8,)},
        9: (10, 11),  # the last key of a glissando has a head of its own
    }
    assert signs.folded(12) == signs.folded(13) == ()
    assert signs.second == {5}


def test_a_chord_takes_the_signs_of_each_of_its_notes() -> None:
    ornaments = Ornaments(
        signs=(Ornament("turn", 2, (9,), 0.0, 1.0),),
        arpeggios=((0, 1, 2),),
        unsigned=frozenset({0}),
    )
    touched = Articulation(staccato=frozenset({1}), fermata=frozenset({3}))
    signs = NoteSigns.of(ornaments, touched)
    chord, other = group_chords(in_a_voice("C4 0 1; E4 0 1; G4 0 1; C5 1 1"), signs, [])
    assert (chord.ornament, chord.signs) == ("turn", ChordSigns(True, False, True, False))
    assert (other.ornament, other.signs) == (None, ChordSigns(False, False, False, True))
    (bass,) = group_chords(in_a_voice("C3 0 1"), signs, [])
    assert not bass.signs.arpeggiated  # it is struck beside the others


def test_a_chord_that_visits_the_other_staff_says_so() -> None:
    home, away = in_a_voice("C4 0 1; E4 1 1")
    visiting = replace(away, staff=2)
    chords = group_chords([home, visiting], NoteSigns.of(Ornaments(), Articulation()), [])
    assert [chord.staff for chord in chords] == [None, 2]


def test_of_two_glissandos_on_one_chord_the_second_is_not_drawn() -> None:
    """The chord at which a line ends is not the beginning of another; its keys are not lost."""
    ornaments = Ornaments(glissandos=((0, 3, 1), (1, 4, 2)))
    unwritten: list[Unwritten] = []
    signs = NoteSigns.of(ornaments, Articulation())
    chords = group_chords(in_a_voice("C4 0 1; C5 1 1; C4 2 1"), signs, unwritten)
    assert [chord.glissando for chord in chords] == ["start", "stop", None]
    assert [chord.heads[0].folded for chord in chords] == [(3,), (), ()]
    assert unwritten == [Unwritten(4, "swept over in a glissando")]


def shaken(value: NoteValue, second: bool = True, **tuplet: bool) -> list[tuple]:
    """What is written of a tremolo of E and G, with C (or alone): onset, pitches, kind."""
    first, other = [head("E4", 0), head("G4", 1)], [head("C4", 2)] * second
    written = TiedValue(Fraction(1), value, 0, True, True, **tuplet)
    return [
        (chord.onset, "".join(h.pitch.step for h in chord.heads), chord.tremolo, chord.value)
        for chord in write_tremolo(written, first, other)
    ]


def test_two_chords_in_turn_share_the_time_and_each_is_drawn_with_all_of_it() -> None:
    half, quarter = NoteValue("half"), NoteValue("quarter")
    assert shaken(half) == [(1, "EG", "start", half), (2, "C", "stop", half)]
    assert [row[0] for row in shaken(quarter)] == [1, Fraction(3, 2)]
    assert shaken(half, second=False) == [(1, "EG", "single", half)]


@pytest.mark.parametrize("value", [NoteValue("eighth", 1), NoteValue("half", 0, 3, 2)])
def test_too_short_or_in_a_tuplet_they_are_struck_together(value: NoteValue) -> None:
    assert shaken(value) == [(1, "CEG", "single", value)]
