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
from engrave import reading
from engrave.doubts import Doubt, Doubts, describe, find_doubts
from engrave.grid import Bar, Grid, Tap
from engrave.listen import Evidence
from engrave.score import KeySignature, Score, TempoMark, TimeSignature
from engrave.transcribe import Corrections, Transcription, transcribe
from samples import FOLDER, names
from tests.plain import TUNES, midi_of
from tests.playing import even_grid, play, press
from tests.scores import QUARTER, chord, head, measure, opening, piano, rest, voice, whole_rest

BARS, BEATS, SECONDS = 8, 3, 0.5
NOTES = BARS * BEATS
FIRST_IN_BAR = np.arange(NOTES) % BEATS == 0
THREE_FOUR = reading.METERS.index((3, False))
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
    nearest = int(np.argmin(np.abs(reading.PACES - np.log(seconds))))
    return mostly(nearest, len(reading.PACES), share)


def heard(**changes: np.ndarray) -> Evidence:
    """Evidence that agrees with the waltz, except for what is given."""
    agreed = {
        "onbeat": np.full(NOTES, YES),
        "downbeat": np.where(FIRST_IN_BAR, YES, NO),
        "phase": mostly(0, len(reading.PHASES) + 1),
        "index": mostly(np.arange(NOTES) % BEATS, 8),
        "meter": mostly(THREE_FOUR, len(reading.METERS) + 1),
        "unit": mostly(1, 4),
        "value": mostly(reading.VALUES.index(1.0), len(reading.VALUES) + 1),
        "upper": np.full(NOTES, YES),
        "voice": mostly(0, 4),
        "fifth": mostly(15, 35),
        "key": mostly(7, 15),
        "pace": pace(SECONDS),
        "flags": np.full((NOTES, len(reading.FLAGS)), NO),
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


def doubts_of(evidence: Evidence, **corrections) -> Doubts:
    performance = play([press(SECONDS * i, (60, 64, 67)[i % 3]) for i in range(NOTES)])
    grid = even_grid(3, 4, bars=BARS, seconds=SECONDS)
    return find_doubts(
        Transcription(performance, grid, waltz(), evidence, Corrections(**corrections))
    )


def questions(doubts: Doubts) -> dict[str, Doubt]:
    return {name: getattr(doubts, name) for name in ("tempo", "meter", "barlines", "key")}


def others(doubt: Doubt) -> dict[str, float]:
    return {choice.words: choice.likely for choice in doubt.others}


def test_all_is_sure_where_the_reader_agrees():
    doubts = doubts_of(heard())
    assert {doubt.word for doubt in questions(doubts).values()} == {"sure"}
    assert doubts.meter.written.words == "3/4"
    assert doubts.meter.written.likely == pytest.approx(0.9 * 0.9)
    assert doubts.key.written.likely == pytest.approx(0.9)
    assert (doubts.hard_bars, doubts.correction) == ((), None)
    lines = describe(doubts)
    assert lines[0].startswith("tempo: quarter = 120, sure (9")
    assert lines[3].startswith("key: C major, sure (99%; ")
    assert lines[-2:] == [
        "hardest bars: none stands out",
        "correction that would matter most: none seems needed",
    ]


def test_all_numbers_are_probabilities():
    for evidence in (heard(), heard(pace=pace(2 * SECONDS), downbeat=np.zeros(NOTES))):
        for doubt in questions(doubts_of(evidence)).values():
            shares = [doubt.sure, doubt.written.likely, *others(doubt).values()]
            assert all(0 <= share <= 1 for share in shares)
            assert sum(shares[1:]) < 1 + 1e-9
            assert shares[2:] == sorted(shares[2:], reverse=True)


# The tempo


@pytest.mark.parametrize(
    ("beat", "words", "tempo"),
    [
        (2.0, "half as fast", 60),
        (3.0, "a third as fast", 40),
        (1 / 2, "twice as fast", 240),
        (1 / 3, "three times as fast", 360),
    ],
)
def test_the_reader_felt_another_beat(beat, words, tempo):
    """Its beat is so many times as long, and every other note on our beats sounds like none."""
    evidence = heard(pace=pace(beat * SECONDS), onbeat=np.tile([YES, NO], NOTES // 2))
    doubts = doubts_of(evidence)
    assert doubts.tempo.word == "a guess"
    assert doubts.tempo.others[0].words == words
    assert doubts.correction is not None
    assert doubts.correction.option == f"--tempo {tempo}"
    assert describe(doubts)[-1] == f"correction that would matter most: --tempo {tempo}"


def test_a_slower_beat_is_unlikely_where_every_beat_sounds_like_one():
    slow = pace(2 * SECONDS, share=0.6)
    every_other = heard(pace=slow, onbeat=np.tile([YES, NO], NOTES // 2))
    every = heard(pace=slow, onbeat=np.full(NOTES, YES))
    likely = [doubts_of(e).tempo.written.likely for e in (every_other, every)]
    assert likely[1] > 1.5 * likely[0]


def test_a_faster_beat_is_unlikely_where_notes_between_the_beats_sound_like_none():
    """Here every other note stands half a beat after its neighbour."""
    doubled = [
        measure(n, voice(1, *(chord("8", head("C4", 6 * (n - 1) + k)) for k in range(6))),
                voice(5, whole_rest(3)), **(opening(3) if n == 1 else {}),
                marks=(TempoMark(Fraction(0), QUARTER, 120),) if n == 1 else ())
        for n in range(1, 5)
    ]  # fmt: skip
    performance = play([press(SECONDS / 2 * i) for i in range(NOTES)])
    grid = even_grid(3, 4, bars=4, seconds=SECONDS)
    likely = []
    for between in (YES, NO):
        evidence = heard(pace=pace(SECONDS / 2), onbeat=np.tile([YES, between], NOTES // 2))
        made = Transcription(performance, grid, piano(*doubled), evidence, Corrections())
        likely.append(find_doubts(made).tempo.written.likely)
    assert likely[0] < 0.1
    assert likely[1] > likely[0] * 2


def test_no_tempo_is_proposed_that_nobody_feels():
    slow = replace(waltz().parts[0].measures[0], marks=(TempoMark(Fraction(0), QUARTER, 20),))
    (part,) = waltz().parts
    score = piano(slow, *part.measures[1:])
    performance = play([press(3.0 * i) for i in range(NOTES)])
    grid = even_grid(3, 4, bars=BARS, seconds=3.0)
    made = Transcription(performance, grid, score, heard(pace=pace(3.0)), Corrections())
    faster = {"twice as fast", "three times as fast", "four times as fast"}
    assert set(others(find_doubts(made).tempo)) == faster


# Meter, barlines, key


def test_the_reader_heard_another_meter():
    four = reading.METERS.index((4, False))
    doubts = doubts_of(heard(meter=mostly(four, len(reading.METERS) + 1, share=0.6)))
    assert (doubts.meter.word, doubts.meter.others[0].words) == ("a guess", "4/4")
    assert doubts.correction is not None and doubts.correction.option == "--meter 4/4"


def test_a_compound_meter_has_its_own_name():
    six = reading.METERS.index((2, True))
    evidence = heard(meter=mostly(six, len(reading.METERS) + 1), unit=mostly(2, 4))
    assert doubts_of(evidence).meter.others[0].words == "6/8"


@pytest.mark.parametrize(
    ("shift", "words", "places"),
    [(1, "one beat later", "0.5 s, 2.0 s"), (2, "one beat earlier", "1.0 s, 2.5 s")],
)
def test_the_downbeats_sound_elsewhere(shift, words, places):
    doubts = doubts_of(heard(downbeat=np.where(np.roll(FIRST_IN_BAR, shift), YES, NO)))
    assert (doubts.barlines.word, doubts.barlines.others[0].words) == ("a guess", words)
    assert describe(doubts)[-1] == (
        f"correction that would matter most: --beats FILE with downbeats {words}, at {places}, ..."
    )


def test_barlines_right_in_one_half_are_half_sure():
    """In the last four bars the downbeats sound a beat later."""
    downbeat = np.where(FIRST_IN_BAR, YES, NO)
    downbeat[NOTES // 2 :] = np.roll(downbeat, 1)[NOTES // 2 :]
    doubts = doubts_of(heard(downbeat=downbeat))
    assert 0.3 < doubts.barlines.written.likely < 0.7
    assert 0.3 < others(doubts.barlines)["one beat later"] < 0.7


def test_barlines_are_no_surer_than_the_meter_and_the_meter_than_the_tempo():
    doubts = doubts_of(heard(pace=pace(SECONDS / 2)))
    assert [doubt.word for doubt in questions(doubts).values()] == [*["a guess"] * 3, "sure"]
    assert doubts.meter.sure > 0.9 and doubts.barlines.sure > 0.9
    lines = describe(doubts)
    assert lines[1].endswith("; no surer than the tempo)")
    assert lines[2].endswith("; no surer than the meter)")
    said = describe(doubts_of(heard(pace=pace(SECONDS / 2)), tempo=120.0))
    assert not any("no surer" in line for line in said)


def test_the_reader_heard_another_key():
    doubts = doubts_of(heard(key=mostly(8, 15)))
    assert (doubts.key.word, doubts.key.others[0].words) == ("a guess", "G major")
    assert doubts.correction is not None and doubts.correction.option == '--key "G major"'


def test_a_doubtful_tempo_comes_before_a_doubtful_key():
    evidence = heard(pace=pace(SECONDS / 2), key=mostly(8, 15))
    assert describe(doubts_of(evidence))[-1].endswith("--tempo 240")


def test_a_piece_of_one_short_bar_has_its_barline():
    """A single upbeat of one quarter: no bar is full."""
    upbeat = measure(
        0, voice(1, chord("4", head("C4", 0))), voice(5, rest("4")), **opening(3),
        marks=(TempoMark(Fraction(0), QUARTER, 120),),
    )  # fmt: skip
    bar = Bar(Fraction(0), Fraction(1), 3, 4)
    grid = Grid((0.0, SECONDS), (Fraction(0), Fraction(1)), (bar,))
    made = Transcription(play([press(0)]), grid, piano(upbeat), heard(), Corrections())
    assert find_doubts(made).barlines.others == ()


# Hard bars


@pytest.mark.parametrize(
    ("name", "doubtful", "reason"),
    [
        ("phase", mostly(6, len(reading.PHASES) + 1), "the rhythm"),
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
    assert describe(doubts_of(heard(**{name: said})))[-2] == (
        f"hardest bars: 6 (at 7.5 s): {reason}"
    )


def test_at_most_five_bars_are_named_and_taps_help_where_many_are_hard():
    said = mostly(6, len(reading.PHASES) + 1)
    said[-3:] *= 2
    doubts = doubts_of(heard(phase=said))
    assert len(doubts.hard_bars) == 5
    assert doubts.hard_bars[0].number == 8
    assert describe(doubts)[-1].endswith(
        "--beats FILE with taps along, above all around bar 8 (at 10.5 s)"
    )


# What the user said


def test_what_the_user_said_is_no_doubt():
    four = reading.METERS.index((4, False))
    evidence = heard(
        pace=pace(SECONDS / 2),
        meter=mostly(four, len(reading.METERS) + 1),
        key=mostly(8, 15),
    )
    known = {"tempo": 120.0, "meter": TimeSignature(3, 4), "key": KeySignature(0)}
    doubts = doubts_of(evidence, **known)
    assert [name for name, d in questions(doubts).items() if d.given] == ["tempo", "meter", "key"]
    assert describe(doubts)[1] == "meter: 3/4, as you said"
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
    assert len(describe(doubts)) == 6
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
