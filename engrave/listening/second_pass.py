"""The second pass: the beat-aware networks run once beats and bars are known.

The note network of the first pass works in seconds and must infer the beat itself. With a known
beat more can be said of a note: how a run divides the beat, and how long a key was held relative to
the next notes of the hand. So two small networks give new evidence. `listen_for_positions` takes
the onsets in beats, as played, and gives the notated position of each note in its beat;
`listen_again` takes notated positions and gives note value and voice (`beat_features` are the
inputs).

Positions are in quarter notes.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from engrave.listening import heads
from engrave.listening.beat_features import NotesOnGrid, placed_note_features, timed_note_features
from engrave.listening.evidence import Evidence, SecondEvidence
from engrave.listening.network import (
    WEIGHTS,
    listen_to_placed_notes,
    listen_to_timed_notes,
    log_probabilities,
)
from engrave.music.grid import Grid
from engrave.music.note import FoldedNote, Note
from engrave.music.performance import RIGHT, Performance, PlayedNote, chord_starts

FIRST_PASS_SHARE = 0.4  # weight of the first pass in the log probabilities of voices
SHORTEST_HOLD = 1e-3  # quarters from an onset to the release of its key, at least


def listen_for_positions(
    notes: Sequence[FoldedNote], grid: Grid, weights: str = WEIGHTS[0]
) -> np.ndarray:
    """Log probabilities of the position of each note in its beat: array (presses, classes).

    The classes are those of `heads.PHASES`; `notes` are sorted by onset. Rows of grace notes, and
    of presses that are not among the notes, are uniform.
    """
    said = _no_evidence(heads.TIMED_HEADS["phase"], _presses(notes))
    for own in _by_player(notes, [note.player for note in notes]):
        starts = np.array(chord_starts(own))
        first_of_chord = starts[np.searchsorted(starts, np.arange(len(own)), side="right") - 1]
        onset = grid.quarter_at(np.array([note.onset for note in own])[first_of_chord])
        end = grid.quarter_at(np.array([note.release for note in own]))
        upper = [note.hand == RIGHT for note in own]
        on_grid = _notes_on_grid(onset, np.maximum(end, onset + SHORTEST_HOLD), own, upper, grid)
        said[[note.played for note in own]] = listen_to_timed_notes(
            timed_note_features(on_grid), weights
        )["phase"]
    return said


def listen_again(
    performance: Performance,
    notes: Sequence[Note],
    grid: Grid,
    evidence: Evidence,
    weights: str = WEIGHTS[0],
) -> SecondEvidence:
    """Voice and note value of each press at its notated position; `evidence`: first pass."""
    count = len(performance.notes)
    said = {name: _no_evidence(width, count) for name, width in heads.PLACED_HEADS.items()}
    ordered = sorted(notes, key=lambda note: (note.onset, note.pitch))
    for own in _by_player(ordered, [note.part for note in ordered]):
        onset, end = np.array([(note.onset, note.end) for note in own], float).T
        played = [note.played for note in own]
        presses = [performance.notes[i] for i in played]
        on_grid = _notes_on_grid(onset, end, presses, [note.staff == RIGHT for note in own], grid)
        for name, part in listen_to_placed_notes(placed_note_features(on_grid), weights).items():
            said[name][played] = part
    said["voice"] = log_probabilities(
        FIRST_PASS_SHARE * evidence.voice + (1 - FIRST_PASS_SHARE) * said["voice"]
    )
    return SecondEvidence(**said)


def _no_evidence(classes: int, count: int) -> np.ndarray:
    """Uniform log probabilities for `count` presses."""
    return np.full((count, classes), -np.log(classes))


def _presses(notes: Sequence[FoldedNote]) -> int:
    """One more than the highest index of a press among the notes."""
    return max((note.played for note in notes), default=-1) + 1


_Any = TypeVar("_Any", FoldedNote, Note)


def _by_player(notes: Sequence[_Any], players: Sequence[int]) -> Iterator[list[_Any]]:
    """The notes of each player who has any, without grace notes, in the same order."""
    for player in sorted(set(players)):
        own = [n for n, of in zip(notes, players, strict=True) if of == player and not n.grace]
        if own:
            yield own


def _notes_on_grid(
    onset: np.ndarray,
    end: np.ndarray,
    presses: Sequence[PlayedNote],
    upper: Sequence[bool],
    grid: Grid,
) -> NotesOnGrid:
    """Arrays of key presses at these positions; `upper`: those on the upper staff."""
    bars = [grid.bars[grid.bar_at(position)] for position in onset.tolist()]
    beat, full, start = np.array(
        [(bar.beat_length, bar.full_length, bar.end - bar.full_length) for bar in bars], float
    ).T
    return NotesOnGrid(
        onset=onset,
        end=end,
        pitch=np.array([note.pitch for note in presses], float),
        velocity=np.array([note.velocity for note in presses], float),
        upper=np.array(upper),
        beat=beat,
        position=(onset - start) % full,
        bar=full,
        triple=np.array([bar.compound for bar in bars]),
        beat_seconds=grid.time_at(onset + beat / 2) - grid.time_at(onset - beat / 2),
    )
