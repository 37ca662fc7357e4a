"""Rhythm writing: ties that show the beat, dots, rests, meters of all kinds."""

from tests.regression.sample import Sample

SAMPLES = (
    Sample(
        "tie_shows_the_middle",
        "A half note that starts on the second eighth is split and tied where the middle of the "
        "bar is; within half a bar the quarter off the beat stays whole.",
        """
        right 1 | c5:8 d5:2 e5:4. | c5:8 d5:4 e5:8 c5:2 |
        """,
        """
        right 1 | c5:8 d5:4.~ d5:8 e5:4. | c5:8 d5:4 e5:8 c5:2 |
        """,
    ),
    Sample(
        "tie_over_the_barline",
        "A note held over the barline is two noteheads and one tie; the second one fills its "
        "beats.",
        """
        right 1 | c5:2. e5:4~ | e5:2 d5:2 |
        """,
        """
        right 1 | c5:2. e5:4~ | e5:2 d5 |
        """,
    ),
    Sample(
        "tie_over_two_barlines",
        "A note held through a whole bar is a whole note there, tied on both sides.",
        """
        right 1 | c5:2 e5:2~ | e5:1~ | e5:4 d5:2. |
        """,
        """
        right 1 | c5:2 e5~ | e5:1~ | e5:4 d5:2. |
        """,
    ),
    Sample(
        "dots",
        "Dots where they fall on the beat: dotted quarter and eighth, dotted half and quarter, "
        "dotted eighth and 16th.",
        """
        right 1 | c5:4. d5:8 e5:4. f5:8 | g5:2. f5:4 | e5:8. d5:16 c5:8. d5:16 e5:2 |
        """,
        """
        right 1 | c5:4. d5:8 e5:4. f5:8 | g5:2. f5:4 | [e5:8. d5:16] [c5:8. d5:16] e5:2 |
        """,
    ),
    Sample(
        "double_dots",
        "An overture in the French manner: a double-dotted quarter and a 16th in two beats, a "
        "double-dotted eighth and a 32nd in one. Off the beat, and over the middle of the bar, "
        "the note is tied; a rest takes no second dot.",
        """
        right 1 | c5:4.. d5:16 e5:4.. f5:16 | g5:8.. f5:32 e5:8.. d5:32 c5:4 d5:4~ |
        right 1 | d5:8.. e5:32 f5:4~ f5:8. e5:16 d5:4 | c5:4 r:8.. g4:32 c5:2 |
        """,
        """
        right 1 | c5:4.. d5:16 e5:4.. f5:16 | [g5:8.. f5:32] [e5:8.. d5:32] c5:4 d5~ |
        right 1 | [d5:8.. e5:32] f5:4~ [f5:8. e5:16] d5:4 | c5:4 r:8 r:16 r:32 g4 c5:2 |
        """,
    ),
    Sample(
        "dotted_figure_turned_round",
        "Short before long on the beat (Scotch snap): a 16th and a dotted eighth under one beam.",
        """
        right 1 | c5:16 d5:8. e5:16 f5:8. g5:2 |
        """,
        """
        right 1 | [c5:16 d5:8.] [e5:16 f5:8.] g5:2 |
        """,
    ),
    Sample(
        "syncopation",
        "Quarters off the beat stay quarters in each half of the bar; the one over the middle "
        "is tied.",
        """
        right 1 | c5:8 d5:4 e5:4 f5:4 g5:8 | c5:4 d5:2 e5:4 |
        """,
        """
        right 1 | c5:8 d5:4 e5:8~ e5 f5:4 g5:8 | c5:4 d5:2 e5:4 |
        """,
    ),
    Sample(
        "syncopation_of_sixteenths",
        "Within a beat 16th, eighth, 16th; over the beat two tied 16ths.",
        """
        meter: 2/4
        right 1 | c5:16 d5:8 e5:16 c5 d5:8 e5:16~ | e5:16 f5:8. c5:4 |
        """,
        """
        right 1 | [c5:16 d5:8 e5:16] [c5 d5:8 e5:16~] | [e5:16 f5:8.] c5:4 |
        """,
    ),
    Sample(
        "rests_complete_the_beat",
        "A rest first completes the beat it stands in; the rest of the bar follows in beats and "
        "half bars.",
        """
        right 1 | c5:16 r:8. r:2. | c5:8 r:8 r:4 d5:4 r:4 | r:4. c5:8 r:2 |
        """,
        """
        right 1 | c5:16 r r:8 r:4 r:2 | c5:8 r r:4 d5 r | r:4 r:8 c5 r:2 |
        """,
    ),
    Sample(
        "rests_before_a_note",
        "Before a 16th at the end of a beat stand an eighth and a 16th rest, never one across "
        "the middle of the beat.",
        """
        meter: 2/4
        right 1 | r:8. c5:16 r:16 c5:16 r:8 | r:16 c5:8. r:8 c5:8 |
        """,
        """
        right 1 | r:8 r:16 c5 r c5 r:8 | r:16 c5:8. r:8 c5 |
        """,
    ),
    Sample(
        "no_rest_over_the_middle",
        "Rests of two quarters in the middle of a 4/4 bar are two rests, not a half rest.",
        """
        right 1 | c5:4 r:2 c5:4 | r:2 c5:2 | c5:4 r:2. |
        """,
        """
        right 1 | c5:4 r r c5 | r:2 c5 | c5:4 r r:2 |
        """,
    ),
    Sample(
        "whole_bar_rests",
        "An empty bar has one rest in its middle, in any meter and in both hands.",
        """
        meter: 3/4
        right 1 | r:2. | c5:2. |
        left 1  | c3:2. | r:2. |
        """,
        """
        right 1 | R | c5:2. |
        left 1  | c3:2. | R |
        """,
    ),
    Sample(
        "six_eight_in_threes",
        "6/8: eighths are beamed in threes; quarter and eighth make a beat; a dotted half fills "
        "the bar.",
        """
        meter: 6/8
        right 1 | c5:8 d5 e5 f5 e5 d5 | c5:4 d5:8 e5:4 f5:8 | g5:2. |
        """,
        """
        right 1 | [c5:8 d5 e5] [f5 e5 d5] | c5:4 d5:8 e5:4 f5:8 | g5:2. |
        """,
    ),
    Sample(
        "six_eight_rests",
        "6/8: rests complete each dotted beat: eighth rest and eighth rest after one eighth, a "
        "dotted quarter rest for a silent beat.",
        """
        meter: 6/8
        right 1 | c5:8 r:4 r:4. | r:4 c5:8 c5:4 r:8 | r:8 c5 d5 r:4. |
        """,
        """
        right 1 | c5:8 r r r:4. | r:4 c5:8 c5:4 r:8 | r:8 [c5 d5] r:4. |
        """,
    ),
    Sample(
        "six_eight_syncopation",
        "6/8: a note over the second beat is tied where this beat begins.",
        """
        meter: 6/8
        right 1 | c5:4 d5:4 e5:4 | c5:8 d5:4 e5:4 f5:8 |
        """,
        """
        right 1 | c5:4 d5:8~ d5 e5:4 | c5:8 d5:4 e5 f5:8 |
        """,
    ),
    Sample(
        "nine_eight",
        "9/8: three beats of three eighths; a note of a whole bar is a dotted half tied to a "
        "dotted quarter.",
        """
        meter: 9/8
        right 1 | c5:8 d5 e5 f5:4. e5:8 d5 c5 | c5:2.~ c5:4. |
        """,
        """
        right 1 | [c5:8 d5 e5] f5:4. [e5:8 d5 c5] | c5:2.~ c5:4. |
        """,
    ),
    Sample(
        "twelve_eight",
        "12/8: four beats; a dotted half stands on the first or third.",
        """
        meter: 12/8
        right 1 | c5:8 d5 e5 f5 e5 d5 c5:2. | c5:2. d5:4. e5:4. |
        """,
        """
        right 1 | [c5:8 d5 e5] [f5 e5 d5] c5:2. | c5:2. d5:4. e5 |
        """,
    ),
    Sample(
        "three_eight",
        "3/8: one beamed group of three to a bar, a dotted quarter for the whole bar.",
        """
        meter: 3/8
        right 1 | c5:8 d5 e5 | c5:4. | c5:16 d5 e5 f5 g5 a5 |
        """,
        """
        right 1 | [c5:8 d5 e5] | c5:4. | [c5:16 d5 e5 f5 g5 a5] |
        """,
    ),
    Sample(
        "three_four_hemiola",
        "3/4: eighths are beamed over the bar; two dotted quarters against three beats, and "
        "quarters off the beat, stay whole.",
        """
        meter: 3/4
        right 1 | c5:8 d5 e5 f5 g5 a5 | c5:4. d5:4. | c5:8 d5:4 e5:4 f5:8 |
        """,
        """
        right 1 | [c5:8 d5 e5 f5 g5 a5] | c5:4. d5 | c5:8 d5:4 e5 f5:8 |
        """,
    ),
    Sample(
        "two_two",
        "2/2: the beat is a half note: eighths are beamed in fours, a quarter off the beat "
        "stays whole.",
        """
        meter: 2/2
        right 1 | c5:8 d5 e5 f5 g5 f5 e5 d5 | c5:4 d5:2 e5:4 | c5:1 |
        """,
        """
        right 1 | [c5:8 d5 e5 f5] [g5 f5 e5 d5] | c5:4 d5:2 e5:4 | c5:1 |
        """,
    ),
    Sample(
        "five_eight",
        "5/8: eighths are beamed three and two, so that the two unequal beats are seen.",
        """
        meter: 5/8
        right 1 | c5:8 d5 e5 f5 g5 | c5:4. d5:4 |
        """,
        """
        right 1 | [c5:8 d5 e5] [f5 g5] | c5:4. d5:4 |
        """,
    ),
    Sample(
        "seven_eight",
        "7/8: eighths are beamed in two groups (four and three), never seven under one beam.",
        """
        meter: 7/8
        right 1 | c5:8 d5 e5 f5 g5 f5 e5 | c5:2 d5:4. |
        """,
        """
        right 1 | [c5:8 d5 e5 f5] [g5 f5 e5] | c5:2 d5:4. |
        """,
    ),
    Sample(
        "five_four",
        "5/4: beams join three beats and two; a note of three beats is a dotted half.",
        """
        meter: 5/4
        right 1 | c5:8 d5 e5 f5 g5 f5 e5 d5 c5 d5 | c5:2. d5:2 | c5:1 r:4 |
        """,
        """
        right 1 | [c5:8 d5 e5 f5 g5 f5] [e5 d5 c5 d5] | c5:2. d5:2 | c5:1 r:4 |
        """,
    ),
    Sample(
        "sixteenths",
        "16ths are beamed beat by beat, eighths in half bars; mixed beats show each beat.",
        """
        right 1 | c5:16 d5 e5 f5 g5 f5 e5 d5 c5:8 d5 e5 f5 | c5:8 d5:16 e5 f5 g5 f5:8 c5:2 |
        """,
        """
        right 1 |[c5:16 d5 e5 f5] [g5 f5 e5 d5] [c5:8 d5 e5 f5] |
        right 1 | [c5:8 d5:16 e5] [f5 g5 f5:8] c5:2 |
        """,
    ),
    Sample(
        "thirty_seconds",
        "32nds: eight to a beat under three beams.",
        """
        meter: 2/4
        right 1 | c5:32 d5 e5 f5 g5 f5 e5 d5 c5:4 |
        """,
        """
        right 1 | [c5:32 d5 e5 f5 g5 f5 e5 d5] c5:4 |
        """,
    ),
)
