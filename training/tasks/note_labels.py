"""What the score says of each note: the answers that the reader learns to give.

Beats are felt beats: a dotted note where the bar's beats fall into threes (6/8, 9/8, 12/8).
"""

import numpy as np

from engrave.listening.heads import FLAGS, METERS, PEDAL_AHEAD, PHASES, VALUES
from engrave.listening.note_features import KeyPresses, chord_of_each
from engrave.music.arrays import Bools, Ints
from engrave.music.performance import PEDAL_DOWN
from engrave.music.values import STEPS_BY_FIFTHS, is_compound
from training.data.corpora import QUARTER

UNKNOWN = -1
GRACE = 1
PEDAL_HEADS = ("pedal_down", "pedal_press", "pedal_lift")

# What is known of a note, each as the index of a class of `engrave.listening.heads`, or UNKNOWN.
ANSWERS = np.dtype(
    [
        ("onbeat", "i1"),
        ("downbeat", "i1"),
        ("phase", "i1"),
        ("index", "i1"),
        ("meter", "i1"),
        ("unit", "i1"),
        ("value", "i1"),
        ("upper", "i1"),
        ("voice", "i1"),
        ("fifth", "i1"),
        ("key", "i1"),
        ("pace", "f4"),  # log seconds per beat, nan where unknown
        *((flag, "i1") for flag in FLAGS),
        *((name, "i1") for name in PEDAL_HEADS),
    ]
)
FLAG_BITS = {"grace": 1, "staccato": 4, "trill": 8 | 16 | 32, "arpeggio": 64, "tremolo": 512}
TOLERANCE = 1e-3  # of a beat


def felt_beat(rows: np.ndarray) -> Ints:
    """The length of the felt beat at each note, in the units of the score."""
    beat_type: Ints = np.maximum(rows["beat_type"].astype(int), 1)
    parts: Ints = np.where(_compound(rows), 3, 1)
    return parts * (4 * QUARTER) // beat_type


def _compound(rows: np.ndarray) -> Bools:
    return is_compound(rows["beats"].astype(int), rows["beat_type"], three_in_one=False)


def position_in_full_bar(rows: np.ndarray) -> np.ndarray:
    """The position of each note as it would be in a full bar: pickups end at a barline.

    The first measure of a piece, if it is short, is one; so is a short measure that completes the
    short one before it.
    """
    full = 4 * QUARTER * rows["beats"].astype(int) // np.maximum(rows["beat_type"].astype(int), 1)
    measures, first = np.unique(rows["measure"], return_index=True)
    length, whole = rows["measure_length"][first].astype(int), full[first]
    shift = np.zeros(len(measures), int)
    for k in range(len(measures)):
        if length[k] >= whole[k] or not length[k]:
            continue
        follows = k > 0 and measures[k - 1] == measures[k] - 1
        if measures[k] <= 1 and not (follows and length[k - 1] < whole[k - 1]):
            shift[k] = whole[k] - length[k]
        elif follows and length[k - 1] + length[k] == whole[k] and not shift[k - 1]:
            shift[k] = length[k - 1]
    return rows["position"] + shift[np.searchsorted(measures, rows["measure"])]


def answer(rows: np.ndarray, matched: np.ndarray, pace: np.ndarray) -> np.ndarray:
    """The answers for played notes with these score rows; `pace` is log seconds per felt beat.

    Of a note that is not `matched` only that is known: it is `extra`.
    """
    out = np.zeros(len(rows), ANSWERS)
    for name in ANSWERS.names or ():
        if name != "pace":
            out[name] = UNKNOWN
    out["pace"] = np.nan
    for flag, bits in FLAG_BITS.items():
        out[flag][matched] = (rows["flags"][matched] & bits) != 0
    out["extra"] = ~matched
    grace = (rows["flags"] & GRACE) != 0
    _label_positions(out, rows, matched & ~grace & (rows["beats"] > 0), pace)
    _label_hands(out, rows, matched)
    named = matched & (rows["step"] != b"")
    steps = np.array([STEPS_BY_FIFTHS.find(s.decode() or "?") for s in rows["step"]]) - 1
    out["fifth"][named] = (steps + 7 * rows["alter"] + 15)[named].clip(0, 34)
    signed = matched & (rows["beats"] > 0)
    out["key"][signed] = rows["fifths"][signed].clip(-7, 7) + 7
    return out


