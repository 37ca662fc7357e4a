"""The same music played otherwise: what a reader must not mind.

Another key, another tempo, a tempo that wanders, unsteady fingers, lost and added notes, keys let
go early or held on, other loudness or none (some keyboards send one velocity), no pedal, rolled
chords. Each change happens to a share of the excerpts; all times are seconds.
"""

from dataclasses import dataclass, replace

import numpy as np

from engrave.listening.note_features import KeyPresses
from engrave.music.performance import PEDAL_DOWN
from training.tasks.note_labels import ANSWERS, PEDAL_HEADS, UNKNOWN, transposed, with_pedal

LOWEST_KEY, HIGHEST_KEY = 21, 108


@dataclass(frozen=True, slots=True)
class TrainingPiece:
    """Notes as they were played, and what the score says of them (dtype `note_labels.ANSWERS`)."""

    keys: KeyPresses
    answers: np.ndarray


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How often and how much an excerpt is changed (shares 0-1; deviations of logarithms)."""

    tempo: float = 0.2
    tempo_free: float = 0.3  # share of excerpts at any tempo from half to double
    wander: float = 0.12
    jitter: float = 0.012  # seconds, at most
    lost: float = 0.25
    added: float = 0.03
    flat: float = 0.15
    level: float = 8.0  # how much louder or softer, of 127 (deviation)
    no_pedal: float = 0.5
    pedal_held: float = 0.2
    rolled: float = 0.1
    releases: float = 0.4
    one_hand: float = 0.06
    other_scale: float = 0.35


def excerpt(take: TrainingPiece, start: int, length: int) -> TrainingPiece:
    """So many notes of a take; times are kept, pedal moves only near by."""
    keys, stop = take.keys, start + length
    onset = keys.onset[start:stop]
    near = (keys.pedal_time > onset[0] - 10) & (keys.pedal_time < onset[-1] + 10)
    part = KeyPresses(
        onset,
        keys.release[start:stop],
        keys.pitch[start:stop],
        keys.velocity[start:stop],
        keys.pedal_time[near],
        keys.pedal_depth[near],
    )
    return TrainingPiece(part, take.answers[start:stop])


def slower(take: TrainingPiece, factor: float) -> TrainingPiece:
    """A take in which everything lasts so many times as long."""
    keys, answers = take.keys, take.answers.copy()
    answers["pace"] += np.log(factor)
    times = {name: getattr(keys, name) * factor for name in ("onset", "release", "pedal_time")}
    return TrainingPiece(replace(keys, **times), answers)


def augment(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    """A take played otherwise; its notes are sorted by onset, then pitch again."""
    for step in (
        _transpose,
        _alter,
        _one_hand,
        _hold,
        _warp,
        _unsettle,
        _roll,
        _lose,
        _add,
        _touch,
    ):
        take = step(take, augmentation, rng)
    take = _pick(take, np.lexsort((take.keys.pitch, take.keys.onset)))
    return without_pedal(take) if rng.random() < augmentation.no_pedal else _hide_known_pedal(take)


def _transpose(take: TrainingPiece, _: Augmentation, rng: np.random.Generator) -> TrainingPiece:
    low, high = take.keys.pitch.min(), take.keys.pitch.max()
    by = int(rng.integers(-6, 7))
    by = (
        int(np.clip(by, LOWEST_KEY - low, HIGHEST_KEY - high))
        if low + by < LOWEST_KEY or high + by > HIGHEST_KEY
        else by
    )
    keys = replace(take.keys, pitch=take.keys.pitch + by)
    return TrainingPiece(keys, transposed(take.answers, by))


def _alter(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    """Another scale: each pitch class is moved by a semitone or not, throughout.

    The rhythm stays, the tune cannot be known by heart; names and keys are then not asked for.
    """
    if rng.random() >= augmentation.other_scale:
        return take
    moved = rng.integers(-1, 2, 12)[take.keys.pitch.astype(int) % 12]
    answers = take.answers.copy()
    answers["fifth"] = answers["key"] = UNKNOWN
    return TrainingPiece(replace(take.keys, pitch=take.keys.pitch + moved), answers)


def _one_hand(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    """Only what one hand plays."""
    if rng.random() >= augmentation.one_hand:
        return take
    kept = take.answers["upper"] == rng.integers(0, 2)
    return _pick(take, kept) if kept.sum() > 100 else take


def _hold(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    """Keys let go earlier or later, or held until the pedal is lifted."""
    keys = take.keys
    held = keys.release - keys.onset
    if rng.random() < augmentation.releases:
        held = held * np.exp(rng.normal(rng.uniform(-0.6, 0.4), 0.15, len(held)))
    release = keys.onset + held.clip(0.03)
    if len(keys.pedal_time) and rng.random() < augmentation.pedal_held:
        down = keys.pedal_depth >= PEDAL_DOWN
        lifts = keys.pedal_time[~down]
        now = np.searchsorted(keys.pedal_time, release, side="right") - 1
        under = (now >= 0) & down[now.clip(0)]
        after = np.searchsorted(lifts, release)
        until = np.append(lifts, release.max())[after]
        release = np.where(under, np.maximum(release, until), release)
    return TrainingPiece(replace(keys, release=release), take.answers)


def _warp(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    """Another tempo, which wanders slowly; the pace of each note follows."""
    keys = take.keys
    if rng.random() < augmentation.tempo_free:
        stretch = rng.uniform(-np.log(2), np.log(2))
    else:
        stretch = rng.normal(0, augmentation.tempo)
    start, stop = keys.onset[0], max(keys.onset[-1], keys.onset[0] + 1)
    knots = np.linspace(start, stop, max(2, int((stop - start) / rng.uniform(2, 12)) + 2))
    wander = rng.normal(0, augmentation.wander * rng.random(), len(knots))
    fine = np.linspace(start - 15, stop + 15, 2048)
    local = stretch + np.interp(fine, knots, wander)
    warped = np.concatenate(
        [[0.0], np.cumsum(np.exp((local[1:] + local[:-1]) / 2) * np.diff(fine))]
    )
    answers = take.answers.copy()
    answers["pace"] += np.interp(keys.onset, fine, local)
    onset = np.interp(keys.onset, fine, warped)
    held = (keys.release - keys.onset) * np.exp(np.interp(keys.onset, fine, local))
    moved = replace(
        keys, onset=onset, release=onset + held, pedal_time=np.interp(keys.pedal_time, fine, warped)
    )
    return TrainingPiece(moved, answers)


def _unsettle(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    keys = take.keys
    shift = rng.normal(0, rng.uniform(0, augmentation.jitter), len(keys.onset))
    return TrainingPiece(
        replace(keys, onset=keys.onset + shift, release=keys.release + shift), take.answers
    )


def _roll(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    """All wide chords from the bottom up, quickly."""
    if rng.random() >= augmentation.rolled:
        return take
    keys = take.keys
    first = np.diff(keys.onset, prepend=-np.inf) > 0.04
    starts = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    lowest = np.minimum.accumulate(np.where(first, keys.pitch, 127))
    shift = ((keys.pitch - keys.pitch[starts]).clip(0) / 12) * rng.uniform(0.02, 0.06)
    chosen = (rng.random(len(first)) < 0.5)[starts] & (lowest >= 0)
    onset = keys.onset + np.where(chosen, shift, 0)
    return TrainingPiece(
        replace(keys, onset=onset, release=np.maximum(keys.release, onset + 0.03)), take.answers
    )


def _lose(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    share = rng.uniform(0, augmentation.lost) if rng.random() < 0.5 else 0.0
    kept = rng.random(len(take.answers)) >= share
    return _pick(take, kept) if kept.sum() > 8 else take


def _pick(take: TrainingPiece, kept: np.ndarray) -> TrainingPiece:
    keys = take.keys
    part = KeyPresses(
        keys.onset[kept],
        keys.release[kept],
        keys.pitch[kept],
        keys.velocity[kept],
        keys.pedal_time,
        keys.pedal_depth,
    )
    return TrainingPiece(part, take.answers[kept])


def _add(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    """Wrong notes beside right ones: short, soft, a step away."""
    count = rng.binomial(
        len(take.answers), rng.uniform(0, augmentation.added) if rng.random() < 0.5 else 0
    )
    if not count:
        return take
    keys = take.keys
    near = rng.integers(0, len(take.answers), count)
    onset = keys.onset[near] + rng.normal(0, 0.05, count)
    answers = np.zeros(count, ANSWERS)
    for name in ANSWERS.names or ():
        answers[name] = np.nan if name == "pace" else UNKNOWN
    answers["extra"] = 1
    added = KeyPresses(
        np.concatenate([keys.onset, onset]),
        np.concatenate([keys.release, onset + rng.uniform(0.03, 0.2, count)]),
        np.concatenate([keys.pitch, keys.pitch[near] + rng.choice([-2, -1, 1, 2], count)]),
        np.concatenate([keys.velocity, keys.velocity[near] * rng.uniform(0.4, 1, count)]),
        keys.pedal_time,
        keys.pedal_depth,
    )
    return TrainingPiece(added, np.concatenate([take.answers, answers]))


def _touch(
    take: TrainingPiece, augmentation: Augmentation, rng: np.random.Generator
) -> TrainingPiece:
    velocity = take.keys.velocity
    if rng.random() < augmentation.flat:
        velocity = np.full(len(velocity), float(rng.integers(50, 110)))
    else:
        scaled = 64 + (velocity - 64) * rng.uniform(0.5, 1.3) + rng.normal(0, augmentation.level)
        velocity = scaled + rng.normal(0, 3, len(velocity))
    return TrainingPiece(replace(take.keys, velocity=velocity.clip(1, 127)), take.answers)


def without_pedal(take: TrainingPiece) -> TrainingPiece:
    """The take without its pedal; if that was a person's, the answers say what the foot did."""
    asked = (take.answers["pedal_down"] != UNKNOWN).any()
    answers = with_pedal(take.answers, take.keys) if asked else take.answers
    return TrainingPiece(
        replace(take.keys, pedal_time=np.zeros(0), pedal_depth=np.zeros(0)), answers
    )


def _hide_known_pedal(take: TrainingPiece) -> TrainingPiece:
    """What the features tell is not asked."""
    answers = take.answers.copy()
    for name in PEDAL_HEADS:
        answers[name] = UNKNOWN
    return TrainingPiece(take.keys, answers)
