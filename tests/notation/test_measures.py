"""From placed notes to measures: ties, chords, voices, grace notes, pickups, pedals."""

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from engrave.music.grid import Bar, Grid
from engrave.music.marks import Dynamic, PedalMark, TempoMark
from engrave.music.note import Note, PedalNotation, PedalSpan, PedalWord
from engrave.music.performance import Performance, PlayedNote
from engrave.music.score import Chord, Measure, Score, Unwritten
from engrave.music.values import NoteValue, TimeSignature
from engrave.notation.measures import PartMarks, Signs
from engrave.output.musicxml.document import write_musicxml
from engrave.rhythm.durations import settle_durations
from tests.conftest import Judge
from tests.notation.test_note_values import LETTERS
from tests.support.evidence import blank
from tests.support.judge import check
from tests.support.notes import notate_piano, on_staves
from tests.support.scores import pitch

DOWN, UP = "start", "stop"


def grid_of(*meters: str, pickup: str = "0") -> Grid:
    """A bar of each meter, two quarters a second; a pickup to the first one may stand before."""
    signatures = [tuple(map(int, meter.split("/"))) for meter in meters]
    lengths = [Fraction(4 * beats, beat_type) for beats, beat_type in signatures]
    if Fraction(pickup):
        signatures, lengths = [signatures[0], *signatures], [Fraction(pickup), *lengths]
    bars, place = [], Fraction(0)
    for (beats, beat_type), length in zip(signatures, lengths, strict=True):
        bars.append(Bar(place, length, beats, beat_type))
        place += length
    places = [Fraction(0), *(bar.end for bar in bars)]
    return Grid(tuple(float(place) / 2 for place in places), tuple(places), tuple(bars))


def placed(text: str) -> list[Note]:
    """ "C4 0 1/2": a key, onset and length in quarters; length 0 is a grace note; ";" between."""
    notes = []
    for k, word in enumerate(text.split(";")):
        name, onset, length = word.split()
        grace = length == "0"
        notes.append(Note(k, pitch(name).midi, Fraction(onset), Fraction(length), grace))
    return notes


def written(text: str, grid: Grid, voices: str = "", staff: int = 1, pedal: str = "") -> Score:
    """The score of notes on one staff (the other one rests), and of pedal spans "0 2; 2 4"."""
    notes = placed(text)
    standing = on_staves(notes, staff, [int(number) for number in voices] or 1)
    spans = (PedalSpan(*map(Fraction, span.split())) for span in pedal.split(";") if span)
    score = notate_piano(standing, grid, pedalled(PedalNotation(tuple(spans))))
    assert check(score, performance_of(notes, grid)) == []
    return score


def pedalled(pedals: PedalNotation) -> Signs:
    return Signs(parts=(PartMarks(pedals=pedals),))


def performance_of(notes: Sequence[Note], grid: Grid) -> Performance:
    """Someone plays the notes in time; those of one place in the order in which they are numbered.

    The notes must be numbered in the order of their onsets.
    """
    rows = sorted(notes, key=lambda note: note.played)
    onsets = [float(grid.time_at(note.onset)) + note.played / 1e6 for note in rows]
    return Performance(
        tuple(
            PlayedNote(onset, onset + 0.1 + float(note.duration) / 2, note.pitch, 64)
            for onset, note in zip(onsets, rows, strict=True)
        )
    )


def in_small(measure: Measure) -> list[str]:
    """Each voice that does not rest throughout: "1: C4+E4 q~ G4 q rh" (graces in brackets)."""
    lines = []
    for voice in measure.voices:
        words = []
        for event in voice.events:
            letter = LETTERS[event.value.type] + "." * event.value.dots
            if not isinstance(event, Chord):
                words.append("r" + letter)
                continue
            names = "+".join(
                "~" * head.tied_from + f"{head.pitch.step}{head.pitch.octave}" + "~" * head.tied_to
                for head in event.heads
            )
            words.append(f"({names})" if event.grace else f"{names} {letter}")
        if any(isinstance(event, Chord) for event in voice.events):
            lines.append(f"{voice.number}: {' '.join(words)}")
    return lines


def measures(score: Score) -> list[list[str]]:
    return [in_small(measure) for measure in score.parts[0].measures]


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


def test_chords_stand_from_low_to_high() -> None:
    score = written("G5 0 2; C5 0 2; E5 0 2; B4 2 2", grid_of("4/4"))
    assert measures(score) == [["1: C5+E5+G5 h B4 h"]]


def test_the_same_key_twice_at_one_place_is_written_once_and_said() -> None:
    score = written("C5 0 2; C5 0 2; D5 2 2", grid_of("4/4"))
    assert measures(score) == [["1: C5 h D5 h"]]
    assert score.unwritten == (Unwritten(1, "pressed twice at one written place"),)


