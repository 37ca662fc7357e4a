"""What is written, element for element, and what other programs find in it."""

import io
import zipfile
from dataclasses import replace
from fractions import Fraction

import pytest
from lxml import etree

from engrave.music.marks import Dynamic, TempoMark
from engrave.music.score import Chord, Score
from engrave.music.values import KeySignature, NoteValue
from engrave.output.musicxml.document import write_musicxml, write_mxl
from tests.support import scores
from tests.support.judge import check
from tests.support.scores import chord, head, measure, opening, piano, rest, voice, whole_rest

HOSTILE = 'Ro<b>ndo</b> & "Op. 1" \x00\x08\ud800\ufffe]]> &amp;\n\tNo. 2 \U0001d11e'
NBSP = "\u00a0"
HARMLESS = 'Ro<b>ndo</b> & "Op. 1" ]]> &amp; No. 2 \U0001d11e'


def tree_of(score: Score):
    return etree.fromstring(write_musicxml(score))


def texts(tree, path: str) -> list[str]:
    return [element.text for element in tree.iterfind(path)]


def fragment(element) -> str:
    """An element as one line of XML."""
    return "".join(etree.tostring(element, encoding="unicode").split("\n")).replace("  ", "")


def signs(score: Score) -> list[tuple[str, str | None]]:
    """(step, accidental sign) of each note in the order of writing."""
    notes = tree_of(score).iterfind(".//note[pitch]")
    return [(note.findtext("pitch/step"), note.findtext("accidental")) for note in notes]


def walk(bar) -> list[tuple[Fraction, str]]:
    """What stands where in a measure, in divisions, by the cursor that MusicXML implies."""
    place, found = Fraction(0), []
    for element in bar:
        duration = Fraction(element.findtext("duration", "0"))
        if element.tag == "direction":
            pedal = element.find("direction-type/pedal")
            found.append((place, "direction" if pedal is None else pedal.get("type")))
        elif element.tag == "note" and element.find("chord") is None:
            found.append((place, f"voice {element.findtext('voice')}"))
            place += duration
        else:
            place += {"backup": -duration, "forward": duration}.get(element.tag, 0)
    return found


def test_the_head_says_title_composer_instrument_and_what_is_supported():
    tree = tree_of(scores.eight_notes())
    assert tree.get("version") == "4.0"
    assert texts(tree, "work/work-title") == ["Eight Notes"]
    assert texts(tree, "identification/creator[@type='composer']") == ["A. Hand"]
    assert texts(tree, "part-list/score-part/part-name") == ["Piano"]
    instrument = tree.find("part-list/score-part/score-instrument").get("id")
    assert tree.find("part-list/score-part/midi-instrument").get("id") == instrument
    encoding = tree.find("identification/encoding")
    assert encoding.findtext("software").startswith("engrave")
    assert encoding.find("encoding-date") is None
    assert {e.get("element") for e in encoding.iterfind("supports")} == {
        *("accidental", "beam", "stem")
    }


def test_the_first_measure_states_everything_once():
    tree = tree_of(scores.eight_notes())
    assert [fragment(e) for e in tree.iterfind(".//attributes")] == [
        "<attributes><divisions>1</divisions><key><fifths>2</fifths><mode>major</mode></key>"
        "<time><beats>4</beats><beat-type>4</beat-type></time><staves>2</staves>"
        '<clef number="1"><sign>G</sign><line>2</line></clef>'
        '<clef number="2"><sign>F</sign><line>4</line></clef></attributes>'
    ]


def test_a_note_in_full():
    note = tree_of(scores.eight_notes()).find(".//note[@id='p6']")
    assert fragment(note) == (
        '<note id="p6"><pitch><step>F</step><octave>5</octave></pitch><duration>1</duration>'
        "<voice>1</voice><type>quarter</type><accidental>natural</accidental><staff>1</staff></note>"
    )


def test_divisions_make_every_duration_exact():
    quintuplet = NoteValue("16th", 0, 5, 4)
    score = piano(
        measure(
            1,
            voice(
                1,
                chord("32", head("C5", 0)),
                chord("16.", head("C5", 1)),
                rest("8"),
                chord(quintuplet, head("C5", 2), tuplet_start=True),
                *(chord(quintuplet, head("C5", played)) for played in (3, 4, 5)),
                chord(quintuplet, head("C5", 6), tuplet_stop=True),
            ),
            voice(5, whole_rest(2)),
            **opening(2),
        )
    )
    tree = tree_of(score)
    assert texts(tree, ".//divisions") == ["40"]
    assert texts(tree, ".//note/duration") == ["5", "15", "20", *["8"] * 5, "80"]


