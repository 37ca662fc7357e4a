"""Repeat signs: a section that is played twice in a row is written once.

Bars are the same if they have the same notes at the same positions in every part; durations,
loudness and articulation may differ, and so may a few notes, as no performance repeats exactly.
Where only the last bars differ, each time has an ending of its own. Sections begin where the piece
or another section does, or whole phrases later, and the longest is taken; what is short is no
section but a vamp or an echo (Gould, *Behind Bars*, 2011, ch. 8). Nothing is folded over a tie, an
octave line or a change of clef, key or time.

The first time is written. Its noteheads name the key presses of both; the further notes of the
second time are listed as unwritten.

Marks that are cut where measures are taken out are closed or left out: a pedal that is down at a
repeat sign comes up there; a hairpin that has lost one of its ends is left out, and so is a dynamic
sign that repeats the last one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engrave.music.iterate import heads_in
from engrave.music.marks import Dynamic, Hairpin, Mark, OctaveLine, PedalMark
from engrave.music.score import Chord, Measure, Notehead, Part, Score, Unwritten, Voice

SHORTEST_SECTION = 8  # bars of a section that is written with a repeat, at least
PHRASE_BARS = 4  # bars
ENDING_BARS = (0, 1, 2)  # bars that may differ at the end
# Share of the notes of a section, and of a bar, that must be the same.
SECTION_ALIKE, BAR_ALIKE = 0.97, 0.8
OTHERWISE = "played otherwise the second time"

_NotePosition = tuple[int, int, bool, Fraction, int]  # part, staff, grace, onset, key
_Clefs = dict[tuple[int, int], tuple[str, int]]  # part, staff -> the clef in force


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar in all parts: the key press of each note that begins there, by its position.

    `states`: whether it states a key or time, `turns`: or a clef; `clefs` are in force where it
    begins; `tied`: a tie or an octave line leads into it.
    """

    length: Fraction
    notes: dict[_NotePosition, int]
    states: bool
    turns: bool
    clefs: _Clefs
    tied: bool


@dataclass(frozen=True, slots=True)
class _RepeatedSection:
    """Bars from `start` on that are played twice, `length` each time, the last `ending` unlike."""

    start: int
    length: int
    ending: int

    @property
    def again(self) -> int:
        """The bar at which the second time begins."""
        return self.start + self.length

    @property
    def stop(self) -> int:
        """The bar after both times."""
        return self.start + 2 * self.length

    @property
    def common(self) -> range:
        """The bars that are written for both times."""
        return range(self.start, self.again - self.ending)


def fold_repeats(score: Score) -> Score:
    """The score with repeat signs in place of second times."""
    bars = list(_bars(score))
    sections = list(_sections(bars, 1 if score.parts[0].measures[0].number == 0 else 0))
    if not sections:
        return score
    written_for = {i + s.length: i for s in sections for i in s.common}
    kept = [i for i in range(len(score.parts[0].measures)) if i not in written_for]
    position = {i: k for k, i in enumerate(kept)}
    again = _played_again(bars, written_for)
    folded = _folded_again(score, again)
    parts = tuple(_fold(part, kept, sections, again, folded) for part in score.parts)
    accounted = {*again.values(), *(i for more in folded.values() for i in more)}
    second = {press for i in written_for for part in score.parts for press in _presses(part, i)}
    left = [Unwritten(press, OTHERWISE) for press in second - accounted]
    return replace(
        score,
        parts=parts,
        unwritten=tuple(sorted([*score.unwritten, *left], key=lambda u: u.played)),
        order=tuple(position[written_for.get(i, i)] for i in range(len(bars) - 1)),
    )


