"""No stage grows faster than the notes: operations are counted, so the test is the same anywhere.

An operation is a call of a function, or the next value of a generator.
"""

from collections import Counter
from cProfile import Profile
from dataclasses import replace
from pathlib import Path

import pytest

import engrave
from engrave.midi.read import read_midi
from engrave.music.performance import Performance
from engrave.output.musicxml.document import write_musicxml
from engrave.pipeline import transcribe

PACKAGE = str(Path(engrave.__file__).parent)
SAMPLE = Path(__file__).parent.parent / "samples" / "nocturne.mid"
SILENCE = 2.0  # seconds between two times
FEW_TIMES, MORE = 3, 3  # times that a sample is played in a row; and so many times as often
LARGEST_GROWTH = 1.5  # of the calls for a note; faster than the notes would be `MORE`
FEW = 200  # calls: where there are fewer, chance decides


def again(performance: Performance, times: int) -> Performance:
    """The performance so many times, one after the other."""
    length = performance.notes[-1].release + SILENCE
    starts = [length * k for k in range(times)]
    return replace(
        performance,
        notes=tuple(
            replace(note, onset=note.onset + start, release=note.release + start)
            for start in starts
            for note in performance.notes
        ),
        sustain=tuple(
            replace(move, time=move.time + start)
            for start in starts
            for move in performance.sustain
        ),
    )


def count_calls(performance: Performance) -> Counter[str]:
    """How often each function of the package is called, writing MusicXML included."""
    profile = Profile()
    profile.runcall(lambda: write_musicxml(transcribe(performance).score))
    calls: Counter[str] = Counter()
    for entry in profile.getstats():
        code = entry.code
        if not isinstance(code, str) and code.co_filename.startswith(PACKAGE):
            calls[f"{Path(code.co_filename).stem}.{code.co_qualname}"] += entry.callcount
    return calls


@pytest.mark.slow
def test_no_stage_grows_faster_than_the_notes():
    once = read_midi(SAMPLE)
    few, many = (count_calls(again(once, times)) for times in (FEW_TIMES, MORE * FEW_TIMES))
    growth = {
        name: number / (MORE * max(few[name], 1)) for name, number in many.items() if number > FEW
    }
    assert {name: g for name, g in growth.items() if g > LARGEST_GROWTH} == {}
