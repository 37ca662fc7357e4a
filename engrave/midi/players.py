"""Who plays: the players of a file, told from its tracks, channels, programs and names.

A sequencer has a track or a channel for each player, and often one for each hand of a pianist.
What keyboards of one kind play is one part, however many tracks it comes in; of two tracks that are
called by the hands, or of which one always stays above the other, each is a hand. Every other track
or channel is a part of its own. Drums and noises are left out. Of a sound that a keyboard lays
under its piano, the notes that double one of the piano are left out, and the others are the
piano's. What is left out is named key press by key press, with the reason.

Programs are those of General MIDI 1 (1991), counted from 0, tracks from 1.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import fmean

from engrave.midi.key_presses import Line, Press, Text
from engrave.midi.smf import TRACK_NAME, MidiError, count_of
from engrave.midi.titles import is_label, readable
from engrave.music.instruments import (
    KEYBOARDS,
    LAYERS,
    NAMES,
    NO_PITCH,
    PIANOS,
    TWO_HANDS,
    instrument,
    program_named,
)
from engrave.music.performance import Instrument

# What the lines of one player share: whether it is a keyboard, and what tells it from others.
_Key = tuple[bool, str] | tuple[bool, int, str] | tuple[bool, Line]

DRUM_CHANNEL = 9
MOST_PLAYERS = 32
DRUM = "drum"
DOUBLED = 0.9  # share of the notes of a layer that its piano strikes at the same moments
LONGEST_NAME = 24  # characters

RIGHT, LEFT = 1, 2
_RIGHT = re.compile(
    r"\b(right|r\.?h\b|upper|treble|rechts|rechte|m\.?d\b|droite|destra|derecha)", re.IGNORECASE
)
_LEFT = re.compile(
    r"\b(left|l\.?h\b|lower|bass|links|linke|m\.?[gs]\b|gauche|sinistra|izquierda)", re.IGNORECASE
)
ABOVE = 0.9  # share of the notes of the right hand that lie above the left one's last note,
APART = 7  # semitones between what both play on average,
OFTEN_ABOVE, FARTHEST = 0.25, 24  # of two staves: that share so far apart; mean leap of a hand
SPAN, SPANNED = 16, 0.95  # and the widest chords of a hand, and how many must be no wider


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose the notes of a line are: an index into the players, and the hand if that is known.

    `layer`: the line is laid under that player's piano, and its pedals are not the piano's.
    """

    player: int
    hand: int = 0
    layer: bool = False


@dataclass(frozen=True, slots=True)
class Omission:
    """A key press that is left out, and why."""

    press: Press
    reason: str


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The players in the order of their parts, the seat of each line that is kept, its key presses,
    and those that are left out, with a sentence for each reason.
    """

    players: tuple[Instrument, ...]
    seats: dict[Line, Seat]
    presses: tuple[Press, ...]
    omitted: tuple[Omission, ...]
    left_out: tuple[str, ...]


def find_players(presses: Sequence[Press], texts: Iterable[Text]) -> Ensemble:
    """The players of a file. Raises `MidiError` if nobody plays a note."""
    lines: dict[Line, list[Press]] = defaultdict(list)
    for press in presses:
        lines[press.line].append(press)
    names = {text.track: text.text for text in reversed(list(texts)) if text.kind == TRACK_NAME}
    melodic = {line: played for line, played in lines.items() if not _drums(line)}
    if not melodic:
        only = f" but {count_of(len(presses), 'drum note')}" if presses else ""
        raise MidiError(f"no notes in the file{only}, expected at least one")
    programs = {line: _program(played, names.get(line.track)) for line, played in melodic.items()}
    pitched = _without_noises(melodic, programs)
    layers = _layers(pitched, programs)
    own = programs | {line: programs[piano] for line, piano in layers.items()}
    kept = _without_doubles(pitched, layers)
    groups = _groups(kept, own)
    taken = {press for group in groups for line in group for press in kept[line]}
    crowded = {press for played in kept.values() for press in played} - taken
    omitted = tuple(
        Omission(press, _reason(press, crowded, layers, programs))
        for press in presses
        if press not in taken
    )
    return Ensemble(
        _with_pedals(_numbered([_instrument(group, kept, own, names) for group in groups])),
        {
            line: Seat(number, hand, line in layers)
            for number, group in enumerate(groups)
            for line, hand in _hands(group, kept, own, names, layers).items()
        },
        tuple(press for press in presses if press in taken),
        omitted,
        _left_out(omitted, programs),
    )


def _drums(line: Line) -> bool:
    return line.channel.number == DRUM_CHANNEL


def _program(played: Sequence[Press], name: str | None) -> int:
    """The program that a line mostly has; one that says nothing may be told by its track's name."""
    program = Counter(press.program for press in played).most_common(1)[0][0]
    named = program_named(readable(name)) if name and program == 0 else None
    return program if named is None else named


