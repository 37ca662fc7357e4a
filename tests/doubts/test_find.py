"""How sure the reading is, on eight bars whose evidence is made by hand.

A waltz in C at quarter = 120: C4, E4, G4 on the beats of eight bars of 3/4, the upper staff only.
The reader made of it what is written, unless a test says otherwise.
"""

import warnings
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import engrave
from engrave.doubts.doubt import Doubt, Doubts, explain_doubts
from engrave.doubts.find import find_doubts
from engrave.listening import heads
from engrave.listening.evidence import Evidence
from engrave.music.grid import Bar, Grid, Tap
from engrave.music.hypotheses import Hypotheses
from engrave.music.marks import TempoMark
from engrave.music.score import Score
from engrave.music.values import KeySignature, TimeSignature
from engrave.options import Options
from engrave.pipeline import Transcription, transcribe
from samples import FOLDER, names
from samples.tunes import midi_of
from tests.support.plain import TUNES
from tests.support.playing import even_grid, play, press
from tests.support.scores import (
    QUARTER,
    chord,
    head,
    measure,
    opening,
    piano,
    rest,
    voice,
    whole_rest,
)

BARS, BEATS, SECONDS = 8, 3, 0.5
NOTES = BARS * BEATS
FIRST_IN_BAR = np.arange(NOTES) % BEATS == 0
THREE_FOUR = heads.METERS.index((3, False))
YES, NO = 3.0, -3.0  # log odds: 95 and 5 %


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def mostly(classes: np.ndarray | int, count: int, share: float = 0.9) -> np.ndarray:
    """Log probabilities for each note: `share` for its class, the rest for all others alike."""
    rows = np.full((NOTES, count), (1 - share) / (count - 1))
    rows[np.arange(NOTES), classes] = share
    return np.log(rows)


def pace(seconds: float, share: float = 0.9) -> np.ndarray:
    nearest = int(np.argmin(np.abs(heads.LOG_BEAT_SECONDS - np.log(seconds))))
    return mostly(nearest, len(heads.LOG_BEAT_SECONDS), share)


def heard(**changes: np.ndarray) -> Evidence:
    """Evidence that agrees with the waltz, except for what is given."""
    agreed = {
        "onbeat": np.full(NOTES, YES),
        "downbeat": np.where(FIRST_IN_BAR, YES, NO),
        "phase": mostly(0, len(heads.PHASES) + 1),
        "index": mostly(np.arange(NOTES) % BEATS, 8),
        "meter": mostly(THREE_FOUR, len(heads.METERS) + 1),
        "unit": mostly(1, 4),
        "value": mostly(heads.VALUES.index(1.0), len(heads.VALUES) + 1),
        "upper": np.full(NOTES, YES),
        "voice": mostly(0, 4),
        "fifth": mostly(15, 35),
        "key": mostly(7, 15),
        "pace": pace(SECONDS),
        "flags": np.full((NOTES, len(heads.FLAGS)), NO),
        **dict.fromkeys(("pedal_down", "pedal_press", "pedal_lift"), np.full(NOTES, NO)),
    }
    return Evidence(**agreed | changes)


def waltz() -> Score:
    bars = []
    for number in range(1, BARS + 1):
        heads = [head(name, BEATS * (number - 1) + k) for k, name in enumerate(("C4", "E4", "G4"))]
        facts = opening(3) if number == 1 else {}
        marks = (TempoMark(Fraction(0), QUARTER, 120),) if number == 1 else ()
        melody = voice(1, *(chord("4", h) for h in heads))
        bars.append(measure(number, melody, voice(5, whole_rest(3)), marks=marks, **facts))
    return piano(*bars)


SURE = Hypotheses(
    speeds={1.0: 0.9, 0.5: 0.06, 2.0: 0.04},
    meters={"3/4": 0.9, "6/8": 0.1},
    shifts={0: 0.9, 1: 0.06, 2: 0.04},
    keys={0: 0.9, 1: 0.1},
)


def doubts_of(evidence: Evidence | None = None, likely: Hypotheses = SURE, **options) -> Doubts:
    performance = play([press(SECONDS * i, (60, 64, 67)[i % 3]) for i in range(NOTES)])
    grid = even_grid(3, 4, bars=BARS, seconds=SECONDS)
    known = Options(**options)
    return find_doubts(
        Transcription(performance, grid, waltz(), evidence or heard(), known, likely)
    )


def questions(doubts: Doubts) -> dict[str, Doubt]:
    return {name: getattr(doubts, name) for name in ("tempo", "meter", "barlines", "key")}


