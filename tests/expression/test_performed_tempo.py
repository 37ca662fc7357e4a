"""The pace that is kept: few marks, every beat in time, and nothing to be seen."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from engrave.expression.performed_tempo import LARGEST_ERROR, QUICKEST, SLOWEST, add_performed_tempo
from engrave.midi.read import read_midi
from engrave.music.grid import Bar, Grid
from engrave.music.marks import HiddenTempo, TempoMark
from engrave.music.score import Chord, Score, without_performed_tempo
from engrave.notation.repeats import fold_repeats
from engrave.output.musicxml.document import write_musicxml
from engrave.output.svg.pages import write_svg
from engrave.output.to_music21 import to_music21
from engrave.pipeline import Transcription, transcribe
from judges import musescore
from samples import FOLDER
from tests.support import scores
from tests.support.judge import check
from tests.support.scores import QUARTER, chord, head, measure, opening, piano, voice, whole_rest

ROUNDED = 0.003  # seconds by which a long stretch may miss, for paces are rounded


def quarters(bars: int, mark: TempoMark | None = None) -> Score:
    """Bars of four quarters in the right hand."""
    return piano(
        *(
            measure(
                k + 1,
                voice(1, *(chord("4", head("C5", 4 * k + j)) for j in range(4))),
                voice(5, whole_rest(4)),
                marks=(mark,) if mark and k == 0 else (),
                **(opening() if k == 0 else {}),
            )
            for k in range(bars)
        )
    )


def beats(lasting: Sequence[float], first: float = 1.0, swing: float = 0.5) -> Grid:
    """A beat on each quarter, each so many seconds long, in bars of four."""
    times = tuple(accumulate(lasting, initial=first))
    bars = tuple(Bar(Fraction(4 * k), Fraction(4), 4, 4) for k in range(len(lasting) // 4))
    return Grid(times, tuple(map(Fraction, range(len(times)))), bars, swing)


def paces(score: Score) -> list[tuple[Fraction, float]]:
    """Where each pace begins, in quarters from the start of the page, and how fast it is."""
    found, start = [], Fraction(0)
    for bar in score.parts[0].measures:
        for mark in bar.marks:
            if isinstance(mark, TempoMark) and mark.sounding_tempo:
                found.append((start + mark.onset, mark.sounding_tempo))
            elif isinstance(mark, HiddenTempo):
                found.append((start + mark.onset, mark.per_minute))
        start += bar.length
    return sorted(found)


def clock(score: Score, places: Sequence[Fraction]) -> np.ndarray:
    """When a program that plays the page comes to these places, in seconds from its start."""
    begun, speed = zip(*paces(score), strict=True)
    edges = np.array([*map(float, begun), 1e4])
    times = np.concatenate([[0.0], np.cumsum(np.diff(edges) * 60 / np.array(speed))])
    return np.interp([float(place) for place in places], edges, times)


def lateness(score: Score, grid: Grid) -> np.ndarray:
    """By how many seconds each beat comes later on the page than in the performance."""
    return clock(score, grid.quarters) - (np.array(grid.times) - float(grid.time_at(0)))


def test_an_even_performance_has_one_pace() -> None:
    assert paces(add_performed_tempo(quarters(4), beats([0.5] * 16))) == [(0, 120.0)]


def test_a_tempo_mark_sounds_as_it_was_played() -> None:
    score = add_performed_tempo(
        quarters(4, TempoMark(Fraction(0), QUARTER, 120, "Allegro")), beats([0.49] * 16)
    )
    (mark,) = score.parts[0].measures[0].marks
    assert isinstance(mark, TempoMark)
    assert (mark.per_minute, mark.sounding_tempo) == (120, 122.45)


def test_a_change_of_pace_stands_where_it_happens() -> None:
    kept = add_performed_tempo(quarters(4), beats([0.5] * 6 + [0.75] * 10))
    assert paces(kept) == [(0, 120.0), (6, 80.0)]


def test_less_than_anybody_hears_is_not_written() -> None:
    slightly = [0.5 + 0.9 * LARGEST_ERROR * (-1) ** k for k in range(16)]
    assert len(paces(add_performed_tempo(quarters(4), beats(slightly)))) == 1
    clearly = [0.5 + 2.5 * LARGEST_ERROR * (-1) ** k for k in range(16)]
    assert len(paces(add_performed_tempo(quarters(4), beats(clearly)))) > 8


@pytest.mark.parametrize("seed", range(6))
def test_every_beat_is_in_time(seed: int) -> None:
    """Phrases that slow down, uneven beats, and now and then one that is held."""
    chance = np.random.default_rng(seed)
    lasting = 0.5 + 0.1 * np.sin(np.arange(160) / 5) + chance.normal(0, 0.01, 160)
    lasting[chance.integers(0, 160, 5)] *= 3
    grid = beats(lasting.tolist())
    kept = add_performed_tempo(quarters(40), grid)
    assert np.abs(lateness(kept, grid)).max() <= LARGEST_ERROR + ROUNDED
    assert len(paces(kept)) < 120
    assert check(kept) == []


def test_fewer_marks_would_not_do() -> None:
    """Without any one of them a beat is missed."""
    grid = beats((0.5 + 0.15 * np.sin(np.arange(32) / 3)).tolist())
    kept = add_performed_tempo(quarters(8), grid)
    for dropped in range(1, len(paces(kept))):
        left = [pace for k, pace in enumerate(paces(kept)) if k != dropped]
        bars = [
            replace(bar, marks=tuple(HiddenTempo(p - 4 * k, v) for p, v in left if p // 4 == k))
            for k, bar in enumerate(kept.parts[0].measures)
        ]
        fewer = replace(kept, parts=(replace(kept.parts[0], measures=tuple(bars)),))
        assert np.abs(lateness(fewer, grid)).max() > LARGEST_ERROR


def test_under_a_held_note_the_pace_is_the_mean_and_what_follows_in_time() -> None:
    bars = piano(
        measure(1, voice(1, chord("1", head("C5", 0))), voice(5, whole_rest(4)), **opening()),
        *(
            measure(k, voice(1, *(chord("4", head("C5", k)),) * 4), voice(5, whole_rest(4)))
            for k in (2, 3)
        ),
    )
    grid = beats([0.5, 0.5, 1.0, 2.0] + [0.5] * 8)
    assert paces(add_performed_tempo(bars, grid)) == [(0, 60.0), (4, 120.0)]


def test_the_left_hand_may_carry_it() -> None:
    bare = without_performed_tempo(scores.breathing())
    kept = add_performed_tempo(bare, beats([0.5, 0.5, 1.0, 1.0] + [0.5] * 4))
    assert paces(kept) == [(0, 120.0), (2, 60.0), (4, 120.0)]
    assert check(kept) == []


def test_swing_is_no_matter_of_pace() -> None:
    assert paces(add_performed_tempo(quarters(4), beats([0.5] * 16, swing=0.66))) == [(0, 120.0)]


def test_a_later_tempo_mark_has_its_own_pace() -> None:
    score = quarters(4)
    bars = list(score.parts[0].measures)
    bars[2] = replace(bars[2], marks=(TempoMark(Fraction(0), QUARTER, 120),))
    score = replace(score, parts=(replace(score.parts[0], measures=tuple(bars)),))
    kept = add_performed_tempo(score, beats([0.5] * 16))
    assert paces(kept) == [(0, 120.0), (8, 120.0)]
    assert check(kept) == []


def test_paces_stay_within_what_can_be_said() -> None:
    grid = beats([0.001] * 8 + [100.0] * 8)
    assert all(
        SLOWEST <= pace <= QUICKEST for _, pace in paces(add_performed_tempo(quarters(4), grid))
    )


def test_after_a_leap_the_pace_is_said_again() -> None:
    """Eight bars twice, the second time slower, then two in another tempo."""
    score = quarters(18)
    grid = beats([0.5] * 32 + [0.8] * 32 + [0.6] * 8)
    names = iter("CDEFGABC" * 2 + "GG")
    bars = [
        replace(
            bar,
            voices=(
                voice(1, *(chord("4", head(f"{name}5", 4 * k + j)) for j in range(4))),
                bar.voices[1],
            ),
        )
        for k, (bar, name) in enumerate(zip(score.parts[0].measures, names, strict=True))
    ]
    folded = fold_repeats(replace(score, parts=(replace(score.parts[0], measures=tuple(bars)),)))
    assert folded.order == (*range(8), *range(8), 8, 9)
    assert paces(add_performed_tempo(folded, grid)) == [(0, 120.0), (32, 100.0)]


def test_kept_twice_is_kept_once() -> None:
    grid = beats([0.5] * 6 + [0.75] * 10)
    kept = add_performed_tempo(quarters(4, TempoMark(Fraction(0), QUARTER, 120)), grid)
    assert add_performed_tempo(kept, grid) == kept
    assert without_performed_tempo(kept) == quarters(4, TempoMark(Fraction(0), QUARTER, 120))


@pytest.fixture(scope="module")
def nocturne() -> Transcription:
    return transcribe(read_midi(FOLDER / "nocturne.mid"))


def test_nothing_of_it_is_drawn_nor_given_to_music21(nocturne: Transcription) -> None:
    bare = without_performed_tempo(nocturne.score)
    assert write_svg(nocturne.score) == write_svg(bare)
    marks = [
        len(to_music21(score).recurse().getElementsByClass("TempoIndication"))
        for score in (nocturne.score, bare)
    ]
    assert marks[0] == marks[1]


def test_nor_is_it_seen_in_musescore(
    nocturne: Transcription, tmp_path: Path, musescore3: str
) -> None:
    pages = tmp_path / "kept.musicxml", tmp_path / "bare.musicxml"
    for path, score in zip(
        pages, (nocturne.score, without_performed_tempo(nocturne.score)), strict=True
    ):
        path.write_bytes(write_musicxml(score))
    kept, bare = musescore.draw_all(pages)
    assert kept == bare is not None


def test_musescore_plays_as_it_was_played(
    nocturne: Transcription, tmp_path: Path, musescore3: str
) -> None:
    late = _late_in_musescore(nocturne.score, nocturne.grid, tmp_path)
    strict = _late_in_musescore(without_performed_tempo(nocturne.score), nocturne.grid, tmp_path)
    assert np.quantile(late, 0.95) < 0.03
    assert np.quantile(strict, 0.95) > 0.3


def _late_in_musescore(score: Score, grid: Grid, folder: Path) -> np.ndarray:
    """How far from its place in the performance MuseScore plays each written note, in seconds."""
    source = folder / "nocturne.musicxml"
    source.write_bytes(write_musicxml(score))
    heard = read_midi(musescore.play(source)).notes
    assert heard
    start = float(grid.time_at(0))
    return np.array(
        [
            min(
                abs(n.onset - (float(grid.time_at(place)) - start)) for n in heard if n.pitch == key
            )
            for place, key in _struck(score)
        ]
    )


def _struck(score: Score) -> list[tuple[Fraction, int]]:
    """Where each note of full size is struck, and its key."""
    return [
        (bar_start + event.onset, note.pitch.midi)
        for part in score.parts
        for bar_start, bar in zip(_starts(score), part.measures, strict=True)
        for line in bar.voices
        for event in line.events
        if isinstance(event, Chord) and not event.grace and event.ornament is None
        for note in event.heads
        if not note.tied_from
    ]


def _starts(score: Score) -> list[Fraction]:
    lengths = [bar.length for bar in score.parts[0].measures]
    return list(accumulate(lengths[:-1], initial=Fraction(0)))
