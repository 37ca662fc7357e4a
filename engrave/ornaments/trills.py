"""Trills: quick alternations with a neighbouring key, written as one note with a sign.

They differ from written-out notes in how they are played: faster than the 32nds of the local tempo,
often, and begun after a longer note instead of out of a run. The note network's evidence for their
main note counts a little (Gould, *Behind Bars*, 2011, ch. 5; C. P. E. Bach, *Versuch*, 1753, ch.
2).

Times are seconds, intervals semitones; evidence is log odds.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from engrave.listening.evidence import Evidence
from engrave.music.grid import Grid
from engrave.music.performance import PlayedNote

QUICKEST, SLOWEST = 0.025, 0.19  # seconds from press to press
# Times the median step: a first or last press farther away is not part of the trill.
LARGEST_STEP_RATIO = 1.7
FEWEST_PRESSES = 4  # presses, at least
NEIGHBOUR_INTERVALS = (-2, -1, 1, 2)
# Log odds of a trill: constant, and coefficients of the logarithms of the number of presses, of the
# speed, of the speed relative to 32nds, of the silence or long note before; and of the note
# network's log odds. Fitted to 1758 alternations in 91 performances of as many scores of the
# (n)ASAP data set (logistic regression, rounded); the threshold is chosen on 20 others.
TRILL_LOG_ODDS, BY_NUMBER, BY_SPEED, BY_TEMPO, BY_ENTRY, BY_EVIDENCE = 2.5, 1.3, 2.7, 2.3, 0.85, 0.6
# A trill from above may be entered from its main note: held at least so long (share of the time up
# to the trill), at most so near (steps of the trill), at most so many presses of the hand before.
ENTRY_HELD, ENTRY_STEPS, ENTRY_PRESSES = 0.85, 3.2, 3
MODERATE_STEP = 0.1  # seconds: a step of a trill that is neither quick nor slow
# steps of the trill from the press before to its first: clipped to these
SHORTEST_ENTRY, LONGEST_ENTRY = 0.5, 8.0
EVIDENCE_RANGE = (-7.0, 2.0)  # the network's log odds are clipped to these


def find_trills(
    notes: Sequence[PlayedNote], hand: Sequence[int], evidence: Evidence, grid: Grid
) -> Iterator[list[int]]:
    """The presses of each trill of a hand; none is in two of them."""
    taken: set[int] = set()
    position = {i: k for k, i in enumerate(hand)}
    for k, i in enumerate(hand):
        if i in taken:
            continue
        run = _without_uneven_ends(notes, _alternation(notes, hand, k, taken))
        if len(run) >= FEWEST_PRESSES:
            before = position[run[0]] - 1
            entry = notes[run[0]].onset - notes[hand[before]].onset if before >= 0 else np.inf
            if _odds(notes, run, entry, evidence, grid) > 0:
                nearest = hand[max(before + 1 - ENTRY_PRESSES, 0) : before + 1]
                run = [*_entered_from(notes, run, nearest, taken), *run]
                taken |= set(run)
                yield run


def thirty_second(grid: Grid, time: float) -> float:
    """Duration of a 32nd at the local tempo, in seconds."""
    quarter = float(grid.quarter_at(time))
    return (float(grid.time_at(quarter + 1)) - float(grid.time_at(quarter))) / 8


def _alternation(
    notes: Sequence[PlayedNote], hand: Sequence[int], k: int, taken: set[int]
) -> list[int]:
    """The longest quick alternation with a neighbouring key that begins with the hand's note k.

    The hand may play other keys meanwhile, as where it trills over a voice of its own: of the quick
    alternations in 156 performances of the (n)ASAP data set 44 % are trills if it does, and 46 % if
    it does not.
    """
    run = [hand[k]]
    wanted = {notes[hand[k]].pitch + away for away in NEIGHBOUR_INTERVALS}
    for j in (hand[n] for n in range(k + 1, len(hand))):
        step = notes[j].onset - notes[run[-1]].onset
        if step > SLOWEST:
            break
        if step >= QUICKEST and notes[j].pitch in wanted and j not in taken:
            run.append(j)
            wanted = {notes[run[-2]].pitch}
    return run


def _without_uneven_ends(notes: Sequence[PlayedNote], run: list[int]) -> list[int]:
    """The run without a first or last press that is much further away than the others."""
    if len(run) < FEWEST_PRESSES:
        return run
    steps = np.diff([notes[i].onset for i in run])
    far = LARGEST_STEP_RATIO * np.median(steps)
    return run[int(steps[0] > far) : len(run) - int(steps[-1] > far)]


def _entered_from(
    notes: Sequence[PlayedNote], run: Sequence[int], before: Sequence[int], taken: set[int]
) -> list[int]:
    """The main note with which a trill from above begins, held until it is left for the other."""
    main, onset = notes[run[1]].pitch, notes[run[0]].onset
    step = (notes[run[-1]].onset - onset) / (len(run) - 1)
    near = [i for i in before if notes[i].pitch == main and i not in taken]
    if main > notes[run[0]].pitch or not near:
        return []
    gap = onset - notes[near[-1]].onset
    held = notes[near[-1]].release - notes[near[-1]].onset
    return near[-1:] if gap <= ENTRY_STEPS * step and held >= ENTRY_HELD * gap else []


def _odds(
    notes: Sequence[PlayedNote],
    run: Sequence[int],
    entry: float,
    evidence: Evidence,
    grid: Grid,
) -> float:
    """Log odds that an alternation is a trill; `entry` is the seconds since the press before it."""
    onset = notes[run[0]].onset
    step = (notes[run[-1]].onset - onset) / (len(run) - 1)
    return float(
        TRILL_LOG_ODDS
        + BY_NUMBER * np.log(len(run) / FEWEST_PRESSES)
        + BY_SPEED * np.log(MODERATE_STEP / step)
        + BY_TEMPO * np.log(thirty_second(grid, onset) / step)
        + BY_ENTRY * np.log(np.clip(entry / step, SHORTEST_ENTRY, LONGEST_ENTRY))
        + BY_EVIDENCE * np.clip(evidence.flag("trill")[run].max(), *EVIDENCE_RANGE)
    )
