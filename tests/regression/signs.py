"""Signs on and between the notes: dynamics, articulation, ornaments, pedals."""

from tests.regression.sample import Sample

SAMPLES = (
    Sample(
        "dynamics",
        "Signs between the staves: p at the beginning, f where the second bar begins.",
        """
        right 1 | c5:4 d5 e5 f5 | g5:2 c5 |
        left 1  | c3:1 | c3:1 |
        """,
        """
        dynamics | p | f |
        right 1  | c5:4 d5 e5 f5 | g5:2 c5 |
        left 1   | c3:1 | c3:1 |
        """,
        dynamics="p at 0, f at 4",
    ),
    Sample(
        "hairpins",
        "A crescendo leads to f over the barline, a diminuendo to p.",
        """
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:1 |
        left 1  | c3:1 | c3:1 | c3:1 |
        """,
        """
        dynamics | p, < | f, end, > | p, end |
        right 1  | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 | c5:1 |
        left 1   | c3:1 | c3:1 | c3:1 |
        """,
        dynamics="p at 0, < at 0, end at 4, f at 4, > at 4, end at 8, p at 8",
    ),
    Sample(
        "crescendo_in_words",
        "Cresc. and dim. in italics between the staves, between the signs that they lead to.",
        """
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:1 |
        left 1  | c3:8 g3 e3 g3 c3:8 g3 e3 g3 | % | % | % | c3:1 |
        """,
        """
        dynamics | p |  | f |  | p |
        words    | cresc. at 1 |  |  | dim. |  |
        """,
        dynamics="p at 0, cresc. at 1, f at 8, dim. at 12, p at 16",
    ),
    Sample(
        "hairpin_inside_a_bar",
        "A hairpin ends at a note inside its bar.",
        """
        right 1 | c5:4 d5 e5 f5 | g5:1 |
        """,
        """
        dynamics | mf, < at 1, end at 3 |  |
        right 1  | c5:4 d5 e5 f5 | g5:1 |
        """,
        dynamics="mf at 0, < at 1, end at 3",
    ),
    Sample(
        "accents",
        "Accents stand at the heads of single notes and of a chord, away from the stem.",
        """
        right 1 | c5:4> d5 e5> f5 | c5+e5+g5:2> c5:2 |
        """,
        """
        right 1 | c5:4> d5 e5> f5 | c5+e5+g5:2> c5 |
        """,
    ),
    Sample(
        "staccato",
        "Dots on quarters, eighths and chords; the rests are not written.",
        """
        right 1 | c5:8' d5' e5' f5' g5:4' f5' | c5+e5:4' d5+f5' c5:2 |
        """,
        """
        right 1 | [c5:8' d5' e5' f5'] g5:4' f5' | c5+e5:4' d5+f5' c5:2 |
        """,
    ),
    Sample(
        "accent_and_staccato",
        "Both signs on one note: the dot nearer to the head.",
        """
        right 1 | c5:4'> d5' e5'> f5 |
        """,
        """
        right 1 | c5:4>' d5' e5>' f5 |
        """,
    ),
    Sample(
        "arpeggio",
        "A wavy line before a rolled chord, in one hand and through both.",
        """
        right 1 | c5+e5+g5:2* c5+e5+g5:2* |
        left 1  | c3+g3:2 c3+g3:2* |
        """,
        """
        right 1 | c5+e5+g5:2* c5+e5+g5* |
        left 1  | c3+g3:2 c3+g3* |
        """,
    ),
    Sample(
        "grace_note",
        "One small eighth with a slash before its note; two small 16ths under a beam.",
        """
        right 1 | (d5)c5:4 e5 (d5,e5)f5:2 | (b4)c5+e5:1 |
        """,
        """
        right 1 | (/d5)c5:4 e5 ([d5,e5])f5:2 | (/b4)c5+e5:1 |
        """,
    ),
    Sample(
        "pedal",
        "A bracket that ends where the pedal comes up; it changes with the harmony.",
        """
        right 1 | e5:2 f5 | e5:1 |
        left 1  | c3:2 f3 | c3:1 |
        pedal   | x:2 x:2 | x:1 |
        """,
        """
        right 1 | e5:2 f5 | e5:1 |
        left 1  | c3:2 f3 | c3:1 |
        pedal   | down, up at 2, down at 2 | up, down, up at 4 |
        """,
    ),
    Sample(
        "pedals_short_and_long",
        "Brackets of a sixteenth, two of a quarter that touch, and a long one: of each one sees "
        "where it ends.",
        """
        right 1 | c5:2 e5 | d5:1 | c5:1 |
        left 1  | c3:16 g3 e4 g3 c3 g3 e4 g3 c3:4 e3 | b2:4 g3 f3 g3 | c3:1 |
        pedal   | x:16 r:16 r:8 x:16 r:16 r:8 x:4 x:4 | x:1 | r:1 |
        """,
        """
        right 1 | c5:2 e5 | d5:1 | c5:1 |
        left 1  | [c3:16 g3 e4 g3] [c3 g3 e4 g3] c3:4 e3 | b2:4 g3 f3 g3 | c3:1 |
        pedal   | down, up at 1/4, down at 1, up at 5/4, down at 2, up at 3, down at 3 |
        pedal   | up, down | up |
        """,
    ),
    Sample(
        "pedal_over_a_system",
        "A pedal that is held over the end of a system goes on in the next; a bracket that begins "
        "with a system stands clear of its clef.",
        """
        right 1 | g5:8 e5 c5 e5 g5 e5 c5 e5 | g5 e5 c5 e5 g5 e5 c5 e5 | g5 e5 c5 e5 g5 e5 c5 e5 |
        right 1 | g5:8 e5 c5 e5 g5 e5 c5 e5 | g5 e5 c5 e5 g5 e5 c5 e5 | g5 e5 c5 e5 g5 e5 c5 e5 |
        right 1 | g5:8 e5 c5 e5 g5 e5 c5 e5 | g5 e5 c5 e5 g5 e5 c5 e5 | g5 e5 c5 e5 g5 e5 c5 e5 |
        left 1  | c3:2 g3 | c3 g3 | c3 g3 | c3 g3 | c3 g3 | c3 g3 | c3 g3 | c3 g3 | c3 g3 |
        pedal   | x:1 | x:2 x:2~ | x:1~ | x:1~ | x:1 | x:1 | x:1 | x:2 r:2 | x:1 |
        """,
        """
        pedal   | down | up, down, up at 2, down at 2 |  |  |  | up, down | up, down |
        pedal   | up, down, up at 2 | down, up at 4 |
        """,
    ),
    Sample(
        "pedal_under_a_held_note",
        "The pedal is pressed while a note is held: the mark stands there all the same.",
        """
        right 1 | e5:1 | e5:1 |
        left 1  | c3:1 | c3:1 |
        pedal   | r:4 x:2. | r:2 x:2 |
        """,
        """
        right 1 | e5:1 | e5:1 |
        left 1  | c3:1 | c3:1 |
        left 4  | s:4 s:2 s:4 |  |
        pedal   | down at 1 | up, down, up at 4 |
        """,
    ),
)
