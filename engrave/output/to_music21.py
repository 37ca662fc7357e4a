"""The score as a music21 object.

music21 (https://www.music21.org) reads our MusicXML, so it gets what every other program gets:
parts by staff, voices, ties, tuplets and marks. Offsets are in quarter notes.
"""

import music21

from engrave.music.score import Score, without_performed_tempo
from engrave.output.musicxml.document import write_musicxml


def to_music21(score: Score) -> music21.stream.Score:
    """The score as a `music21.stream.Score` with one part for each staff."""
    stream = music21.converter.parseData(
        write_musicxml(without_performed_tempo(score)), format="musicxml"
    )
    assert isinstance(stream, music21.stream.Score)
    return stream
