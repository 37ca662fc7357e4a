"""Key signatures, accidentals and clefs."""

from tests.regression.sample import Sample

SAMPLES = (
    Sample(
        "key_of_sharps",
        "Three sharps: the notes of A major need no sign.",
        """
        key: 3 major
        right 1 | a4:4 c#5 e5 a5 | g#5 f#5 e5:2 |
        left 1  | a3:1 | e3:1 |
        """,
        """
        key     | +3 major |  |
        right 1 | a4:4 c#5 e5 a5 | g#5:4 f#5 e5:2 |
        left 1  | a3:1 | e3:1 |
        """,
    ),
    Sample(
        "key_of_flats",
        "Four flats, F minor: only the leading note has a sign.",
        """
        key: -4 minor
        right 1 | f4:4 ab4 c5 db5 | c5 bb4 ab4 e4 | f4:1 |
        """,
        """
        key     | -4 minor |  |  |
        right 1 | f4:4 ab4 c5 db5 | c5:4 bb4 ab4 e4! | f4:1 |
        """,
    ),
    Sample(
        "accidental_holds_to_the_barline",
        "A sharp holds to the barline for its line; the same note an octave higher has its own.",
        """
        right 1 | f#4:4 f#4 f#5 f#4 | g4:1 |
        """,
        """
        right 1 | f#4!:4 f#4 f#5! f#4 | g4:1 |
        """,
    ),
    Sample(
        "accidental_taken_back",
        "A note that was altered in its bar gets a natural when it comes back.",
        """
        right 1 | f#5:4 g5 f5 e5 | bb4 c5 b4 c5 |
        """,
        """
        right 1 | f#5!:4 g5 f5! e5 | bb4!:4 c5 b4! c5 |
        """,
    ),
    Sample(
        "accidental_on_a_tied_note",
        "A sharp tied over the barline is not written again; the next one is.",
        """
        right 1 | g5:2. f#5:4~ | f#5:2 f#5:2 |
        """,
        """
        right 1 | g5:2. f#5!:4~ | f#5:2 f#5! |
        """,
    ),
    Sample(
        "double_sharp",
        "In G sharp minor the leading note is F double sharp, and the F sharp after it has its "
        "sign.",
        """
        key: 5 minor
        right 1 | g#4:4 f##4 g#4 f#4 | e4 d#4 g#4:2 |
        """,
        """
        key     | +5 minor |  |
        right 1 | g#4:4 f##4! g#4 f#4! | e4:4 d#4 g#4:2 |
        """,
    ),
    Sample(
        "chromatic_line",
        "A chromatic line: sharps upwards, flats downwards, naturals where they are taken back, "
        "also after the barline.",
        """
        right 1 | c5:8 c#5 d5 d#5 e5 f5 f#5 g5 | g5 gb5 f5 e5 eb5 d5 db5 c5 |
        """,
        """
        right 1 | [c5:8 c#5! d5 d#5!] [e5 f5 f#5! g5] | [g5:8 gb5! f5! e5] [eb5! d5! db5! c5!] |
        """,
    ),
    Sample(
        "no_clef_for_two_notes",
        "Two high notes of the left hand stand on ledger lines; no clef is changed for them.",
        """
        left 1  | c3:4 e3 e4 g4 | c3:1 |
        """,
        """
        clef 1 | G2 |  |
        clef 2 | F4 |  |
        left 1 | c3:4 e3 e4 g4 | c3:1 |
        """,
    ),
    Sample(
        "courtesy_after_the_barline",
        "A sharp ends at the barline; a natural says so before the same note in the next bar.",
        """
        right 1 | e5:4 f#5 g5 a5 | g5 f5 e5:2 | f5:1 |
        """,
        """
        right 1 | e5:4 f#5! g5 a5 | g5:4 f5! e5:2 | f5:1 |
        """,
    ),
    Sample(
        "courtesy_in_another_octave",
        "After an F sharp the F of another octave in the same bar has a natural.",
        """
        right 1 | f#5:4 g5 f4 e4 | f4:1 |
        """,
        """
        right 1 | f#5!:4 g5 f4! e4 | f4:1 |
        """,
    ),
    Sample(
        "no_courtesy_in_the_key",
        "Notes of the key need no reminder where nothing else was written before.",
        """
        key: 2 major
        right 1 | f#5:4 g5 a5 f#5 | f#5:1 |
        """,
        """
        key     | +2 major |  |
        right 1 | f#5:4 g5 a5 f#5 | f#5:1 |
        """,
    ),
    Sample(
        "key_change",
        "The key changes from A major to C major: a double barline and naturals before the "
        "new bar, once.",
        """
        key: 3 major
        right 1 | a4:4 c#5 e5 a5 | g#5 f#5 e5:2 | c5:4 e5 g5 c6 | b5 a5 g5:2 |
        left 1  | a3:1 | e3:1 | c3:1 | g3:1 |
        """,
        """
        key     | +3 major |  | +0 major |  |
        barline |  | light-light |  | light-heavy |
        right 1 | a4:4 c#5 e5 a5 | g#5:4 f#5 e5:2 | c5:4 e5 g5 c6 | b5:4 a5 g5:2 |
        left 1  | a3:1 | e3:1 | c3:1 | g3:1 |
        """,
        keys="0 major at 8",
    ),
    Sample(
        "key_change_to_flats",
        "From C major to A flat major: four flats, and no accidental on the flats after it.",
        """
        right 1 | c5:4 e5 g5 c6 | c5:1 | ab4:4 c5 eb5 ab5 | db5:2 c5 |
        left 1  | c3:1 | c3:1 | ab2:1 | eb3:1 |
        """,
        """
        key     | +0 major |  | -4 major |  |
        barline |  | light-light |  | light-heavy |
        right 1 | c5:4 e5 g5 c6 | c5:1 | ab4:4 c5 eb5 ab5 | db5:2 c5 |
        left 1  | c3:1 | c3:1 | ab2:1 | eb3:1 |
        """,
        keys="-4 major at 8",
    ),
    Sample(
        "clef_change",
        "The left hand climbs for two bars: treble clef before the barline, and the bass clef "
        "again after.",
        """
        left 1  | c3:4 e3 g3 c4 | c5:8 e5 g5 e5 c5 e5 g5 e5 |
        left 1  | d5 f5 a5 f5 d5 f5 a5 f5 | c3:4 g2 e2 c3 |
        """,
        """
        clef 1 | G2 |  |  |  |
        clef 2 | F4, G2 at 4 |  | F4 at 4 |  |
        left 1 | c3:4 e3 g3 c4 | [c5:8 e5 g5 e5] [c5 e5 g5 e5] |
        left 1 | [d5:8 f5 a5 f5] [d5 f5 a5 f5] | c3:4 g2 e2 c3 |
        """,
    ),
    Sample(
        "clef_change_inside_a_bar",
        "The left hand leaps up in the middle of a bar: the clef stands before the beat.",
        """
        left 1  | c3:2 c5:8 e5 g5 e5 | c5:8 e5 g5 e5 c5:2 | c3:4 g2 e2 c3 |
        """,
        """
        clef 1 | G2 |  |  |
        clef 2 | F4, G2 at 2 | F4 at 4 |  |
        left 1 | c3:2 [c5:8 e5 g5 e5] | [c5:8 e5 g5 e5] c5:2 | c3:4 g2 e2 c3 |
        """,
    ),
    Sample(
        "hands_cross",
        "The left hand crosses over the right: its high notes stand on its own staff, in a "
        "clef that keeps them on it.",
        """
        right 1 | e4:8 g4 c5 g4 e4 g4 c5 g4 | e4 g4 c5 g4 e4 g4 c5 g4 | e4:8 g4 c5 g4 e4:2 |
        left 1  | c3:4 r g5:2 | a5:2 g5:2 | c3:4 g2 c3:2 |
        """,
        """
        clef 1  | G2 |  |  |
        clef 2  | F4, G2 at 2 | F4 at 4 |  |
        right 1 | [e4:8 g4 c5 g4] [e4 g4 c5 g4] |
        right 1 | [e4:8 g4 c5 g4] [e4 g4 c5 g4] | [e4:8 g4 c5 g4] e4:2 |
        left 1  | c3:4 r g5:2 | a5:2 g5 | c3:4 g2 c3:2 |
        """,
    ),
    Sample(
        "ottava",
        "A passage far above the staff stands an octave lower under 8va, from its first note "
        "to its last.",
        """
        right 1 | c5:4 e5 g5 c6 | c7:8 d7 e7 f7 g7 f7 e7 d7 |
        right 1 | c7:8 d7 e7 f7 g7 f7 e7 d7 | c6:4 g5 e5 c5 |
        """,
        """
        ottava  |  | 8 down | end at 4 |  |
        right 1 | c5:4 e5 g5 c6 | [c7:8 d7 e7 f7] [g7 f7 e7 d7] |
        right 1 | [c7:8 d7 e7 f7] [g7 f7 e7 d7] | c6:4 g5 e5 c5 |
        """,
    ),
    Sample(
        "ottava_to_the_end_of_a_tie",
        "The last note of the high bars, in two voices, is tied over the barline: the octave line "
        "goes on to the end of the tie, not of the bar.",
        """
        right 1 | c5:4 e5 g5 c6 | c7:8 d7 e7 f7 g7 f7 e7 d7 | c7:8 d7 e7 f7 g7 f7 c6:4~ |
        right 1 | c6:4 g5 e5 c5 | c5:1 |
        right 2 | r:1 | g6:1 | a6:2 g6:4 r:4 | r:1 | r:1 |
        """,
        """
        ottava |  | 8 down |  | end at 1 |  |
        """,
    ),
    Sample(
        "ottava_bassa",
        "Octaves at the bottom of the keyboard stand above 8vb.",
        """
        left 1  | c3:4 g2 e2 c2 | c1+c2:4 d1 c1 b0 | a0:4 b0 a0 b0 | c1:4 c1 d1 c1 | c2:1 |
        """,
        """
        ottava |  | 8 up |  | end at 4 |  |
        left 1 | c3:4 g2 e2 c2 | c1+c2:4 d1 c1 b0 | a0:4 b0 a0 b0 | c1:4 c1 d1 c1 | c2:1 |
        """,
    ),
    Sample(
        "no_ottava_for_one_note",
        "One high note has ledger lines, and no octave line.",
        """
        right 1 | c6:4 e6 g6 e6 | c6:1 |
        """,
        """
        ottava  |  |  |
        right 1 | c6:4 e6 g6 e6 | c6:1 |
        """,
    ),
)
