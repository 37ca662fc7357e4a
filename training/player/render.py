"""A score played as a person plays it: key presses, releases and pedal in seconds.

The musical idea: a performance is the score bent by a player's habits. A *player* is drawn
anew for every rendering (how fast, how free, how together the hands, how legato, how loud, how
careful), and then plays the whole excerpt with these habits:

- *Tempo* and unevenness within the beat: `training.player.tempo_curve`.
- *Chords* are not together: louder notes come early, the hands differ, wide chords are rolled.
- *Releases* follow the notated length in seconds, with a taste of the player, of the moment
  (bar and hand) and of the note.
- *Velocity* is the player's level, a walk over the bars, the top voice, the beat and a rest.
- *Ornaments* are played out: `training.player.ornaments`.
- *Pedal*: `training.player.pedal`.
- *Faults*: notes left out, neighbouring keys struck along.

Every number comes from `playing.json`, measured on human performances by
`training.player.statistics.measure`. Units: score positions and lengths in 10080ths of a quarter,
time in seconds.
"""

from dataclasses import dataclass, replace

import numpy as np

from training.player.chords import chord_of, is_low, is_top
from training.player.habits import (
    Array,
    Habits,
    Performer,
    correlated_deviates,
    draw_player,
    steady,
    value_at,
    value_between,
)
from training.player.ornaments import Presses, grace_onsets, joined, ornaments
from training.player.pedal import pedal_moves
from training.player.tempo_curve import GRACE, BeatGrid, Clock, beat_grid, clock_of, smooth_noise

STACCATO, ARPEGGIO = 4, 64
SHORTEST_HOLD = 0.02  # seconds that a key is held at least
SHORTEST_RETURN = 0.02  # seconds that a key needs to come up before it is struck again
WIDE_CHORD = 12  # semitones in one hand from which chords may be rolled without a sign


@dataclass(frozen=True, slots=True)
class Rendering:
    """Key presses sorted by onset, then pitch, and the moves of the sustain pedal.

    `source` is the index of the score note in the excerpt, -1 for a note that the player added.
    `seconds_per_beat` is the length of the felt beat in which the note stands. `pedal` has a row
    (seconds, depth 0-127) a move.
    """

    onset: Array
    release: Array
    pitch: Array
    velocity: Array
    source: Array
    seconds_per_beat: Array
    pedal: Array


def render(
    notes: Array,
    rng: np.random.Generator,
    habits: Habits,
    is_end: bool = False,
    plain: bool = False,
) -> Rendering:
    """One performance of an excerpt by a newly drawn player.

    `notes` are sorted by `score_onset`, then `pitch`; `is_end` says that the piece ends with
    them, `plain` that they are played steadily.
    """
    player = draw_player(habits, rng)
    performer = Performer(steady(player, rng) if plain else player, habits, rng)
    grid = beat_grid(notes)
    clock = clock_of(notes, grid, performer, is_end)
    low = is_low(notes)
    velocity = velocities(notes, low, grid, performer)
    chord_time = clock.at(notes["score_onset"])
    onset = chord_time + asynchrony(notes, low, velocity, performer)
    grace = notes["flags"] & GRACE > 0
    onset[grace] = grace_onsets(notes, chord_time, performer)[grace]
    held = key_held(notes, low, clock, performer)
    beat = grid.index_at(notes["score_onset"])
    played = Presses(
        onset, onset + held, notes["pitch"].astype(np.int64), velocity, np.arange(len(notes)), beat
    )
    played = ornaments(played, notes, clock, performer)
    played = with_faults(played, notes, performer)
    played = replace(played, beat=beats_of_added(played, clock.at(grid.start)))
    played = one_key_at_a_time(played, rng, habits)
    return Rendering(
        played.onset,
        played.release,
        played.pitch,
        np.clip(np.rint(played.velocity), 1, 127).astype(np.int64),
        played.source,
        clock.seconds_per_beat[played.beat],
        pedal_moves(notes, grid, clock, performer),
    )


