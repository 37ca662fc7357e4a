"""Tuplets: the right number over the right notes, a bracket where no beam shows them."""

from tests.regression.sample import Sample

SAMPLES = (
    Sample(
        "triplet_beamed",
        "Beamed triplets carry a 3 and no bracket.",
        """
        meter: 2/4
        right 1 | c5:8t d5 e5 f5 e5 d5 | c5:2 |
        """,
        """
        right 1 | 3{[c5:8 d5 e5]} 3{[f5 e5 d5]} | c5:2 |
        """,
    ),
    Sample(
        "triplet_with_quarter",
        "Quarter and eighth of a triplet stand under a bracket, for no beam shows them.",
        """
        meter: 2/4
        right 1 | c5:4t d5:8t e5:8t f5:4t | c5:2 |
        """,
        """
        right 1 | ⎴3{c5:4 d5:8} ⎴3{e5 f5:4} | c5:2 |
        """,
    ),
    Sample(
        "triplet_with_rests",
        "Rests inside a triplet: in the middle, at its begin, at its end; a bracket where the "
        "beam does not cover all three.",
        """
        meter: 3/4
        right 1 | c5:8t r e5 r d5 e5 c5 d5 r | c5:2. |
        """,
        """
        right 1 | ⎴3{c5:8 r e5} ⎴3{r [d5 e5]} ⎴3{[c5 d5] r} | c5:2. |
        """,
    ),
    Sample(
        "triplet_of_quarters",
        "Three quarters in the time of a half note: one bracket over two beats.",
        """
        right 1 | c5:4t d5 e5 c5:2 | c5:4t d5:8t e5 f5:4t g5:2 |
        """,
        """
        right 1 | ⎴3{c5:4 d5 e5} c5:2 | ⎴3{c5:4 d5:8} ⎴3{e5 f5:4} g5:2 |
        """,
    ),
    Sample(
        "triplet_of_halves",
        "Three half notes in a bar of four: one bracket over the bar.",
        """
        right 1 | c5:2t d5 e5 | c5:1 |
        """,
        """
        right 1 | ⎴3{c5:2 d5 e5} | c5:1 |
        """,
    ),
    Sample(
        "sextuplet",
        "Six 16ths in a beat: one group with a 6, not two triplets.",
        """
        meter: 2/4
        right 1 | c5:16/6 d5 e5 f5 e5 d5 c5:4 |
        """,
        """
        right 1 | 6{[c5:16 d5 e5 f5 e5 d5]} c5:4 |
        """,
    ),
    Sample(
        "quintuplet",
        "Five 16ths in a beat under two beams with a 5.",
        """
        meter: 2/4
        right 1 | c5:16/5 d5 e5 f5 g5 c5:4 | c5:16/5 d5:8/5 e5:16/5 f5:16/5 c5:4 |
        """,
        """
        right 1 | 5{[c5:16 d5 e5 f5 g5]} c5:4 | 5{[c5:16 d5:8 e5:16 f5]} c5:4 |
        """,
    ),
    Sample(
        "septuplet",
        "Seven 16ths in a beat with a 7.",
        """
        meter: 2/4
        right 1 | c5:16/7 d5 e5 f5 g5 f5 e5 c5:4 |
        """,
        """
        right 1 | 7{[c5:16 d5 e5 f5 g5 f5 e5]} c5:4 |
        """,
    ),
    Sample(
        "triplet_of_sixteenths",
        "A triplet of 16ths in half a beat, the other half plain: the 3 covers three notes only.",
        """
        meter: 2/4
        right 1 | c5:8 d5:16t e5 f5 g5:4 | c5:16t d5 e5 f5:8 c5:4 |
        """,
        """
        right 1 | [c5:8 3{d5:16 e5 f5]} g5:4 | 3{[c5:16 d5 e5} f5:8] c5:4 |
        """,
    ),
    Sample(
        "triplet_tied_in",
        "A note held into a triplet is tied to its first third.",
        """
        meter: 2/4
        right 1 | c5:4~ c5:8t d5 e5 | f5:2 |
        """,
        """
        right 1 | c5:4~ 3{[c5:8 d5 e5]} | f5:2 |
        """,
    ),
    Sample(
        "triplet_divided",
        "An eighth of a triplet as two 16ths: still one triplet with a 3.",
        """
        meter: 2/4
        right 1 | c5:8t d5:16t e5 f5:8t g5:4 |
        """,
        """
        right 1 | 3{[c5:8 d5:16 e5 f5:8]} g5:4 |
        """,
    ),
    Sample(
        "two_against_three",
        "Triplets in the right hand, plain eighths in the left; only the triplets carry a 3.",
        """
        meter: 2/4
        right 1 | c5:8t d5 e5 f5 e5 d5 |
        left 1  | c3:8 g3 e3 g3 |
        """,
        """
        right 1 | 3{[c5:8 d5 e5]} 3{[f5 e5 d5]} |
        left 1  | [c3:8 g3 e3 g3] |
        """,
    ),
    Sample(
        "three_against_four",
        "Four 16ths in the right hand against a triplet in the left.",
        """
        meter: 2/4
        right 1 | c5:16 d5 e5 f5 g5:4 |
        left 1  | c3:8t e3 g3 c3:4 |
        """,
        """
        right 1 | [c5:16 d5 e5 f5] g5:4 |
        left 1  | 3{[c3:8 e3 g3]} c3:4 |
        """,
    ),
    Sample(
        "duplet_in_six_eight",
        "Two notes in a dotted beat are dotted eighths, the same length as a duplet and easier "
        "to read.",
        """
        meter: 6/8
        right 1 | c5:8. d5:8. e5:8 f5 g5 | c5:2. |
        """,
        """
        right 1 | [c5:8. d5] [e5:8 f5 g5] | c5:2. |
        """,
    ),
    Sample(
        "tuplets_in_two_voices",
        "A triplet in the upper voice and plain eighths in the lower one on the same staff; the "
        "3 at the stems.",
        """
        meter: 2/4
        right 1 | e5:8t f5 g5 e5:4 |
        right 2 | c5:8 b4 c5:4 |
        """,
        """
        right 1 | ↑ 3{[e5:8 f5 g5]} e5:4 |
        right 2 | ↓ [c5:8 b4] c5:4 |
        """,
    ),
    Sample(
        "siciliano_in_a_triplet",
        "Dotted eighth, 16th and eighth in the time of a quarter are one triplet under one beam.",
        """
        meter: 2/4
        right 1 | c5:8.t d5:16t e5:8t c5:4 | g5:8.t f5:16t e5:8t d5:8t e5:8t d5:8t |
        """,
        """
        right 1 | 3{[c5:8. d5:16 e5:8]} c5:4 | 3{[g5:8. f5:16 e5:8]} 3{[d5 e5 d5]} |
        """,
    ),
    Sample(
        "one_number_for_two_voices",
        "Both voices of the staff have the same triplet: one 3 tells it, at the upper voice.",
        """
        meter: 2/4
        right 1 | e5:8t f5 g5 e5:4 | e5:4t g5:8t e5:4 |
        right 2 | c5:8t b4 a4 c5:4 | c5:8t b4 a4 c5:4 |
        """,
        """
        right 1 | ↑ 3{[e5:8 f5 g5]} e5:4 | ↑ ⎴3{e5:4 g5:8} e5:4 |
        right 2 | ↓ {[c5:8 b4 a4]} c5:4 | ↓ {[c5:8 b4 a4]} c5:4 |
        """,
    ),
)
