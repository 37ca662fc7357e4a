"""Plain music is right: level, bars, places, hands, whatever program or player wrote the file."""

import io
from fractions import Fraction

import mido
import pytest

import engrave
from engrave.music.marks import TempoMark
from engrave.music.score import Chord
from engrave.music.values import TimeSignature
from samples.tunes import Tune, as_midi, line, midi_of
from tests.support.judge import check
from tests.support.plain import TUNES


def places(score, tune: Tune) -> list[tuple[Fraction, int, int]]:
    """(onset from the first full bar, pitch, staff) of each notehead that begins."""
    start, found = -tune.pickup, []
    for measure in score.parts[0].measures:
        for voice in measure.voices:
            for event in voice.events:
                if isinstance(event, Chord) and not event.grace:
                    heads = (head for head in event.heads if not head.tied_from)
                    staff = event.staff or voice.staff
                    found += [(start + event.onset, head.pitch.midi, staff) for head in heads]
        start += measure.length
    return sorted(found)


def wanted(tune: Tune) -> list[tuple[Fraction, int, int]]:
    hands = ((tune.right, 1), (tune.left, 2))
    return sorted(
        (Fraction(on).limit_denominator(24), pitch, staff)
        for notes, staff in hands
        for on, _, pitch in notes
    )


def tempo(score) -> float:
    mark = next(m for m in score.parts[0].measures[0].marks if isinstance(m, TempoMark))
    return float(mark.per_minute * mark.beat.length)


def is_right(score, tune: Tune, bpm: float) -> None:
    meters = [m.time for m in score.parts[0].measures if m.time]
    assert meters == [TimeSignature(*tune.meter)]
    first = score.parts[0].measures[0]
    full = Fraction(4 * tune.meter[0], tune.meter[1])
    assert (Fraction(0) if first.length == full else first.length) == tune.pickup
    assert tempo(score) == pytest.approx(bpm, rel=0.03)
    assert places(score, tune) == wanted(tune)
    assert check(score, score.performance) == []


@pytest.mark.parametrize("bpm", [72, 100, 132])
@pytest.mark.parametrize("name", [name for name, tune in TUNES.items() if not tune.pickup])
def test_a_program_writes_it_with_its_meter(name, bpm):
    tune = TUNES[name]
    score = engrave.transcribe(midi_of(tune, bpm, stated=tune.meter), weights="free")
    assert score.on_grid == "exact"
    is_right(score, tune, bpm)


@pytest.mark.parametrize("jitter", [0.008, 0.015])
@pytest.mark.parametrize("name", TUNES)
def test_somebody_plays_it_to_a_click(name, jitter):
    tune = TUNES[name]
    score = engrave.transcribe(midi_of(tune, 96, jitter, tune.meter), weights="free")
    assert score.on_grid == "click"
    is_right(score, tune, 96)


@pytest.mark.parametrize("name", ["twinkle, melody", "ode, alberti", "silent night"])
def test_the_ticks_say_it_where_no_meter_is_stated(name):
    tune = TUNES[name]
    is_right(engrave.transcribe(midi_of(tune, 120), weights="free"), tune, 120)


def test_a_waltz_in_a_file_that_states_four_four_is_a_waltz():
    tune = TUNES["silent night"]
    score = engrave.transcribe(midi_of(tune, 108, stated=(4, 4)), weights="free")
    is_right(score, tune, 108)


@pytest.mark.parametrize("late", [0.02, 0.04])
def test_latency_moves_all_of_it(late):
    """A recorder that is late as a whole: the notes come after its beats."""
    tune = TUNES["ode, alberti"]
    bpm = 96
    moved = Tune(
        *(
            [(on + 4 + late * bpm / 60, length, pitch) for on, length, pitch in notes]
            for notes in (tune.right, tune.left)
        ),
        tune.meter,
    )
    data = midi_of(Tune(((0, 0.25, 30), *moved.right), moved.left, tune.meter), bpm, 0.006)
    score = engrave.transcribe(data, weights="free")
    assert score.on_grid == "click"
    found = {(on - 4, pitch) for on, pitch, _ in places(score, tune)}
    assert {(on, pitch) for on, pitch, _ in wanted(tune)} <= found


