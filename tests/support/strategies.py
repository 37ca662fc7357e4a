"""What hypothesis draws from: grids of any bars, notes of any rhythm, and scores of them.

Rhythms divide each beat as it may be written, in one way or in two that come after each other.
"""

from fractions import Fraction
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st

from engrave.music.grid import Bar, Grid
from engrave.music.note import Note
from engrave.music.performance import Performance
from engrave.music.score import Score
from engrave.notation.written_values import VoiceSpan
from engrave.options import METER_BEAT_TYPES, METER_BEATS
from engrave.rhythm.durations import settle_durations
from tests.support.evidence import blank
from tests.support.notation import pedalled, performance_of, random_pedal
from tests.support.notes import notate_piano, on_staves
from tests.support.rhythms import GRIDS

LIGHT = settings(derandomize=True, deadline=None, max_examples=150, database=None)
LINES = ((1, 1), (1, 2), (2, 1), (2, 2))  # staff and voice
KEYS = {1: st.integers(55, 96) | st.integers(0, 127), 2: st.integers(28, 64) | st.integers(0, 127)}


@st.composite
def bars(draw: st.DrawFn, most: int = 4) -> tuple[Bar, ...]:
    """One to `most` bars, each in a meter of its own or as before, perhaps after a pickup."""
    meters = st.tuples(st.sampled_from(sorted(METER_BEATS)), st.sampled_from(METER_BEAT_TYPES))
    laid: list[Bar] = []
    place, meter = Fraction(0), draw(meters)
    for k in range(draw(st.integers(1, most))):
        meter = draw(st.one_of(st.just(meter), meters))
        bar = Bar(place, Fraction(4 * meter[0], meter[1]), *meter)
        if k == 0 and (parts := int(bar.full_length * 4)) > 1 and draw(st.booleans()):
            bar = Bar(place, draw(st.integers(1, parts - 1)) * Fraction(1, 4), *meter)
        laid.append(bar)
        place = bar.end
    return tuple(laid)


@st.composite
def grids(draw: st.DrawFn, most: int = 4, swing: bool = True) -> Grid:
    """Bars, a beat on each of their felt beats and at their end, each of a length of its own."""
    laid = draw(bars(most))
    quarters = sorted({place for bar in laid for place in (bar.start, *_beats(bar), bar.end)})
    time, times = draw(st.floats(0, 5)), []
    for _ in quarters:
        times.append(time)
        time += draw(st.floats(0.05, 4))
    share = draw(st.sampled_from([0.5, 0.6, 2 / 3])) if swing else 0.5
    return Grid(tuple(times), tuple(quarters), laid, share)


def _beats(bar: Bar) -> list[Fraction]:
    """Where the felt beats begin that a bar has whole."""
    return [bar.end - k * bar.beat_length for k in range(1, int(bar.length / bar.beat_length) + 1)]


@st.composite
def _places(draw: st.DrawFn, bar: Bar) -> list[Fraction]:
    """Some places in a bar: in each whole beat on one division of it, or on two."""
    found = {bar.start} if draw(st.booleans()) else set()
    beats = _beats(bar)
    for start in draw(st.lists(st.sampled_from(beats), max_size=6, unique=True)) if beats else ():
        for division in draw(st.lists(st.sampled_from(GRIDS[bar.compound]), max_size=2)):
            step = bar.beat_length / division
            found |= {start + k * step for k in draw(st.sets(st.integers(0, division - 1)))}
    return sorted(found)


@st.composite
def notes_on(draw: st.DrawFn, grid: Grid) -> list[Note]:
    """Notes of up to two voices on each of two staves, in the order of playing."""
    rows: list[tuple[Fraction, bool, int, Fraction, int, int]] = []
    for bar in grid.bars:
        for staff, voice in draw(st.lists(st.sampled_from(LINES), max_size=4, unique=True)):
            for place in draw(_places(bar)):
                held = bar.beat_length * draw(st.integers(1, 40)) / 8
                for key in draw(st.lists(KEYS[staff], max_size=3)):
                    grace = draw(st.integers(0, 11)) == 11
                    rows.append((place, grace, key, Fraction(0) if grace else held, staff, voice))
    rows.sort(key=lambda row: (row[0], not row[1], row[2]))
    notes = [
        Note(k, key, place, held, grace) for k, (place, grace, key, held, *_) in enumerate(rows)
    ]
    return on_staves(notes, [row[4] for row in rows], [row[5] for row in rows])


@st.composite
def scores(draw: st.DrawFn, most: int = 4) -> tuple[Score, Performance]:
    """Notes with the lengths that the program gives them, written; and somebody who plays them."""
    grid = draw(grids(most, swing=False))
    notes = draw(notes_on(grid).filter(bool))
    settled = settle_durations(notes, blank(len(notes)), grid)
    pedals = random_pedal(draw(st.randoms(use_true_random=False)), grid)
    score = notate_piano(settled, grid, pedalled(pedals))
    return score, performance_of(notes, grid)


@st.composite
def divided(draw: st.DrawFn, bar: Bar) -> list[VoiceSpan]:
    """Notes and rests that fill a bar, which begins where it does in the bar itself."""
    places = [place - bar.start for place in draw(_places(bar))]
    ends = sorted({Fraction(0), *places, bar.length})
    return [
        VoiceSpan(a, b, None if draw(st.booleans()) else k)
        for k, (a, b) in enumerate(pairwise(ends))
    ]
