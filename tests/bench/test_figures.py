"""Beats, meter, key, spelling, hands and voices of tiny pages against each other."""

from dataclasses import replace

import numpy as np
import pytest

from bench.metrics.beats import BeatFigures, beat_figures
from bench.metrics.meter import MeterFigures, meter_figures
from bench.metrics.voices import VoiceFigures, voice_figures
from bench.pages.page import Page
from tests.support.bench_pages import SCALE, all_pairs, bars, page, voice

BEATS = tuple(np.arange(40) * 0.5)


def beaten(beats=BEATS, downbeats=BEATS[::4]) -> Page:
    return replace(page(SCALE), beats=tuple(beats), downbeats=tuple(downbeats))


# --- beats ---


def test_beats_against_themselves():
    assert beat_figures(beaten(), beaten()) == BeatFigures(1, 1, 1, 1, 1, 1)


def test_beats_may_be_off_by_less_than_70_ms():
    near, far = (
        beaten(np.array(BEATS) + late, np.array(BEATS[::4]) + late) for late in (0.06, 0.08)
    )
    assert beat_figures(beaten(), near).beat_f == 1
    assert beat_figures(beaten(), far).beat_f == 0


def test_the_first_beats_count():
    """Of 40 beats the first ten, five seconds, are not found: 2 * 1 * 3/4 / (1 + 3/4)."""
    assert beat_figures(beaten(), beaten(BEATS[10:])).beat_f == pytest.approx(6 / 7)


def test_half_the_tempo_goes_on_right_only_if_that_is_allowed():
    figures = beat_figures(beaten(), beaten(BEATS[::2]))
    assert figures.beat_f == pytest.approx(2 / 3)
    assert figures.beat_CMLt == 0
    assert figures.beat_AMLt == 1


def test_wrong_downbeats_are_no_wrong_beats():
    figures = beat_figures(beaten(), beaten(BEATS, BEATS[1::4]))
    assert (figures.beat_f, figures.downbeat_f) == (1, 0)


def test_no_downbeats_at_all():
    assert beat_figures(beaten(), beaten(BEATS, ())).downbeat_f == 0


def test_a_system_that_names_no_beats_is_not_judged():
    assert beat_figures(beaten(), page(SCALE)) is None


# --- meter ---


def meter(truth: Page, estimate: Page, pairs=None) -> MeterFigures:
    return meter_figures(truth, estimate, all_pairs() if pairs is None else pairs)


def test_a_page_against_itself_is_right():
    assert meter(page(SCALE), page(SCALE)) == MeterFigures(1, 1, 1, 1, 1, 1)


def test_bars_of_half_the_length():
    """The one true barline is found, with two that are none: 2 of 4 barlines are right."""
    halved = page(SCALE, on=bars(2, 2, 2, 2, meter="2/4"))
    figures = meter(page(SCALE), halved)
    assert (figures.time_signature, figures.barlines, figures.bars) == (0, 0.5, 0)


def test_twice_the_note_values_in_bars_twice_as_long():
    """Every barline stands where it should; only the signature is another."""
    doubled = page(SCALE.replace(" 1", " 2"), on=bars(8, 8, meter="4/2"))
    figures = meter(page(SCALE), doubled)
    assert (figures.time_signature, figures.barlines, figures.bars) == (0, 1, 0)


def test_a_pickup_that_is_none():
    figures = meter(page(SCALE), page(SCALE, on=bars(1, 4, 3)))
    assert (figures.time_signature, figures.barlines, figures.bars) == (1, 0, 0)


def test_a_barline_too_many_spoils_its_bar():
    """Barlines at 4 and 6 where there is one at 4: 2 of 3 right, the first of two bars right."""
    figures = meter(page(SCALE), page(SCALE, on=bars(4, 2, 2)))
    assert figures.barlines == pytest.approx(2 / 3)
    assert (figures.time_signature, figures.bars) == (1, 0.5)


def test_a_barline_missing_spoils_both_its_bars():
    figures = meter(page(SCALE), page(SCALE, on=bars(8, meter="4/4")))
    assert (figures.barlines, figures.bars) == (0, 0)


def test_a_signature_that_changes_a_bar_late():
    three_bars = "C4 1, D4 1, E4 1, F4 1, G4 2, A4 2, B4 2, C5 2"
    true = bars(4, 4, 4)
    late = (*true[:2], replace(true[2], beats=3))
    figures = meter(page(three_bars, on=true), page(three_bars, on=late))
    assert figures.time_signature == figures.bars == pytest.approx(2 / 3)


