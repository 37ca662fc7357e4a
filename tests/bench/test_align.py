"""Pages of other programs find their key presses by pitch and order alone."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import engrave
from bench.pages.align import align, align_to_performance
from bench.pages.page import Page, PageNote
from bench.pages.read_musicxml import read_page
from engrave.output.musicxml.document import write_musicxml
from samples import FOLDER, names

LETTERS = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G"}


def page_of(*notes: tuple[float, int] | tuple[float, int, int]) -> Page:
    """A page of quarter notes: (onset, pitch) or (onset, pitch, played)."""
    return Page(
        tuple(
            PageNote(
                Fraction(onset),
                Fraction(1),
                pitch,
                LETTERS[pitch],
                0,
                4,
                1,
                1,
                *(played or (None,)),
            )
            for onset, pitch, *played in notes
        ),
        (),
    )


def played(page: Page) -> list[int | None]:
    return [note.played for note in page.notes]


def test_notes_of_one_key_press_are_a_pair():
    truth = page_of((0, 60, 5), (1, 62), (2, 64, 7), (3, 65, 8))
    estimate = page_of((0, 64, 7), (1, 60, 5), (2, 62))
    assert align(truth, estimate) == [(0, 1), (2, 0)]


def test_each_note_stands_in_one_pair():
    assert align(page_of((0, 60, 1)), page_of((0, 60, 1), (1, 60, 1))) == [(0, 0)]
    assert align(page_of((0, 60, 1), (1, 60, 1)), page_of((0, 60, 1))) == [(0, 0)]


def test_the_order_within_a_chord_does_not_matter():
    page = page_of((0, 60), (0, 64), (0, 67), (1, 62))
    onsets, pitches = np.array([0.0, 0.01, 0.02, 0.6]), np.array([67, 60, 64, 62])
    assert played(align_to_performance(page, onsets, pitches)) == [1, 2, 0, 3]


def test_of_repeated_notes_the_missing_one_is_found_by_time():
    """Three of four C's are written, between a D, an E and an F that say where."""
    page = page_of((0, 62), (1, 60), (2, 64), (3, 60), (4, 60), (5, 65))
    onsets = np.array([0, 0.5, 1.0, 1.25, 1.5, 2.0, 2.5])
    pitches = np.array([62, 60, 64, 60, 60, 60, 65])
    found = played(align_to_performance(page, onsets, pitches))
    assert found == [0, 1, 2, 4, 5, 6]


def test_a_note_that_was_not_played_has_no_key_press():
    page = page_of((0, 60), (1, 62), (1, 65), (2, 64))
    found = align_to_performance(page, np.array([0, 0.5, 1.0]), np.array([60, 62, 64]))
    assert played(found) == [0, 1, None, 2]


def test_nothing_in_common():
    empty = Page((), ())
    assert align_to_performance(empty, np.array([0.0]), np.array([60])) == empty
    strange = align_to_performance(page_of((0, 60)), np.array([0.0]), np.array([61]))
    assert played(strange) == [None]


@pytest.mark.parametrize("dropped", [0, 0.05])
def test_our_own_page_finds_its_key_presses_again(dropped):
    """At least 99 of 100, also when some notes are not on the page."""
    files = (FOLDER / f"{name}.mid" for name in names())
    score = engrave.transcribe(max(files, key=lambda file: file.stat().st_size))
    page = read_page(write_musicxml(score))
    kept = np.random.default_rng(1).random(len(page.notes)) >= dropped
    true = [note for note, keep in zip(page.notes, kept, strict=True) if keep]
    bare = Page(tuple(replace(note, played=None) for note in true), page.bars)
    onsets = np.array([note.onset for note in score.performance.notes])
    pitches = np.array([note.pitch for note in score.performance.notes])
    found = align_to_performance(bare, onsets, pitches)
    right = [a.played == b.played for a, b in zip(true, found.notes, strict=True)]
    assert len(right) > 100
    assert np.mean(right) > 0.99