def test_grace_notes_stand_before_their_chord() -> None:
    score = written("B4 1 0; C5 1 1; D5 2 0; E5 2 0; F5 2 2", grid_of("4/4"))
    assert measures(score) == [["1: rq (B4) C5 q (D5) (E5) F5 h"]]
    grace = score.parts[0].measures[0].voices[0].events[1]
    assert grace.onset == 1 and grace.length == 0


def test_a_grace_note_before_a_tied_note_stands_once() -> None:
    assert measures(written("B4 3 0; C5 3 5", grid_of("4/4", "4/4"))) == [
        ["1: rh rq (B4) C5~ q"],
        ["1: ~C5 w"],
    ]


def test_a_key_below_all_notation_is_not_written_and_said() -> None:
    notes = [
        Note(0, 10, Fraction(0), Fraction(0), grace=True),
        Note(1, 9, Fraction(0), Fraction(4)),
    ]
    grid = grid_of("4/4")
    score = notate_piano(on_staves(notes, 2), grid)
    assert check(score, performance_of(notes, grid)) == []
    assert [entry.played for entry in score.unwritten] == [0, 1]


def test_a_grace_note_goes_with_a_note_that_cannot_be_written() -> None:
    notes = [
        Note(0, 12, Fraction(0), Fraction(0), grace=True),
        Note(1, 10, Fraction(0), Fraction(4)),
    ]
    grid = grid_of("4/4")
    score = notate_piano(on_staves(notes, 2), grid)
    assert check(score, performance_of(notes, grid)) == []


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


def pedals(score: Score) -> list[tuple[int, Fraction, str]]:
    return [
        (measure.number, mark.onset, mark.kind)
        for measure in score.parts[0].measures
        for mark in measure.marks
        if isinstance(mark, PedalMark)
    ]


def test_pedal_marks_move_to_where_something_starts_on_the_lower_staff() -> None:
    text = "C3 0 2; G3 2 2; C3 4 4"
    score = written(text, grid_of("4/4", "4/4"), staff=2, pedal="1/3 7/3; 7/3 11/3")
    assert pedals(score) == [(1, 0, DOWN), (1, 2, UP), (1, 2, DOWN), (2, 0, UP)]


def test_the_last_pedal_goes_up_at_the_end() -> None:
    score = written("C3 0 4; C3 4 4", grid_of("4/4", "4/4"), staff=2, pedal="0 8")
    assert pedals(score) == [(1, 0, DOWN), (2, 4, UP)]


def test_a_pedal_that_ends_with_the_score_starts_with_its_last_note_at_the_latest() -> None:
    score = written("C3 0 4; C3 4 2; G3 6 2", grid_of("4/4", "4/4"), staff=2, pedal="7 8")
    assert pedals(score) == [(2, 2, DOWN), (2, 4, UP)]


def test_but_a_place_up_to_which_plain_rests_lead_is_kept() -> None:
    score = written("C3 0 4; C3 4 4", grid_of("4/4", "4/4"), staff=2, pedal="1/4 5/2; 5/2 4")
    assert pedals(score) == [
        *[(1, Fraction(1, 4), DOWN), (1, Fraction(5, 2), UP)],
        *[(1, Fraction(5, 2), DOWN), (2, 0, UP)],
    ]


def test_a_pedal_too_short_or_too_far_from_a_note_is_left_out() -> None:
    """A whole note that stands alone: nothing starts within a quarter of the middle."""
    grid = grid_of("4/4", "4/4")
    assert pedals(written("C3 0 4; C3 4 4", grid, staff=2, pedal="0 1/3; 7/3 4")) == []


def test_an_editors_pedal_stands_in_brackets_and_an_abridged_one_is_not_seen() -> None:
    notes, grid = placed("C3 0 4; C3 4 4; C3 8 4"), grid_of("4/4", "4/4", "4/4")
    spans = (
        *(PedalSpan(Fraction(a), Fraction(b)) for a, b in ((0, 4), (4, 6))),
        PedalSpan(Fraction(8), Fraction(12), shown=False),
    )
    pedal = PedalNotation(spans, (PedalWord(Fraction(8), "simile"),), bracketed=True)
    score = notate_piano(on_staves(notes, 2), grid, pedalled(pedal))
    assert check(score, performance_of(notes, grid)) == []
    shown = [m.shown for bar in score.parts[0].measures for m in bar.marks if hasattr(m, "shown")]
    assert shown == [True] * 4 + [False] * 2
    words = [
        (m.words, b.number) for b in score.parts[0].measures for m in b.marks if hasattr(m, "words")
    ]
    assert words == [("[Ped.]", 1), ("simile", 3)]


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


def random_pedal(chance: random.Random, grid: Grid) -> PedalNotation:
    places = sorted({Fraction(chance.randrange(int(4 * grid.bars[-1].end))) / 4 for _ in range(12)})
    spans = [
        PedalSpan(a, b, chance.random() < 0.8) for a, b in pairwise(places) if chance.random() < 0.7
    ]
    return PedalNotation(tuple(spans), bracketed=chance.random() < 0.2)


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
