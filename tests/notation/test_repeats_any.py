"""What holds of any folded score: who plays it, sign by sign, plays what was played before."""

from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.music.performance import Performance
from engrave.music.score import Chord, Measure, Score
from engrave.notation.repeats import OTHERWISE, fold_repeats
from engrave.rhythm.durations import settle_durations
from tests.support.evidence import blank
from tests.support.judge import check
from tests.support.notation import pedalled, performance_of, random_pedal
from tests.support.notes import notate_piano, on_staves
from tests.support.strategies import LIGHT

Row = tuple[Fraction, int, int, Fraction]  # place in the bar, staff, key, length held
Place = tuple[int, Fraction, int]  # staff, place in the bar, key

WHITE = {
    1: (60, 62, 64, 65, 67, 69, 71, 72, 74, 76),
    2: (36, 38, 40, 41, 43, 45, 47, 48, 50, 52),
}
METERS = ((4, 4), (3, 4), (6, 8), (2, 4))


@st.composite
def tunes(draw: st.DrawFn) -> tuple[Score, Performance]:
    """Sections, each of them once or twice, with slips or an ending of its own the second time."""
    beats, beat_type = draw(st.sampled_from(METERS))
    length = Fraction(4 * beats, beat_type)
    rows = [draw(_contents(length)) for _ in range(draw(st.sampled_from((0, 0, 4, 5))))]
    for _ in range(draw(st.integers(1, 2))):
        section = [draw(_contents(length)) for _ in range(draw(st.sampled_from((8, 8, 9, 12, 7))))]
        again = [draw(_slips(bar, length)) for bar in section] if draw(st.booleans()) else section
        for k in range(draw(st.sampled_from((0, 0, 1, 2)))):
            again = [*again]
            again[-1 - k] = draw(_contents(length))
        rows += section if draw(st.integers(0, 9)) == 9 else [*section, *again]
    pickup = draw(st.sampled_from((Fraction(0), Fraction(0), Fraction(1, 2))))
    return _written(rows, length, pickup, (beats, beat_type), draw(st.randoms()))


@st.composite
def _contents(draw: st.DrawFn, length: Fraction) -> list[Row]:
    """What is played in a bar: eighths on each staff, the first of them at the barline."""
    places = st.integers(0, int(length * 2) - 1).map(lambda k: Fraction(k, 2))
    held = st.sampled_from((Fraction(1, 2), Fraction(1, 2), Fraction(1), Fraction(3)))
    staff = st.integers(1, 2)
    rows = st.lists(st.tuples(places, staff, st.integers(0, 9), held), min_size=4, max_size=10)
    longest = length + draw(st.sampled_from((0, 0, 0, 0, 0, 0, 0, 2)))  # over the barline
    opening = [(Fraction(0), staff, 9, Fraction(1, 2)) for staff in (1, 2)]
    return [
        (place, staff, WHITE[staff][key], min(held, longest - place))
        for place, staff, key, held in [*opening, *draw(rows)]
    ]


@st.composite
def _slips(draw: st.DrawFn, bar: list[Row], length: Fraction) -> list[Row]:
    """The bar played again, perhaps with a note more or less, or held otherwise."""
    kind = draw(st.integers(0, 19))
    if kind in (17, 19):
        return [*bar, *draw(_contents(length))[-1:]]
    if kind == 18:
        return bar[1:]
    if kind == 16:
        return [(*row[:3], Fraction(1, 4)) for row in bar]
    return bar


def _written(
    rows: list[list[Row]], length: Fraction, pickup: Fraction, meter: tuple[int, int], chance
) -> tuple[Score, Performance]:
    starts = [pickup + k * length for k in range(len(rows))]
    laid = [Bar(Fraction(0), pickup, *meter)] * bool(pickup)
    laid += [Bar(start, length, *meter) for start in starts]
    quarters = [*(bar.start for bar in laid), laid[-1].end]
    grid = Grid(tuple(float(q) / 2 for q in quarters), tuple(quarters), tuple(laid))
    found = sorted(
        (start + place, key, staff, held)
        for start, bar in zip(starts, rows, strict=True)
        for place, staff, key, held in bar
    )
    notes = [Note(i, key, place, held) for i, (place, key, _, held) in enumerate(found)]
    standing = on_staves(notes, [row[2] for row in found])
    settled = settle_durations(standing, blank(len(notes)), grid)
    score = notate_piano(settled, grid, pedalled(random_pedal(chance, grid)))
    return score, performance_of(notes, grid)


def presses(measure: Measure) -> Iterator[tuple[int, Place]]:
    """The key presses that begin in a measure, and where they are written."""
    for voice in measure.voices:
        for chord in voice.events:
            if isinstance(chord, Chord):
                for head in chord.heads:
                    if not head.tied_from:
                        place = voice.staff_of(chord), chord.onset, head.pitch.midi
                        yield from ((played, place) for played in head.played)


def turning_back(measures: tuple[Measure, ...]) -> list[int]:
    """The order in which somebody plays the measures who knows what the signs mean."""
    order, start = [], 0 if measures[0].number else 1
    for k, measure in enumerate(measures):
        if measure.forward:
            start = k
        order.append(k)
        if measure.backward:
            order += [again for again in range(start, k + 1) if not measures[again].ending]
            start = k + 1
    return order


@pytest.mark.slow
@settings(LIGHT, max_examples=60)
@given(tunes())
def test_unfolding_gives_what_was_there(made: tuple[Score, Performance]) -> None:
    score, performance = made
    assert check(score, performance) == []
    folded = fold_repeats(score)
    assert check(folded, performance) == []
    event("folded" if folded.order else "as it was")
    (before,), (after,) = score.parts, folded.parts
    silent = {left.played for left in folded.unwritten}
    written = folded.as_played(after)
    assert len(written) == len(before.measures)
    if folded.order:
        assert turning_back(after.measures) == list(folded.order)
    for once, now in zip(before.measures, written, strict=True):
        there = dict(presses(now))
        for played, place in presses(once):
            assert there.get(played) == place or played in silent
        assert now.length == once.length
    more = silent - {left.played for left in score.unwritten}
    assert {left.reason for left in folded.unwritten if left.played in more} <= {OTHERWISE}
