"""The page that a MusicXML file from any program shows: ties joined, on one line of quarter notes.

What a reader does not see or does not play, cue notes and what has print-object="no", is no note
of the page, but a note tied to it lasts as long. Repeats are NOT played out: a bar stands once, in
the order of writing. (See `bench.pages.musicxml_signs` for how places, staves and parts are read.)
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from bench.pages.musicxml_signs import Sign, Source, Written, read_written
from bench.pages.page import Page, PageNote

MISPLACED = Fraction(1, 2)  # quarter notes


def read_page(source: Source) -> Page:
    """The page that a MusicXML file (its bytes, or the path of an .xml, .musicxml or .mxl) shows.

    Raises ValueError if it is not a partwise score.
    """
    written = read_written(source)
    notes = (
        PageNote(
            onset=written.bars[sign.bar].start + sign.onset,
            length=sign.length,
            pitch=sign.pitch.midi,
            step=sign.pitch.step,
            alter=sign.pitch.alter,
            octave=sign.pitch.octave,
            staff=sign.staff,
            voice=sign.voice,
            played=sign.played,
            grace=sign.grace,
        )
        for sign in _join_ties(written)
        if sign.pitch is not None and not sign.hidden
    )
    return Page(tuple(sorted(notes, key=lambda note: (note.onset, note.pitch))), written.bars)


def _join_ties(written: Written) -> list[Sign]:
    """Each note once: the first sign of a chain of ties, with the length of the whole chain.

    A tie leads to the sign of its pitch that begins where the chain ends, if there is a choice
    then in its voice. Programs that misplace the second sign (music21 does) are forgiven up to
    `MISPLACED`. A tie that leads nowhere, or comes from nowhere, is no tie.
    """
    joined: list[Sign] = []
    # Chains whose last sign has a tie leading on: pitch -> where each ends, its index in `joined`.
    open_chains: dict[int, list[tuple[Fraction, int]]] = defaultdict(list)
    for start, sign in _in_time(written):
        assert sign.pitch is not None
        chains = open_chains[sign.pitch.midi]
        index = len(joined)
        if sign.tied_from and (chain := _chain_before(chains, start, sign.voice, joined)):
            chains.remove(chain)
            index = chain[1]
            first = joined[index]
            joined[index] = replace(
                first, length=first.length + sign.length, grace=first.grace and sign.grace
            )
        else:
            joined.append(sign)
        if sign.tied_to:
            chains.append((start + sign.length, index))
    return joined


def _in_time(written: Written) -> list[tuple[Fraction, Sign]]:
    """All noteheads with their places on the line of quarter notes, in order.

    A grace note may be tied to the note it leads to, so it comes first.
    """
    signs = [
        (written.bars[sign.bar].start + sign.onset, sign)
        for sign in written.signs
        if sign.pitch is not None
    ]
    return sorted(signs, key=lambda item: (item[0], not item[1].grace, item[1].hidden))


def _chain_before(
    chains: Iterable[tuple[Fraction, int]], start: Fraction, voice: int, joined: Sequence[Sign]
) -> tuple[Fraction, int] | None:
    """Of the open chains of a pitch, the one that a sign of this voice at `start` goes on."""
    near = [chain for chain in chains if abs(chain[0] - start) <= MISPLACED]
    return min(
        near, key=lambda c: (abs(c[0] - start), joined[c[1]].voice != voice, c[1]), default=None
    )
