"""From placed notes to measures: ties, voices, pickups, signatures and marks."""

import random
from fractions import Fraction
from pathlib import Path

import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.marks import Dynamic, TempoMark
from engrave.music.note import Note
from engrave.music.performance import Performance
from engrave.music.score import Score
from engrave.music.values import NoteValue, TimeSignature
from engrave.notation.measures import PartMarks, Signs
from engrave.output.musicxml.document import write_musicxml
from engrave.rhythm.durations import settle_durations
from tests.conftest import Judge
from tests.support.evidence import blank
from tests.support.judge import check
from tests.support.notation import (
    grid_of,
    measures,
    pedalled,
    performance_of,
    placed,
    random_pedal,
    written,
)
from tests.support.notes import notate_piano, on_staves


def test_a_note_over_a_barline_is_tied_and_stays_one_key_press() -> None:
    score = written("C5 0 1; E5 1 9; D5 10 2", grid_of("4/4", "4/4", "4/4"))
    assert measures(score) == [
        ["1: C5 q E5~ h."],
        ["1: ~E5~ w"],
        ["1: ~E5 h D5 h"],
    ]
    heads = [
        head
        for measure in score.parts[0].measures
        for event in measure.voices[0].events
        for head in event.heads
    ]
    assert [head.played for head in heads] == [(0,), (1,), (1,), (1,), (2,)]


def test_the_staff_without_notes_rests_for_whole_measures() -> None:
    measure = written("C5 0 3", grid_of("3/4"), staff=1).parts[0].measures[0]
    (rest,) = measure.voices[1].events
    assert measure.voices[1].staff == 2
    assert (rest.whole_measure, rest.length, rest.value) == (3, 3, NoteValue("whole"))


def test_measures_are_numbered_from_a_pickup_on() -> None:
    whole = written("C5 0 4", grid_of("4/4", "4/4")).parts[0].measures
    assert [(m.number, m.length) for m in whole] == [(1, 4), (2, 4)]
    pickup = written("G4 0 1; C5 1 4", grid_of("4/4", pickup="1")).parts[0].measures
    assert [(m.number, m.length) for m in pickup] == [(0, 1), (1, 4)]
    assert pickup[0].time == TimeSignature(4, 4) and pickup[1].time is None


def test_a_pickup_is_counted_from_its_barline() -> None:
    """It begins on the half of the second beat: the middle of the bar comes an eighth later."""
    score = written("G4 0 1; C5 5/2 4", grid_of("4/4", pickup="5/2"))
    assert measures(score)[0] == ["1: G4~ e ~G4 e re rq"]


def test_time_signatures_stand_where_they_change() -> None:
    notes = "C5 0 2; C5 2 3; C5 5 3; C5 8 2"
    score = written(notes, grid_of("2/4", "3/4", "6/8", "2/4"))
    assert [(m.time.beats, m.time.beat_type) for m in score.parts[0].measures] == [
        (2, 4),
        (3, 4),
        (6, 8),
        (2, 4),
    ]
    score = written("C5 0 2; C5 2 2", grid_of("2/4", "2/4"))
    assert [m.time is None for m in score.parts[0].measures] == [False, True]


def test_marks_stand_in_their_bars_and_the_key_at_the_beginning() -> None:
    tempo = TempoMark(Fraction(0), NoteValue("quarter"), 80, "Andante")
    loudness = [Dynamic(Fraction(0), "mf"), Dynamic(Fraction(4), "p")]
    signs = Signs(parts=(PartMarks((tempo, *loudness)),))
    score = notate_piano(placed("C5 0 4; C5 4 4"), grid_of("4/4", "4/4"), signs)
    first, second = (m.marks for m in score.parts[0].measures)
    assert first == (tempo, loudness[0])
    assert second == (Dynamic(Fraction(0), "p"),)
    assert score.parts[0].measures[0].key is not None
    assert score.parts[0].measures[1].key is None


def test_two_voices_have_their_own_numbers_on_each_staff() -> None:
    text = "G5 0 1; C5 0 2; A5 1 1"
    assert measures(written(text, grid_of("2/4"), "121")) == [["1: G5 q A5 q", "2: C5 h"]]
    assert measures(written(text, grid_of("2/4"), "121", staff=2)) == [["5: G5 q A5 q", "6: C5 h"]]


