"""The network reader: an answer for each note, whatever is played, and however long it is."""

import warnings
from dataclasses import fields, replace

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.evidence import Evidence
from engrave.listening.first_pass import (
    NO_EVIDENCE,
    NOTE_MARGIN,
    NOTE_WINDOW,
    listen,
    listen_for_pedal,
)
from engrave.listening.network import in_windows
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


def test_the_reader_is_asked_what_the_network_answers():
    answers = np.arange(2 * heads.NOTE_OUTPUTS).reshape(2, heads.NOTE_OUTPUTS)
    parts = heads.split_heads(answers)
    assert list(parts) == list(heads.NOTE_HEADS) == [field.name for field in fields(Evidence)]
    assert np.concatenate(list(parts.values()), axis=1).tolist() == answers.tolist()


def test_it_does_not_matter_when_the_recording_began():
    notes = take("nocturne").performance.notes
    later = play(press(n.onset + 64, n.pitch, n.release - n.onset, n.velocity) for n in notes)
    here, there = listen(play(notes)), listen(later)
    for field in fields(Evidence):
        assert getattr(there, field.name) == pytest.approx(getattr(here, field.name), abs=1e-3)


def test_the_same_performance_is_read_alike():
    performance = take("march").performance
    assert listen(performance).phase.tolist() == listen(performance).phase.tolist()


def test_evidence_of_some_notes():
    evidence = listen(take("march").performance)
    some = evidence.take([7, 3, 5])
    assert some.onbeat.tolist() == evidence.onbeat[[7, 3, 5]].tolist()
    assert some.pace.tolist() == evidence.pace[[7, 3, 5]].tolist()
    assert some.flag("grace").tolist() == evidence.flags[[7, 3, 5], 0].tolist()
    assert evidence.take([]).value.shape == (0, len(heads.VALUES) + 1)


# --- long performances -----------------------------------------------------------------------


class Neighbourly:
    """A reader whose answer to each note is the mean of the notes that it sees `reach` around."""

    def __init__(self, reach):
        self.reach = reach
        self.read = []  # the windows, each as its notes

    def __call__(self, rows):
        self.read.append(rows[:, 0].astype(int).tolist())
        index = np.arange(len(rows))
        start = np.maximum(index - self.reach, 0)
        stop = np.minimum(index + self.reach + 1, len(rows))
        total = np.concatenate([[0.0], np.cumsum(rows[:, 1])])
        mean = (total[stop] - total[start]) / (stop - start)
        return np.repeat(mean[:, None], heads.NOTE_OUTPUTS, axis=1)


def rows_of(count):
    """Rows that know their number and something more."""
    chance = np.random.default_rng(count)
    return np.stack([np.arange(count), chance.random(count)], axis=1)


def read_in_windows(rows, reader):
    return in_windows(len(rows), lambda shown: reader(rows[shown]), NOTE_WINDOW, NOTE_MARGIN)


EDGES = [
    1,
    NOTE_MARGIN,
    NOTE_WINDOW - 1,
    NOTE_WINDOW,
    NOTE_WINDOW + 1,
    2 * NOTE_WINDOW - 2 * NOTE_MARGIN,
    3 * NOTE_WINDOW,
]
COUNTS = [*EDGES, 2 * NOTE_WINDOW - 2 * NOTE_MARGIN + 1, 5000]


@pytest.mark.parametrize("count", COUNTS)
def test_windows_are_read_as_one(count):
    """A reader who looks no further than the margin says the same of all notes."""
    rows = rows_of(count)
    answers = read_in_windows(rows, Neighbourly(NOTE_MARGIN))
    assert answers.shape == (count, heads.NOTE_OUTPUTS)
    assert answers == pytest.approx(Neighbourly(NOTE_MARGIN)(rows), abs=1e-6)


@pytest.mark.parametrize("count", COUNTS)
def test_no_window_is_longer_than_the_network_may_read_and_none_is_read_in_vain(count):
    reader = Neighbourly(0)
    read_in_windows(rows_of(count), reader)
    assert {note for window in reader.read for note in window} == set(range(count))
    assert all(0 < len(window) <= NOTE_WINDOW for window in reader.read)
    kept = NOTE_WINDOW - 2 * NOTE_MARGIN
    assert len(reader.read) == max(1, -(-(count - 2 * NOTE_MARGIN) // kept))


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
