"""The signs between the notes in MusicXML, and the stream in which each stands."""

from dataclasses import replace
from fractions import Fraction

import pytest
from lxml import etree

from engrave.music.marks import (
    Clef,
    Dynamic,
    Hairpin,
    OctaveLine,
    PedalMark,
    PedalWords,
    TempoMark,
    TempoWords,
)
from engrave.music.values import NoteValue
from engrave.output.musicxml.directions import marks_by_voice, write_mark
from tests.support import scores
from tests.support.scores import chord, head, measure, opening, piano, voice, whole_rest
from tests.support.xml import fragment, texts, tree_of, walk

NBSP = "\u00a0"


def test_a_tempo_mark_sounds_in_quarters_inside_its_own_direction():
    mark = TempoMark(Fraction(0), NoteValue("quarter", 1), 55, "Lento")
    score = scores.pickup()
    bars = score.parts[0].measures
    part = replace(score.parts[0], measures=(replace(bars[0], marks=(mark,)), *bars[1:]))
    tree = tree_of(replace(score, parts=(part,)))
    assert [fragment(e) for e in tree.iterfind(".//direction")] == [
        '<direction placement="above"><direction-type><words>Lento </words></direction-type>'
        '<direction-type><metronome parentheses="no"><beat-unit>quarter</beat-unit>'
        "<beat-unit-dot/><per-minute>55</per-minute></metronome></direction-type>"
        '<staff>1</staff><sound tempo="82.5"/></direction>'
    ]
    assert all(sound.getparent().tag == "direction" for sound in tree.iter("sound"))


def test_a_pace_sounds_where_only_the_left_hand_begins_and_shows_nothing():
    tree = tree_of(scores.breathing())
    unseen = [
        d for d in tree.iterfind(".//direction") if d.findtext("direction-type/words") == NBSP
    ]
    assert [fragment(direction) for direction in unseen] == [
        f'<direction placement="above"><direction-type><words>{NBSP}</words></direction-type>'
        f'<staff>1</staff><sound tempo="{pace}"/></direction>'
        for pace in ("64.5", "80")
    ]
    assert unseen[0].getnext().findtext("voice") == "5"
    assert [sound.get("tempo") for sound in tree.iter("sound")] == ["70.25", "64.5", "80"]


def test_dynamics_stand_below_the_upper_staff_where_a_voice_starts_something():
    bar = measure(
        1,
        voice(1, chord("2", head("C5", 0))),
        voice(5, chord("4", head("C3", 1)), chord("4", head("D3", 2))),
        marks=(Dynamic(Fraction(1), "pp"), Dynamic(Fraction(0), "più f")),
        **opening(2),
    )
    tree = tree_of(piano(bar))
    assert [fragment(e) for e in tree.iterfind(".//direction")] == [
        f'<direction placement="below"><direction-type>{sign}</direction-type>'
        "<staff>1</staff></direction>"
        for sign in (
            '<words font-style="italic">più f</words>',
            "<dynamics><pp/></dynamics>",
        )
    ]
    assert walk(tree.find(".//measure")) == [
        *((0, "direction"), (0, "voice 1"), (0, "voice 5"), (1, "direction"), (1, "voice 5"))
    ]


def test_a_mark_where_nothing_starts_is_reached_after_the_voices():
    bar = measure(
        1,
        voice(1, chord("2", head("C5", 0))),
        voice(5, whole_rest(2)),
        marks=(Dynamic(Fraction(3, 2), "p"),),
        **opening(2),
    )
    tree = tree_of(piano(bar))
    assert texts(tree, ".//divisions") == ["2"]
    assert walk(tree.find(".//measure"))[-1] == (3, "direction")


def test_pedal_marks_follow_the_voices_in_the_order_of_time_up_before_down():
    tree = tree_of(scores.pedal_changes())
    first, second = tree.iterfind(".//measure")
    assert walk(first)[-3:] == [(0, "start"), (2, "stop"), (2, "start")]
    assert walk(second)[-3:] == [(1, "stop"), (2, "start"), (4, "stop")]
    assert fragment(first.find("direction")) == (
        '<direction placement="below"><direction-type><pedal type="start" line="yes" sign="no"/>'
        "</direction-type><staff>2</staff></direction>"
    )


def test_a_clef_changes_in_the_stream_of_its_staff():
    bar = tree_of(scores.clef_change()).find(".//measure")
    change = list(bar.iterfind("attributes"))[1]
    assert fragment(change) == (
        '<attributes><clef number="2"><sign>G</sign><line>2</line></clef></attributes>'
    )
    assert change.getprevious().get("id") == "p0"
    assert change.getnext().get("id") == "p1"


def test_a_clef_for_a_measure_stands_before_the_barline():
    tree = tree_of(scores.clef_back())
    last_of_first = tree.find(".//measure")[-1]
    assert fragment(last_of_first) == (
        '<attributes><clef number="2"><sign>F</sign><line>4</line></clef></attributes>'
    )
    assert walk(tree.find(".//measure"))[-1] == (2, "voice 5")  # at the end of the measure
    assert tree.findall(".//measure")[1].find("attributes") is None


def test_a_line_stands_around_its_notes_in_the_order_of_writing():
    octave_line = (
        OctaveLine(Fraction(0), 1, "8va", "start"),
        OctaveLine(Fraction(4), 1, "8va", "stop"),
    )
    bar = measure(
        1,
        voice(1, chord("1", head("A6", 0))),
        voice(2, chord("1", head("C6", 1))),
        voice(5, whole_rest(4)),
        marks=octave_line,
        **opening(),
    )
    root = tree_of(piano(bar))
    order = [e.findtext("staff") if e.tag == "note" else e.find(".//octave-shift").get("type")
             for e in root.find(".//measure") if e.tag in ("note", "direction")]  # fmt: skip
    assert order == ["down", "1", "1", "stop", "2"]


