"""Players of a file, inferred from its tracks, channels, programs and names.

A sequencer has a track or a channel for each player, and often one for each hand of a pianist. What
keyboards of one kind play is one part, however many tracks it comes in; of two tracks that are
named after the hands, or of which one always stays above the other, each is a hand. Every other
track or channel is a part of its own. Drums and noises are left out. Of a sound that a keyboard
layers under its piano, the notes that double one of the piano are left out, and the others are the
piano's. What is left out is listed key press by key press, with the reason.

A line is what one track plays on one channel. Programs are those of General MIDI 1 (1991), counted
from 0, tracks from 1.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import fmean

from engrave.midi.key_presses import KeyPress, Text, TrackChannel
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

# What the lines of one player have in common: whether it is a keyboard, and what identifies it.
_Key = tuple[bool, str] | tuple[bool, int, str] | tuple[bool, TrackChannel]

DRUM_CHANNEL = 9
MOST_PLAYERS = 32
DRUM = "drum"
DOUBLED_SHARE = 0.9  # of the notes of a layer that its piano strikes at the same moments
LONGEST_NAME = 24  # characters of a name

RIGHT, LEFT = 1, 2
_RIGHT = re.compile(
    r"\b(right|r\.?h\b|upper|treble|rechts|rechte|m\.?d\b|droite|destra|derecha)", re.IGNORECASE
)
_LEFT = re.compile(
    r"\b(left|l\.?h\b|lower|bass|links|linke|m\.?[gs]\b|gauche|sinistra|izquierda)", re.IGNORECASE
)
SHARE_ABOVE = 0.9  # of the right hand's notes that lie above the left hand's last note,
LEAST_INTERVAL = 7  # semitones between what both play on average,
# for two staves of one part: that share so far apart; semitones of the mean leap of a hand
STAFF_SHARE_ABOVE, WIDEST_MEAN_LEAP = 0.25, 24
# semitones of the widest chords of a hand, and the share of them that must be no wider
WIDEST_CHORD, SHARE_WITHIN_SPAN = 16, 0.95


@dataclass(frozen=True, slots=True)
class PlayerHand:
    """The player of a line: an index into the players, and the hand if that is known.

    `layer`: the line is layered under that player's piano, and its pedals are not the piano's.
    """

    player: int
    hand: int = 0
    layer: bool = False


@dataclass(frozen=True, slots=True)
class Omission:
    """A key press that is left out, and why."""

    press: KeyPress
    reason: str


@dataclass(frozen=True, slots=True)
class Players:
    """The players in the order of their parts, and what is kept and left out.

    `hands` has the player and hand of each line that is kept, `presses` their key presses;
    `omitted` are those left out, `left_out` is a sentence for each reason.
    """

    instruments: tuple[Instrument, ...]
    hands: dict[TrackChannel, PlayerHand]
    presses: tuple[KeyPress, ...]
    omitted: tuple[Omission, ...]
    left_out: tuple[str, ...]


def find_players(presses: Sequence[KeyPress], texts: Iterable[Text]) -> Players:
    """The players of a file. Raises `MidiError` if there is no note."""
    presses_of: dict[TrackChannel, list[KeyPress]] = defaultdict(list)
    for press in presses:
        presses_of[press.track_channel].append(press)
    names = {text.track: text.text for text in reversed(list(texts)) if text.kind == TRACK_NAME}
    melodic = {line: played for line, played in presses_of.items() if not _drums(line)}
    if not melodic:
        only = f" but {count_of(len(presses), 'drum note')}" if presses else ""
        raise MidiError(f"no notes in the file{only}, expected at least one")
    programs = {
        track_channel: _program(played, names.get(track_channel.track))
        for track_channel, played in melodic.items()
    }
    pitched = _without_noises(melodic, programs)
    layers = _layers(pitched, programs)
    own = programs | {track_channel: programs[piano] for track_channel, piano in layers.items()}
    kept = _without_doubles(pitched, layers)
    groups = _groups(kept, own)
    taken = {press for group in groups for track_channel in group for press in kept[track_channel]}
    crowded = {press for played in kept.values() for press in played} - taken
    omitted = tuple(
        Omission(press, _reason(press, crowded, layers, programs))
        for press in presses
        if press not in taken
    )
    return Players(
        _with_pedals(_numbered([_instrument(group, kept, own, names) for group in groups])),
        {
            track_channel: PlayerHand(number, hand, track_channel in layers)
            for number, group in enumerate(groups)
            for track_channel, hand in _hands(group, kept, own, names, layers).items()
        },
        tuple(press for press in presses if press in taken),
        omitted,
        _left_out(omitted, programs),
    )


def _drums(track_channel: TrackChannel) -> bool:
    return track_channel.channel.number == DRUM_CHANNEL


def _program(played: Sequence[KeyPress], name: str | None) -> int:
    """The most frequent program of a line; a default one may be replaced by the track's name."""
    program = Counter(press.program for press in played).most_common(1)[0][0]
    named = program_named(readable(name)) if name and program == 0 else None
    return program if named is None else named


