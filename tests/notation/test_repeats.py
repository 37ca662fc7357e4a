"""Repeat signs: what is played twice alike is folded, and nothing else."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.marks import Dynamic, Hairpin, PedalMark
from engrave.music.performance import Performance, PlayedNote
from engrave.music.score import Chord, Notehead, Part, Score
from engrave.music.values import NoteValue
from engrave.notation.repeats import OTHERWISE, fold_repeats
from tests.support.judge import check
from tests.support.scores import BASS, TREBLE, measure, opening, pitch, rest, voice, whole_rest

HALF = NoteValue("half")
TUNE = [f"{step}{octave}" for octave in (4, 5, 6) for step in "CDEFGAB"]


def tune(text, marks=None, **details):
    """Each letter a bar of its own: two half notes, counted through as key presses."""
    bars = []
    for k, letter in enumerate(text):
        names = TUNE[ord(letter) - ord("a")], TUNE[(ord(letter) - ord("a") + 3) % len(TUNE)]
        heads = [Notehead(pitch(name), (2 * k + j,)) for j, name in enumerate(names)]
        chords = [Chord(Fraction(2 * j), HALF, (head,)) for j, head in enumerate(heads)]
        first = opening() if k == 0 else {}
        content = (voice(1, *chords), voice(5, rest("2"), rest("2")))
        bars.append(measure(k + 1, *content, marks=(marks or {}).get(k, ()), **first))
    return Score((Part("Piano", 2, tuple(bars)),), **details)


def played(score):
    """Somebody plays what is written, bar by bar."""
    heads = {
        head.played[0]: head.pitch.midi
        for bar in score.parts[0].measures
        for content in bar.voices
        for chord in content.events
        if isinstance(chord, Chord)
        for head in chord.heads
    }
    return Performance(tuple(PlayedNote(i / 2, i / 2 + 0.4, heads[i], 64) for i in sorted(heads)))


def signs(score):
    """The barlines as text: "|:" and ":|" around so many bars, [1] and [2] before endings."""
    text, ending = "", 0
    for bar in score.parts[0].measures:
        if bar.ending != ending and bar.ending:
            text += f"[{bar.ending}]"
        ending = bar.ending
        text += "|:" * bar.forward + "." + ":|" * bar.backward
    return text


def fold(text, **details):
    score = tune(text, **details)
    folded = fold_repeats(score)
    assert check(folded, played(score)) == []
    return folded


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("abcdefgh" * 2, "........:|"),
        ("abcdefgh" * 2 + "ijkl", "........:|...."),
        ("ijkl" + "abcdefgh" * 2, "....|:........:|"),
        ("abcdefgh" * 2 + "ijklmnop" * 2, "........:||:........:|"),
        ("abcdefgh" + "abcdefgi", ".......[1].:|[2]."),
        ("abcdefgh" + "abcdefij" + "kl", "......[1]..:|[2]...."),
        ("abcdefghij" * 2, "..........:|"),
        ("abcd" * 2 + "efgh" * 2, "................"),  # too short
        ("abcdefgh" + "abcdijkl", "................"),  # too unlike
        ("abcdefghijkl", "............"),
        ("aabcdefgh" + "abcdefghi", ".................."),  # no section begins within a phrase
        ("a", "."),
    ],
)
def test_what_is_folded(text, written):
    assert signs(fold(text)) == written


def test_the_noteheads_name_the_key_presses_of_both_times():
    score = fold("abcdefgh" * 2 + "ij")
    heads = [
        head.played
        for bar in score.parts[0].measures
        for content in bar.voices
        for chord in content.events
        if isinstance(chord, Chord)
        for head in chord.heads
    ]
    assert heads == [*((i, i + 16) for i in range(16)), *((i,) for i in range(32, 36))]
    assert score.order == (*range(8), *range(8), 8, 9)
    assert [bar.number for bar in score.parts[0].measures] == list(range(1, 11))


def test_the_order_of_playing_leaves_out_the_first_ending():
    assert fold("abcdefgh" + "abcdefgi").order == (*range(8), *range(7), 8)


def test_a_note_more_or_less_is_no_other_section():
    score = tune("abcdefgh" * 2)
    bars = list(score.parts[0].measures)
    first, second = bars[12].voices[0].events
    wrong = replace(second.heads[0], pitch=pitch("C2"))
    other = voice(1, first, replace(second, heads=(wrong,)))
    bars[12] = replace(bars[12], voices=(other, bars[12].voices[1]))
    changed = replace(score, parts=(replace(score.parts[0], measures=tuple(bars)),))
    assert signs(fold_repeats(changed)) == "................"  # half of a bar is other music
    bars = [replace(bar, voices=_with_many(bar.voices)) for bar in score.parts[0].measures]
    changed = replace(score, parts=(replace(score.parts[0], measures=tuple(bars)),))
    more = replace(bars[12].voices[0].events[0].heads[0], pitch=pitch("C2"), played=(99,))
    chord = bars[12].voices[0].events[0]
    chord = replace(chord, heads=(more, *chord.heads))
    bars[12] = replace(
        bars[12],
        voices=(voice(1, chord, *bars[12].voices[0].events[1:]), bars[12].voices[1]),
    )
    changed = replace(score, parts=(replace(score.parts[0], measures=tuple(bars)),))
    folded = fold_repeats(changed)
    assert signs(folded) == "........:|"
    assert [(left.played, left.reason) for left in folded.unwritten] == [(99, OTHERWISE)]


def _with_many(voices):
    """Each half as two quarters: a note more is one of five."""
    quarters = []
    for chord in voices[0].events:
        quarters += [replace(chord, value=NoteValue("quarter"))] * 2
    return voice(1, *quarters), voices[1]


def test_nothing_is_folded_over_a_tie():
    score = tune("abcdefgh" * 2)
    bars = list(score.parts[0].measures)
    last = bars[7].voices[0].events
    first = bars[8].voices[0].events
    tied = replace(last[1].heads[0], tied_to=True)
    held = replace(tied, tied_to=False, tied_from=True)
    bars[7] = replace(
        bars[7], voices=(voice(1, last[0], replace(last[1], heads=(tied,))), bars[7].voices[1])
    )
    bars[8] = replace(
        bars[8], voices=(voice(1, replace(first[0], heads=(held,)), first[1]), bars[8].voices[1])
    )
    changed = replace(score, parts=(replace(score.parts[0], measures=tuple(bars)),))
    assert check(changed) == []
    assert fold_repeats(changed) is changed


def test_marks_that_are_cut_are_mended():
    at = Fraction
    marks = {
        0: (Dynamic(at(0), "p"),),
        6: (Hairpin(at(0), "crescendo"), PedalMark(at(0), "start")),
        8: (Hairpin(at(0), "stop"), Dynamic(at(0), "f"), PedalMark(at(2), "stop")),
        15: (PedalMark(at(2), "start"),),
        16: (PedalMark(at(0), "stop"), Dynamic(at(0), "p")),
    }
    folded = fold("abcdefgh" * 2 + "ij", marks=marks)
    left = [(bar.number, mark) for bar in folded.parts[0].measures for mark in bar.marks]
    assert left == [
        (1, Dynamic(at(0), "p")),
        (7, PedalMark(at(0), "start")),
        (8, PedalMark(at(4), "stop")),
    ]


def test_parts_are_folded_together_or_not_at_all():
    score = tune("abcdefgh" * 2)
    flute = Part("Flute", 1, tuple(_bar_of_rest(k) for k in range(16)))
    duo = replace(score, parts=(*score.parts, flute))
    assert [len(part.measures) for part in fold_repeats(duo).parts] == [8, 8]
    other = tune("abcdefgh" + "ijklmnop").parts[0]
    assert fold_repeats(replace(score, parts=(*score.parts, other))).order == ()


def _bar_of_rest(k):
    first = {**opening(), "clefs": (TREBLE,)} if k == 0 else {}
    return measure(k + 1, voice(1, whole_rest(4)), **first)


def test_clefs_are_the_same_at_both_times():
    score = tune("abcdefgh" * 2)
    bars = list(score.parts[0].measures)
    bars[10] = replace(bars[10], clefs=(replace(BASS, staff=1),))
    changed = replace(score, parts=(replace(score.parts[0], measures=tuple(bars)),))
    assert fold_repeats(changed) is changed
