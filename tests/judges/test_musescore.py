"""The outside judges themselves: they pass what is right and find each known kind of wrong."""

import re
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from judges.facts import differences
from judges.signature import read_signature
from tests.conftest import Judge, require
from tests.support.handwritten import (
    FINAL_BAR,
    clef,
    direction,
    dynamic,
    forward,
    note,
    pedal,
    piece,
    voices,
    whole_measure_rest,
)

RIGHT, LEFT = note("C5", "whole"), note("C3", "whole", 5)
PLAIN = voices(RIGHT, LEFT)
ANDANTE = direction(
    "<words>Andante</words></direction-type><direction-type><metronome>"
    "<beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>72</per-minute></metronome>",
    placement="above",
    sound='<sound tempo="108"/>',
)
TRIPLETS = (
    note("C5", "triplet eighth", signs='<tuplet type="start" bracket="yes"/>')
    + note("rest", "triplet eighth")
    + note("D5", "triplet eighth", signs='<tuplet type="stop"/>')
)
TWO_AGAINST_FOUR = (
    note("C3", "half", 5) + note("G2", "half", 5),
    "".join(note("Eb3", voice=6) for _ in range(4)),
)
HIDDEN = note("rest", "quarter", 8).replace("<note>", '<note print-object="no">')
# The pedal marks of a measure in a pass of their own, in the order of time.
PEDAL_PASS = (
    pedal("start")
    + forward(12)
    + pedal("stop", "start")
    + forward(24)
    + pedal("stop", "start")
    + forward(12)
    + pedal("stop")
)

GOOD = {
    "plain": [PLAIN, PLAIN + FINAL_BAR],
    "pickup and short last bar": [
        "implicit" + voices(note("G4"), note("rest", voice=5), length=12),
        PLAIN,
        "implicit" + voices(note("C5", "half."), note("C3", "half.", 5), length=36) + FINAL_BAR,
    ],
    "triplets with a rest, whole-measure rest": [
        voices(TRIPLETS + TRIPLETS + note("C5", "half"), whole_measure_rest(5)),
        voices(whole_measure_rest(1), LEFT),
    ],
    "ties over the barline": [
        voices(note("C5", "half") + note("C5 Eb5", "half", ties=("start",)), LEFT),
        voices(note("C5 Eb5", "whole", ties=("stop",)), LEFT),
    ],
    "grace notes before an arpeggio with staccato": [
        voices(
            note("D5", "grace eighth")
            + note("Eb5", "grace eighth")
            + note("C5 Eb5 G5", "whole", signs="<arpeggiate/>"),
            note("C3", "half", 5, signs="<articulations><staccato/></articulations>")
            + note("C3", "half", 5),
        )
    ],
    "four voices a staff": [
        voices(
            *(note("C5", "whole", v) for v in (1, 2, 3, 4)),
            *(note("C3", "whole", v) for v in (5, 6, 7, 8)),
        )
    ],
    "pedal change within a voice": [
        voices(
            RIGHT,
            pedal("start")
            + note("C3", "half", 5)
            + pedal("stop", "start")
            + note("C3", "half", 5)
            + pedal("stop"),
        ),
        PLAIN,
    ],
    "pedals in their own pass, at the starts of two voices": [
        voices(RIGHT, *TWO_AGAINST_FOUR, PEDAL_PASS),
        voices(RIGHT, LEFT, pedal("start")),
        voices(RIGHT, LEFT + pedal("stop")) + FINAL_BAR,
    ],
    "words between the staves, and a pedal": [
        voices(
            RIGHT,
            note("C3", "half", 5) + note("C3", "half", 5),
            direction('<words font-style="italic">una corda</words>', 2, "above")
            + pedal("start")
            + forward(24)
            + pedal("stop", "start")
            + direction('<words font-style="italic">tre corde</words>', 2, "above")
            + forward(24)
            + pedal("stop"),
        ),
        PLAIN + FINAL_BAR,
    ],
    "a crescendo in words": [
        dynamic("p") + direction('<words font-style="italic">cresc.</words>') + PLAIN,
        dynamic("f") + PLAIN + FINAL_BAR,
    ],
    "pedals at hidden rests": [
        voices(
            RIGHT,
            LEFT,
            HIDDEN + pedal("start") + HIDDEN + pedal("stop", "start") + HIDDEN + HIDDEN,
        ),
        voices(RIGHT, LEFT, pedal("stop")) + FINAL_BAR,
    ],
    "tempo and dynamics": [
        ANDANTE
        + dynamic("p")
        + voices(note("C5", "half") + dynamic("mf") + note("C5", "half"), LEFT),
        dynamic("ff") + PLAIN,
    ],
    "clefs change within a bar and before a barline": [
        voices(RIGHT, note("C3", "half", 5) + clef(2, "G", 2) + note("C4", "half", 5)),
        voices(RIGHT, note("C4", "whole", 5) + clef(2, "F", 4)),
        PLAIN,
    ],
}

