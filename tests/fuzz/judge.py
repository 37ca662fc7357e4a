"""What is wrong with what becomes of a file: nothing, or a fault in a line."""

import random
import re
import traceback

from lxml import etree

import engrave
from engrave.midi.smf import MidiError
from engrave.music.iterate import heads_of
from engrave.output.formats import write
from engrave.output.pdf import TooTallError
from tests.support.judge import check
from tests.support.note_account import account

OPTIONS = (
    {},
    {},
    {"meter": "3/4"},
    {"smallest": "1/8"},
    {"pedal": "infer"},
    {"find_repeats": True},
    {"grid": "free"},
    {"key": "c# minor"},
    {"tempo": 90},
)
PICTURES = (".svg", ".pdf", ".png")
LONGEST_MESSAGE = 400  # characters
ID = re.compile(r"p(\d+)")


def fault_of(data: bytes, seed: int) -> str:
    """The first fault of a file on its way to the page, "" if there is none.

    The options of the way follow from the seed.
    """
    options = random.Random(seed).choice(OPTIONS)
    try:
        score = engrave.transcribe(data, weights="free", **options)
        faults = [
            *account(data, score),
            *check(score, score.performance),
            *_lost_on_paper(score, write(score, ".musicxml")),
        ]
        if len(score.performance.notes) < 400:
            for suffix in [".html", random.Random(seed).choice(PICTURES)]:
                write(score, suffix)
        score.explain()
    except MidiError as error:
        return "a long message" if len(str(error)) > LONGEST_MESSAGE or "\n" in str(error) else ""
    except TooTallError:
        return ""
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {frame.name}: {str(error)[:80]}"
    return f"{_kind(faults[0])}" if faults else ""


def _kind(fault: str) -> str:
    """A fault without its numbers, so that a smaller file may have the same."""
    return re.sub(r"[\d/.]+", "N", fault)[:120]


def _lost_on_paper(score: engrave.Score, xml: bytes) -> list[str]:
    """Key presses that have no note, sign or reason in the MusicXML."""
    root = etree.fromstring(xml)
    written = {int(m[1]) for e in root.iter("note") if (m := ID.fullmatch(e.get("id") or ""))}
    for element in root.iter("notations"):
        if "-folds-" in (element.get("id") or ""):
            written |= {int(n) for n in element.get("id").split("-folds-")[1].split("-")}
    told = {left.played for left in score.unwritten}
    # Of several presses that one notehead writes, its id names the first.
    heads = (head for *_, head in heads_of(score))
    joined = {played for head in heads for played in head.played[1:]}
    lost = set(range(len(score.performance.notes))) - written - told - joined
    return [f"{len(lost)} presses have no note in the MusicXML"] if lost else []
