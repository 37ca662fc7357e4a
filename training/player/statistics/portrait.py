"""What one performance shows of its player: the raw observations behind the table of habits.

Every function looks at one aligned performance and returns named arrays (pooled later over the
performances) or single figures (compared between performances). Human playing and rendered playing
are observed by the same functions. Time has a room of its own: `training.player.statistics.timing`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from training.player.habits import Array
from training.player.ornaments import TRILL
from training.player.pedal import onset_kinds
from training.player.render import STACCATO, velocity_features
from training.player.statistics.aligned import ORNAMENTED, Aligned, aligned
from training.player.statistics.timing import chords, steps, tempo
from training.player.tempo_curve import FERMATA

LONGEST_CHANGE = 0.4  # seconds: a lift followed so soon by a press is a change of pedal
LONG_TRILL = 0.6  # seconds; in a shorter one only the fast would be counted


def releases(it: Aligned) -> dict[str, Any]:
    """How long the keys are held, by written length in seconds, and how soon they return."""
    notes = it.notes
    end = notes["score_onset"] + notes["duration"]
    use = (notes["flags"] & (ORNAMENTED | FERMATA) == 0) & (end <= it.position[-1])
    written = it.at(end) - it.at(notes["score_onset"])
    held = np.maximum(notes["offset"] - notes["onset"], 0.01)
    use &= written > 0.02
    order = np.lexsort((notes["score_onset"], notes["pitch"]))
    by_key = notes[order]
    again = (by_key["pitch"][1:] == by_key["pitch"][:-1]) & (
        by_key["score_onset"][:-1] + by_key["duration"][:-1] >= by_key["score_onset"][1:]
    )
    gap = (by_key["onset"][1:] - by_key["offset"][:-1])[again]
    between = (by_key["onset"][1:] - by_key["onset"][:-1])[again]
    use[order[:-1][again]] = False  # the next stroke of the key decides
    return {
        "articulation": float(np.median(held[use] / written[use])),
        "held_log": np.clip(np.log(held[use] / np.maximum(written[use], 1e-3)), -4, 2),
        "held_seconds": np.log(written[use]),
        "held_moment": (2 * notes["measure"].astype(np.int64) + it.low)[use],
        "held_staccato": (notes["flags"][use] & STACCATO) > 0,
        "return_share": np.clip((gap / between)[between > 0.04], 0.0, 1.0),
        "return_gap": gap[between > 0.04],
    }


def loudness(it: Aligned) -> dict[str, Any]:
    """Velocity standardised within the performance, and what of the score may explain it."""
    beat = it.grid.index_at(it.notes["score_onset"])
    onbeat = it.notes["score_onset"] == it.grid.start[beat]
    velocity = it.notes["velocity"].astype(float)
    mean, spread = float(velocity.mean()), float(max(velocity.std(), 1.0))
    features = velocity_features(it.notes, it.low, onbeat, onbeat & it.grid.downbeat[beat])
    return {
        "velocity_mean": mean,
        "velocity_spread": spread,
        "velocity": (velocity - mean) / spread,
        "features": features,
        "velocity_beat": beat,
        "velocity_chord": it.chord,
    }


def faults(it: Aligned) -> dict[str, Any]:
    """Added and omitted notes; ornaments' further notes are not faults."""
    signed = it.notes[it.notes["flags"] & ORNAMENTED > 0]
    until = it.at(signed["score_onset"] + signed["duration"])
    explained = np.zeros(len(it.added), bool)
    for note, stop in zip(signed, until, strict=True):
        explained |= (
            (it.added["onset"] > note["onset"] - 0.15)
            & (it.added["onset"] < stop)
            & (np.abs(it.added["pitch"].astype(int) - int(note["pitch"])) <= 3)
        )
    added = it.added[~explained]
    omitted = it.omitted[it.omitted["flags"] & ORNAMENTED == 0]
    # Where two voices meet on a key it can be struck only once.
    played_at = it.notes["score_onset"].astype(np.int64) * 128 + it.notes["pitch"]
    omitted_at = omitted["score_onset"].astype(np.int64) * 128 + omitted["pitch"]
    omitted = omitted[~np.isin(omitted_at, played_at)]
    total = len(it.notes) + len(omitted)
    top = np.zeros(len(it.position))
    np.maximum.at(top, it.chord, it.notes["pitch"])
    place = np.searchsorted(it.position, omitted["score_onset"])
    place = np.clip(place, 0, len(it.position) - 1)
    beside = it.position[place] == omitted["score_onset"]
    inner = beside & (omitted["pitch"] < top[place])
    return {
        "wrong": len(added) / len(it.notes),
        "missing": len(omitted) / total,
        "inner_omitted": float(inner.sum()),
        "top_omitted": float(len(omitted) - inner.sum()),
        "inner_notes": float(len(it.notes) - len(it.position)),
        "top_notes": float(len(it.position)),
        **beside_what(it, added),
    }


