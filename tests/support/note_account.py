"""The account of a file's notes: each is on the page, behind a sign, or left out by name.

The strokes of the file are counted by mido alone, which knows nothing of how `engrave` reads.
"""

import io
from collections import Counter
from collections.abc import Iterator

import mido

import engrave

Key = tuple[int, int]  # pitch and velocity


def account(midi: bytes, score: engrave.Score) -> list[str]:
    """What of the notes of a file is missing in its score, a sentence for each.

    Where mido cannot read the file, only what `engrave` has read is accounted for.
    """
    return [*_lost_in_reading(midi, score), *_lost_in_writing(score), *_left_out_silently(score)]


def struck(midi: bytes) -> Counter[Key] | None:
    """How often each key is struck how hard, until the end of each track; None if mido gives up."""
    try:
        file = mido.MidiFile(file=io.BytesIO(midi[max(midi.find(b"MThd"), 0) :]))
    except (OSError, ValueError, EOFError, IndexError, KeyError, mido.KeySignatureError):
        return None
    strokes: Counter[Key] = Counter()
    for track in file.tracks[:1] if file.type == 2 else file.tracks:  # of sequences the first
        for message in track:
            if message.type == "end_of_track":
                break
            if message.type == "note_on" and message.velocity:
                strokes[message.note, message.velocity] += 1
    return strokes


def _lost_in_reading(midi: bytes, score: engrave.Score) -> Iterator[str]:
    strokes = struck(midi)
    if strokes is None:
        return
    performance = score.performance
    known = Counter((note.pitch, note.velocity) for note in performance.notes)
    known.update((omitted.pitch, omitted.velocity) for omitted in performance.source.omitted)
    for (pitch, velocity), number in sorted((strokes - known).items()):
        yield f"{number} of key {pitch} struck at {velocity} are neither played nor left out"


def _lost_in_writing(score: engrave.Score) -> Iterator[str]:
    """Key presses that no head or sign stands for, and that are not called unwritten."""
    named: Counter[int] = Counter(entry.played for entry in score.unwritten)
    for part in score.parts:
        heads: dict[int, int] = {}
        for measure in part.measures:
            for voice in measure.voices:
                for chord in voice.events:
                    for head in getattr(chord, "heads", ()):
                        heads |= dict.fromkeys((*head.played, *head.folded), 1)
        named.update(heads)
    for played in range(len(score.performance.notes)):
        if named[played] != 1:
            yield f"played note {played} is accounted for {named[played]} times"
    yield from (
        f"there is no played note {played}"
        for played in sorted(named)
        if not 0 <= played < len(score.performance.notes)
    )


def _left_out_silently(score: engrave.Score) -> Iterator[str]:
    source = score.performance.source
    for entry in (*score.unwritten, *source.omitted):
        if not entry.reason:
            yield f"no reason is given for {entry}"
    said = sum(int(sentence.split()[0]) for sentence in source.left_out)
    if said != len(source.omitted):
        yield f"{said} notes are said to be left out, {len(source.omitted)} are"
    for sentence in {*source.left_out, *(entry.reason for entry in score.unwritten)}:
        if sentence not in score.summary():
            yield f"the summary does not say: {sentence}"
