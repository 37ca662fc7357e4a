"""Consistency rules for marks: where they may stand, and that they are closed.

Each `check_...` function yields a sentence for each violation of its rule; positions are in quarter
notes from the barline that opens the measure.
"""

from collections.abc import Iterator
from fractions import Fraction

from engrave.music.iterate import chords_of, measures_of
from engrave.music.marks import (
    Clef,
    Dynamic,
    Hairpin,
    HiddenTempo,
    Mark,
    OctaveLine,
    PedalMark,
    PedalWords,
    TempoMark,
    TempoWords,
)
from engrave.music.score import Measure, Part, Score
from engrave.music.text import at
from engrave.notation.beams import crossing_beams
from engrave.notation.pedal_marks import anchor_voice

CLEFS = {("G", 2), ("F", 4)}
MARKS = {
    TempoMark: "a tempo mark",
    HiddenTempo: "a hidden tempo",
    TempoWords: "words about the tempo",
    Dynamic: "a dynamic sign",
    Hairpin: "the end of a hairpin",
    PedalMark: "a pedal mark",
    PedalWords: "words about the pedal",
    OctaveLine: "an octave line",
    Clef: "a clef",
}
UPPER_STAFF = 1  # on which hairpins need an anchor


def check_marks(score: Score) -> Iterator[str]:
    """Marks and clefs stand where something starts, or programs move or lose them.

    A clef needs a note or rest on its own staff, a hairpin one on the upper staff, the pedal one on
    the lowest staff, below which it is written, or a position to which a hidden rest can be written
    (`notation.pedal_marks`); only a pedal may also go up at the closing barline.
    """
    for part, measure in measures_of(score):
        for mark in (*measure.marks, *measure.clefs):
            if not _has_anchor(mark, measure, part):
                where = f"{at(measure)}, at {mark.onset}"
                staves = _staves_of(mark, part)
                on = "" if len(staves) > 1 else f" on staff {staves[0]}"
                yield f"{where}: {MARKS[type(mark)]} where nothing starts{on}"
            if isinstance(mark, Clef) and (mark.sign, mark.line) not in CLEFS:
                yield f"{at(measure)}: there is no clef {mark.sign} on line {mark.line}"
            if isinstance(mark, TempoMark) and mark.per_minute <= 0:
                yield f"{at(measure)}: {mark.per_minute} a minute is no tempo"


def check_pedals(score: Score) -> Iterator[str]:
    """The pedal goes down and up in turn and is up at the end."""
    for part in score.parts:
        down: str | None = None
        for measure in part.measures:
            pedals = [mark for mark in measure.marks if isinstance(mark, PedalMark)]
            for mark in sorted(pedals, key=lambda mark: (mark.onset, mark.kind == "start")):
                where = f"{at(measure)}, at {mark.onset}"
                if mark.kind == "start" and down:
                    yield f"{where}: the pedal goes down although it is down since {down}"
                if mark.kind == "stop" and not down:
                    yield f"{where}: the pedal goes up although it is not down"
                down = where if mark.kind == "start" else None
        if down:
            yield f"{down}: the pedal never goes up"


def check_tempo_words(score: Score) -> Iterator[str]:
    """*rit.* and *a tempo* alternate."""
    for part in score.parts:
        slowing = False
        for measure in part.measures:
            words = [mark for mark in measure.marks if isinstance(mark, TempoWords)]
            for mark in sorted(words, key=lambda mark: mark.onset):
                if slowing != (mark.words == "a tempo"):
                    again = " once more" if slowing else " without a rit. before it"
                    yield f"{at(measure)}, at {mark.onset}: {mark.words}{again}"
                slowing = mark.words != "a tempo"


def check_hidden_tempi(score: Score) -> Iterator[str]:
    """Hidden tempi stand in the first part, one at a position, apart from tempo marks."""
    for number, part in enumerate(score.parts):
        kept = any(isinstance(mark, HiddenTempo) for m in part.measures for mark in m.marks)
        for measure in part.measures:
            marks = [mark for mark in measure.marks if isinstance(mark, HiddenTempo | TempoMark)]
            taken: set[Fraction] = set()
            for mark in marks:
                where = f"{at(measure)}, at {mark.onset}"
                if kept and number:
                    yield f"{where}: a hidden tempo in part {number + 1}"
                if mark.onset in taken:
                    yield f"{where}: two hidden tempi at once"
                if kept and isinstance(mark, TempoMark) and mark.sounding_tempo is None:
                    yield f"{where}: a tempo mark without the tempo of playback"
                if isinstance(mark, HiddenTempo) and mark.per_minute <= 0:
                    yield f"{where}: {mark.per_minute:g} a minute is not a tempo"
                taken.add(mark.onset)


def check_octave_lines(score: Score) -> Iterator[str]:
    """Octave lines of a staff alternate, have more than one chord, and no cross-staff notes."""
    for part in score.parts:
        for staff in range(1, part.staves + 1):
            yield from _octave_line_faults(part, staff)


