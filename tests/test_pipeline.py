"""The whole way: every sound score, whatever is played, and each correction where it belongs."""

import warnings
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engrave.music.grid import Tap
from engrave.music.marks import Dynamic, PedalMark, TempoMark
from engrave.music.performance import PIANO, Instrument, PedalMove, Performance, Source
from engrave.music.score import Chord
from engrave.music.values import KeySignature, TimeSignature
from engrave.options import Options
from engrave.pedal.inference import PedalOptions
from engrave.pipeline import transcribe
from samples import names, take
from tests.support.judge import check
from tests.support.playing import beat_f_measure, play, press


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def write(performance, **options):
    """The transcription, whose score the judge finds sound."""
    made = transcribe(performance, Options(**options))
    assert check(made.score, performance) == []
    assert made.performance is performance
    return made


def measures(made):
    return made.score.parts[0].measures


def scale(count=32, seconds=0.4, start=0.0):
    """A bass note with every fourth of even notes that go up and down."""
    steps = [0, 2, 4, 5, 7, 5, 4, 2]
    notes = [press(start + seconds * i, 60 + steps[i % 8], 0.9 * seconds) for i in range(count)]
    notes += [press(start + seconds * i, 36, 3 * seconds) for i in range(0, count, 4)]
    return play(notes)


def scattered(count, seconds):
    """Any keys at any time."""
    chance = np.random.default_rng(7)
    onsets, held = chance.random(count) * seconds, chance.exponential(0.6, count)
    return list(map(press, onsets.tolist(), chance.integers(21, 109, count).tolist(), held))


ODD = {
    "one note": [press(0)],
    "two notes": [press(0), press(0.5, 64)],
    "one chord": [press(2, pitch) for pitch in (36, 48, 60, 64, 67)],
    "all keys at once": [press(2, pitch) for pitch in range(21, 109)],
    "ten hours apart": [press(0), press(36000, 64)],
    "from 1000 s on": scale(start=1000.0).notes,
    "no length": [press(0.4 * i, 60 + i % 5, 0) for i in range(20)],
    "held for ten hours": [press(0.4 * i, 60 + i % 5, 36000) for i in range(20)],
    "3000 in a second": scattered(3000, seconds=1.0),
    "at random": scattered(400, seconds=60.0),
}


@pytest.mark.parametrize("notes", ODD.values(), ids=ODD)
def test_the_odd_cases(notes):
    made = write(play(notes))
    assert len(measures(made)) <= 80


@pytest.mark.parametrize("name", names())
def test_samples(name):
    made = write(take(name).performance)
    assert made.score.title == take(name).piece.title


@pytest.mark.slow
def test_most_beats_of_the_samples_are_found():
    """On the average, with all that was learned; each step by itself is tested with its module."""
    found = []
    for sample in map(take, names()):
        last = sample.performance.notes[-1].onset + 0.1
        true = [time for time in sample.grid.times if time <= last]
        times = [time for time in transcribe(sample.performance).grid.times if time <= last]
        found.append(beat_f_measure(true, times))
    assert np.mean(found) > 0.6


def test_pedal_and_notes_reach_the_page():
    performance = Performance(
        scale().notes, (PedalMove(0.05, 127), PedalMove(3.1, 0)), source=Source(title="Scale")
    )
    made = write(performance)
    kinds = [m.kind for measure in measures(made) for m in measure.marks if hasattr(m, "kind")]
    assert kinds == ["start", "stop"]
    heads = {
        played
        for measure in measures(made)
        for voice in measure.voices
        for chord in voice.events
        if isinstance(chord, Chord)
        for head in chord.heads
        for played in head.played
    }
    assert heads == set(range(len(performance.notes)))


def test_title_and_composer_replace_what_the_source_says():
    performance = Performance(scale(4).notes, source=Source(title="Take 3", composer="me"))
    made = transcribe(performance)
    assert (made.score.title, made.score.composer) == ("Take 3", "me")
    made = transcribe(performance, Options(title="Air", composer=""))
    assert (made.score.title, made.score.composer) == ("Air", "")


@pytest.mark.parametrize("meter", [(3, 4), (5, 4), (6, 8), (7, 8), (3, 8), (1, 4), (3, 2), (12, 8)])
def test_the_meter_enters_at_the_bars(meter):
    made = write(scale(), meter=TimeSignature(*meter))
    assert [m.time for m in measures(made) if m.time] == [TimeSignature(*meter)]
    full = Fraction(4 * meter[0], meter[1])
    assert {m.length for m in measures(made) if m.number} == {full}


@pytest.mark.parametrize(("tempo", "low", "high"), [(75, 70, 80), (150, 144, 156), (38, 36, 40)])
def test_the_tempo_enters_at_the_beats(tempo, low, high):
    made = write(scale(), tempo=tempo)
    (mark,) = [m for measure in measures(made) for m in measure.marks if isinstance(m, TempoMark)]
    assert low <= mark.per_minute <= high


def test_taps_enter_at_the_beats_and_the_bars():
    taps = [Tap(0.4 * i, i % 5 == 2) for i in range(32)]
    made = write(scale(), beats=taps)
    assert [m.length for m in measures(made)][:3] == [2, 5, 5]
    assert [m.number for m in measures(made)][:3] == [0, 1, 2]
    assert made.grid.times[:-1] == pytest.approx([tap.time for tap in taps])


