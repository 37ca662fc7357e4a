"""What stands on a page, read from its MusicXML into lines that a musician can compare.

    time        | 4/4 |
    right 1     | ↑ [c5:8 d5] eb5:4!~ r:2 | R |

A cell is a bar; a line that says nothing is left out. Notes are written as in `samples.notation`,
each value until another one comes. Beyond that

    !  ?              the accidental is printed; in brackets
    [ ]               a beam from here to there
    3{ }  ⎴3{ }  { }  a tuplet with its number alone, with a bracket, with neither
    R  s              a rest for the whole bar; a rest that nobody sees
    (/c5) ([c5,d5])   a grace note with a slash; two under a beam
    '  >  -  *  ^     staccato, accent, tenuto, rolled; any other sign ("^trill-mark")
    ↑  ↓              the stems of the bar are bound to go up, down

A line "pace" says how fast the music is heard to go (quarters a minute), seen or not.

Lines of signs say them with their places in quarters, which is left out at the barline:
"p, < at 2, end at 4".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from lxml import etree

from judges.chords import Element, content

TYPES = {"breve": "0", "whole": "1", "half": "2", "quarter": "4", "eighth": "8"}
ALTER = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
MARKS = {"staccato": "'", "accent": ">", "tenuto": "-", "arpeggiate": "*"}
HAIRPINS = {"crescendo": "<", "diminuendo": ">", "stop": "end"}
PEDALS = {"start": "down", "stop": "up"}
STEMS = {"up": "↑", "down": "↓"}

Lines = dict[str, list[str]]


def read_page(musicxml: bytes) -> Lines:
    """The cells of each line; of several parts the name of the part stands before it."""
    root = etree.fromstring(musicxml)
    parts = [_read_part(part) for part in root.findall("part")]
    names = [name.text for name in root.iterfind("part-list/score-part/part-name")]
    if len(parts) == 1:
        return parts[0]
    return {
        f"{name}, {line}": cells
        for name, part in zip(names, parts, strict=True)
        for line, cells in part.items()
    }


def parse_page(text: str) -> Lines:
    """Lines as a sample names them."""
    lines: Lines = {}
    for line in text.strip().splitlines():
        name, *cells = (cell.strip() for cell in line.split("|"))
        assert cells and not cells.pop(), f"a line of the page ends with |: {line}"
        lines.setdefault(name, []).extend(cells)
    return lines


def show_page(lines: Lines) -> str:
    width = max(map(len, lines))
    return "\n".join(f"{name:{width}} | {' | '.join(lines[name])} |" for name in lines)


def _read_part(part: Element) -> Lines:
    bars = []
    divisions = 1
    for measure in part.findall("measure"):
        divisions = int(measure.findtext("attributes/divisions", str(divisions)))
        bars.append(_Bar(divisions).read(measure))
    names = sorted({name for bar in bars for name in bar}, key=_order)
    lines = {name: [bar.get(name, "") for bar in bars] for name in names}
    return {name: cells for name, cells in lines.items() if any(cells)}


def _order(name: str) -> tuple[int, str]:
    return (1 if name.startswith(("right", "left")) else 0), name.replace("right", "a")


@dataclass
class _Bar:
    """Reads one measure, keeping the cursor that MusicXML leaves to the reader."""

    divisions: int
    cursor: Fraction = Fraction(0)
    signs: dict[str, list[tuple[Fraction, str]]] = field(default_factory=dict)
    voices: dict[int, list[list[Element]]] = field(default_factory=dict)

    def read(self, measure: Element) -> dict[str, str]:
        for element in measure:
            match element.tag:
                case "note":
                    self._read_note(element)
                case "backup" | "forward":
                    way = -1 if element.tag == "backup" else 1
                    self.cursor += way * self._quarters(element)
                case "attributes":
                    self._read_attributes(element)
                case "direction":
                    self._read_direction(element)
                case "barline":
                    style = [child.tag for child in element if child.tag != "bar-style"]
                    words = [element.findtext("bar-style", ""), *style]
                    self._add("barline", " ".join(filter(None, words)))
        return self._signs() | dict(map(_voice, self.voices.values()))

    def _signs(self) -> dict[str, str]:
        return {
            name: ", ".join(
                text if not place else f"{text} at {place}"
                for place, text in sorted(signs, key=lambda sign: sign[0])
            )
            for name, signs in self.signs.items()
        }

    def _quarters(self, element: Element) -> Fraction:
        return Fraction(int(element.findtext("duration", "0")), self.divisions)

    def _add(self, name: str, text: str) -> None:
        place = Fraction(0) if name == "barline" else self.cursor
        self.signs.setdefault(name, []).append((place, text))

    def _read_note(self, note: Element) -> None:
        chords = self.voices.setdefault(int(note.findtext("voice", "1")), [])
        if note.find("chord") is not None:
            chords[-1].append(note)
            return
        chords.append([note])
        self.cursor += self._quarters(note)

    def _read_attributes(self, attributes: Element) -> None:
        for key in attributes.findall("key"):
            self._add("key", f"{int(key.findtext('fifths', '0')):+} {key.findtext('mode', '')}")
        for time in attributes.findall("time"):
            self._add("time", f"{time.findtext('beats')}/{time.findtext('beat-type')}")
        for clef in attributes.findall("clef"):
            octave = clef.findtext("clef-octave-change", "")
            sign = f"{clef.findtext('sign')}{clef.findtext('line')}{octave}"
            self._add(f"clef {clef.get('number', '1')}", sign)

    def _read_direction(self, direction: Element) -> None:
        signs = direction.findall("direction-type/*")
        sound = direction.find("sound[@tempo]")
        if sound is not None:
            self._add("pace", sound.get("tempo"))
        if direction.find("direction-type/metronome") is not None:
            self._add("tempo", " ".join(map(_tempo, signs)))
            return
        for sign in signs:
            if sign.tag != "words" or content(sign):  # empty words carry a pace
                self._add(*_sign(sign))


def _tempo(sign: Element) -> str:
    if sign.tag != "metronome":
        return content(sign)
    unit = sign.findtext("beat-unit", "")
    dots = "." * len(sign.findall("beat-unit-dot"))
    return f"{TYPES.get(unit, unit)}{dots}={sign.findtext('per-minute')}"


def _sign(sign: Element) -> tuple[str, str]:
    """The line on which a sign of a direction is told, and how."""
    kind = sign.get("type", "")
    match sign.tag:
        case "dynamics":
            return "dynamics", sign[0].tag
        case "wedge":
            return "dynamics", HAIRPINS[kind]
        case "pedal":
            return "pedal", "Ped." if sign.get("sign") == "yes" else PEDALS.get(kind, kind)
        case "words":
            return "words", f"{sign.text}"
        case "octave-shift":
            return "ottava", "end" if kind == "stop" else f"{sign.get('size')} {kind}"
    return sign.tag, content(sign)


def _voice(chords: list[list[Element]]) -> tuple[str, str]:
    """The line of a voice, and its cell of this bar."""
    first = chords[0][0]
    number, staff = int(first.findtext("voice", "1")), int(first.findtext("staff", "1"))
    name = f"{'right' if number <= 4 else 'left'} {(number - 1) % 4 + 1}"
    bound = {note.findtext("stem") for chord in chords for note in chord} - {None}
    arrows = [STEMS[stem] for stem in bound if len(bound) == 1]
    return name, " ".join([*arrows, *_events(chords, 1 if number <= 4 else 2)]) or str(staff)


def _events(chords: list[list[Element]], home: int) -> Iterator[str]:
    graces: list[str] = []
    value = ""
    for chord in chords:
        first = chord[0]
        if first.find("grace") is not None:
            slash = "/" if first.find("grace").get("slash") == "yes" else ""
            graces.append(_open(first) + slash + _heads(chord, home) + _ties(chord) + _close(first))
            continue
        now = _value(first)
        body = _body(chord, home) + (f":{now}" if now and now != value else "") + _marks(chord)
        value = now or value
        yield _open(first) + (f"({','.join(graces)})" if graces else "") + body + _close(first)
        graces = []


def _body(chord: list[Element], home: int) -> str:
    rest = chord[0].find("rest")
    if rest is None:
        return _heads(chord, home)
    if chord[0].get("print-object") == "no":
        return "s"
    return "r" if chord[0].find("type") is not None else "R"


def _heads(chord: list[Element], home: int) -> str:
    return "+".join(_head(note, home) for note in chord)


def _head(note: Element, home: int) -> str:
    pitch, accidental = note.find("pitch"), note.find("accidental")
    alter = ALTER[int(pitch.findtext("alter", "0"))]
    name = f"{pitch.findtext('step', '').lower()}{alter}{pitch.findtext('octave')}"
    away = "" if int(note.findtext("staff", "1")) == home else "@other-staff"
    if accidental is None:
        return name + away
    return name + ("?" if accidental.get("parentheses") == "yes" else "!") + away


def _value(note: Element) -> str:
    kind = note.findtext("type", "")
    return TYPES.get(kind, kind.rstrip("ndth")) + "." * len(note.findall("dot"))


def _ties(chord: list[Element]) -> str:
    return "~" if any(n.find("notations/tied[@type='start']") is not None for n in chord) else ""


def _marks(chord: list[Element]) -> str:
    """Ties and signs of a chord; a tie of one head alone is not told from one of all."""
    said = _ties(chord)
    for sign in chord[0].iterfind("notations/*"):
        if sign.tag in ("articulations", "ornaments", "technical"):
            said += "".join(MARKS.get(child.tag) or f"^{child.tag}" for child in sign)
        elif sign.tag in ("slur", "glissando", "slide"):
            said += f"^{sign.tag}-{sign.get('type')}"
        elif sign.tag not in ("tied", "tuplet"):
            said += MARKS.get(sign.tag) or f"^{sign.tag}"
    return said


def _open(note: Element) -> str:
    tuplet = note.find("notations/tuplet[@type='start']")
    said = ""
    if tuplet is not None:
        number = note.findtext("time-modification/actual-notes")
        if tuplet.get("show-number") == "none":
            number = ""
        said = f"{'⎴' if tuplet.get('bracket') == 'yes' else ''}{number}{{"
    return said + ("[" if note.findtext("beam[@number='1']") == "begin" else "")


def _close(note: Element) -> str:
    beam = "]" if note.findtext("beam[@number='1']") == "end" else ""
    return beam + ("}" if note.find("notations/tuplet[@type='stop']") is not None else "")