def beats_of_added(played: Presses, beat_time: Array) -> Array:
    """The beats of the presses, for added notes by the clock."""
    by_time = np.searchsorted(beat_time, played.onset, "right") - 1
    return np.where(played.source < 0, np.clip(by_time, 0, len(beat_time) - 1), played.beat)


def velocities(notes: Array, low: Array, grid: BeatGrid, performer: Performer) -> Array:
    """Key velocities as reals."""
    player, rng = performer.player, performer.rng
    law = performer.habits["velocity"]
    beat = grid.index_at(notes["score_onset"])
    walk = smooth_noise(len(grid.start), law["memories"], law["walk_shares"], rng)[beat]
    onbeat = notes["score_onset"] == grid.start[beat]
    features = velocity_features(notes, low, onbeat, onbeat & grid.downbeat[beat])
    chord = rng.standard_normal(len(notes))[chord_of(notes)]
    level = features @ law["weights"] + player.melody * (features[:, 0] - features[:, 0].mean())
    rest = max(1 - float(np.var(level)), 0.2)  # so that the variance is 1 in all
    shares = np.sqrt(rest * law["variance"] / law["variance"].sum())
    noise = shares[0] * walk + shares[1] * chord + shares[2] * rng.standard_normal(len(notes))
    velocity: Array = np.clip(player.loudness + player.dynamics * (level + noise), 1, 127)
    return velocity


def velocity_features(notes: Array, low: Array, onbeat: Array, downbeat: Array) -> Array:
    """What of the score makes a note louder: one column each, centred by the measuring."""
    return np.column_stack(
        [
            is_top(notes),
            low,
            onbeat,
            downbeat,
            (notes["pitch"].astype(float) - 64) / 12,
            np.ones(len(notes)),
        ]
    ).astype(float)


def asynchrony(notes: Array, low: Array, velocity: Array, performer: Performer) -> Array:
    """Seconds by which each note of a chord is after the chord's place."""
    player, rng = performer.player, performer.rng
    chord = chord_of(notes)
    size = np.bincount(chord)
    mean_velocity = np.bincount(chord, velocity) / size
    law = performer.habits["chords"]
    apart = value_at(law["hand_shape"], rng.standard_normal(len(size)))
    hand = player.left_hand + player.hands_apart * apart
    late = player.spread * value_at(law["shape"], rng.standard_normal(len(notes)))
    late -= player.lead * (velocity - mean_velocity[chord])
    late += np.where(low, hand[chord], 0.0)
    late -= (np.bincount(chord, late) / size)[chord]
    return np.where(size[chord] > 1, late, 0.0) + rolled(notes, low, performer)


