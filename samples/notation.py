"""A tiny notation for piano pieces, readable at the keyboard and checked to the last beat.

A piece is a text: a header of `name: value` lines, then lines of music. A line of music begins
with a voice (`right 1`, `right 2`, `left 1`, `left 2`) or with `pedal`, and goes on in bars:

    right 1 | g4:4 | bb4+d5:4. (c5)bb4:8 a4:4' r | g4:2.~ g4:4, |

    g4 bb4 f#5    a pitch: letter, accidental (#, b, ## or bb; the key adds none), octave
    bb4+d5        a chord, low to high                       r   a rest
    :4 :8. :8t    a quarter, a dotted eighth, a triplet eighth; stays until another is given
    :16/5         one of five 16ths in the time of four (:8/3 is the same as :8t)
    (c5)bb4       a grace note before a note; several stand as (c5,d5)
    ~  '  >  ,  * tied to the same pitches of what follows; staccato; accented; a breath after;
                  rolled
    %             the bar before once more

In the `pedal` line `x` is the pedal pressed anew, `r` the pedal up; after `x~` it is held on. Lines
of one voice are read one after the other; every bar must fill its measure exactly. The header knows
(and may leave out)

    title     for the track's name
    meter     3/4, or one for each bar: 3/4 3/4 2/4 (the last goes on)
    pickup    length in quarters, of a bar before the first
    key       sharps (+) or flats (-) and mode: -2 minor
    tempo     felt beats per minute (dotted quarters in 6/8)
    phrases   bars and dynamic of each phrase: 4 p, 4 mf (an upbeat belongs to what it leads to)
    rubato    how much slower the end of a phrase is: 0.2

All places and lengths are in quarter notes from the start of the first bar.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from engrave.music.grid import Bar
from engrave.music.values import Pitch

# What holds where the header says nothing; the lines of music, with their staff and voice numbers.
DEFAULTS = {"title": "", "meter": "4/4", "key": "0 major", "tempo": "100", "rubato": "0"}
VOICES = {"right 1": (1, 1), "right 2": (1, 2), "left 1": (2, 5), "left 2": (2, 6)}

_TOKEN = re.compile(
    r"(?:\((?P<grace>[^)]+)\))?(?P<heads>[a-g#0-9+]+|r|x)"
    r"(?::(?P<value>\d+\.*(?:t|/\d+)?))?(?P<marks>[~'>,*]*)"
)
_PITCH = re.compile(r"([a-g])(##|bb|#|b)?(\d)")
_ALTER = {None: 0, "#": 1, "b": -1, "##": 2, "bb": -2}


@dataclass(frozen=True, slots=True)
class TrueNote:
    """One note of the score; a tied note is one note, a grace note has length 0."""

    onset: Fraction
    length: Fraction
    pitch: Pitch
    staff: int
    voice: int
    grace: bool = False
    staccato: bool = False
    accent: bool = False
    breath: bool = False
    rolled: bool = False

    @property
    def end(self) -> Fraction:
        """Where it ends (quarters)."""
        return self.onset + self.length


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the piece, from and to (quarters), with its dynamic."""

    start: Fraction
    end: Fraction
    dynamic: str


@dataclass(frozen=True, slots=True)
class PedalSpan:
    """The pedal is down from `start` to `end`; where spans touch, it is changed."""

    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Piece:
    """A score to play from. `tempo` is in felt beats a minute, `rubato` a part of the tempo.

    `notes` stand by onset and voice, grace notes before the note that they lead to.
    """

    name: str
    title: str
    bars: tuple[Bar, ...]
    fifths: int
    mode: str
    tempo: float
    rubato: float
    phrases: tuple[Phrase, ...]
    notes: tuple[TrueNote, ...]
    pedal: tuple[PedalSpan, ...]

    @property
    def end(self) -> Fraction:
        """Where its last bar ends (quarters)."""
        return self.bars[-1].end

    @property
    def pickup(self) -> Fraction:
        """Length of the pickup, 0 if there is none."""
        first = self.bars[0]
        return first.length if first.length < first.full_length else Fraction(0)


@dataclass(frozen=True, slots=True)
class _Event:
    """What a token says, before ties are joined. Rests have no pitches."""

    onset: Fraction
    length: Fraction
    pitches: tuple[Pitch, ...]
    graces: tuple[Pitch, ...]
    marks: str


def read_piece(name: str, text: str) -> Piece:
    """The piece that a text writes; a `ValueError` says where the text is not sound."""
    header, music = _split(text)
    bars = _lay_bars(header, max(len(line) for line in music.values()))
    events = {voice: _read_voice(f"{name}, {voice}", line, bars) for voice, line in music.items()}
    pedal = events.pop("pedal", ())
    notes = [note for voice in events for note in _join_ties(name, voice, events[voice])]
    notes.sort(key=lambda n: (n.onset, n.voice, not n.grace))
    _check_keys_free(name, notes)
    fifths, mode = header["key"].split()
    return Piece(
        name=name,
        title=header["title"],
        bars=bars,
        fifths=int(fifths),
        mode=mode,
        tempo=float(header["tempo"]),
        rubato=float(header["rubato"]),
        phrases=_read_phrases(header.get("phrases", ""), bars),
        notes=tuple(notes),
        pedal=_join_pedal(pedal),
    )