_Presses = dict[TrackChannel, list[KeyPress]]
_Programs = dict[TrackChannel, int]


def _without_noises(presses_of: _Presses, programs: _Programs) -> _Presses:
    """The lines whose sounds have a pitch; all, if there is nothing else."""
    pitched = {
        track_channel: played
        for track_channel, played in presses_of.items()
        if programs[track_channel] not in NO_PITCH
    }
    return pitched or presses_of


def _layers(presses_of: _Presses, programs: _Programs) -> dict[TrackChannel, TrackChannel]:
    """The lines that double a piano but for a few notes, each with the line that it doubles."""
    strokes = {track_channel: _strokes(played) for track_channel, played in presses_of.items()}
    pianos = [track_channel for track_channel in presses_of if programs[track_channel] in PIANOS]
    layers: dict[TrackChannel, TrackChannel] = {}
    for track_channel in sorted(presses_of, key=lambda track_channel: track_channel not in pianos):
        before = pianos[: pianos.index(track_channel)] if track_channel in pianos else pianos
        for piano in before if programs[track_channel] in LAYERS else ():
            both = len(strokes[track_channel] & strokes[piano])
            if piano not in layers and both >= DOUBLED_SHARE * len(strokes[track_channel]):
                layers[track_channel] = piano
                break
    return layers


def _without_doubles(presses_of: _Presses, layers: dict[TrackChannel, TrackChannel]) -> _Presses:
    """The lines without the notes of a layer that its piano strikes, too."""
    struck = {track_channel: _strokes(presses_of[piano]) for track_channel, piano in layers.items()}
    kept = {
        track_channel: [
            p for p in played if (p.onset, p.pitch) not in struck.get(track_channel, ())
        ]
        for track_channel, played in presses_of.items()
    }
    return {track_channel: played for track_channel, played in kept.items() if played}


def _strokes(played: Iterable[KeyPress]) -> set[tuple[int, int]]:
    return {(press.onset, press.pitch) for press in played}


def _groups(presses_of: _Presses, programs: _Programs) -> list[list[TrackChannel]]:
    """The lines of each player: others in the order of the file, then the keyboards."""
    several = len({track_channel.track for track_channel in presses_of}) > 1
    groups: dict[_Key, list[TrackChannel]] = {}
    for track_channel in sorted(presses_of):
        name = NAMES[programs[track_channel]]
        if programs[track_channel] in KEYBOARDS:
            key: _Key = (True, name)
        elif several:
            key = (False, track_channel.track, name)
        else:
            key = (False, track_channel)
        groups.setdefault(key, []).append(track_channel)
    ordered = sorted(groups.items(), key=lambda item: item[0][0])
    largest = sorted(
        ordered, key=lambda item: -sum(len(presses_of[track_channel]) for track_channel in item[1])
    )
    kept = [key for key, _ in largest[:MOST_PLAYERS]]
    return [group for key, group in ordered if key in kept]


def _instrument(
    group: list[TrackChannel], presses_of: _Presses, programs: _Programs, names: dict[int, str]
) -> Instrument:
    """A player's instrument, named as the track is, unless that name is a mere label."""
    weights: Counter[int] = Counter()
    for track_channel in group:
        weights[programs[track_channel]] += len(presses_of[track_channel])
    program = weights.most_common(1)[0][0]
    tracks = {track_channel.track for track_channel in group}
    alone = all(
        track_channel.track not in tracks or track_channel in group for track_channel in presses_of
    )
    several = len({track_channel.track for track_channel in presses_of}) > 1
    name = readable(names.get(min(tracks), "")) if several and alone else ""
    fits = program not in KEYBOARDS and 0 < len(name) <= LONGEST_NAME and name[0].isalpha()
    own = fits and (not is_label(name) or program_named(name) is not None)
    return instrument(program, name if own else "")


def _numbered(players: Sequence[Instrument]) -> list[Instrument]:
    """Players of the same name, numbered: "Violin 1", "Violin 2"."""
    names = Counter(player.name for player in players)
    seen: Counter[str] = Counter()
    numbered = []
    for player in players:
        seen[player.name] += 1
        number = f" {seen[player.name]}" if names[player.name] > 1 else ""
        numbered.append(replace(player, name=player.name + number))
    return numbered


def _with_pedals(players: Sequence[Instrument]) -> tuple[Instrument, ...]:
    """The pedals assigned: to the first piano, else another keyboard, or the only player."""
    likely = [
        *(k for k, player in enumerate(players) if player.program in PIANOS),
        *(k for k, player in enumerate(players) if player.program in TWO_HANDS),
        *([0] if len(players) == 1 else []),
    ]
    return tuple(replace(player, pedalled=k in likely[:1]) for k, player in enumerate(players))


