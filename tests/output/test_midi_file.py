"""The score for the ear, read back by pretty_midi."""

from fractions import Fraction
from io import BytesIO

import pretty_midi
import pytest

from engrave.music.marks import Dynamic, PedalMark, PedalWords, TempoMark
from engrave.music.performance import Performance, PlayedNote
from engrave.music.values import NoteValue
from engrave.output.midi_file import write_score_midi
from tests.support import scores
from tests.support.judge import midi_faults
from tests.support.scores import chord, head, measure, opening, piano, voice, whole_rest

PAIR = (("C4", "start"), ("G4", "stop"))
NOTES = Performance(tuple(PlayedNote(0.1 * i, 0.1 * i + 0.1, 60, 40 + i) for i in range(12)))


def heard(score, performance=NOTES) -> pretty_midi.PrettyMIDI:
    return pretty_midi.PrettyMIDI(BytesIO(write_score_midi(score, performance)))


def moves(midi: pretty_midi.PrettyMIDI, controller: int) -> list[tuple[float, int]]:
    changes = midi.instruments[0].control_changes
    return [(round(c.time, 3), c.value) for c in changes if c.number == controller]


def test_a_tremolo_is_played_in_32nds():
    turns = [chord("2", head(name, 3), tremolo=kind) for name, kind in PAIR]
    again = chord("4", head("E4", 5), tremolo="single")
    score = piano(measure(1, voice(1, *turns, again, chord("4", head("G4", 6))), **opening()))
    notes = sorted(heard(score).instruments[0].notes, key=lambda note: note.start)
    assert [note.pitch for note in notes] == [60, 67] * 8 + [64] * 8 + [67]
    assert [round(note.start * 16) for note in notes] == list(range(25))  # 120 quarters a minute


def test_notes_sound_for_their_values_as_loud_as_they_were_played():
    tempo = TempoMark(Fraction(0), NoteValue("quarter"), 60)
    score = piano(
        measure(
            1,
            voice(1, chord("2", head("C5", 3)), chord("2", head("E5", 4, ">"))),
            voice(5, whole_rest(4)),
            marks=(tempo, Dynamic(Fraction(0), "p")),
            **opening(),
        ),
        measure(2, voice(1, chord("1", head("E5", 4, "<"))), voice(5, whole_rest(4))),
    )
    midi = heard(score)
    said = [(n.start, n.end, n.pitch, n.velocity) for n in midi.instruments[0].notes]
    assert said == [
        (pytest.approx(0, abs=0.01), pytest.approx(2, abs=0.01), 72, 43),
        (pytest.approx(2, abs=0.01), pytest.approx(8, abs=0.01), 76, 44),
    ]
    signature = midi.time_signature_changes[0]
    assert (signature.numerator, signature.denominator) == (4, 4)


def test_a_change_of_pedal_lets_the_dampers_fall_after_the_new_chord():
    changes = moves(heard(scores.pedal_changes()), 64)
    assert [depth for _, depth in changes] == [127, 0, 127, 0, 127, 0]
    lifted, pressed = changes[1][0], changes[2][0]
    assert lifted == pytest.approx(1.0, abs=0.01) and 0.05 < pressed - lifted < 0.15
    assert changes[4][0] == pytest.approx(3.0, abs=0.01)  # no change: pressed in time


def test_a_pedal_that_is_not_seen_is_heard_and_so_is_the_soft_one():
    score = piano(
        measure(
            1,
            voice(1, whole_rest(4)),
            voice(5, chord("2", head("C3", 0)), chord("2", head("G3", 1))),
            marks=(
                *(PedalMark(Fraction(q), kind, False) for q, kind in ((0, "start"), (4, "stop"))),
                *(PedalWords(Fraction(0), "una corda"), PedalWords(Fraction(2), "tre corde")),
            ),
            **opening(),
        )
    )
    midi = heard(score)
    assert [depth for _, depth in moves(midi, 64)] == [127, 0]
    assert moves(midi, 67) == [(0, 127), (pytest.approx(1, abs=0.01), 0)]


def test_a_tempo_that_a_midi_file_cannot_say_is_the_slowest_that_it_can():
    tempo = TempoMark(Fraction(0), NoteValue("16th"), 10)
    bar = measure(1, voice(1, chord("1", head("C5", 0))), marks=(tempo,), **opening())
    assert midi_faults(piano(bar)) == []


def test_each_voice_has_ties_of_its_own():
    """A key that is tied over the barline in two voices, and one that is struck while it sounds."""
    score = piano(
        measure(
            1,
            voice(1, chord("2", head("E5", 0)), chord("2", head("C5", 1, ">"))),
            voice(2, chord("4", head("G4", 2)), chord("2.", head("C5", 3, ">"))),
            voice(5, whole_rest(4)),
            **opening(),
        ),
        measure(
            2,
            voice(1, chord("4", head("C5", 1, "<")), chord("2.", head("E5", 4))),
            voice(2, chord("2", head("C5", 3, "<")), chord("2", head("G4", 5))),
            voice(5, whole_rest(4)),
        ),
    )
    keys = sorted((n.pitch, 2 * n.start, 2 * n.end) for n in heard(score).instruments[0].notes)
    assert [key[0] for key in keys] == [67, 67, 72, 72, 76, 76]
    assert keys[2][1:] == pytest.approx((1, 2)) and keys[3][1:] == pytest.approx((2, 6))
    assert midi_faults(score) == []


@pytest.mark.parametrize("make", scores.ALL)
def test_every_score_can_be_heard(make):
    written = make()
    heads = {
        h.played
        for part in written.parts
        for bar in part.measures
        for line in bar.voices
        for event in line.events
        for h in getattr(event, "heads", ())
        if not h.tied_from
    }
    count = 1 + max((p for played in heads for p in played), default=0)
    notes = tuple(PlayedNote(0.01 * i, 0.01 * i + 0.1, 60, 64) for i in range(count))
    sounding = [n for i in heard(written, Performance(notes)).instruments for n in i.notes]
    assert len(sounding) >= len({played for played in heads if played}) - 1
    assert midi_faults(written) == []
