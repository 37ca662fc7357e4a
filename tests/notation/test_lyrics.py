"""Under which chords the words stand that are sung."""

from dataclasses import replace

from engrave.music.performance import Lyric
from engrave.music.score import Chord, Score
from engrave.notation.lyrics import with_lyrics
from tests.support import scores
from tests.support.scores import chord, head, measure, opening, piano, rest, voice, whole_rest


def sung(score: Score, **words: str) -> list[list[str]]:
    """What stands under the chords of each voice ("" nothing); `p3="la"` is sung to press 3."""
    lyrics = {int(press[1:]): Lyric(text) for press, text in words.items()}
    return [
        [
            event.lyric.text if event.lyric else ""
            for event in one.events
            if isinstance(event, Chord)
        ]
        for part in with_lyrics(score, lyrics).parts
        for bar in part.measures
        for one in bar.voices
    ]


def test_each_syllable_stands_under_the_chord_of_its_press() -> None:
    assert sung(scores.eight_notes(), p0="Ro-", p2="se", p4="blüh") == [
        *(["Ro-", "se", ""], [""], ["blüh", "", ""], [""])
    ]


def test_a_tied_note_has_its_syllable_where_it_begins() -> None:
    assert sung(scores.tied_over_the_barline(), p0="A", p1="men") == [
        *(["A"], [], ["", "men", ""], [])
    ]


def test_a_grace_note_has_none() -> None:
    leading, main = chord("8", head("D5", 0), grace=True), chord("2", head("C5", 1))
    score = piano(measure(1, voice(1, leading, main), voice(5, whole_rest(2)), **opening(2)))
    assert sung(score, p0="o", p1="la") == [["", "la"], []]


def test_a_chord_takes_the_syllable_of_its_lowest_note_that_has_one() -> None:
    triad = chord("2", head("C5", 0), head("E5", 1), head("G5", 2))
    score = piano(measure(1, voice(1, triad), voice(5, whole_rest(2)), **opening(2)))
    assert sung(score, p2="high", p1="middle") == [["middle"], []]


def test_a_bar_that_is_written_once_keeps_the_words_of_the_first_time() -> None:
    twice = chord("2", replace(head("C5", 0), played=(0, 5)))
    score = piano(measure(1, voice(1, twice), voice(5, rest("2")), **opening(2)))
    assert sung(score, p0="first", p5="second") == [["first"], []]


def test_a_syllable_of_a_note_that_is_not_written_is_left_out() -> None:
    assert sung(scores.eight_notes(), p99="lost") == sung(scores.eight_notes())


def test_the_place_in_the_word_is_kept_and_each_part_has_its_words() -> None:
    made = with_lyrics(scores.duo(), {0: Lyric("ho", "begin"), 1: Lyric("sanna", "end")})
    first = [part.measures[0].voices[0].events[0].lyric for part in made.parts]
    assert first == [Lyric("ho", "begin"), Lyric("sanna", "end")]