def test_accidentals_follow_the_key_and_last_to_the_barline():
    assert signs(scores.eight_notes()) == [
        *(("D", None), ("F", None), ("A", None), ("D", None)),
        *(("G", None), ("F", "natural"), ("F", "sharp"), ("A", None)),
    ]


def test_an_accidental_holds_for_all_voices_of_its_staff_and_octave_in_the_order_of_time():
    def quarters(number: int, *names: str):
        return voice(number, *(chord("4", head(name, 0)) for name in names))

    score = piano(
        measure(
            1,
            quarters(1, "C5", "F#5", "F#4", "B##4"),
            quarters(2, "F#4", "F#5", "F4", "Bbb4"),
            quarters(5, "C3", "F4", "C3", "Eb3"),
            **opening(fifths=-1),
        )
    )
    assert [sign for _, sign in signs(score)] == [
        *(None, "sharp", None, "double-sharp"),  # F#4 stands already in voice 2
        *("sharp", None, "natural", "flat-flat"),
        *(None, None, None, "flat"),  # the other staff has its own
    ]


def test_a_tied_note_needs_no_accidental_and_gives_none():
    assert signs(scores.tied_over_the_barline()) == [
        *(("C", "sharp"), ("C", None), ("C", "sharp"), ("C", "natural"))
    ]


def test_after_a_tie_with_an_accidental_the_next_note_there_has_a_sign():
    def after_the_tie(name: str, fifths: int) -> str | None:
        score = piano(
            measure(
                1, voice(1, chord("2", head("C#5", 0, ">"))), voice(5, whole_rest(2)),
                **opening(2, fifths=fifths),
            ),
            measure(
                2, voice(1, chord("4", head("C#5", 0, "<")), chord("4", head(name, 1))),
                voice(5, whole_rest(2)),
            ),
        )  # fmt: skip
        return signs(score)[-1][1]

    assert after_the_tie("C5", fifths=0) == "natural"
    assert after_the_tie("C#5", fifths=0) == "sharp"
    assert after_the_tie("C#5", fifths=2) is None


def test_a_double_barline_stands_before_a_new_key():
    score = scores.pickup()
    bars = score.parts[0].measures
    changed = replace(bars[1], key=KeySignature(2)), replace(bars[2], key=KeySignature(2, "minor"))
    part = replace(score.parts[0], measures=(bars[0], *changed))
    bars = tree_of(replace(score, parts=(part,))).iterfind(".//measure")
    assert [texts(bar, "barline/bar-style") for bar in bars] == [
        *(["light-light"], [], ["light-heavy"])
    ]


def test_ties_stand_as_sound_and_as_sign():
    first, second = list(tree_of(scores.tied_over_the_barline()).iterfind(".//note[tie]"))
    assert [fragment(e) for e in first.iterfind("tie")] == ['<tie type="start"/>']
    assert fragment(first.find("notations")) == '<notations><tied type="start"/></notations>'
    assert [fragment(e) for e in second.iterfind("tie")] == ['<tie type="stop"/>']
    assert fragment(second.find("notations")) == '<notations><tied type="stop"/></notations>'


def test_ids_name_the_key_press_and_count_its_heads():
    notes = tree_of(scores.tied_over_the_barline()).iterfind(".//note[pitch]")
    assert [note.get("id") for note in notes] == ["p0", "p0-2", "p1", "p2"]


def test_a_head_of_several_key_presses_carries_the_first():
    shared = replace(head("C5", 7), played=(7, 9))
    score = piano(measure(1, voice(1, chord("2", shared)), voice(5, whole_rest(2)), **opening(2)))
    assert [note.get("id") for note in tree_of(score).iterfind(".//note[pitch]")] == ["p7"]


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


def test_stems_are_given_only_where_voices_share_a_staff():
    notes = tree_of(scores.two_voices_on_a_staff()).iterfind(".//note[pitch]")
    assert [(note.findtext("voice"), note.findtext("stem")) for note in notes] == [
        *(("1", "up"), ("2", "down"), ("2", "down"), ("2", "down"), ("5", None), ("5", None))
    ]


