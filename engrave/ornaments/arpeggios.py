"""Rolled chords: their keys go down one after the other, upwards, and are all held.

Broken chords look alike; the note network's evidence decides (Gould, *Behind Bars*, 2011, ch. 5:
arpeggio signs). Times are seconds; evidence is log odds.
"""

from collections.abc import Iterator, Sequence

from engrave.listening.evidence import Evidence
from engrave.music.performance import PlayedNote

ARPEGGIO_STEPS = (0.0, 0.12)  # seconds from press to press: shortest, longest
FEWEST_NOTES, LEAST_SPREAD = 3, 0.08  # presses; seconds from the first to the last
ARPEGGIO_EVIDENCE = -3.0  # mean log odds of the presses; of such wide spreads most chords are rolls
# Seconds: a lone key of one hand, this near to the first of the other's roll, is not rolled.
TOGETHER_SECONDS = 0.03
HELD_SECONDS = 0.02  # seconds that every key of a rolled chord is held after its last onset


def find_arpeggios(
    notes: Sequence[PlayedNote], left: list[int], evidence: Evidence
) -> Iterator[tuple[int, ...]]:
    """The presses of rolled chords of either or both hands, low to high; `left` may be rolled."""
    k = 0
    while k < len(left):
        chord = [left[k]]
        held_until = notes[left[k]].release
        for following in range(k + 1, len(left)):
            i = left[following]
            last, note = notes[chord[-1]], notes[i]
            shortest, longest = ARPEGGIO_STEPS
            if not (shortest <= note.onset - last.onset <= longest and note.pitch > last.pitch):
                break
            if held_until <= note.onset + HELD_SECONDS:
                break
            chord.append(i)
            held_until = min(held_until, note.release)
        spread = notes[chord[-1]].onset - notes[chord[0]].onset
        said = evidence.flag("arpeggio")[chord].mean()
        if len(chord) >= FEWEST_NOTES and spread >= LEAST_SPREAD and said > ARPEGGIO_EVIDENCE:
            yield tuple(chord)
        k += len(chord)


def struck_with(notes: Sequence[PlayedNote], roll: Sequence[int]) -> Iterator[int]:
    """The lone press of a hand that is struck together with the other hand's first."""
    for hand in {notes[i].hand for i in roll}:
        own = [i for i in roll if notes[i].hand == hand]
        others = [notes[i].onset for i in roll if notes[i].hand != hand]
        if len(own) == 1 and others and abs(notes[own[0]].onset - min(others)) <= TOGETHER_SECONDS:
            yield own[0]
