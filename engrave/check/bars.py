"""Consistency rules for bars: they are full, and state what they must and nothing twice.

Each `check_...` function yields a sentence for each violation of its rule; positions are in quarter
notes from the barline that opens the measure.
"""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from engrave.music.iterate import measures_of, voices_of
from engrave.music.score import VOICES_PER_STAFF, Chord, Measure, Rest, Score, Voice
from engrave.music.text import at
from engrave.music.values import TimeSignature
from engrave.notation.beams import crossing_beams, crossing_spans


def check_opening(score: Score) -> Iterator[str]:
    """The first measure states time, key, and a clef for each staff."""
    for part in score.parts:
        for measure in part.measures[:1]:
            if measure.time is None:
                yield f"{at(measure)}: no time signature to begin with"
            if measure.key is None:
                yield f"{at(measure)}: no key signature to begin with"
            given = {clef.staff for clef in measure.clefs if clef.onset == 0}
            for staff in set(range(1, part.staves + 1)) - given:
                yield f"{at(measure)}: staff {staff} has no clef to begin with"


def check_parts(score: Score) -> Iterator[str]:
    """All parts have the same measures."""
    frames = [[(m.number, m.length, m.time) for m in part.measures] for part in score.parts]
    for part, frame in zip(score.parts, frames, strict=True):
        if frame != frames[0]:
            yield f"{part.name}: other measures than {score.parts[0].name}"


def check_repeats(score: Score) -> Iterator[str]:
    """A repeat ends before the next one begins, and a second ending follows the first."""
    for part in score.parts:
        is_open = False
        ending = 0
        for measure in part.measures:
            if measure.forward and is_open:
                yield f"{at(measure)}: a repeat begins inside another one"
            is_open = is_open or measure.forward
            if measure.ending == 2 and ending == 0:
                yield f"{at(measure)}: a second ending without a first one"
            if ending == 1 and measure.ending == 0:
                yield f"{at(measure)}: no second ending after the first one"
            if ending == 1 and measure.ending == 2 and is_open:
                yield f"{at(measure)}: no backward repeat before the second ending"
            is_open = is_open and not measure.backward
            ending = measure.ending
        if is_open:
            yield f"{at(part.measures[-1])}: a forward repeat without a backward one"


def check_keys(score: Score) -> Iterator[str]:
    """A key signature has at most seven sharps or flats."""
    for _, measure in measures_of(score):
        if measure.key and abs(measure.key.fifths) > 7:
            yield f"{at(measure)}: no key signature has {measure.key.fifths} fifths"


def check_changes(score: Score) -> Iterator[str]:
    """Time and key signatures and clefs stand only where they change; programs drop others."""
    for part in score.parts:
        in_force: dict[str, object] = {}
        for measure in part.measures:
            for name, sign in _signs(measure):
                if in_force.get(name) == sign:
                    yield f"{at(measure)}: {name} that changes nothing"
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
                f"{at(measure)}: {measure.length} quarters long"
                f" in {time.beats}/{time.beat_type} time"
            )


def check_bars_full(score: Score) -> Iterator[str]:
    """The events of each voice follow one another and fill the measure exactly."""
    for _, measure, voice in voices_of(score):
        position = Fraction(0)
        for event in voice.events:
            if event.onset != position:
                fault = "a gap" if event.onset > position else "an overlap"
                yield f"{at(measure, voice, event)}: {fault} after {position}"
            position = event.onset + event.length
        if position != measure.length:
            yield f"{at(measure, voice)}: ends at {position} of {measure.length} quarters"


def check_rests(score: Score) -> Iterator[str]:
    """A whole-measure rest fills a full bar; a pickup has none."""
    for _, measure, voice in voices_of(score):
        for event in voice.events:
            if isinstance(event, Rest) and event.whole_measure is not None:
                if event.whole_measure != measure.length:
                    yield f"{at(measure, voice, event)}: a bar's rest that does not fill the bar"
                elif measure.number == 0:
                    yield f"{at(measure, voice, event)}: a bar's rest in a pickup"


def check_hidden_rests(score: Score) -> Iterator[str]:
    """A hidden rest has another voice of its staff or a cross-staff chord that shows the beat."""
    for _, measure, voice in voices_of(score):
        for event in voice.events:
            if isinstance(event, Rest) and event.hidden:
                own = [other for other in measure.voices if other.staff == voice.staff]
                away = [other for other in measure.voices if other.staff != voice.staff]
                if not (
                    any(map(partial(_is_shown_at, event.onset), own))
                    or any(map(partial(_is_cross_staff_at, event.onset), away))
                ):
                    yield f"{at(measure, voice, event)}: a hidden rest where the staff is empty"


def check_staves_filled(score: Score) -> Iterator[str]:
    """Each staff has a voice in each measure."""
    for part, measure in measures_of(score):
        for staff in range(1, part.staves + 1):
            if not any(voice.staff == staff for voice in measure.voices):
                yield f"{at(measure)}: staff {staff} is empty"


def check_voices(score: Score) -> Iterator[str]:
    """Voices are 1-4 on staff 1 and 5-8 on staff 2, each once: so at most four on a staff."""
    for part, measure in measures_of(score):
        for voice in measure.voices:
            first = VOICES_PER_STAFF * (voice.staff - 1) + 1
            if not 1 <= voice.staff <= part.staves:
                yield f"{at(measure, voice)}: there is no such staff"
            elif not first <= voice.number < first + VOICES_PER_STAFF:
                yield f"{at(measure, voice)}: this voice does not belong on this staff"
        numbers = Counter(voice.number for voice in measure.voices)
        for number in (number for number, count in numbers.items() if count > 1):
            yield f"{at(measure)}: voice {number} stands there {numbers[number]} times"


def check_cross_staff(score: Score) -> Iterator[str]:
    """A chord stands on another staff only under a beam that leads there, or as its grace note."""
    for part, measure, voice in voices_of(score):
        beamed = {k for group in crossing_beams(voice) for k in group}
        for k, event in enumerate(voice.events):
            if not isinstance(event, Chord) or event.staff is None:
                continue
            where = at(measure, voice, event)
            if event.staff == voice.staff or not 1 <= event.staff <= part.staves:
                yield f"{where}: a visit to staff {event.staff}"
            elif event.grace and voice.staff_of(voice.events[k + 1]) != event.staff:
                yield f"{where}: a grace note on another staff than its main note"
            elif not event.grace and k not in beamed:
                yield f"{where}: on another staff without a beam that leads there"


def _signs(measure: Measure) -> Iterator[tuple[str, object]]:
    """Statements of a measure: ("a key signature", its fifths), ("a clef on staff 1", "G"), ..."""
    if measure.time:
        yield "a time signature", measure.time
    if measure.key:
        yield "a key signature", measure.key.fifths
    for clef in sorted(measure.clefs, key=lambda clef: clef.onset):
        yield f"a clef on staff {clef.staff}", (clef.sign, clef.line)


def _is_cross_staff_at(position: Fraction, voice: Voice) -> bool:
    return any(start <= position < end for start, end in crossing_spans(voice))


def _is_shown_at(position: Fraction, voice: Voice) -> bool:
    return any(
        event.onset <= position < event.onset + event.length
        and not (isinstance(event, Rest) and event.hidden)
        for event in voice.events
    )
