"""The first pass: evidence for each played note from the note network, and for the pedal.

A small neural network was trained on performances aligned with their scores (`training/`;
docs/model-card.md names the data). Its input is each note with its neighbours (`note_features`),
its output the classes of `heads`. It knows no rules by which its answers must fit together: the
stages that follow decide, each with the evidence that belongs to it.
"""

from dataclasses import fields, replace

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import Evidence, PedalEvidence
from engrave.listening.network import WEIGHTS, as_evidence, in_windows, run_network
from engrave.listening.note_features import KeyPresses, chord_of_each, note_features
from engrave.listening.pedal_features import Frames
from engrave.music.performance import Performance

# Heads whose answer depends on one player alone; the others on all notes together.
ONE_PLAYER_HEADS = ("value", "upper", "voice", "flags", "pedal_down", "pedal_press", "pedal_lift")
PEDAL_NETWORKS = {"full": "pedal"}  # network file by weights; the free weights have none
NO_EVIDENCE = -20.0  # log odds of a press, lift or pedal down where there is no pedal network
# Notes per window of the network, and how many at each end are taken from the next window.
NOTE_WINDOW, NOTE_MARGIN = 1024, 128
FRAME_WINDOW, FRAME_MARGIN = 2048, 256  # the same in frames
NOTE_NETWORK_SHARE = 0.3  # of the note network in the log odds of "down"; see docs/experiments.md
LAST_CHORD_SECONDS = 1.0  # seconds that the last chord is taken to last


def listen(performance: Performance, weights: str = WEIGHTS[0]) -> Evidence:
    """Evidence for each note of a performance, by the note network with these weights.

    If several people play, beat, bar and key evidence comes from all notes together, hand and pedal
    evidence from each player's notes alone: the network was trained on solo pianists.
    """
    together = _listen(performance, weights)
    if len(performance.players) == 1:
        return together
    alone = _listen_apart(performance, weights)
    return replace(together, **{name: getattr(alone, name) for name in ONE_PLAYER_HEADS})


def _listen(performance: Performance, weights: str) -> Evidence:
    rows = note_features(KeyPresses.of(performance))
    said = in_windows(
        len(rows), lambda shown: run_network(weights, rows[shown]), NOTE_WINDOW, NOTE_MARGIN
    )
    parts = heads.split_heads(said)
    return Evidence(**{name: as_evidence(name, part) for name, part in parts.items()})


def _listen_apart(performance: Performance, weights: str) -> Evidence:
    """Evidence for each note from a run of the network on its player's notes alone."""
    rows, answers = [], []
    for player in range(len(performance.players)):
        alone = performance.alone(player)
        if alone.notes:
            rows += performance.played_by(player)
            answers.append(_listen(alone, weights))
    order = np.argsort(rows)
    joined = (np.concatenate([getattr(a, f.name) for a in answers]) for f in fields(Evidence))
    return Evidence(*joined).take(order)


def listen_for_pedal(performance: Performance, weights: str = WEIGHTS[0]) -> PedalEvidence:
    """Evidence for the sustain pedal from the key presses alone; there is at least one note.

    Two networks are combined: the pedal network, which answers per frame, and the note network,
    whose `pedal_down` refers to the middle between two chords.
    """
    keys = KeyPresses.of(replace(performance, sustain=()))
    frames = Frames.of(keys)
    count = len(frames.times)
    if weights not in PEDAL_NETWORKS:
        never = np.full(count, NO_EVIDENCE)
        return PedalEvidence(frames.times, never, never, never, 0.0)

    def answer(shown: slice) -> np.ndarray:
        return run_network(PEDAL_NETWORKS[weights], frames.features(shown.start, shown.stop))

    down, press, lift = in_windows(count, answer, FRAME_WINDOW, FRAME_MARGIN).T.astype(float)
    starts, chord = chord_of_each(keys)
    by_note = listen(replace(performance, sustain=()), weights).pedal_down
    by_chord = np.bincount(chord, by_note) / np.bincount(chord)
    onset = keys.onset[starts]
    wait = np.diff(onset, append=onset[-1] + LAST_CHORD_SECONDS)
    by_moment = np.interp(frames.times, onset + wait / 2, by_chord)
    used = float(wait @ (1 / (1 + np.exp(-by_chord))) / wait.sum())
    down += NOTE_NETWORK_SHARE * (by_moment - down)
    return PedalEvidence(frames.times, down, press, lift, used)