def rolled(notes: Array, low: Array, performer: Performer) -> Array:
    """Seconds by which the notes of rolled chords follow their lowest note."""
    player, rng = performer.player, performer.rng
    law = performer.habits["rolls"]
    group = chord_of(notes) * 2 + low
    hands = 2 * (int(group[-1]) // 2 + 1)
    pitch = notes["pitch"].astype(float)
    lowest = np.full(hands, 128.0)
    highest = np.full(hands, -1.0)
    np.minimum.at(lowest, group, pitch)
    np.maximum.at(highest, group, pitch)
    signed = np.bincount(group, notes["flags"] & ARPEGGIO > 0, hands) > 0
    size = np.bincount(group, minlength=hands)
    wide = (highest - lowest > WIDE_CHORD) & (size > 1)
    chance = np.where(signed, player.signed_rolls, np.where(wide, player.rolls, 0.0))
    roll = rng.random(hands) < chance
    roll[::2] |= signed[::2] & signed[1::2] & roll[1::2]  # one sign over both hands
    z = correlated_deviates(player.roll_taste, law["step_player"], hands, rng)
    step = np.exp(value_at(law["log_step"], z))
    rank = np.zeros(len(notes))
    order = np.lexsort((pitch, group))
    first = np.append(True, np.diff(group[order]) > 0)
    starts = np.flatnonzero(first)
    rank[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    delay = np.where(roll, step, 0.0)[group] * rank
    before = value_at(law["before"], rng.standard_normal(hands))
    late: Array = delay - (roll * step * (size - 1) * before)[group]
    return late


def key_held(notes: Array, low: Array, clock: Clock, performer: Performer) -> Array:
    """Seconds that each key is held."""
    player, rng = performer.player, performer.rng
    law = performer.habits["articulation"]
    start = clock.at(notes["score_onset"])
    written = np.maximum(clock.at(notes["score_onset"] + notes["duration"]) - start, SHORTEST_HOLD)
    moment = 2 * (notes["measure"].astype(np.int64) - int(notes["measure"].min())) + low
    weight = np.sqrt(law["variance"] / law["variance"].sum())  # player, moment, note
    z = weight[1] * rng.standard_normal(int(moment.max()) + 1)[moment]
    z = z + weight[2] * rng.standard_normal(len(notes))
    z = weight[0] * player.articulation_taste + player.articulation_spread * z
    staccato = notes["flags"] & STACCATO > 0
    ratio = np.where(
        staccato,
        value_between(law["log_seconds"], law["staccato"], np.log(written), z),
        value_between(law["log_seconds"], law["plain"], np.log(written), z),
    )
    held = written * np.exp(ratio)
    grace = notes["flags"] & GRACE > 0
    held[grace] = np.exp(value_at(performer.habits["grace"]["log_held"], z[grace]))
    seconds: Array = np.maximum(held, SHORTEST_HOLD)
    return seconds


def with_faults(played: Presses, notes: Array, performer: Performer) -> Presses:
    """Notes left out, and keys struck that the score does not have."""
    player, rng = performer.player, performer.rng
    law = performer.habits["errors"]
    inner = ~is_top(notes)
    chance = np.where(inner, law["inner_missing"], 1.0)
    chance = player.missing * chance / chance.mean()
    lost = np.append(rng.random(len(notes)) < chance, False)  # the last: added notes (source -1)
    played = played.take(np.flatnonzero(~lost[played.source]))
    count = rng.binomial(len(notes), min(player.wrong, 0.5))
    if not count or not len(played.onset):
        return played
    at = rng.integers(len(played.onset), size=count)
    base = played.take(at)
    share = law["interval_share"] / law["interval_share"].sum()
    step = rng.choice(law["interval"].astype(np.int64), size=count, p=share)
    onset = base.onset + value_at(law["delay"], rng.standard_normal(count))
    added = Presses(
        onset,
        onset + np.exp(value_at(law["log_held"], rng.standard_normal(count))),
        np.clip(base.pitch + step, 21, 108),
        np.clip(base.velocity + value_at(law["velocity"], rng.standard_normal(count)), 1, 127),
        np.full(count, -1),
        base.beat,
    )
    return joined((played, added))


def one_key_at_a_time(played: Presses, rng: np.random.Generator, habits: Habits) -> Presses:
    """Keys come up before they are struck again; what is struck too soon after is not struck.

    After this: sorted by onset, then pitch; starting at 0; no two presses of a key overlap.
    """
    played = replace(played, release=np.maximum(played.release, played.onset + SHORTEST_HOLD))
    keep = played.take(np.lexsort((-played.release, played.onset, played.pitch)))
    while True:
        same = np.diff(keep.pitch) == 0
        close = same & (np.diff(keep.onset) < SHORTEST_HOLD + SHORTEST_RETURN)
        # Of two that cannot both be struck the later goes; in a row of them every other one.
        close[1:] &= ~close[:-1]
        if not close.any():
            break
        keep = keep.take(np.flatnonzero(~np.append(False, close)))
    gap = value_at(habits["articulation"]["return"], rng.standard_normal(len(same)))
    between = np.diff(keep.onset)
    up_at = keep.onset[1:] - np.clip(gap * between, SHORTEST_RETURN, between - SHORTEST_HOLD)
    late = same & (keep.release[:-1] > keep.onset[1:] - SHORTEST_RETURN)
    release = np.append(np.where(late, up_at, keep.release[:-1]), keep.release[-1:])
    start = keep.onset.min() if len(keep.onset) else 0.0
    keep = Presses(
        keep.onset - start, release - start, keep.pitch, keep.velocity, keep.source, keep.beat
    )
    return keep.take(np.lexsort((keep.pitch, keep.onset)))
