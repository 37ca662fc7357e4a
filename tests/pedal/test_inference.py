"""A pedal that nobody recorded, from evidence that is the true one with noise."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from bench.metrics.pedal import compare_time, crossing_f, intervals
from engrave.listening.evidence import PedalEvidence
from engrave.listening.note_features import KeyPresses
from engrave.listening.pedal_features import Frames
from engrave.music.performance import PedalMove, Performance, PlayedNote
from engrave.pedal.inference import (
    PedalOptions,
    _likeliest_states,
    _threshold,
    choose_pedal,
    hide_pedal,
    infer_pedal,
)
from training.tasks.pedal import pedal_at

COUNT, STEP = 64, 0.5


def legato(seconds: float = STEP) -> Performance:
    """Chords, the pedal changed with every other one, and none in the last quarter of the piece."""
    notes = tuple(PlayedNote(seconds * i, seconds * (i + 0.9), 48, 60) for i in range(COUNT))
    moves = []
    for i in range(0, 3 * COUNT // 4, 2):
        moves += [PedalMove(seconds * i + 0.03, 0), PedalMove(seconds * i + 0.18, 127)]
    return Performance(notes, (*moves, PedalMove(seconds * 3 * COUNT / 4 + 0.1, 0)))


def told(
    performance: Performance, noise: float = 0.0, sure: float = 3.0, seed: int = 0
) -> PedalEvidence:
    """What a reader says who knows the foot: log odds of `sure`, and noise of that deviation."""
    times = Frames.of(KeyPresses.of(performance)).times
    foot = pedal_at(KeyPresses.of(performance), times)
    chance = np.random.default_rng(seed)

    def odds(yes: np.ndarray) -> np.ndarray:
        said = np.where(yes > 0, sure, -sure)
        return np.asarray(said + chance.normal(0, noise, len(times)))

    return PedalEvidence(times, *(odds(foot[name]) for name in ("down", "press", "lift")), used=0.7)


def judged(performance: Performance, moves) -> tuple[float, float, float]:
    last = performance.notes[-1].release
    true, found = (intervals(m, 0.0, last) for m in (performance.sustain, moves))
    agreed = compare_time(true, found, 0.0, last)
    return agreed["f"], agreed["time"], crossing_f(true, found)


@pytest.mark.parametrize("seconds", [0.3, 0.5, 0.8])
def test_a_reader_who_knows_the_foot_is_followed(seconds):
    performance = legato(seconds)
    f, time, crossings = judged(performance, infer_pedal(told(performance)))
    assert f > 0.9 and time > 0.85 and crossings > 0.95


def test_noise_in_what_is_said_is_outweighed():
    """Whatever noise it is; and more moves are right than where each moment is believed."""
    performance = legato()
    heard = [told(performance, noise=1.5, seed=seed) for seed in range(20)]
    decoded = np.array([judged(performance, infer_pedal(evidence)) for evidence in heard])
    believed = np.array([judged(performance, moment_by_moment(evidence)) for evidence in heard])
    f, _, crossings = decoded.T
    assert f.min() > 0.9 and crossings.mean() > 0.8
    assert crossings.mean() > believed[:, 2].mean() + 0.05


def moment_by_moment(evidence: PedalEvidence) -> list[PedalMove]:
    """The pedal is down wherever that is more likely than not."""
    down = evidence.down > 0
    changes = np.flatnonzero(np.diff(down, prepend=False))
    return [PedalMove(float(evidence.times[k]), 127 if down[k] else 0) for k in changes]


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_said_the_foot_goes_down_and_up_in_turn(seed: int):
    evidence = by_chance(seed)
    moves = infer_pedal(evidence)
    assert moves and [move.depth for move in moves] == [127, 0] * (len(moves) // 2)
    assert all(b.time > a.time for a, b in pairwise(moves))


def by_chance(seed: int, count: int = 400) -> PedalEvidence:
    chance = np.random.default_rng(seed)
    return PedalEvidence(0.04 * np.arange(count), *chance.normal(0, 3, (3, count)), used=0.7)


@pytest.mark.parametrize("seed", range(20))
def test_the_likeliest_foot_is_found(seed: int):
    """Against trying every foot there is."""
    count, brief = 11, [-4.0, -2.0, -1.0]
    down, press, lift = np.random.default_rng(seed).normal(0, 3, (3, count))

    def agrees(states: tuple[int, ...]) -> float:
        moves = np.diff(states, prepend=0)
        presses, lifts = np.flatnonzero(moves > 0), np.flatnonzero(moves < 0)
        long = [b - a for a, b in zip(presses, lifts, strict=False)]
        soon_over = sum(brief[n - 1] for n in long if n <= len(brief))
        return float(down @ states + press[presses].sum() + lift[lifts].sum() + soon_over)

    best = max(product((0, 1), repeat=count), key=agrees)
    assert _likeliest_states(down, press, lift, brief).tolist() == list(best)


def test_how_sure_one_must_be_depends_on_how_much_pedal_there_is():
    """Expected F: with k of the likeliest moments said, 2 sum(p) / (k + all p)."""
    assert _threshold(np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(0.5)
    assert _threshold(np.full(10, 0.2)) == pytest.approx(0.2 / 1.2)
    assert _threshold(np.array([0.9, 0.5, 0.1])) == pytest.approx(2 * 1.4 / (2 + 1.5) / 2)


def test_whose_pedal_is_written():
    recorded = legato()
    bare = Performance(recorded.notes)
    for source, performance, inferred in (
        *(("auto", recorded, False), ("auto", bare, True), ("keep", recorded, False)),
        *(("keep", bare, False), ("infer", recorded, True), ("off", recorded, False)),
    ):
        foot = choose_pedal(performance, PedalOptions(source), lambda _: told(recorded))
        assert foot.inferred == inferred, (source, inferred)
        assert bool(foot.moves) == (source in ("auto", "infer") or performance.sustain != ()) * (
            source != "off"
        )
    assert hide_pedal(recorded, PedalOptions("infer")) == bare
    assert hide_pedal(recorded, PedalOptions()) is recorded


def test_a_reader_is_asked_only_if_a_pedal_must_be_inferred():
    def nobody(_: Performance) -> PedalEvidence:
        raise AssertionError

    recorded = legato()
    assert choose_pedal(recorded, PedalOptions("auto"), nobody).moves == recorded.sustain
    assert choose_pedal(Performance(()), PedalOptions("infer"), nobody).moves == ()


def test_music_that_takes_no_pedal_gets_none_unless_it_is_wished():
    performance = Performance(legato().notes)
    evidence = replace(told(legato()), used=0.3)
    assert choose_pedal(performance, PedalOptions("auto"), lambda _: evidence).moves == ()
    assert choose_pedal(performance, PedalOptions("infer"), lambda _: evidence).moves != ()


def test_long_waits_cost_no_moments_and_move_no_pedal():
    """Two phrases ten hours apart are heard as if they followed each other soon."""
    near = [PlayedNote(0.5 * i, 0.5 * i + 0.4, 60 + i % 5, 64) for i in range(8)]
    for apart in (20.0, 36000.0):
        notes = (
            *near,
            *(replace(n, onset=n.onset + apart, release=n.release + apart) for n in near),
        )
        heard = []

        def hear(performance, heard=heard):
            heard.append(performance.notes[-1].release)
            times = np.arange(0.02, performance.notes[-1].release, STEP)
            down = np.where((times % 2 < 1) & (times > 20), 5.0, -5.0)
            return PedalEvidence(times, down, 0 * times, 0 * times, 1.0)

        moves = choose_pedal(Performance(notes), PedalOptions("infer"), hear).moves
        assert heard[0] < 30
        pressed = [move.time for move in moves if move.depth]
        assert pressed and all(apart - 1 < time < apart + 5 for time in pressed)