def test_a_barline_under_a_held_note_may_be_off_by_a_sixteenth():
    held = "C4 1, D4 1, E4 1, F4 2, G4 1, A4 1, B4 1, C5 1"
    for length, share in ((4, 1), ("17/4", 1), ("9/2", 0)):
        assert meter(page(held), page(held, on=bars(length, 4))).barlines == share


def test_a_barline_at_a_note_must_stand_there():
    assert meter(page(SCALE), page(SCALE, on=bars("33/8", 4))).barlines == 0


# --- key and spelling ---


def test_a_key_signature_that_changes_too_late():
    true = (bars(4, 4)[0], replace(bars(4, 4)[1], fifths=1))
    assert meter(page(SCALE, on=true), page(SCALE)).key_signature == 0.5


def test_c_sharp_for_d_flat_is_another_signature_but_rightly_spelled():
    flats = page("Db4 1, Eb4 1, F4 1, Gb4 1, Ab4 1, Bb4 1, C5 1, Db5 1", on=bars(4, 4, fifths=-5))
    sharps = page("C#4 1, D#4 1, E#4 1, F#4 1, G#4 1, A#4 1, B#4 1, C#5 1", on=bars(4, 4, fifths=7))
    figures = meter(flats, sharps)
    assert (figures.key_signature, figures.key_signature_enharmonic) == (0, 1)
    assert figures.spelling == 1


def test_one_note_spelled_wrong():
    true = SCALE.replace("F4", "F#4")
    assert meter(page(true), page(true.replace("F#4", "Gb4"))).spelling == 7 / 8


def test_a_page_without_aligned_notes_has_nothing_right():
    assert meter(page(SCALE), page(), []) == MeterFigures(0, 0, 0, 0, 0, 0)
    assert voice_figures(page(SCALE), page(), []) == VoiceFigures(0, 0, 0, 0)


# --- hands and voices ---

UPPER, LOWER = "C5 1, D5 1, E5 1, F5 1", "F3 1, E3 1, D3 1, C3 1"
DUET = page(voice(UPPER, 1, 1), voice(LOWER, 2, 5))


def test_hands_and_voices_against_themselves():
    assert voice_figures(DUET, DUET, all_pairs()) == VoiceFigures(1, 1, 1, 1)


def test_the_numbers_of_voices_do_not_matter():
    renumbered = page(voice(UPPER, 1, 2), voice(LOWER, 2, 7))
    assert voice_figures(DUET, renumbered, all_pairs()) == VoiceFigures(1, 1, 1, 1)


def test_one_note_in_the_other_hand():
    """D5 stands on the lower staff: of the six links C-D and D-E are lost, C-E is wrong; in the
    lower voice F3, E3 + D5, D3 half of the unit that leaves F3 goes astray, and so does D5's."""
    swapped = page(voice("C5 1, r 1, E5 1, F5 1", 1, 1), voice("F3 1, E3+D5 1, D3 1, C3 1", 2, 5))
    figures = voice_figures(DUET, swapped, all_pairs())
    assert figures.staff == 7 / 8
    assert figures.voice_recall == pytest.approx(4 / 6)
    assert figures.voice_precision == pytest.approx(3.5 / 6)


def test_voices_that_change_places_halfway():
    """Of three links in each voice the middle one is wrong."""
    crossed = page(voice("C5 1, D5 1, D3 1, C3 1", 1, 1), voice("F3 1, E3 1, E5 1, F5 1", 2, 5))
    figures = voice_figures(DUET, crossed, all_pairs())
    assert figures.staff == 0.5
    assert figures.voice_f == pytest.approx(2 / 3)


def test_voices_are_compared_whatever_their_staves():
    one_staff = page(voice(UPPER, 1, 1), voice(LOWER, 1, 2))
    figures = voice_figures(DUET, one_staff, all_pairs())
    assert (figures.staff, figures.voice_f) == (0.5, 1)


def test_grace_notes_have_a_staff_but_no_links():
    true = page("C4 1, D4 g, E4 1")
    graced = page(voice("C4 1, E4 1", 1, 1), voice("r 1, D4 g, r 1", 2, 5))
    assert voice_figures(true, graced, all_pairs(3)) == VoiceFigures(pytest.approx(2 / 3), 1, 1, 1)
