"""What speaks for bars of one kind at one place: the numbers that a conditional logit weighs.

Every number is a mean over the piece (`MEANS`) or says how it begins and ends (`ENDS`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engrave.listening import heads
from engrave.listening.evidence import BarEvidence
from engrave.rhythm.bar_choice.accents import ACCENTS, NEAR, Chroma, accents
from engrave.rhythm.bar_choice.begin_and_end import ENDS, Span, describe_ends
from engrave.rhythm.bar_choice.placed_music import PlacedMusic
from engrave.rhythm.bar_choice.repetition import CELLS, KINDS, Cells, returns

BY_BEAT = (*ACCENTS, "downbeat", "return", "bar harmony")
# What a beat is likelier to have than its divisions.
ON_BEATS = (
    *("struck", "size", "gap", "held", "bass held", "melody gap", "low", "tied over", "harmony"),
    "bass change",
)
# Places in a beat, and those of chords that stand at none of them.
PLACES = {"on the beat": (0,), "half": (1 / 2,), "thirds": (1 / 3, 2 / 3)}
PLACES |= {"quarters": (1 / 4, 3 / 4)}
LEVELS = 8  # classes of `heads.BAR_HEADS["level"]`
AFTER = (Fraction(1, 2), Fraction(1), Fraction(2), Fraction(4), Fraction(8))  # bars
CONTRASTS = ("first", "half", "first to half", "every other bar")
MEANS = (
    *(f"{contrast}: {name}" for contrast in CONTRASTS for name in BY_BEAT),
    *(f"beat: {name}" for name in ON_BEATS),
    *(f"chords {place}" for place in (*PLACES, "elsewhere")),
    *(f"level {k}" for k in range(LEVELS)),
    *("place", "downbeats"),
    *(f"{kind} after {bars}" for bars in AFTER for kind in KINDS),
)
NAMES = (*MEANS, *ENDS)
SILENCE = 8.0  # units after a chord in which its beats are still asked
UNLIKELY = -8.0  # log probability below which nothing is held more unlikely


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of `count` felt beats that last `beat` units of the grid, one of them at `offset`."""

    beat: Fraction
    compound: bool
    count: int
    offset: Fraction

    @property
    def length(self) -> Fraction:
        """The length of a bar in units of the grid."""
        return self.beat * self.count


@dataclass(frozen=True, slots=True)
class Beats:
    """Even beats from `start` on (units of the grid), and what the reader of bars says of each."""

    start: Fraction
    beat: Fraction
    compound: bool
    heard: BarEvidence

    @property
    def places(self) -> np.ndarray:
        """Where they begin."""
        index = np.arange(len(self.heard.downbeat))
        places: np.ndarray = float(self.start) + float(self.beat) * index
        return places


class Describer:
    """Describes the bars that one piece of music may have."""

    def __init__(self, music: PlacedMusic) -> None:
        self.music, self.chroma, self.cells = music, Chroma(music), Cells.of(music)
        self.span = Span.of(music)
        self._alike: dict[int, np.ndarray] = {}

    def describe(self, beats: Beats, counts: Sequence[int]) -> Iterator[tuple[Bars, np.ndarray]]:
        """All bars of so many of these beats, each with a row of `NAMES`."""
        places, length = beats.places, float(beats.beat)
        sounding = self._sounding(places)
        rows = self._rows(beats, places)
        of_beat = [
            self._on_beats(beats, rows[sounding], places[sounding]),
            self._shares(float(beats.start), length),
            beats.heard.level[sounding].clip(UNLIKELY).mean(axis=0),
        ]
        edges = np.append(places, places[-1] + length) - self.music.onset[0]
        for count in counts:
            bar = beats.beat * count
            back = returns(self.cells, np.rint(edges * CELLS).astype(int), count)
            own = np.column_stack([rows, back, self.chroma.change(places, float(bar))])
            contrasts = _contrasts(own[sounding], sounding, count)
            agreed = _agreement(beats.heard, sounding, count, beats.compound)
            repeated = np.concatenate([self._repeated(bar * bars) for bars in AFTER])
            for late in range(count):
                bars = Bars(
                    beats.beat, beats.compound, count, (beats.start + late * beats.beat) % bar
                )
                ends = describe_ends(self.span, length, float(bar), float(bars.offset))
                row = (contrasts[late], *of_beat, agreed[late], repeated, ends)
                yield bars, np.concatenate(row)

    def _sounding(self, places: np.ndarray) -> np.ndarray:
        """Indices of the beats before which something was struck not long ago; at least one."""
        onset = self.music.onset
        before = np.searchsorted(onset, places + NEAR, side="right") - 1
        waited = places - onset[before.clip(0)]
        heard = (before >= 0) & (waited < SILENCE) & (places <= onset[-1] + NEAR)
        heard[np.argmin(np.abs(places - onset[0]))] = True
        return np.flatnonzero(heard)

    def _rows(self, beats: Beats, places: np.ndarray) -> np.ndarray:
        said = -np.logaddexp(0, -beats.heard.downbeat.clip(UNLIKELY, -UNLIKELY))
        return np.column_stack([accents(self.music, self.chroma, places, float(beats.beat)), said])

    def _on_beats(self, beats: Beats, rows: np.ndarray, places: np.ndarray) -> np.ndarray:
        """How much heavier beats are than what lies half way (or at thirds) to the next one."""
        parts, length = 3 if beats.compound else 2, float(beats.beat)
        kept = [ACCENTS.index(name) for name in ON_BEATS]
        between = [
            accents(self.music, self.chroma, places + length * k / parts, length).mean(axis=0)
            for k in range(1, parts)
        ]
        heavier: np.ndarray = (rows.mean(axis=0)[: len(ACCENTS)] - np.mean(between, axis=0))[kept]
        return heavier

    def _shares(self, start: float, beat: float) -> np.ndarray:
        """The share of the chords at each of `PLACES`, and elsewhere."""
        place = (self.music.onset - start) / beat % 1
        shares = [
            np.mean([np.any([_apart(p, place) * beat < NEAR / 2 for p in some], axis=0)])
            for some in PLACES.values()
        ]
        return np.array([*shares, max(1 - sum(shares), 0.0)])

    def _repeated(self, after: Fraction) -> np.ndarray:
        """How much comes back after so many units."""
        lag = round(float(after) * CELLS)
        if lag not in self._alike:
            self._alike[lag] = self.cells.alike(lag)
        return self._alike[lag]


