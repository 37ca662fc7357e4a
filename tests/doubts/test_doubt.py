"""How a doubt is said: in a word, in shares, and on what ground."""

from dataclasses import replace

import pytest

from engrave.doubts.doubt import Choice, Doubt, Doubts, HardBar, explain_doubts


def doubt(written: float, *others: float, **details) -> Doubt:
    """Of a meter: 3/4 with this share of belief, then 6/8, 4/4, 2/4, 9/8."""
    names = ("6/8", "4/4", "2/4", "9/8")
    choices = (
        Choice(name, share, f"--meter {name}") for name, share in zip(names, others, strict=False)
    )
    return Doubt(Choice("3/4", written, "--meter 3/4"), tuple(choices), **details)


SURE = doubt(1.0)


def said(name: str, doubted: Doubt) -> str:
    """The line about one of the questions."""
    questions = dict.fromkeys(("tempo", "meter", "barlines", "key"), SURE) | {name: doubted}
    (line,) = [
        line
        for line in explain_doubts(Doubts(**questions, hard_bars=(), correction=None))
        if line.startswith(f"{name}: ")
    ]
    return line.removeprefix(f"{name}: ")


@pytest.mark.parametrize(
    ("written", "other", "word"),
    [
        (0.9, 0.1, "sure"),
        (0.8, 0.2, "probably"),
        (0.9, 0.11, "probably"),
        (0.79, 0.21, "probably"),
        (0.6, 0.4, "probably"),
        (0.59, 0.41, "a guess"),
        (0.1, 0.9, "a guess"),
        (0.4, 0.04, "sure"),  # as if there were no third way
    ],
)
def test_a_word_for_how_sure_it_is_against_the_next_best(written, other, word):
    assert doubt(written, other).word == word


def test_what_is_alone_or_given_is_sure():
    assert (doubt(0.3).sure, doubt(0.3).word) == (1.0, "sure")
    given = doubt(0.1, 0.9, given=True)
    assert (given.sure, given.word) == (1.0, "as you said")


def test_it_is_no_surer_than_its_ground():
    meter, tempo = doubt(0.9, 0.1), doubt(0.5, 0.5)
    shaken = meter.standing_on("tempo", tempo)
    assert (shaken.word, shaken.stands_on) == ("a guess", "tempo")
    assert shaken.sure == 0.9  # against other meters


def test_a_ground_that_changes_no_word_is_not_named():
    probable = doubt(0.7, 0.3)
    for ground in (doubt(0.9, 0.1), doubt(0.61, 0.39), SURE):
        assert probable.standing_on("tempo", ground) == probable


def test_a_ground_may_be_shaken_itself():
    """The barlines stand on a meter that is sure but for the tempo on which it stands."""
    meter = doubt(0.9, 0.1).standing_on("tempo", doubt(0.65, 0.35))
    barlines = doubt(1.0, 0.0).standing_on("meter", meter)
    assert (meter.word, barlines.word) == ("probably", "probably")
    assert barlines.stands_on == "meter"


def test_what_the_user_said_shakes_nothing():
    assert SURE.standing_on("tempo", doubt(0.1, 0.9, given=True)) == SURE


@pytest.mark.parametrize(
    ("doubted", "line"),
    [
        (SURE, "3/4, sure"),
        (doubt(0.7, 0.3), "3/4, probably (70%; 6/8 30%)"),
        (doubt(0.6, 0.2, 0.2), "3/4, probably (75%; 6/8 25%)"),
        (doubt(0.1, 0.9, given=True), "3/4, as you said"),
        (
            doubt(0.9, 0.1).standing_on("tempo", doubt(0.5, 0.5)),
            "3/4, a guess (90%; 6/8 10%; no surer than the tempo)",
        ),
    ],
)
def test_shares_are_those_of_the_two_likeliest(doubted, line):
    assert said("meter", doubted) == line


def test_of_tempi_three_others_are_named():
    line = said("tempo", doubt(0.4, 0.2, 0.1, 0.1, 0.2))
    assert line == "3/4, probably (50%; 6/8 25%, 4/4 12%, 2/4 12%)"


def test_the_lines_are_in_the_order_of_the_questions():
    lines = explain_doubts(Doubts(SURE, SURE, SURE, SURE, hard_bars=(), correction=None))
    assert [line.partition(":")[0] for line in lines] == [
        *("tempo", "meter", "barlines", "key", "hardest bars"),
        "correction that would matter most",
    ]
    assert lines[4:] == [
        "hardest bars: none stands out",
        "correction that would matter most: none seems needed",
    ]


def test_hard_bars_are_named_with_their_time_and_reason():
    bars = HardBar(12, 30.04, 0.3, "the rhythm"), HardBar(0, 0.0, 0.4, "the barline")
    lines = explain_doubts(Doubts(SURE, SURE, SURE, SURE, hard_bars=bars, correction=None))
    assert lines[4] == (
        "hardest bars: 12 (at 30.0 s): the rhythm; the pickup (at 0.0 s): the barline"
    )


@pytest.mark.parametrize(
    ("where", "wanted"), [("", "--key G"), ("a good ear", "--key G with a good ear")]
)
def test_a_correction_is_an_option_and_what_belongs_to_it(where, wanted):
    best = Choice("G major", 0.5, "--key G", where)
    lines = explain_doubts(Doubts(SURE, SURE, SURE, SURE, hard_bars=(), correction=best))
    assert lines[-1] == f"correction that would matter most: {wanted}"


def test_a_doubt_on_another_ground_is_the_same_in_all_else():
    shaken = doubt(0.9, 0.1).standing_on("tempo", doubt(0.5, 0.5))
    assert replace(shaken, stands_on="", ground=1.0) == doubt(0.9, 0.1)
