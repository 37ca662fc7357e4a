"""What is decided by listening: each of these is played and goes the whole way."""

from engrave.pedal.inference import PedalOptions
from tests.regression.sample import Sample

SAMPLES = (
    Sample(
        "staccato_for_short_notes",
        "Eighths let go after a third of their time are eighths with a dot, not 16ths and rests.",
        """
        right 1 | c5:8' d5' e5' f5' g5' f5' e5' d5' | c5:1 |
        left 1  | c3:4 g3 e3 g3 | c3:1 |
        """,
        """
        right 1 | [c5:8' d5' e5' f5'] [g5' f5' e5' d5'] | c5:1 |
        left 1  | c3:4 g3 e3 g3 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "staccato_quarters",
        "Quarters let go early are quarters with a dot, not eighths and rests.",
        """
        right 1 | c5:4' e5' g5' e5' | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5:4' e5' g5' e5' | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "trill",
        "A trill played as 32nds is one note with tr.",
        """
        right 1 | c5:32 d5 c5 d5 c5 d5 c5 d5 c5 d5 c5 d5 c5 d5 c5 d5 e5:2 | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5:2^trill-mark e5 | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        pace="80 at 0",
        played=True,
    ),
    Sample(
        "tremolo_of_two_chords",
        "Two notes in turn, too fast to count, are two white notes with three strokes between "
        "them, in each bar anew; triplets before and after stay what they are.",
        f"""
        right 1 | c5:2 e5:8t d5 c5 e5:4 | g5:1 |
        left 1  | c3:8t e3 c3 e3:4 {8 * " g2:32 g3"} | {12 * " g2:32 g3"} c3:8t e3 c3 |
        """,
        """
        right 1 | c5:2 3{[e5:8 d5 c5]} e5:4 | g5:1 |
        left 1  | 3{[c3:8 e3 c3]} e3:4 g2:2^tremolo g3^tremolo |
        left 1  | g2:2.^tremolo g3^tremolo 3{[c3:8 e3 c3]} |
        """,
        pace="80 at 0",
        played=True,
    ),
    Sample(
        "tremolo_of_one_chord",
        "A chord struck again and again, too fast to count, is one note with three strokes through "
        "its stem.",
        f"""
        right 1 | e5:2 g5 | f5:2 e5 |
        left 1  | {16 * " c3+g3:32"} c3+e3:2 | {32 * " g2:32"} |
        """,
        """
        right 1 | e5:2 g5 | f5:2 e5 |
        left 1  | c3+g3:2^tremolo c3+e3 | g2:1^tremolo |
        """,
        pace="80 at 0",
        played=True,
    ),
    Sample(
        "glissando",
        "Keys swept faster than any scale are a wavy line from the first note to the last.",
        """
        right 1 | c5:4 c4:64 d4 e4 f4 g4 a4 b4 c5 d5 e5 f5 g5 a5 b5 c6 d6 e6:2 | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5:4 c4^glissando-start e6:2^glissando-stop | c5:1^fermata |
        left 1  | c3:2 g3 | c3:1^fermata |
        """,
        pace="75 at 0",
        played=True,
    ),
    Sample(
        "fast_notes_that_are_counted",
        "Broken octaves of four to the beat are 16ths, however fast.",
        f"""
        right 1 | e5:2 g5 | e5:1 |
        left 1  | {8 * " c3:16 c4"} | c3:1 |
        """,
        """
        right 1 | e5:2 g5 | e5:1 |
        left 1  | [c3:16 c4 c3 c4] [c3 c4 c3 c4] [c3 c4 c3 c4] [c3 c4 c3 c4] | c3:1 |
        """,
        pace="160 at 0",
        played=True,
    ),
    Sample(
        "mordent",
        "The main note, the one below and the main note again, quick and on the beat, are a note "
        "with a mordent: the zigzag with a stroke through it.",
        """
        right 1 | c5:32 b4 c5:8.~ c5:4 e5:2 | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5:2^mordent e5 | c5:1^fermata |
        left 1  | c3:2 g3 | c3:1^fermata |
        """,
        pace="72 at 0",
        played=True,
    ),
    Sample(
        "inverted_mordent",
        "With the note above instead it is the zigzag without a stroke; three notes of a slow "
        "melody that go the same way stay notes.",
        """
        right 1 | c5:32 d5 c5:8.~ c5:4 e5:8 f5 e5:4 | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5:2^inverted-mordent [e5:8 f5] e5:4 | c5:1^fermata |
        left 1  | c3:2 g3 | c3:1^fermata |
        """,
        pace="72 at 0",
        played=True,
    ),
    Sample(
        "turn",
        "Four quick notes around the main note are a turn.",
        """
        right 1 | d5:32 c5 b4 c5:32~ c5:8~ c5:4 e5:2 | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5:2^turn e5 | c5:1^fermata |
        left 1  | c3:2 g3 | c3:1^fermata |
        """,
        pace="66 at 0",
        played=True,
    ),
    Sample(
        "grace_note_played",
        "A key touched shortly before the next note is a grace note.",
        """
        right 1 | c5:4 (f5)e5 d5 (f5)e5 | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5:4 (/f5)e5 d5 (/f5)e5 | c5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "arpeggio_played",
        "A chord whose keys go down one after the other has an arpeggio sign.",
        """
        right 1 | c5:2 c5+e5+g5* | e5:1 |
        left 1  | c3:2. g3:4 | c3:1 |
        """,
        """
        right 1 | c5:2 c5+e5+g5* | e5:1 |
        left 1  | c3:2. g3:4 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "arpeggio_over_a_bass",
        "A bass note that is struck where the other hand begins to roll has no arpeggio sign.",
        """
        right 1 | c5+e5+g5:2* f5 | e5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5+e5+g5:2* f5 | e5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "octaves_have_one_name_played",
        "The octave is A sharp in both hands, though only the upper one goes on to B.",
        """
        right 1 | a#4:4 b4 c5:2 |
        left 1  | a#2:2 c3 |
        """,
        """
        right 1 | a#4!:4 b4 c5:2 |
        left 1  | a#2!:2 c3 |
        """,
        played=True,
    ),
    Sample(
        "accents_played",
        "One note far louder than its neighbours has an accent; the others have none.",
        """
        right 1 | c5:4 d5 e5> f5 | g5 f5 e5 d5 | c5:1 |
        left 1  | c3:2 g3 | c3:2 g3 | c3:1 |
        """,
        """
        dynamics | mp |  |  |
        right 1  | c5:4 d5 e5> f5 | g5:4 f5 e5 d5 | c5:1 |
        left 1   | c3:2 g3 | c3:2 g3 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "dynamics_played",
        "Four soft bars, four loud bars: one sign for each, where it begins, and no other.",
        """
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:4 d5 e5 f5 | g5 f5 e5 d5 |
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:4 d5 e5 f5 | g5:1 |
        left 1  | c3:1 | % | % | % | % | % | % | % |
        """,
        """
        dynamics | mp |  |  |  | f |  |  |  |
        right 1  | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 |
        right 1  | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 | c5:4 d5 e5 f5 | g5:1 |
        left 1   | c3:1 | c3:1 | c3:1 | c3:1 | c3:1 | c3:1 | c3:1 | c3:1 |
        """,
        velocity="40 at 0, 40 at 15, 84 at 16, 84 at 32",
        played=True,
    ),
    Sample(
        "crescendo_played",
        "Two bars that grow evenly from soft to loud are a hairpin between two signs.",
        """
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:4 d5 e5 f5 |
        right 1 | g5 f5 e5 d5 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:1 |
        left 1  | c3:1 | % | % | % | % | % | % |
        """,
        """
        dynamics | p |  | < |  | f, end |  |  |
        right 1  | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 | c5:4 d5 e5 f5 |
        right 1  | g5:4 f5 e5 d5 | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 | c5:1 |
        left 1   | c3:1 | c3:1 | c3:1 | c3:1 | c3:1 | c3:1 | c3:1 |
        """,
        velocity="42 at 0, 42 at 8, 92 at 16, 92 at 28",
        played=True,
    ),
    Sample(
        "long_crescendo_played",
        "Four bars that grow evenly from soft to loud are cresc. between two signs: no hairpin.",
        """
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:4 d5 e5 f5 | g5 f5 e5 d5 |
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:1 |
        left 1  | c3:1 | % | % | % | % | % | % | % | % |
        """,
        """
        dynamics | p |  |  |  |  |  | f |  |  |
        words    |  |  | cresc. |  |  |  |  |  |  |
        """,
        velocity="42 at 0, 42 at 8, 92 at 24, 92 at 36",
        played=True,
    ),
    Sample(
        "no_dynamics_without_touch",
        "All keys struck alike: no touch was recorded, and no dynamic is written.",
        """
        right 1 | c5:4 d5 e5 f5 | g5:1 |
        left 1  | c3:1 | c3:1 |
        """,
        """
        right 1 | c5:4 d5 e5 f5 | g5:1 |
        left 1  | c3:1 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "una_corda",
        "The soft pedal is una corda and tre corde in words where it stays for four bars; the bar "
        "of it at the end is left out.",
        """
        right 1 | c5:2 d5 | e5:2 f5 | g5:2 f5 | e5:2 d5 | c5:2 e5 | d5:2 f5 | e5:2 d5 | c5:1 |
        left 1  | c3:2 g3 | c3 g3 | c3 g3 | c3 g3 | c3 g3 | b2 g3 | c3 g3 | c3:1 |
        """,
        """
        words   |  | una corda |  |  |  | tre corde |  |  |
        right 1 | c5:2 d5 | e5:2 f5 | g5:2 f5 | e5:2 d5 | c5:2 e5 | d5:2 f5 | e5:2 d5 | c5:1 |
        left 1  | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:2 g3 | b2:2 g3 | c3:2 g3 | c3:1 |
        """,
        soft="down at 4, up at 20, down at 28, up at 32",
        played=True,
    ),
    Sample(
        "pedal_changed_played",
        "The foot is changed with each bass note: a line to each change, and a new one.",
        """
        right 1 | e5:2 f5 | g5:2 f5 | e5:1 |
        left 1  | c3:2 f3 | g3:2 g2 | c3:1 |
        pedal   | x:2 x:2 | x:2 x:2 | x:1 |
        """,
        """
        right 1 | e5:2 f5 | g5:2 f5 | e5:1 |
        left 1  | c3:2 f3 | g3:2 g2 | c3:1 |
        pedal   | down, up at 2, down at 2 | up, down, up at 2, down at 2 | up, down, up at 4 |
        """,
        played=True,
    ),
    Sample(
        "pedal_simile",
        "The same pedal in every bar: two bars show it, then simile.",
        """
        right 1 | e5:2 f5 | g5:2 f5 | e5:2 f5 | g5:2 f5 | e5:2 f5 | e5:1 |
        left 1  | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:1 |
        pedal   | x:2 x:2 | x:2 x:2 | x:2 x:2 | x:2 x:2 | x:2 x:2 | x:1 |
        """,
        """
        words   |  |  | simile |  |  |  |
        right 1 | e5:2 f5 | g5:2 f5 | e5:2 f5 | g5:2 f5 | e5:2 f5 | e5:1 |
        left 1  | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:1 |
        pedal   | down, up at 2, down at 2 | up, down, up at 2, down at 2 |
        pedal   | up |  |  | down, up at 4 |
        """,
        pedal=PedalOptions("keep", simile=True),
        played=True,
    ),
    Sample(
        "melody_over_held_chord_played",
        "A held chord under a moving melody is a second voice; one voice serves before.",
        """
        right 1 | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 | c5:1 |
        right 2 | r:1 | c5:1 | r:1 |
        left 1  | c3:1 | e3:1 | c3:1 |
        """,
        """
        right 1 | c5:4 d5 e5 f5 | ↑ g5:4 f5 e5 d5 | c5:1 |
        right 2 |  | ↓ c5:1 |  |
        left 1  | c3:1 | e3:1 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "rest_between_phrases_played",
        "A real silence of a beat is a rest, not a longer note.",
        """
        right 1 | c5:4 d5 e5 r | g5:4 f5 e5 r | c5:1 |
        left 1  | c3:2. r:4 | g3:2. r:4 | c3:1 |
        """,
        """
        right 1 | c5:4 d5 e5 r | g5:4 f5 e5 r | c5:1 |
        left 1  | c3:2. r:4 | g3:2. r:4 | c3:1 |
        """,
        played=True,
    ),
    Sample(
        "two_against_three_played",
        "Two in the left hand against three in the right, played evenly.",
        """
        meter: 2/4
        right 1 | c5:8t d5 e5 f5 e5 d5 | c5 d5 e5 f5 e5 d5 | c5:2 |
        left 1  | c3:8 g3 e3 g3 | c3 g3 e3 g3 | c3:2 |
        """,
        """
        right 1 | 3{[c5:8 d5 e5]} 3{[f5 e5 d5]} | 3{[c5:8 d5 e5]} 3{[f5 e5 d5]} | c5:2 |
        left 1  | [c3:8 g3 e3 g3] | [c3:8 g3 e3 g3] | c3:2 |
        """,
        played=True,
    ),
    Sample(
        "meter_change_played",
        "The taps say where 4/4 becomes 3/4.",
        """
        meter: 4/4 4/4 3/4
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5 d5 e5 | f5 e5 d5 | c5:2. |
        left 1  | c3:1 | g3:1 | c3:2. | g3:2. | c3:2. |
        """,
        """
        time    | 4/4 |  | 3/4 |  |  |
        right 1 | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 | c5:4 d5 e5 | f5:4 e5 d5 | c5:2. |
        left 1  | c3:1 | g3:1 | c3:2. | g3:2. | c3:2. |
        """,
        played=True,
    ),
    Sample(
        "pace_is_heard_not_seen",
        "The player holds back in the second bar and hurries in the third: of that nothing is seen "
        "but the tempo mark; between the staves and above them all is empty.",
        """
        right 1 | c5:4 d5 e5 f5 | g5 f5 e5 d5 | c5:1 | c5:4 d5 e5 f5 | c5:1 |
        left 1  | c3:2 g3 | c3 g3 | c3 g3 | c3:1 | c3:1 |
        """,
        """
        tempo   | Moderato 4=100 |  |  |  |  |
        words   |  |  |  |  |  |
        pace    | 100 | 80 | 125 | 100 |  |
        right 1 | c5:4 d5 e5 f5 | g5:4 f5 e5 d5 | c5:1 | c5:4 d5 e5 f5 | c5:1 |
        left 1  | c3:2 g3 | c3:2 g3 | c3:2 g3 | c3:1 | c3:1 |
        """,
        pace="100 at 0, 100 at 3.99, 80 at 4, 80 at 7.99, 125 at 8, 125 at 11.99, 100 at 12",
        played=True,
    ),
    Sample(
        "seven_eight_as_three_and_four",
        "7/8: the basses fall on the first and the fourth eighth; so beams join three and four, "
        "and a note over the fourth eighth is tied there.",
        """
        meter: 7/8
        right 1 | c5:8 d5 e5 f5 g5 f5 e5 | d5:8 e5:4. f5:4. | c5:4. d5:2 |
        left 1  | c3:4. g3:2 | b2:4. g3:2 | c3:4. g2:2 |
        """,
        """
        right 1 | [c5:8 d5 e5] [f5 g5 f5 e5] | d5:8 e5:4~ e5:8 f5:4. | c5:4. d5:2 |
        left 1  | c3:4. g3:2 | b2:4. g3:2 | c3:4. g2:2 |
        """,
        played=True,
    ),
    Sample(
        "five_four_as_two_and_three",
        "5/4: the basses fall on the first and the third quarter; so beams join two beats and "
        "three.",
        """
        meter: 5/4
        right 1 | c5:8 d5 e5 f5 g5 f5 e5 d5 c5 d5 | e5:2 c5:2. |
        left 1  | c3:2 g3:2. | g2:2 c3:2. |
        """,
        """
        right 1 | [c5:8 d5 e5 f5] [g5 f5 e5 d5 c5 d5] | e5:2 c5:2. |
        left 1  | c3:2 g3:2. | g2:2 c3:2. |
        """,
        played=True,
    ),
    Sample(
        "swing",
        "Eighths played long and short, beat after beat, are even eighths; the word Swing "
        "stands above the first bar.",
        """
        right 1 | c5:4t d5:8t e5:4t f5:8t g5:4t f5:8t e5:4t d5:8t | % | % | % | % | c5:1 |
        left 1  | c3:4 e3 g3 e3 | % | % | % | % | c3:1 |
        """,
        """
        tempo   | Swing 4=140 |  |  |  |  |  |
        right 1 | [c5:8 d5 e5 f5] [g5 f5 e5 d5] | [c5:8 d5 e5 f5] [g5 f5 e5 d5] |
        right 1 | [c5:8 d5 e5 f5] [g5 f5 e5 d5] | [c5:8 d5 e5 f5] [g5 f5 e5 d5] |
        right 1 | [c5:8 d5 e5 f5] [g5 f5 e5 d5] | c5:1 |
        """,
        played=True,
        pace="140 at 0",
    ),
    Sample(
        "triplets_do_not_swing",
        "Triplets of which all three notes are played stay triplets.",
        """
        right 1 | c5:8t d5 e5 f5 e5 d5 c5 d5 e5 f5 e5 d5 | % | % | c5:1 |
        left 1  | c3:4 e3 g3 e3 | % | % | c3:1 |
        """,
        """
        tempo   | Moderato 4=100 |  |  |  |
        right 1 | 3{[c5:8 d5 e5]} 3{[f5 e5 d5]} 3{[c5 d5 e5]} 3{[f5 e5 d5]} |
        right 1 | 3{[c5:8 d5 e5]} 3{[f5 e5 d5]} 3{[c5 d5 e5]} 3{[f5 e5 d5]} |
        right 1 | 3{[c5:8 d5 e5]} 3{[f5 e5 d5]} 3{[c5 d5 e5]} 3{[f5 e5 d5]} | c5:1 |
        """,
        played=True,
    ),
    Sample(
        "fermata",
        "The last chord, which the player lets stand, has a fermata on both staves.",
        """
        right 1 | c5:4 d5 e5 f5 | e5+g5:1 |
        left 1  | c3:2 g3 | c3:1 |
        """,
        """
        right 1 | c5:4 d5 e5 f5 | e5+g5:1^fermata |
        left 1  | c3:2 g3 | c3:1^fermata |
        """,
        played=True,
        pace="72 at 0",
    ),
)
