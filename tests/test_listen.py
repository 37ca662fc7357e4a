"""What sounds like a beat, by cues that can be played one at a time."""

import warnings

import numpy as np
import pytest

from engrave.listen import hear_accents, listen
from samples import names, take
from tests.playing import play, press


def mean_by_place(values, period):
    """The mean at each place of a pattern, its first and last time left out (nothing around)."""
    inner = np.asarray(values)[period:-period]
    return inner[: len(inner) // period * period].reshape(-1, period).mean(axis=0)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize(
    "notes",
    [
        [press(0)],
        [press(0), press(0.5)],
        [press(0), press(36000)],
        [press(3, pitch) for pitch in range(21, 109)],
        [press(1000 + i, held=0) for i in range(3)],
    ],
    ids=["one note", "two notes", "ten hours apart", "all keys at once", "no length"],
)
def test_every_note_has_a_probability(notes):
    evidence = listen(play(notes))
    assert evidence.beat.shape == (len(notes),)
    assert np.all((evidence.beat > 0) & (evidence.beat < 1))


def test_the_notes_of_a_chord_share_their_evidence():
    performance = play([press(i + 0.01 * j, 48 + 4 * j) for i in range(9) for j in range(3)])
    chords = listen(performance).beat.reshape(9, 3)
    assert np.all(chords == chords[:, :1])


@pytest.mark.parametrize(
    "stressed",
    [
        lambda t: [press(t), press(t, 64), press(t, 67)],
        lambda t: [press(t, 43)],
        lambda t: [press(t, velocity=90)],
        lambda t: [press(t, held=1.0)],
    ],
    ids=["fuller", "lower", "louder", "held"],
)
def test_each_cue_makes_a_beat_likelier(stressed):
    """Every fourth of even notes is marked in one way only."""
    times = 0.25 * np.arange(64)
    notes = [stressed(t) if i % 4 == 0 else [press(t)] for i, t in enumerate(times)]
    performance = play(note for chord in notes for note in chord)
    beat = listen(performance).beat
    first = [note.onset for note in performance.notes].index
    marked, *others = mean_by_place([beat[first(t)] for t in times], 4)
    assert marked > max(others) + 0.02


def test_a_change_of_harmony_makes_a_beat_likelier():
    roots = [48, 53, 55, 48, 57, 50, 55, 48]
    arpeggio = [root % 12 + 60 + step for root in roots for step in (0, 7, 0, 7)]
    beat = listen(play(press(0.3 * i, pitch) for i, pitch in enumerate(arpeggio))).beat
    marked, *others = mean_by_place(beat, 4)
    assert marked > max(others) + 0.05


def test_loudness_and_pitch_are_heard_against_what_is_around():
    """The same piece played louder, and a third higher, has the same beats."""
    notes = [(0.25 * i, 60 - 12 * (i % 4 == 0), 50 + i % 7) for i in range(40)]
    evidence = listen(play(press(t, p, velocity=v) for t, p, v in notes))
    moved = listen(play(press(t + 9, p + 4, velocity=v + 30) for t, p, v in notes))
    assert moved.beat == pytest.approx(evidence.beat)


# In these two, all notes stand on beats.
@pytest.mark.parametrize("name", sorted({*names()} - {"blue_danube", "old_hundredth"}))
def test_notes_on_beats_sound_more_like_beats(name):
    sample = take(name)
    beat = listen(sample.performance).beat
    beat_length = sample.piece.bars[0].beat_length
    place = [(note.onset - sample.piece.pickup) % beat_length for note in sample.truth]
    on = np.array([at == 0 for at in place])
    assert beat[on].mean() > beat[~on].mean() + 0.2


# The hymn has a chord on each beat, and nothing else to tell its bars by than what they mean.
@pytest.mark.parametrize("name", sorted({*names()} - {"old_hundredth"}))
def test_downbeats_have_the_accents(name):
    sample = take(name)
    accents = hear_accents(sample.performance, np.array(sample.grid.times))
    pickup, bar = sample.piece.pickup, sample.piece.bars[0].full_length
    down = np.array([(quarter - pickup) % bar == 0 for quarter in sample.grid.quarters])
    assert accents[down].mean() > accents[~down].mean() + 0.3


def test_the_first_of_three_in_a_waltz_is_the_accent():
    chords = [(36, 0, 1.4), (55, 1, 0.4), (55, 2, 0.4)]
    harmony = [0, 7, 5, 0, 9, 2, 7, 0]
    notes = [
        press(1.5 * bar + 0.5 * beat, pitch + step, held)
        for bar, step in enumerate(harmony)
        for pitch, beat, held in chords
    ]
    accents = hear_accents(play(notes), 0.5 * np.arange(24))
    first, second, third = mean_by_place(accents, 3)
    assert first > max(second, third) + 0.8


def test_beats_on_which_nothing_is_struck_are_heard_as_average():
    accents = hear_accents(play([press(0), press(8)]), np.arange(0.0, 9.0))
    assert np.all(np.isfinite(accents))
    assert accents[3] == pytest.approx(accents[4])


def test_beats_far_from_all_notes_are_bounded():
    accents = hear_accents(play([press(0)]), np.array([1e6, 2e6]))
    assert np.all(np.isfinite(accents))
