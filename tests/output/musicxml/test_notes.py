"""How a note says in MusicXML what it is: value, pitch, ties, tuplet, and the signs on it."""

from dataclasses import replace

import pytest
from lxml import etree

from engrave.music.performance import Lyric
from engrave.music.values import NoteValue
from engrave.notation.tuplets import TupletBracket
from engrave.output.musicxml.notes import write_notations, write_pitch, write_value
from tests.support import scores
from tests.support.scores import (
    chord,
    head,
    measure,
    opening,
    piano,
    pitch,
    rest,
    voice,
    whole_rest,
)
from tests.support.xml import fragment, texts, tree_of


def test_a_note_in_full():
    note = tree_of(scores.eight_notes()).find(".//note[@id='p6']")
    assert fragment(note) == (
        '<note id="p6"><pitch><step>F</step><octave>5</octave></pitch><duration>1</duration>'
        "<voice>1</voice><type>quarter</type><accidental>natural</accidental><staff>1</staff></note>"
    )


def test_ties_stand_as_sound_and_as_sign():
    first, second = list(tree_of(scores.tied_over_the_barline()).iterfind(".//note[tie]"))
    assert [fragment(e) for e in first.iterfind("tie")] == ['<tie type="start"/>']
    assert fragment(first.find("notations")) == '<notations><tied type="start"/></notations>'
    assert [fragment(e) for e in second.iterfind("tie")] == ['<tie type="stop"/>']
    assert fragment(second.find("notations")) == '<notations><tied type="stop"/></notations>'


def test_tuplets_have_a_bracket_only_without_a_beam_and_a_normal_type_only_where_it_differs():
    notes = list(tree_of(scores.triplets()).iterfind(".//note[time-modification]"))
    eighth = (
        "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
        "</time-modification>"
    )
    quarter = eighth.replace("</time", "<normal-type>eighth</normal-type></time")
    assert [fragment(note.find("time-modification")) for note in notes] == [
        *(eighth, eighth, eighth, quarter, eighth)
    ]
    assert [fragment(e) for note in notes for e in note.iterfind("notations/tuplet")] == [
        '<tuplet type="start" bracket="no" show-number="actual"/>',
        '<tuplet type="stop"/>',
        '<tuplet type="start" bracket="yes" show-number="actual"/>',
        '<tuplet type="stop"/>',
    ]


def test_a_beam_that_breaks_inside_a_tuplet_does_not_replace_the_bracket():
    ends = [("begin",), ("end",), ("begin",), ("continue",), ("end",)]
    value = NoteValue("eighth", 0, 5, 4)
    events = [chord(value, head("C5", i), beams=beams) for i, beams in enumerate(ends)]
    events[0] = replace(events[0], tuplet_start=True)
    events[-1] = replace(events[-1], tuplet_stop=True)
    score = piano(measure(1, voice(1, *events), voice(5, whole_rest(2)), **opening(2)))
    assert tree_of(score).find(".//tuplet[@type='start']").get("bracket") == "yes"


def test_grace_notes_have_no_duration_and_only_an_eighth_is_slashed():
    tree = tree_of(scores.graces())
    small = list(tree.iterfind(".//note[grace]"))
    assert [note.get("id") for note in small] == ["p1", "p2"]
    assert [note.find("duration") for note in small] == [None, None]
    assert [note.find("grace").get("slash") for note in small] == ["no", "no"]
    assert texts(tree, ".//note[grace]/beam") == ["begin", "begin", "end", "end"]
    assert fragment(small[0]).startswith('<note id="p1"><grace slash="no"/><pitch>')

    lone = chord("8", head("D5", 1), grace=True)
    score = piano(
        measure(1, voice(1, lone, chord("2", head("C5", 0))), voice(5, rest("2")), **opening(2))
    )
    assert tree_of(score).find(".//grace").get("slash") == "yes"


def test_a_chord_is_arpeggiated_on_every_note_and_dotted_on_its_first():
    notes = list(tree_of(scores.two_voices_on_a_staff()).iterfind(".//note[pitch]"))
    assert [note.find("notations/arpeggiate") is not None for note in notes] == [
        *(False, False, False, False, True, True)
    ]
    assert [note.find("chord") is not None for note in notes] == [
        *(False, False, False, False, False, True)
    ]
    assert [note.get("id") for note in notes if note.find(".//staccato") is not None] == ["p4"]


