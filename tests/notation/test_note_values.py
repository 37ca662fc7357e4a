"""Rhythms as engravers write them, and what holds for every rhythm.

Rhythms are read and written in small: w h q e s t x are whole, half, quarter, eighth, 16th, 32nd
and 64th notes, "." a dot, "r" before it a rest, "~" after it a tie, "3:2{...}" a tuplet.
"""

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from engrave.music.grid import Bar
from engrave.music.values import NOTE_TYPES, NoteValue
from engrave.notation.note_values import plain_value
from engrave.notation.written_values import TiedValue, VoiceSpan, split_into_values

LETTERS = dict(zip(list(NOTE_TYPES)[1:], "whqestx!", strict=True))


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


SIMPLE = [
    # Syncopations within half a bar stay whole; the middle of 4/4 is shown.
    ("4/4", "1/2 1 1/2 1/2 1 1/2", "e q e e q e"),
    ("4/4", "1/2 1 1 1 1/2", "e q e~ e q e"),
    ("4/4", "1/2 3/2 2", "e q. h"),
    ("4/4", "1 2 1", "q h q"),
    ("4/4", "1/2 2 3/2", "e q.~ e q."),
    ("4/4", "1 3/2 3/2", "q q~ e q."),
    ("4/4", "3/2 3/2 1", "q. e~ q q"),
    ("4/4", "1 3", "q h."),
    ("4/4", "3 1", "h. q"),
    ("4/4", "4", "w"),
    ("4/4", "5/2 3/2", "h~ e q."),
    ("4/4", "7/2 1/2", "h~ q. e"),
    ("4/4", "1/2 7/2", "e q.~ h"),
    ("2/4", "1/2 1 1/2", "e q e"),
    ("2/4", "1/2 3/2", "e q."),
    # Beats are shown where 16ths come in.
    ("2/4", "1/4 1/2 1/4 3/4 1/4", "s e s e. s"),
    ("2/4", "1/4 1 3/4", "s e.~ s e."),
    ("2/4", "3/4 1/2 3/4", "e. s~ s e."),
    ("2/4", "1/2 3/4 3/4", "e e~ s e."),
    ("2/4", "5/4 3/4", "q~ s e."),
    ("2/4", "1/4 7/4", "s e.~ q"),
    ("1/4", "1/8 1/4 1/8 1/2", "t s t e"),
    # Three beats: no middle, longer values from the barline or up to it.
    ("3/4", "1 2", "q h"),
    ("3/4", "2 1", "h q"),
    ("3/4", "3", "h."),
    ("3/4", "5/2 1/2", "h~ e e"),
    ("3/4", "1/2 5/2", "e e~ h"),
    ("3/4", "1/2 1 1 1/2", "e q q e"),
    # A double dot on the beat, up to the last eighth of one beat or two; a longer note is tied.
    ("2/4", "7/8 1/8 7/16 1/16 1/2", "e.. t s.. x e"),
    ("2/4", "7/4 1/4", "q.. s"),
    ("4/4", "7/4 1/4 7/4 1/4", "q.. s q.. s"),
    ("4/4", "1 7/4 1/4 1", "q q~ e. s q"),  # the middle is shown
    ("4/4", "7/2 1/2", "h~ q. e"),
    ("2/2", "7/2 1/2", "h.. e"),
    ("3/4", "1 7/4 1/4", "q q.. s"),
    ("2/4", "1/8 7/8 1", "t s.~ e q"),
    ("2/4", "1/4 7/4", "s e.~ q"),
    ("2/4", "15/8 1/8", "q~ e.. t"),
    # Beats of a half note.
    ("2/2", "1 2 1", "q h q"),
    ("2/2", "1 3", "q h."),
    ("2/2", "3/2 1 3/2", "q. e~ e q."),
    ("2/2", "1/2 1 1/2 2", "e q e h"),
    ("3/2", "2 4", "h w"),
    ("3/2", "6", "w."),
    ("3/2", "1 2 3", "q h h."),
    ("5/4", "5", "h.~ h"),
    ("5/4", "3 2", "h. h"),
]