def _octave_line_faults(part: Part, staff: int) -> Iterator[str]:
    since: tuple[str, str] | None = None
    chords = 0
    for measure in part.measures:
        lines = [m for m in measure.marks if isinstance(m, OctaveLine) and m.staff == staff]
        positions = {chord.onset for v in measure.voices for chord in v.chords_on(staff)}
        if (since or lines) and any(next(crossing_beams(v), None) for v in measure.voices):
            yield f"{at(measure)}: an octave line where a line goes from staff to staff"
        last = Fraction(0)
        for mark in sorted(lines, key=lambda m: (m.onset, m.kind == "start")):
            where = f"{at(measure)}, at {mark.onset}"
            chords += sum(last <= position < mark.onset for position in positions)
            last = mark.onset
            if mark.kind == "start" and since:
                yield f"{where}: {mark.line} begins under the {since[1]} of {since[0]}"
            if mark.kind == "stop" and (since is None or since[1] != mark.line):
                yield f"{where}: {mark.line} ends that has not begun"
            elif mark.kind == "stop" and chords < 2:
                yield f"{where}: {mark.line} over a single chord"
            since = (where, mark.line) if mark.kind == "start" else None
            chords = 0
        chords += sum(last <= position for position in positions)
    if since:
        yield f"{since[0]}: {since[1]} does not end"


def check_hairpins(score: Score) -> Iterator[str]:
    """A hairpin ends before the next one opens, and before the music ends."""
    for part in score.parts:
        is_open: str | None = None
        for measure in part.measures:
            hairpins = [mark for mark in measure.marks if isinstance(mark, Hairpin)]
            for mark in sorted(hairpins, key=lambda mark: (mark.onset, mark.kind != "stop")):
                where = f"{at(measure)}, at {mark.onset}"
                if mark.kind == "stop" and not is_open:
                    yield f"{where}: a hairpin ends that has not begun"
                if mark.kind != "stop" and is_open:
                    yield f"{where}: a hairpin begins inside that of {is_open}"
                is_open = None if mark.kind == "stop" else where
        if is_open:
            yield f"{is_open}: a hairpin does not end"


def check_articulation(score: Score) -> Iterator[str]:
    """Accents and staccato dots stand where a note of full size begins, fermatas where one ends."""
    for measure, voice, chord in chords_of(score):
        signs = chord.accent or chord.staccato
        if signs and chord.grace:
            yield f"{at(measure, voice, chord)}: an articulation on a grace note"
        if chord.staccato and any(head.tied_to or head.tied_from for head in chord.heads):
            yield f"{at(measure, voice, chord)}: a staccato dot on a tied note"
        if chord.fermata and (chord.grace or any(head.tied_to for head in chord.heads)):
            yield f"{at(measure, voice, chord)}: a fermata on a note that does not end there"
        if chord.accent and all(head.tied_from for head in chord.heads):
            yield f"{at(measure, voice, chord)}: an accent on a note that is only held"


def check_dynamics(score: Score) -> Iterator[str]:
    """Two dynamic signs do not stand at one position, nor one twice in succession."""
    for part in score.parts:
        before: tuple[str, str] | None = None
        changed = False  # by a hairpin, after which a sign may come again
        for measure in part.measures:
            marks = [mark for mark in measure.marks if isinstance(mark, Dynamic | Hairpin)]
            for mark in sorted(marks, key=lambda m: m.onset):
                if isinstance(mark, Hairpin):
                    changed = True
                    continue
                where = f"{at(measure)}, at {mark.onset}"
                if before and before[0] == where:
                    yield f"{where}: {before[1]} and {mark.sign} at once"
                elif before and before[1] == mark.sign and not changed:
                    yield f"{where}: {mark.sign} once more"
                before, changed = (where, mark.sign), False


def _staves_of(mark: Mark | Clef, part: Part) -> tuple[int, ...]:
    """The staves on which a note or rest can carry the mark."""
    if isinstance(mark, Clef | OctaveLine):
        return (mark.staff,)
    if isinstance(mark, Hairpin):
        return (UPPER_STAFF,)
    if isinstance(mark, PedalMark | PedalWords):
        return (part.staves,)
    return tuple(range(1, part.staves + 1))


def _has_anchor(mark: Mark | Clef, measure: Measure, part: Part) -> bool:
    """Clefs also stand at the opening barline, and the pedal goes up at the closing one."""
    if isinstance(mark, Clef) and mark.onset == 0:
        return 1 <= mark.staff <= part.staves
    if (
        isinstance(mark, PedalMark | OctaveLine)
        and mark.kind == "stop"
        and mark.onset == measure.length
    ):
        return True
    if isinstance(mark, PedalMark) and not mark.shown:
        return 0 <= mark.onset < measure.length
    if isinstance(mark, PedalMark | PedalWords):
        carrier = anchor_voice(measure, part.staves)
        if carrier and any(event.onset == mark.onset for event in carrier.events):
            return True
    staves = _staves_of(mark, part)
    voices = (voice for voice in measure.voices if voice.staff in staves)
    return any(event.onset == mark.onset for voice in voices for event in voice.events)
