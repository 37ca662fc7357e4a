"""The second reading: an answer for each placed note, whoever plays it, whatever the grid is."""

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest

from engrave.listening import heads
from engrave.listening.evidence import SecondEvidence
from engrave.listening.first_pass import listen
from engrave.listening.network import WEIGHTS
from engrave.listening.second_pass import listen_again
from engrave.music.grid import Grid
from engrave.music.note import Note
from engrave.music.performance import PIANO, Instrument, Performance
from samples import names, take
from tests.rhythm.test_durations import grid_of
from tests.support.evidence import blank
from tests.support.notes import true_notes
from tests.support.playing import play, press


def placed(name: str) -> tuple[list[Note], Grid]:
    """A sample's notes where its true score has them, held as they were played."""
    sample = take(name)
    held = sample.grid.quarter_at(np.array([n.release for n in sample.performance.notes]))
    notes = []
    for note, end in zip(true_notes(sample), held, strict=True):
        duration = max(Fraction(float(end)) - note.onset, Fraction(1, 16))
        notes.append(replace(note, duration=note.duration and duration))
    return notes, Grid(sample.grid.times, sample.grid.quarters, sample.piece.bars)


def read(name: str, weights: str = WEIGHTS[0]) -> SecondEvidence:
    notes, grid = placed(name)
    performance = take(name).performance
    return listen_again(performance, notes, grid, listen(performance, weights), weights)


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("name", names())
def test_every_note_is_answered(name, weights):
    evidence = read(name, weights)
    for head, width in heads.PLACED_HEADS.items():
        table = getattr(evidence, head)
        assert table.shape == (len(take(name).truth), width)
        assert np.isfinite(table).all()
    assert np.exp(evidence.value).sum(axis=1) == pytest.approx(1)
    assert np.exp(evidence.voice).sum(axis=1) == pytest.approx(1)


def test_most_values_and_voices_of_the_samples_are_read_right():
    """On its true grid: a reader that is told nonsense would know half of them at best."""
    right = {"value": [], "voice": []}
    for name in names():
        sample, evidence = take(name), read(name)
        notes, grid = placed(name)
        for k, (note, true) in enumerate(zip(notes, sample.truth, strict=True)):
            if note.grace:
                continue
            beat = grid.bars[grid.bar_at(note.onset)].beat_length
            value = heads.VALUES[min(evidence.value[k].argmax(), len(heads.VALUES) - 1)]
            right["value"].append(abs(value - true.length / beat) < 1e-3)
            upper, lower = np.exp(evidence.voice[k, 1:3])
            if true.voice not in (1, 5):
                right["voice"].append(lower > upper)
    assert np.mean(right["value"]) > 0.85
    assert np.mean(right["voice"]) > 0.75


def test_of_grace_notes_nothing_is_known():
    notes = [Note(0, 62, Fraction(0), Fraction(0), True)]
    notes.append(Note(1, 64, Fraction(0), Fraction(1)))
    performance = play([press(0, 62), press(0.05, 64)])
    evidence = listen_again(performance, notes, grid_of("4/4"), blank(2))
    assert np.ptp(evidence.value[0]) == 0 == np.ptp(evidence.voice[0])
    assert np.ptp(evidence.value[1]) > 0


def test_the_order_of_the_notes_does_not_matter():
    notes, grid = placed("sonatina")
    performance = take("sonatina").performance
    first = listen(performance)
    here = listen_again(performance, notes, grid, first)
    there = listen_again(performance, notes[::-1], grid, first)
    for field in fields(SecondEvidence):
        assert getattr(there, field.name) == pytest.approx(getattr(here, field.name), abs=1e-4)


def test_each_player_is_read_alone():
    """A second player below the first changes nothing in what the first one is held to write."""
    notes, grid = placed("march")
    alone = take("march").performance
    count = len(notes)
    both = Performance(
        tuple(
            sorted(
                [*alone.notes, *(replace(n, player=1) for n in alone.notes)],
                key=lambda n: (n.onset, n.pitch),
            )
        ),
        players=(PIANO, Instrument("Piano")),
    )
    index = {(note.player, note.onset, note.pitch): k for k, note in enumerate(both.notes)}
    doubled = []
    for player in (0, 1):
        for note in notes:
            played = alone.notes[note.played]
            press = index[player, played.onset, played.pitch]
            doubled.append(replace(note, played=press, part=player))
    said = listen_again(both, doubled, grid, blank(2 * count))
    one = listen_again(alone, notes, grid, blank(count))
    presses = [note.played for note in doubled]
    assert said.value[presses[:count]] == pytest.approx(one.value, abs=1e-4)
    assert said.value[presses[count:]] == pytest.approx(one.value, abs=1e-4)