_Lines = dict[Line, list[Press]]
_Programs = dict[Line, int]


def _without_noises(lines: _Lines, programs: _Programs) -> _Lines:
    """The lines whose sounds have a pitch; all, if there is nothing else."""
    pitched = {line: played for line, played in lines.items() if programs[line] not in NO_PITCH}
    return pitched or lines


def _layers(lines: _Lines, programs: _Programs) -> dict[Line, Line]:
    """The lines that double a piano but for a few notes, each with the line that it doubles."""
    strokes = {line: _strokes(played) for line, played in lines.items()}
    pianos = [line for line in lines if programs[line] in PIANOS]
    layers: dict[Line, Line] = {}
    for line in sorted(lines, key=lambda line: line not in pianos):
        before = pianos[: pianos.index(line)] if line in pianos else pianos
        for piano in before if programs[line] in LAYERS else ():
            both = len(strokes[line] & strokes[piano])
            if piano not in layers and both >= DOUBLED * len(strokes[line]):
                layers[line] = piano
                break
    return layers


def _without_doubles(lines: _Lines, layers: dict[Line, Line]) -> _Lines:
    """The lines without the notes of a layer that its piano strikes, too."""
    struck = {line: _strokes(lines[piano]) for line, piano in layers.items()}
    kept = {
        line: [p for p in played if (p.onset, p.pitch) not in struck.get(line, ())]
        for line, played in lines.items()
    }
    return {line: played for line, played in kept.items() if played}


def _strokes(played: Iterable[Press]) -> set[tuple[int, int]]:
    return {(press.onset, press.pitch) for press in played}


def _groups(lines: _Lines, programs: _Programs) -> list[list[Line]]:
    """The lines of each player: others in the order of the file, then the keyboards."""
    several = len({line.track for line in lines}) > 1
    groups: dict[_Key, list[Line]] = {}
    for line in sorted(lines):
        name = NAMES[programs[line]]
        if programs[line] in KEYBOARDS:
            key: _Key = (True, name)
        elif several:
            key = (False, line.track, name)
        else:
            key = (False, line)
        groups.setdefault(key, []).append(line)
    ordered = sorted(groups.items(), key=lambda item: item[0][0])
    largest = sorted(ordered, key=lambda item: -sum(len(lines[line]) for line in item[1]))
    kept = [key for key, _ in largest[:MOST_PLAYERS]]
    return [group for key, group in ordered if key in kept]


def _instrument(
    group: list[Line], lines: _Lines, programs: _Programs, names: dict[int, str]
) -> Instrument:
    """What a player plays, called as the track is, unless that is a mere label."""
    weights: Counter[int] = Counter()
    for line in group:
        weights[programs[line]] += len(lines[line])
    program = weights.most_common(1)[0][0]
    tracks = {line.track for line in group}
    alone = all(line.track not in tracks or line in group for line in lines)
    several = len({line.track for line in lines}) > 1
    name = readable(names.get(min(tracks), "")) if several and alone else ""
    fits = program not in KEYBOARDS and 0 < len(name) <= LONGEST_NAME and name[0].isalpha()
    own = fits and (not is_label(name) or program_named(name) is not None)
    return instrument(program, name if own else "")


def _numbered(players: Sequence[Instrument]) -> list[Instrument]:
    """Players of one name told apart: "Violin 1", "Violin 2"."""
    names = Counter(player.name for player in players)
    seen: Counter[str] = Counter()
    numbered = []
    for player in players:
        seen[player.name] += 1
        number = f" {seen[player.name]}" if names[player.name] > 1 else ""
        numbered.append(replace(player, name=player.name + number))
    return numbered


def _with_pedals(players: Sequence[Instrument]) -> tuple[Instrument, ...]:
    """The pedals are the first piano's, else the first other keyboard's; or the only player's."""
    likely = [
        *(k for k, player in enumerate(players) if player.program in PIANOS),
        *(k for k, player in enumerate(players) if player.program in TWO_HANDS),
        *([0] if len(players) == 1 else []),
    ]
    return tuple(replace(player, pedalled=k in likely[:1]) for k, player in enumerate(players))


