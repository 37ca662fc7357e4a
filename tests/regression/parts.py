"""Other players than a pianist: parts, names, staves and clefs."""

from engrave.music.performance import Instrument
from tests.regression.sample import Sample

FLUTE, VIOLIN, CELLO = Instrument("Flute", 73), Instrument("Violin", 40), Instrument("Cello", 42)
BASS = Instrument("Double Bass", 43, octave=-1)

SAMPLES = (
    Sample(
        "one_staff",
        "A single melodic line of a flute has one staff with a treble clef, and no bass staff.",
        """
        right 1 | c5:4 d5 e5 f5 | g5:2 e5 | c5:1 |
        """,
        """
        clef 1  | G2 |  |  |
        right 1 | c5:4 d5 e5 f5 | g5:2 e5 | c5:1 |
        """,
        played=True,
        players=(FLUTE,),
    ),
    Sample(
        "two_parts",
        "A violin and a cello: two parts with their names, each on one staff in its clef, on the "
        "same bars.",
        """
        right 1 | g5:4 f5 e5 d5 | e5:2 f5 | e5:1 |
        left 1  | c3:2 g3 | c3:4 e3 d3 g2 | c3:1 |
        """,
        """
        Violin, clef 1  | G2 |  |  |
        Violin, right 1 | g5:4 f5 e5 d5 | e5:2 f5 | e5:1 |
        Cello, clef 1   | F4 |  |  |
        Cello, right 1  | c3:2 g3 | c3:4 e3 d3 g2 | c3:1 |
        """,
        played=True,
        players=(VIOLIN, CELLO),
    ),
    Sample(
        "clef_that_sounds_an_octave_lower",
        "A double bass sounds an octave lower than its clef's lines: the small 8 below the clef.",
        """
        right 1 | e1:4 f1 g1 a1 | b1:2 g1 | e1:1 |
        """,
        """
        clef 1  | F4-1 |  |  |
        right 1 | e1:4 f1 g1 a1 | b1:2 g1 | e1:1 |
        """,
        played=True,
        players=(BASS,),
    ),
)