def test_a_second_voice_that_is_alone_in_a_measure_becomes_the_first() -> None:
    score = written("G5 0 2; C5 0 2; D5 2 2", grid_of("2/4", "2/4"), "122")
    assert measures(score) == [["1: G5 h", "2: C5 h"], ["1: D5 h"]]


def test_but_not_where_a_tie_binds_it_to_a_measure_of_two() -> None:
    grid = grid_of("2/4", "2/4")
    assert measures(written("G5 0 2; C5 0 3; D5 3 1", grid, "122")) == [
        ["1: G5 h", "2: C5~ h"],
        ["2: ~C5 q D5 q"],
    ]
    assert measures(written("D5 0 3; G5 3 1; C5 3 1", grid, "212")) == [
        ["2: D5~ h"],
        ["1: rq G5 q", "2: ~D5 q C5 q"],
    ]


# Meters and pickups of random scores; each bar is repeated so often.
FRAMES = [
    (("2/4",), "0"),
    (("3/4",), "1"),
    (("4/4",), "1/2"),
    (("6/8",), "1/2"),
    (("12/8",), "0"),
    (("2/2",), "3"),
    (("3/8",), "1/4"),
    (("9/8", "4/4"), "0"),
    (("4/4", "3/4", "6/8"), "3/2"),
]


def random_notes(chance: random.Random, grid: Grid) -> list[Note]:
    """Notes on a random division of each beat, in two voices of each staff."""
    rows: list[tuple[Fraction, bool, int, int, int, Fraction]] = []
    bars = [bar for bar in grid.bars if chance.random() < 0.85]
    for bar in bars:
        for line in [(1, 1), (2, 1), (1, 2), (2, 2)][: chance.choice((1, 2, 2, 3, 4))]:
            rows += random_line(chance, bar, *line)
    rows = rows or [(Fraction(0), False, 60, 1, 1, Fraction(1))]
    rows.sort(key=lambda row: (row[0], not row[1], row[2]))
    notes = [Note(k, key, o, n, grace) for k, (o, grace, key, _, _, n) in enumerate(rows)]
    return on_staves(notes, [row[3] for row in rows], [row[4] for row in rows])


def random_line(chance: random.Random, bar: Bar, staff: int, voice: int) -> list[tuple]:
    """The chords of one voice in a bar: rows of onset, grace, key, staff, voice, length held."""
    rows = []
    start = bar.end - bar.length // bar.beat_length * bar.beat_length
    places = [] if start == bar.start else [bar.start]
    while start < bar.end:
        division = chance.choice((1, 3, 6, 2, 4) if bar.compound else (1, 1, 2, 4, 3, 6, 5))
        steps = (start + bar.beat_length * Fraction(k, division) for k in range(division))
        places += [place for place in steps if chance.random() < 0.7]
        start += bar.beat_length
    middle = {1: 72, 2: 48}[staff] - 5 * voice
    for place in places:
        held = bar.beat_length * Fraction(chance.choice((1, 1, 2, 3, 4, 8, 12)), 4)
        keys = [
            chance.randint(middle - 12, middle + 12) for _ in range(chance.choice((1, 1, 2, 4)))
        ]
        rows += [(place, False, key, staff, voice, held) for key in keys]
        if chance.random() < 0.08:
            rows.append((place, True, keys[0] + 1, staff, voice, Fraction(0)))
    return rows


def random_score(seed: int) -> tuple[Score, Performance]:
    chance = random.Random(seed)
    meters, pickup = FRAMES[seed % len(FRAMES)]
    grid = grid_of(*(meter for meter in meters for _ in range(3)), pickup=pickup)
    notes = random_notes(chance, grid)
    settled = settle_durations(notes, blank(len(notes)), grid)
    score = notate_piano(settled, grid, pedalled(random_pedal(chance, grid)))
    return score, performance_of(notes, grid)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(len(FRAMES)))
def test_random_notes_make_sound_scores(start: int) -> None:
    for seed in range(start, 30 * len(FRAMES), len(FRAMES)):
        score, performance = random_score(seed)
        assert check(score, performance) == [], f"seed {seed}"


@pytest.mark.parametrize("seed", range(len(FRAMES)))
def test_musescore_reads_random_scores_as_they_are_meant(
    seed: int, tmp_path: Path, musescore_judge: Judge
) -> None:
    path = tmp_path / "random.musicxml"
    path.write_bytes(write_musicxml(random_score(seed)[0]))
    assert musescore_judge(path) == []
