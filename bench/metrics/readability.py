"""How the page looks to somebody who has to read it, counted; no true score is needed.

What is counted is what is drawn: heads that ties lead to are heads of their own, a triplet eighth
is an eighth. Hidden and cue signs are not counted. A true score's own figures are the measure: a
page with far fewer rests than it is as strange as one with far more.
"""

from dataclasses import dataclass

from bench.pages.musicxml_signs import Source, read_written

# Note types with three beams or more.
SHORT = ("32nd", "64th", "128th", "256th", "512th", "1024th")


@dataclass(frozen=True, slots=True)
class Readability:
    """Means over the page; 0 where there is nothing to count.

    A note is what the player presses a key for: the heads of a chain of ties are one note.
    `tuplet_notes_per_note` is the share of heads that stand in a tuplet; `voices_per_staff_bar`
    the number of voices with a note or a rest, over bars and staves that have any;
    `short_notes_per_bar` counts heads shorter than a sixteenth, without grace notes.
    """

    ties_per_note: float
    rests_per_bar: float
    tuplet_notes_per_note: float
    voices_per_staff_bar: float
    dotted_rests_per_bar: float
    short_notes_per_bar: float


def readability(source: Source) -> Readability:
    """The figures of a MusicXML file (its bytes or path; see `read_written`)."""
    written = read_written(source)
    seen = [sign for sign in written.signs if not sign.hidden]
    heads = [sign for sign in seen if sign.pitch is not None]
    rests = [sign for sign in seen if sign.pitch is None]
    ties = sum(sign.tied_from for sign in heads)
    staff_bars = {(sign.bar, sign.staff) for sign in seen}
    voices = {(sign.bar, sign.staff, sign.voice) for sign in seen}
    short = sum(sign.type in SHORT and not sign.grace for sign in heads)
    bars = len(written.bars)
    return Readability(
        ties_per_note=_ratio(ties, len(heads) - ties),
        rests_per_bar=_ratio(len(rests), bars),
        tuplet_notes_per_note=_ratio(sum(sign.tuplet for sign in heads), len(heads)),
        voices_per_staff_bar=_ratio(len(voices), len(staff_bars)),
        dotted_rests_per_bar=_ratio(sum(sign.dots > 0 for sign in rests), bars),
        short_notes_per_bar=_ratio(short, bars),
    )


def _ratio(count: int, total: int) -> float:
    return count / total if total else 0.0
