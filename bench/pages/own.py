"""The page of `engrave` itself: what its MusicXML shows, and when it says the beats were played.

Its noteheads know their key presses, so nothing need be aligned.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from bench.pages.page import Page
from bench.pages.read_musicxml import read_page
from bench.pages.truth import Recording, match_played
from engrave.music.grid import Bar, Grid
from engrave.music.performance import Performance


class Transcribed(Protocol):
    """What `engrave` made of a recording, as far as it is looked at here."""

    @property
    def performance(self) -> Performance:
        """The key presses as read from the file."""

    @property
    def grid(self) -> Grid:
        """The beats and bars that were found."""


def read_own_page(score: Transcribed, musicxml: bytes, recording: Recording) -> Page:
    """The page; `played` of its notes are rows of the recording's table."""
    row_of = match_played(score.performance, recording)
    page = read_page(musicxml)
    notes = (
        replace(note, played=None if note.played is None else row_of.get(note.played))
        for note in page.notes
    )
    last = score.grid.quarter_at(score.performance.notes[-1].onset)
    bars = [bar for bar in score.grid.bars if bar.start <= last]
    beats = [float(beat) for bar in bars for beat in _beats(bar) if beat <= last]
    downbeats = [float(bar.start) for bar in bars if bar.length == bar.full_length]
    return replace(
        page,
        notes=tuple(notes),
        beats=tuple(score.grid.time_at(np.array(beats)).tolist()),
        downbeats=tuple(score.grid.time_at(np.array(downbeats)).tolist()),
    )


def _beats(bar: Bar) -> Iterator[Fraction]:
    """The felt beats of a bar, counted from the barline that ends it: a pickup begins anywhere."""
    first = bar.length % bar.beat_length
    count = (bar.length - first) / bar.beat_length
    return (bar.start + first + k * bar.beat_length for k in range(int(count)))
