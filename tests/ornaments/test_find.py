"""Which presses become an ornament, and how it is written; the evidence is made by hand."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.evidence import Evidence
from engrave.music.note import FoldedNote, Note, Ornament, Ornaments
from engrave.music.performance import RIGHT, Performance, PlayedNote
from engrave.music.score import Chord, Score
from engrave.notation.measures import Signs
from engrave.ornaments.find import find_ornaments
from engrave.ornaments.fold import fold_ornaments
from engrave.output.musicxml.document import write_musicxml
from tests.conftest import Judge
from tests.support.evidence import blank
from tests.support.judge import check
from tests.support.notes import notate_piano, on_staves
from tests.support.playing import even_grid

UNLIKELY = -6.0  # log odds of everything that a test does not say
Press = tuple[float, float, int]  # onset, seconds held, key
SEMIQUAVER = 0.125  # seconds, at 120 quarters a minute


def perform(*presses: Press, hands: str = "") -> Performance:
    """The presses by the right hand, if nothing is said."""
    played = zip(presses, map(int, hands or str(RIGHT) * len(presses)), strict=True)
    return Performance(
        tuple(PlayedNote(on, on + held, key, 64, hand=hand) for (on, held, key), hand in played)
    )


def said(count: int, **flags: dict[int, float]) -> Evidence:
    """What the reader says of so many notes: `trill={3: 1.0}` are log odds by index of the note."""
    table = np.full((count, len(heads.FLAGS)), UNLIKELY)
    for name, odds in flags.items():
        for i, value in list(odds.items())[:count]:
            table[i, heads.FLAGS.index(name)] = value
    return replace(blank(count), flags=table)


def find(
    *presses: Press, hands: str = "", quarter: float = 0.5, **flags: dict[int, float]
) -> Ornaments:
    """The ornaments of presses that one hand plays if nothing is said; quarters last so long."""
    performance = perform(*presses, hands=hands)
    grid = even_grid(4, 4, seconds=quarter)
    return find_ornaments(performance, said(len(presses), **flags), grid)


def steady(step: float, *keys: int, start: float = 0.0) -> list[Press]:
    return [(start + k * step, step * 0.9, key) for k, key in enumerate(keys)]


TRILL = [*steady(0.07, 72, 74, 72, 74, 72, 74, 72, start=1.0), (2.0, 0.9, 71)]
MELODY = steady(0.5, 72, 74, 76, 77)
EVERY_PRESS = dict.fromkeys(range(8), 1.0)  # as far as there are so many


def test_a_trill_is_one_note_from_its_first_press_to_its_last_release() -> None:
    (sign,) = find(*TRILL, extra=dict.fromkeys(range(1, 7), 0.0)).signs
    assert sign == Ornament("trill", 0, (1, 2, 3, 4, 5, 6), 1.0, pytest.approx(1.483))


def test_a_trill_from_above_stands_on_its_lower_note() -> None:
    presses = [*steady(0.07, 74, 72, 74, 72, 74, 72, 74, start=1.0), TRILL[-1]]
    (sign,) = find(*presses, extra=EVERY_PRESS).signs
    assert (sign.main, sign.folded, sign.onset) == (1, (0, 2, 3, 4, 5, 6), 1.0)


def test_a_trill_from_above_may_be_entered_from_its_main_note() -> None:
    above = steady(0.07, 74, 72, 74, 72, 74, 72, start=1.0)
    held, let_go, far = (0.82, 0.17, 72), (0.82, 0.1, 72), (0.6, 0.39, 72)
    (sign,) = find(held, *above).signs
    assert (sign.main, sign.onset, len(sign.folded)) == (0, 0.82, 6)
    for before in (let_go, far, (0.82, 0.17, 71)):
        (sign,) = find(before, *above).signs
        assert (sign.main, sign.onset) == (2, 1.0)


DOUBTFUL = [*steady(0.1, 72, 74, 72, 74, 72, start=1.0), (2.0, 0.9, 71)]


def test_an_alternation_that_the_reader_takes_for_notes_is_written_out() -> None:
    assert find(*DOUBTFUL) == Ornaments()
    assert find(*DOUBTFUL, trill={0: 0.0}).signs
    assert find(*DOUBTFUL, trill={0: 0.0}, hands="121212") == Ornaments()


def test_an_alternation_faster_than_the_notes_of_its_pace_is_a_trill() -> None:
    assert find(*DOUBTFUL, quarter=1.0).signs
    assert find(*TRILL).signs
    sixteenths = [*steady(0.1, 72, 74, 72, 74, 72, 74, 72, start=1.0), (2.0, 0.9, 71)]
    assert find(*sixteenths, quarter=0.4) == Ornaments()


def test_an_alternation_out_of_a_run_is_rather_written_out() -> None:
    run = steady(0.1, 67, 69, 71, start=0.7)
    assert find(*DOUBTFUL, trill={0: -5.0}).signs
    assert not find(*run, *DOUBTFUL, trill={3: -5.0}).signs


@pytest.mark.parametrize(
    "presses",
    [
        steady(0.07, 72, 77, 72, 77, 72, 77, 72, 77),
        steady(0.2, 72, 74, 72, 74, 72, 74, 72, 74),
        steady(0.07, 72, 74, 76, 77, 79, 81, 83, 84),
        steady(0.07, 72, 72, 72, 72, 72, 72, 72, 72),
    ],
    ids=["of a fourth", "slow", "a run", "one key"],
)
def test_whatever_the_reader_says_this_is_no_trill(presses: list[Press]) -> None:
    assert find(*presses, extra=EVERY_PRESS, trill={0: 1.0}).signs == ()


def test_a_long_note_before_the_alternation_is_not_part_of_the_trill() -> None:
    before = (0.86, 0.13, 74)
    (sign,) = find(before, *TRILL, extra=dict.fromkeys(range(9), 1.0)).signs
    assert (sign.main, sign.onset) == (1, 1.0)


@pytest.mark.parametrize(
    ("keys", "main"), [((74, 72, 71, 72), 1), ((72, 74, 72, 71, 72), 0)], ids=["four", "five"]
)
def test_a_turn_goes_around_its_note(keys: tuple[int, ...], main: int) -> None:
    *quick, last = steady(0.08, *keys, start=0.5)
    presses = [(0.0, 0.4, 67), *quick, (last[0], 0.5, last[2]), (1.5, 0.5, 77)]
    (sign,) = find(*presses, trill={1 + main: 1.0}).signs
    assert (sign.kind, sign.main, len(sign.folded)) == ("turn", 1 + main, len(keys) - 1)
    assert find(*presses) == Ornaments()
    assert find(*presses, quarter=1.0).signs == (sign,)  # faster than its 32nds
    even = [*presses[:-2], (presses[-2][0], 0.1, presses[-2][2]), presses[-1]]
    assert find(*even, quarter=1.0) == Ornaments()  # it rests nowhere


@pytest.mark.parametrize(
    ("neighbour", "kind"), [(71, "mordent"), (70, "mordent"), (74, "inverted-mordent")]
)
def test_a_mordent_goes_to_its_neighbour_and_back(neighbour: int, kind: str) -> None:
    presses = [(0.5, 0.06, 72), (0.57, 0.06, neighbour), (0.64, 0.4, 72), (1.1, 0.4, 76)]
    found = find(*presses)
    assert found.signs == (Ornament(kind, 0, (1, 2), 0.5, 1.04),)
    folded = fold_ornaments(perform(*presses), found)
    assert [note.played for note in folded] == [0, 3]
    assert folded[0] == FoldedNote(0.5, 1.04, 72, 64, hand=RIGHT, played=0)


def test_three_notes_that_are_no_mordent() -> None:
    def around(step: float, rest: float, neighbour: int = 71) -> list[Press]:
        quick = steady(step, 72, neighbour, start=0.5)
        return [*quick, (0.5 + 2 * step, rest, 72), (2.0, 0.4, 76)]

    assert find(*around(0.07, 0.4)).signs
    assert find(*around(0.07, 0.12)) == Ornaments()  # it rests nowhere
    assert find(*around(0.07, 0.4), quarter=0.35) == Ornaments()  # slower than its 32nds
    assert find(*around(0.07, 0.4), quarter=0.35, trill={1: 1.0}).signs  # but the reader is sure
    assert find(*around(0.11, 0.6), quarter=1.0) == Ornaments()  # too slow for any pace
    assert find(*around(0.07, 0.4, neighbour=69)) == Ornaments()  # no neighbour
    firmly = perform(*around(0.07, 0.4)).notes
    brushed = Performance((firmly[0], replace(firmly[1], velocity=30), *firmly[2:]))
    for performance, count in ((Performance(firmly), 1), (brushed, 0)):
        found = find_ornaments(performance, said(4), even_grid(4, 4, seconds=0.5))
        assert len(found.signs) == count
    assert find((0.43, 0.06, 77), *around(0.07, 0.4)) == Ornaments()  # out of a run
    assert find((0.38, 0.11, 77), *around(0.07, 0.4)).signs


def test_two_grace_notes_that_the_reader_hears() -> None:
    presses = [*MELODY[:2], (0.8, 0.1, 67), (0.9, 0.1, 72), *MELODY[2:]]
    assert find(*presses, grace={2: 1.0, 3: 1.0}).graces == {2, 3}


def test_a_grace_note_has_another_note_soon_after_it_in_its_hand() -> None:
    every = {"grace": EVERY_PRESS}
    assert find((0.0, 0.1, 72), (0.3, 0.5, 74), **every).graces == set()
    assert find((0.0, 0.1, 72), (0.1, 0.5, 72), **every).graces == set()
    assert find((0.0, 0.1, 72), (0.1, 0.5, 74), hands="12", **every).graces == set()
    assert find((0.0, 0.1, 72), **every).graces == set()
    assert find((0.0, 0.1, 72), (0.1, 0.5, 74), **every).graces == {0}


def test_a_press_that_stands_out_needs_less_evidence() -> None:
    acciaccatura = [*MELODY[:2], (0.93, 0.06, 75), *MELODY[2:]]
    assert find(*acciaccatura, grace={2: -3.0}).graces == {2}
    assert find(*acciaccatura, grace={2: -4.0}).graces == set()
    run = steady(SEMIQUAVER, 72, 74, 76, 77, 79, 81)
    assert find(*run, grace={2: -3.0}).graces == set()


ROLL = [(1.0, 1.0, 48), (1.05, 0.95, 55), (1.1, 0.9, 64), (1.15, 0.85, 72)]


def test_a_rolled_chord_through_both_hands() -> None:
    heard = {"arpeggio": dict.fromkeys(range(4), 0.0)}
    assert find(*ROLL, hands="2211", **heard).arpeggios == ((0, 1, 2, 3),)
    assert find(*ROLL, hands="2211").arpeggios == ()


@pytest.mark.parametrize(("bass", "beside"), [(0.99, {0}), (0.94, set())])
def test_a_bass_that_is_struck_where_the_other_hand_begins_to_roll_is_not_rolled(
    bass: float, beside: set[int]
) -> None:
    heard = {"arpeggio": dict.fromkeys(range(4), 0.0)}
    found = find((bass, 1.2, 36), (1.0, 1.0, 60), *ROLL[2:], hands="2111", **heard)
    assert found.arpeggios == ((0, 1, 2, 3),)
    assert found.unsigned == beside


def test_keys_let_go_on_the_way_or_struck_downwards_are_no_rolled_chord() -> None:
    heard = {"arpeggio": dict.fromkeys(range(4), 2.0)}
    broken = [(onset, 0.06, key) for onset, _, key in ROLL]
    falling = [(on, held, key) for (on, held, _), (*_, key) in zip(ROLL, ROLL[::-1], strict=True)]
    together = [(1.0 + 0.01 * k, 1.0, key) for k, (*_, key) in enumerate(ROLL)]
    for presses in (broken, falling, together):
        assert find(*presses, **heard).arpeggios == ()


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
