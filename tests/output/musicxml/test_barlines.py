"""Barlines in MusicXML: where the music ends, changes its key, and is repeated."""

from dataclasses import replace

from engrave.music.score import Score
from engrave.music.values import KeySignature
from tests.support import scores
from tests.support.scores import chord, head, measure, opening, piano, voice, whole_rest
from tests.support.xml import texts, tree_of


def test_a_double_barline_stands_before_a_new_key():
    score = scores.pickup()
    bars = score.parts[0].measures
    changed = replace(bars[1], key=KeySignature(2)), replace(bars[2], key=KeySignature(2, "minor"))
    part = replace(score.parts[0], measures=(bars[0], *changed))
    bars = tree_of(replace(score, parts=(part,))).iterfind(".//measure")
    assert [texts(bar, "barline/bar-style") for bar in bars] == [
        *(["light-light"], [], ["light-heavy"])
    ]


def barlines(score: Score) -> list[list[str]]:
    """The barlines of each measure, as "left: heavy-light, ending start 1, repeat forward"."""

    def say(barline) -> str:
        signs = []
        for sign in barline:
            facts = [sign.get(name, "") for name in ("type", "number", "direction")]
            signs.append(" ".join(filter(None, [sign.text or sign.tag, *facts])))
        return f"{barline.get('location')}: {', '.join(signs)}"

    return [[say(one) for one in bar.iterfind("barline")] for bar in tree_of(score).iter("measure")]


def test_repeats_look_to_each_other_and_endings_have_their_brackets():
    """A bar that is played twice after another one, then one with two endings."""
    assert barlines(scores.repeated()) == [
        [],
        ["left: heavy-light, repeat forward", "right: light-heavy, repeat backward"],
        ["left: heavy-light, repeat forward"],
        ["left: ending start 1", "right: light-heavy, ending stop 1, repeat backward"],
        ["left: ending start 2", "right: ending discontinue 2"],
        ["right: light-heavy"],
    ]


def test_the_bracket_of_an_ending_goes_over_all_its_measures():
    def bar(number: int, **details):
        notes = voice(1, chord("1", head("C5", number)))
        return measure(number, notes, voice(5, whole_rest(4)), **details)

    score = piano(
        bar(1, **opening()),
        bar(2, ending=1),
        bar(3, ending=1, backward=True),
        bar(4, ending=2),
        bar(5, ending=2),
    )
    assert barlines(score) == [
        [],
        ["left: ending start 1"],
        ["right: light-heavy, ending stop 1, repeat backward"],
        ["left: ending start 2"],
        ["right: light-heavy, ending discontinue 2"],
    ]


def test_a_left_barline_stands_before_and_a_right_one_after_everything_else():
    second = list(tree_of(scores.repeated()).iter("measure"))[1]
    assert (second[0].get("location"), second[-1].get("location")) == ("left", "right")


def test_the_same_key_in_another_mode_needs_no_double_barline():
    score = scores.pickup()
    first, second, third = score.parts[0].measures
    for fifths, styles in ((0, []), (-1, ["light-light"])):
        turned = replace(second, key=KeySignature(fifths, "minor"))
        part = replace(score.parts[0], measures=(first, turned, third))
        bar = tree_of(replace(score, parts=(part,))).find(".//measure")
        assert texts(bar, "barline/bar-style") == styles
