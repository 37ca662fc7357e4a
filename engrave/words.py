"""What musicians call things: keys, note values, so many bars."""

from engrave.score import KeySignature, NoteValue

# Tonics along the circle of fifths; C major stands at 7, A minor three places on.
TONICS = (
    *("C-flat", "G-flat", "D-flat", "A-flat", "E-flat", "B-flat", "F", "C", "G", "D", "A", "E"),
    *("B", "F-sharp", "C-sharp", "G-sharp", "D-sharp", "A-sharp"),
)
PLACE_OF_NO_ACCIDENTALS = {"major": 7, "minor": 10}


def name_key(key: KeySignature) -> str:
    """For example "E-flat major"."""
    return f"{TONICS[key.fifths + PLACE_OF_NO_ACCIDENTALS[key.mode]]} {key.mode}"


def name_value(value: NoteValue) -> str:
    """For example "dotted quarter"."""
    return "dotted " * value.dots + value.type


def count(number: int, thing: str) -> str:
    """For example "1 bar", "3 bars"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
