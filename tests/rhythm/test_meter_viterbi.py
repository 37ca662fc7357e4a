"""The Viterbi decoder that the beats are found with: against madmom's own, and against all paths.

The paths and log probabilities marked "madmom 0.16.1" were printed by the original, compiled
madmom (Python 3.8, numpy 1.23, built with Cython 0.29), given the same models and observations.
"""

from itertools import pairwise, product

import numpy as np
import pytest
from madmom_infer.features.beats_hmm import (
    BarStateSpace,
    BarTransitionModel,
    BeatStateSpace,
    BeatTransitionModel,
)
from madmom_infer.ml.hmm import HiddenMarkovModel, ObservationModel, TransitionModel

# How much each of 30 frames sounds like the start of a beat: about every fourth, then every fifth.
HEARD = np.array(
    (
        *(0.1, 0.9, 0.2, 0.1, 0.3, 0.8, 0.1, 0.2, 0.1, 0.7, 0.4, 0.1, 0.1, 0.2, 0.9),
        *(0.1, 0.3, 0.2, 0.1, 0.6, 0.5, 0.1, 0.1, 0.2, 0.1, 0.8, 0.2, 0.1, 0.1, 0.4),
    )
)


class Starts(ObservationModel):
    """The first fifth of a beat sounds like its start, the rest does not."""

    def __init__(self, positions):
        super().__init__((positions % 1 < 0.2).astype(np.uint32))

    def log_densities(self, observations):
        return np.log(np.stack([1 - observations, observations], axis=1))


class Densities(ObservationModel):
    """Observations are themselves the densities, a column for each state."""

    def __init__(self, states):
        super().__init__(np.arange(states, dtype=np.uint32))

    def log_densities(self, observations):
        return np.log(observations)


def test_beats_as_in_the_original_madmom():
    space = BeatStateSpace(3, 7)
    assert space.first_states.tolist() == [0, 3, 7, 12, 18]
    model = HiddenMarkovModel(BeatTransitionModel(space, 4), Starts(space.state_positions))
    path, log_probability = model.viterbi(HEARD)
    assert path.tolist() == [  # madmom 0.16.1
        *(6, 3, 4, 5, 6, 3, 4, 5, 6, 7, 8, 9, 10, 11, 7),
        *(8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 7, 8, 9, 10, 11),
    ]
    assert log_probability == pytest.approx(-16.85919569783155, abs=1e-12)  # madmom 0.16.1


def test_bars_as_in_the_original_madmom():
    space = BarStateSpace(2, 3, 5)
    model = HiddenMarkovModel(BarTransitionModel(space, 4), Starts(space.state_positions))
    path, log_probability = model.viterbi(HEARD)
    assert path.tolist() == [  # madmom 0.16.1
        *(6, 15, 16, 17, 18, 3, 4, 5, 6, 19, 20, 21, 22, 23, 7),
        *(8, 9, 10, 11, 19, 20, 21, 22, 23, 7, 8, 9, 10, 11, 19),
    ]
    assert log_probability == pytest.approx(-18.894113070538012, abs=1e-12)  # madmom 0.16.1


def test_ties_are_broken_as_in_the_original_madmom():
    """With nothing to hear many paths are equally good."""
    space = BeatStateSpace(2, 4)
    silence = np.ones((9, space.num_states))
    model = HiddenMarkovModel(BeatTransitionModel(space, 1), Densities(space.num_states))
    path, log_probability = model.viterbi(silence)
    assert path.tolist() == [6, 7, 8, 5, 6, 7, 8, 5, 6]  # madmom 0.16.1
    assert log_probability == pytest.approx(-3.935900746147576, abs=1e-12)  # madmom 0.16.1


@pytest.mark.parametrize("seed", range(8))
def test_no_other_path_is_more_likely(seed):
    """All 4^6 paths of a small model, a first step from the initial distribution included."""
    chance = np.random.default_rng(seed)
    states, frames = 4, 6
    step = chance.random((states, states)) * (chance.random((states, states)) < 0.7)
    step[:, seed % states] += 0.1  # each state leads somewhere
    step /= step.sum(axis=1, keepdims=True)
    initial = chance.dirichlet(np.ones(states))
    density = chance.random((frames, states))
    before, after = np.nonzero(step)
    transitions = TransitionModel.from_dense(after, before, step[before, after])
    model = HiddenMarkovModel(transitions, Densities(states), initial)
    path, log_probability = model.viterbi(density)

    def likelihood(places):
        """`places` begins with the place before the first frame."""
        likely = initial[places[0]]
        for frame, (a, b) in enumerate(pairwise(places)):
            likely *= step[a, b] * density[frame, b]
        return likely

    best = max(product(range(states), repeat=frames + 1), key=likelihood)
    assert log_probability == pytest.approx(np.log(likelihood(best)))
    assert path.tolist() == list(best[1:])
