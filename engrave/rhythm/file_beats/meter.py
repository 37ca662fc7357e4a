"""Which bars the music has that lies on the grid of a file: what it states, or what is heard.

Many files state 4/4 because a recorder always does, or nothing at all; and where a piece begins
with a pickup, bars that are counted from its first note are all wrong. So every time signature that
such a grid allows is a hypothesis, and every place of its barline: the reader of bars is told the
beats that it would have, and says whether they are beats, and which of a bar. What the file states
is likelier from the start, most of all where somebody must have meant it.

Places and lengths are quarter notes of the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from engrave.listening import heads
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import BarEvidence
from engrave.music.grid import Pulse, quarters_at, seconds_at
from engrave.music.performance import FileGrid, Performance, chord_starts
from engrave.music.values import TimeSignature
from engrave.rhythm.file_beats.grid import FileFit

COMMON_TIME = TimeSignature(4, 4)
# Time signatures, and how readily each is written: log odds of any, and more for each e-fold more
# onsets a quarter. These and the weights are those of a conditional logit over all bars that the
# grid allows, fitted to 675 piano scores written to MIDI; the right bars came out in 67 % of the
# pieces that were left out (in five folds), their barlines in 94 %. Bars of three half notes were
# made rarer by trial: plain tunes in 4/4 with chords in half notes sound like them, and among 60
# scores nothing changes.
METERS = {
    TimeSignature(2, 4): (0.97, 0.89),
    TimeSignature(3, 4): (1.6, 0.23),
    TimeSignature(4, 4): (0.89, 1.44),
    TimeSignature(2, 2): (-0.12, -0.66),
    TimeSignature(3, 2): (-3.3, -0.47),
    TimeSignature(3, 8): (0.38, 2.01),
    TimeSignature(6, 8): (1.17, -0.22),
    TimeSignature(9, 8): (0.67, 0.28),
    TimeSignature(12, 8): (0.76, 0.27),
}
LEVEL_WEIGHTS = np.array([0.069, 0.013, -0.093, 0.162, -0.083, 0.036, -0.074, -0.013])
POSITION_WEIGHT, DOWNBEAT_WEIGHT = 0.082, 0.081
LONGEST_SILENCE = 8.0  # quarters after a note in which its beats are still asked
MOST_QUARTERS, INDEPENDENT_POWER = 30, 0.7  # a piece counts as so many at most, to this power
# Seconds of a beat to which people tap, and the deviation of its logarithm (after van Noorden and
# Moelants, "Resonance in the perception of musical pulse", *J. of New Music Research* 28, 1999).
TACTUS_SECONDS, TACTUS_SPREAD = 0.55, 0.3
NO_PICKUP, SHORT_PICKUP, LONG_PICKUP, WHOLE_PICKUP = 1.09, -0.48, -0.61, -0.57
# quarters by which a note may come before its beat, and be beside it
EARLIEST_ONSET, ONSET_WINDOW = 0.1, 0.02
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
    assert performance.grid
    heard = _FileEvidence.of(performance, performance.grid, fit)
    bars = [
        found
        for beat in sorted({_beat(meter) for meter in METERS})
        for shift in _shifts(*beat)
        for found in heard.bars(*beat, shift)
    ]
    return sorted(bars, key=lambda found: -found.log_likelihood)


def _beat(meter: TimeSignature) -> tuple[Fraction, bool]:
    """The felt beat of a meter, as the reader of bars has it: whether it divides in three."""
    compound = meter.beats % 3 == 0 and meter.beats > 3 and meter.beat_type >= 8
    return Fraction(12 if compound else 4, meter.beat_type), compound


def felt_beats(meter: TimeSignature) -> int:
    """How many beats of the reader of bars a bar of this meter has."""
    return int(Fraction(4 * meter.beats, meter.beat_type) / _beat(meter)[0])


def _shifts(beat: Fraction, compound: bool) -> list[Fraction]:
    """Where the first beat may stand: on an eighth of a dotted beat, a quarter of a half note."""
    part = beat / 3 if compound else min(beat, Fraction(1))
    return [k * part for k in range(int(beat / part))]


@dataclass(frozen=True, slots=True)
class _FileEvidence:
    """The music on its file: where its notes begin, seconds of a quarter there, how dense it is,
    how much it counts.
    """

    performance: Performance
    file: FileGrid
    fit: FileFit
    onsets: np.ndarray
    quarter: float
    density: float
    often: float

    @classmethod
    def of(cls, performance: Performance, file: FileGrid, fit: FileFit) -> "_FileEvidence":
        seconds = np.array([note.onset for note in performance.notes]) - fit.late
        onsets = quarters_at(seconds, file)
        quarters = float(np.diff(onsets).clip(0, LONGEST_SILENCE).sum()) + 1
        density = float(np.log(len(chord_starts(performance.notes)) / quarters))
        often = min(quarters, MOST_QUARTERS) ** INDEPENDENT_POWER
        quarter = float(np.diff(seconds_at(onsets[:1] + np.array([0, 1]), file))[0])
        return cls(performance, file, fit, onsets, quarter, density, often)

    @property
    def first(self) -> float:
        return float(self.onsets[0])

    @property
    def last(self) -> float:
        return float(self.onsets[-1])

    def bars(self, beat: Fraction, compound: bool, shift: Fraction) -> Iterator[FileBars]:
        """All bars of beats of this kind, one of which stands at `shift`."""
        length = float(beat)
        begin = floor((self.first + EARLIEST_ONSET - shift) / length)
        count = max(ceil((self.last + EARLIEST_ONSET - shift) / length) - begin, 1) + 1
        positions = float(shift) + length * np.arange(begin, begin + count)
        times = seconds_at(positions, self.file) + self.fit.late
        heard = listen_for_bars(self.performance, Pulse(times, np.full(count, compound)))
        sounding = self._sounding(positions)
        level = float(LEVEL_WEIGHTS @ heard.level[sounding].mean(axis=0))
        for meter in (meter for meter in METERS if _beat(meter) == (beat, compound)):
            bar = Fraction(4 * meter.beats, meter.beat_type)
            for late in range(int(bar / beat)):
                agreed = level + _agreement(heard, sounding, (int(bar / beat), compound), late)
                offset = (shift + beat * (begin + late)) % bar
                log_likelihood = self.often * agreed + self._usual(meter, bar, offset)
                yield FileBars(meter, offset, log_likelihood)

    def _sounding(self, beats: np.ndarray) -> np.ndarray:
        """Indices of the beats before which something was struck not long ago; at least one."""
        before = np.searchsorted(self.onsets, beats + EARLIEST_ONSET, side="right") - 1
        waited = beats - self.onsets[before.clip(0)]
        return np.flatnonzero((waited < LONGEST_SILENCE) | (before <= 0))

    def _usual(self, meter: TimeSignature, bar: Fraction, offset: Fraction) -> float:
        """How usual the meter is, and the pickup with which it begins; what the file states."""
        common, denser = METERS[meter]
        beat = float(_beat(meter)[0]) * self.quarter
        felt = float(-0.5 * (np.log(beat / TACTUS_SECONDS) / TACTUS_SPREAD) ** 2)
        usual = common + denser * self.density + felt + self._pickup(bar, offset)
        return usual + self._stated(meter, bar, offset)

    def _pickup(self, bar: Fraction, offset: Fraction) -> float:
        pickup = (
            float(bar) - (self.first + ONSET_WINDOW - float(offset)) % float(bar) + ONSET_WINDOW
        )
        if pickup > bar - 2 * ONSET_WINDOW:
            return NO_PICKUP
        whole = WHOLE_PICKUP if abs(pickup - round(pickup)) < 2 * ONSET_WINDOW else 0.0
        return whole + (SHORT_PICKUP if pickup <= bar / 2 + 2 * ONSET_WINDOW else LONG_PICKUP)

    def _stated(self, meter: TimeSignature, bar: Fraction, offset: Fraction) -> float:
        """Only what a file states of all of its music is asked here."""
        said = [TimeSignature(m.beats, m.beat_type) for m in self.file.meters]
        if meter not in said:
            alike = (o for o in said if Fraction(o.beats, o.beat_type) == bar / 4)
            return OTHERWISE_STATED if any(o.compound == meter.compound for o in alike) else 0.0
        if offset != 0 or (self.fit.kind == "click" and self.first < EARLIEST_ONSET):
            of_offset = 0.0
        elif said == [COMMON_TIME]:
            of_offset = STATED_OFFSET_OF_COMMON
        else:
            of_offset = STATED_OFFSET[self.fit.kind]
        return of_offset + (STATED_COMMON if said == [COMMON_TIME] else STATED)


def _agreement(
    heard: BarEvidence, sounding: np.ndarray, kind: tuple[int, bool], late: int
) -> float:
    """How well bars agree with what is heard of these beats, the first so many beats late."""
    index = (sounding - late) % kind[0]
    first = heads.BAR_POSITIONS.index((heads.METERS.index(kind), 0))
    position = heard.place[sounding, first + index].mean()
    downbeat = -np.logaddexp(0, np.where(index == 0, -1, 1) * heard.downbeat[sounding]).mean()
    return float(POSITION_WEIGHT * position + DOWNBEAT_WEIGHT * downbeat)
