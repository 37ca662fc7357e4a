"""The measures of a part in MusicXML: what they state, their voices, octave lines as written."""

from dataclasses import replace
from fractions import Fraction

from engrave.music.marks import OctaveLine
from engrave.music.values import KeySignature, TimeSignature
from engrave.output.musicxml.measures import as_written
from tests.support import scores
from tests.support.scores import chord, head, measure, opening, piano, rest, voice, whole_rest
from tests.support.xml import fragment, signs, texts, tree_of, walk


def test_the_first_measure_states_everything_once():
    tree = tree_of(scores.eight_notes())
    assert [fragment(e) for e in tree.iterfind(".//attributes")] == [
        "<attributes><divisions>1</divisions><key><fifths>2</fifths><mode>major</mode></key>"
        "<time><beats>4</beats><beat-type>4</beat-type></time><staves>2</staves>"
        '<clef number="1"><sign>G</sign><line>2</line></clef>'
        '<clef number="2"><sign>F</sign><line>4</line></clef></attributes>'
    ]


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


def test_ids_name_the_key_press_and_count_its_heads():
    notes = tree_of(scores.tied_over_the_barline()).iterfind(".//note[pitch]")
    assert [note.get("id") for note in notes] == ["p0", "p0-2", "p1", "p2"]


def test_a_head_of_several_key_presses_carries_the_first():
    shared = replace(head("C5", 7), played=(7, 9))
    score = piano(measure(1, voice(1, chord("2", shared)), voice(5, whole_rest(2)), **opening(2)))
    assert [note.get("id") for note in tree_of(score).iterfind(".//note[pitch]")] == ["p7"]


def test_stems_are_given_only_where_voices_share_a_staff():
    notes = tree_of(scores.two_voices_on_a_staff()).iterfind(".//note[pitch]")
    assert [(note.findtext("voice"), note.findtext("stem")) for note in notes] == [
        *(("1", "up"), ("2", "down"), ("2", "down"), ("2", "down"), ("5", None), ("5", None))
    ]


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


def line(onset: int, kind: str, name: str = "8va") -> OctaveLine:
    return OctaveLine(Fraction(onset), 1, name, kind)


def octaves(written) -> list[list[int]]:
    return [[e.heads[0].pitch.octave for e in v.events] for v in written.voices]


def test_notes_stand_lower_from_the_beginning_of_the_line_to_its_end():
    notes = [chord("4", head("A6", k)) for k in range(4)]
    bar = measure(1, voice(1, *notes), marks=(line(1, "start"), line(3, "stop")))
    written = as_written(bar, bar.voices, {})
    assert octaves(written) == [[6, 5, 5, 6]]
    assert written.octaves == {1: 0}
    going_on = as_written(measure(2, voice(1, *notes)), bar.voices, {1: 2})
    assert (octaves(going_on), going_on.octaves) == ([[4, 4, 4, 4]], {1: 2})


def test_accidentals_are_those_of_the_written_line():
    """A natural, then an A flat an octave higher on the same written line: it needs its flat."""
    bar = measure(
        1,
        voice(1, chord("2", head("A5", 0)), chord("2", head("Ab6", 1))),
        voice(5, whole_rest(4)),
        marks=(line(2, "start"), line(4, "stop")),
        **opening(fifths=-3),
    )
    root = tree_of(piano(bar))
    assert [note.findtext("accidental") for note in root.iter("note")][:2] == ["natural", "flat"]


def test_accidentals_start_anew_with_the_barline_and_with_a_new_key():
    def bar(number: int, *names: str, **details):
        notes = (chord("2", head(name, 0)) for name in names)
        return measure(number, voice(1, *notes), voice(5, whole_rest(4)), **details)

    score = piano(
        bar(1, "F#5", "F#5", **opening()),
        bar(2, "F#5", "G5"),
        bar(3, "F#5", "F5", key=KeySignature(1)),
    )
    assert [sign for _, sign in signs(score)] == ["sharp", None, "sharp", None, None, "natural"]