def others(doubt: Doubt) -> dict[str, float]:
    return {choice.words: choice.likely for choice in doubt.others}


def test_all_is_sure_where_no_other_way_is_likely():
    doubts = doubts_of()
    assert {doubt.word for doubt in questions(doubts).values()} == {"sure"}
    assert (doubts.hard_bars, doubts.correction) == ((), None)
    assert explain_doubts(doubts) == [
        "tempo: quarter = 120, sure (90%; half as fast 6%, twice as fast 4%)",
        "meter: 3/4, sure (90%; 6/8 10%)",
        "barlines: as written, sure (94%; one beat later 6%)",
        "key: C major, sure (90%; G major 10%)",
        "hardest bars: none stands out",
        "correction that would matter most: none seems needed",
    ]


def test_nothing_is_doubted_where_there_was_nothing_to_choose():
    doubts = doubts_of(likely=Hypotheses())
    assert all(doubt.others == () and doubt.sure == 1 for doubt in questions(doubts).values())
    assert doubts.meter.written.words == "3/4" and doubts.key.written.words == "C major"


@pytest.mark.parametrize(
    ("speed", "words", "tempo"),
    [
        (1 / 2, "half as fast", 60),
        (1 / 3, "a third as fast", 40),
        (2.0, "twice as fast", 240),
        (4.0, "four times as fast", 480),
    ],
)
def test_another_tempo_is_proposed_where_it_is_nearly_as_likely(speed, words, tempo):
    doubts = doubts_of(likely=replace(SURE, speeds={1.0: 0.52, speed: 0.48}))
    assert doubts.tempo.word == "a guess"
    assert doubts.tempo.others[0].words == words
    assert explain_doubts(doubts)[-1] == f"correction that would matter most: --tempo {tempo}"


def test_another_meter_is_proposed_where_it_is_nearly_as_likely():
    doubts = doubts_of(likely=replace(SURE, meters={"3/4": 0.5, "4/4": 0.4, "6/8": 0.1}))
    assert (doubts.meter.word, doubts.meter.others[0].words) == ("a guess", "4/4")
    assert doubts.correction is not None and doubts.correction.option == "--meter 4/4"


@pytest.mark.parametrize(
    ("shift", "words", "places"),
    [(1, "one beat later", "0.5 s, 2.0 s"), (2, "one beat earlier", "1.0 s, 2.5 s")],
)
def test_other_barlines_are_proposed_by_their_places(shift, words, places):
    doubts = doubts_of(likely=replace(SURE, shifts={0: 0.5, shift: 0.45, 3 - shift: 0.05}))
    assert (doubts.barlines.word, doubts.barlines.others[0].words) == ("a guess", words)
    assert explain_doubts(doubts)[-1] == (
        f"correction that would matter most: --beats FILE with downbeats {words}, at {places}, ..."
    )


def test_barlines_are_no_surer_than_the_meter_and_the_meter_than_the_tempo():
    unsure = replace(SURE, speeds={1.0: 0.5, 2.0: 0.5})
    doubts = doubts_of(likely=unsure)
    assert [doubt.word for doubt in questions(doubts).values()] == [*["a guess"] * 3, "sure"]
    assert doubts.meter.sure >= 0.9 and doubts.barlines.sure > 0.9
    lines = explain_doubts(doubts)
    assert lines[1].endswith("; no surer than the tempo)")
    assert lines[2].endswith("; no surer than the meter)")
    said = explain_doubts(doubts_of(likely=unsure, tempo=120.0))
    assert not any("no surer" in line for line in said)


def test_another_key_is_proposed_where_it_is_nearly_as_likely():
    doubts = doubts_of(likely=replace(SURE, keys={0: 0.5, 1: 0.45, -1: 0.05}))
    assert (doubts.key.word, doubts.key.others[0].words) == ("a guess", "G major")
    assert doubts.correction is not None and doubts.correction.option == '--key "G major"'


def test_a_doubtful_tempo_comes_before_a_doubtful_key():
    unsure = replace(SURE, speeds={1.0: 0.5, 2.0: 0.5}, keys={0: 0.5, 1: 0.5})
    assert explain_doubts(doubts_of(likely=unsure))[-1].endswith("--tempo 240")


def test_a_piece_of_one_short_bar_has_its_barline():
    """A single upbeat of one quarter: no bar is full."""
    upbeat = measure(
        0, voice(1, chord("4", head("C4", 0))), voice(5, rest("4")), **opening(3),
        marks=(TempoMark(Fraction(0), QUARTER, 120),),
    )  # fmt: skip
    bar = Bar(Fraction(0), Fraction(1), 3, 4)
    grid = Grid((0.0, SECONDS), (Fraction(0), Fraction(1)), (bar,))
    made = Transcription(play([press(0)]), grid, piano(upbeat), heard(), Options(), SURE)
    lines = explain_doubts(find_doubts(made))
    assert lines[2].startswith("barlines: as written, sure (94%; ")


