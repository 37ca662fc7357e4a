"""Steady playing: beat, meter and barlines are chosen together from all that a pulse allows.

A pulse that was followed through steady music is even, but may be half or a third of the beat, or
twice it. So it becomes a grid, and every beat of a speed that can be felt, every meter and every
place of the barline is weighed: by what speaks for bars on the grid of a file (`describe`), by how
fast people tap (van Noorden and Moelants, "Resonance in the perception of musical pulse", *J. of
New Music Research* 28, 1999), and by what the reader of notes hears.

Times are seconds, places are units of about `UNIT` seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from engrave.listening import heads
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import Evidence
from engrave.listening.network import PLAIN_BAR_NETWORK
from engrave.music.grid import Pulse, interpolate
from engrave.music.performance import Performance
from engrave.rhythm.bar_choice.accents import NEAR
from engrave.rhythm.bar_choice.describe import UNLIKELY, Bars, Beats, Describer
from engrave.rhythm.bar_choice.placed_music import CELLS, PlacedMusic
from engrave.rhythm.bar_choice.weights import certainty, scaled

UNIT = 0.5
# Lengths of the beats that are tried, in beats of the pulse, and the steps in which they begin.
LENGTHS = {Fraction(1, k): Fraction(1, k) for k in (4, 3, 2, 1)}
LENGTHS |= {Fraction(2, 3): Fraction(1, 3), Fraction(3, 2): Fraction(1, 2)}
LENGTHS |= {Fraction(k): Fraction(1) for k in (2, 3, 4)}
SHORTEST, LONGEST = 0.24, 1.7  # seconds of a beat
FEWEST_TIMES = 4  # beats of a pulse that make a grid without its last one
UNEVEN_END = 0.2  # half beats by which the last beat may be beside half a beat
TACTUS = 0.6  # seconds of a beat from which its logarithm is counted
COUNTS = (2, 3, 4)  # beats of a bar
FEWEST = 8  # beats that are asked at least
# Where an onset is taken to be that falls on a twelfth of a unit.
SIMPLE = np.array([0, 0, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 1 / 2, 1 / 2, 2 / 3, 3 / 4, 5 / 6, 1])
IN_PLACE = 0.08  # shares of a beat within which a note stands at a place that the reader knows
ON_BEAT = 0.12  # shares of a beat within which a note stands on it
EARLY = 0.05  # shares of a beat by which a note may come before the beat that it opens
UNSTRUCK = -2.0  # log probability of a downbeat where nothing is struck
KINDS = tuple((count, compound) for compound in (False, True) for count in COUNTS)
NAMES = (
    *("slow", "slow squared", "slow cubed", "slow among quick chords"),
    *("places as read", "first: downbeat as read", "meter as read", "pace as read"),
    *(f"{count * (3 if compound else 1)}/{8 if compound else 4}" for count, compound in KINDS),
)
READ = slice(4, 8)  # of them those that longer pieces tell more surely


@dataclass(frozen=True, slots=True)
class EvenGrid:
    """Where the beats of a pulse stand in units, and how many units one of them lasts."""

    times: np.ndarray
    places: np.ndarray
    pulse: Fraction
    seconds: float  # of a unit

    @classmethod
    def of(cls, times: np.ndarray) -> "EvenGrid":
        """The grid of an even pulse; where a beat was found too early, it stands half way.

        The last beat was drawn to the last chord, which may stand between two beats: then it says
        nothing of the grid.
        """
        last = 2 * (times[-1] - times[-2]) / np.median(np.diff(times))
        if len(times) > FEWEST_TIMES and abs(last - round(last)) > UNEVEN_END:
            times = times[:-1]
        steps = np.diff(times)
        count = np.maximum(np.round(2 * steps / np.median(steps)) / 2, 0.5)
        index = np.append(0.0, np.cumsum(count))
        index -= np.round(np.median(2 * (index % 1))) / 2
        beat = float(np.median(steps / count))
        pulse = Fraction(2) ** -round(float(np.log2(UNIT / beat)))
        return cls(times, index * float(pulse), pulse, beat / float(pulse))

    def places_at(self, seconds: np.ndarray) -> np.ndarray:
        """Places in units of times in seconds."""
        return interpolate(seconds, self.times, self.places)

    def seconds_at(self, places: np.ndarray) -> np.ndarray:
        """Times in seconds of places in units."""
        return interpolate(places, self.places, self.times)


@dataclass(frozen=True, slots=True)
class Described:
    """Bars that may be, and what speaks for them: `describe.NAMES`, and `NAMES` of here."""

    bars: Bars
    row: np.ndarray
    own: np.ndarray

    def whole(self, units: float) -> np.ndarray:
        """Both rows, the means smaller the shorter the music is (units)."""
        own = self.own.copy()
        own[READ] *= certainty(units)
        return np.concatenate([scaled(self.row, units), own])


def describe_steady(
    performance: Performance, evidence: Evidence, grid: EvenGrid
) -> Iterator[Described]:
    """All bars on the grid of a pulse."""
    onset, end = (
        grid.places_at(np.array(seconds))
        for seconds in zip(*((n.onset, n.release) for n in performance.notes), strict=True)
    )
    cell = np.rint(onset * CELLS).astype(int)
    music = PlacedMusic.of(performance, cell // CELLS + SIMPLE[cell % CELLS], end)
    describer = Describer(music)
    pace = float(np.log(len(music.onset) / max(np.ptp(music.onset) * grid.seconds, grid.seconds)))
    for ratio, step in LENGTHS.items():
        beat = ratio * grid.pulse
        if not SHORTEST <= float(beat) * grid.seconds <= LONGEST:
            continue
        for k in range(int(ratio / step)):
            start, count = _cover(music, beat, k * step * grid.pulse)
            places = float(start) + float(beat) * np.arange(count)
            pulse = Pulse(grid.seconds_at(places), np.zeros(count, bool))
            heard = listen_for_bars(performance, pulse, PLAIN_BAR_NETWORK)
            read = _Read.of(evidence, onset, places)
            slow = float(np.log(float(beat) * grid.seconds / TACTUS))
            for compound in (False, True):
                beats = Beats(start, beat, compound, heard)
                for bars, row in describer.describe(beats, COUNTS):
                    late = int((bars.offset - start) / beat) % bars.count
                    said = read.of_bars(bars, late, slow)
                    usual = [slow, slow**2, abs(slow) ** 3, slow * pace]
                    kind = [float((bars.count, compound) == one) for one in KINDS]
                    yield Described(bars, row, np.array([*usual, *said, *kind]))


def units_of(performance: Performance, grid: EvenGrid) -> float:
    """How many units the music lasts."""
    onset = grid.places_at(np.array([note.onset for note in performance.notes]))
    return float(np.ptp(onset)) + 1


def _cover(music: PlacedMusic, beat: Fraction, shift: Fraction) -> tuple[Fraction, int]:
    """The first beat, and how many there are, that cover the music; at least `FEWEST`."""
    first, last = float(music.onset[0]), float(music.onset[-1])
    begin = floor((first + NEAR - float(shift)) / float(beat))
    stop = ceil((last + NEAR - float(shift)) / float(beat)) + 1
    return shift + beat * begin, max(stop - begin, FEWEST)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the reader of notes says of beats: how well the notes stand at the places in them that
    it found (mean log probability), and of each whether it is a downbeat.
    """

    evidence: Evidence
    in_place: float
    downbeat: np.ndarray

    @classmethod
    def of(cls, evidence: Evidence, onset: np.ndarray, places: np.ndarray) -> "_Read":
        index = (onset - places[0]) / (places[1] - places[0])
        phase = index - np.floor(index + EARLY)
        away = np.abs(phase[:, None] - np.append(heads.PHASES, 1.0))
        place = away.argmin(axis=1) % len(heads.PHASES)
        place[away.min(axis=1) >= IN_PLACE] = len(heads.PHASES)
        said = evidence.phase[np.arange(len(onset)), place].clip(UNLIKELY)
        near = np.rint(index).astype(int)
        on = (np.abs(index - near) < ON_BEAT) & (near >= 0) & (near < len(places))
        odds = evidence.downbeat[on].clip(UNLIKELY, -UNLIKELY)
        total = np.bincount(near[on], -np.logaddexp(0, -odds), len(places))
        size = np.bincount(near[on], minlength=len(places))
        downbeat = np.where(size > 0, total / np.maximum(size, 1), UNSTRUCK)
        return cls(evidence, float(said.mean()), downbeat)

    def of_bars(self, bars: Bars, late: int, slow: float) -> tuple[float, ...]:
        """The same, of bars: of first beats against others; of the meter, and of the pace."""
        first = (np.arange(len(self.downbeat)) - late) % bars.count == 0
        meter = self.evidence.meter[:, heads.METERS.index((bars.count, bars.compound))]
        near = int(np.argmin(np.abs(heads.LOG_BEAT_SECONDS - slow - np.log(TACTUS))))
        pace = np.logaddexp.reduce(self.evidence.pace[:, max(near - 1, 0) : near + 2], axis=1)
        heavier = self.downbeat[first].mean() - self.downbeat[~first].mean()
        said = (heavier, meter.clip(UNLIKELY).mean(), pace.clip(UNLIKELY).mean())
        return (self.in_place, *(float(value) for value in said))
