"""What partitura makes of a performance: its estimators put together, written as MusicXML.

    python bench/systems/by_partitura.py TAKE.mid TAKE.musicxml

partitura (Cancino-Chacón et al., MEC 2022) has estimators for beats and meter (Dixon's agents, as
in its `estimate_time`), voices (Chew and Wu's contigs), spelling (Meredith's ps13s1) and key
(Krumhansl), but none that quantizes a performance or splits the hands: here onsets and ends go to
the nearest sixteenth or triplet eighth between the beats it found, a beat being a quarter note,
and the hands part at middle C.
"""

import sys
import warnings

import numpy as np
import partitura
from numpy.lib import recfunctions
from partitura.musicanalysis import (
    estimate_key,
    estimate_spelling,
    estimate_time,
    estimate_voices,
    note_array_to_score,
)
from partitura.score import Measure, Note, Part, Rest, Score

from engrave.music.arrays import Floats

DIVISIONS = 12  # of a beat; those that are no sixteenth and no triplet eighth are not used
GRID = np.array([0, 3, 4, 6, 8, 9, 12])
# Voices are estimated for so many notes at a time: the effort grows with their square.
WINDOW = 300
METERS = range(2, 13)  # beats in a bar that are believed; it finds up to 24
USUAL_METER = 4
MIDDLE_C = 60


def main(source: str, target: str) -> None:
    """Write the MIDI file `source` as MusicXML by estimates of partitura."""
    warnings.simplefilter("ignore")
    played = np.sort(partitura.load_performance_midi(source).note_array(), order="onset_sec")
    time = estimate_time(played)
    notes = _quantize(played, np.array([beat for beat, _ in time["beats"]], float))
    meter = time["meter_numerator"] if time["meter_numerator"] in METERS else USUAL_METER
    spelled = recfunctions.merge_arrays((notes, estimate_spelling(notes)), flatten=True)
    high = spelled["pitch"] >= MIDDLE_C
    hands = [spelled[hand] for hand in (high, ~high) if hand.any()]
    key = estimate_key(notes)
    partitura.save_musicxml(Score([_part(hand, meter, key) for hand in hands]), target)


def _part(notes: np.ndarray, meter: int, key: str) -> Part:
    """One hand, in voices, with rests."""
    part = note_array_to_score(
        _in_voices(notes),
        name_id="upper" if notes["pitch"][0] >= MIDDLE_C else "lower",
        divs=DIVISIONS,
        time_sigs=[[0, meter, 4]],
        key_sigs=[[0, key]],
        return_part=True,
    )
    _fill_with_rests(part)
    return part


def _fill_with_rests(part: Part) -> None:
    """Rests in all gaps of the voices, or partitura writes their notes without the gaps.

    (Its own `fill_rests` fails at a bar without notes.)
    """
    for measure in list(part.iter_all(Measure)):
        reached: dict[int, int] = {}
        inside = part.iter_all(Note, measure.start, measure.end)
        for note in sorted(inside, key=lambda note: note.start.t):
            end = reached.get(note.voice, measure.start.t)
            if note.start.t > end:
                part.add(Rest(voice=note.voice), end, note.start.t)
            reached[note.voice] = note.end.t


def _quantize(played: np.ndarray, beats: np.ndarray) -> np.ndarray:
    """Notes in divisions of the beat; each lasts at least a triplet eighth."""
    beats = _reaching_over(beats, played["onset_sec"].min(), played["onset_sec"].max())
    ends = played["onset_sec"] + played["duration_sec"]
    start, end = (_to_grid(_beat_at(times, beats)) for times in (played["onset_sec"], ends))
    notes = np.zeros(
        len(played), [("onset_div", int), ("duration_div", int), ("pitch", int), ("id", "U16")]
    )
    notes["onset_div"] = start
    notes["duration_div"] = np.maximum(end - start, GRID[1])
    notes["pitch"] = played["pitch"]
    return np.sort(notes, order=["onset_div", "pitch"])


def _reaching_over(beats: np.ndarray, first: float, last: float) -> np.ndarray:
    """The beats, going on at the tempo of the nearest ones from the first note to the last."""
    before = np.arange(np.ceil(max(beats[0] - first, 0) / (beats[1] - beats[0])), 0, -1)
    after = np.arange(1, np.ceil(max(last - beats[-1], 0) / (beats[-1] - beats[-2])) + 1)
    return np.concatenate(
        [
            beats[0] - before * (beats[1] - beats[0]),
            beats,
            beats[-1] + after * (beats[-1] - beats[-2]),
        ]
    )


def _beat_at(times: Floats, beats: Floats) -> Floats:
    """Places in beats of times in seconds, going straight on beyond the last beat."""
    index = np.clip(np.searchsorted(beats, times, side="right") - 1, 0, len(beats) - 2)
    return index + (times - beats[index]) / (beats[index + 1] - beats[index])


def _to_grid(places: Floats) -> Floats:
    """The nearest places of the grid, in divisions."""
    whole = np.floor(places).astype(int)
    within = DIVISIONS * (places - whole)
    ticks: Floats = DIVISIONS * whole + GRID[np.abs(within[:, None] - GRID).argmin(axis=1)]
    return ticks


def _in_voices(notes: np.ndarray) -> np.ndarray:
    """The notes with voices from high to low, 1 first; in a voice a note ends where another begins.

    All notes of a chord last as long as its longest.
    """
    windows = (notes[start : start + WINDOW] for start in range(0, len(notes), WINDOW))
    voices = [estimate_voices(window, monophonic_voices=False) for window in windows]
    notes = recfunctions.append_fields(notes, "voice", np.concatenate(voices), usemask=False)
    for voice in np.unique(notes["voice"]):
        members = np.flatnonzero(notes["voice"] == voice)
        onsets, chord = np.unique(notes["onset_div"][members], return_inverse=True)
        lengths = np.zeros(len(onsets), int)
        np.maximum.at(lengths, chord, notes["duration_div"][members])
        lengths[:-1] = np.minimum(lengths[:-1], np.diff(onsets))
        notes["duration_div"][members] = lengths[chord]
    return notes


if __name__ == "__main__":
    main(*sys.argv[1:])
