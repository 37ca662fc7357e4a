"""Clefs: treble above, bass below, changed where that saves many ledger lines for bars on end.

A part on one staff has the clef that suits most of its music.
"""

from collections.abc import Sequence
from dataclasses import replace

from engrave.score import STEPS, Clef, Pitch

USUAL = {1: ("G", 2), 2: ("F", 4)}
LOWEST_LINE = {("G", 2): Pitch("E", 0, 4), ("F", 4): Pitch("G", 0, 2)}
CHANGE = 24  # ledger lines that a change must save


def choose_clefs(
    pitches: Sequence[Sequence[Pitch]], staff: int, staves: int = 2, octave: int = 0
) -> list[Clef | None]:
    """For each measure (its pitches on this staff) the clef that is written there, if any.

    The instrument sounds so many octaves higher than written, and its clef says so.
    """
    pitches = [[replace(p, octave=p.octave - octave) for p in measure] for measure in pitches]
    usual = USUAL[staff] if staves > 1 else _suiting(pitches)
    clefs = sorted(LOWEST_LINE, key=lambda clef: clef != usual)
    costs = [[_ledger_lines(measure, clef) for clef in clefs] for measure in pitches]
    total = [0.0, float(CHANGE)]
    back: list[list[int]] = []
    for cost in costs:
        come = [min((0, 1), key=lambda a: total[a] + (CHANGE if a != b else 0)) for b in (0, 1)]
        total = [total[come[b]] + (CHANGE if come[b] != b else 0) + cost[b] for b in (0, 1)]
        back.append(come)
    state = total.index(min(total))
    path = []
    for come in reversed(back):
        path.append(state)
        state = come[state]
    path.reverse()
    return [
        Clef(staff, *clefs[now], octave=octave) if k == 0 or now != path[k - 1] else None
        for k, now in enumerate(path)
    ]


def _suiting(pitches: Sequence[Sequence[Pitch]]) -> tuple[str, int]:
    """The clef with the fewest ledger lines; of two that are as good, the treble clef."""
    played = [pitch for measure in pitches for pitch in measure]
    return min(LOWEST_LINE, key=lambda clef: _ledger_lines(played, clef))


def _ledger_lines(pitches: Sequence[Pitch], clef: tuple[str, int]) -> int:
    bottom = _place(LOWEST_LINE[clef])
    return sum(max(bottom - _place(p), _place(p) - bottom - 8, 1) // 2 for p in pitches)


def _place(pitch: Pitch) -> int:
    """Steps above C0."""
    return 7 * pitch.octave + STEPS.index(pitch.step)
