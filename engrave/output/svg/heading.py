"""The heading of a score: the title in the middle above the music, the composer to the right below.

A long title goes on in a second line, a longer one in smaller letters, and what is longer still is
cut short. Lengths are Verovio's: a hundred units are a millimetre on paper.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element as Element

from engrave.music.score import Score
from engrave.music.text import one_line
from engrave.output.svg.text import LINE_HEIGHT, text_at, wrap

TITLE_SIZES = ((607, 2), (450, 3))  # the size of the letters, and how many lines may have it
COMPOSER_SIZE = 405
ABOVE_COMPOSER = 200
BELOW_HEADING = 180
FIRST_BASELINE = 0.7  # of the size of the letters below the upper edge


@dataclass(frozen=True, slots=True)
class Heading:
    """Title and composer above the music, line by line."""

    title: tuple[str, ...]
    title_size: int
    composer: tuple[str, ...]

    @property
    def height(self) -> int:
        """The height of title and composer."""
        lines = len(self.title) * self.title_size + len(self.composer) * COMPOSER_SIZE
        apart = ABOVE_COMPOSER if self.title and self.composer else 0
        return round(lines * LINE_HEIGHT) + apart + BELOW_HEADING

    def set(self, width: int) -> Iterator[Element]:
        """The lines as texts on a page whose music is `width` wide."""
        y = 0.0
        for line in self.title:
            yield _line(line, width // 2, y, self.title_size, "middle")
            y += self.title_size * LINE_HEIGHT
        y += ABOVE_COMPOSER if self.title else 0
        for line in self.composer:
            yield _line(line, width, y, COMPOSER_SIZE, "end")
            y += COMPOSER_SIZE * LINE_HEIGHT


def find_heading(score: Score, width: int) -> Heading | None:
    """The heading of a score on pages whose music is `width` wide; None if it is empty."""
    title, composer = one_line(score.title), one_line(score.composer)
    if not (title or composer):
        return None
    size, most = next(
        (fit for fit in TITLE_SIZES if len(wrap(title, fit[0], width)) <= fit[1]), TITLE_SIZES[-1]
    )
    return Heading(
        _lines(title, size, width, most), size, _lines(composer, COMPOSER_SIZE, width, 1)
    )


def _lines(text: str, size: int, width: int, most: int) -> tuple[str, ...]:
    lines = wrap(text, size, width) if text else []
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while len(wrap(f"{last}…", size, width)) > 1:
        last = last[:-1]
    return (*lines[: most - 1], f"{last}…")


def _line(text: str, x: int, y: float, size: int, anchor: str) -> Element:
    line = text_at(x, round(y + size * FIRST_BASELINE), size, anchor)
    line.text = text
    return line
