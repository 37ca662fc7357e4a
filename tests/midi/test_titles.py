"""Titles: what says what is played, and what only says by what, where or when."""

import pytest

from engrave.midi.key_presses import Text
from engrave.midi.smf import COPYRIGHT, TEXT, TRACK_NAME
from engrave.midi.titles import (
    copyright_line,
    find_title,
    labelled_text,
    readable,
    reads_like_a_title,
)

TITLES = [
    *("Träumerei", "Für Elise", "Bobby", "Song of the Hills", "Prelude #4", "Étude Op. 10 No. 3"),
    *("Grand Valse", "Track of the Fox", "Piano Sonata No. 14", "D 899", "Concert Waltz"),
    *("BWV 887", "Sonata No. 14", "K. 545", "Invention 1", "月光", "12 Variations on a Theme"),
]
LABELS = [
    *("6/29 1 ~ 3 e-Comp", "Track 1", "Grand Piano LH", "Violin II", "take.MID", "Piano (right)"),
    *(
        "2024-05-03 14.21",
        "MIDI 01",
        "Take 3",
        "untitled",
        "",
        "01",
        "3f2a9c1e77",
        "<none>",
        "A=440",
    ),
    *("Melody", "Bass", "Acoustic Grand Piano", "final mix v2", "x" * 200),
    *("Boesendorfer Grand Piano", "Bösendorfer Imperial", "Yamaha Disklavier", "Steinway D"),
    *("Roland FP-30", "Kawai CA-79", "Casio PX-160", "CP88", "Studio Grand", "Concert Grand"),
    *("Inst 1", "Track05", "Spur 1", "Digital Piano", "Pianoteq 7", "ORIG_MIDI_003", "REC0012"),
    "MIDI-Unprocessed_SMF_02_R1_2004_01-05_ORIG_MID--AUDIO_02_R1_2004_05_Track05_wav",
]


@pytest.mark.parametrize("name", TITLES)
def test_a_title(name):
    assert reads_like_a_title(name)


@pytest.mark.parametrize("name", LABELS)
def test_a_label(name):
    assert not reads_like_a_title(name)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("auld_lang_syne", "Auld lang syne"),
        ("bwv_887", "BWV 887"),
        ("clair-de-lune", "Clair de lune"),
        ("Für Elise", "Für Elise"),
        ("Jean-Marie's waltz", "Jean-Marie's waltz"),
    ],
)
def test_names_of_files_are_made_readable(name, written):
    assert readable(name) == written


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("twinkle_twinkle-little-star.mid", "Twinkle twinkle little star"),
        ("a/b/MyFirstSong.MID", "My First Song"),
        ("twinkleTwinkle.mid", "Twinkle twinkle"),
        ("Jean-Marie's waltz.mid", "Jean-Marie's waltz"),
        ("20240131_123456.mid", ""),
        ("Piano_Take_2.mid", ""),
        ("ORIG_MIDI_003.mid", ""),
    ],
)
def test_without_a_better_one_the_name_of_the_file_is_the_title(file, title):
    assert find_title(names((1, "Boesendorfer Grand Piano")), {1}, file) == title


def names(*texts):
    return [Text(track, TRACK_NAME, text) for track, text in texts]


def test_the_first_track_names_the_sequence():
    assert find_title(names((1, "Bobby"), (2, "Right hand")), {2}, "take.mid") == "Bobby"
    assert find_title(names((1, "Bobby"), (2, "Bobby")), {1, 2}, "take.mid") == "Bobby"


def test_the_first_of_several_players_does_not():
    assert find_title(names((1, "Anna"), (2, "Ben")), {1, 2}, "our_waltz.mid") == "Our waltz"


def test_the_name_of_the_file_stands_in_for_a_label():
    label = names((1, "6/29 1 ~ 3 e-Comp"))
    assert find_title(label, {1}, "/music/the_blue_danube.mid") == "The blue danube"
    assert find_title(label, {1}, "C:\\takes\\our_waltz.mid") == "Our waltz"
    assert find_title(label, {1}, "take.mid") == ""
    assert find_title(label, {1}, "MIDI data") == ""


def test_what_texts_say_of_themselves():
    texts = [
        Text(1, TEXT, "Title: Air"),
        Text(1, TEXT, "Composed by J. S. Bach"),
        Text(1, TEXT, "Recorded on: 3 May 2024"),
        Text(1, COPYRIGHT, "(c) 2024 Somebody"),
        *names((1, "Bobby")),
    ]
    assert find_title(texts, {1}, "take.mid") == "Air"
    assert labelled_text(texts, "composer") == "J. S. Bach"
    assert labelled_text(texts, "date") == "3 May 2024"
    assert copyright_line(texts) == "(c) 2024 Somebody"
    assert find_title([Text(1, TEXT, "@TYesterday")], {1}, "") == "Yesterday"
