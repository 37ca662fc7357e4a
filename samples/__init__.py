"""Short performances made by this project from public-domain music, with the scores behind them.

`take("nocturne").truth` names, note for note, what the keys pressed in `nocturne.mid` write.
"""

from functools import cache
from pathlib import Path

from samples.notation import Piece, read_piece
from samples.performer import Take, perform

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The names of all samples, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def piece(name: str) -> Piece:
    """The true score of a sample, as it stands in its text file."""
    return read_piece(name, (FOLDER / f"{name}.txt").read_text(encoding="utf-8"))


@cache
def take(name: str) -> Take:
    """The performance of a sample, and note for note what it plays. The same on every call."""
    return perform(piece(name))