# Hard bars


@pytest.mark.parametrize(
    ("name", "doubtful", "reason"),
    [
        ("phase", mostly(6, len(heads.PHASES) + 1), "the rhythm"),
        ("downbeat", np.where(FIRST_IN_BAR, NO, YES), "the barline"),
        ("upper", np.full(NOTES, NO), "which hand plays what"),
    ],
)
def test_a_hard_bar(name, doubtful, reason):
    """Bar 6 sounds unlike what is written in it; it begins with the sixteenth note, at 7.5 s."""
    said = getattr(heard(), name).copy()
    said[15:18] = 2 * doubtful[15:18]
    (bar,) = doubts_of(heard(**{name: said})).hard_bars
    assert (bar.number, bar.seconds, bar.reason) == (6, 7.5, reason)
    assert bar.agreement < 0.5
    assert explain_doubts(doubts_of(heard(**{name: said})))[-2] == (
        f"hardest bars: 6 (at 7.5 s): {reason}"
    )


def test_at_most_five_bars_are_named_and_taps_help_where_many_are_hard():
    said = mostly(6, len(heads.PHASES) + 1)
    said[-3:] *= 2
    doubts = doubts_of(heard(phase=said))
    assert len(doubts.hard_bars) == 5
    assert doubts.hard_bars[0].number == 8
    assert explain_doubts(doubts)[-1].endswith(
        "--beats FILE with taps along, above all around bar 8 (at 10.5 s)"
    )


# What the user said


def test_what_the_user_said_is_no_doubt():
    unsure = Hypotheses(
        {1.0: 0.5, 2.0: 0.5}, {"3/4": 0.5, "4/4": 0.5}, {0: 0.9, 1: 0.1}, {0: 0.5, 1: 0.5}
    )
    known = {"tempo": 120.0, "meter": TimeSignature(3, 4), "key": KeySignature(0)}
    doubts = doubts_of(likely=unsure, **known)
    assert [name for name, d in questions(doubts).items() if d.given] == ["tempo", "meter", "key"]
    assert explain_doubts(doubts)[1] == "meter: 3/4, as you said"
    assert doubts.correction is None


def test_taps_say_the_tempo_and_with_downbeats_the_bars():
    plain = doubts_of(heard(), beats=[Tap(0.5 * i) for i in range(NOTES)])
    marked = doubts_of(heard(), beats=[Tap(0.5 * i, i % 3 == 0) for i in range(NOTES)])
    given = [[n for n, d in questions(doubts).items() if d.given] for doubts in (plain, marked)]
    assert given == [["tempo"], ["tempo", "meter", "barlines"]]


# On the whole path


@pytest.mark.parametrize(
    "notes",
    [
        [press(0)],
        [press(0), press(36000, 64)],
        [press(0, 5), press(1, 7)],
        [press(2, pitch) for pitch in range(21, 109)],
    ],
    ids=["one note", "ten hours apart", "too low to be written", "all keys at once"],
)
def test_there_is_something_to_say_of_anything(notes):
    doubts = find_doubts(transcribe(play(notes)))
    assert len(explain_doubts(doubts)) == 6
    assert all(0 <= doubt.sure <= 1 for doubt in questions(doubts).values())


@pytest.mark.parametrize("name", names())
def test_what_is_written_is_the_first_of_the_hypotheses(name):
    score = engrave.transcribe(FOLDER / f"{name}.mid", weights="free")
    for question, doubt in questions(score.doubts).items():
        shares = [doubt.written.likely, *others(doubt).values()]
        assert shares == sorted(shares, reverse=True), question


@pytest.mark.parametrize(("jitter", "kind"), [(0.0, "exact"), (0.012, "click")])
def test_bars_on_the_grid_of_a_file_are_as_sure_as_their_hypotheses(jitter, kind):
    score = engrave.transcribe(midi_of(TUNES["silent night"], 108, jitter, (3, 4)), weights="free")
    assert score.on_grid == kind
    doubts = score.doubts
    assert (doubts.tempo.word, doubts.tempo.others) == ("sure", ())
    assert (doubts.meter.written.words, doubts.meter.word) == ("3/4", "sure")
    assert doubts.barlines.word == "sure"
    shares = [doubts.meter.written.likely, *others(doubts.meter).values()]
    assert sum(shares) == pytest.approx(1)
