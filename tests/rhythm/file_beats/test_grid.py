"""Whether a file counts the beats of its music: tunes by programs, to a click, and free."""

from dataclasses import replace

import pytest

from engrave.midi.read import read_midi
from engrave.music.performance import Performance
from engrave.rhythm.file_beats.grid import FREE_FIT, fit_file_grid
from samples.tunes import Tune, line, midi_of
from tests.support.plain import TUNES

TUNE = TUNES["ode, alberti"]


def played(tune: Tune = TUNE, bpm: float = 100, jitter: float = 0.0, **says) -> Performance:
    return read_midi(midi_of(tune, bpm, jitter, **says))


def moved(performance: Performance, seconds: float) -> Performance:
    """All notes so much later, against the same grid."""
    return replace(
        performance,
        notes=tuple(
            replace(note, onset=note.onset + seconds, release=note.release + seconds)
            for note in performance.notes
        ),
    )


@pytest.mark.parametrize("name", TUNES)
def test_notes_on_the_places_of_simple_rhythms_are_exact(name: str) -> None:
    assert fit_file_grid(played(TUNES[name])).kind == "exact"


@pytest.mark.parametrize("jitter", [0.008, 0.015])
def test_hands_that_follow_a_click_are_as_uneven_as_they_are(jitter: float) -> None:
    fit = fit_file_grid(played(jitter=jitter))
    assert fit.kind == "click"
    assert 0.6 * jitter < fit.jitter < 1.7 * jitter
    assert abs(fit.late) < 0.011


@pytest.mark.parametrize("late", [-0.03, 0.03])
def test_a_recorder_may_be_late_as_a_whole(late: float) -> None:
    fit = fit_file_grid(moved(played(jitter=0.006), late))
    assert fit.kind == "click"
    assert fit.late == pytest.approx(late, abs=0.008)


def test_a_recorder_that_counts_another_tempo_is_free() -> None:
    assert fit_file_grid(played(bpm=87, jitter=0.012, says=120)) == FREE_FIT


def test_of_a_few_notes_nobody_knows_whether_there_was_a_click() -> None:
    five = played(Tune(line("60 62 64 65 67"), [], (4, 4)), jitter=0.008)
    assert fit_file_grid(five) == FREE_FIT
    assert fit_file_grid(played(Tune(line("60"), [], (4, 4)))).kind == "exact"


def test_a_file_that_counts_in_seconds_has_no_grid() -> None:
    assert fit_file_grid(replace(played(), grid=None)) == FREE_FIT


def test_hours_of_silence_are_not_on_a_grid() -> None:
    for second, kind in ((1000, "exact"), (1200, "free")):
        tune = Tune([(0, 1, 60), (second, 1, 64)], [], (4, 4))
        assert fit_file_grid(played(tune)).kind == kind


def test_the_user_knows_better() -> None:
    assert fit_file_grid(played(), "free") == FREE_FIT
    another_tempo = played(bpm=87, jitter=0.012, says=120)
    assert fit_file_grid(another_tempo, "file").kind == "click"
    assert fit_file_grid(played(), "file").kind == "exact"