def written(mark, staves: int = 2) -> str:
    xml = etree.Element("measure")
    write_mark(xml, mark, staves)
    return fragment(xml[0])


@pytest.mark.parametrize(
    ("mark", "placement", "sign", "staff"),
    [
        (TempoWords(Fraction(0), "rit."), "above", '<words font-style="italic">rit.</words>', 1),
        (Dynamic(Fraction(0), "sfz"), "below", "<dynamics><sfz/></dynamics>", 1),
        (Dynamic(Fraction(0), "cresc."), "below", '<words font-style="italic">cresc.</words>', 1),
        (Hairpin(Fraction(0), "diminuendo"), "below", '<wedge type="diminuendo"/>', 1),
        (Hairpin(Fraction(0), "stop"), "below", '<wedge type="stop"/>', 1),
        (
            PedalMark(Fraction(0), "stop"), "below",
            '<pedal type="stop" line="yes" sign="no"/>', 2,
        ),
        (
            PedalWords(Fraction(0), "una corda"), "above",
            '<words font-style="italic">una corda</words>', 2,
        ),
        (
            OctaveLine(Fraction(0), 1, "15ma", "start"), "above",
            '<octave-shift type="down" size="15" number="1"/>', 1,
        ),
        (
            OctaveLine(Fraction(0), 2, "8vb", "start"), "below",
            '<octave-shift type="up" size="8" number="2"/>', 2,
        ),
        (
            OctaveLine(Fraction(0), 1, "8va", "stop"), "above",
            '<octave-shift type="stop" size="8" number="1"/>', 1,
        ),
    ],
)  # fmt: skip
def test_how_each_mark_is_written(mark, placement, sign, staff):
    assert written(mark) == (
        f'<direction placement="{placement}"><direction-type>{sign}</direction-type>'
        f"<staff>{staff}</staff></direction>"
    )


def test_on_a_single_staff_the_pedal_stands_at_that():
    assert written(PedalMark(Fraction(0), "start"), staves=1).endswith(
        "<staff>1</staff></direction>"
    )


def test_a_pedal_that_is_not_shown_is_heard():
    for kind, said in (("start", "yes"), ("stop", "no")):
        assert (
            written(PedalMark(Fraction(0), kind, shown=False)) == f'<sound damper-pedal="{said}"/>'
        )


def test_a_tempo_without_words_is_a_metronome_mark_alone():
    tempo = etree.fromstring(written(TempoMark(Fraction(0), NoteValue("half"), 60)))
    assert tempo.find(".//words") is None
    assert texts(tempo, ".//beat-unit") == ["half"] and tempo.find("sound").get("tempo") == "120"


def streams(marks, *voices) -> tuple[list[list[str]], list[str]]:
    """The kinds of the marks in the stream of each voice, and of those that stand apart."""
    inside, apart = marks_by_voice(list(marks), list(voices))
    names = [[type(m).__name__ for marks in one.values() for m in marks] for one in inside]
    return names, [type(mark).__name__ for mark in apart]


HALVES = chord("2", head("C5", 0)), chord("2", head("E5", 1))
UPPER, SECOND = voice(1, *HALVES), voice(2, *(chord("4", head("C4", k)) for k in range(4)))
LOWER = voice(5, *HALVES)


def test_a_mark_stands_in_the_first_voice_that_begins_something_there():
    half, quarter, sixteenth = Fraction(2), Fraction(1), Fraction(1, 4)
    dynamics = [Dynamic(half, "p"), Dynamic(quarter, "f"), Dynamic(sixteenth, "pp")]
    assert streams(dynamics, UPPER, SECOND) == ([["Dynamic"], ["Dynamic"]], ["Dynamic"])


def test_a_clef_stands_in_a_voice_of_its_staff():
    clef = Clef(2, "G", 2, Fraction(2))
    assert streams([clef], UPPER, SECOND, LOWER) == ([[], [], ["Clef"]], [])
    assert streams([replace(clef, onset=Fraction(1))], UPPER, SECOND, LOWER)[1] == ["Clef"]


def test_an_octave_line_ends_in_the_last_voice_of_its_staff():
    start = OctaveLine(Fraction(0), 1, "8va", "start")
    stop = OctaveLine(Fraction(4), 1, "8va", "stop")
    found, _ = marks_by_voice([start, stop], [UPPER, SECOND, LOWER])
    kinds = [[mark.kind for marks in one.values() for mark in marks] for one in found]
    assert kinds == [["start"], ["stop"], []]


def test_what_stands_at_one_place_comes_in_one_order():
    here = Fraction(0)
    marks = [
        Dynamic(here, "p"), TempoWords(here, "rit."), TempoMark(here, NoteValue("quarter"), 80),
        Clef(1, "F", 4),
    ]  # fmt: skip
    inside, _ = marks_by_voice(marks, [UPPER])
    assert [type(m) for m in inside[0][here]] == [Clef, TempoMark, TempoWords, Dynamic]


def test_pedals_and_hairpins_stand_apart_in_time_what_ends_before_what_begins():
    here, later = Fraction(0), Fraction(2)
    marks = [PedalMark(later, "start"), PedalMark(later, "stop"), PedalMark(here, "start"),
             Hairpin(later, "stop")]  # fmt: skip
    _, apart = marks_by_voice(marks, [UPPER, LOWER])
    assert [(type(m), m.onset, m.kind) for m in apart] == [
        (PedalMark, here, "start"),
        (Hairpin, later, "stop"),
        (PedalMark, later, "stop"),
        (PedalMark, later, "start"),
    ]