def test_no_taps_are_no_correction():
    assert transcribe(scale(), Options(beats=[])) == transcribe(scale())


def test_the_key_enters_at_the_spelling():
    flats = KeySignature(-5, "minor")
    made = write(scale(), key=flats)
    assert [m.key for m in measures(made) if m.key] == [flats]


def test_the_same_performance_makes_the_same_score():
    performance = take("nocturne").performance
    assert transcribe(performance) == transcribe(performance)


INFERRED = Options(pedal=PedalOptions("infer"))


def test_the_pedal_is_written_as_wished():
    performance = Performance(scale().notes, (PedalMove(0.05, 127), PedalMove(3.1, 0)))

    def marks(source):
        made = transcribe(performance, Options(pedal=PedalOptions(source)))
        assert check(made.score, performance) == []
        return sum(isinstance(m, PedalMark) for measure in measures(made) for m in measure.marks)

    assert marks("off") == 0
    assert marks("keep") == marks("auto") == 2
    assert transcribe(performance, INFERRED).performance is performance


def test_an_inferred_pedal_is_pressed_at_notes_of_the_left_hand():
    """In the march, where nobody pressed one, nearly always."""
    pressed = at_a_note = 0
    for measure in measures(transcribe(take("march").performance, INFERRED)):
        begun = {
            event.onset
            for voice in measure.voices
            for event in voice.events
            if isinstance(event, Chord) and voice.staff == 2
        }
        starts = [m.onset for m in measure.marks if isinstance(m, PedalMark) and m.kind == "start"]
        pressed += len(starts)
        at_a_note += sum(start in begun for start in starts)
    assert pressed > 30 and at_a_note > 0.9 * pressed


def duo():
    """A violin above a piano; the violin is pitched as the piano's left hand, too."""
    melody = [replace(press(0.5 * k, 67 + k % 8, 0.45), player=0) for k in range(32)]
    chords = [press(0.5 * k, p, 0.4) for k in range(1, 32, 2) for p in (59, 62, 67)]
    bass = [press(2.0 * k, 43 - k % 2 * 5, 1.9) for k in range(8)]
    piano = [replace(note, player=1) for note in chords + bass]
    violin = Instrument("Violin", 40)
    return replace(
        play([*melody, *piano]),
        sustain=(PedalMove(0.1, 127), PedalMove(3.9, 0)),
        players=(violin, PIANO),
    )


def test_players_have_parts_of_their_own():
    performance = duo()
    made = write(performance)
    assert [(p.name, p.staves, p.program) for p in made.score.parts] == [
        *(("Violin", 1, 40), ("Piano", 2, 0))
    ]
    bars = [[(m.number, m.length, m.key) for m in part.measures] for part in made.score.parts]
    assert bars[0] == bars[1]
    for number, part in enumerate(made.score.parts):
        heads = {
            head.played[0]
            for measure in part.measures
            for voice in measure.voices
            for chord in voice.events
            if isinstance(chord, Chord)
            for head in chord.heads
        }
        assert heads == set(performance.played_by(number))
    marks = [{type(m) for measure in p.measures for m in measure.marks} for p in made.score.parts]
    assert TempoMark in marks[0] and TempoMark not in marks[1]
    assert PedalMark in marks[1] and PedalMark not in marks[0]


def test_nobody_but_a_pianist_is_given_a_pedal():
    performance = replace(scale(), players=(replace(PIANO, program=19),))  # an organ
    assert not transcribe(performance, INFERRED).pedal_track.moves


def test_a_line_has_one_staff_and_the_clef_of_its_register():
    for octave, sign in ((0, "G"), (-2, "F")):
        line = play([press(0.5 * k, 60 + 12 * octave + k % 12, 0.5) for k in range(32)])
        (part,) = write(line).score.parts
        assert part.staves == 1
        assert [clef.sign for m in part.measures for clef in m.clefs] == [sign]


@pytest.mark.parametrize("lowest", [0, 60])
def test_marks_stand_at_notes_that_are_written(lowest):
    """Keys below all notation, louder and softer, before, between and after others or alone."""
    low = [replace(press(0.5 * i, i % 8), velocity=20 + 6 * (i % 16)) for i in range(64)]
    high = [replace(press(8 + 0.5 * i, 60 + i % 5), velocity=90 - 4 * i) for i in range(16)]
    performance = play([*low, *high] if lowest else low)
    performance = replace(performance, sustain=(PedalMove(0.0, 127), PedalMove(6.2, 0)))
    made = write(performance)
    assert {left.reason for left in made.score.unwritten} == {"lower than notation goes"}
    signs = [m for bar in measures(made) for m in bar.marks if isinstance(m, Dynamic)]
    assert bool(signs) == bool(lowest)


def test_facts_about_the_source_reach_the_page():
    source = Source("takes/air.mid", date="3 May 2024", rights="(c) Somebody")
    made = transcribe(Performance(scale(4).notes, source=source))
    found = made.score.source, made.score.date, made.score.rights
    assert found == ("air", "3 May 2024", "(c) Somebody")