def _hands(
    group: list[TrackChannel],
    presses_of: _Presses,
    programs: _Programs,
    names: dict[int, str],
    layers: Collection[TrackChannel],
) -> dict[TrackChannel, int]:
    """The hand of each line of a player, 0 where it is not known or the line is a layer."""
    whole = [track_channel for track_channel in group if track_channel not in layers]
    if programs[group[0]] not in TWO_HANDS:
        return dict.fromkeys(group, 0)
    called = {track_channel: names.get(track_channel.track, "") for track_channel in whole}
    if len(whole) == 1:
        return dict.fromkeys(group, 0) | {
            track_channel: _named_hand(called[track_channel]) for track_channel in whole
        }
    right = {track_channel for track_channel in whole if _RIGHT.search(called[track_channel])}
    left = {track_channel for track_channel in whole if _LEFT.search(called[track_channel])} - right
    if not (right and left) and len(whole) == 2:
        low, high = sorted(
            whole, key=lambda track_channel: fmean(p.pitch for p in presses_of[track_channel])
        )
        if _are_hands(presses_of[high], presses_of[low]):
            right, left = {high}, {low}
        elif _are_staves(whole, presses_of, called):
            right, left = {whole[0]}, {whole[1]}
    if not (right and left):
        return dict.fromkeys(group, 0)
    return {
        track_channel: RIGHT if track_channel in right else LEFT if track_channel in left else 0
        for track_channel in group
    }


def _named_hand(name: str) -> int:
    """The hand after which a track is named, 0 if after none or both."""
    right, left = _RIGHT.search(name), _LEFT.search(name)
    return 0 if bool(right) == bool(left) else RIGHT if right else LEFT


def _are_hands(high: Sequence[KeyPress], low: Sequence[KeyPress]) -> bool:
    """Whether two lines can each be played by one hand, one above the other."""
    apart = fmean(p.pitch for p in high) - fmean(p.pitch for p in low)
    return apart >= LEAST_INTERVAL and all(map(_one_hand, (high, low))) and _stays_above(high, low)


def _are_staves(
    group: list[TrackChannel], presses_of: _Presses, called: dict[TrackChannel, str]
) -> bool:
    """Whether two lines are the upper and the lower staff of one part.

    A notation program makes two tracks of one name of them: their hands may cross, but are often
    apart.
    """
    upper, lower = group
    if upper.track == lower.track or called[upper] != called[lower]:
        return False
    hands = all(
        _one_hand(presses_of[track_channel]) and _in_reach(presses_of[track_channel])
        for track_channel in group
    )
    return (
        hands
        and _share_above(presses_of[upper], presses_of[lower], LEAST_INTERVAL) >= STAFF_SHARE_ABOVE
    )


def _in_reach(played: Sequence[KeyPress]) -> bool:
    """Whether the mean leap of a line is within a hand's reach."""
    ordered = sorted(played, key=lambda press: (press.onset, press.pitch))
    tops = [list(chord)[-1].pitch for _, chord in groupby(ordered, key=lambda p: p.onset)]
    return len(tops) < 2 or fmean(abs(b - a) for a, b in pairwise(tops)) <= WIDEST_MEAN_LEAP


def _one_hand(played: Sequence[KeyPress]) -> bool:
    ordered = sorted(played, key=lambda press: press.onset)
    chords = [
        [press.pitch for press in chord]
        for _, chord in groupby(ordered, key=lambda press: press.onset)
    ]
    return fmean(max(chord) - min(chord) <= WIDEST_CHORD for chord in chords) >= SHARE_WITHIN_SPAN


def _stays_above(high: Sequence[KeyPress], low: Sequence[KeyPress]) -> bool:
    """Whether the notes of one line lie above what the other has struck last."""
    return _share_above(high, low, 1) >= SHARE_ABOVE


def _share_above(high: Sequence[KeyPress], low: Sequence[KeyPress], apart: int) -> float:
    """The share of the notes of one line that are `apart` above what the other has struck last."""
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
    press: KeyPress,
    crowded: Collection[KeyPress],
    layers: dict[TrackChannel, TrackChannel],
    programs: _Programs,
) -> str:
    """Why a key press is left out; `crowded` are those of players beyond the most that are kept."""
    if _drums(press.track_channel):
        return DRUM
    if press in crowded:
        return f"more than {MOST_PLAYERS} players"
    if press.track_channel in layers:
        return f"doubling the {NAMES[programs[layers[press.track_channel]]]}"
    return "noise without pitch"


def _left_out(omitted: Iterable[Omission], programs: _Programs) -> tuple[str, ...]:
    """Sentences on what is left out: the drums, then so many notes of each instrument."""
    drums = sum(omission.reason == DRUM for omission in omitted)
    others = Counter(
        (NAMES[programs[omission.press.track_channel]], omission.reason)
        for omission in sorted(omitted, key=lambda omission: omission.press.track_channel)
        if omission.reason != DRUM
    )
    return (
        *([f"{count_of(drums, 'drum note')} on channel {DRUM_CHANNEL + 1}"] if drums else []),
        *(
            f"{count_of(count, 'note')} of the instrument {name} ({reason})"
            for (name, reason), count in others.items()
        ),
    )
