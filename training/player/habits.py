"""The habits of human players: the measured table, and one player drawn from it.

A distribution is a *curve*: its values at the standard normal deviates `Z`. A normal number is
turned into a value by interpolation, so whatever is correlated is correlated among normal numbers
and keeps its measured distribution. `playing.json` is written by
`training.player.statistics.measure`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

Z = np.linspace(-3.0, 3.0, 13)
# Habits that go together (who plays freely also pedals more): sections and names of the table.
LINKED = (
    "tempo.taste",
    "tempo.rubato",
    "steps.player",
    "chords.spread",
    "chords.hands_apart",
    "articulation.taste",
    "velocity.spread",
    "pedal.down",
    "pedal.changes",
)
TABLE = Path(__file__).with_name("playing.json")


@overload
def value_at(curve: Array, z: float) -> float: ...
@overload
def value_at(curve: Array, z: Array) -> Array: ...
def value_at(curve: Array, z: float | Array) -> float | Array:
    """The values that stand at the normal deviates `z`; beyond the curve, its ends."""
    value: float | Array = np.interp(z, Z, curve)
    return value


def value_between(places: Array, curves: Array, place: Array, z: Array) -> Array:
    """Values of a family of curves (one row for each of `places`), the nearest row by `place`."""
    middle = (places[1:] + places[:-1]) / 2
    row = np.searchsorted(middle, place)
    deviate = np.clip((z + 3) * 2, 0, 12 - 1e-9)
    cell = deviate.astype(np.int64)
    part = deviate - cell
    value: Array = curves[row, cell] * (1 - part) + curves[row, cell + 1] * part
    return value


def correlated_deviates(
    taste: float, share: float | Array, count: int, rng: np.random.Generator
) -> Array:
    """Normal deviates of which the player's taste explains this share of the variance."""
    return np.sqrt(share) * taste + np.sqrt(1 - share) * rng.standard_normal(count)


@dataclass(frozen=True, slots=True)
class Habits:
    """The table as written: sections (`tempo`, `chords`, ...) of named numbers and curves."""

    sections: Mapping[str, Mapping[str, Array]]

    @classmethod
    def load(cls, path: Path = TABLE) -> "Habits":
        """The measured table, from its file."""
        table = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            {
                section: {name: np.asarray(value, float) for name, value in values.items()}
                for section, values in table.items()
            }
        )

    def __getitem__(self, section: str) -> Mapping[str, Array]:
        return self.sections[section]


@dataclass(frozen=True, slots=True)
class Player:
    """One player's taste in one performance; `*_taste` are normal deviates, 0 the usual player."""

    tempo_taste: float
    rubato: float  # standard deviation of the logarithm of a beat's length
    unevenness: float  # factor of the usual unevenness of short steps
    spread: float  # standard deviation of the notes of a chord, seconds
    lead: float  # seconds early for each unit of velocity over the chord's mean
    left_hand: float  # seconds by which the lower hand is late in the mean
    hands_apart: float  # standard deviation of the lower hand's delay, seconds
    rolls: float  # share of the wide chords that are rolled without a sign
    signed_rolls: float  # share of the chords with a sign that are rolled
    roll_taste: float
    articulation_taste: float
    articulation_spread: float  # factor of the usual variety of releases
    grace_taste: float
    trill_taste: float
    loudness: float  # mean velocity
    dynamics: float  # standard deviation of the velocities
    melody: float  # the highest notes' weight beyond the usual, in units of `dynamics`
    wrong: float  # added notes for each written one
    missing: float  # share of the written notes left out
    pedal_down: float  # share of the time with the pedal down
    pedal_changes: float  # presses for each beat
    pedal_depth: float  # depth of a full press, 0-127
    pedal_taste: float
    beat_seconds: float = 0.0  # of the felt beat; 0: as the density of the notes suggests


@dataclass(frozen=True, slots=True)
class Performer:
    """Who plays an excerpt: one player, the habits of all of them, and chance."""

    player: Player
    habits: Habits
    rng: np.random.Generator


STEADY_BEAT, STEADY_SPREAD = 0.6, 0.32  # seconds of a felt beat, and deviation of its logarithm
STEADY_RANGE = (0.33, 1.2)


def steady(player: Player, rng: np.random.Generator) -> Player:
    """The player at plain music, to a click or nearly so: at a usual tempo, without rubato."""
    beat = STEADY_BEAT * np.exp(STEADY_SPREAD * rng.standard_normal())
    calm = rng.uniform(0, 0.6) * (rng.random() > 0.2)  # every fifth plays as a machine does
    return replace(
        player,
        rubato=0.02 * calm * rng.random(),
        unevenness=calm * player.unevenness,
        spread=calm * player.spread,
        lead=calm * player.lead,
        left_hand=calm * player.left_hand,
        hands_apart=calm * player.hands_apart,
        rolls=0.0,
        wrong=0.1 * player.wrong,
        missing=0.1 * player.missing,
        beat_seconds=float(np.clip(beat, *STEADY_RANGE)),
    )


def draw_player(habits: Habits, rng: np.random.Generator) -> Player:
    """A player whose habits are as different from the next one's as people's are."""
    z = rng.standard_normal(24).tolist()
    linked = np.linalg.cholesky(habits["player"]["correlation"]) @ rng.standard_normal(len(LINKED))
    deviate = dict(zip(LINKED, linked.tolist(), strict=True))

    def taste(section: str, name: str) -> float:
        own = deviate.get(f"{section}.{name}")
        return float(value_at(habits[section][name], z.pop() if own is None else own))

    pedals = rng.random() >= habits["pedal"]["none"]
    return Player(
        tempo_taste=deviate["tempo.taste"],
        rubato=taste("tempo", "rubato"),
        unevenness=taste("steps", "player"),
        spread=taste("chords", "spread"),
        lead=taste("chords", "lead"),
        left_hand=taste("chords", "left_hand"),
        hands_apart=taste("chords", "hands_apart"),
        rolls=taste("rolls", "wide_share"),
        signed_rolls=taste("rolls", "signed_share"),
        roll_taste=z.pop(),
        articulation_taste=deviate["articulation.taste"],
        articulation_spread=taste("articulation", "spread"),
        grace_taste=z.pop(),
        trill_taste=z.pop(),
        loudness=taste("velocity", "mean"),
        dynamics=taste("velocity", "spread"),
        melody=taste("velocity", "melody"),
        wrong=taste("errors", "wrong"),
        missing=taste("errors", "missing"),
        pedal_down=taste("pedal", "down") if pedals else 0.0,
        pedal_changes=taste("pedal", "changes") if pedals else 0.0,
        pedal_depth=taste("pedal", "depth"),
        pedal_taste=z.pop(),
    )
