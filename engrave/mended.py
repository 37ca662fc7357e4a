"""Marks that were cut where measures have been taken out: pairs are closed or left out.

A pedal that is down where the reader turns back comes up there; a hairpin that has lost one of its
ends is left out, and so is a dynamic sign that has just been said.
"""

from collections.abc import Sequence
from dataclasses import replace

from engrave.score import Dynamic, Hairpin, Mark, Measure, PedalMark


def mend_marks(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures with marks that go together."""
    rows = [sorted(measure.marks, key=_in_turn) for measure in measures]
    dropped = _cut_hairpins(measures, rows)
    dropped |= _repeated_signs(rows, dropped)
    mended = []
    down: PedalMark | None = None
    for k, (measure, row) in enumerate(zip(measures, rows, strict=True)):
        kept: list[Mark] = []
        for j, mark in enumerate(row):
            if (k, j) in dropped:
                continue
            if isinstance(mark, PedalMark):
                if (mark.kind == "stop") != (down is not None):
                    continue
                down = mark if mark.kind == "start" else None
            kept.append(mark)
        if down is not None and measure.backward:
            kept.append(replace(down, onset=measure.length, kind="stop"))
            down = None
        mended.append(replace(measure, marks=tuple(kept)))
    return tuple(mended)


def _in_turn(mark: Mark) -> tuple:
    """In time, and what stops before what starts."""
    return mark.onset, getattr(mark, "kind", "stop") != "stop"


def _cut_hairpins(
    measures: Sequence[Measure], rows: Sequence[Sequence[Mark]]
) -> set[tuple[int, int]]:
    """The ends of hairpins without the other end before the reader turns back."""
    cut: set[tuple[int, int]] = set()
    is_open: tuple[int, int] | None = None
    for k, row in enumerate(rows):
        for j, mark in enumerate(row):
            if isinstance(mark, Hairpin):
                if (mark.kind == "stop") == (is_open is None):
                    cut.add((k, j) if is_open is None else is_open)
                is_open = None if mark.kind == "stop" else (k, j)
        if measures[k].backward and is_open:
            cut.add(is_open)
            is_open = None
    return cut | ({is_open} if is_open else set())


def _repeated_signs(
    rows: Sequence[Sequence[Mark]], cut: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """The dynamic signs that say once more what the last one said, without what was cut."""
    said, repeated = "", set()
    for k, row in enumerate(rows):
        for j, mark in enumerate(row):
            if isinstance(mark, Hairpin) and (k, j) not in cut:
                said = ""
            elif isinstance(mark, Dynamic):
                if mark.sign == said:
                    repeated.add((k, j))
                said = mark.sign
    return repeated
