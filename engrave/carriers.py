"""Hidden rests under pedal marks at whose place the lower staff has nothing.

The foot goes its own way, and a mark may stand where the left hand holds a note. MuseScore 3 ties a
pedal to what begins and ends on its staff: it moves or forgets marks that stand elsewhere. So such
a mark gets a rest that is not printed, in a voice that the staff does not use; the rest of that
measure is filled with others, for no voice may have a gap.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from engrave.score import NOTE_TYPES, Mark, Measure, NoteValue, PedalMark, PedalWords, Rest, Voice

VOICES_PER_STAFF = 4
PLACES = (1, 2, 4)  # denominators of the places in a measure (quarters) that can be carried


def can_be_carried(onset: Fraction) -> bool:
    """Whether a place in a measure is one up to which plain rests lead."""
    return onset.denominator in PLACES


def needs_lower_staff(mark: Mark) -> bool:
    """Whether a mark must stand at something of the lower staff."""
    return isinstance(mark, PedalWords) or (isinstance(mark, PedalMark) and mark.shown)


def carrying_voice(measure: Measure, staff: int) -> Voice | None:
    """The voice of hidden rests that the pedal marks of a measure need; None if they need none."""
    voices = [voice for voice in measure.voices if voice.staff == staff]
    begun = {event.onset for voice in voices for event in voice.events} | {measure.length}
    marks = (mark for mark in measure.marks if needs_lower_staff(mark))
    places = {mark.onset for mark in marks if can_be_carried(mark.onset)} - begun
    first = VOICES_PER_STAFF * (staff - 1) + 1
    used = {voice.number for voice in voices}
    free = [n for n in range(first, first + VOICES_PER_STAFF) if n not in used]
    if not places or not free:
        return None
    return Voice(free[-1], staff, tuple(_rests(places, measure.length)))


def _rests(places: Iterable[Fraction], length: Fraction) -> Iterator[Rest]:
    """Rests up to each of the places, and on to the end."""
    for start, stop in pairwise(sorted({Fraction(0), *places, length})):
        while start < stop:
            value = next(v for v, long in NOTE_TYPES.items() if long <= stop - start)
            yield Rest(start, NoteValue(value))
            start += NOTE_TYPES[value]
