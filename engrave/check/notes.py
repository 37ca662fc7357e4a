"""Consistency rules for notes: values, pitches, chords, ties, grace notes, tuplets, beams.

Each `check_...` function yields a sentence for each violation of its rule; positions are in quarter
notes from the barline that opens the measure.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby, pairwise

from engrave.music.iterate import (
    chords_of,
    events_of,
    is_grace,
    measures_of,
    voice_lines,
    voices_of,
)
from engrave.music.marks import TempoMark
from engrave.music.score import Chord, Event, Measure, Notehead, Score, Voice
from engrave.music.text import at, name_of, staff_position
from engrave.music.values import NOTE_TYPES, STEPS, NoteValue, Pitch

MOST_DOTS = 3
# Number of beams by note type.
BEAMS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5}
# Words allowed on one level of a beam, where it is open and where it is not.
BEAM_GOES_ON = ("continue", "end")
BEAM_OPENS = ("begin", "forward hook", "backward hook", None)


def check_note_values(score: Score) -> Iterator[str]:
    """Note types exist, with at most three dots and a possible tuplet ratio."""
    for measure, voice, event in events_of(score):
        if not _is_note_value(event.value):
            yield f"{at(measure, voice, event)}: {event.value} is not a note value"
    for _, measure in measures_of(score):
        for mark in measure.marks:
            if isinstance(mark, TempoMark) and not _is_note_value(mark.beat):
                yield f"{at(measure)}, at {mark.onset}: {mark.beat} is not a note value"


def check_pitches(score: Score) -> Iterator[str]:
    """Pitches are spelled C-B with at most two sharps or flats, in octaves 0-9 as MusicXML has."""
    for measure, voice, chord in chords_of(score):
        for head in chord.heads:
            pitch = head.pitch
            if pitch.step not in STEPS or abs(pitch.alter) > 2 or not 0 <= pitch.octave <= 9:
                yield f"{at(measure, voice, chord)}: {name_of(head)} cannot be written"


def check_chords(score: Score) -> Iterator[str]:
    """A chord has heads, low to high, with different keys, and each names its key press."""
    for measure, voice, chord in chords_of(score):
        where = at(measure, voice, chord)
        if not chord.heads:
            yield f"{where}: a chord without notes"
        for low, high in pairwise(chord.heads):
            if low.pitch.midi == high.pitch.midi:
                yield f"{where}: {name_of(low)} and {name_of(high)} are one key in a chord"
            elif low.pitch.midi > high.pitch.midi or staff_position(low) > staff_position(high):
                yield f"{where}: {name_of(low)} stands below {name_of(high)} in a chord"
        for head in chord.heads:
            if not head.played:
                yield f"{where}: {name_of(head)} names no key press"


def check_ties(score: Score) -> Iterator[str]:
    """A tie leads to the same pitch and key press in the next event of its voice, and back."""
    for part in score.parts:
        for line in voice_lines(part):
            yield from _tie_faults(line)


def check_graces(score: Score) -> Iterator[str]:
    """Grace notes lead to a chord in the same voice and measure; several stand under a beam."""
    for _, measure, voice in voices_of(score):
        for event, following in zip(voice.events, [*voice.events[1:], None], strict=True):
            if is_grace(event) and not isinstance(following, Chord):
                yield f"{at(measure, voice, event)}: a grace note that leads to no chord"
        for grace, group in groupby(voice.events, key=is_grace):
            small = [event for event in group if isinstance(event, Chord)]
            if grace and len(small) > 1 and not all(chord.beams for chord in small):
                yield f"{at(measure, voice, small[0])}: grace notes without their beam"


def check_ornaments(score: Score) -> Iterator[str]:
    """A sign stands for key presses and presses stand behind a sign, on notes of full size."""
    for measure, voice, chord in chords_of(score):
        where = at(measure, voice, chord)
        folded = [played for head in chord.heads for played in head.folded]
        if (chord.ornament and not folded) or (folded and not _signed(chord)):
            yield f"{where}: key presses behind no sign" if folded else f"{where}: an empty sign"
        if chord.grace and (chord.ornament or chord.arpeggiated):
            yield f"{where}: a sign on a grace note"
        for head in chord.heads:
            if head.folded and head.tied_from:
                yield f"{where}: the sign of {name_of(head)} does not stand where the note begins"


def check_tremolos(score: Score) -> Iterator[str]:
    """Two alternating chords of a tremolo are adjacent, with one value and no tie."""
    for _, measure, voice in voices_of(score):
        before: Event | None = None
        for event in (*voice.events, None):
            begun = before if isinstance(before, Chord) and before.tremolo == "start" else None
            stops = isinstance(event, Chord) and event.tremolo == "stop"
            if bool(begun) != stops:
                yield f"{at(measure, voice, begun or event)}: half a tremolo"
            elif begun and event and begun.value != event.value:
                yield f"{at(measure, voice, begun)}: a tremolo of two values"
            if isinstance(event, Chord) and event.tremolo:
                yield from (f"{at(measure, voice, event)}: {f}" for f in _tremolo_faults(event))
            before = event


def check_glissandos(score: Score) -> Iterator[str]:
    """A glissando leads to the next chord of its voice that is not tied to it."""
    for part in score.parts:
        for line in voice_lines(part):
            begun = ""
            for measure, voice, event in line:
                if isinstance(event, Chord) and event.glissando == "stop" and not begun:
                    yield f"{at(measure, voice, event)}: a glissando from nowhere"
                elif begun and not (isinstance(event, Chord) and _goes_on(event)):
                    yield f"{begun}: a glissando that leads nowhere"
                tied = isinstance(event, Chord) and any(head.tied_from for head in event.heads)
                begun = begun if tied else ""
                if isinstance(event, Chord) and event.glissando == "start":
                    begun = at(measure, voice, event)


def _goes_on(chord: Chord) -> bool:
    return chord.glissando == "stop" or any(head.tied_from for head in chord.heads)


def check_tuplets(score: Score) -> Iterator[str]:
    """Tuplets start and stop, one after the other, in one ratio, and fill a plain span."""
    for _, measure, voice in voices_of(score):
        members: list[Event] = []
        for event in (event for event in voice.events if not is_grace(event)):
            where = at(measure, voice, event)
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
            yield f"{at(measure, voice, members[0])}: a tuplet does not stop"


def check_beams(score: Score) -> Iterator[str]:
    """On each level beams begin, continue and end in turn, as many as the note type has."""
    for _, measure, voice in voices_of(score):
        chords = [event for event in voice.events if isinstance(event, Chord)]
        groups = [[chord for chord in chords if not chord.grace]]
        groups += [list(group) for grace, group in groupby(chords, key=is_grace) if grace]
        for group in groups:
            yield from _beam_faults(measure, voice, group)


def _signed(chord: Chord) -> bool:
    """Whether key presses may stand behind a chord."""
    return bool(chord.ornament or chord.tremolo or chord.glissando == "start")


def _tremolo_faults(chord: Chord) -> Iterator[str]:
    if chord.grace:
        yield "a tremolo on a grace note"
    if chord.tremolo != "single" and chord.value.actual != chord.value.normal:
        yield "a tremolo of two chords in a tuplet"
    if any(head.tied_from or head.tied_to for head in chord.heads):
        yield "a tied tremolo"


def _tie_faults(line: list[tuple[Measure, Voice, Event]]) -> Iterator[str]:
    """Ties; grace notes may be tied to the chord that they lead to, over the other grace notes."""
    leaving: list[tuple[str, Notehead]] = []
    for measure, voice, event in line:
        where = at(measure, voice, event)
        heads = event.heads if isinstance(event, Chord) else ()
        arriving = [head for head in heads if head.tied_from]
        if not is_grace(event):
            met = {(head.pitch, head.played) for head in arriving}
            yield from _loose_ends(leaving, met)
        came = {(head.pitch, head.played) for _, head in leaving}
        for head in arriving:
            if (head.pitch, head.played) not in came:
                yield f"{where}: a tie arrives at {name_of(head)} from nowhere"
        leaving = leaving if is_grace(event) else []
        leaving = leaving + [(where, head) for head in heads if head.tied_to]
    yield from _loose_ends(leaving, set())


def _loose_ends(
    leaving: list[tuple[str, Notehead]], met: set[tuple[Pitch, tuple[int, ...]]]
) -> Iterator[str]:
    for where, head in leaving:
        if (head.pitch, head.played) not in met:
            yield f"{where}: the tie of {name_of(head)} leads nowhere"


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
        where = at(measure, voice, chord)
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
        yield f"{at(measure, voice, chords[-1])}: the beam does not end"


def _is_note_value(value: NoteValue) -> bool:
    known = value.type in NOTE_TYPES and 0 <= value.dots <= MOST_DOTS
    return known and value.actual >= 1 and value.normal >= 1
