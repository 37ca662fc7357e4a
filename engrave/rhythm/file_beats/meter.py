"""Which bars the music has that lies on the grid of a file: what it states, or what is heard.

Many files state 4/4 because a recorder always does, or nothing at all; and where a piece begins
with a pickup, bars that are counted from its first note are all wrong. So every time signature that
such a grid allows is a hypothesis, and every place of its barline; all that speaks for each of them
(`bar_choice.describe`) is weighed in a conditional logit. What the file states is likelier from the
start, most of all where somebody must have meant it.

Places and lengths are quarter notes of the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.network import PLAIN_BAR_NETWORK
from engrave.music.grid import Pulse, quarters_at, seconds_at
from engrave.music.performance import Performance
from engrave.music.values import TimeSignature, is_compound
from engrave.rhythm.bar_choice import describe
from engrave.rhythm.bar_choice.describe import Bars, Beats, Describer
from engrave.rhythm.bar_choice.placed_music import CELLS, PlacedMusic
from engrave.rhythm.bar_choice.weights import judge_of, scaled
from engrave.rhythm.file_beats.grid import FileFit

COMMON_TIME = TimeSignature(4, 4)
# Beats that are tried (quarters, and whether they divide in three): how many a bar may have, and
# where they may begin, for a piece may open with an eighth.
HALVES = (Fraction(0), Fraction(1, 2))
BEATS = {
    (Fraction(1), False): ((2, 3, 4, 5), HALVES),
    (Fraction(2), False): ((2, 3), (*HALVES, Fraction(1), Fraction(3, 2))),
    (Fraction(1, 2), False): ((3, 5, 7), HALVES[:1]),
    (Fraction(3, 2), True): ((2, 3, 4), (*HALVES, Fraction(1))),
}
METERS = tuple(
    TimeSignature(count * (3 if compound else 1), int((12 if compound else 4) / beat))
    for (beat, compound), (counts, _) in BEATS.items()
    for count in counts
)
NAMES = (
    *describe.NAMES,
    *(
        f"{meter.beats}/{meter.beat_type}{dense}"
        for meter in METERS
        for dense in ("", " dense", " dense squared")
    ),
)
SILENCE = 8.0  # quarters after a note in which its beats are still asked
FEWEST = 8  # beats that are asked at least
# Where an onset is taken to be that a hand puts on a twelfth of a quarter.
SIMPLE = np.array([0, 0, 1 / 4, 1 / 3, 1 / 2, 1 / 2, 1 / 2, 1 / 2, 2 / 3, 3 / 4, 1, 1])
EARLY = 0.1  # quarters by which a note may come before its beat
# Log odds of what a file states. Of 4/4, which recorders state whatever is played; of other time
# signatures; of another time signature of bars as long; and of bars that are counted from the
# beginning of the file, unless a recording begins with its first note.
STATED_COMMON, STATED, OTHERWISE_STATED = 3.0, 8.0, -4.0
STATED_OFFSET = {"exact": 3.0, "click": 1.0}
STATED_OFFSET_OF_COMMON = 1.5


@dataclass(frozen=True, slots=True)
class FileBars:
    """Bars of one meter, a barline of which stands `offset` quarters from the file's beginning.

    `log_likelihood` is their log probability, but for a number that is the same for all.
    """

    meter: TimeSignature
    offset: Fraction
    log_likelihood: float


def weigh_file_bars(performance: Performance, fit: FileFit) -> list[FileBars]:
    """The bars that the music may have on the grid of its file, the likeliest first."""
    heard = list(describe_file_bars(performance, fit))
    log_likelihood = judge_of("file", NAMES).log_likelihood(
        np.array([found.row for found in heard])
    )
    bars = (
        FileBars(found.meter, found.offset, float(odds) + _stated(performance, fit, found))
        for found, odds in zip(heard, log_likelihood, strict=True)
    )
    return sorted(bars, key=lambda found: -found.log_likelihood)


def felt_beats(meter: TimeSignature) -> int:
    """How many beats of the reader of bars a bar of this meter has."""
    compound = is_compound(meter.beats, meter.beat_type, three_in_one=False)
    return meter.beats // 3 if compound else meter.beats


@dataclass(frozen=True, slots=True)
class Described:
    """Bars that the grid of a file allows, and what speaks for them: a row of `NAMES`."""

    meter: TimeSignature
    offset: Fraction
    row: np.ndarray


def describe_file_bars(performance: Performance, fit: FileFit) -> Iterator[Described]:
    """All bars that the grid of a file allows."""
    file = performance.grid
    assert file
    onset, end = (
        quarters_at(np.array(seconds) - fit.late, file)
        for seconds in zip(*((n.onset, n.release) for n in performance.notes), strict=True)
    )
    if fit.kind == "click":
        cell = np.rint(onset * CELLS).astype(int)
        onset = cell // CELLS + SIMPLE[cell % CELLS]
    music = PlacedMusic.of(performance, onset, end)
    describer = Describer(music)
    quarters = float(np.diff(onset).clip(0, SILENCE).sum()) + 1
    density = float(np.log(len(music.onset) / quarters))
    for (beat, compound), (counts, shifts) in BEATS.items():
        for shift in shifts:
            begin = floor((onset[0] + EARLY - shift) / beat)
            count = max(ceil((onset[-1] + EARLY - shift) / beat) - begin + 1, FEWEST)
            start = shift + beat * begin
            places = float(start) + float(beat) * np.arange(count)
            times = seconds_at(places, file) + fit.late
            pulse = Pulse(times, np.full(count, compound))
            heard = listen_for_bars(performance, pulse, PLAIN_BAR_NETWORK)
            for bars, row in describer.describe(Beats(start, beat, compound, heard), counts):
                meter = _signature(bars)
                whole = np.append(scaled(row, quarters), _usual(meter, density))
                yield Described(meter, bars.offset, whole)


def _usual(meter: TimeSignature, density: float) -> np.ndarray:
    """Which meter it is (0 or 1 for each of `METERS`), and how dense the music is in it."""
    rows = np.zeros((len(METERS), 3))
    rows[METERS.index(meter)] = 1.0, density, density**2
    return rows.ravel()


def _signature(bars: Bars) -> TimeSignature:
    if bars.compound:
        return TimeSignature(3 * bars.count, int(12 / bars.beat))
    return TimeSignature(bars.count, int(4 / bars.beat))


def _stated(performance: Performance, fit: FileFit, found: Described) -> float:
    """How much likelier bars are by what a file states, if it states it of all of its music."""
    assert performance.grid
    first = float(
        quarters_at(np.array([performance.notes[0].onset - fit.late]), performance.grid)[0]
    )
    said = [TimeSignature(m.beats, m.beat_type) for m in performance.grid.meters]
    meter = found.meter
    if meter not in said:
        bar = Fraction(meter.beats, meter.beat_type)
        alike = (o for o in said if Fraction(o.beats, o.beat_type) == bar)
        return OTHERWISE_STATED if any(o.compound == meter.compound for o in alike) else 0.0
    if found.offset != 0 or (fit.kind == "click" and first < EARLY):
        place = 0.0
    elif said == [COMMON_TIME]:
        place = STATED_OFFSET_OF_COMMON
    else:
        place = STATED_OFFSET[fit.kind]
    return place + (STATED_COMMON if said == [COMMON_TIME] else STATED)
