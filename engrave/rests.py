"""Which rests of two voices on a staff are printed, and which the reader does without.

A line that goes on keeps its rests. A voice that is only a held note or two in its bar with no
rest between, a bass under broken chords or a melody note over them, needs none after its last
note, and a single note none before it either, as long as another voice of the staff sounds all
the while: that one shows the beat (Gould, *Behind Bars*, 2011, "Two voices on a staff"; so it is
in four of five such places, mean of 13 composers). A voice that is silent for the bar is not
written beside one that is not, and where a beam comes over from the other staff no rest stands in
its way. The rests stay in the file, hidden, for each voice is full there.

Places are quarter notes from the barline.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from engrave.layout import crossing_spans
from engrave.rhythm import Stretch
from engrave.score import Chord, Event, Rest, Voice

FEW = 2  # chords of a voice after which no rest is needed


def hide_rests(voices: Sequence[Voice]) -> tuple[Voice, ...]:
    """The voices of one measure, with the rests hidden that nobody needs."""
    return tuple(
        _unless_visited(
            _thinned(voice, [v for v in voices if v.staff == voice.staff and v is not voice]),
            [v for v in voices if v.staff != voice.staff],
        )
        for voice in voices
    )


def silence(start: Fraction, end: Fraction, visits: Iterable[Fraction]) -> Iterator[Stretch]:
    """What is to be written as rests, divided where a line of the other staff comes and goes."""
    places = [start, *sorted(place for place in visits if start < place < end), end]
    return (Stretch(a, b, None) for a, b in pairwise(places) if a < b)


def _unless_visited(voice: Voice, others: Sequence[Voice]) -> Voice:
    """The voice without the rests for which a beam from the other staff speaks."""
    spans = [span for other in others for span in crossing_spans(other)]
    spared = [
        k
        for k, event in enumerate(voice.events)
        if any(a <= event.onset and event.onset + event.length <= b for a, b in spans)
    ]
    return _without(voice, spared)


def _thinned(voice: Voice, others: Sequence[Voice]) -> Voice:
    heard = [k for k, event in enumerate(voice.events) if _sounds(event)]
    if not heard and any(_sounds(event) for other in others for event in other.events):
        return _without(voice, range(len(voice.events)))
    if not others or not 1 <= len(heard) <= FEW or _rests_within(voice, heard):
        return voice
    before = range(heard[0]) if len(heard) == 1 else range(0)
    for outside in (before, range(heard[-1] + 1, len(voice.events))):
        if _may_go([voice.events[k] for k in outside], others):
            voice = _without(voice, outside)
    return voice


def _rests_within(voice: Voice, heard: Sequence[int]) -> bool:
    return any(isinstance(event, Rest) for event in voice.events[heard[0] : heard[-1]])


def _without(voice: Voice, spared: Container[int]) -> Voice:
    return replace(
        voice,
        events=tuple(
            replace(event, hidden=True) if k in spared and isinstance(event, Rest) else event
            for k, event in enumerate(voice.events)
        ),
    )


def _may_go(rests: Sequence[Event], others: Sequence[Voice]) -> bool:
    """Whether other voices sound through all of these rests, and none of them is in a tuplet."""
    if not rests or any(event.value.actual > 1 for event in rests):
        return False
    place, end = rests[0].onset, rests[-1].onset + rests[-1].length
    for start, stop in sorted(span for other in others for span in _spans(other)):
        if start <= place:
            place = max(place, stop)
    return place >= end


def _spans(voice: Voice) -> Iterator[tuple[Fraction, Fraction]]:
    for event in voice.events:
        if _sounds(event):
            yield event.onset, event.onset + event.length


def _sounds(event: Event) -> bool:
    return isinstance(event, Chord) and not event.grace
