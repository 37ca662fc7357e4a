"""Which short notes are joined, and the stems to beams between the staves.

Rhythms are written as in `support.rhythms`. Of the beams, each note shows one letter for each
level, eighths first: "(" begins, "-" continues, ")" ends, ">" and "<" are hooks; "." is no beam.
"""

from dataclasses import replace
from fractions import Fraction

import pytest

from engrave.music.score import Chord, Event, Notehead, Rest
from engrave.music.values import NoteValue, Pitch
from engrave.notation.beams import beam, crossing_spans, stem_directions
from engrave.notation.written_values import split_into_values
from tests.support.rhythms import bar_of, stretches_of
from tests.support.scores import chord, crossing, head, voice

WORDS = {"begin": "(", "continue": "-", "end": ")", "forward hook": ">", "backward hook": "<"}
HEADS = (Notehead(Pitch("C", 0, 5), (0,)),)


def events_of(meter: str, lengths: str) -> list[Event]:
    stretches = stretches_of(lengths)
    bar = bar_of(meter, stretches[-1].end)
    events: list[Event] = []
    for one in split_into_values(stretches, bar, bar.full_length - bar.length):
        tuplet = {"tuplet_start": one.tuplet_start, "tuplet_stop": one.tuplet_stop}
        if one.chord is None:
            events.append(Rest(one.onset, one.value, **tuplet))
        else:
            events.append(Chord(one.onset, one.value, HEADS, **tuplet))
    return events


def in_small(events: tuple[Event, ...]) -> str:
    return " ".join(
        "".join(WORDS[word] for word in getattr(event, "beams", ())) or "." for event in events
    )


def beamed(meter: str, lengths: str) -> str:
    events = events_of(meter, lengths)
    bar = bar_of(meter, events[-1].onset + events[-1].length)
    return in_small(beam(events, bar, bar.full_length - bar.length))


HALF_BEAT = "1/2 1/2 1/2 1/2 "


@pytest.mark.parametrize(
    ("meter", "lengths", "expected"),
    [
        # Plain eighths: half a bar of 4/4, a bar of 2/4 or 3/4, a half note of 2/2.
        ("4/4", HALF_BEAT + HALF_BEAT, "( - - ) ( - - )"),
        ("2/4", HALF_BEAT, "( - - )"),
        ("3/4", HALF_BEAT + "1/2 1/2", "( - - - - )"),
        ("2/2", HALF_BEAT + HALF_BEAT, "( - - ) ( - - )"),
        ("5/4", "1/2 " * 10, "( - - - - ) ( - - )"),
        ("5/8", "1/2 " * 5, "( - ) ( )"),
        ("4/4", "1 1/2 1/2 2", ". ( ) ."),
        ("3/4", "1 " + HALF_BEAT, ". ( - - )"),
        ("3/4", "3/2 1/2 1/2 1/2", ". . ( )"),  # not three as in 6/8
        ("3/4", "r1/2 1/2 1/2 1/2 1/2 1/2", ". ( - - - )"),
        # A longer note or a rest ends a beam, and one note alone has none.
        ("4/4", "1/2 1 1/2 r1/2 1/2 1/2 1/2", ". . . . ( - )"),
        ("4/4", "1/2 r1/2 1/2 r1/2 2", ". . . . ."),
        ("2/4", "1/4 r1/4 1/4 1/4 1", ". . (( )) ."),
        # With anything shorter each beat stands by itself; tied notes do not bind beats.
        ("2/4", "1/2 1/4 1/4 1/2 1/2", "( -( )) ( )"),
        ("2/2", "1/4 1/4 1/4 1/4 1/2 1/2 2", "(( -- -- )) ( ) ."),
        ("2/4", "1/2 3/4 3/4", "( ) (> )"),
        # Hooks: to the note that the short one belongs to.
        ("1/4", "3/4 1/4", "( )<"),
        ("1/4", "1/4 3/4", "(> )"),
        ("1/4", "1/4 1/2 1/4", "(> - )<"),
        ("1/4", "3/8 1/8 3/8 1/8", "(( --< -- ))<"),
        ("1/4", "1/8 3/8 1/8 3/8", "((> -- --> ))"),
        ("3/8", "3/4 1/4 1/2", "( -< )"),
        ("3/8", "1/2 1/4 3/4", "( -> )"),
        # Compound meters: the dotted quarter; 3/8 is one.
        ("6/8", "1/2 " * 6, "( - ) ( - )"),
        ("9/8", "1/2 " * 9, "( - ) ( - ) ( - )"),
        ("12/8", "1/2 1 1/2 1/2 1/2 1 1/2 1/2 1", ". . ( - ) . . . ."),
        ("6/8", "1/4 " * 6 + "3/2", "(( -- -- -- -- )) ."),
        ("6/8", "1 1/2 1/2 1", ". . . ."),
        ("3/8", "1/2 1/2 1/2", "( - )"),
        # Tuplets: with the rest of their beat, or over their own beats.
        ("2/4", "1/3 1/3 1/3 1/3 1/3 1/3", "( - ) ( - )"),
        ("1/4", "1/2 1/6 1/6 1/6", "( -( -- ))"),
        ("1/4", "1/3 r1/3 1/3", ". . ."),
        ("1/4", "1/3 1/6 1/6 1/3", "( -( -) )"),
        # A siciliano: the hook of the 16th points to its dotted eighth.
        ("1/4", "1/2 1/6 1/3", "( -< )"),
        ("2/4", "2/3 1/3 1/3 2/3", ". . . ."),
        ("2/4", "2/3 2/3 1/3 1/3", ". . ( )"),
        ("2/2", "2/5 2/5 2/5 2/5 2/5 2", "( - - - ) ."),
        ("2/4", "2/3 1/3 1/2 1/2", ". . ( )"),
        # Pickups: counted from the end of the bar.
        ("4/4", "1/2 1/2 1/2", "( - )"),
        ("4/4", "1/2 1/2 1/2 1/2 1/2", ". ( - - )"),
        ("6/8", "1/2 1/2 1/2 1/2", ". ( - )"),
        ("2/4", "1/4 1/2 1/2", ". ( )"),
    ],
)
def test_beams(meter: str, lengths: str, expected: str) -> None:
    assert beamed(meter, lengths) == expected


def test_grace_notes_are_passed_over() -> None:
    plain = events_of("2/4", "1/2 1/2 1")
    grace = Chord(Fraction(1, 2), NoteValue("eighth"), HEADS, grace=True)
    events = beam([plain[0], grace, *plain[1:]], bar_of("2/4"), Fraction(0))
    assert in_small(events) == "( . ) ."


def test_stems_go_from_both_staves_to_the_beam_between_them() -> None:
    upper, lower = crossing().parts[0].measures[0].voices
    assert stem_directions([upper, lower]) == [
        [None, "down", "down", "up", "up"],
        ["up", "up", "down", "down", None],
    ]
    bass = voice(6, chord("2", head("C3", 8)))
    assert stem_directions([upper, lower, bass])[1:] == [
        ["up", "up", "down", "down", "up"],
        ["down"],
    ]


def test_a_beam_that_crosses_lasts_from_its_first_chord_to_its_last() -> None:
    upper, lower = crossing().parts[0].measures[0].voices
    assert list(crossing_spans(lower)) == [(0, 1)]
    assert list(crossing_spans(upper)) == [(1, 2)]
    at_home = [replace(e, staff=None) if isinstance(e, Chord) else e for e in lower.events]
    assert list(crossing_spans(voice(5, *at_home))) == []
