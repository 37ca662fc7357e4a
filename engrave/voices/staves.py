"""On how many staves each player's music stands, and what goes to the lower one.

A pianist has two, and so has whoever plays with both hands. What is one line throughout and for one
hand is written on one staff, whatever plays it: a second one would hold nothing but rests.

Where the right hand plays so low that its staff would need a bass clef, an engraver often rather
writes the passage on the lower staff, beside the left hand, than change the clef of the upper one
(Gould, *Behind Bars*, 2011, ch. 13, "Keyboard"). So the clef is asked, and the reader: what it
surely holds for music of the upper staff stays there. The left hand, when it is high, keeps its
staff, and the clef changes: in 17 performances of validation pieces of the (n)ASAP data set 97 % of
its notes under a treble clef are on the lower staff in the score, too.

Times are seconds, places quarter notes; evidence is log odds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise

from engrave.listening.evidence import Evidence
from engrave.music.grid import Grid
from engrave.music.instruments import KEYBOARDS
from engrave.music.note import PlacedNote
from engrave.music.performance import Instrument, Performance, PlayedNote
from engrave.music.values import STEPS, Pitch
from engrave.notation.clefs import BASS, TREBLE, Moment, choose_readings

TOGETHER = 0.02  # share of the notes of a line that may sound against another,
OVERLAP = 0.5  # for more than so much of the shorter one: legato overlaps a little
ASIDE = 0.1  # share of its notes that the other hand may have taken

# The steps of the twelve keys: near enough to tell ledger lines before the notes have names.
STEP_OF_KEY = (0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6)

SURE = 1.5  # mean log odds of a passage on the upper staff


@dataclass(frozen=True, slots=True)
class Staves:
    """The hand of each note as it is written, and the players with the staves that they take.

    Of player k (from 0) hand 2k + 1 is written on the upper or only staff, 2k + 2 on the lower one.
    """

    hands: tuple[int, ...]
    players: tuple[Instrument, ...]


def lay_staves(performance: Performance, hands: Sequence[int]) -> Staves:
    """The staves of all players; `hands` are those of `split_hands`."""
    written = list(hands)
    players = []
    for k, player in enumerate(performance.players):
        own = performance.played_by(k)
        left = sum(hands[i] == 2 * k + 2 for i in own)
        staves = player.staves
        if player.program not in KEYBOARDS and left in (0, len(own)):
            staves = 1
        if min(left, len(own) - left) <= ASIDE * len(own) and _is_line(
            [performance.notes[i] for i in own]
        ):
            staves = 1
        if staves == 1:
            for i in own:
                written[i] = 2 * k + 1
        players.append(replace(player, staves=staves))
    return Staves(tuple(written), tuple(players))


def _is_line(notes: Sequence[PlayedNote]) -> bool:
    """Whether hardly ever two of the notes sound together."""
    against = 0
    for note, after in pairwise(notes):
        shorter = min(note.release - note.onset, after.release - after.onset)
        against += note.release - after.onset > OVERLAP * shorter
    return against <= TOGETHER * len(notes)


def share_staves(
    notes: Sequence[PlacedNote], hand: Sequence[int], evidence: Evidence, grid: Grid
) -> tuple[int, ...]:
    """The hand under whose staff each note is written; of player k these are 2k + 1 and 2k + 2."""
    shared = list(hand)
    for right in sorted({h for h in hand if h % 2 == 1 and h + 1 in hand}):
        beside = {(n.onset, n.pitch) for n, h in zip(notes, hand, strict=True) if h == right + 1}
        own = [i for i, h in enumerate(hand) if h == right]
        for passage in _low_passages(notes, own, grid):
            sure = evidence.upper[[notes[i].played for i in passage]].mean() > SURE
            if not sure and not any((notes[i].onset, notes[i].pitch) in beside for i in passage):
                for i in passage:
                    shared[i] = right + 1
    return tuple(shared)


def _low_passages(
    notes: Sequence[PlacedNote], own: Sequence[int], grid: Grid
) -> Iterator[list[int]]:
    """The notes of the right hand (indices) from each change to a bass clef to the change back."""
    by_place = [
        list(chord)
        for _, chord in groupby(
            sorted(own, key=lambda i: notes[i].onset), key=lambda i: notes[i].onset
        )
    ]
    moments = [_moment([notes[i] for i in chord], grid) for chord in by_place]
    readings = choose_readings(moments, TREBLE)
    for sign, run in groupby(zip(readings, by_place, strict=True), key=lambda pair: pair[0].sign):
        if sign == BASS.sign:
            yield [i for _, chord in run for i in chord]


def _moment(chord: Sequence[PlacedNote], grid: Grid) -> Moment:
    place = chord[0].onset
    bar = grid.bars[grid.bar_at(place)]
    pitches = tuple(
        Pitch(STEPS[STEP_OF_KEY[note.pitch % 12]], 0, note.pitch // 12 - 1) for note in chord
    )
    opens_beat = (bar.end - place) % bar.beat_length == Fraction(0)
    return Moment(place, pitches, place == bar.start, opens_beat)
