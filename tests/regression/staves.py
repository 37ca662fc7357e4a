"""Lines that go from staff to staff."""

from tests.regression.sample import Sample

SAMPLES = (
    Sample(
        "run_from_hand_to_hand",
        "A run that the left hand begins and the right one ends, and one down again: each is one "
        "beam between the staves, stems up from below and down from above, without rests.",
        """
        right 1 | r:4 r:8 c4:16 d4 e4:4 r | r:4 e4:16 d4 r:8 e4:4 r | c5:1 |
        left 1  | c3:4 g3:16 a3 r:8 r:2 | r:4 r:8 b3:16 a3 c3:4 r | c3:1 |
        """,
        """
        right 1 | r:4 s e4 r | r:4 [e4:16 d4 b3@other-staff a3@other-staff] e4:4 r | c5:1 |
        left 1  | c3:4 [g3:16 a3 c4@other-staff d4@other-staff] r:2 | r:4 s c3 r | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "broken_chords_through_both_hands",
        "Broken chords from the bass up into the right hand, six notes to a beat: each has one "
        "beam and one number.",
        """
        meter: 2/4
        right 1 | r:8 c4:16/6 e4 g4 r:8 f4:16/6 g4 b4 | c5:2 |
        left 1  | c3:16/6 e3 g3 r:8 g3:16/6 b3 d4 r:8 | c3:2 |
        """,
        """
        right 1 | s:4 s | c5:2 |
        left 1  | 6{[c3:16 e3 g3 c4@other-staff e4@other-staff g4@other-staff]} \
6{[g3 b3 d4 f4@other-staff g4@other-staff b4@other-staff]} | c3:2 |
        """,
        played=True,
    ),
    Sample(
        "broken_chords_under_a_melody",
        "A melody is held above, stems up, while broken chords come up from below: the visitors' "
        "stems go down.",
        """
        right 1 | g5:2 f5 | e5:1 |
        right 2 | r:8 c4:16 e4 g4:4 r:8 b3:16 d4 b4:4 | c5:1 |
        left 1  | c3:16 g3 r:8 r:4 d3:16 g3 r:8 r:4 | c3:1 |
        """,
        """
        right 1 | ↑ g5:2 f5 | c5+e5:1 |
        right 2 | ↓ s:4 g4 s b4 |  |
        left 1  | [c3:16 g3 c4@other-staff e4@other-staff] r:4 \
[d3:16 g3 b3@other-staff d4@other-staff] r:4 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "accidentals_on_a_visit",
        "A line that has come up has its accidentals on the staff where it stands; the next sharp "
        "above is printed again, as MuseScore would have it.",
        """
        right 1 | r:4 r:8 f#4:16 g4 f#4:4 f#4 | c5:1 |
        left 1  | c3:4 c#4:16 d4 r:8 f#3:4 c#4 | c3:1 |
        """,
        """
        right 1 | r:4 s f#4! f#4 | c5:1 |
        left 1  | c3:4 [c#4!:16 d4 f#4!@other-staff g4@other-staff] f#3!:4 c#4 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "held_to_the_end_of_the_beat",
        "The right hand holds its last note while the left one ends the run: it is one beam of "
        "four sixteenths. A bass that is held from the beat on is no part of a run.",
        """
        right 1 | d4:16 c4 b3:8 r:4 r:16 c4 d4 e4 r:4 | c5:1 |
        left 1  | r:8. g3:16 b3:4 g3:2 | c3:1 |
        """,
        """
        right 1 | [d4:16 c4 b3 g3@other-staff] r:4 r:16 [c4 d4 e4] r:4 | c5:1 |
        left 1  | s:4 b3 g3:2 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "hands_that_answer_each_other",
        "An answer far away is not the same line: each hand has its beams and its rests.",
        """
        right 1 | r:8 c5:16 e5 r:8 e5:16 g5 r:8 c5 r c5 | c5:1 |
        left 1  | c3:16 e3 r:8 e3:16 g3 r:8 c3:8 r c3 r | c3:1 |
        """,
        """
        right 1 | r:8 [c5:16 e5] r:8 [e5:16 g5] r:8 c5 r c5 | c5:1 |
        left 1  | [c3:16 e3] r:8 [e3:16 g3] r:8 c3 r c3 r | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "loudness_where_a_line_comes_over",
        "It grows loud with a run that begins in the left hand: the sign stands at the first note "
        "that the right hand has of its own.",
        """
        right 1 | c5:4 d5 e5 c5 | d5 e5 f5 d5 | r:8 c4:16 d4 e4:4 f4 g4 | e4 f4 g4 a4 | g4:1 |
        left 1  | c3:2 g3 | g3 f3 | g3:16 a3 r:8 c3:4 d3 e3 | c3:2 g3 | c3:1 |
        """,
        """
        dynamics | pp |  | mf at 1 |  |  |
        right 1 | c5:4 d5 e5 c5 | d5:4 e5 f5 d5 | s:4 e4 f4 g4 | e4:4 f4 g4 a4 | g4:1 |
        """,
        velocity="45 at 0, 45 at 31/4, 95 at 8",
        played=True,
    ),
)