def _apart(place: float, places: np.ndarray) -> np.ndarray:
    """How far places in a beat are from one, in beats."""
    away: np.ndarray = np.abs((places - place + 0.5) % 1 - 0.5)
    return away


def _sums(rows: np.ndarray, index: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The sum of the rows of each index modulo `count`, and how many there are."""
    total = np.zeros((count, rows.shape[1]))
    np.add.at(total, index % count, rows)
    return total, np.bincount(index % count, minlength=count)[:, None].astype(float)


def _contrasts(rows: np.ndarray, index: np.ndarray, count: int) -> list[np.ndarray]:
    """For each beat that may be the first: how much heavier first beats are than others, the third
    of four than its neighbours, the first of four than the third; and of bars of up to three beats
    every other one than those between.
    """
    total, size = _sums(rows, index, 2 * count)
    usual = rows.mean(axis=0)

    def mean(*which: int) -> np.ndarray:
        number = size[list(which)].sum()
        found: np.ndarray = total[list(which)].sum(axis=0) / number if number else usual
        return found

    found = []
    for late in range(count):
        at = [[(late + k) % (2 * count), (late + k + count) % (2 * count)] for k in range(count)]
        first = mean(*at[0])
        nothing = np.zeros(rows.shape[1])
        parts = [first - mean(*(k for both in at[1:] for k in both))]
        if count == 4:
            parts += [mean(*at[2]) - mean(*at[1], *at[3]), first - mean(*at[2]), nothing]
        else:
            parts += [nothing, nothing, np.abs(mean(at[0][0]) - mean(at[0][1]))]
        found.append(np.concatenate(parts))
    return found


def _agreement(
    heard: BarEvidence, sounding: np.ndarray, count: int, compound: bool
) -> list[np.ndarray]:
    """For each beat that may be the first, how well the reader of bars agrees: mean log
    probabilities of the places in the bar, and of which beats are downbeats.
    """
    kinds = heads.METERS
    columns = [heard.place.shape[1] - 1] * count
    if (count, compound) in kinds:
        opening = heads.BAR_POSITIONS.index((kinds.index((count, compound)), 0))
        columns = [opening + k for k in range(count)]
    odds = heard.downbeat[sounding, None].clip(UNLIKELY, -UNLIKELY)
    downbeat, _ = _sums(-np.logaddexp(0, -odds), sounding, count)
    other, _ = _sums(-np.logaddexp(0, odds), sounding, count)
    place, _ = _sums(heard.place[sounding][:, columns].clip(UNLIKELY), sounding, count)
    agreed = []
    for late in range(count):
        index = np.roll(np.arange(count), late)
        at_place = place[np.arange(count), index].sum()
        is_downbeat = downbeat[late, 0] + other.sum() - other[late, 0]
        agreed.append(np.array([at_place, is_downbeat]) / len(sounding))
    return agreed
