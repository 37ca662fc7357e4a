"""Rhythms in small, random bars, and what is wrong with a rhythm on paper.

Rhythms are read and written in small: w h q e s t x are whole, half, quarter, eighth, 16th, 32nd
and 64th notes, "." a dot, "r" before it a rest, "~" after it a tie, "3:2{...}" a tuplet.
"""

import random
from fractions import Fraction
from itertools import pairwise

from engrave.music.grid import Bar
from engrave.music.values import NOTE_TYPES
from engrave.notation.written_values import TiedValue, VoiceSpan, split_into_values

LETTERS = dict(zip(list(NOTE_TYPES)[1:], "whqestx!", strict=True))
METERS = ("2/4", "3/4", "4/4", "6/8", "9/8", "12/8", "2/2", "3/8", "5/4", "3/2", "6/4", "5/8")
# Divisions of a beat: of the quarter, half or eighth in simple meters, of the dotted quarter.
GRIDS = {False: (1, 2, 4, 8, 3, 6, 5, 7, 12), True: (1, 3, 6, 12, 2, 4, 9, 5, 7)}


def bar_of(meter: str, length: Fraction | None = None) -> Bar:
    beats, beat_type = map(int, meter.split("/"))
    full = Fraction(4 * beats, beat_type)
    return Bar(Fraction(0), full if length is None else length, beats, beat_type)


def stretches_of(lengths: str) -> list[VoiceSpan]:
    """ "1/2 r1 1/2": so many quarters each, rests with an "r"; notes are numbered."""
    stretches, place = [], Fraction(0)
    for k, word in enumerate(lengths.split()):
        end = place + Fraction(word.lstrip("r"))
        stretches.append(VoiceSpan(place, end, None if word.startswith("r") else k))
        place = end
    return stretches


def in_small(values: list[TiedValue]) -> str:
    """The rhythm in letters."""
    words = []
    for written in values:
        value = written.value
        word = "r" * (written.chord is None) + LETTERS[value.type] + "." * value.dots
        word += "~" * (written.chord is not None and not written.last)
        if written.tuplet_start:
            word = f"{value.actual}:{value.normal}{{{word}"
        words.append(word + "}" * written.tuplet_stop)
    return " ".join(words)


def written(meter: str, lengths: str) -> str:
    """How the lengths (in quarters) are written in a bar, or in a pickup if they are too short."""
    stretches = stretches_of(lengths)
    bar = bar_of(meter, stretches[-1].end)
    return in_small(split_into_values(stretches, bar, bar.full_length - bar.length))


def random_bar(chance: random.Random) -> Bar:
    """A full bar, or a pickup of some 16ths."""
    bar = bar_of(chance.choice(METERS))
    if chance.random() < 0.3:
        return Bar(bar.start, bar.length * chance.randrange(1, 16) / 16, bar.beats, bar.beat_type)
    return bar


def random_places(chance: random.Random, bar: Bar) -> list[Fraction]:
    """Places on one or two random grids in each beat that stands whole in the bar."""
    start = -((bar.full_length - bar.length) % bar.beat_length)
    places = {Fraction(0), bar.length}
    density = chance.choice((0.2, 0.5, 1.0))
    while start < bar.length:
        whole = start >= 0
        for _ in range(chance.choice((1, 1, 2))):
            grid = chance.choice(GRIDS[bar.compound]) if whole else 3 * bar.compound or 2
            steps = (start + bar.beat_length * Fraction(k, grid) for k in range(grid))
            places.update(p for p in steps if 0 < p < bar.length and chance.random() < density)
        start += bar.beat_length
    return sorted(places)


def random_stretches(chance: random.Random, places: list[Fraction]) -> list[VoiceSpan]:
    return [
        VoiceSpan(a, b, None if chance.random() < 0.25 else k)
        for k, (a, b) in enumerate(pairwise(places))
    ]


def faults(values: list[TiedValue], stretches: list[VoiceSpan]) -> list[str]:
    """What is wrong with the values as a way to write the stretches."""
    found = []
    place = Fraction(0)
    for one in values:
        if one.onset != place:
            found.append(f"a value at {one.onset} follows the end of another at {place}")
        if one.value.type not in NOTE_TYPES or one.value.dots > 2:
            found.append(f"{one.value} cannot be written")
        if one.chord is None and one.value.dots and one.value.actual > 1:
            found.append("a dotted rest in a tuplet")
        place += one.value.length
    for stretch in stretches:
        parts = [one for one in values if stretch.onset <= one.onset < stretch.end]
        if {one.chord for one in parts} != {stretch.chord}:
            found.append(f"at {stretch.onset} stands something else")
        if sum(one.value.length for one in parts) != stretch.end - stretch.onset:
            found.append(f"the stretch at {stretch.onset} is not as long as its values")
        if [one.first for one in parts] != [True] + [False] * (len(parts) - 1):
            found.append(f"the stretch at {stretch.onset} does not have one first value")
        if [one.last for one in parts] != [False] * (len(parts) - 1) + [True]:
            found.append(f"the stretch at {stretch.onset} does not have one last value")
    return found + tuplet_faults(values)


def tuplet_faults(values: list[TiedValue]) -> list[str]:
    found, members = [], []
    for one in values:
        if one.tuplet_start and members:
            found.append("a tuplet in a tuplet")
        if bool(one.tuplet_start or members) != (one.value.actual != one.value.normal):
            found.append(f"{one.value} at {one.onset} inside or outside of a tuplet")
        if one.tuplet_start or members:
            members.append(one)
        if one.tuplet_stop:
            ratios = {(m.value.actual, m.value.normal) for m in members}
            span = sum(m.value.length for m in members)
            if len(ratios) != 1 or len(members) < 2:
                found.append(f"{len(members)} notes in the ratios {ratios} make no tuplet")
            elif span / ratios.pop()[1] not in NOTE_TYPES.values():
                found.append(f"a tuplet over {span} quarters")
            members = []
    return found + ["a tuplet without end"] * bool(members)
