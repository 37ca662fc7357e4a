"""What is wrong with a score: by the rules of the package, and with its MIDI file.

The MIDI is read by mido alone, in ticks: each notehead that no tie leads to must begin there, and
a key must be down exactly where a notehead of its pitch is written (grace notes add to that, and a
tremolo lets it go between its strokes).
"""

import io
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

import mido

from engrave.check.score import check as check_score
from engrave.music.marks import TempoMark
from engrave.music.performance import Performance, PlayedNote
from engrave.music.score import Chord, Part, Score
from engrave.output.midi_file import RESOLUTION, SLOWEST_TEMPO, write_score_midi

Span = tuple[Fraction, Fraction]


def check(score: Score, performance: Performance | None = None) -> list[str]:
    """All faults, each in a line."""
    return [*check_score(score, performance), *midi_faults(score)]


def midi_faults(score: Score) -> list[str]:
    """Where the MIDI file of a score is another music than the score."""
    file = mido.MidiFile(file=io.BytesIO(write_score_midi(score, _player(score))))
    conductor, *tracks = file.tracks
    faults = _meter_faults(score, conductor, file.ticks_per_beat)
    if len(tracks) != len(score.parts):
        return [*faults, f"{len(tracks)} tracks for {len(score.parts)} parts"]
    for part, track in zip(score.parts, tracks, strict=True):
        faults += _note_faults(score, part, _spans(track, file.ticks_per_beat))
    return faults


def _player(score: Score) -> Performance:
    """A performance with every key press that the score names."""
    heads = (h for _, chord in _all_written(score) for h in chord.heads)
    last = max((played for head in heads for played in head.played), default=0)
    return Performance(tuple(PlayedNote(float(i), i + 0.5, 60, 64) for i in range(last + 1)))


def _all_written(score: Score) -> Iterator[tuple[Fraction, Chord]]:
    for part in score.parts:
        yield from _written(score, part)


def _note_faults(score: Score, part: Part, played: dict[int, list[Span]]) -> list[str]:
    written: dict[int, list[Span]] = defaultdict(list)
    begun: dict[int, set[Fraction]] = defaultdict(set)
    added, beaten = False, set[int]()
    for start, chord in _written(score, part):
        added = added or chord.grace
        for head in chord.heads:
            key = head.pitch.midi
            if not chord.grace:
                written[key].append((_tick(start), _tick(start + chord.length)))
            if chord.tremolo:
                beaten.add(key)
            if not (head.tied_from or chord.grace or chord.tremolo == "stop"):
                begun[key].add(_tick(start))
    faults = []
    for key in sorted({*written, *played}):
        heard, wanted = _covered(played.get(key, [])), _covered(written[key])
        right = all(_inside(span, heard) for span in wanted) if added else heard == wanted
        if key not in beaten and not right:
            faults.append(f"key {key} is down at {heard}, written at {wanted}")
        missing = begun[key] - {start for start, _ in played.get(key, [])}
        if missing:
            faults.append(f"key {key} is not struck at {sorted(missing)}")
    return faults


def _written(score: Score, part: Part) -> Iterator[tuple[Fraction, Chord]]:
    """Each chord as it is played, with where it begins."""
    start = Fraction(0)
    for measure in score.as_played(part):
        for voice in measure.voices:
            for event in voice.events:
                if isinstance(event, Chord):
                    yield start + event.onset, event
        start += measure.length


def _tick(place: Fraction) -> Fraction:
    return Fraction(round(place * RESOLUTION), RESOLUTION)


def _spans(track: mido.MidiTrack, ticks: int) -> dict[int, list[Span]]:
    """When each key is down, in quarters; a fault of the file raises."""
    now, down, spans = 0, {}, defaultdict(list)
    for message in track:
        now += message.time
        if message.type in ("note_on", "note_off"):
            if message.type == "note_on" and message.velocity:
                assert message.note not in down, f"key {message.note} is struck while it is down"
                down[message.note] = now
            else:
                begun = down.pop(message.note)
                assert begun < now, f"key {message.note} has no length"
                spans[message.note].append((Fraction(begun, ticks), Fraction(now, ticks)))
    assert not down, f"keys {sorted(down)} are never let go"
    return spans


def _covered(spans: list[Span]) -> list[Span]:
    """The same time in as few spans as can be."""
    joined: list[Span] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined


def _inside(span: Span, spans: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= stop for start, stop in spans)


def _meter_faults(score: Score, conductor: mido.MidiTrack, ticks: int) -> list[str]:
    """Where time signatures or the tempo are others than those that are written."""
    now, meters, tempi = 0, [], []
    for message in conductor:
        now += message.time
        if message.type == "time_signature":
            meters.append((Fraction(now, ticks), message.numerator, message.denominator))
        elif message.type == "set_tempo":
            tempi.append(mido.tempo2bpm(message.tempo))
    start, wanted = Fraction(0), []
    for measure in score.as_played(score.parts[0]):
        if measure.time:
            wanted.append((start, measure.time.beats, measure.time.beat_type))
        start += measure.length
    faults = [] if meters == wanted else [f"time signatures {meters}, written {wanted}"]
    marks = [m for bar in score.parts[0].measures for m in bar.marks if isinstance(m, TempoMark)]
    minute = float(marks[0].per_minute * marks[0].beat.length) if marks else None
    if minute and abs(tempi[0] / max(minute, SLOWEST_TEMPO) - 1) > 1e-4:
        faults.append(f"{tempi[0]} quarters a minute, written {minute}")
    return faults
