"""Voices on a staff, chords, and hands that cross."""

from tests.regression.sample import Sample

SAMPLES = (
    Sample(
        "two_voices",
        "Two voices on a staff: stems up for the upper one, down for the lower one.",
        """
        right 1 | e5:4 f5 g5 f5 |
        right 2 | c5:2 d5 |
        """,
        """
        right 1 | ↑ e5:4 f5 g5 f5 |
        right 2 | ↓ c5:2 d5 |
        """,
    ),
    Sample(
        "voice_rests",
        "The lower voice goes on through the bar and keeps its rests, below the upper voice.",
        """
        right 1 | e5:4 f5 g5 f5 | e5:1 |
        right 2 | r:4 c5 d5 c5 | c5:4 d5 r:4 c5 |
        """,
        """
        right 1 | ↑ e5:4 f5 g5 f5 | ↑ e5:1 |
        right 2 | ↓ r:4 c5 d5 c5 | ↓ c5:4 d5 r c5 |
        """,
    ),
    Sample(
        "held_note_without_rests",
        "A single held note, or two before others go on alone: no rest is printed after the last "
        "note of a voice, nor before its only one, where the other voice shows the beat; what both "
        "rest in the end is printed once.",
        """
        right 1 | e5:4 f5 g5 f5 | e5:4 f5 g5 f5 | e5:4 f5 g5 r |
        right 2 | r:4 c5:2 r:4 | b4:4 c5 r:2 | r:2 c5:4 r:4 |
        """,
        """
        right 1 | ↑ e5:4 f5 g5 f5 | ↑ e5:4 f5 g5 f5 | ↑ e5:4 f5 g5 r |
        right 2 | ↓ s:4 c5:2 s:4 | ↓ b4:4 c5 s:2 | ↓ s:2 c5:4 s |
        """,
    ),
    Sample(
        "shared_rests",
        "Both voices rest together: one rest stands in the middle for both; where only one rests, "
        "it stands above or below, and after its last note not at all while the other one sounds.",
        """
        right 1 | e5:4 r f5 r | r:2 e5:4 f5 | g5:4 r:8 f5 r:2 |
        right 2 | c5:4 r d5:2 | r:4 c5 d5:2 | c5:4 r d5 r |
        left 1  | r:8 g3 r g3 r:2 | c3:1 | c3:1 |
        left 2  | r:8 e3:4. r:2 | r:1 | r:1 |
        """,
        """
        right 1 | ↑ e5:4 r f5 s | ↑ r:2 e5:4 f5 | ↑ g5:4 r:8 f5 r:2 |
        right 2 | ↓ c5:4 s d5:2 | ↓ r:4 c5 d5:2 | ↓ c5:4 r d5 r |
        left 1  | ↑ r:8 g3 r g3 r:2 | c3:1 | c3:1 |
        left 2  | ↓ s:8 e3:4. s:2 |  |  |
        """,
    ),
    Sample(
        "second_voice_for_one_bar",
        "A second voice appears: no rest stands before it, unless nothing else tells where "
        "it begins; in the bars before and after the stems are free.",
        """
        right 1 | e5:4 f5 g5 f5 | e5:4 f5:2. | g5:4 f5 e5 d5 | e5:1 | g5:4 f5 e5 d5 |
        right 2 | r:1 | r:4 g4:2 a4:4 | r:1 | r:4 g4:2 a4:4 | r:1 |
        """,
        """
        right 1 | e5:4 f5 g5 f5 | ↑ e5:4 f5:2. | g5:4 f5 e5 d5 | ↑ e5:1 | g5:4 f5 e5 d5 |
        right 2 |  | ↓ s:4 g4:2 a4:4 |  | ↓ r:4 g4:2 a4:4 |  |
        """,
    ),
    Sample(
        "melody_over_a_run",
        "A melody of long notes over a run is a voice of its own, stems up, with its real lengths; "
        "the run below it begins with a rest each time the melody moves, and goes on.",
        """
        right 1 | c6:2 a5 | g5:1 |
        right 2 | r:16 e5 g5 e5 g5 e5 g5 e5 r c5 f5 c5 f5 c5 f5 c5 |
        right 2 | r:16 b4 d5 b4 d5 b4 d5 b4 d5:4 r |
        left 1  | c3:2 f3 | g2:1 |
        """,
        """
        right 1 | ↑ c6:2 a5 | ↑ g5:1 |
        right 2 | ↓ r:16 [e5 g5 e5] [g5 e5 g5 e5] r [c5 f5 c5] [f5 c5 f5 c5] |
        right 2 | ↓ r:16 [b4 d5 b4] [d5 b4 d5 b4] d5:4 s |
        left 1  | c3:2 f3 | g2:1 |
        """,
        played=True,
    ),
    Sample(
        "voice_over_bars",
        "The lower voice is held over the barline while the upper one moves.",
        """
        right 1 | e5:4 f5 g5 f5 | e5:2 d5 |
        right 2 | c5:1~ | c5:1 |
        """,
        """
        right 1 | ↑ e5:4 f5 g5 f5 | ↑ e5:2 d5 |
        right 2 | ↓ c5:1~ | ↓ c5:1 |
        """,
    ),
    Sample(
        "lower_voice_left_alone",
        "The lower voice is held into a bar in which the upper one is silent: no rest says so.",
        """
        right 1 | e5:4 f5 g5 f5 | r:1 |
        right 2 | c5:1~ | c5:2 d5 |
        """,
        """
        right 1 | ↑ e5:4 f5 g5 f5 | s |
        right 2 | ↓ c5:1~ | ↓ c5:2 d5 |
        """,
    ),
    Sample(
        "chords_share_a_stem",
        "Notes that move together share one stem, low to high.",
        """
        right 1 | c5+e5+g5:4 d5+f5+a5 c5+e5+g5:2 |
        left 1  | c3+g3:2 e3+c4 |
        """,
        """
        right 1 | c5+e5+g5:4 d5+f5+a5 c5+e5+g5:2 |
        left 1  | c3+g3:2 e3+c4 |
        """,
    ),
    Sample(
        "seconds_in_a_chord",
        "The second in a chord is drawn on both sides of the stem.",
        """
        right 1 | c5+d5+g5:4 b4+c5+d5 f4+g4:2 |
        """,
        """
        right 1 | c5+d5+g5:4 b4+c5+d5 f4+g4:2 |
        """,
    ),
    Sample(
        "tied_chord",
        "Each note of a chord that is held has its own tie.",
        """
        right 1 | c5+e5+g5:2.~ c5+e5+g5:8 r | c5:1 |
        """,
        """
        right 1 | c5+e5+g5:2~ c5+e5+g5:4. r:8 | c5:1 |
        """,
    ),
    Sample(
        "chord_partly_held",
        "One note of a chord is held on: it is a voice of its own, so that its tie can be seen.",
        """
        right 1 | g5:2 f5:2 |
        right 2 | c5:1 |
        """,
        """
        right 1 | ↑ g5:2 f5 |
        right 2 | ↓ c5:1 |
        """,
    ),
    Sample(
        "melody_and_bass_in_the_left",
        "Bass and inner notes in the left hand: the bass stems down, the off-beats up.",
        """
        left 1  | r:8 e3+g3 r e3+g3 r e3+g3 r e3+g3 |
        left 2  | c3:2 c3:2 |
        """,
        """
        left 1 | ↑ r:8 e3+g3 r e3+g3 r e3+g3 r e3+g3 |
        left 2 | ↓ c3:2 c3 |
        """,
    ),
    Sample(
        "voices_cross",
        "The lower voice rises above the upper one; stems keep them apart.",
        """
        right 1 | c5:2 c5 |
        right 2 | a4:4 e5 a4:2 |
        """,
        """
        right 1 | ↑ c5:2 c5 |
        right 2 | ↓ a4:4 e5 a4:2 |
        """,
    ),
    Sample(
        "second_between_voices",
        "Two voices a second apart: the heads stand side by side.",
        """
        right 1 | d5:4 e5 d5:2 |
        right 2 | c5:4 d5 c5:2 |
        """,
        """
        right 1 | ↑ d5:4 e5 d5:2 |
        right 2 | ↓ c5:4 d5 c5:2 |
        """,
    ),
)