def beside_what(it: Aligned, added: Array) -> dict[str, Any]:
    """Each added note against the nearest key struck within 0.15 s of it."""
    order = np.argsort(it.notes["onset"])
    notes = it.notes[order]
    first = np.searchsorted(notes["onset"], added["onset"] - 0.15)
    stop = np.searchsorted(notes["onset"], added["onset"] + 0.15)
    rows = []
    for note, a, b in zip(added, first, stop, strict=True):
        if b > a:
            step = int(note["pitch"]) - notes["pitch"][a:b].astype(int)
            i = int(np.argmin(np.abs(step) * 10 + np.abs(notes["onset"][a:b] - note["onset"])))
            near = notes[a + i]
            velocity = float(note["velocity"]) - float(near["velocity"])
            rows.append((step[i], note["onset"] - near["onset"], velocity))
    table = np.array(rows, float).reshape(-1, 3)
    return {
        "wrong_step": table[:, 0],
        "wrong_delay": table[:, 1],
        "wrong_velocity": table[:, 2],
        "wrong_held": np.log(np.maximum(added["offset"] - added["onset"], 0.01)),
    }


def ornament_times(it: Aligned) -> dict[str, Any]:
    """Trills' and grace notes' timing."""
    keys = np.concatenate([it.notes, it.added])
    keys = keys[np.argsort(keys["onset"], kind="stable")]
    trill_steps: list[float] = []
    before: list[float] = []
    steps_between: list[float] = []
    for note in it.notes[it.notes["flags"] & TRILL > 0]:
        stop = it.at(note["score_onset"] + note["duration"])
        step = keys["pitch"].astype(int) - int(note["pitch"])
        near = (keys["onset"] > note["onset"] - 0.05) & (keys["onset"] < stop)
        run = keys["onset"][near & (step >= 0) & (step <= 2)]
        if len(run) > 4 and stop - note["onset"] > LONG_TRILL:
            trill_steps.append(np.log(np.clip(np.median(np.diff(run)), 0.02, 1)))
    for place in np.unique(it.grace["score_onset"]):
        i = np.searchsorted(it.position, place)
        if i < len(it.position) and it.position[i] == place:
            small = np.sort(it.grace["onset"][it.grace["score_onset"] == place])
            before.append(it.time[i] - small[-1])
            steps_between.extend(np.diff(small)[np.diff(small) > 0.03])
    return {
        "trill_step": np.array(trill_steps),
        "grace_before": np.clip(np.array(before), -0.3, 1.0),
        "grace_step": np.log(np.array(steps_between)),
        "grace_held": np.log(np.maximum(it.grace["offset"] - it.grace["onset"], 0.01)),
    }


def pedalling(it: Aligned) -> dict[str, Any]:
    """How much, how often, how deep and when the sustain pedal goes down and up."""
    start, stop = float(it.time[0]), float(it.time[-1])
    presses = it.presses[(it.presses[:, 0] < stop) & (it.presses[:, 1] > start)]
    beats = it.at(it.grid.start)
    middle = (beats[1:] + beats[:-1]) / 2
    state = np.zeros(len(middle))
    for down, up, _ in presses:
        state += (middle >= down) & (middle < up)
    chord = np.clip(np.searchsorted(it.time, presses[:, 0] + 0.03) - 1, 0, len(it.time) - 1)
    delay = presses[:, 0] - it.time[chord]
    gap = presses[1:, 0] - presses[:-1, 1]
    kind = onset_kinds(it.notes, it.grid)
    chance = np.bincount(kind[chord], minlength=4) / np.maximum(np.bincount(kind, minlength=4), 1)
    used = len(presses) > 0
    return {
        "pedal_none": float(not used),
        "pedal_down": float(state.mean()) if used else np.nan,
        "pedal_changes": len(presses) / len(beats) if used else np.nan,
        "pedal_depth": float(np.median(presses[:, 2])) if used else np.nan,
        "pedal_room": np.log(np.maximum(np.append(np.diff(it.time), 1.0)[chord], 0.01)),
        "pedal_delay": np.clip(delay, -0.05, 1.5),
        "pedal_gap": np.log(np.maximum(gap[gap < LONGEST_CHANGE], 0.02)),
        "pedal_place": chance if used else np.full(4, np.nan),
    }


def portrait(row: Mapping[str, Any]) -> dict[str, Any]:
    """All observations of one performance."""
    it = aligned(row)
    return {
        name: value
        for look in (tempo, steps, chords, releases, loudness, faults, ornament_times, pedalling)
        for name, value in look(it).items()
    }