def test_what_was_altered_before_a_new_key_is_not_cancelled_again():
    def second_sign(**details) -> str | None:
        first = measure(
            1, voice(1, chord("1", head("F#5", 0))), voice(5, whole_rest(4)), **opening()
        )
        then = measure(2, voice(1, chord("1", head("F5", 1))), voice(5, whole_rest(4)), **details)
        return signs(piano(first, then))[-1][1]

    assert second_sign() == "natural"  # a courtesy
    assert second_sign(key=KeySignature(-1)) is None


def test_a_measure_states_its_key_and_time_where_they_change():
    def bar(number: int, value: str, length: int, **details):
        notes = voice(1, chord(value, head("C5", number)))
        return measure(number, notes, voice(5, whole_rest(length)), **details)

    score = piano(
        bar(1, "2", 2, **opening(2)),
        bar(2, "2", 2),
        bar(3, "2.", 3, time=TimeSignature(3, 4)),
        bar(4, "2.", 3, key=KeySignature(-3, "minor")),
    )
    _, second, third, fourth = tree_of(score).iterfind(".//measure")
    assert second.find("attributes") is None
    assert fragment(third.find("attributes")) == (
        "<attributes><time><beats>3</beats><beat-type>4</beat-type></time></attributes>"
    )
    assert fragment(fourth.find("attributes")) == (
        "<attributes><key><fifths>-3</fifths><mode>minor</mode></key></attributes>"
    )
    assert [bar.get("implicit") for bar in (second, third, fourth)] == [None] * 3


def test_hidden_rests_carry_the_pedal_under_a_held_note():
    first = tree_of(scores.pedal_under_a_held_note()).find(".//measure")
    hidden = [note for note in first.iter("note") if note.get("print-object") == "no"]
    assert [note.findtext("voice") for note in hidden] == ["8"] * len(hidden) != []
    places = {place for place, what in walk(first) if what == "voice 8"}
    pedals = {place for place, what in walk(first) if what in ("start", "stop")}
    assert {0, *pedals} <= places


def test_a_rest_that_two_voices_share_is_printed_once():
    upper = voice(1, rest("2"), chord("2", head("E5", 0)))
    lower = voice(2, rest("2"), chord("2", head("C5", 1)))
    tree = tree_of(piano(measure(1, upper, lower, voice(5, whole_rest(4)), **opening())))
    rests = [note for note in tree.iter("note") if note.find("rest") is not None]
    assert [(note.findtext("voice"), note.get("print-object")) for note in rests] == [
        *(("1", None), ("2", "no"), ("5", None))
    ]


def test_notes_of_a_voice_that_visits_the_other_staff_stand_there():
    notes = tree_of(scores.crossing()).iterfind(".//note[pitch]")
    staves = [(note.findtext("voice"), note.findtext("staff")) for note in notes]
    assert staves == [
        *(("1", "1"), ("1", "1"), ("1", "2"), ("1", "2")),
        *(("5", "2"), ("5", "2"), ("5", "1"), ("5", "1")),
    ]


def test_each_staff_has_its_own_octave_line():
    """15ma on the upper staff, 8vb on the lower one; rests stay where they are."""
    marks = (
        OctaveLine(Fraction(0), 1, "15ma", "start"),
        OctaveLine(Fraction(2), 2, "8vb", "start"),
    )
    upper = voice(1, chord("2", head("C7", 0)), rest("2"))
    lower = voice(5, chord("2", head("C2", 1)), chord("2", head("C1", 2)))
    bar = measure(1, upper, lower, marks=marks)
    written = as_written(bar, bar.voices, {})
    assert [e.heads[0].pitch.octave for e in written.voices[0].events[:1]] == [5]
    assert [e.heads[0].pitch.octave for e in written.voices[1].events] == [2, 2]
    assert written.voices[0].events[1] == upper.events[1]
    assert written.octaves == {1: 2, 2: -1}
