"""What music21 finds in a score."""

from dataclasses import replace

import pytest
from music21 import dynamics, expressions, key, meter, stream, tempo

from engrave.output.to_music21 import to_music21
from tests.support import scores


def pitches(score: stream.Score) -> list[str]:
    return sorted(pitch.nameWithOctave for note in score.recurse().notes for pitch in note.pitches)


def test_parts_notes_and_places():
    score = to_music21(scores.eight_notes())
    upper, lower = score.parts
    assert [(n.nameWithOctave, n.offset, n.quarterLength) for n in upper.recurse().notes] == [
        *(("D5", 0, 1), ("F#5", 1, 1), ("A5", 2, 2)),
        *(("G5", 0, 2), ("F5", 2, 1), ("F#5", 3, 1)),
    ]
    assert [(n.nameWithOctave, n.quarterLength) for n in lower.recurse().notes] == [
        *(("D3", 4), ("A2", 4))
    ]


def test_title_composer_and_marks():
    score = to_music21(scores.eight_notes())
    assert score.metadata.title == "Eight Notes"
    assert score.metadata.composer == "A. Hand"
    assert [mark.value for mark in score.recurse().getElementsByClass(dynamics.Dynamic)] == ["mf"]
    marks = score.recurse().getElementsByClass(tempo.MetronomeMark)
    assert {mark.number for mark in marks} == {72}
    assert {sign.sharps for sign in score.recurse().getElementsByClass(key.KeySignature)} == {2}


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (scores.tied_over_the_barline, ["C#5", "C#5", "C#5", "C5"]),
        (scores.triplets, ["A5", "E5", "F5", "G5"]),
        (scores.two_voices_on_a_staff, ["B-3", "B-4", "B4", "E-3", "E-5", "G5"]),
        (scores.graces, ["C5", "D5", "E5", "F5"]),
        (scores.pickup, ["C5", "C5", "G4"]),
        (scores.clef_change, ["C3", "E5"]),
    ],
)
def test_every_notehead_arrives(make, expected):
    assert pitches(to_music21(make())) == expected


def test_ties_tuplets_and_arpeggios():
    notes = list(to_music21(scores.tied_over_the_barline()).recurse().notes)
    assert [note.tie.type if note.tie else None for note in notes] == [
        *("start", "stop", None, None)
    ]
    events = list(to_music21(scores.triplets()).parts[0].recurse().notesAndRests)
    assert all(event.duration.tuplets[0].tupletMultiplier() * 3 == 2 for event in events)
    (rolled,) = (
        note
        for note in to_music21(scores.two_voices_on_a_staff()).recurse().notes
        if any(isinstance(sign, expressions.ArpeggioMark) for sign in note.expressions)
    )
    assert [pitch.nameWithOctave for pitch in rolled.pitches] == ["E-3", "B-3"]


def test_a_pickup_is_padded():
    score = to_music21(scores.pickup())
    first = score.parts[0].getElementsByClass(stream.Measure).first()
    assert first.number == 0
    assert first.paddingLeft == 2
    assert score.recurse().getElementsByClass(meter.TimeSignature).first().ratioString == "3/4"


def test_pedals_arrive_as_spans():
    spans = to_music21(scores.pedal_changes()).recurse().getElementsByClass(expressions.PedalMark)
    assert len(spans) == 3


def test_a_strangers_title_arrives_as_text():
    title = '<script>"&\x00'
    assert to_music21(replace(scores.pickup(), title=title)).metadata.title == '<script>"&'
