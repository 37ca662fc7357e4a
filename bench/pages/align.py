"""Which note of one page is which note of another.

Between the true page and an estimated one lies the recording, and both are known by its key
presses: the true page from the data, `engrave`'s from the ids of its noteheads. Pages of other
programs come from the same MIDI file and hold its notes in the same order of time, but for some
that were dropped, merged or doubled. They are aligned with the key presses in two steps:

1. The chords of the page and the chords as played, by their longest common subsequence, give a
   first idea of the time of each place.
2. Each pitch by itself: its notes with its key presses, in order, at the least distance in time.
   That gives better times, and so on until it settles. Within a chord the order does not matter.

(A general score-to-performance aligner such as parangonar has to allow for wrong notes and other
orders; what is known here makes this one exact enough and fast.)
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy.ndimage import median_filter

from bench.pages.page import Page, PageNote
from engrave.music.arrays import Floats
from engrave.music.performance import CHORD_WINDOW

FARTHEST_MATCH = 2.0  # seconds beyond which a note of the page is not taken for a key press
ROUNDS = 4  # of learning the time of each place and matching again; it settles after two or three
WIDTH = 5  # places over which the time of one is smoothed
GRACE_LEAD = 0.05  # seconds by which a grace note is expected before the note it leads to


def align(truth: Page, estimate: Page) -> list[tuple[int, int]]:
    """Pairs (index into `truth.notes`, index into `estimate.notes`) with the same key press.

    Each note stands in one pair at most; notes whose `played` is None stand in none.
    """
    true_of: dict[int, int] = {}
    for index, note in enumerate(truth.notes):
        if note.played is not None:
            true_of.setdefault(note.played, index)
    pairs = []
    for index, note in enumerate(estimate.notes):
        if note.played is not None and (true := true_of.pop(note.played, None)) is not None:
            pairs.append((true, index))
    return sorted(pairs)


def align_to_performance(estimate: Page, onsets: np.ndarray, pitches: np.ndarray) -> Page:
    """The page with `played` set to the key presses that its notes write.

    `onsets` (seconds, in order) and `pitches` are those of the key presses; each is given to one
    note at most, and a note that writes none of them keeps None.
    """
    if not estimate.notes or not len(onsets):
        return replace(estimate, notes=tuple(replace(note, played=None) for note in estimate.notes))
    places = np.array([float(note.onset) for note in estimate.notes])
    written = np.array([note.pitch for note in estimate.notes])
    lead = np.array([GRACE_LEAD * note.grace for note in estimate.notes])
    played = np.full(len(places), -1)
    known_places, known_times = _match_chords(places, written, onsets, pitches)
    for _ in range(ROUNDS):
        if not len(known_places):
            break
        times = _times_of_places(places, known_places, known_times)
        played = _match_pitches(times - lead, written, onsets, pitches)
        known_places, known_times = places[played >= 0], onsets[played[played >= 0]]
    return replace(estimate, notes=tuple(map(_with_played, estimate.notes, played.tolist())))


def _with_played(note: PageNote, played: int) -> PageNote:
    return replace(note, played=played if played >= 0 else None)


def _match_chords(
    places: np.ndarray, written: np.ndarray, onsets: np.ndarray, pitches: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Places of the page whose time is known, and these times: a first match, chord by chord.

    The longest common subsequence of the chords on the page and the chords as played, where two
    chords that have pitches in common count by their number.
    """
    chords, chord_of_note = np.unique(places, return_inverse=True)
    starts = onsets[_chord_starts(onsets)]
    sounding = np.zeros((128, len(starts)))  # whether a pitch sounds in a played chord
    sounding[pitches, np.searchsorted(starts, onsets, side="right") - 1] = 1
    pitches_of: list[set[int]] = [set() for _ in chords]
    for chord, pitch in zip(chord_of_note.tolist(), written.tolist(), strict=True):
        pitches_of[chord].add(pitch)
    gains = (sounding[list(chord)].sum(axis=0) for chord in pitches_of)
    pairs = _align_in_order(gains, len(chords), len(starts))
    return chords[pairs[:, 0]], starts[pairs[:, 1]]


def _chord_starts(onsets: np.ndarray) -> list[int]:
    """Index of the first key press of each chord."""
    starts: list[int] = []
    for index, onset in enumerate(onsets.tolist()):
        if not starts or onset - onsets[starts[-1]] > CHORD_WINDOW:
            starts.append(index)
    return starts


def _align_in_order(gains: Iterable[np.ndarray], rows: int, columns: int) -> np.ndarray:
    """Pairs (row, column), both rising, with the greatest sum of gains: one array row a pair.

    `gains` yields for each row what a pair with each column gains; none is made for nothing.
    """
    best = np.zeros(columns + 1)
    paired = np.zeros((rows, columns), bool)  # the best so far ends with this pair
    passed = np.zeros((rows, columns), bool)  # the best so far leaves out this column
    for row, gain in enumerate(gains):
        with_pair = best[:-1] + gain
        paired[row] = with_pair > best[1:]
        reached = np.maximum(with_pair, best[1:])
        best[1:] = np.maximum.accumulate(reached)
        passed[row] = best[1:] > reached
    return _walk_back(paired, passed)


def _walk_back(paired: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """The pairs of the best alignment, from its end."""
    row, column = paired.shape[0] - 1, paired.shape[1] - 1
    pairs: list[tuple[int, int]] = []
    while row >= 0 and column >= 0:
        if passed[row, column]:
            column -= 1
        elif paired[row, column]:
            pairs.append((row, column))
            row, column = row - 1, column - 1
        else:
            row -= 1
    return np.array(pairs, int).reshape(-1, 2)[::-1]


def _times_of_places(asked: Floats, places: Floats, times: Floats) -> Floats:
    """Seconds of the places `asked`, from known ones: medians over `WIDTH` different places."""
    order = np.lexsort((times, places))
    different, starts = np.unique(places[order], return_index=True)
    medians = np.array([np.median(group) for group in np.split(times[order], starts[1:])])
    smooth = median_filter(medians, size=min(WIDTH, len(medians)), mode="nearest")
    return np.interp(asked, different, np.maximum.accumulate(smooth))


def _match_pitches(
    times: np.ndarray, written: np.ndarray, onsets: np.ndarray, pitches: np.ndarray
) -> np.ndarray:
    """For each note of the page, expected at `times`, its key press, or -1."""
    played = np.full(len(times), -1)
    for pitch in np.unique(written):
        notes, presses = np.flatnonzero(written == pitch), np.flatnonzero(pitches == pitch)
        notes = notes[np.argsort(times[notes], kind="stable")]
        gains = (FARTHEST_MATCH**2 - (onsets[presses] - times[note]) ** 2 for note in notes)
        pairs = _align_in_order(gains, len(notes), len(presses))
        played[notes[pairs[:, 0]]] = presses[pairs[:, 1]]
    return played