def with_pedal(answers: np.ndarray, keys: KeyPresses) -> np.ndarray:
    """The same answers, and what a foot did that these keys (with their pedal) show."""
    out = answers.copy()
    starts, chord = chord_of_each(keys)
    onset = keys.onset[starts]
    following = np.append(onset[1:], onset[-1] + 1.0)
    down = np.append(False, keys.pedal_depth >= PEDAL_DOWN)
    change = np.flatnonzero(down[1:] != down[:-1])
    moves = keys.pedal_time[change], down[1:][change]

    def any_between(times: np.ndarray) -> np.ndarray:
        first, last = (np.searchsorted(times, x - PEDAL_AHEAD) for x in (onset, following))
        return last > first

    middle = np.searchsorted(keys.pedal_time, (onset + following) / 2, side="right")
    said = (down[middle], any_between(moves[0][moves[1]]), any_between(moves[0][~moves[1]]))
    for name, truth in zip(PEDAL_HEADS, said, strict=True):
        out[name] = truth[chord]
    return out


def _label_positions(
    out: np.ndarray, rows: np.ndarray, known: np.ndarray, pace: np.ndarray
) -> None:
    beat = felt_beat(rows)
    place = position_in_full_bar(rows)
    phase = (place % beat) / beat
    out["onbeat"][known] = (phase == 0)[known]
    out["downbeat"][known] = (place == 0)[known]
    out["phase"][known] = phase_classes(phase)[known]
    out["index"][known] = (place // beat).clip(0, 7)[known]
    count = np.where(_compound(rows), rows["beats"] // 3, rows["beats"]).astype(int)
    meters = {meter: i for i, meter in enumerate(METERS)}
    kinds = [
        meters.get((c, bool(t)), len(METERS))
        for c, t in zip(count.tolist(), _compound(rows).tolist(), strict=True)
    ]
    out["meter"][known] = np.array(kinds)[known]
    out["unit"][known] = np.log2(np.maximum(rows["beat_type"].astype(int), 1)).clip(1, 4)[known] - 1
    out["value"][known] = value_classes(rows["duration"] / beat)[known]
    out["pace"][known] = pace[known]


def value_classes(lengths: np.ndarray) -> np.ndarray:
    """The class of `VALUES` of lengths in beats."""
    return _class_of(lengths, VALUES)


def phase_classes(places: np.ndarray) -> np.ndarray:
    """The class of `PHASES` of places in a beat (shares of it)."""
    return _class_of(places, PHASES)


def _class_of(share: np.ndarray, classes: tuple[float, ...]) -> np.ndarray:
    """The class that a share of a beat is in; one more than the last if it is in none."""
    distance = np.abs(share[:, None] - np.array(classes)[None])
    return np.where(distance.min(axis=1) < TOLERANCE, distance.argmin(axis=1), len(classes))


def _label_hands(out: np.ndarray, rows: np.ndarray, known: np.ndarray) -> None:
    known = known & (rows["staff"] > 0)
    out["upper"][known] = (rows["staff"] == 1)[known]
    out["voice"][known] = voice_classes(rows[known])


def voice_classes(rows: np.ndarray) -> np.ndarray:
    """The voice of each note in its staff: 0 the only one of the bar, 1 upper, 2 lower, 3 inner."""
    out = np.zeros(len(rows), int)
    keys = rows["measure"].astype(np.int64) * 256 + rows["staff"].astype(np.int64) * 16
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    for group in np.split(order, starts[1:]):
        if not len(group):
            continue
        voices = rows["voice"][group]
        names = np.unique(voices)
        if len(names) == 1:
            continue
        means = [rows["pitch"][group][voices == v].mean() for v in names]
        ranks = np.full(len(names), 3)
        ranks[np.argmin(means)], ranks[np.argmax(means)] = 2, 1
        out[group] = ranks[np.searchsorted(names, voices)]
    return out


def transposed(answers: np.ndarray, semitones: int) -> np.ndarray:
    """The answers for the same notes so many semitones higher: keys and names move along."""
    fifths = (7 * semitones + 6) % 12 - 6
    keys = answers["key"][answers["key"] != UNKNOWN].astype(int) - 7
    if len(keys):
        middle = np.median(keys) + fifths
        fifths += -12 if middle > 6 else 12 if middle < -6 else 0
    out = answers.copy()
    for name, count in (("fifth", 35), ("key", 15)):
        moved = answers[name].astype(int) + fifths
        usable = (answers[name] != UNKNOWN) & (moved >= 0) & (moved < count)
        out[name] = np.where(usable, moved, UNKNOWN)
    return out