def test_a_chord_is_arpeggiated_on_every_note_and_dotted_on_its_first():
    notes = list(tree_of(scores.two_voices_on_a_staff()).iterfind(".//note[pitch]"))
    assert [note.find("notations/arpeggiate") is not None for note in notes] == [
        *(False, False, False, False, True, True)
    ]
    assert [note.find("chord") is not None for note in notes] == [
        *(False, False, False, False, False, True)
    ]
    assert [note.get("id") for note in notes if note.find(".//staccato") is not None] == ["p4"]


def test_voices_are_full_and_a_backup_leads_from_each_to_the_next():
    tree = tree_of(scores.two_voices_on_a_staff())
    assert texts(tree, ".//backup/duration") == ["3", "3"]
    assert walk(tree.find(".//measure")) == [
        *((0, "voice 1"), (0, "voice 2"), (1, "voice 2"), (2, "voice 2"), (0, "voice 5"))
    ]


def test_a_whole_measure_rest_has_no_type():
    silent = tree_of(scores.clef_change()).find(".//note")
    assert fragment(silent) == (
        '<note><rest measure="yes"/><duration>4</duration><voice>1</voice><staff>1</staff></note>'
    )


def test_short_measures_at_the_ends_are_implicit_and_the_last_barline_is_heavy():
    tree = tree_of(scores.pickup())
    bars = list(tree.iterfind(".//measure"))
    assert [(bar.get("number"), bar.get("implicit")) for bar in bars] == [
        *(("0", "yes"), ("1", None), ("2", "yes"))
    ]
    assert texts(tree, ".//bar-style") == ["light-heavy"]
    assert bars[-1][-1].get("location") == "right"


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


def test_texts_of_strangers_are_data():
    score = replace(scores.eight_notes(), title=HOSTILE, composer=HOSTILE)
    tree = tree_of(score)
    assert texts(tree, "work/work-title") == [HARMLESS]
    assert texts(tree, "identification/creator") == [HARMLESS]
    unsaid = tree_of(replace(score, title="\x00 \n", composer=""))
    assert unsaid.find("work") is None
    assert unsaid.find("identification/creator") is None


@pytest.mark.parametrize("write", [write_musicxml, write_mxl])
def test_the_same_score_gives_the_same_bytes(write):
    assert write(scores.eight_notes()) == write(scores.eight_notes())


def test_the_compressed_file_leads_to_the_score():
    with zipfile.ZipFile(io.BytesIO(write_mxl(scores.triplets()))) as archive:
        assert archive.namelist()[0] == "mimetype"
        container = etree.fromstring(archive.read("META-INF/container.xml"))
        path = container.find("rootfiles/rootfile").get("full-path")
        assert archive.read(path) == write_musicxml(scores.triplets())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("make", scores.ALL)
def test_the_schema_accepts_it(make, schema_judge, tmp_path):
    path = tmp_path / "score.musicxml"
    path.write_bytes(write_musicxml(replace(make(), title=HOSTILE)))
    assert schema_judge(path) == []


@pytest.mark.parametrize("make", scores.ALL)
def test_musescore_keeps_everything(make, musescore_judge, tmp_path):
    score = make()
    assert check(score) == []
    path = tmp_path / "score.musicxml"
    path.write_bytes(write_musicxml(score))
    assert musescore_judge(path) == []


def test_all_heads_are_written():
    for make in scores.ALL:
        score = make()
        heads = [
            notehead
            for part in score.parts
            for bar in part.measures
            for content in bar.voices
            for event in content.events
            if isinstance(event, Chord)
            for notehead in event.heads
        ]
        assert len(tree_of(score).findall(".//note[pitch]")) == len(heads)


def test_each_part_has_its_name_program_and_clef():
    tree = tree_of(scores.duo())
    assert texts(tree, ".//part-name") == ["Double Bass", "Piano"]
    assert texts(tree, ".//midi-program") == ["44", "1"]
    assert texts(tree, "part[@id='P1']//clef-octave-change") == ["-1"]
    assert texts(tree, ".//staves") == ["1", "2"]


def test_the_head_says_where_the_music_is_from():
    score = replace(scores.eight_notes(), source="air.mid", date="3 May 2024", rights="(c) me")
    tree = tree_of(score)
    assert texts(tree, "identification/source") == ["air.mid"]
    assert texts(tree, "identification/rights") == ["(c) me"]
    assert texts(tree, "identification/miscellaneous/miscellaneous-field") == ["3 May 2024"]
