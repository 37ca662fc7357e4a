"""Each rule for the signs around the notes, with a score that breaks this rule and no other."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.check import marks as rules
from engrave.music.marks import (
    Clef,
    Dynamic,
    Hairpin,
    HiddenTempo,
    OctaveLine,
    PedalMark,
    TempoMark,
    TempoWords,
)
from engrave.music.score import Score
from tests.support import scores
from tests.support.faults import C5, Broken, broken_rules, one, rules_in, two
from tests.support.scores import BASS, EIGHTH, QUARTER, TREBLE, chord, head, piano, rest, voice


def pedalled(*marks: tuple[int | Fraction, str], **details) -> Score:
    left = voice(5, rest("2"), rest("2"))
    pedals = tuple(PedalMark(Fraction(onset), kind) for onset, kind in marks)
    return one(C5, other=left, marks=pedals, **details)


def marked(*marks) -> Score:
    """A bar of two halves with these marks."""
    return one(chord("2", head("C5", 0)), chord("2", head("D5", 1)), marks=marks)


def in_the_second_part(mark: HiddenTempo) -> Score:
    """A duo whose second player has a mark in the first bar."""
    first, second = scores.duo().parts
    bars = (replace(second.measures[0], marks=(mark,)), *second.measures[1:])
    return replace(scores.duo(), parts=(first, replace(second, measures=bars)))


def under_an_octave_line() -> Score:
    """`scores.crossing` with a line over the upper staff."""
    score = scores.crossing()
    (bar,) = score.parts[0].measures
    ends = [(0, "start"), (2, "stop")]
    marks = tuple(OctaveLine(Fraction(place), 1, "8va", kind) for place, kind in ends)
    return piano(replace(bar, marks=marks))


BROKEN: list[Broken] = [
    (
        rules.check_octave_lines,
        under_an_octave_line(),
        "measure 1: an octave line where a line goes from staff to staff",
    ),
    (
        rules.check_marks,
        one(C5, marks=(Dynamic(Fraction(2), "p"),)),
        "measure 1, at 2: a dynamic sign where nothing starts",
    ),
    (
        rules.check_marks,
        one(C5, marks=(Dynamic(Fraction(4), "p"),)),
        "measure 1, at 4: a dynamic sign where nothing starts",
    ),
    (
        rules.check_marks,
        one(
            *(chord("2", head("C5", i)) for i in range(2)),
            clefs=(TREBLE, BASS, Clef(2, "G", 2, Fraction(2))),
        ),
        "measure 1, at 2: a clef where nothing starts on staff 2",
    ),
    (
        rules.check_marks,
        one(
            *(chord("2", head("C5", i)) for i in range(2)),
            marks=(PedalMark(Fraction(4, 3), "start"), PedalMark(Fraction(4), "stop")),
        ),
        "measure 1, at 4/3: a pedal mark where nothing starts on staff 2",
    ),
    (
        rules.check_marks,
        one(C5, clefs=(TREBLE, BASS, Clef(3, "G", 2))),
        "measure 1, at 0: a clef where nothing starts on staff 3",
    ),
    (
        rules.check_marks,
        one(C5, clefs=(Clef(1, "C", 3), BASS)),
        "measure 1: there is no clef C on line 3",
    ),
    (
        rules.check_marks,
        one(C5, marks=(TempoMark(Fraction(0), EIGHTH, 0),)),
        "measure 1: 0 a minute is no tempo",
    ),
    (
        rules.check_pedals,
        pedalled((0, "start"), (2, "start"), (4, "stop")),
        "measure 1, at 2: the pedal goes down although it is down since measure 1, at 0",
    ),
    (
        rules.check_pedals,
        pedalled((2, "stop")),
        "measure 1, at 2: the pedal goes up although it is not down",
    ),
    (
        rules.check_pedals,
        pedalled((0, "start"), (2, "stop"), (2, "start")),
        "measure 1, at 2: the pedal never goes up",
    ),
    (
        rules.check_articulation,
        two(
            (chord("1", head("C5", 0, ">"), fermata=True),),
            (chord("1", head("C5", 0, "<")),),
        ),
        "measure 1, staff 1, voice 1, at 0: a fermata on a note that does not end there",
    ),
    (
        rules.check_tempo_words,
        marked(TempoWords(Fraction(0), "rit."), TempoWords(Fraction(2), "rit.")),
        "measure 1, at 2: rit. once more",
    ),
    (
        rules.check_tempo_words,
        marked(TempoWords(Fraction(2), "a tempo")),
        "measure 1, at 2: a tempo without a rit. before it",
    ),
    (
        rules.check_marks,
        marked(HiddenTempo(Fraction(1), 80.0)),
        "measure 1, at 1: a hidden tempo where nothing starts",
    ),
    (
        rules.check_hidden_tempi,
        marked(HiddenTempo(Fraction(2), 80.0), HiddenTempo(Fraction(2), 90.0)),
        "measure 1, at 2: two hidden tempi at once",
    ),
    (
        rules.check_hidden_tempi,
        marked(TempoMark(Fraction(0), QUARTER, 72), HiddenTempo(Fraction(2), 90.0)),
        "measure 1, at 0: a tempo mark without the tempo of playback",
    ),
    (
        rules.check_hidden_tempi,
        marked(HiddenTempo(Fraction(0), 0.0)),
        "measure 1, at 0: 0 a minute is not a tempo",
    ),
    (
        rules.check_hidden_tempi,
        in_the_second_part(HiddenTempo(Fraction(0), 60.0)),
        "measure 1, at 0: a hidden tempo in part 2",
    ),
    (
        rules.check_octave_lines,
        marked(OctaveLine(Fraction(0), 1, "8va", "start")),
        "measure 1, at 0: 8va does not end",
    ),
    (
        rules.check_octave_lines,
        marked(OctaveLine(Fraction(2), 1, "8va", "stop")),
        "measure 1, at 2: 8va ends that has not begun",
    ),
    (
        rules.check_octave_lines,
        marked(
            OctaveLine(Fraction(0), 1, "8va", "start"), OctaveLine(Fraction(2), 1, "8va", "stop")
        ),
        "measure 1, at 2: 8va over a single chord",
    ),
    (
        rules.check_octave_lines,
        marked(
            OctaveLine(Fraction(0), 1, "8va", "start"),
            OctaveLine(Fraction(2), 1, "15ma", "start"),
            OctaveLine(Fraction(4), 1, "15ma", "stop"),
        ),
        "measure 1, at 2: 15ma begins under the 8va of measure 1, at 0",
    ),
    (
        rules.check_marks,
        one(
            *(chord(value, head("C7", k)) for k, value in enumerate(("2", "4", "4"))),
            marks=(
                OctaveLine(Fraction(1), 1, "8va", "start"),
                OctaveLine(Fraction(4), 1, "8va", "stop"),
            ),
        ),
        "measure 1, at 1: an octave line where nothing starts on staff 1",
    ),
    (
        rules.check_hairpins,
        marked(Hairpin(Fraction(2), "stop")),
        "measure 1, at 2: a hairpin ends that has not begun",
    ),
    (
        rules.check_hairpins,
        marked(Hairpin(Fraction(0), "crescendo")),
        "measure 1, at 0: a hairpin does not end",
    ),
    (
        rules.check_marks,
        marked(Hairpin(Fraction(0), "crescendo"), Hairpin(Fraction(1), "stop")),
        "measure 1, at 1: the end of a hairpin where nothing starts on staff 1",
    ),
    (
        rules.check_dynamics,
        marked(Dynamic(Fraction(0), "p"), Dynamic(Fraction(0), "f")),
        "measure 1, at 0: p and f at once",
    ),
    (
        rules.check_dynamics,
        marked(Dynamic(Fraction(0), "p"), Dynamic(Fraction(2), "p")),
        "measure 1, at 2: p once more",
    ),
    (
        rules.check_dynamics,
        marked(
            Dynamic(Fraction(0), "p"),
            Hairpin(Fraction(0), "crescendo"),
            Dynamic(Fraction(0), "f"),
            Hairpin(Fraction(2), "stop"),
        ),
        "measure 1, at 0: p and f at once",
    ),
    (
        rules.check_articulation,
        two((chord("1", head("C5", 0, ">")),), (chord("1", head("C5", 0, "<"), accent=True),)),
        "measure 2, staff 1, voice 1, at 0: an accent on a note that is only held",
    ),
    (
        rules.check_articulation,
        two((chord("1", head("C5", 0, ">"), staccato=True),), (chord("1", head("C5", 0, "<")),)),
        "measure 1, staff 1, voice 1, at 0: a staccato dot on a tied note",
    ),
    (
        rules.check_articulation,
        one(
            chord("8", head("B4", 0), grace=True, accent=True),
            chord("1", head("C5", 1)),
        ),
        "measure 1, staff 1, voice 1, at 0: an articulation on a grace note",
    ),
    (
        rules.check_hairpins,
        marked(Hairpin(Fraction(0), "crescendo"), Hairpin(Fraction(2), "diminuendo")),
        "measure 1, at 2: a hairpin begins inside that of measure 1, at 0",
    ),
]


@pytest.mark.parametrize(("rule", "score", "sentence"), BROKEN)
def test_a_score_that_breaks_one_rule_breaks_no_other(rule, score, sentence):
    faults = broken_rules(score)
    assert list(faults) == [rule.__name__]
    assert faults[rule.__name__][0] == sentence


def test_every_rule_is_broken_somewhere():
    assert {rule.__name__ for rule, _, _ in BROKEN} == rules_in(rules)


def test_the_pedal_may_be_changed_at_one_place_and_go_up_at_the_last_barline():
    """The order in which the two marks of a change are written down does not matter."""
    changed = pedalled((0, "start"), (2, "start"), (2, "stop"), (4, "stop"))
    assert broken_rules(changed) == {}


def test_a_pedal_that_is_not_seen_needs_nothing_to_stand_at_but_its_measure():
    def unseen(start, stop):
        ends = (start, "start"), (stop, "stop")
        return marked(*(PedalMark(Fraction(place), kind, shown=False) for place, kind in ends))

    assert broken_rules(unseen("1/3", "11/3")) == {}
    assert broken_rules(unseen("1/3", "13/3")) == {
        "check_marks": ["measure 1, at 13/3: a pedal mark where nothing starts on staff 2"]
    }


def test_a_hairpin_may_open_where_another_one_ends():
    """Only the second one does not end, whichever of the marks is written down first."""
    swell = marked(
        Hairpin(Fraction(0), "crescendo"),
        Hairpin(Fraction(2), "diminuendo"),
        Hairpin(Fraction(2), "stop"),
    )
    assert broken_rules(swell) == {"check_hairpins": ["measure 1, at 2: a hairpin does not end"]}


def test_after_a_hairpin_a_dynamic_sign_may_come_again():
    between = Hairpin(Fraction(0), "crescendo"), Hairpin(Fraction(2), "stop")
    signs = Dynamic(Fraction(0), "p"), Dynamic(Fraction(2), "p")
    assert broken_rules(marked(signs[0], *between, signs[1])) == {}


def test_an_octave_line_counts_the_chords_of_its_own_staff():
    """The right hand has two of them above, the left one only one."""
    left = voice(5, chord("2", head("C1", 2)), rest("2"))
    ends = ((0, "start"), (4, "stop"))
    line = tuple(OctaveLine(Fraction(place), 2, "8vb", kind) for place, kind in ends)
    notes = chord("2", head("C5", 0)), chord("2", head("D5", 1))
    assert broken_rules(one(*notes, other=left, marks=line)) == {
        "check_octave_lines": ["measure 1, at 4: 8vb over a single chord"]
    }


def test_an_octave_line_may_go_over_the_barline():
    """One chord under it in each measure."""
    first, second = two((C5,), (chord("1", head("D5", 1)),)).parts[0].measures
    begun = replace(first, marks=(OctaveLine(Fraction(0), 1, "8va", "start"),))
    ended = replace(second, marks=(OctaveLine(Fraction(4), 1, "8va", "stop"),))
    assert broken_rules(piano(begun, ended)) == {}


def test_an_accent_may_stand_on_a_chord_of_which_one_note_begins():
    new = chord("1", head("C5", 0, "<"), head("E5", 1), accent=True)
    assert broken_rules(two((chord("1", head("C5", 0, ">")),), (new,))) == {}
