"""The performance: key presses and pedal moves, and until when each note sounds.

Times are seconds from the first event of the recording, all else is in MIDI numbers (pitch 60 is
middle C, velocity 1-127, pedal depth 0-127, where MIDI 1.0 counts the pedal as down from 64 on).

The dampers fall when both the key and the pedal are up: a string that the pedal holds sounds on
after its key is released, until the pedal lets the dampers fall or the same key is struck again. A
pedal pressed after the release comes too late.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

# Seconds: key presses within this time of the first one form a chord.
CHORD_WINDOW = 0.035

RIGHT, LEFT = 1, 2  # hands, and the staves on which they mostly stand (upper, lower)
PEDAL_DOWN = 64  # depth from which on MIDI 1.0 counts the pedal as down
# Seconds after which a piano string is no longer heard.
LONGEST_SOUND = 20.0


@dataclass(frozen=True, slots=True)
class PlayedNote:
    """One key press: `onset` and `release` of the key in seconds (no pedal applied).

    `player` is an index into `Performance.players`, `hand` (`RIGHT`, `LEFT`) the hand that plays
    it: as read from a file, the one that the file states, 0 where it states none.
    """

    onset: float
    release: float
    pitch: int
    velocity: int
    player: int = 0
    hand: int = 0


@dataclass(frozen=True, slots=True)
class Lyric:
    """A syllable that is sung, and its place in its word, as in MusicXML."""

    text: str
    syllabic: Literal["single", "begin", "middle", "end"] = "single"


@dataclass(frozen=True, slots=True)
class PedalMove:
    """The pedal arrives at `depth` (0 up, 127 down) at `time` seconds."""

    time: float
    depth: int


@dataclass(frozen=True, slots=True)
class Instrument:
    """The instrument of one player: name on the page, program (General MIDI, counted from 0).

    `staves` is the most that its music needs, `octave` how many octaves higher than written it
    sounds, `pedalled` whether the pedals of the performance are its own.
    """

    name: str
    program: int = 0
    staves: int = 1
    octave: int = 0
    pedalled: bool = False


PIANO = Instrument("Piano", staves=2, pedalled=True)


@dataclass(frozen=True, slots=True)
class FileMeter:
    """A time signature that a file states, from a position in quarter notes on."""

    quarter: float
    beats: int
    beat_type: int


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key signature that a file states, from a position in quarter notes on (flats: negative)."""

    quarter: float
    fifths: int
    minor: bool


@dataclass(frozen=True, slots=True)
class FileGrid:
    """Musical time as a MIDI file counts it, in quarter notes from its beginning.

    Time is linear between the points (`seconds`, `quarters`), at least two, and the nearest tempo
    is extrapolated beyond them. `ticks` of the file make a quarter note. None of this need be true
    of the music: a recorder writes the same grid whatever is played.
    """

    ticks: int
    seconds: tuple[float, ...]
    quarters: tuple[float, ...]
    meters: tuple[FileMeter, ...] = ()
    keys: tuple[FileKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Omitted:
    """A key press of the recording that is not among the notes, and why.

    `onset` is in seconds; tracks and channels count from 1.
    """

    onset: float
    pitch: int
    velocity: int
    track: int
    channel: int
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """Facts about the recording: its origin, and what of it was not read as music.

    `name` is the file's name for messages, `title`, `composer`, `date` and `rights` (the copyright)
    what its texts say ("" if nothing), `left_out` one plain sentence for each thing in the file
    that is not in the notes ("12 drum notes on channel 10"), `omitted` each of those presses,
    `repaired` one for each irregularity that was repaired, `warnings` those of them that may have
    cost music. `data` are the bytes of the file.
    """

    name: str = ""
    title: str = ""
    composer: str = ""
    date: str = ""
    rights: str = ""
    left_out: tuple[str, ...] = ()
    omitted: tuple[Omitted, ...] = field(default=(), repr=False)
    repaired: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    data: bytes = field(default=b"", repr=False, compare=False)

    @property
    def stem(self) -> str:
        """The name without folders and ending."""
        return self.file.rpartition(".")[0] or self.file

    @property
    def file(self) -> str:
        """The name of the file without its folders."""
        return self.name.replace("\\", "/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Performance:
    """A recording: notes sorted by onset, then pitch; the moves of the sustain and soft pedals.

    `players` stand in the order of their parts on the page. `lyrics` are the syllables of key
    presses, each with its index. `grid` is the musical time of the file, None where it counts in
    seconds.
    """

    notes: tuple[PlayedNote, ...]
    sustain: tuple[PedalMove, ...] = ()
    soft: tuple[PedalMove, ...] = ()
    source: Source = field(default_factory=Source)
    players: tuple[Instrument, ...] = (PIANO,)
    grid: FileGrid | None = field(default=None, compare=False)
    lyrics: tuple[tuple[int, Lyric], ...] = ()

    def __post_init__(self) -> None:
        assert all(
            (a.onset, a.pitch) <= (b.onset, b.pitch)
            for a, b in zip(self.notes, self.notes[1:], strict=False)
        ), "notes must be sorted by onset, then pitch"

    def alone(self, player: int) -> "Performance":
        """The performance of one player alone, with the pedals if they are that player's."""
        instrument = self.players[player]
        return replace(
            self,
            notes=tuple(self.notes[i] for i in self.played_by(player)),
            sustain=self.sustain if instrument.pedalled else (),
            soft=self.soft if instrument.pedalled else (),
            players=(instrument,),
        )

    def played_by(self, player: int) -> list[int]:
        """The indices of the notes of one player."""
        return [i for i, note in enumerate(self.notes) if note.player == player]


def chord_starts(notes: Sequence[PlayedNote], window: float = CHORD_WINDOW) -> list[int]:
    """Index of the first note of each chord: presses within `window` seconds of its first one."""
    starts: list[int] = []
    for i, note in enumerate(notes):
        if not starts or note.onset - notes[starts[-1]].onset > window:
            starts.append(i)
    return starts


def sounding_ends(performance: Performance) -> list[float]:
    """For each note the time at which it falls silent, not before its release."""
    times = [move.time for move in performance.sustain]
    lifts = _lifts(performance.sustain)
    ends: list[float] = []
    struck: dict[tuple[int, int], float] = {}  # the next onset of each key of each player
    for note in reversed(performance.notes):
        end, key = note.release, (note.player, note.pitch)
        held = bisect_right(times, end) - 1
        pedalled = performance.players[note.player].pedalled
        if pedalled and held >= 0 and performance.sustain[held].depth >= PEDAL_DOWN:
            lift = bisect_right(lifts, end)
            end = lifts[lift] if lift < len(lifts) else note.onset + LONGEST_SOUND
        again = struck.get(key, end)
        ends.append(max(note.release, min(end, again, note.onset + LONGEST_SOUND)))
        struck[key] = note.onset
    return ends[::-1]


def _lifts(moves: Sequence[PedalMove]) -> list[float]:
    """Times at which the pedal comes up past the point where the dampers touch."""
    depths = [0, *(move.depth for move in moves)]
    return [
        move.time
        for before, move in zip(depths, moves, strict=False)
        if before >= PEDAL_DOWN > move.depth
    ]