def notated(first: bool = True, tuplet: TupletBracket | None = None, **signs) -> str:
    """What stands at a note of a chord with these signs."""
    note = etree.Element("note")
    struck = chord("4", head("C5", 0), **signs)
    write_notations(note, struck, struck.heads[0], tuplet, first)
    return "".join(map(fragment, note))


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ({"ornament": "trill"}, "<ornaments><trill-mark/></ornaments>"),
        ({"ornament": "inverted-mordent"}, "<ornaments><inverted-mordent/></ornaments>"),
        ({"tremolo": "start"}, '<ornaments><tremolo type="start">3</tremolo></ornaments>'),
        (
            {"staccato": True, "accent": True},
            "<articulations><accent/><staccato/></articulations>",
        ),
        (
            {"glissando": "start"},
            '<glissando line-type="wavy" number="1" type="start">gliss.</glissando>',
        ),
        ({"glissando": "stop"}, '<glissando line-type="wavy" number="1" type="stop"/>'),
        ({"fermata": True}, '<fermata type="upright"/>'),
    ],
)
def test_a_sign_stands_at_the_first_note_of_its_chord(signs, expected):
    assert notated(**signs) == f"<notations>{expected}</notations>"
    assert notated(first=False, **signs) == ""


def test_all_signs_have_their_order():
    signs = {"ornament": "turn", "accent": True, "arpeggiated": True, "fermata": True}
    notations = etree.fromstring(notated(**signs))
    assert [e.tag for e in notations] == ["ornaments", "articulations", "arpeggiate", "fermata"]


def test_a_syllable_stands_under_the_first_note():
    assert notated(lyric=Lyric("Ro", "begin")) == (
        "<lyric><syllabic>begin</syllabic><text>Ro</text></lyric>"
    )
    assert notated(first=False, lyric=Lyric("Ro")) == ""


def test_the_presses_behind_a_sign_are_named():
    """Also where no sign is left, as inside a glissando."""
    note, struck = etree.Element("note"), chord("4", replace(head("C5", 7), folded=(8, 9)))
    write_notations(note, struck, struck.heads[0], None, True)
    assert fragment(note) == '<note><notations id="p7-folds-8-9"/></note>'


def test_of_a_tuplet_told_in_another_voice_the_number_is_not_shown():
    untold = TupletBracket("eighth", bracket=False, number=False)
    assert notated(tuplet=untold, tuplet_start=True) == (
        '<notations><tuplet type="start" bracket="no" show-number="none"/></notations>'
    )


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (NoteValue("half", 2), None, "<type>half</type><dot/><dot/><accidental>sharp</accidental>"),
        (
            NoteValue("16th", 0, 6, 4), "16th",
            "<type>16th</type><accidental>sharp</accidental><time-modification>"
            "<actual-notes>6</actual-notes><normal-notes>4</normal-notes></time-modification>",
        ),
        (
            NoteValue("eighth", 1, 3, 2), "eighth",
            "<type>eighth</type><dot/><accidental>sharp</accidental><time-modification>"
            "<actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
            "<normal-type>eighth</normal-type></time-modification>",
        ),
    ],
)  # fmt: skip
def test_a_value_has_dots_accidental_and_what_changes_its_time(value, unit, expected):
    note = etree.Element("note")
    write_value(note, value, "sharp", TupletBracket(unit, bracket=True) if unit else None)
    assert fragment(note) == f"<note>{expected}</note>"


@pytest.mark.parametrize(
    ("name", "alter"), [("C4", ""), ("F#5", "<alter>1</alter>"), ("Bbb2", "<alter>-2</alter>")]
)
def test_a_pitch_says_its_alteration_only_if_it_has_one(name, alter):
    note = etree.Element("note")
    write_pitch(note, pitch(name))
    step, octave = name[0], name[-1]
    assert fragment(note) == (
        f"<note><pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch></note>"
    )


def test_two_chords_in_turn_are_drawn_with_the_value_of_both():
    turns = [
        chord("2", head(name, k), tremolo=kind)
        for k, (name, kind) in enumerate((("C5", "start"), ("E5", "stop")))
    ]
    tree = tree_of(piano(measure(1, voice(1, *turns), voice(5, whole_rest(2)), **opening(2))))
    assert texts(tree, ".//note[pitch]/type") == ["half", "half"]
    assert texts(tree, ".//note[pitch]/duration") == ["1", "1"]
    assert texts(tree, ".//actual-notes") == ["2", "2"]
