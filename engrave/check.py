"""The judge: what every score must satisfy before anyone sees it.

Each `check_...` function states one rule and yields a sentence for each place that breaks it,
in the manner of Abjad's `wf.py`. The rules are those of notation (bars are full, ties and tuplets
close), those of programs that read our files (a pedal mark needs a note to stand at), and our own
(no key press is lost). Places are in quarter notes from the barline that opens the measure.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import groupby, pairwise

from engrave.carriers import carrying_voice
from engrave.performance import Performance
from engrave.score import (
    NOTE_TYPES,
    STEPS,
    Chord,
    Clef,
    Dynamic,
    Event,
    Mark,
    Measure,
    Notehead,
    NoteValue,
    Part,
    PedalMark,
    PedalWords,
    Score,
    TempoMark,
    TimeSignature,
    Voice,
)

VOICES_PER_STAFF = 4
MOST_DOTS = 3
CLEFS = {("G", 2), ("F", 4)}
# How many beams join notes of a type.
BEAMS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5}
# What may come on one level of a beam, where it is open and where it is not.
BEAM_GOES_ON = ("continue", "end")
BEAM_OPENS = ("begin", "forward hook", "backward hook", None)
MARKS = {
    TempoMark: "a tempo mark",
    Dynamic: "a dynamic sign",
    PedalMark: "a pedal mark",
    PedalWords: "words about the pedal",
    Clef: "a clef",
}


def check(score: Score, performance: Performance | None = None) -> list[str]:
    """Everything that is wrong with a score, in plain sentences; empty if it is well formed.

    With the performance that it was made from, also whether every key press is accounted for.
    """
    faults = [fault for rule in FIRST_RULES for fault in rule(score)]
    if faults:  # without lengths and pitches nothing else can be told
        return faults
    faults = [fault for rule in RULES for fault in rule(score)]
    if performance is not None:
        faults += check_played(score, performance)
        faults += check_sounding_pitches(score, performance)
    return faults


def check_note_values(score: Score) -> Iterator[str]:
    """Note types exist, with at most three dots and a possible tuplet ratio."""
    for measure, voice, event in _events(score):
        if not _is_note_value(event.value):
            yield f"{_at(measure, voice, event)}: {event.value} is not a note value"
    for _, measure in _measures(score):
        for mark in measure.marks:
            if isinstance(mark, TempoMark) and not _is_note_value(mark.beat):
                yield f"{_at(measure)}, at {mark.onset}: {mark.beat} is not a note value"


def check_opening(score: Score) -> Iterator[str]:
    """The first measure states time, key, and a clef for each staff."""
    for part in score.parts:
        for measure in part.measures[:1]:
            if measure.time is None:
                yield f"{_at(measure)}: no time signature to begin with"
            if measure.key is None:
                yield f"{_at(measure)}: no key signature to begin with"
            given = {clef.staff for clef in measure.clefs if clef.onset == 0}
            for staff in set(range(1, part.staves + 1)) - given:
                yield f"{_at(measure)}: staff {staff} has no clef to begin with"


def check_keys(score: Score) -> Iterator[str]:
    """A key signature has at most seven sharps or flats."""
    for _, measure in _measures(score):
        if measure.key and abs(measure.key.fifths) > 7:
            yield f"{_at(measure)}: no key signature has {measure.key.fifths} fifths"


def check_changes(score: Score) -> Iterator[str]:
    """Time and key signatures and clefs stand only where they change; programs drop others."""
    for part in score.parts:
        in_force: dict[str, object] = {}
        for measure in part.measures:
            for name, sign in _signs(measure):
                if in_force.get(name) == sign:
                    yield f"{_at(measure)}: {name} that changes nothing"
                in_force[name] = sign


def check_measure_lengths(score: Score) -> Iterator[str]:
    """A measure is as long as its time signature; the first and the last may be shorter."""
    for part in score.parts:
        time = TimeSignature(4, 4)
        for index, measure in enumerate(part.measures):
            time = measure.time or time
            full = Fraction(4 * time.beats, time.beat_type)
            may_be_short = index in (0, len(part.measures) - 1)
            if measure.length == full or (may_be_short and 0 < measure.length < full):
                continue
            yield (
                f"{_at(measure)}: {measure.length} quarters long"
                f" in {time.beats}/{time.beat_type} time"
            )


def check_bars_full(score: Score) -> Iterator[str]:
    """The events of each voice follow one another and fill the measure exactly."""
    for _, measure, voice in _voices(score):
        place = Fraction(0)
        for event in voice.events:
            if event.onset != place:
                fault = "a gap" if event.onset > place else "an overlap"
                yield f"{_at(measure, voice, event)}: {fault} after {place}"
            place = event.onset + event.length
        if place != measure.length:
            yield f"{_at(measure, voice)}: ends at {place} of {measure.length} quarters"


def check_staves_filled(score: Score) -> Iterator[str]:
    """Each staff has a voice in each measure."""
    for part, measure in _measures(score):
        for staff in range(1, part.staves + 1):
            if not any(voice.staff == staff for voice in measure.voices):
                yield f"{_at(measure)}: staff {staff} is empty"


def check_voices(score: Score) -> Iterator[str]:
    """Voices are 1-4 on staff 1 and 5-8 on staff 2, each once: so at most four on a staff."""
    for part, measure in _measures(score):
        for voice in measure.voices:
            first = VOICES_PER_STAFF * (voice.staff - 1) + 1
            if not 1 <= voice.staff <= part.staves:
                yield f"{_at(measure, voice)}: there is no such staff"
            elif not first <= voice.number < first + VOICES_PER_STAFF:
                yield f"{_at(measure, voice)}: this voice does not belong on this staff"
        numbers = Counter(voice.number for voice in measure.voices)
        for number in (number for number, count in numbers.items() if count > 1):
            yield f"{_at(measure)}: voice {number} stands there {numbers[number]} times"


def check_chords(score: Score) -> Iterator[str]:
    """A chord has heads, low to high, each another key, and each names its key press."""
    for measure, voice, chord in _chords(score):
        where = _at(measure, voice, chord)
        if not chord.heads:
            yield f"{where}: a chord without notes"
        for low, high in pairwise(chord.heads):
            if low.pitch.midi == high.pitch.midi:
                yield f"{where}: {_name(low)} and {_name(high)} are one key in a chord"
            elif low.pitch.midi > high.pitch.midi or _line(low) > _line(high):
                yield f"{where}: {_name(low)} stands below {_name(high)} in a chord"
        for head in chord.heads:
            if not head.played:
                yield f"{where}: {_name(head)} names no key press"


def check_pitches(score: Score) -> Iterator[str]:
    """Pitches are spelled C-B with at most two sharps or flats, in octaves 0-9 as MusicXML has."""
    for measure, voice, chord in _chords(score):
        for head in chord.heads:
            pitch = head.pitch
            if pitch.step not in STEPS or abs(pitch.alter) > 2 or not 0 <= pitch.octave <= 9:
                yield f"{_at(measure, voice, chord)}: {_name(head)} cannot be written"


def check_ties(score: Score) -> Iterator[str]:
    """A tie leads to the same pitch and key press in the next event of its voice, and back."""
    for part in score.parts:
        for line in _voice_lines(part):
            yield from _tie_faults(line)


def check_graces(score: Score) -> Iterator[str]:
    """Grace notes lead to a chord in the same voice and measure."""
    for _, measure, voice in _voices(score):
        for event, following in zip(voice.events, [*voice.events[1:], None], strict=True):
            if _is_grace(event) and not isinstance(following, Chord):
                yield f"{_at(measure, voice, event)}: a grace note that leads to no chord"


def check_ornaments(score: Score) -> Iterator[str]:
    """A sign stands for key presses and presses stand behind a sign, on notes of full size."""
    for measure, voice, chord in _chords(score):
        where = _at(measure, voice, chord)
        folded = [played for head in chord.heads for played in head.folded]
        if bool(folded) != bool(chord.ornament):
            yield f"{where}: key presses behind no sign" if folded else f"{where}: an empty sign"
        if chord.grace and (chord.ornament or chord.arpeggiated):
            yield f"{where}: a sign on a grace note"
        for head in chord.heads:
            if head.folded and head.tied_from:
                yield f"{where}: the sign of {_name(head)} does not stand where the note begins"


def check_tuplets(score: Score) -> Iterator[str]:
    """Tuplets start and stop, one after the other, in one ratio, and fill a plain span."""
    for _, measure, voice in _voices(score):
        members: list[Event] = []
        for event in (event for event in voice.events if not _is_grace(event)):
            where = _at(measure, voice, event)
            if event.tuplet_start and members:
                yield f"{where}: a tuplet starts before the last one has stopped"
            if event.tuplet_start:
                members = []
            if event.tuplet_start or members:
                members.append(event)
            elif event.tuplet_stop or event.value.actual != event.value.normal:
                yield f"{where}: outside of a tuplet"
            if event.tuplet_stop and members:
                yield from (f"{where}: {fault}" for fault in _tuplet_faults(members))
                members = []
        if members:
            yield f"{_at(measure, voice, members[0])}: a tuplet does not stop"


def check_beams(score: Score) -> Iterator[str]:
    """On each level beams begin, continue and end in turn, as many as the note type has."""
    for _, measure, voice in _voices(score):
        chords = [event for event in voice.events if isinstance(event, Chord)]
        groups = [[chord for chord in chords if not chord.grace]]
        groups += [list(group) for grace, group in groupby(chords, key=_is_grace) if grace]
        for group in groups:
            yield from _beam_faults(measure, voice, group)


def check_marks(score: Score) -> Iterator[str]:
    """Marks and clefs stand where something starts, or programs move or lose them.

    A clef needs a note or rest on its own staff, the pedal one on the lowest staff, below which
    it is written, or a place to which a hidden rest can be written (`carriers`); only a pedal may
    also go up at the closing barline.
    """
    for part, measure in _measures(score):
        for mark in (*measure.marks, *measure.clefs):
            if not _has_place(mark, measure, part):
                where = f"{_at(measure)}, at {mark.onset}"
                staves = _staves_of(mark, part)
                on = "" if len(staves) > 1 else f" on staff {staves[0]}"
                yield f"{where}: {MARKS[type(mark)]} where nothing starts{on}"
            if isinstance(mark, Clef) and (mark.sign, mark.line) not in CLEFS:
                yield f"{_at(measure)}: there is no clef {mark.sign} on line {mark.line}"
            if isinstance(mark, TempoMark) and mark.per_minute <= 0:
                yield f"{_at(measure)}: {mark.per_minute} a minute is no tempo"


def check_pedals(score: Score) -> Iterator[str]:
    """The pedal goes down and up in turn and is up at the end."""
    for part in score.parts:
        down: str | None = None
        for measure in part.measures:
            pedals = [mark for mark in measure.marks if isinstance(mark, PedalMark)]
            for mark in sorted(pedals, key=lambda mark: (mark.onset, mark.kind == "start")):
                where = f"{_at(measure)}, at {mark.onset}"
                if mark.kind == "start" and down:
                    yield f"{where}: the pedal goes down although it is down since {down}"
                if mark.kind == "stop" and not down:
                    yield f"{where}: the pedal goes up although it is not down"
                down = where if mark.kind == "start" else None
        if down:
            yield f"{down}: the pedal never goes up"


def check_played(score: Score, performance: Performance) -> Iterator[str]:
    """Every key press has a notehead, is folded into one ornament, or stands in `unwritten`."""
    written = {played for _, _, _, head in _heads(score) for played in head.played}
    folded = Counter(played for _, _, _, head in _heads(score) for played in head.folded)
    unwritten = Counter(entry.played for entry in score.unwritten)
    known = written | folded.keys() | unwritten.keys()
    for played in sorted(known - set(range(len(performance.notes)))):
        yield f"there is no played note {played}"
    for played in range(len(performance.notes)):
        if played not in known:
            yield f"played note {played} is lost"
        if played in written and played in unwritten:
            yield f"played note {played} is written and yet called unwritten"
        if played in folded and (played in written or played in unwritten):
            yield f"played note {played} is folded into an ornament and accounted for twice"
        if folded[played] > 1:
            yield f"played note {played} is folded into {folded[played]} ornaments"
        if unwritten[played] > 1:
            yield f"played note {played} is called unwritten {unwritten[played]} times"


def check_sounding_pitches(score: Score, performance: Performance) -> Iterator[str]:
    """A notehead sounds the key that was pressed."""
    for measure, voice, chord, head in _heads(score):
        played = head.played[0] if head.played else -1
        if 0 <= played < len(performance.notes):
            pitch = performance.notes[played].pitch
            if head.pitch.midi != pitch:
                yield (
                    f"{_at(measure, voice, chord)}: {_name(head)} for played note {played},"
                    f" which is key {pitch}"
                )


Rule = Callable[[Score], Iterator[str]]
FIRST_RULES: tuple[Rule, ...] = (check_note_values, check_pitches)
RULES: tuple[Rule, ...] = (
    check_opening,
    check_keys,
    check_changes,
    check_measure_lengths,
    check_bars_full,
    check_staves_filled,
    check_voices,
    check_chords,
    check_ties,
    check_graces,
    check_ornaments,
    check_tuplets,
    check_beams,
    check_marks,
    check_pedals,
)


def _tie_faults(line: list[tuple[Measure, Voice, Event]]) -> Iterator[str]:
    """Grace notes may be tied to the chord that they lead to, over the other grace notes."""
    leaving: list[tuple[str, Notehead]] = []
    for measure, voice, event in line:
        where = _at(measure, voice, event)
        heads = event.heads if isinstance(event, Chord) else ()
        arriving = [head for head in heads if head.tied_from]
        if not _is_grace(event):
            met = {(head.pitch, head.played) for head in arriving}
            yield from _loose_ends(leaving, met)
        came = {(head.pitch, head.played) for _, head in leaving}
        for head in arriving:
            if (head.pitch, head.played) not in came:
                yield f"{where}: a tie arrives at {_name(head)} from nowhere"
        leaving = leaving if _is_grace(event) else []
        leaving = leaving + [(where, head) for head in heads if head.tied_to]
    yield from _loose_ends(leaving, set())


def _loose_ends(leaving: list[tuple[str, Notehead]], met: set) -> Iterator[str]:
    for where, head in leaving:
        if (head.pitch, head.played) not in met:
            yield f"{where}: the tie of {_name(head)} leads nowhere"


def _tuplet_faults(members: list[Event]) -> Iterator[str]:
    ratios = {(event.value.actual, event.value.normal) for event in members}
    if len(ratios) > 1:
        yield "a tuplet in more than one ratio"
        return
    actual, normal = ratios.pop()
    span = sum((event.length for event in members), Fraction(0))
    if actual == normal:
        yield f"a tuplet of {actual} in the time of {normal}"
    elif span / normal not in NOTE_TYPES.values():
        yield f"a tuplet that fills {span} quarters, which is not {normal} notes of any type"


def _beam_faults(measure: Measure, voice: Voice, chords: list[Chord]) -> Iterator[str]:
    is_open = [False] * (max(BEAMS.values()) + 1)
    for chord in chords:
        where = _at(measure, voice, chord)
        if chord.beams and len(chord.beams) != BEAMS.get(chord.value.type, 0):
            yield f"{where}: {len(chord.beams)} beams on a note of type {chord.value.type}"
        beams = (*chord.beams, *[None] * (len(is_open) - len(chord.beams)))
        for level, word in enumerate(beams[: len(is_open)]):
            allowed = BEAM_GOES_ON if is_open[level] else BEAM_OPENS
            if word not in allowed or (level == 0 and word in BEAM_OPENS[1:3]):
                yield f"{where}: beam {level + 1} does not go on with {word or 'nothing'}"
            is_open[level] = word in ("begin", "continue")
            if level and is_open[level] and not is_open[level - 1]:
                yield f"{where}: beam {level + 1} goes on where beam {level} does not"
    if is_open[0]:
        yield f"{_at(measure, voice, chords[-1])}: the beam does not end"


def _measures(score: Score) -> Iterator[tuple[Part, Measure]]:
    for part in score.parts:
        for measure in part.measures:
            yield part, measure


def _voices(score: Score) -> Iterator[tuple[Part, Measure, Voice]]:
    for part, measure in _measures(score):
        for voice in measure.voices:
            yield part, measure, voice


def _events(score: Score) -> Iterator[tuple[Measure, Voice, Event]]:
    for _, measure, voice in _voices(score):
        for event in voice.events:
            yield measure, voice, event


def _chords(score: Score) -> Iterator[tuple[Measure, Voice, Chord]]:
    for measure, voice, event in _events(score):
        if isinstance(event, Chord):
            yield measure, voice, event


def _heads(score: Score) -> Iterator[tuple[Measure, Voice, Chord, Notehead]]:
    for measure, voice, chord in _chords(score):
        for head in chord.heads:
            yield measure, voice, chord, head


def _voice_lines(part: Part) -> Iterator[list[tuple[Measure, Voice, Event]]]:
    """The events of each voice as far as it goes without leaving out a measure."""
    for number in sorted({voice.number for bar in part.measures for voice in bar.voices}):
        line: list[tuple[Measure, Voice, Event]] = []
        for measure in part.measures:
            voices = [voice for voice in measure.voices if voice.number == number]
            if not voices:
                yield line
                line = []
            line += [(measure, voice, event) for voice in voices for event in voice.events]
        yield line


def _is_grace(event: Event) -> bool:
    return isinstance(event, Chord) and event.grace


def _is_note_value(value: NoteValue) -> bool:
    known = value.type in NOTE_TYPES and 0 <= value.dots <= MOST_DOTS
    return known and value.actual >= 1 and value.normal >= 1


def _signs(measure: Measure) -> Iterator[tuple[str, object]]:
    """What a measure states: ("a key signature", its fifths), ("a clef on staff 1", "G"), ..."""
    if measure.time:
        yield "a time signature", measure.time
    if measure.key:
        yield "a key signature", measure.key.fifths
    for clef in sorted(measure.clefs, key=lambda clef: clef.onset):
        yield f"a clef on staff {clef.staff}", (clef.sign, clef.line)


def _staves_of(mark: Mark | Clef, part: Part) -> tuple[int, ...]:
    """The staves on which a note or rest can carry the mark."""
    if isinstance(mark, Clef):
        return (mark.staff,)
    return (
        (part.staves,)
        if isinstance(mark, PedalMark | PedalWords)
        else tuple(range(1, part.staves + 1))
    )


def _has_place(mark: Mark | Clef, measure: Measure, part: Part) -> bool:
    """Clefs also stand at the opening barline, and the pedal goes up at the closing one."""
    if isinstance(mark, Clef) and mark.onset == 0:
        return 1 <= mark.staff <= part.staves
    if isinstance(mark, PedalMark) and mark.kind == "stop" and mark.onset == measure.length:
        return True
    if isinstance(mark, PedalMark) and mark.look == "none":
        return 0 <= mark.onset < measure.length
    if isinstance(mark, PedalMark | PedalWords):
        carrier = carrying_voice(measure, part.staves)
        if carrier and any(event.onset == mark.onset for event in carrier.events):
            return True
    staves = _staves_of(mark, part)
    voices = (voice for voice in measure.voices if voice.staff in staves)
    return any(event.onset == mark.onset for voice in voices for event in voice.events)


def _at(measure: Measure, voice: Voice | None = None, event: Event | None = None) -> str:
    """Where: "measure 3, staff 1, voice 2, at 3/2"."""
    where = f"measure {measure.number}"
    if voice is not None:
        where += f", staff {voice.staff}, voice {voice.number}"
    return where if event is None else f"{where}, at {event.onset}"


def _line(head: Notehead) -> int:
    """The line or space of the staff: C0 is 0, D0 is 1."""
    return len(STEPS) * head.pitch.octave + STEPS.index(head.pitch.step)


def _name(head: Notehead) -> str:
    """ "F#4"."""
    pitch = head.pitch
    return f"{pitch.step}{'#' * pitch.alter}{'b' * -pitch.alter}{pitch.octave}"
