"""Words under the notes: where syllables stand, and how they are parted."""

import time

import pytest

from engrave.midi.key_presses import Channel, KeyPress, Syllable, TrackChannel
from engrave.midi.lyrics import match_syllables

TICKS = 96  # of a quarter note; a syllable may stand 12 of them beside its note


def press(onset: int, pitch: int = 60, track: int = 1) -> KeyPress:
    line = TrackChannel(track, Channel(0, 0))
    return KeyPress(onset, onset + 90, pitch, 64, line, 0, cut=False)


def words(*texts: str) -> list[tuple[str, str]]:
    """What a note each is given of these texts: the syllable and its place in the word."""
    ticks = range(0, TICKS * len(texts), TICKS)
    syllables = [Syllable(tick, 1, text) for tick, text in zip(ticks, texts, strict=True)]
    found = dict(match_syllables(syllables, [press(tick) for tick in ticks], TICKS))
    return [(found[k].text, found[k].syllabic) for k in sorted(found)]


def places(syllables: list[Syllable], presses: list[KeyPress]) -> list[int]:
    return [index for index, _ in match_syllables(syllables, presses, TICKS)]


def test_a_hyphen_says_that_the_word_goes_on():
    assert words("Stil-", "le", "Nacht") == [
        *(("Stil", "begin"), ("le", "end"), ("Nacht", "single")),
    ]
    assert [place for _, place in words("hei-", "li-", "ge", "Nacht")] == [
        *("begin", "middle", "end", "single"),
    ]


def test_where_spaces_part_the_words_what_has_none_goes_on():
    """As in .kar files: the space before a word, or behind it."""
    before = words("Stil", "le", " Nacht")
    behind = words("Stil", "le ", "Nacht ")
    assert before == behind == [("Stil", "begin"), ("le", "end"), ("Nacht", "single")]


@pytest.mark.parametrize("sign", ["/", "\\", "\r", "\n"])
def test_a_new_line_begins_a_word(sign):
    assert words("Nacht", f"{sign}Al", "les ") == [
        *(("Nacht", "single"), ("Al", "begin"), ("les", "end")),
    ]


def test_without_any_space_each_syllable_is_a_word():
    assert words("da", "da", "da") == [("da", "single")] * 3


def test_the_last_syllable_ends_its_word():
    assert words(" A", "men") == [("A", "begin"), ("men", "end")]


@pytest.mark.parametrize("empty", ["", " ", "-", "/", " - "])
def test_what_holds_no_letters_is_left_out(empty):
    assert [text for text, _ in words("la", empty, "lu ")] == ["la", "lu"]


@pytest.mark.parametrize(("beside", "stands"), [(0, True), (12, True), (-12, True), (13, False)])
def test_a_syllable_stands_at_a_note_that_is_near(beside, stands):
    syllables = [Syllable(TICKS + beside, 1, "la")]
    assert places(syllables, [press(TICKS)]) == ([0] if stands else [])


def test_of_two_notes_the_nearer_one_is_sung():
    assert places([Syllable(7, 1, "la")], [press(0), press(12)]) == [1]
    assert places([Syllable(5, 1, "la")], [press(0), press(12)]) == [0]


def test_a_long_song_takes_no_longer_for_each_syllable():
    ticks = range(0, 10_000 * TICKS, TICKS)
    syllables, presses = [Syllable(tick, 1, "la") for tick in ticks], [press(t) for t in ticks]
    start = time.perf_counter()
    assert places(syllables, presses) == list(range(10_000))
    assert time.perf_counter() - start < 2  # looking at every note takes much longer


def test_of_a_chord_the_highest_note_of_the_own_track_is_sung():
    chord = [press(0, 48), press(0, 64), press(0, 72, track=2)]
    assert places([Syllable(0, 1, "la")], chord) == [1]
    assert places([Syllable(0, 2, "la")], chord) == [2]
    assert places([Syllable(0, 3, "la")], chord) == [2]  # a track of words alone


def test_where_nobody_plays_or_sings_there_are_no_words():
    assert places([Syllable(0, 1, "la")], []) == []
    assert places([], [press(0)]) == []


def test_a_word_goes_on_over_a_syllable_without_a_note():
    """The second syllable stands far from any; the third is still no new word."""
    syllables = [Syllable(0, 1, "A-"), Syllable(48, 1, "-"), Syllable(TICKS, 1, "men")]
    found = list(match_syllables(syllables, [press(0), press(TICKS)], TICKS))
    assert [(i, lyric.text, lyric.syllabic) for i, lyric in found] == [
        *((0, "A", "begin"), (1, "men", "end")),
    ]