def _bars(score: Score) -> Iterator[_Bar]:
    """The bars, and one more for what is in force at the end."""
    clefs: _Clefs = {}
    under: set[tuple[int, int]] = set()  # part and staff of each octave line that continues
    for k in range(len(score.parts[0].measures)):
        across = [(p, part.measures[k]) for p, part in enumerate(score.parts)]
        before, led_into = dict(clefs), bool(under)
        for p, measure in across:
            for clef in sorted(measure.clefs, key=lambda clef: clef.onset):
                clefs[p, clef.staff] = (clef.sign, clef.line)
                if k == 0 and clef.onset == 0:
                    before[p, clef.staff] = (clef.sign, clef.line)
        heads = [(p, *found) for p, measure in across for found in heads_in(measure)]
        yield _Bar(
            across[0][1].length,
            {
                (p, voice.staff_of(chord), chord.grace, chord.onset, head.pitch.midi): head.played[
                    0
                ]
                for p, voice, chord, head in heads
                if not head.tied_from
            },
            any(measure.key or measure.time for _, measure in across),
            any(measure.clefs for _, measure in across),
            before,
            led_into or any(head.tied_from and chord.onset == 0 for _, _, chord, head in heads),
        )
        for p, measure in across:
            lines = [mark for mark in measure.marks if isinstance(mark, OctaveLine)]
            for line in sorted(lines, key=lambda line: (line.onset, line.kind == "start")):
                change = under.add if line.kind == "start" else under.discard
                change((p, line.staff))
    yield _Bar(Fraction(0), {}, False, False, clefs, False)


def _sections(bars: Sequence[_Bar], start: int) -> Iterator[_RepeatedSection]:
    """Repeated sections from first to last, not overlapping; `bars` has one more than there are."""
    while start + 2 * SHORTEST_SECTION < len(bars):
        longest = (len(bars) - 1 - start) // 2
        candidates = (
            _RepeatedSection(start, length, ending)
            for length in range(longest, SHORTEST_SECTION - 1, -1)
            for ending in ENDING_BARS
        )
        found = next((s for s in candidates if _is_played_twice(bars, s)), None)
        if found:
            yield found
        start = found.stop if found else start + PHRASE_BARS


def _is_played_twice(bars: Sequence[_Bar], section: _RepeatedSection) -> bool:
    pairs = [(bars[i], bars[i + section.length]) for i in section.common]
    if not all(a.length == b.length and _alike(a, b) >= BAR_ALIKE for a, b in pairs):
        return False
    same = sum(len(a.notes.keys() & b.notes.keys()) for a, b in pairs)
    notes = sum(len(a.notes) + len(b.notes) for a, b in pairs)
    return notes > 0 and 2 * same >= SECTION_ALIKE * notes and _may_be_folded(bars, section)


def _alike(a: _Bar, b: _Bar) -> float:
    """The share of the notes of two bars that are the same."""
    count = len(a.notes) + len(b.notes)
    return 2 * len(a.notes.keys() & b.notes.keys()) / count if count else 1.0


def _may_be_folded(bars: Sequence[_Bar], section: _RepeatedSection) -> bool:
    """Whether nothing that lasts is cut, and the clefs of both times are the same."""
    joints = (section.start, section.again, section.stop - section.ending, section.stop)
    second_ending = range(section.stop - section.ending, section.stop)
    endings = [*second_ending, *(i - section.length for i in second_ending)]
    ends = (section.again - section.ending, section.stop - section.ending)
    return (
        not any(bars[i].tied for i in joints)
        and not any(bars[i].states for i in range(section.start + 1, section.stop))
        and not any(bars[i].turns for i in endings)
        and bars[section.start].clefs == bars[section.again].clefs
        and bars[ends[0]].clefs == bars[ends[1]].clefs
    )


def _played_again(bars: Sequence[_Bar], written_for: Mapping[int, int]) -> dict[int, int]:
    """The key press of the second time for each of the first that it repeats."""
    return {
        press: bars[i].notes[position]
        for i, first in written_for.items()
        for position, press in bars[first].notes.items()
        if position in bars[i].notes
    }


