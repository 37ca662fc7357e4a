"""What a page needs to play a performance and to follow it: numbers, and nothing but numbers.

`web/recording.js` reads it. Times are milliseconds from the first onset of the recording, so that
nobody waits for the music to begin.
"""

import json
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from engrave.grid import Grid
from engrave.performance import Performance
from engrave.score import Chord, Score
from engrave.sounding import sounding_ends


def write_playback(score: Score, performance: Performance, grid: Grid) -> str:
    """The performance as JSON, with the times of its bars and of noteheads that a tie leads to."""
    start = performance.notes[0].onset

    def clock(seconds: float) -> int:
        return max(round(1000 * (seconds - start)), 0)

    bars = [clock(float(grid.time_at(bar.start))) for bar in grid.bars]
    ties = [[name, clock(float(grid.time_at(place)))] for name, place in _tied_heads(score, grid)]
    data = {
        "notes": _notes(performance),
        "ties": ties,
        "bars": bars,
        "first": score.parts[0].measures[0].number,
    }
    return json.dumps(data, separators=(",", ":"))


def playing_time(performance: Performance) -> float:
    """Seconds from the first onset until nothing sounds any more."""
    return max(sounding_ends(performance)) - performance.notes[0].onset


def _notes(performance: Performance) -> list[list[int]]:
    """Each key press: how much later than the one before, held, sounding, pitch, velocity."""
    rows = []
    last = round(1000 * performance.notes[0].onset)
    for note, end in zip(performance.notes, sounding_ends(performance), strict=True):
        onset = round(1000 * note.onset)
        held, sounding = round(1000 * note.release) - onset, round(1000 * end) - onset
        rows.append([onset - last, held, sounding, note.pitch, note.velocity])
        last = onset
    return rows


def _tied_heads(score: Score, grid: Grid) -> Iterator[tuple[str, Fraction]]:
    """The names of heads that a tie leads to ("124-2", as MusicXML numbers them), and places."""
    written: Counter[int] = Counter()
    for part in score.parts:
        for measure, bar in zip(part.measures, grid.bars, strict=True):
            for voice in measure.voices:
                for event in voice.events:
                    for head in event.heads if isinstance(event, Chord) else ():
                        written[head.played[0]] += 1
                        if (number := written[head.played[0]]) > 1:
                            yield f"{head.played[0]}-{number}", bar.start + event.onset
