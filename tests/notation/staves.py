"""Lines that go from staff to staff."""

from tests.notation.sample import Sample

SAMPLES = (
    Sample(
        "run_from_hand_to_hand",
        "A run that the left hand begins and the right one ends, and one down again: each beat is "
        "one beam between the staves, stems up from below and down from above, no rests.",
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
        "Broken chords from the bass up into the right hand, six notes to a beat: one beam and one "
        "number each.",
        """
        meter: 2/4
        right 1 | r:8 c4:16/6 e4 g4 r:8 e4:16/6 g4 c5 | c5:2 |
        left 1  | c3:16/6 e3 g3 r:8 g3:16/6 c4 d4 r:8 | c3:2 |
        """,
        """
        right 1 | s:4 s | c5:2 |
        left 1  | 6{[c3:16 e3 g3 c4@other-staff e4@other-staff g4@other-staff]} 6{[g3 c4 d4 e4@other-staff g4@other-staff c5@other-staff]} | c3:2 |
        """,
        played=True,
    ),
    Sample(
        "visit_beside_a_held_note",
        "The melody is held above while the line comes up from below: its stem goes up, the "
        "visitors' go down.",
        """
        right 1 | g5:2 f5 | e5:1 |
        right 2 | r:8 c4:16 e4 g4:4 r:8 b3:16 d4 b4:4 | c5:1 |
        left 1  | c3:16 g3 r:8 r:4 d3:16 g3 r:8 r:4 | c3:1 |
        """,
        """
        left 1  | a |
        """,
        played=True,
    ),
    Sample(
        "visit_with_accidentals",
        "Accidentals hold on the staff where they stand: the sharp below says nothing above.",
        """
        right 1 | r:4 r:8 f#4:16 g4 f#4:4 a4 | c5:1 |
        left 1  | c3:4 c#4:16 d4 r:8 d3:4 f#4 | c3:1 |
        """,
        """
        left 1  | a |
        """,
        played=True,
    ),
)
