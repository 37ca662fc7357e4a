"""The floors of the house: imports point only down, and stand at the top of their module.

Every module of the package stands on one floor of the table below; a new one is entered there
before it can be used.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parent.parent / "engrave"

FLOORS = (
    # what was played, where the two units meet, and what the reader is asked; how commands speak
    {
        "performance",
        "grid",
        "midi_events",
        "reading",
        "xml_text",
        "terminal",
        "startup",
        "provenance",
    },
    {
        "score",
        "midi_hearing",
        "features",
        "sounding",
        "foot",
        "fingers",
        "instruments",
        "bar_features",
        "hypotheses",
        "files",
    },  # written; heard
    # what the readers of the pedal and of places are told; how beats divide
    {"moments", "divisions", "placed_features"},
    # the rules by which music is written, and what the readers answer
    {
        *("rhythm", "beams", "clefs", "layout", "lettering", "words", "listen", "places"),
        *("pulse", "swing", "walk", "playback", "player", "carriers", "pedal_words"),
        *("titles", "keys", "accidentals", "octave_lines", "metrical", "file_grid", "lyrics"),
    },
    # rooms of the judge, of the writer, and of the steps
    {
        *("check_bars", "check_notes", "check_marks", "xml_notes", "xml_marks", "key_changes"),
        *("staff_signs", "ensemble", "rolls", "mended", "xml_barlines", "pedal_places"),
        *("graces", "rests", "tremolos", "trills", "glissandos", "second_reading", "bar_reading"),
    },
    {
        # the steps from the one to the other, each on its own
        *("midi", "levels", "meter", "hands", "ornaments", "quantize", "voices", "lengths"),
        *("spelling", "pedal", "tempo", "dynamics", "articulation", "check", "musicxml"),
        *("ritenuto", "fermata", "repeats", "one_voice", "pace", "halves", "one_staff"),
        *("cross_staff", "heading", "plate", "pedalling", "pedal_signs", "score_midi", "staves"),
        "file_meter",
        "file_keys",
    },
    {"chords", "file_bars", "beats"},  # which notes and signs go together; bars of a file; beats
    {"notate", "svg", "interop"},  # what puts their results together
    {"html", "pdf"},  # pages
    {"transcribe", "assets"},  # the path; pages with files beside them
    {"doubts", "sites", "plugin"},  # how sure the path was of its way; where scores go
    {"__init__", "__main__", "cli", "arguments"},  # the face
    {"embed", "view"},  # commands of their own
)
FLOOR_OF = {module: floor for floor, modules in enumerate(FLOORS) for module in modules}

# The face is doors one behind the other: the only neighbours that know each other.
DOORS = {("__main__", "cli"), ("cli", "arguments"), ("cli", "__init__"), ("arguments", "__init__")}

# Loaded only when they are asked for: music21 takes a second, and commands stand above the one that
# they are called by.
WHEN_USED = {("__init__", "interop"), ("cli", "embed"), ("cli", "view")}

# Libraries that may be imported in these rooms only.
ROOMS_OF_LIBRARY = {
    "madmom_infer": {"meter"},
    "music21": {"interop"},
    "pretty_midi": {"score_midi"},
    "mido": {"midi", "midi_events", "midi_hearing"},
    "typst": {"pdf"},
    "verovio": {"svg"},
    "onnxruntime": {"listen"},
    "tqdm": {"terminal"},
}


class Import(NamedTuple):
    """`module` imports `target`: a room of the package, or a library (`library`)."""

    module: str
    target: str
    library: bool
    line: int
    at_top: bool


def read_imports(module: str, source: str) -> list[Import]:
    """All imports of a module, wherever in it they stand."""
    tree = ast.parse(source)
    top = set(map(id, tree.body))
    return [
        Import(module, target, library, node.lineno, id(node) in top)
        for node in ast.walk(tree)
        for target, library in _targets(node)
    ]


def _targets(node: ast.AST) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield _place(alias.name)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: write the full name of the module"
        if node.module == "engrave":
            # `from engrave import midi` takes a room, `from engrave import Score` the face.
            for alias in node.names:
                yield (alias.name if alias.name in FLOOR_OF else "__init__"), False
        else:
            yield _place(node.module or "")


def _place(name: str) -> tuple[str, bool]:
    package, _, rest = name.partition(".")
    if package != "engrave":
        return package, True
    return (rest.partition(".")[0] or "__init__"), False


def find_faults(module: str, source: str) -> list[str]:
    """What is wrong with where a module stands and what it imports; empty if nothing is."""
    if module not in FLOOR_OF:
        return [f"{module}.py stands on no floor; enter it in tests/test_floors.py"]
    return [
        f"{module}.py, line {found.line}: {fault}"
        for found in read_imports(module, source)
        for fault in _faults(found)
    ]


def _faults(found: Import) -> Iterator[str]:
    pair = (found.module, found.target)
    if not found.at_top and pair not in WHEN_USED:
        yield f"{found.target} is imported below the top of the module"
    if found.library:
        if found.module not in ROOMS_OF_LIBRARY.get(found.target, {found.module}):
            yield f"{found.target} is imported only in {sorted(ROOMS_OF_LIBRARY[found.target])}"
    elif found.target not in FLOOR_OF:
        yield f"{found.target} stands on no floor"
    elif FLOOR_OF[found.target] >= FLOOR_OF[found.module] and pair not in DOORS | WHEN_USED:
        yield f"{found.target} is not on a lower floor"


MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module):
    source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    assert find_faults(module, source) == []


def test_the_package_is_one_flat_house():
    """A folder with modules in it would be out of sight of the test above."""
    deeper = [p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE]
    assert deeper == []


def test_no_module_stands_on_two_floors():
    assert sum(map(len, FLOORS)) == len(FLOOR_OF)


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("attic", "", "stands on no floor"),
        ("midi", "from engrave.attic import box", "attic stands on no floor"),
        ("score", "from engrave.midi import read_midi", "midi is not on a lower floor"),
        ("grid", "import engrave.performance", "performance is not on a lower floor"),
        ("hands", "from engrave import voices", "voices is not on a lower floor"),
        ("transcribe", "from engrave import Score", "__init__ is not on a lower floor"),
        ("cli", "import engrave.__main__", "__main__ is not on a lower floor"),
        ("notate", "def f():\n    from engrave.score import Chord", "below the top"),
        ("notate", "if 1:\n    import lxml", "below the top"),
        ("hands", "from madmom_infer.ml import hmm", "only in ['meter']"),
        ("notate", "import music21.stream", "only in ['interop']"),
    ],
)
def test_a_fault_is_found(module, source, fault):
    (found,) = find_faults(module, source)
    assert fault in found


def test_what_is_allowed_is_not_a_fault():
    assert find_faults("meter", "import madmom_infer\nfrom engrave.grid import Grid") == []
    assert find_faults("cli", "import engrave\nfrom engrave.midi import MidiError") == []
    assert find_faults("__init__", "def f():\n    from engrave.interop import to_music21") == []
