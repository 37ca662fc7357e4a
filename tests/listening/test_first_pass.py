"""The network reader: an answer for each note, whatever is played, and however long it is."""

import warnings
from dataclasses import fields, replace

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.evidence import Evidence
from engrave.listening.first_pass import NO_EVIDENCE, NOTE_WINDOW, listen, listen_for_pedal
from engrave.listening.pedal_features import FRAME_SECONDS
from engrave.music.performance import PIANO, Instrument
from samples import names, take
from tests.support.playing import play, press


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


ODD = {
    "one note": [press(0)],
    "two notes": [press(0), press(0.5)],
    "ten hours apart": [press(0), press(36000)],
    "all keys at once": [press(3, pitch) for pitch in range(21, 109)],
    "no length": [press(1000 + i, held=0) for i in range(3)],
    "held for ten hours": [press(i, held=36000) for i in range(3)],
    "longer than a window": [press(0.1 * i, 40 + 7 * i % 48) for i in range(NOTE_WINDOW + 9)],
    "lowest and highest": [press(0, 0, velocity=1), press(0.1, 127, velocity=127)],
}


@pytest.mark.parametrize("notes", ODD.values(), ids=ODD)
def test_every_note_is_answered(notes):
    evidence = listen(play(notes))
    for name, width in heads.NOTE_HEADS.items():
        table = getattr(evidence, name)
        wide = name == "flags" or width > 1
        assert table.shape == ((len(notes), width) if wide else (len(notes),))
        assert table.dtype == float
        assert np.all(np.isfinite(table))


@pytest.mark.slow
@pytest.mark.parametrize("notes", ODD.values(), ids=ODD)
def test_every_moment_is_answered(notes):
    evidence = listen_for_pedal(play(notes))
    last = max(note.release for note in play(notes).notes)
    assert evidence.times[0] - notes[0].onset == pytest.approx(FRAME_SECONDS / 2)
    assert last <= evidence.times[-1] + FRAME_SECONDS / 2 + 1e-6 < last + 2 * FRAME_SECONDS + 1e-3
    for table in (evidence.down, evidence.press, evidence.lift):
        assert table.shape == evidence.times.shape and table.dtype == float
        assert np.all(np.isfinite(table))


def test_the_free_reader_hears_no_pedal():
    evidence = listen_for_pedal(take("nocturne").performance, "free")
    assert (evidence.down == NO_EVIDENCE).all() and (evidence.press == NO_EVIDENCE).all()


def test_the_pedal_is_heard_from_the_keys_alone():
    performance = take("nocturne").performance
    assert performance.sustain
    bare = replace(performance, sustain=())
    assert listen_for_pedal(performance).down.tolist() == listen_for_pedal(bare).down.tolist()


def test_probabilities_of_a_question_are_those_of_all_its_answers():
    evidence = listen(take("sonatina").performance)
    yes_or_no = {name for name, classes in heads.NOTE_HEADS.items() if classes == 1}
    for name in {*heads.NOTE_HEADS} - yes_or_no - {"flags"}:
        assert np.exp(getattr(evidence, name)).sum(axis=1) == pytest.approx(1)


def test_it_does_not_matter_when_the_recording_began():
    notes = take("nocturne").performance.notes
    later = play(press(n.onset + 64, n.pitch, n.release - n.onset, n.velocity) for n in notes)
    here, there = listen(play(notes)), listen(later)
    for field in fields(Evidence):
        assert getattr(there, field.name) == pytest.approx(getattr(here, field.name), abs=1e-3)


def test_the_same_performance_is_read_alike():
    performance = take("march").performance
    assert listen(performance).phase.tolist() == listen(performance).phase.tolist()


# --- what was learned ------------------------------------------------------------------------


def probabilities(question, is_true):
    """The mean probability of yes over notes of all samples: where that is so, and elsewhere."""
    yes, said = [], []
    for sample in map(take, names()):
        bar, pickup = sample.piece.bars[0], sample.piece.pickup
        yes += [is_true(note, note.onset - pickup, bar) for note in sample.truth]
        said += (1 / (1 + np.exp(-getattr(listen(sample.performance), question)))).tolist()
    there = np.array(yes)
    return np.mean(np.array(said)[there]), np.mean(np.array(said)[~there])


@pytest.mark.parametrize(
    ("question", "is_true", "apart"),
    [
        ("onbeat", lambda _, place, bar: place % bar.beat_length == 0, 0.3),
        ("downbeat", lambda _, place, bar: place % bar.full_length == 0, 0.15),
        ("upper", lambda note, *_: note.staff == 1, 0.7),
    ],
)
def test_of_all_samples_together_more_is_right_than_wrong(question, is_true, apart):
    there, elsewhere = probabilities(question, is_true)
    assert there > elsewhere + apart


def test_time_is_heard_together_and_hands_apart():
    piano = [replace(press(0.5 * k, p), player=1) for k in range(24) for p in (43, 64, 67)]
    violin = [press(0.5 * k, 70 + k % 7) for k in range(24)]
    duo = replace(play([*piano, *violin]), players=(Instrument("Violin", 40), PIANO))
    mixed, alone = listen(replace(duo, players=(PIANO,))), listen(duo.alone(1))
    heard, own = listen(duo), duo.played_by(1)
    assert np.array_equal(heard.onbeat, mixed.onbeat)
    assert np.array_equal(heard.upper[own], alone.upper)
    assert not np.allclose(heard.upper[own], mixed.upper[own])
