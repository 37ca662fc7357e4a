"""Pickups, changes of meter, tempo marks."""

from tests.regression.sample import Sample

SAMPLES = (
    Sample(
        "pickup",
        "An upbeat of one quarter stands in a bar of its own, with a quarter rest in the left.",
        """
        meter: 3/4
        pickup: 1
        right 1 | g4:4 | c5:4 d5 e5 | c5:2. |
        left 1  | r:4 | c3:2. | c3:2. |
        """,
        """
        time    | 3/4 |  |  |
        right 1 | g4:4 | c5:4 d5 e5 | c5:2. |
        left 1  | r:4 | c3:2. | c3:2. |
        """,
    ),
    Sample(
        "pickup_of_eighths",
        "6/8 with an upbeat of one eighth; the left hand rests for an eighth, not for a bar.",
        """
        meter: 6/8
        pickup: 1/2
        right 1 | g4:8 | c5:4 d5:8 e5:4 f5:8 | c5:2. |
        """,
        """
        time    | 6/8 |  |  |
        right 1 | g4:8 | c5:4 d5:8 e5:4 f5:8 | c5:2. |
        left 1  | r:8 | R | R |
        """,
    ),
    Sample(
        "meter_change",
        "The meter changes from 4/4 to 3/4 and back; each change is written once.",
        """
        meter: 4/4 3/4 4/4
        right 1 | c5:2 d5 | e5:2 d5:4 | c5:1 |
        left 1  | c3:1 | c3:2. | c3:1 |
        """,
        """
        time    | 4/4 | 3/4 | 4/4 |
        right 1 | c5:2 d5 | e5:2 d5:4 | c5:1 |
        left 1  | c3:1 | c3:2. | c3:1 |
        """,
    ),
    Sample(
        "meter_change_to_compound",
        "From 2/4 to 6/8: beams go from twos to threes.",
        """
        meter: 2/4 6/8
        right 1 | c5:8 d5 e5 f5 | g5 f5 e5 d5 e5 f5 | e5:2. |
        """,
        """
        time    | 2/4 | 6/8 |  |
        right 1 | [c5:8 d5 e5 f5] | [g5:8 f5 e5] [d5 e5 f5] | e5:2. |
        """,
    ),
    Sample(
        "tempo_mark",
        "A word and a metronome mark above the first beat.",
        """
        tempo: 72
        right 1 | c5:4 d5 e5 f5 | g5:1 |
        """,
        """
        tempo   | Andante 4=72 |  |
        right 1 | c5:4 d5 e5 f5 | g5:1 |
        """,
        tempo_mark=True,
        pace="72 at 0",
    ),
    Sample(
        "tempo_mark_in_dotted_beats",
        "In 6/8 the metronome mark counts dotted quarters.",
        """
        meter: 6/8
        right 1 | c5:4 d5:8 e5:4 f5:8 | g5:2. |
        """,
        """
        tempo   | Andante 4.=72 |  |
        right 1 | c5:4 d5:8 e5:4 f5:8 | g5:2. |
        """,
        tempo_mark=True,
        pace="108 at 0",
    ),
)
