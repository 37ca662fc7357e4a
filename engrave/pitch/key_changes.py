"""Changes of key signature, found where another signature suits the notes better for a long time.

Composers write a new signature for a section, not for each turn of the harmony. Each bar has a log
likelihood under each signature (from how often each degree of the scale sounds), and the Viterbi
path through the bars is the likeliest one when each change costs as much as many bars of evidence.
That cost was set on 204 scores of the (n)ASAP data set: with it 86.6 % of the notes stand under the
signature of the score, and without changes 83.9 %.

Signatures are counted in fifths (-3: three flats).
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

import numpy as np

from engrave.music.grid import Bar
from engrave.music.hypotheses import shares
from engrave.music.note import KeySection, Note
from engrave.pitch.keys import TOO_FEW_PITCHES, PitchSequence, find_key, key_votes

# How often each pitch class sounds in music of a signature, counted in semitones from the tonic
# of its major key (the same scores).
PROFILE = (0.15, 0.021, 0.114, 0.026, 0.148, 0.092, 0.033, 0.139, 0.037, 0.12, 0.024, 0.096)
LEAST_GAIN_OF_CHANGE = 13.0  # log likelihood that a change must gain
# Log likelihood per bar that each sharp or flat costs: decides between C sharp and D flat.
ACCIDENTAL_COST = 0.02
SIGNATURES = np.arange(-7, 8)


def find_key_sections(notes: Sequence[Note], bars: Sequence[Bar]) -> tuple[KeySection, ...]:
    """The key signatures of the piece, each with the position from which on it holds.

    `notes` are sorted by onset, then pitch; there is at least one.
    """
    bar_of = (
        np.searchsorted(
            [float(bar.start) for bar in bars], [float(n.onset) for n in notes], side="right"
        )
        - 1
    )
    path = _best_path(_signature_log_likelihoods(PitchSequence.of(notes), bar_of, len(bars)))
    if len(set(path)) == 1:
        return (KeySection(Fraction(0), find_key(PitchSequence.of(notes))),)
    sections = []
    for _, group in groupby(range(len(bars)), key=path.__getitem__):
        members = list(group)
        inside = [n for n, k in zip(notes, bar_of, strict=True) if members[0] <= k <= members[-1]]
        key = find_key(PitchSequence.of(inside), [path[members[0]]])
        sections.append(KeySection(bars[members[0]].start, key))
    return tuple(sections)


def weigh_keys(notes: Sequence[Note], sections: Sequence[KeySection]) -> dict[int, float]:
    """Probabilities of the signatures of the piece, or of the longest of several sections.

    `sections` are those that were found for the notes; the one that is written is the likeliest.
    """
    ordered = sorted(notes, key=lambda note: (note.onset, note.pitch))
    starts = [section.start for section in sections]
    of = np.searchsorted([float(s) for s in starts], [float(n.onset) for n in ordered], "right") - 1
    main = int(np.bincount(of.clip(0)).argmax())
    sequence = PitchSequence.of([note for note, k in zip(ordered, of, strict=True) if k == main])
    if (
        len(np.unique(sequence.pitch_class)) <= TOO_FEW_PITCHES
        or sequence.chord[-1] < TOO_FEW_PITCHES
    ):
        return {}
    votes = key_votes(sequence).max(axis=1)
    log_likelihood = dict(zip(range(-6, 6), votes.tolist(), strict=True))
    written = sections[main].key.fifths
    most = log_likelihood.pop(-6 if written == 6 else written, float(votes.max()))
    return shares({written: most, **{k: min(vote, most) for k, vote in log_likelihood.items()}})


def _signature_log_likelihoods(
    sequence: PitchSequence, bar_of: np.ndarray, bars: int
) -> np.ndarray:
    """Log likelihood of each signature in each bar: array (bars, signatures)."""
    heard = np.zeros((bars, 12))
    np.add.at(heard, (bar_of, sequence.pitch_class), sequence.weight)
    heard /= np.maximum(heard.sum(axis=1, keepdims=True), 1e-9)
    degrees = np.log(PROFILE)
    suits = [heard @ np.roll(degrees, 7 * fifths) for fifths in SIGNATURES]
    return np.stack(suits, axis=1) - ACCIDENTAL_COST * np.abs(SIGNATURES)


def _best_path(suits: np.ndarray) -> list[int]:
    """The signature of each bar."""
    total = suits[0]
    back = []
    for here in suits[1:]:
        best = int(total.argmax())
        change = total < total[best] - LEAST_GAIN_OF_CHANGE
        back.append(np.where(change, best, np.arange(len(total))))
        total = np.maximum(total, total[best] - LEAST_GAIN_OF_CHANGE) + here
    state = int(total.argmax())
    path = [state]
    for come in reversed(back):
        state = int(come[state])
        path.append(state)
    return [int(SIGNATURES[state]) for state in reversed(path)]