def _split(text: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Header values by name, and bars (one text each) by voice."""
    header = dict(DEFAULTS)
    music: dict[str, list[str]] = {}
    for line in text.splitlines():
        if "|" in line:
            voice, *cells, rest = (cell.strip() for cell in line.split("|"))
            if voice not in {*VOICES, "pedal"} or rest:
                raise ValueError(f"not a line of music: {line}")
            music.setdefault(voice, []).extend(cells)
        elif line.strip():
            key, value = line.split(":", 1)
            header[key.strip()] = value.strip()
    return header, music


def _lay_bars(header: dict[str, str], count: int) -> tuple[Bar, ...]:
    signatures = [(int(m.split("/")[0]), int(m.split("/")[1])) for m in header["meter"].split()]
    signatures += signatures[-1:] * (count - len(signatures))
    lengths = [Fraction(4 * beats, beat_type) for beats, beat_type in signatures]
    if "pickup" in header:
        signatures, lengths = [signatures[0], *signatures], [Fraction(header["pickup"]), *lengths]
    starts = accumulate(lengths, initial=Fraction(0))
    laid = zip(starts, lengths, signatures, strict=False)
    return tuple(Bar(start, length, beats, kind) for start, length, (beats, kind) in laid)[:count]


def _read_phrases(text: str, bars: tuple[Bar, ...]) -> tuple[Phrase, ...]:
    """Phrases start as much before their first barline as the pickup is long."""
    if not text:
        return (Phrase(bars[0].start, bars[-1].end, "mf"),)
    counts, dynamics = zip(*(item.split() for item in text.split(",")), strict=True)
    full = bars[0].full_length
    if sum(map(int, counts)) != len(bars) - (bars[0].length < full):
        raise ValueError(f"phrases do not cover the bars: {text}")
    edges = [full * bar for bar in accumulate(map(int, counts), initial=0)]
    edges[-1] = bars[-1].end
    return tuple(
        Phrase(start, end, dynamic)
        for (start, end), dynamic in zip(pairwise(edges), dynamics, strict=True)
    )


def _read_voice(where: str, cells: list[str], bars: tuple[Bar, ...]) -> tuple[_Event, ...]:
    if len(cells) != len(bars):
        raise ValueError(f"{where}: {len(cells)} bars, not {len(bars)}")
    events: list[_Event] = []
    value = "4"
    said = ""
    for number, (cell, bar) in enumerate(zip(cells, bars, strict=True)):
        said = said if cell == "%" else cell
        at = bar.start
        for token in said.split():
            match = _TOKEN.fullmatch(token)
            if not match:
                raise ValueError(f"{where}, bar {number}: cannot read {token}")
            value = match["value"] or value
            events.append(_read_event(match, at, _length(value)))
            at += _length(value)
        if at != bar.end:
            raise ValueError(f"{where}, bar {number}: {at - bar.start} quarters: {said}")
    return tuple(events)


def _read_event(match: re.Match[str], onset: Fraction, length: Fraction) -> _Event:
    heads = match["heads"]
    if heads in ("r", "x"):
        return _Event(onset, length, (), (), heads + match["marks"])
    graces = tuple(_pitch(p) for p in match["grace"].split(",")) if match["grace"] else ()
    pitches = tuple(_pitch(p) for p in heads.split("+"))
    return _Event(onset, length, pitches, graces, match["marks"])


def _pitch(text: str) -> Pitch:
    match = _PITCH.fullmatch(text)
    if not match:
        raise ValueError(f"not a pitch: {text}")
    return Pitch(match[1].upper(), _ALTER[match[2]], int(match[3]))


def _length(value: str) -> Fraction:
    """Quarters of a note value such as "4", "8.", "16t" or "16/5"."""
    name, _, tuplet = value.replace("t", "/3").partition("/")
    plain = Fraction(4, int(name.rstrip("."))) * (2 - Fraction(1, 2 ** name.count(".")))
    actual = int(tuplet or 1)
    return plain * Fraction(1 << (actual - 1).bit_length() - 1, actual) if tuplet else plain


def _join_pedal(events: Iterable[_Event]) -> tuple[PedalSpan, ...]:
    spans: list[PedalSpan] = []
    held = False
    for event in events:
        if event.marks.startswith("x"):
            start = spans.pop().start if held else event.onset
            spans.append(PedalSpan(start, event.onset + event.length))
        held = event.marks == "x~"
    return tuple(spans)


def _join_ties(name: str, voice: str, events: tuple[_Event, ...]) -> list[TrueNote]:
    """The notes of a voice, each tied chain as one note."""
    staff, number = VOICES[voice]
    notes: list[TrueNote] = []
    tied: dict[Pitch, TrueNote] = {}
    for event in events:
        onset = event.onset
        notes += [TrueNote(onset, Fraction(0), p, staff, number, grace=True) for p in event.graces]
        if tied and not any(p in tied for p in event.pitches):
            raise ValueError(f"{name}, {voice}: a tie leads nowhere before quarter {onset}")
        held: dict[Pitch, TrueNote] = {}
        for pitch in event.pitches:
            start = tied[pitch].onset if pitch in tied else onset
            held[pitch] = TrueNote(
                start, onset + event.length - start, pitch, staff, number,
                staccato="'" in event.marks, accent=">" in event.marks,
                breath="," in event.marks, rolled="*" in event.marks,
            )  # fmt: skip
        notes += [note for pitch, note in tied.items() if pitch not in held]
        if "~" in event.marks:
            tied = held
        else:
            notes += held.values()
            tied = {}
    return notes


def _check_keys_free(name: str, notes: list[TrueNote]) -> None:
    """No key is struck while the score still holds it down: a piano cannot play that."""
    if len(set(notes)) != len(notes):
        raise ValueError(f"{name}: the same note twice at one place")
    free: dict[int, Fraction] = {}
    for note in notes:
        if not note.grace:
            key = note.pitch.midi
            if note.onset < free.get(key, Fraction(0)):
                raise ValueError(f"{name}: {note.pitch} is still held at quarter {note.onset}")
            free[key] = note.end
