"""The way of the pulse through the chords: the best of all ways, at any tempo that is heard."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from engrave.listening import heads
from engrave.rhythm import beat_pointer
from engrave.rhythm.beat_pointer import (
    POSITIONS_PER_BEAT,
    TempoGrid,
    beat_likelihoods,
    follow_beat_pointer,
)

ALONE = {Fraction(1): 1.0}


def follow_pulse(
    time: np.ndarray, phase: np.ndarray, pace: np.ndarray, tempi: TempoGrid
) -> np.ndarray:
    """The places of chords that say nothing of a bar, in beats after that of the first one."""
    heard = beat_likelihoods(phase, pace, tempi)
    return follow_beat_pointer(
        time, heard, tempi, np.zeros((len(time), POSITIONS_PER_BEAT))
    ).position


def said(phases: list[float], seconds: list[float], sure: float = 0.9):
    """Chords that are read as standing at these phases of beats of so many seconds."""
    phase = np.full((len(phases), len(heads.PHASES) + 1), (1 - sure) / len(heads.PHASES))
    classes = [int(np.argmin(np.abs(np.array(heads.PHASES) - p))) for p in phases]
    phase[np.arange(len(phases)), classes] = sure
    away = (np.log(seconds)[:, None] - heads.LOG_BEAT_SECONDS) / np.diff(heads.LOG_BEAT_SECONDS)[0]
    pace = np.exp(-0.5 * away**2)
    return phase, pace / pace.sum(axis=1, keepdims=True)


def usual(levels=ALONE):
    return TempoGrid.between(0.2, 2.6, 48, levels)


def test_even_quarters_and_eighths():
    time = 0.3 * np.arange(9)
    phases = [0.0, 0.5] * 4 + [0.0]
    position = follow_pulse(time, *said(phases, [0.6] * 9), usual())
    assert position == pytest.approx(time / 0.6)


def test_the_first_chord_may_stand_within_a_beat():
    position = follow_pulse(
        0.25 * np.arange(6), *said([0.75, 0.0, 0.25, 0.5, 0.75, 0.0], [1.0] * 6), usual()
    )
    assert position.tolist() == [0.75, 1.0, 1.25, 1.5, 1.75, 2.0]


@pytest.mark.parametrize("last", [0.45, 0.9])
def test_the_tempo_may_change_little_by_little(last):
    steps = np.geomspace(0.6, last, 24)
    time = np.concatenate([[0.0], np.cumsum(steps)])
    position = follow_pulse(time, *said([0.0] * 25, [0.6, *steps]), usual())
    assert position.tolist() == list(range(25))


def test_uneven_thirds_are_thirds():
    time = np.array([0.0, 0.24, 0.44, 0.6, 0.77, 1.02, 1.2])
    phases = [0.0, 1 / 3, 2 / 3, 0.0, 1 / 3, 2 / 3, 0.0]
    position = follow_pulse(time, *said(phases, [0.6] * 7), usual())
    assert position == pytest.approx(np.arange(7) / 3)


def test_a_chord_with_half_the_beat_in_mind_does_not_halve_the_others():
    levels = {Fraction(1): 1.0, Fraction(1, 2): 0.05}
    phases, seconds = [0.0, 0.5] * 8, [0.6] * 16
    phases[6:8], seconds[6:8] = [0.0, 0.0], [0.3, 0.3]
    position = follow_pulse(0.3 * np.arange(16), *said(phases, seconds), usual(levels))
    assert position.tolist() == (np.arange(16) / 2).tolist()


def test_a_piece_of_many_blocks_is_read_as_one(monkeypatch):
    chance = np.random.default_rng(3)
    time = 0.3 * np.arange(300) + chance.normal(0, 0.015, 300)
    evidence = said([0.0, 0.5] * 150, [0.6] * 300)
    cut = follow_pulse(time, *evidence, usual())
    monkeypatch.setattr(beat_pointer, "CHORDS_PER_BLOCK", 10**6)
    assert cut.tolist() == follow_pulse(time, *evidence, usual()).tolist()


def test_no_way_is_better_than_the_one_that_is_found(monkeypatch):
    """Against all ways through four chords, with three tempi and steps of one place or tempo."""
    monkeypatch.setattr(beat_pointer, "FARTHEST_POSITION", 1)
    monkeypatch.setattr(beat_pointer, "TEMPO_STEPS", 1)
    tempi = TempoGrid.between(0.4, 0.6, 3, ALONE, lambda seconds: -seconds)
    chance = np.random.default_rng(1)
    for _ in range(3):
        time = np.cumsum(chance.uniform(0.05, 0.4, 4))
        phase = chance.dirichlet(np.full(len(heads.PHASES) + 1, 0.3), 4)
        pace = chance.dirichlet(np.ones(len(heads.LOG_BEAT_SECONDS)), 4)
        found = follow_pulse(time, phase, pace, tempi)
        best = max(_ways(time, phase, pace, tempi), key=lambda way: way[0])
        assert found.tolist() == pytest.approx(best[1])


def _ways(time, phase, pace, tempi):
    """Every way with its score, worked out chord by chord from the definition."""
    table = beat_pointer.beat_likelihoods(phase, pace, tempi)
    starts, steps = (
        product(range(3), range(POSITIONS_PER_BEAT)),
        list(product((-1, 0, 1), (-1, 0, 1))),
    )
    for first, *moves in product(starts, *[steps] * (len(time) - 1)):
        tempo, place = first
        score, position = tempi.log_prior[tempo] + table[0][tempo, place], [place]
        for i, (faster, off) in enumerate(moves, start=1):
            tempo, wait = tempo + faster, time[i] - time[i - 1]
            if not 0 <= tempo < 3:
                break
            beats = wait / tempi.seconds[tempo]
            moved = round(POSITIONS_PER_BEAT * beats) + off
            if moved < 0:
                break
            wrong = (moved - POSITIONS_PER_BEAT * beats) * tempi.seconds[tempo] / POSITIONS_PER_BEAT
            score += tempi.log_prior[tempo] * beats
            score -= (
                beat_pointer.STIFFNESS
                * abs(faster)
                * tempi.step
                / max(beats, beat_pointer.SHORT_WAIT) ** 0.5
            )
            score -= (
                0.5
                * wrong**2
                / (beat_pointer.JITTER**2 + (beat_pointer.RELATIVE_JITTER * wait) ** 2)
            )
            position.append(position[-1] + moved)
            score += table[i][tempo, position[-1] % POSITIONS_PER_BEAT]
        else:
            yield score, np.array(position) / POSITIONS_PER_BEAT


def test_bars_tell_where_the_beats_are():
    """Chords on every eighth, all alike to the reader; each eighth one may open a bar of four."""
    time, anywhere = 0.3 * np.arange(33), np.full((33, len(heads.PHASES) + 1), 1e-3)
    anywhere[:, [0, heads.PHASES.index(0.5)]] = 0.5
    heard = beat_pointer.beat_likelihoods(anywhere, said([0.0] * 33, [0.6] * 33)[1], usual())
    for opens in (0, 1):
        bar = np.full((33, 4 * POSITIONS_PER_BEAT), -0.05)
        bar[opens::8] = -3.0
        bar[opens::8, 0] = -0.05
        bar[:, 0] -= np.where(np.arange(33) % 8 == opens, 0.0, 3.0)
        position = beat_pointer.follow_beat_pointer(time, heard, usual(), bar).position
        assert position[opens::8] % 1 == pytest.approx(0)
        assert np.diff(position) == pytest.approx(0.5)


def test_a_bar_may_slip_by_a_beat(monkeypatch):
    """Downbeats on every fourth beat, once on the fifth: the beats go on as they are."""
    time = 0.6 * np.arange(40)
    heard = beat_pointer.beat_likelihoods(*said([0.0] * 40, [0.6] * 40), usual())
    bar = np.zeros((40, 4 * POSITIONS_PER_BEAT))
    downbeats = [*range(0, 20, 4), *range(21, 40, 4)]
    bar[:, 0] = -4.0
    bar[downbeats] = -4.0
    bar[downbeats, 0] = 0.0
    way = beat_pointer.follow_beat_pointer(time, heard, usual(), bar)
    assert way.position.tolist() == list(range(40))
    monkeypatch.setattr(beat_pointer, "SLIP_COST", 1e6)
    strict = beat_pointer.follow_beat_pointer(time, heard, usual(), bar)
    assert (
        strict.position.tolist() != list(range(40)) and strict.log_likelihood < way.log_likelihood
    )
