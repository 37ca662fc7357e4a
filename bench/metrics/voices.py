"""Hands and voices against the true page: shares from 0 to 1, over the aligned notes.

- `staff`: notes on the right staff.
- `voice_precision`, `voice_recall`, `voice_f`: right links between notes that follow each other
  in a voice (McLeod and Steedman, "HMM-based voice separation of MIDI performance", JNMR 2016;
  "Evaluating automatic polyphonic music transcription", ISMIR 2018). A voice's notes that start
  together are a chord; each of its notes is linked with each of the next chord, whatever rests lie
  in between. The links that leave a note share one unit (Hiramatsu, Nakamura, Yoshii, ISMIR 2021),
  so that chords do not outweigh a melody. Neither the numbers of the voices nor their staves
  matter, only which notes are linked; grace notes and notes without a partner are left out as if
  they did not stand there.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

from bench.metrics.muster import NotePair, Pairs
from bench.pages.page import Page, PageNote


@dataclass(frozen=True, slots=True)
class VoiceFigures:
    """Shares from 0 to 1."""

    staff: float
    voice_precision: float
    voice_recall: float
    voice_f: float


def voice_figures(truth: Page, estimate: Page, pairs: Pairs) -> VoiceFigures:
    """The shares for `estimate`, given which of its notes writes which true note.

    All are 0 where nothing is aligned.
    """
    couples = [(truth.notes[t], estimate.notes[e]) for t, e in pairs]
    if not couples:
        return VoiceFigures(0.0, 0.0, 0.0, 0.0)
    precision, recall = _compare_links(couples)
    return VoiceFigures(
        staff=sum(true.staff == found.staff for true, found in couples) / len(couples),
        voice_precision=precision,
        voice_recall=recall,
        voice_f=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
    )


# A link: the numbers of the two notes, with its share of the unit that leaves the first.
_Links = dict[tuple[int, int], float]


def _compare_links(couples: Iterable[NotePair]) -> tuple[float, float]:
    """Precision and recall of the estimated links."""
    steady = [couple for couple in couples if not (couple[0].grace or couple[1].grace)]
    true_links = _links([true for true, _ in steady])
    found_links = _links([found for _, found in steady])
    return _share(found_links, true_links), _share(true_links, found_links)


def _share(links: _Links, others: _Links) -> float:
    """Weight of the links that the others have too; without links, whether the others have none."""
    if not links:
        return float(not others)
    return sum(unit for link, unit in links.items() if link in others) / sum(links.values())


def _links(notes: list[PageNote]) -> _Links:
    """Links by the notes' numbers in the list."""
    voices: dict[int, dict[Fraction, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, note in enumerate(notes):
        voices[note.voice][note.onset].append(number)
    return {
        link: 1 / len(following)
        for chords in voices.values()
        for (_, chord), (_, following) in pairwise(sorted(chords.items()))
        for link in product(chord, following)
    }
