"""The learned reader: what each played note probably is on the page.

A small neural network has read many performances beside their scores (`training/` says how it
learns, docs/model-card.md from what). It is told each note with its neighbours (`note_features`)
and answers the questions of `heads`; it knows nothing of the rules by which the answers must fit
together. The steps that follow decide, each with the evidence that belongs to it.
"""

from dataclasses import fields, replace

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import Evidence, PedalEvidence
from engrave.listening.network import WEIGHTS, as_evidence, in_windows, run_network
from engrave.listening.note_features import KeyPresses, chord_of_each, note_features
from engrave.listening.pedal_features import Frames
from engrave.music.performance import Performance

# The evidence that is of a note in what its own player does.
ONE_PLAYER_HEADS = ("value", "upper", "voice", "flags", "pedal_down", "pedal_press", "pedal_lift")
PEDAL_NETWORKS = {"full": "pedal"}  # the files that hear the pedal; the free weights have none
NO_EVIDENCE = -20.0  # log odds of yes where nobody was asked
# notes read at a time, and of them those at each end left to others
NOTE_WINDOW, NOTE_MARGIN = 1024, 128
FRAME_WINDOW, FRAME_MARGIN = 2048, 256  # the same in moments
NOTE_NETWORK_SHARE = 0.3  # share of the reader of notes in whether the pedal is down
LAST_CHORD_SECONDS = 1.0  # seconds for which the last chord counts


def listen(performance: Performance, weights: str = WEIGHTS[0]) -> Evidence:
    """What each note of a performance looks like to the reader with these weights.

    Where several play, time is heard of all of them together, and of each alone what his hands do:
    the reader has learned from pianists.
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
    """What each note looks like to the reader who hears its player alone."""
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
    """What a foot would do, from the keys alone; the performance has a note at least.

    Two readers answer: one that hears moments, and the one of notes, whose `pedal_down` is about
    the middle between two chords.
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
