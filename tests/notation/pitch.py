"""Key signatures, accidentals and clefs."""

from tests.notation.sample import Sample

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
        "A chromatic line: sharps upwards, flats downwards, naturals where they are taken back.",
        """
        right 1 | c5:8 c#5 d5 d#5 e5 f5 f#5 g5 | g5 gb5 f5 e5 eb5 d5 db5 c5 |
        """,
        """
        right 1 | [c5:8 c#5! d5 d#5!] [e5 f5 f#5! g5] | [g5:8 gb5! f5 e5] [eb5! d5 db5! c5] |
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
)