COMPOUND = [
    ("6/8", "1 1/2 1/2 1", "q e e q"),
    ("6/8", "1/2 1/2 1 1", "e e e~ e q"),
    ("6/8", "1/2 5/2", "e q~ q."),
    ("6/8", "5/2 1/2", "q.~ q e"),
    ("6/8", "3", "h."),
    ("6/8", "2 1", "q.~ e q"),
    ("6/8", "3/4 1/4 1/2 1/2 3/4 1/4", "e. s e e e. s"),
    ("6/8", "1/4 1/2 1/4 1/2 3/2", "s e s e q."),
    ("6/8", "5/4 1/4 1/4 5/4", "q~ s s s s~ q"),
    ("6/8", "3/4 3/4 3/2", "e. e. q."),  # two against three
    ("9/8", "3 3/2", "h. q."),
    ("9/8", "9/2", "h.~ q."),
    ("12/8", "6", "w."),
    ("12/8", "3/2 3 3/2", "q. h. q."),
    ("12/8", "9/2 3/2", "h.~ q. q."),
    ("3/8", "1 1/2", "q e"),
    ("3/8", "1/2 1", "e q"),
    ("3/8", "3/2", "q."),
    ("6/8", "7/8 1/8 1/2 3/2", "e.. t e q."),
    ("6/8", "7/4 1/4 1", "q.~ s s q"),
]

RESTS = [
    ("4/4", "1/2 r3/2 r2", "e re rq rh"),
    ("4/4", "1 r3", "q rq rh"),
    ("4/4", "r3 1", "rh rq q"),
    ("4/4", "1 r2 1", "q rq rq q"),
    ("4/4", "r3/2 1/2 2", "rq re e h"),
    ("4/4", "1/4 r7/4 2", "s rs re rq h"),
    ("4/4", "r3/4 1/4 3", "re rs s h."),
    ("3/4", "1 r2", "q rq rq"),
    ("3/4", "r2 1", "rq rq q"),
    ("2/4", "1/2 r1 1/2", "e re re e"),
    ("2/2", "r2 2", "rh h"),
    ("2/2", "1 r3", "q rq rh"),
    ("3/2", "r4 2", "rh rh h"),
    ("6/8", "r1 1/2 3/2", "rq e q."),
    ("6/8", "1/2 r1 3/2", "e re re q."),
    ("6/8", "3/2 r3/2", "q. rq."),
    ("6/8", "1/2 r5/2", "e re re rq."),
    ("6/8", "3/4 r3/4 3/2", "e. rs re q."),
    ("9/8", "r3 3/2", "rq. rq. q."),
    ("12/8", "r3 3", "rh. h."),
    ("12/8", "3/2 r9/2", "q. rq. rh."),
]

TUPLETS = [
    ("1/4", "1/3 1/3 1/3", "3:2{e e e}"),
    ("1/4", "2/3 1/3", "3:2{q e}"),
    ("1/4", "1/3 2/3", "3:2{e q}"),
    ("1/4", "1/3 r1/3 1/3", "3:2{e re e}"),
    ("1/4", "1/3 r2/3", "3:2{e re re}"),
    ("1/4", "r2/3 1/3", "3:2{rq e}"),
    ("1/4", "1/3 1/6 1/6 1/3", "3:2{e s s e}"),
    ("1/4", "1/2 1/6 1/6 1/6", "e 3:2{s s s}"),
    ("1/4", "1/6 1/6 1/6 1/2", "3:2{s s s} e"),
    ("1/4", "1/6 1/6 1/6 1/6 1/6 1/6", "6:4{s s s s s s}"),
    ("1/4", "1/6 1/6 1/6 1/4 1/4", "3:2{s s s} s s"),
    ("1/4", "1/6 1/6 2/3", "3:2{s s q}"),
    ("1/4", "1/5 1/5 1/5 1/5 1/5", "5:4{s s s s s}"),
    ("1/4", "2/5 3/5", "5:4{e e.}"),
    ("1/4", "1/7 1/7 1/7 1/7 1/7 1/7 1/7", "7:4{s s s s s s s}"),
    ("1/4", "1/7 5/7 1/7", "7:4{s q~ s s}"),
    ("1/4", "1/4 5/12 1/3", "s s~ 3:2{s e}"),  # four and three in one beat
    ("2/4", "2/3 2/3 2/3", "3:2{q q q}"),
    ("2/4", "1/3 1/3 2/3 2/3", "3:2{e e q q}"),
    ("2/4", "1/3 1/3 1/3 1/3 1/3 1/3", "3:2{e e e} 3:2{e e e}"),
    ("2/4", "2/3 4/3", "3:2{q e~} q"),
    ("2/4", "1 2/3 1/3", "q 3:2{q e}"),
    ("3/4", "1 2/3 2/3 2/3", "q 3:2{q q q}"),
    ("3/4", "2/3 2/3 2/3 1", "3:2{q q q} q"),
    ("4/4", "4/3 4/3 4/3", "3:2{h h h}"),
    ("4/4", "1 2/3 2/3 2/3 1", "q 3:2{q e~} 3:2{e q} q"),  # the middle is shown
    ("4/4", "8/3 1/3 1", "h~ 3:2{q e} q"),
    ("2/2", "1/3 1/3 1/3 1/3 1/3 1/3 2", "3:2{e e e} 3:2{e e e} h"),
    ("2/2", "2/3 2/3 2/3 2", "3:2{q q q} h"),
    ("2/2", "4/3 4/3 4/3", "3:2{h h h}"),
    ("6/8", "1/6 1/6 1/6 1/2 1/2 3/2", "3:2{s s s} e e q."),
    ("3/8", "3/10 3/10 3/10 3/10 3/10", "5:6{s s s s s}"),
]