def _folded_again(score: Score, again: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """For each first press with a sign, the presses that the sign of the second one stands for."""
    folded = {
        head.played[0]: head.folded
        for part in score.parts
        for measure in part.measures
        for _, _, head in heads_in(measure)
        if head.folded
    }
    return {a: folded[b] for a, b in again.items() if a in folded and b in folded}


def _presses(part: Part, k: int) -> Iterator[int]:
    for _, _, head in heads_in(part.measures[k]):
        yield from (*head.played, *head.folded)


def _fold(
    part: Part,
    kept: Sequence[int],
    sections: Sequence[_RepeatedSection],
    again: Mapping[int, int],
    folded: Mapping[int, tuple[int, ...]],
) -> Part:
    opens = {s.start for s in sections if s.start > 0}
    closes = {s.again - 1 for s in sections}
    endings = {s.again - k: 1 for s in sections for k in range(1, s.ending + 1)}
    endings |= {s.stop - k: 2 for s in sections for k in range(1, s.ending + 1)}
    twice = {i for s in sections for i in s.common}
    first = part.measures[0].number
    measures = [
        replace(
            part.measures[i],
            number=first + k,
            voices=tuple(
                _with_both(voice, again, folded) if i in twice else voice
                for voice in part.measures[i].voices
            ),
            forward=i in opens,
            backward=i in closes,
            ending=endings.get(i, 0),
        )
        for k, i in enumerate(kept)
    ]
    return replace(part, measures=close_cut_marks(measures))


def _with_both(
    voice: Voice, again: Mapping[int, int], folded: Mapping[int, tuple[int, ...]]
) -> Voice:
    """The voice with the key presses of both times."""

    def both(head: Notehead) -> Notehead:
        press = head.played[0]
        if press not in again:
            return head
        more = folded.get(press, ()) if head.folded else ()
        return replace(head, played=(*head.played, again[press]), folded=(*head.folded, *more))

    return replace(
        voice,
        events=tuple(
            replace(event, heads=tuple(map(both, event.heads)))
            if isinstance(event, Chord)
            else event
            for event in voice.events
        ),
    )


def close_cut_marks(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures with marks that form complete pairs."""
    rows = [sorted(measure.marks, key=_in_turn) for measure in measures]
    dropped = _cut_hairpins(measures, rows)
    dropped |= _repeated_signs(rows, dropped)
    mended = []
    down: PedalMark | None = None
    for k, (measure, row) in enumerate(zip(measures, rows, strict=True)):
        kept: list[Mark] = []
        for j, mark in enumerate(row):
            if (k, j) in dropped:
                continue
            if isinstance(mark, PedalMark):
                if (mark.kind == "stop") != (down is not None):
                    continue
                down = mark if mark.kind == "start" else None
            kept.append(mark)
        if down is not None and measure.backward:
            kept.append(replace(down, onset=measure.length, kind="stop"))
            down = None
        mended.append(replace(measure, marks=tuple(kept)))
    return tuple(mended)


def _in_turn(mark: Mark) -> tuple[Fraction, bool]:
    """Order of marks: by time, and what stops before what starts."""
    return mark.onset, getattr(mark, "kind", "stop") != "stop"


def _cut_hairpins(
    measures: Sequence[Measure], rows: Sequence[Sequence[Mark]]
) -> set[tuple[int, int]]:
    """The ends of hairpins without the other end before a repeat sign."""
    cut: set[tuple[int, int]] = set()
    is_open: tuple[int, int] | None = None
    for k, row in enumerate(rows):
        for j, mark in enumerate(row):
            if isinstance(mark, Hairpin):
                if (mark.kind == "stop") == (is_open is None):
                    cut.add((k, j) if is_open is None else is_open)
                is_open = None if mark.kind == "stop" else (k, j)
        if measures[k].backward and is_open:
            cut.add(is_open)
            is_open = None
    return cut | ({is_open} if is_open else set())


def _repeated_signs(
    rows: Sequence[Sequence[Mark]], cut: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """The dynamic signs that repeat the last one, ignoring what was cut."""
    said, repeated = "", set()
    for k, row in enumerate(rows):
        for j, mark in enumerate(row):
            if isinstance(mark, Hairpin) and (k, j) not in cut:
                said = ""
            elif isinstance(mark, Dynamic):
                if mark.sign == said:
                    repeated.add((k, j))
                said = mark.sign
    return repeated
