"""Ornaments played out: grace notes, trills, mordents, turns, tremolos.

A sign stands for several key presses. The written note is the first press of its own pitch; the
others are notes that the player added (source -1). The upper neighbour is the whole tone above,
or the semitone where the excerpt has more of it: the key tells itself by its notes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from training.player.habits import Array, Performer, correlated_deviates, value_at
from training.player.tempo_curve import GRACE, Clock

TRILL, MORDENT, TURN, TREMOLO = 8, 16, 32, 512
CUE = 2048
FILLED = 0.95  # of the written length: an ornament ends before the next note
MOST_PRESSES = 200  # presses for one sign


@dataclass(frozen=True, slots=True)
class Presses:
    """Key presses in columns; `beat` is the index of the beat in which the press stands."""

    onset: Array
    release: Array
    pitch: Array
    velocity: Array
    source: Array
    beat: Array

    def take(self, index: Array) -> "Presses":
        """Those of the indices, or those where a mask is true."""
        return Presses(*(getattr(self, field.name)[index] for field in fields(self)))


def joined(parts: Iterable[Presses]) -> Presses:
    """All presses one after the other."""
    parts = tuple(parts)
    return Presses(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Presses)
        )
    )


def grace_onsets(notes: Array, chord_time: Array, performer: Performer) -> Array:
    """When the grace notes are played: shortly before their main note, sometimes on the beat.

    Of several the one nearest to the main note in pitch comes last. Other notes' values mean
    nothing.
    """
    player, rng = performer.player, performer.rng
    law = performer.habits["grace"]
    onset = chord_time.copy()
    grace = np.flatnonzero(notes["flags"] & GRACE > 0)
    for place in np.unique(notes["score_onset"][grace]):
        here = np.flatnonzero(notes["score_onset"] == place)
        for staff in np.unique(notes["staff"][here]):
            hand = here[notes["staff"][here] == staff]
            small = hand[notes["flags"][hand] & GRACE > 0]
            if not len(small):
                continue
            main = hand[notes["flags"][hand] & GRACE == 0]
            goal = notes["pitch"][main].max() if len(main) else notes["pitch"][small].mean()
            distance = np.abs(notes["pitch"][small].astype(float) - float(goal))
            order = small[np.argsort(distance, kind="stable")]
            before = value_at(
                law["before"], correlated_deviates(player.grace_taste, law["player"], 1, rng)
            )
            step = np.exp(value_at(law["log_step"], rng.standard_normal()))
            onset[order] = chord_time[order] - before - step * np.arange(len(order))
    return onset


def neighbour(pitch: int, counts: Array, direction: int) -> int:
    """The next note of the excerpt's scale above (`direction` 1) or below (-1)."""
    tone, semitone = pitch + 2 * direction, pitch + direction
    return semitone if counts[semitone % 12] > counts[tone % 12] else tone


def ornaments(played: Presses, notes: Array, clock: Clock, performer: Performer) -> Presses:
    """The presses with every sign played out."""
    player, rng = performer.player, performer.rng
    signs = TRILL | MORDENT | TURN | TREMOLO
    signed = np.flatnonzero((notes["flags"] & signs > 0) & (notes["duration"] > 0))
    signed = signed[~written_out(notes, signed)]
    if not len(signed):
        return played
    counts = np.bincount(notes["pitch"] % 12, minlength=12)
    law = performer.habits["trill"]
    steps = np.exp(
        value_at(
            law["log_step"],
            correlated_deviates(player.trill_taste, law["player"], len(signed), rng),
        )
    )
    pairs = tremolo_pairs(notes[signed])
    parts = []
    for i, step in zip(signed, steps.tolist(), strict=True):
        note, flags, pitch = played.take(np.array([i])), int(notes["flags"][i]), notes["pitch"][i]
        start, stop = (
            int(notes["score_onset"][i]),
            int(notes["score_onset"][i] + notes["duration"][i]),
        )
        if flags & TREMOLO:
            start, stop, second = pairs.get((notes["staff"][i], start), (start, stop, False))
            room = FILLED * float(clock.at(stop) - clock.at(start))
            presses = int(np.clip(room / (2 * steps[0]), 1, MOST_PRESSES))
            step = room / presses
            begin = float(clock.at(start)) + second * step / 2
            parts.append(played_out(note, begin, np.full(presses, int(pitch)), step))
        else:
            room = FILLED * float(clock.at(stop) - clock.at(start))
            pitches = figure(int(pitch), flags, room / step, counts, rng)
            parts.append(played_out(note, note.onset[0], pitches, min(step, room / len(pitches))))
    plain = np.setdiff1d(np.arange(len(notes)), signed)
    return joined([played.take(plain), *parts])


def tremolo_pairs(notes: Array) -> dict[tuple[int, int], tuple[int, int, bool]]:
    """Where two chords of a staff alternate: (staff, place) to (start, stop, is the second).

    The two are written one after the other, each with half of the time in which both sound.
    """
    shaken = notes[notes["flags"] & TREMOLO > 0]
    lengths = {(n["staff"], int(n["score_onset"])): int(n["duration"]) for n in shaken}
    pairs: dict[tuple[int, int], tuple[int, int, bool]] = {}
    for (staff, place), length in sorted(lengths.items()):
        after = (staff, place + length)
        if (staff, place) not in pairs and lengths.get(after) == length:
            pairs[staff, place] = (place, place + 2 * length, False)
            pairs[after] = (place, place + 2 * length, True)
    return pairs


def written_out(notes: Array, signed: Array) -> Array:
    """Signs whose notes stand in the score as cue notes, to be played as they are."""
    cue = notes[notes["flags"] & CUE > 0]
    place, end = notes["score_onset"][signed], (notes["score_onset"] + notes["duration"])[signed]
    pitch = notes["pitch"][signed].astype(int)
    written: Array = np.any(
        (cue["score_onset"] >= place[:, None])
        & (cue["score_onset"] < end[:, None])
        & (np.abs(cue["pitch"].astype(int) - pitch[:, None]) <= 2),
        axis=1,
    )
    return written


def figure(pitch: int, flags: int, room: float, counts: Array, rng: np.random.Generator) -> Array:
    """The pitches of a trill, turn or mordent that has time for `room` presses."""
    upper, lower = neighbour(pitch, counts, 1), neighbour(pitch, counts, -1)
    if flags & TRILL:
        starts_above = rng.random() < 0.5
        pair = (upper, pitch) if starts_above else (pitch, upper)
        # ends on the note
        presses = int(np.clip(room, 2, MOST_PRESSES)) // 2 * 2 + (not starts_above)
        return np.resize(pair, presses)
    if flags & TURN:
        return np.array((upper, pitch, lower, pitch) if room > 3 else (pitch,))
    return np.array((pitch, upper if rng.random() < 0.5 else lower, pitch))


def played_out(note: Presses, start: float, pitches: Array, step: float) -> Presses:
    """One note as several presses; the last one is held to the note's own release."""
    count = len(pitches)
    onset = start + step * np.arange(count)
    release = onset + 0.9 * step
    release[-1] = max(note.release[0], release[-1])
    source = np.full(count, -1)
    source[np.flatnonzero(pitches == note.pitch[0])[0]] = note.source[0]
    return Presses(
        onset,
        release,
        pitches,
        np.repeat(note.velocity, count),
        source,
        np.repeat(note.beat, count),
    )