PICKUPS = [
    ("4/4", "1/2", "e"),
    ("4/4", "1/2 1", "e q"),
    ("4/4", "1 1 1", "q q q"),
    ("4/4", "1/2 3/2", "e q."),
    ("4/4", "3/2 3/2", "q~ e q."),  # from the second beat: the middle is shown
    ("3/4", "1/4 1/4", "s s"),
    ("3/4", "3/4", "e."),
    ("6/8", "1/2 1 1/2", "e q e"),
    ("6/8", "1/2 2", "e e~ q."),
    ("2/4", "1/6 1/6 1/6", "3:2{s s s}"),
    ("2/4", "1/3 1/6", "3:2{e s}"),
]


@pytest.mark.parametrize(("meter", "lengths", "expected"), SIMPLE + COMPOUND + RESTS + TUPLETS)
def test_rhythms_in_full_bars(meter: str, lengths: str, expected: str) -> None:
    assert sum(s.end - s.onset for s in stretches_of(lengths)) == bar_of(meter).length
    assert written(meter, lengths) == expected


@pytest.mark.parametrize(("meter", "lengths", "expected"), PICKUPS)
def test_rhythms_in_pickups(meter: str, lengths: str, expected: str) -> None:
    assert written(meter, lengths) == expected


def test_the_longest_dotted_value_is_found() -> None:
    assert plain_value(Fraction(3, 4)) == NoteValue("eighth", dots=1)
    assert plain_value(Fraction(5, 4)) is None


METERS = ("2/4", "3/4", "4/4", "6/8", "9/8", "12/8", "2/2", "3/8", "5/4", "3/2", "6/4", "5/8")
# Divisions of a beat: of the quarter, half or eighth in simple meters, of the dotted quarter.
GRIDS = {False: (1, 2, 4, 8, 3, 6, 5, 7, 12), True: (1, 3, 6, 12, 2, 4, 9, 5, 7)}


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


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_bars_are_written_exactly(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        bar = random_bar(chance)
        stretches = random_stretches(chance, random_places(chance, bar))
        values = split_into_values(stretches, bar, bar.full_length - bar.length)
        assert faults(values, stretches) == [], f"{bar}: {in_small(values)}"


@pytest.mark.parametrize("meter", ["2/4", "6/8"])
@pytest.mark.parametrize("place", ["1/3", "1/12", "1/24", "5/24", "1/60", "1/15", "8/15"])
@pytest.mark.parametrize("pickup", ["5/8", "3/4", "1"])
def test_odd_places_are_written_even_in_a_part_of_a_beat(
    meter: str, place: str, pickup: str
) -> None:
    full = bar_of(meter)
    bar = bar_of(meter, Fraction(pickup))
    stretches = stretches_of(f"{place} r{bar.length - Fraction(place)}")
    values = split_into_values(stretches, bar, full.length - bar.length)
    assert faults(values, stretches) == []


def test_the_faults_are_seen() -> None:
    stretches = stretches_of("1/3 1/3 1/3")
    good = split_into_values(stretches, bar_of("1/4"), Fraction(0))
    assert faults(good, stretches) == []
    assert faults(good[:2], stretches)
    assert faults(good[::-1], stretches)
    assert faults([*good, good[0]], stretches)


@pytest.mark.parametrize("meter", METERS)
def test_notes_on_beats_show_the_beats(meter: str) -> None:
    """In any arrangement of eighths no value hides a stronger point than those it stands between,
    but for a syncopation that lies evenly across it."""
    bar = bar_of(meter)
    chance = random.Random(meter)
    for _ in range(100):
        steps = int(bar.length * 2)
        inner = sorted(chance.sample(range(1, steps), chance.randrange(steps)))
        places = [Fraction(k, 2) for k in (0, *inner, steps)]
        for one in split_into_values(random_stretches(chance, places), bar, Fraction(0)):
            end = one.onset + one.value.length
            hidden = [
                beat
                for k in range(1, int(bar.length / bar.beat_length))
                if one.onset < (beat := k * bar.beat_length) < end
            ]
            on_beat = {one.onset, end} & {k * bar.beat_length for k in range(20)}
            even = len(hidden) == 1 and hidden[0] - one.onset == end - hidden[0]
            assert not hidden or on_beat or (even and not bar.compound and one.chord is not None)
            if bar.compound and hidden:
                assert len(on_beat) == 2
