"""The second reading: the music is listened to once more, now that beat and bars are known.

The learned reader of `listen` hears a performance in seconds, and has to feel the beat while it
reads. Whoever knows the beat hears more: how a run divides it, and how long a key was held beside
the next notes of the hand. So two small networks read again. `read_rhythm` is told when in the
beats each note was played and says where in its beat it is written; `read_again` is told where it
is written and says how long, and in which voice (`beat_features` is what they are told).

PlacedKeys are in quarter notes.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from engrave.listening import heads as reading
from engrave.listening.beat_features import PlacedKeys, describe_places, describe_timing
from engrave.listening.evidence import Evidence, PlacedEvidence
from engrave.listening.network import WEIGHTS, log_shares, read_phases, read_places
from engrave.music.grid import Grid
from engrave.music.note import PlacedNote
from engrave.music.performance import Performance, chord_starts

FIRST = 0.4  # share of the first reading in the voices
SOONEST = 1e-3  # quarters after its onset when a key is let go


def read_rhythm(
    performance: Performance,
    staff: Sequence[int],
    grid: Grid,
    graces: frozenset[int] = frozenset(),
    weights: str = WEIGHTS[0],
) -> np.ndarray:
    """Where in its beat each played note stands: log probabilities of `heads.PHASES`, a row each.

    `staff` counts over all players, two for each. Of `graces` nothing is known.
    """
    said = _unread(reading.PHASE_HEADS["phase"], len(staff))
    for members in _by_player(staff, [i for i in range(len(staff)) if i not in graces]):
        notes = [performance.notes[i] for i in members]
        starts = np.array(chord_starts(notes))
        heads = starts[np.searchsorted(starts, np.arange(len(notes)), side="right") - 1]
        onset = grid.quarter_at(np.array([note.onset for note in notes])[heads])
        end = grid.quarter_at(np.array([note.release for note in notes]))
        end = np.maximum(end, onset + SOONEST)
        places = _places(performance, members, onset, end, [staff[i] for i in members], grid)
        said[members] = read_phases(describe_timing(places), weights)["phase"]
    return said


def read_again(
    performance: Performance,
    notes: Sequence[PlacedNote],
    staff: Sequence[int],
    grid: Grid,
    evidence: Evidence,
    weights: str = WEIGHTS[0],
) -> PlacedEvidence:
    """What each of the placed notes looks like; `evidence` is the first reading, by key press."""
    said = {name: _unread(width, len(notes)) for name, width in reading.PLACED_HEADS.items()}
    full = [i for i, note in enumerate(notes) if not note.grace]
    full.sort(key=lambda i: (notes[i].onset, notes[i].pitch))
    for members in _by_player(staff, full):
        onset, end = np.array([(notes[i].onset, notes[i].end) for i in members], float).T
        played = [notes[i].played for i in members]
        places = _places(performance, played, onset, end, [staff[i] for i in members], grid)
        for name, part in read_places(describe_places(places), weights).items():
            said[name][members] = part
    first = evidence.voice[[note.played for note in notes]]
    said["voice"] = log_shares(FIRST * first + (1 - FIRST) * said["voice"])
    return PlacedEvidence(**said)


def _unread(classes: int, count: int) -> np.ndarray:
    """Nothing is known of so many notes."""
    return np.full((count, classes), -np.log(classes))


def _by_player(staff: Sequence[int], members: Sequence[int]) -> Iterator[list[int]]:
    """Those of each player who has any, in the same order."""
    for player in sorted({(staff[i] - 1) // 2 for i in members}):
        yield [i for i in members if (staff[i] - 1) // 2 == player]


def _places(
    performance: Performance,
    played: Sequence[int],
    onset: np.ndarray,
    end: np.ndarray,
    staff: Sequence[int],
    grid: Grid,
) -> PlacedKeys:
    """Key presses that stand at these places, sorted by place, then pitch."""
    bars = [grid.bars[grid.bar_at(place)] for place in onset.tolist()]
    beat, full, start = np.array(
        [(bar.beat_length, bar.full_length, bar.end - bar.full_length) for bar in bars], float
    ).T
    presses = [performance.notes[i] for i in played]
    return PlacedKeys(
        onset=onset,
        end=end,
        pitch=np.array([note.pitch for note in presses], float),
        velocity=np.array([note.velocity for note in presses], float),
        upper=np.array([number % 2 == 1 for number in staff]),
        beat=beat,
        place=(onset - start) % full,
        bar=full,
        triple=np.array([bar.compound for bar in bars]),
        pace=grid.time_at(onset + beat / 2) - grid.time_at(onset - beat / 2),
    )
