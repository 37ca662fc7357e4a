"""Pitch spelling: the name under which each played pitch is written.

A MIDI pitch has two or three names (F#, Gb); which one a reader expects depends on the local key
and on where the note leads. Names are counted on the line of fifths: a semitone is 7 fifths when
chromatic (C-C#) and 5 when diatonic (C-Db), and enharmonic names lie 12 apart. The local keys
(`keys`) give prior probabilities of each note's names; then neighbours vote: notes struck together,
the steps before and after, the notes around. The names' probabilities are refined a few times with
these votes (mean field), which brings leading notes, chromatic steps, diminished and augmented
chords to the spelling that resolves. Octaves struck together have one name.

The votes were fitted to 203 piano pieces (Bach to Ravel, (n)ASAP) and some 300 song accompaniments
(OpenScore Lieder) by logistic regression. A few single weights were then set by trial; the comments
name them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

import numpy as np

from engrave.music.arrays import Floats
from engrave.music.grid import Bar
from engrave.music.note import KeySection, Note, Spelling
from engrave.music.values import SEMITONES, STEPS_BY_FIFTHS, KeySignature, Pitch
from engrave.pitch.key_changes import find_key_sections
from engrave.pitch.keys import (
    LINE_OF_FIFTHS,
    MAJOR_SCALE,
    PITCH_CLASSES,
    WIDEST_DISTANCE,
    LocalKeys,
    PitchSequence,
    find_key,
    local_keys,
)

# fmt: off

# The vote of a neighbour by the distance from its name to the candidate, -12 to 12 fifths
# (all a fifth stronger than fitted, by trial).
NEAR_NOTES, FAR_NOTES = 6, 100  # notes on each side that count as near and far
NEIGHBOUR_VOTES = (
    # struck together
    (-0.1, -0.3, 0, -1.7, -1, -0.8, 0.3, 0.2, -0.4, 0.2, -0.5, 0, 0, -0.4, 0.3, -0.4, 0.8, 1.1, 0.1,
     -0.2, -1.1, -0.5, 0, 0.1, 0.3),
    # the next step
    (0, 0, 0, 0, 0, -0.6, 0, 0.8, 0, 0, 0.1, 0, 0, 0, 0.1, 0, 0, 0.6, 0, -0.4, 0, 0, -0.4, 0, 0),
    # the step before
    (0, 0, -0.3, 0, 0, -0.1, 0, 0.4, 0, 0, 0.6, 0, 0, 0, 0.1, 0, 0, 0.4, 0, 0.8, 0, 0, 0.3, 0, 0),
    # near
    (-0.1, -0.3, 0, -0.9, -0.9, -2, 0, 1.3, 0.1, 0.2, 0, 0.5, -0.2, 0.3, 0.4, 0.8, 1.2, 2.1, 0,
     -1.2, -1.1, -1, 0.5, -0.1, 0.5),
    # far
    (-1.4, -0.9, -0.4, 0.2, -0.5, -0.6, -0.5, 1.4, 1.7, 1.1, 0.8, 1.1, 1.9, 1.3, 1.1, 0.2, 0.6, 0.6,
     0.7, -0.7, -1.3, -1.1, -0.4, -0.5, -0.4),
)
# Log odds for sharper names: rows by the step that led here (from 2 semitones below, 1 below, none,
# 1 above, 2 above), columns by the step that follows (to 2 below ... 2 above).
STEP_VOTES = (
    (0, 0.1, 0.2, 0.2, 0.1),
    (-0.3, -0.5, -0.2, 0.4, -0.4),
    (0.2, -0.1, 0, -0.1, -0.1),
    (0, -0.2, -0.1, 0.2, -0.2),
    (-0.2, -0.4, -0.2, 0.4, 0.3),
)
# Log weight of each name as such, Fbb to B##,
NAME_BIAS = (-0.3, -0.4, -0.2, -0.5, 0.1, -0.1, -0.6, -0.1, 0, 0.2, 0.2, 0.1, 0.3, 0.5, 0.3, 0.4, 0,
    0.4, 0.6, 0.7, 0.5, 0.4, 0.3, -0.1, 0.1, -0.1, -0.1, 0.1, -0.2, -0.3, -0.1, -0.6, -0.4, -0.6,
    -0.4)
# ... and for its distance from the written signature, -14 to 20 fifths.
KEY_BIAS = (0.2, -0.3, -0.4, -0.1, -0.2, -0.1, -0.1, -0.1, -0.2, 0.4, 0.5, 0.4, 0.2, 0.5, 0.5, 0.4,
    0.6, 0.4, 0.3, 0.2, 0.1, 0.2, 0.2, -0.1, -0.2, -0.1, 0, -0.3, -0.4, -0.3, -0.1, 0, 0.2, -0.4,
    -0.7)
# of a sharper name for a non-diatonic note in a line that goes up by semitones
RISING_LOG_ODDS = 1.5
KEY_WEIGHT = 0.58  # weight of the local keys against the votes
REFINING_ROUNDS = 4
# fmt: on


def spell(
    notes: Sequence[Note],
    key: KeySignature | None = None,
    bars: Sequence[Bar] = (),
    stated: tuple[KeySection, ...] = (),
) -> Spelling:
    """The notes with their names and the key sections; a given `key` is written and followed.

    Otherwise the sections `stated` are; without any the signature may change at a barline of
    `bars`.
    """
    if not notes:
        return Spelling((), (KeySection(Fraction(0), key or KeySignature(0)),))
    order = sorted(range(len(notes)), key=lambda i: (notes[i].onset, notes[i].pitch))
    ordered = [notes[i] for i in order]
    sections: tuple[KeySection, ...]
    if key:
        sections = (KeySection(Fraction(0), key),)
    elif stated:
        sections = stated
    elif bars:
        sections = find_key_sections(ordered, bars)
    else:
        sections = (KeySection(Fraction(0), find_key(PitchSequence.of(ordered))),)
    spelled = list(notes)
    for i, pitch in zip(order, _name_sections(ordered, sections), strict=True):
        spelled[i] = replace(notes[i], spelling=pitch)
    return Spelling(tuple(spelled), sections)


def _name_sections(notes: Sequence[Note], sections: Sequence[KeySection]) -> Iterator[Pitch]:
    """The pitches of notes in order, each section's in its key."""
    stops = [section.start for section in sections[1:]]
    for k, group in groupby(notes, key=lambda note: bisect_right(stops, note.onset)):
        inside = list(group)
        sequence, key = PitchSequence.of(inside), sections[k].key
        names = _refine(sequence, key, local_keys(sequence, key.fifths))
        chances = _octaves_agree(sequence, names) + _rising(sequence, key)
        fifths = LINE_OF_FIFTHS[chances.argmax(axis=1)]
        for note, fifth in zip(inside, fifths.tolist(), strict=True):
            yield _pitch(note.pitch, fifth)


