"""A pedal that nobody recorded, from evidence that is the true one with noise."""

import numpy as np
import pytest

from bench.pedal_figures import compare_time, crossing_f, intervals
from engrave.pedalling import PedalWish, find_foot, infer_pedal, to_be_heard
from engrave.performance import PedalMove, Performance, PlayedNote
from tests.evidence import blank

COUNT, STEP = 64, 0.5


def legato(seconds: float = STEP) -> Performance:
    """Chords, the pedal changed with every other one, and none in the last quarter of the piece."""
    notes = tuple(PlayedNote(seconds * i, seconds * (i + 0.9), 48, 60) for i in range(COUNT))
    moves = []
    for i in range(0, 3 * COUNT // 4, 2):
        moves += [PedalMove(seconds * i + 0.03, 0), PedalMove(seconds * i + 0.18, 127)]
    return Performance(notes, (*moves, PedalMove(seconds * 3 * COUNT / 4 + 0.1, 0)))


def told(performance: Performance, noise: float = 0.0, sure: float = 3.0):
    """What a reader says who knows the foot: log odds of `sure`, and noise of that deviation."""
    onset = np.array([note.onset for note in performance.notes])
    following = np.append(onset[1:], onset[-1] + 1)
    foot = intervals(performance.sustain, 0.0, onset[-1] + 1)
    chance = np.random.default_rng(7)

    def odds(yes: list[bool]) -> np.ndarray:
        said = np.where(yes, sure, -sure)
        return np.asarray(said + chance.normal(0, noise, len(onset)))

    halves = (onset + following) / 2
    evidence = blank(len(onset))
    evidence.pedal_down[:] = odds([any(a <= t < b for a, b in foot) for t in halves])
    for k, head in enumerate((evidence.pedal_press, evidence.pedal_lift)):
        times = np.array([interval[k] for interval in foot])
        head[:] = odds(
            [
                bool(((times >= a - 0.08) & (times < b - 0.08)).any())
                for a, b in zip(onset, following, strict=True)
            ]
        )
    return evidence


def judged(performance: Performance, moves) -> tuple[float, float, float]:
    last = performance.notes[-1].release
    true, found = (intervals(m, 0.0, last) for m in (performance.sustain, moves))
    agreed = compare_time(true, found, 0.0, last)
    return agreed["f"], agreed["time"], crossing_f(true, found)


@pytest.mark.parametrize("seconds", [0.3, 0.5, 0.8])
def test_a_reader_who_knows_the_foot_is_followed(seconds):
    performance = legato(seconds)
    f, time, crossings = judged(performance, infer_pedal(performance, told(performance)))
    assert f > 0.9 and time > 0.85 and crossings > 0.95


def test_noise_in_what_is_said_is_outweighed():
    performance = legato()
    evidence = told(performance, noise=2.0)
    f, _, crossings = judged(performance, infer_pedal(performance, evidence))
    assert f > 0.9 and crossings > 0.8


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_said_the_foot_goes_down_and_up_in_turn(seed):
    performance = legato(0.1 + 0.1 * seed)
    evidence = blank(COUNT)
    chance = np.random.default_rng(seed)
    for head in (evidence.pedal_down, evidence.pedal_press, evidence.pedal_lift):
        head[:] = chance.normal(0, 3, COUNT)
    moves = infer_pedal(performance, evidence)
    assert [move.depth for move in moves] == [127, 0] * (len(moves) // 2)
    assert all(b.time > a.time for a, b in zip(moves, moves[1:], strict=False))


def test_whose_pedal_is_written():
    recorded = legato()
    bare = Performance(recorded.notes)
    evidence = told(recorded)
    for source, performance, inferred in (
        *(("auto", recorded, False), ("auto", bare, True), ("keep", recorded, False)),
        *(("keep", bare, False), ("infer", recorded, True), ("off", recorded, False)),
    ):
        foot = find_foot(performance, evidence, PedalWish(source))
        assert foot.inferred == inferred, (source, inferred)
        assert bool(foot.moves) == (source in ("auto", "infer") or performance.sustain != ()) * (
            source != "off"
        )
    assert to_be_heard(recorded, PedalWish("infer")) == bare
    assert to_be_heard(recorded, PedalWish()) is recorded


def test_music_that_takes_no_pedal_gets_none_unless_it_is_wished():
    performance = Performance(legato().notes)
    evidence = blank(COUNT)
    evidence.pedal_down[:] = -2.5
    evidence.pedal_down[:4] = 3.0
    assert find_foot(performance, evidence, PedalWish("auto")).moves == ()
    assert find_foot(performance, evidence, PedalWish("infer")).moves != ()