def _hands(
    group: list[Line],
    lines: _Lines,
    programs: _Programs,
    names: dict[int, str],
    layers: Collection[Line],
) -> dict[Line, int]:
    """The hand of each line of a player, 0 where nothing tells it or the line is a layer."""
    whole = [line for line in group if line not in layers]
    if programs[group[0]] not in TWO_HANDS:
        return dict.fromkeys(group, 0)
    called = {line: names.get(line.track, "") for line in whole}
    if len(whole) == 1:
        return dict.fromkeys(group, 0) | {line: _named_hand(called[line]) for line in whole}
    right = {line for line in whole if _RIGHT.search(called[line])}
    left = {line for line in whole if _LEFT.search(called[line])} - right
    if not (right and left) and len(whole) == 2:
        low, high = sorted(whole, key=lambda line: fmean(p.pitch for p in lines[line]))
        if _are_hands(lines[high], lines[low]):
            right, left = {high}, {low}
        elif _are_staves(whole, lines, called):
            right, left = {whole[0]}, {whole[1]}
    if not (right and left):
        return dict.fromkeys(group, 0)
    return {line: RIGHT if line in right else LEFT if line in left else 0 for line in group}


def _named_hand(name: str) -> int:
    """The hand that a track is called by, 0 where it is called by none or by both."""
    right, left = _RIGHT.search(name), _LEFT.search(name)
    return 0 if bool(right) == bool(left) else RIGHT if right else LEFT


def _are_hands(high: Sequence[Press], low: Sequence[Press]) -> bool:
    """Whether of two lines one hand may play each, one above the other."""
    apart = fmean(p.pitch for p in high) - fmean(p.pitch for p in low)
    return apart >= APART and all(map(_one_hand, (high, low))) and _stays_above(high, low)


def _are_staves(group: list[Line], lines: _Lines, called: dict[Line, str]) -> bool:
    """Whether two lines are the upper and the lower staff of one page, of which a notation program
    makes two tracks of one name: their hands may cross, but are often apart.
    """
    upper, lower = group
    if upper.track == lower.track or called[upper] != called[lower]:
        return False
    hands = all(_one_hand(lines[line]) and _in_reach(lines[line]) for line in group)
    return hands and _share_above(lines[upper], lines[lower], APART) >= OFTEN_ABOVE


def _in_reach(played: Sequence[Press]) -> bool:
    """Whether a hand seldom leaps farther than hands do."""
    ordered = sorted(played, key=lambda press: (press.onset, press.pitch))
    tops = [list(chord)[-1].pitch for _, chord in groupby(ordered, key=lambda p: p.onset)]
    return len(tops) < 2 or fmean(abs(b - a) for a, b in pairwise(tops)) <= FARTHEST


def _one_hand(played: Sequence[Press]) -> bool:
    ordered = sorted(played, key=lambda press: press.onset)
    chords = [
        [press.pitch for press in chord]
        for _, chord in groupby(ordered, key=lambda press: press.onset)
    ]
    return fmean(max(chord) - min(chord) <= SPAN for chord in chords) >= SPANNED


def _stays_above(high: Sequence[Press], low: Sequence[Press]) -> bool:
    """Whether the notes of the one line lie above what the other has struck last."""
    return _share_above(high, low, 1) >= ABOVE


def _share_above(high: Sequence[Press], low: Sequence[Press], apart: int) -> float:
    """The share of the notes of one line that are so far above what the other has struck last."""
    strokes = sorted(
        [(p.onset, False, p.pitch) for p in low] + [(p.onset, True, p.pitch) for p in high]
    )
    below: int | None = None
    above = []
    for _, is_high, pitch in strokes:
        if not is_high:
            below = pitch
        elif below is not None:
            above.append(pitch >= below + apart)
    return fmean(above) if above else 0.0


def _reason(
    press: Press, crowded: Collection[Press], layers: dict[Line, Line], programs: _Programs
) -> str:
    """Why a key press is left out; `crowded` are those of the players who find no room."""
    if _drums(press.line):
        return DRUM
    if press in crowded:
        return f"more than {MOST_PLAYERS} players"
    if press.line in layers:
        return f"doubling the {NAMES[programs[layers[press.line]]]}"
    return "noise without pitch"


def _left_out(omitted: Iterable[Omission], programs: _Programs) -> tuple[str, ...]:
    """What is left out: the drums, then so many notes of each instrument."""
    drums = sum(omission.reason == DRUM for omission in omitted)
    others = Counter(
        (NAMES[programs[omission.press.line]], omission.reason)
        for omission in sorted(omitted, key=lambda omission: omission.press.line)
        if omission.reason != DRUM
    )
    return (
        *([f"{count_of(drums, 'drum note')} on channel {DRUM_CHANNEL + 1}"] if drums else []),
        *(
            f"{count_of(count, 'note')} of the instrument {name} ({reason})"
            for (name, reason), count in others.items()
        ),
    )
