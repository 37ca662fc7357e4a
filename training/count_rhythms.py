"""How rhythms go on in scores that are free of rights: the counts behind
`engrave/rhythm/quantize_costs.py`.

Counted are the steps from each onset of a piano part to the next one, both hands merged, grace
notes left out, where both stand at a place that some division of the beat has.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engrave.music.values import is_compound
from engrave.rhythm.beat_divisions import TICKS_PER_BEAT
from engrave.rhythm.quantize_costs import MOST_BEATS_AHEAD
from training.data.corpora import QUARTER, songs

GRACE = 1  # bit of the column `flags`
NEAR_SHARE = 0.3  # of a tick: so far from a place, for roundings
Step = tuple[int, int, int, int]  # compound, beats ahead, place, next place


def write_rhythms(data: Path, file: Path) -> None:
    """Count the steps of all songs of the data folder and write them as a table."""
    counts = count_steps(songs(data / "lieder"))
    rows = [",".join(map(str, (*step, count))) for step, count in sorted(counts.items())]
    file.write_text("\n".join(["compound,ahead,place,next,count", *rows, ""]))


def count_steps(scores: Iterable[np.ndarray]) -> Counter[Step]:
    """How often each step occurs; scores as rows of `corpora.SCORE_FIELDS`."""
    counts: Counter[Step] = Counter()
    for score in scores:
        main = score[(score["flags"] & GRACE == 0) & (score["beats"] > 0)]
        onsets = main[np.unique(main["score_onset"], return_index=True)[1]]
        if len(onsets) > 1:
            counts.update(_steps(onsets))
    return counts


def _steps(rows: np.ndarray) -> Iterable[Step]:
    """The steps from row to row, one row an onset."""
    beats, beat_type = rows["beats"].astype(int), rows["beat_type"].astype(int)
    compound = is_compound(beats, beat_type)
    beat = 4 * QUARTER // beat_type * np.where(compound, 3, 1)
    full = 4 * QUARTER * beats // beat_type
    pickup = (rows["measure"] == rows["measure"][0]) & (rows["measure_length"] < full)
    missing = np.where(pickup, full - rows["measure_length"], 0)
    within = (rows["position"] + missing) % beat
    exact = within * TICKS_PER_BEAT / beat
    place = np.round(exact).astype(int)
    ahead = np.diff(rows["score_onset"] - within) / beat[:-1]
    whole = np.round(ahead)
    good = np.abs(exact - place) < NEAR_SHARE
    counted = good[:-1] & good[1:] & (np.abs(ahead - whole) < 0.01) & (whole >= 0)
    counted &= (compound[:-1] == compound[1:]) & (beat[:-1] == beat[1:])
    columns = (
        compound[:-1].astype(int),
        whole.clip(0, MOST_BEATS_AHEAD).astype(int),
        place[:-1],
        place[1:],
    )
    return map(tuple, np.stack(columns, axis=1)[counted].tolist())
