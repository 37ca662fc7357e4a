"""MusicXML written by hand, for tests that need a file exactly so, right or wrong.

The pieces are two-staff piano measures of a few notes in C minor. A measure is text; `voices` lays
the voices of a measure over each other with the `<backup>`s between them; a quarter note has 12
divisions.
"""

from pathlib import Path

DIVISIONS = {"whole": 48, "half": 24, "quarter": 12, "eighth": 6}

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="4.0">
  <work><work-title>Air</work-title></work>
  <identification><creator type="composer">Anon.</creator></identification>
  <part-list><score-part id="P1">
    <part-name>Piano</part-name>
    <score-instrument id="P1-I1"><instrument-name>Piano</instrument-name></score-instrument>
  </score-part></part-list>
  <part id="P1">
"""
ATTRIBUTES = """<attributes>
  <divisions>12</divisions>
  <key><fifths>-3</fifths><mode>minor</mode></key>
  <time><beats>4</beats><beat-type>4</beat-type></time>
  <staves>2</staves>
  <clef number="1"><sign>G</sign><line>2</line></clef>
  <clef number="2"><sign>F</sign><line>4</line></clef>
</attributes>
"""
TRIPLET = (
    "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
    "</time-modification>"
)
FINAL_BAR = '<barline location="right"><bar-style>light-heavy</bar-style></barline>'


def note(
    what: str,
    value: str = "quarter",
    voice: int = 1,
    *,
    signs: str = "",
    ties: tuple[str, ...] = (),
) -> str:
    """A chord ("C4 Eb4") or a rest ("rest"); voices 5 to 8 are on staff 2.

    A value may be dotted ("half."), in a triplet ("triplet eighth") or a grace note's
    ("grace eighth").
    """
    kind, _, plain = value.rstrip(".").rpartition(" ")
    triplet, grace = kind == "triplet", kind == "grace"
    length = DIVISIONS[plain] * (3 if value.endswith(".") else 2) // (3 if triplet else 2)
    written: list[str] = []
    for name in what.split():
        lines = ['<grace slash="yes"/>'] if grace else []
        lines += ["<chord/>"] if written else []
        lines += ["<rest/>"] if name == "rest" else [_pitch(name)]
        lines += [] if grace else [f"<duration>{length}</duration>"]
        lines += [f'<tie type="{tie}"/>' for tie in ties]
        lines += [f"<voice>{voice}</voice><type>{plain}</type>"]
        lines += ["<dot/>"] if value.endswith(".") else []
        lines += [TRIPLET] if triplet else []
        lines += [f"<staff>{_staff(voice)}</staff>"]
        tied = "".join(f'<tied type="{tie}"/>' for tie in ties)
        lines += [f"<notations>{tied}{signs}</notations>"] if tied or signs else []
        written.append(f"<note>{''.join(lines)}</note>")
    return "\n".join(written) + "\n"


def _staff(voice: int) -> int:
    return 2 if 5 <= voice <= 8 else 1


def _pitch(name: str) -> str:
    alter = f"<alter>{name.count('#') - name.count('b')}</alter>" if len(name) > 2 else ""
    return f"<pitch><step>{name[0]}</step>{alter}<octave>{name[-1]}</octave></pitch>"


def whole_measure_rest(voice: int) -> str:
    return (
        f'<note><rest measure="yes"/><duration>48</duration><voice>{voice}</voice>'
        f"<staff>{_staff(voice)}</staff></note>\n"
    )


def direction(sign: str, staff: int = 1, placement: str = "below", sound: str = "") -> str:
    return (
        f'<direction placement="{placement}"><direction-type>{sign}</direction-type>'
        f"<staff>{staff}</staff>{sound}</direction>\n"
    )


def pedal(*kinds: str, staff: int = 2) -> str:
    return "".join(
        direction(f'<pedal type="{kind}" line="yes" sign="no"/>', staff) for kind in kinds
    )


def dynamic(sign: str) -> str:
    return direction(f"<dynamics><{sign}/></dynamics>")


def clef(staff: int, sign: str, line: int) -> str:
    return (
        f'<attributes><clef number="{staff}"><sign>{sign}</sign><line>{line}</line></clef>'
        "</attributes>\n"
    )


def backup(duration: int) -> str:
    return f"<backup><duration>{duration}</duration></backup>\n"


def forward(duration: int) -> str:
    return f"<forward><duration>{duration}</duration></forward>\n"


def voices(*contents: str, length: int = 48) -> str:
    return backup(length).join(contents)


def piece(folder: Path, *measures: str) -> Path:
    """A file of these measures. One that is to be implicit begins with "implicit"."""
    text, number = HEAD, 0 if measures[0].startswith("implicit") else 1
    for index, content in enumerate(measures):
        implicit = ' implicit="yes"' if content.startswith("implicit") else ""
        text += f'<measure number="{number + index}"{implicit}>\n{"" if index else ATTRIBUTES}'
        text += content.removeprefix("implicit") + "</measure>\n"
    path = folder / "piece.musicxml"
    path.write_text(text + "</part></score-partwise>\n")
    return path