def _pitch(midi: int, fifths: int) -> Pitch:
    step = STEPS_BY_FIFTHS[(fifths + 1) % 7]
    alter = (fifths + 1) // 7
    return Pitch(step, alter, (midi - alter - SEMITONES[step]) // 12 - 1)


def _refine(sequence: PitchSequence, key: KeySignature, heard: LocalKeys) -> np.ndarray:
    """The probabilities of the names after the neighbours' votes: array (notes, LINE)."""
    names = heard.names
    own = KEY_WEIGHT * np.log(names + 1e-6) + _own_votes(sequence, key, heard.signature)
    own = np.where(sequence.pitch_class[:, None] == PITCH_CLASSES, own, -np.inf)
    distance = LINE_OF_FIFTHS - LINE_OF_FIFTHS[:, None]
    pairs = np.where(
        abs(distance) <= WIDEST_DISTANCE,
        np.array(NEIGHBOUR_VOTES)[
            :, np.clip(distance, -WIDEST_DISTANCE, WIDEST_DISTANCE) + WIDEST_DISTANCE
        ],
        0,
    )
    for _ in range(REFINING_ROUNDS):
        score = own + sum(
            near @ votes for near, votes in zip(_neighbours(sequence, names), pairs, strict=True)
        )
        names = np.exp(score - score.max(axis=1, keepdims=True))
        names /= names.sum(axis=1, keepdims=True)
    return names


def _octaves_agree(sequence: PitchSequence, names: np.ndarray) -> np.ndarray:
    """The names' log probabilities, made the same for octaves struck together."""
    _, octaves = np.unique(12 * sequence.first + sequence.pitch_class, return_inverse=True)
    chances = np.zeros((octaves.max() + 1, len(LINE_OF_FIFTHS)))
    np.add.at(chances, octaves, np.log(names + 1e-12))
    return chances[octaves]


def _rising(sequence: PitchSequence, key: KeySignature) -> np.ndarray:
    """Votes for sharper names in lines that go up by semitones: array (notes, LINE).

    Only notes foreign to the signature get them, once their neighbours have their names.
    """
    foreign = np.isin((sequence.pitch_class - 7 * key.fifths) % 12, MAJOR_SCALE, invert=True)
    below = (sequence.before >= 0) & (sequence.pitch[sequence.before] == sequence.pitch - 1)
    above = (sequence.after >= 0) & (sequence.pitch[sequence.after] == sequence.pitch + 1)
    votes: np.ndarray = RISING_LOG_ODDS * (foreign & below & above)[:, None] * LINE_OF_FIFTHS / 12
    return votes


def _own_votes(sequence: PitchSequence, key: KeySignature, signature: np.ndarray) -> np.ndarray:
    """Votes for each name that do not depend on the neighbours' names: array (notes, LINE)."""
    pitch = sequence.pitch
    led = np.where(sequence.before < 0, 0, pitch[sequence.before] - pitch) + 2
    leads = np.where(sequence.after < 0, 0, pitch[sequence.after] - pitch) + 2
    # a key's names centre 2 fifths above it
    sharper = (LINE_OF_FIFTHS - (signature + 2)[:, None]) / 12
    relative = np.array(KEY_BIAS)[np.clip(LINE_OF_FIFTHS - key.fifths, -14, 20) + 14]
    votes: Floats = (
        np.array(STEP_VOTES)[led, leads][:, None] * sharper + np.array(NAME_BIAS) + relative
    )
    return votes


def _neighbours(sequence: PitchSequence, names: np.ndarray) -> list[np.ndarray]:
    """Mean names (notes, LINE) of each kind of neighbour, in the order of NEIGHBOUR_VOTES."""
    n = len(names)
    sums = np.vstack([np.zeros(len(LINE_OF_FIFTHS)), np.cumsum(names, axis=0)])
    together = sums[sequence.stop] - sums[sequence.first]
    size = sequence.stop - sequence.first
    found = [(together - names) / np.maximum(size - 1, 1)[:, None]]
    found += [
        np.where(step[:, None] < 0, 0, names[step]) for step in (sequence.after, sequence.before)
    ]
    for width in (NEAR_NOTES, FAR_NOTES):
        low, high = np.maximum(sequence.first - width, 0), np.minimum(sequence.stop + width, n)
        others = np.maximum(high - low - size, 1)[:, None]
        found.append((sums[high] - sums[low] - together) / others)
    return found