def test_a_steady_take_on_a_recorder_that_writes_another_tempo_is_free():
    for name in ("twinkle, bass", "silent night"):
        data = midi_of(TUNES[name], 87, 0.012, (4, 4), says=120)
        assert engrave.transcribe(data, weights="free").on_grid == "free"


def test_the_user_says_whether_the_grid_is_that_of_the_file():
    tune = TUNES["ode, alberti"]
    data = midi_of(tune, 100, 0.01, (4, 4))
    assert engrave.transcribe(data, weights="free", grid="free").on_grid == "free"
    data = midi_of(tune, 87, 0.012, (4, 4), says=120)
    assert engrave.transcribe(data, weights="free", grid="file").on_grid == "click"
    with pytest.raises(ValueError, match="says nothing of the grid"):
        engrave.transcribe(data, grid="maybe")


def test_meter_and_tempo_that_the_user_gives_come_first():
    tune = TUNES["twinkle, melody"]
    data = midi_of(tune, 120, stated=(4, 4))
    score = engrave.transcribe(data, weights="free", meter="2/4")
    assert {m.time for m in score.parts[0].measures if m.time} == {TimeSignature(2, 4)}
    assert engrave.transcribe(data, weights="free", tempo=60).on_grid == "free"


@pytest.mark.parametrize("tick", [1, 163, 480, 1200, 1920, 2003])
def test_a_change_of_meter_anywhere_leaves_bars_that_can_be_written(tick):
    file = mido.MidiFile(file=io.BytesIO(midi_of(TUNES["ode, alberti"], 100, stated=(4, 4))))
    change = mido.MetaMessage("time_signature", numerator=3, denominator=4, time=tick)
    file.tracks.append(mido.MidiTrack([change]))
    content = io.BytesIO()
    file.save(file=content)
    score = engrave.transcribe(content.getvalue(), weights="free")
    assert check(score, score.performance) == []
    last = [m.time for m in score.parts[0].measures if m.time][-1]
    assert last == TimeSignature(3, 4) or tick < 480  # then all of it is heard as it sounds


def test_a_bar_that_nobody_can_read_is_not_believed():
    """28/1, cut by another meter: a bar of 373 sixteenths, which no file can hold."""
    meters = [(0.0, 28, 1), (93.25, 15, 16)]
    hands = {"Right": [(k / 2, k / 2 + 0.4, 60 + k % 7, 64) for k in range(220)]}
    score = engrave.transcribe(as_midi(hands, 100, meters), weights="free")
    assert check(score, score.performance) == []
    assert max(bar.length for bar in score.grid.bars) <= 32


def test_hours_of_silence_are_not_written_out():
    tune = Tune([(0, 1, 60), (60_000, 1, 64), (60_002, 1, 62)], [], (4, 4))
    score = engrave.transcribe(midi_of(tune, 100, stated=(4, 4)), weights="free")
    assert score.on_grid == "free" and len(score.parts[0].measures) < 20


@pytest.mark.parametrize("bpm", [3.6, 900])
def test_a_tempo_that_nobody_plays_is_written_all_the_same(bpm):
    score = engrave.transcribe(midi_of(TUNES["twinkle, melody"], bpm, stated=(4, 4)))
    assert check(score, score.performance) == []


@pytest.mark.parametrize("notes", ["60", "60+64+67:4", "60 62 64 65 67:4"])
def test_a_note_a_chord_a_bar(notes):
    tune = Tune(line(notes), [], (4, 4))
    score = engrave.transcribe(midi_of(tune, 100, stated=(4, 4)), weights="free")
    assert places(score, tune) == wanted(tune)
    assert score.parts[0].measures[0].key.fifths == 0
    assert len(score.parts[0].measures) == (2 if len(notes) > 12 else 1)
