"""The performance as numbers in JSON, to be played and followed on a page.

`web/recording.js` reads it. Times are milliseconds from the first onset of the recording, so that
playback begins with the music.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import count

from engrave.music.grid import Grid
from engrave.music.iterate import heads_in, heads_of
from engrave.music.performance import Performance, sounding_ends
from engrave.music.score import Score


def write_playback(score: Score, performance: Performance, grid: Grid) -> str:
    """The performance as JSON, with the times of its bars and of noteheads that a tie leads to."""
    start = performance.notes[0].onset

    def clock(seconds: float) -> int:
        return max(round(1000 * (seconds - start)), 0)

    bars = [clock(float(grid.time_at(bar.start))) for bar in grid.bars]
    ties = [
        [name, *(clock(float(grid.time_at(position))) for position in positions)]
        for name, positions in _tied_heads(score, grid)
    ]
    data = {
        "notes": _notes(performance),
        "ties": ties,
        "bars": bars,
        "first": score.parts[0].measures[0].number,
    }
    if score.order:
        data["numbers"] = [measure.number for measure in score.as_played(score.parts[0])]
        data["again"] = list(_played_again(score))
    return json.dumps(data, separators=(",", ":"))


def playing_time(performance: Performance) -> float:
    """Seconds from the first onset until nothing sounds any more."""
    return max(sounding_ends(performance)) - performance.notes[0].onset


def _notes(performance: Performance) -> list[list[int]]:
    """Each key press: time since the one before, held, sounding, pitch, velocity."""
    rows = []
    last = round(1000 * performance.notes[0].onset)
    for note, end in zip(performance.notes, sounding_ends(performance), strict=True):
        onset = round(1000 * note.onset)
        held, sounding = round(1000 * note.release) - onset, round(1000 * end) - onset
        rows.append([onset - last, held, sounding, note.pitch, note.velocity])
        last = onset
    return rows


def _tied_heads(score: Score, grid: Grid) -> Iterator[tuple[str, list[Fraction]]]:
    """The names of heads that a tie leads to ("124-2", as MusicXML numbers them), and positions.

    One position for each time that the head is played.
    """
    written: Counter[int] = Counter()
    starts: dict[int, list[Fraction]] = defaultdict(list)  # of each measure
    for index, bar in zip(score.order or count(), grid.bars, strict=bool(score.order)):
        starts[index].append(bar.start)
    for part in score.parts:
        for index, measure in enumerate(part.measures):
            for _, chord, head in heads_in(measure):
                written[head.played[0]] += 1
                if (number := written[head.played[0]]) > 1:
                    times = starts[index][: len(head.played)]
                    yield f"{head.played[0]}-{number}", [time + chord.onset for time in times]


def _played_again(score: Score) -> Iterator[tuple[int, ...]]:
    """Key presses of each head that is played twice."""
    for *_, head in heads_of(score):
        if len(head.played) > 1 and not head.tied_from:
            yield head.played