# Each with words of a finding that must be there.
BAD: dict[str, tuple[str, list[str]]] = {
    "overfull bar": (
        "in the .mscx measure 0 lasts 5 quarters",
        [voices(RIGHT + note("C5"), LEFT, length=60), PLAIN],
    ),
    "underfull bar": (
        "measure 1 lasts 2 quarters instead of 4",
        [PLAIN, voices(note("C5", "half"), note("C3", "half", 5), length=24)],
    ),
    "type against duration": (
        "lost chord (voice 1) half 1:1 lasting 1 C5",
        [voices(note("C5", "half").replace(">24<", ">12<") + note("C5", "half."), LEFT)],
    ),
    "gap in the first voice": (
        "added hidden rest lasting 2",
        [voices(forward(24) + note("C5", "half"), LEFT)],
    ),
    "gap in the second voice": (
        "on reopening the .mscx MuseScore says: in measure underrun",
        [voices(RIGHT, forward(24) + note("Eb4", "half", 2), LEFT)],
    ),
    "five voices on a staff": (
        "too many voices",
        [voices(*(note("C5", "whole", v) for v in (1, 2, 3, 4, 9)), LEFT)],
    ),
    "grace note after the last note": (
        "lost grace (voice 1) no. 1 eighth slash=yes D5 (measure 0 at 4, staff 1)",
        [voices(RIGHT + note("D5", "grace eighth"), LEFT)],
    ),
    "triplet without its bracket": (
        "added tuplet 3:2 (voice 1) until 1",
        [voices(re.sub("<notations>.*?</notations>", "", TRIPLETS) + note("C5", "half."), LEFT)],
    ),
    "tie to nowhere": (
        "lost chord (voice 1) whole 1:1 lasting 4 C5+tie-start",
        [voices(note("C5", "whole", ties=("start",)), LEFT), voices(note("D5", "whole"), LEFT)],
    ),
    "accidental not written": (
        "added accidental natural (voice 1) on E5",
        [voices(note("E5", "whole"), LEFT)],
    ),
    "pedal of type change": (
        "lost pedal mark change below",
        [
            voices(
                RIGHT,
                pedal("start")
                + note("C3", "half", 5)
                + pedal("change")
                + note("C3", "half", 5)
                + pedal("stop"),
            )
        ],
    ),
    "pedal that is not lifted": (
        "the .mscx lost pedal never lifted",
        [voices(RIGHT, pedal("start") + LEFT), PLAIN],
    ),
    "pedal pressed twice": (
        "spanner already started",
        [
            voices(
                RIGHT,
                pedal("start") + note("C3", "half", 5) + pedal("start") + note("C3", "half", 5),
            )
            + pedal("stop", "stop")
        ],
    ),
    "pedal under the last note until the end": (
        "the reopened .mscx added pedal never lifted (measure 1 at 3, staff 2)",
        [
            PLAIN,
            voices(RIGHT, LEFT, HIDDEN + HIDDEN + HIDDEN + pedal("start") + HIDDEN + pedal("stop")),
        ],
    ),
    "pedal that starts where nothing starts": (
        "lost pedal held until measure 1 at 0 (measure 0 at 1, staff 2)",
        [voices(RIGHT, LEFT, forward(12) + pedal("start") + forward(36) + pedal("stop")), PLAIN],
    ),
    "pedal that starts with a note of the other staff only": (
        "lost pedal held until measure 0 at 4 (measure 0 at 2, staff 2)",
        [
            voices(
                note("C5", "half") + pedal("start") + note("C5", "half"),
                LEFT + pedal("stop"),
            )
        ],
    ),
    "pedal stop in the file before its start": (
        "spanner stop without spanner start",
        [
            voices(
                RIGHT,
                note("C3", "half", 5) + pedal("stop") + note("C3", "half", 5),
                pedal("start") + note("Eb3", "whole", 6),
            )
        ],
    ),
    "pedal that says nothing of its sign": (
        "the .mscx added pedal look without the sign Ped.",
        [voices(RIGHT, (pedal("start") + LEFT).replace(' sign="no"', "") + pedal("stop"))],
    ),
    "clef change at the start of a measure": (
        "the reopened .mscx lost clef G 2 (measure 1 at 0, staff 2)",
        [PLAIN, clef(2, "G", 2) + PLAIN],
    ),
    "tempo without a mark": (
        "added tempo quarter 80 above",
        ['<sound tempo="80"/>' + PLAIN],
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_music_comes_back_as_it_was(name: str, tmp_path: Path, musescore_judge: Judge) -> None:
    assert musescore_judge(piece(tmp_path, *GOOD[name])) == []


@pytest.mark.parametrize("name", BAD)
def test_what_musescore_changes_is_found(name: str, tmp_path: Path, musescore_judge: Judge) -> None:
    words, measures = BAD[name]
    findings = musescore_judge(piece(tmp_path, *measures))
    assert any(words in finding for finding in findings), findings


def test_a_compressed_file_is_judged_like_a_plain_one(
    tmp_path: Path, musescore_judge: Judge
) -> None:
    container = '<container><rootfiles><rootfile full-path="a.musicxml"/></rootfiles></container>'
    compressed = tmp_path / "piece.mxl"
    with zipfile.ZipFile(compressed, "w") as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.write(piece(tmp_path, PLAIN), "a.musicxml")
    assert musescore_judge(compressed) == []


# One piece with everything in it, and what may be changed in it without going unnoticed.
FULL = [
    ANDANTE
    + dynamic("p")
    + voices(
        TRIPLETS + note("D5", "grace eighth") + note("C5 Eb5", "half.", ties=("start",)),
        pedal("start") + LEFT + pedal("stop"),
        note("Eb3", "half.", 6, signs="<arpeggiate/>") + note("G3", voice=6),
    ),
    voices(note("C5 Eb5", "whole", ties=("stop",)), LEFT) + FINAL_BAR,
]
CHANGES = {
    "step": ("<step>G</step>", "<step>A</step>"),
    "spelling": ("<step>E</step><alter>-1</alter>", "<step>D</step><alter>1</alter>"),
    "octave": ("<octave>3</octave>", "<octave>2</octave>"),
    "length": ("<duration>36</duration>", "<duration>24</duration>"),
    "type": ("<type>half</type><dot/>", "<type>whole</type>"),
    "dots": ("<type>half</type><dot/>", "<type>half</type>"),
    "rest for note": ("<pitch><step>G</step><octave>3</octave></pitch>", "<rest/>"),
    "chord": ("<chord/>", ""),
    "sounding tie": ('<tie type="start"/>', ""),
    "written tie": ('<tied type="start"/>', ""),
    "grace": ('<grace slash="yes"/>', "<duration>12</duration>"),
    "grace's slash": ('<grace slash="yes"/>', "<grace/>"),
    "staff": (
        "<voice>6</voice><type>quarter</type><staff>2",
        "<voice>6</voice><type>quarter</type><staff>1",
    ),
    "voice": ("<voice>6</voice><type>quarter</type>", "<voice>7</voice><type>quarter</type>"),
    "tuplet ratio": ("<actual-notes>3</actual-notes>", "<actual-notes>5</actual-notes>"),
    "tuplet start": ('<tuplet type="start" bracket="yes"/>', ""),
    "tuplet stop": ('<tuplet type="stop"/>', ""),
    "arpeggio": ("<arpeggiate/>", "<articulations><staccato/></articulations>"),
    "dynamic": ("<p/>", "<f/>"),
    "placement": ('placement="below"', 'placement="above"'),
    "tempo": ("<per-minute>72</per-minute>", "<per-minute>71</per-minute>"),
    "sounding tempo": ('tempo="108"', 'tempo="72"'),
    "words": ("Andante", "Adagio"),
    "pedal": ('<pedal type="stop"', '<pedal type="change"'),
    "key": ("<fifths>-3</fifths>", "<fifths>-4</fifths>"),
    "time": (
        "<beats>4</beats><beat-type>4</beat-type>",
        "<beats>2</beats><beat-type>2</beat-type>",
    ),
    "clef": ("<sign>F</sign><line>4</line>", "<sign>F</sign><line>3</line>"),
    "barline": ("light-heavy", "light-light"),
    "measure number": ('<measure number="2"', '<measure number="3"'),
    "implicit": ('<measure number="2"', '<measure number="2" implicit="yes"'),
    "title": ("Air", "Aria"),
    "composer": ("Anon.", "Bach"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_of_the_music_escapes_the_signature(change: str, tmp_path: Path) -> None:
    path = piece(tmp_path, *FULL)
    before, text = read_signature(path), path.read_text()
    old, new = CHANGES[change]
    assert old in text
    path.write_text(new.join(text.rsplit(old, 1)))
    assert differences(before.facts, read_signature(path).facts, "it")


def test_places_are_exact_in_all_voices(tmp_path: Path) -> None:
    signature = read_signature(piece(tmp_path, *FULL))
    notes = {fact.text: fact.onset for fact in signature.facts if fact.kind in ("chord", "grace")}
    assert notes == {
        "(voice 1) eighth 3:2 lasting 1/3 C5": Fraction(0),
        "(voice 1) eighth 3:2 lasting 1/3 D5": Fraction(2, 3),
        "(voice 1) no. 1 eighth slash=yes D5": Fraction(1),
        "(voice 1) half. 1:1 lasting 3 C5+tie-start Eb5+tie-start": Fraction(1),
        "(voice 1) whole 1:1 lasting 4 C3": Fraction(0),
        "(voice 2) half. 1:1 lasting 3 Eb3": Fraction(0),
        "(voice 2) quarter 1:1 lasting 1 G3": Fraction(3),
        "(voice 1) whole 1:1 lasting 4 C5+tie-stop Eb5+tie-stop": Fraction(0),
    }


@pytest.mark.parametrize("measures", [*GOOD.values(), FULL], ids=[*GOOD, "everything"])
def test_the_schema_passes_good_files(
    measures: list[str], tmp_path: Path, schema_judge: Judge
) -> None:
    assert schema_judge(piece(tmp_path, *measures)) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<octave>3</octave>", "<octave>third</octave>", "'third' is not a valid value"),
        ("<staves>2</staves>", "<staffs>2</staffs>", "Element 'staffs'"),
        ("<voice>1</voice><type>whole</type>", "<type>whole</type><voice>1</voice>", "'voice'"),
        ('<pedal type="start"', "<pedal", "'type' is required"),
    ],
)
def test_the_schema_finds_what_is_not_musicxml(
    old: str, new: str, words: str, tmp_path: Path, schema_judge: Judge
) -> None:
    path = piece(tmp_path, *FULL)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    findings = schema_judge(path)
    assert any(words in finding for finding in findings), findings


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail), ("", pytest.skip)])
def test_what_is_missing_skips_a_test_and_fails_it_in_ci(
    ci: str, outcome: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome.Exception, match="Finale is not installed"):
        require(None, "Finale")
