"""How sure the reading is, where it is not, and which correction would matter most.

The path decides; what the learned reader said of each note (`listen.Evidence`) is laid beside what
stands on the page. Of every question (tempo, meter, barlines, key) each way to write it is as
likely as the notes find it on the average: what part of their belief it has. Tempo can hardly be
wrong by a little, only by a factor (two or three): listeners too differ in which level of the
pulse they tap (McKinney and Moelants, *Ambiguity in tempo perception*, Music Perception 24, 2006).
A bar is hard where the places, barlines and staves written in it were unlikely to the reader.

Numbers between 0 and 1 are probabilities; times are seconds, tempi felt beats a minute.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from engrave import reading
from engrave.file_meter import hear_file_bars
from engrave.listen import Evidence
from engrave.places import PHASE_CLASS, Places
from engrave.score import KeySignature, Score, TempoMark, TimeSignature
from engrave.transcribe import Transcription
from engrave.words import name_key, name_value

# The word for what has at least such a share of the belief that it and the next best way have.
WORDS = ((0.8, "sure"), (0.6, "probably"), (0.0, "a guess"))

# Tempi that may have been meant: how many times as fast, and what that is called.
SPEEDS = {1 / 4: "a quarter as fast", 1 / 3: "a third as fast", 1 / 2: "half as fast", 1.0: ""}
SPEEDS |= {2.0: "twice as fast", 3.0: "three times as fast", 4.0: "four times as fast"}
SLOWEST, FASTEST = (60 / np.exp(pace) for pace in reading.PACES[[-1, 0]])  # that the reader knows
UNTHINKABLE = 1e-6  # how likely any speed is at the least
SAME_PACE = 0.15  # deviation of the logarithm of a beat within which a pace is meant
AROUND = 4  # bars on either side with which the barlines of a bar are compared
BARLINE_WEIGHT = 3.0  # of the log odds of downbeats, in choosing between places of the barline
UNHEARD = -1.5  # log odds of a downbeat where no note is
MOST_SHARPS = 7  # of a key signature
HARDEST = 5  # bars at most
HARD = 0.5  # below this agreement a bar is hard
USUAL_NOTES = 4  # as many notes like the whole piece are added to those of each bar

LEAST = -5.0  # log probability below which nothing is held more unlikely

# The places within a beat that are beats at a higher speed.
BETWEEN = {
    float(speed): [PHASE_CLASS[Fraction(n, speed)] for n in range(1, speed)] for speed in (2, 3, 4)
}
FIGURES = (2, 4, 8, 16)  # the classes of `reading` "unit"
# The classes of meter and lower figure that a time signature belongs to.
SIGNATURES = {
    f"{beats * (3 if compound else 1)}/{figure}": (kind, place)
    for kind, (beats, compound) in enumerate(reading.METERS)
    for place, figure in enumerate(FIGURES)
    if compound or not TimeSignature(beats, figure).compound  # 3/8 is felt in one
}
REASONS = ("the rhythm", "the barline", "which hand plays what")
# How much a correction mends, and from when on the next best way is worth a try (against a guess).
WORTH = {"tempo": 1.0, "barlines": 0.7, "meter": 0.6, "key": 0.3, "beats": 0.3}
WORTH_A_TRY = 0.4


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to write it: in words, how likely it is, and the option that asks for it.

    `where` says what is to be put into a file of taps.
    """

    words: str
    likely: float
    option: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is written, and what else it could be (the likeliest first).

    `given` says that the user said so. What it stands on, for the barlines the meter, for the meter
    the tempo, is named by `stands_on` where that is the less sure, and `ground` is how sure it is.
    """

    written: Choice
    others: tuple[Choice, ...]
    given: bool = False
    stands_on: str = ""
    ground: float = 1.0

    @property
    def sure(self) -> float:
        """How likely what is written is against the next best (0-1); 1 if the user said so."""
        if self.given or not self.others:
            return 1.0
        return self.written.likely / (self.written.likely + self.others[0].likely)

    @property
    def word(self) -> str:
        """How sure it is, in a word: no surer than what it stands on."""
        if self.given:
            return "as you said"
        return _word(min(self.sure, self.ground))

    def standing_on(self, name: str, base: "Doubt") -> "Doubt":
        """The same doubt on the ground of another one, called so, where that makes it greater."""
        ground = min(base.sure, base.ground)
        shaken = _word(min(self.sure, ground)) != _word(self.sure)
        return replace(self, stands_on=name, ground=ground) if shaken else self


def _word(sure: float) -> str:
    return next(word for least, word in WORDS if sure >= least)


@dataclass(frozen=True, slots=True)
class HardBar:
    """A bar by its number in the score, where it begins (seconds), and what in it is doubtful.

    `agreement` is how likely the reader found what is written in it (a geometric mean).
    """

    number: int
    seconds: float
    agreement: float
    reason: str

    @property
    def name(self) -> str:
        return str(self.number) if self.number else "the pickup"


@dataclass(frozen=True, slots=True)
class Doubts:
    """How sure each part of a reading is; `correction` is None where none seems needed."""

    tempo: Doubt
    meter: Doubt
    barlines: Doubt
    key: Doubt
    hard_bars: tuple[HardBar, ...]
    correction: Choice | None


def find_doubts(transcription: Transcription) -> Doubts:
    """Compare what is written with what the reader made of each note."""
    score, evidence = transcription.score, transcription.evidence
    known = transcription.corrections
    taps = known.beats or ()
    bars_known = any(tap.downbeat for tap in taps)
    page = Places.of(score, transcription.grid)
    tempo = _doubt_tempo(page, score, evidence, bool(known.tempo or taps))
    meter = _doubt_meter(page, evidence, bool(known.meter or bars_known))
    barlines = _doubt_barlines(page, evidence, bars_known)
    if transcription.fit.kind != "free":
        tempo = replace(tempo, others=())
        meter, barlines = _doubt_file_bars(transcription, meter, barlines)
    meter = meter.standing_on("tempo", tempo)
    barlines = barlines.standing_on("meter", meter)
    key = _doubt_key(page, score, evidence, known.key is not None)
    questions = {"tempo": tempo, "meter": meter, "barlines": barlines, "key": key}
    hard = _hard_bars(page, evidence)
    return Doubts(
        **questions,
        hard_bars=tuple(hard[:HARDEST]),
        correction=_most_wanted(questions, hard if not taps else [], len(page.numbers)),
    )


def describe(doubts: Doubts) -> list[str]:
    """The doubts in a musician's words, a line for each."""
    lines = [
        f"tempo: {_say(doubts.tempo, len(SPEEDS))}",
        f"meter: {_say(doubts.meter)}",
        f"barlines: {_say(doubts.barlines)}",
        f"key: {_say(doubts.key)}",
    ]
    hard = [f"{bar.name} (at {bar.seconds:.1f} s): {bar.reason}" for bar in doubts.hard_bars]
    lines.append("hardest bars: " + ("; ".join(hard) or "none stands out"))
    best = doubts.correction
    wanted = " with ".join(filter(None, (best.option, best.where))) if best else "none seems needed"
    return [*lines, f"correction that would matter most: {wanted}"]


def _say(doubt: Doubt, others: int = 1) -> str:
    """For example "3/4, probably (70%; 6/8 30%)": the likeliest ways, as if there were no more."""
    said = f"{doubt.written.words}, {doubt.word}"
    if doubt.given or not doubt.others:
        return said
    shown = [doubt.written, *doubt.others[:others]]
    total = sum(choice.likely for choice in shown)
    written, *rest = [f"{choice.likely / total:.0%}" for choice in shown]
    named = [f"{c.words} {share}" for c, share in zip(shown[1:], rest, strict=True)]
    ground = f"; no surer than the {doubt.stands_on}" if doubt.stands_on else ""
    return f"{said} ({written}; {', '.join(named)}{ground})"


def _doubt_tempo(page: Places, score: Score, evidence: Evidence, given: bool) -> Doubt:
    """Each speed has the belief of those notes whose pace it is, as far as the beats bear it out.

    At a higher speed the notes between the beats must sound like beats as well; at a lower one
    not all of those on the beats.
    """
    seconds = np.log(np.diff(page.grid.times)[page.beat])
    pace, beat = np.exp(evidence.pace[page.note]), _probability(evidence.onbeat[page.note])
    on = _mean(beat[page.phase == 0], otherwise=0.5)
    likely = []
    for speed in SPEEDS:
        distance = (seconds - np.log(speed))[:, None] - reading.PACES
        meant = (pace * np.exp(-0.5 * (distance / SAME_PACE) ** 2)).sum(axis=1)
        borne_out = 1.0
        if speed > 1:
            borne_out = _mean(beat[np.isin(page.phase, BETWEEN[speed])], otherwise=on) / on
        elif speed < 1:
            borne_out = (1 - on) / (1 - speed)
        likely.append(UNTHINKABLE + _mean(meant, otherwise=1.0) * min(borne_out, 1.0))
    mark = next(m for m in score.parts[0].measures[0].marks if isinstance(m, TempoMark))
    share = dict(zip(SPEEDS, np.array(likely) / sum(likely), strict=True))
    known = [v for v in SPEEDS if v == 1 or SLOWEST <= mark.per_minute * v <= FASTEST]
    choices = [_at_speed(mark, speed, share[speed]) for speed in known]
    return _as_doubt(choices, known.index(1.0), given)


def _at_speed(mark: TempoMark, speed: float, likely: float) -> Choice:
    tempo = f"{mark.per_minute * speed:.0f}"
    words = f"{name_value(mark.beat)} = {tempo}" if speed == 1 else SPEEDS[speed]
    return Choice(words, float(likely), f"--tempo {tempo}")


def _doubt_meter(page: Places, evidence: Evidence, given: bool) -> Doubt:
    """Each time signature has the belief of the notes in its beats and in its lower figure."""
    kind, unit = np.exp(evidence.meter[page.note]), np.exp(evidence.unit[page.note])
    signs = [f"{bar.beats}/{bar.beat_type}" for bar in page.grid.bars]
    names = sorted({*SIGNATURES, *signs})
    classes = np.array([SIGNATURES.get(name) or _rare_signature(name) for name in names])
    written = np.array([names.index(sign) for sign in signs])[page.bar]
    likely = kind[:, classes[:, 0]] * unit[:, classes[:, 1]]
    choices = [(name, f"--meter {name}") for name in names]
    return _weigh(choices, likely, written, given)


def _rare_signature(name: str) -> tuple[int, int]:
    """The classes of a time signature that has no class of its own."""
    figure = int(name.partition("/")[2])
    return len(reading.METERS), FIGURES.index(min(max(figure, FIGURES[0]), FIGURES[-1]))


def _doubt_key(page: Places, score: Score, evidence: Evidence, given: bool) -> Doubt:
    """Each key signature has the belief of the notes; the mode is the written one."""
    key, fifths = KeySignature(0), []
    for measure in score.as_played(score.parts[0]):
        key = measure.key or key
        fifths.append(key.fifths)
    mode = next(m.key.mode for m in score.parts[0].measures if m.key)
    names = [name_key(KeySignature(f, mode)) for f in range(-MOST_SHARPS, MOST_SHARPS + 1)]
    choices = [(name, f'--key "{name}"') for name in names]
    written = np.array(fifths)[page.bar] + MOST_SHARPS
    return _weigh(choices, np.exp(evidence.key[page.note]), written, given)


def _weigh(
    choices: Sequence[tuple[str, str]], likely: np.ndarray, written: np.ndarray, given: bool
) -> Doubt:
    """The doubt about choices (words, option) of which each note holds each so `likely`.

    `written` is the choice that is written where the note stands. The commonest lends its name.
    """
    rows = np.arange(len(written))
    agreed = _mean(likely[rows, written], otherwise=1.0)
    other = likely.copy()
    other[rows, written] = 0
    against = other.sum(axis=0) / max(len(rows), 1)
    main = int(np.bincount(written, minlength=1).argmax())
    against[main], kept = agreed, [k for k in range(len(choices)) if against[k] > 0 or k == main]
    made = [Choice(choices[k][0], float(against[k]), choices[k][1]) for k in kept]
    return _as_doubt(made, kept.index(main), given)


def _as_doubt(choices: Sequence[Choice], written: int, given: bool) -> Doubt:
    """The doubt about choices of which one is written: no other one is likelier.

    The steps decide by more than the notes say one by one (how it goes on, how long it lasts, how
    usual it is); what they put against that is at least as much as the next best way has.
    """
    most = choices[written].likely
    others = [choice for k, choice in enumerate(choices) if k != written]
    others.sort(key=lambda choice: -choice.likely)
    capped = (replace(choice, likely=min(choice.likely, most)) for choice in others)
    return Doubt(choices[written], tuple(capped), given)


def _doubt_barlines(page: Places, evidence: Evidence, given: bool) -> Doubt:
    """Each beat of the bar has the belief of the bars in which it, and around, most opens a bar."""
    opens, beats = _usual_bars(page)
    struck = page.phase == 0
    odds = np.maximum(evidence.downbeat[page.note[struck]], LEAST)
    count = len(page.grid.times)
    said = np.bincount(page.beat[struck], odds, count)[opens[:, None] + np.arange(beats)]
    size = np.bincount(page.beat[struck], minlength=count)[opens[:, None] + np.arange(beats)]
    likely = np.zeros(beats)
    for k in range(len(opens)):
        around = slice(max(k - AROUND, 0), k + AROUND + 1)
        mean = (said[around].sum(axis=0) + UNHEARD) / (size[around].sum(axis=0) + 1)
        share = np.exp(BARLINE_WEIGHT * mean)
        likely += share / share.sum() / len(opens)
    choices = [Choice("as written", float(likely[0]), "")]
    for later in range(1, beats):
        places = [f"{page.grid.times[k + later]:.1f} s" for k in opens[:2].tolist()]
        where = f"downbeats {_shift(later, beats)}, at {', '.join([*places, '...'])}"
        choices.append(Choice(_shift(later, beats), float(likely[later]), "--beats FILE", where))
    return _as_doubt(choices, 0, given)


def _doubt_file_bars(
    transcription: Transcription, meter: Doubt, barlines: Doubt
) -> tuple[Doubt, Doubt]:
    """What the bars on the grid of a file were chosen from; a file that changes its meter is
    believed, and so is its tempo.
    """
    performance, grid = transcription.performance, transcription.grid
    signs = {(bar.beats, bar.beat_type) for bar in grid.bars}
    heard = hear_file_bars(performance, transcription.fit)
    written = next((b for b in heard if {(b.meter.beats, b.meter.beat_type)} == signs), None)
    if written is None:
        return replace(meter, others=()), replace(barlines, others=())
    shares = np.exp(np.array([bars.worth for bars in heard]) - written.worth)
    meters: dict[str, float] = defaultdict(float)
    moved: dict[int, float] = defaultdict(float)
    beat = float(grid.bars[-1].beat_length)
    for bars, share in zip(heard, shares / shares.sum(), strict=True):
        meters[f"{bars.meter.beats}/{bars.meter.beat_type}"] += float(share)
        if bars.meter == written.meter:
            moved[round(float(bars.offset - written.offset) / beat)] += float(share)
    name = f"{written.meter.beats}/{written.meter.beat_type}"
    choices = [Choice(name, meters[name], f"--meter {name}") for name in meters]
    lines = [barlines.written, *barlines.others]
    size = len(lines)
    in_bar = {_shift(k % size, size): share for k, share in moved.items() if k % size}
    total = sum(moved.values())
    ways = [replace(lines[0], likely=moved[0] / total)] + [
        replace(line, likely=in_bar.get(line.words, 0.0) / total) for line in lines[1:]
    ]
    return (
        _as_doubt(choices, list(meters).index(name), meter.given),
        _as_doubt(ways, 0, barlines.given),
    )


def _usual_bars(page: Places) -> tuple[np.ndarray, int]:
    """The first beats of the full bars of the commonest number of beats, and that number.

    Where there is no full bar, all bars are looked at.
    """
    bars = [bar for bar in page.grid.bars if bar.length == bar.full_length] or page.grid.bars
    edges = [[bisect_left(page.grid.quarters, q) for q in (bar.start, bar.end)] for bar in bars]
    beats = Counter(b - a for a, b in edges).most_common(1)[0][0]
    return np.array([a for a, b in edges if b - a == beats]), beats


def _shift(later: int, beats: int) -> str:
    if 2 * later == beats:
        return "half a bar away"
    if later == beats - 1:
        return "one beat earlier"
    return "one beat later" if later == 1 else f"{later} beats later"


def _hard_bars(page: Places, evidence: Evidence) -> list[HardBar]:
    """The bars in which the reader agrees least with what is written, the hardest first."""
    rhythm = evidence.phase[page.note, page.phase]
    barline = _log_probability(np.where(page.first, 1, -1) * evidence.downbeat[page.note])
    upper = _log_probability(np.where(page.upper, 1, -1) * evidence.upper[page.note])
    hand = np.where(page.shared, upper, 0.0)
    agreed = np.maximum([rhythm, barline, hand], LEAST)
    count = len(page.numbers)
    size = np.bincount(page.bar, minlength=count)
    usual = agreed.sum(axis=1, keepdims=True) / max(len(page.note), 1)
    total = np.array([np.bincount(page.bar, part, count) for part in agreed])
    mean = (total + USUAL_NOTES * usual) / (size + USUAL_NOTES)
    agreement = np.exp(mean.mean(axis=0))
    reason = (mean - usual).argmin(axis=0)
    begins = page.grid.time_at(np.array([float(bar.start) for bar in page.grid.bars]))
    return [
        HardBar(page.numbers[k], float(begins[k]), float(agreement[k]), REASONS[reason[k]])
        for k in np.argsort(agreement, kind="stable").tolist()
        if size[k] and agreement[k] < HARD
    ]


def _most_wanted(questions: dict[str, Doubt], hard: list[HardBar], bars: int) -> Choice | None:
    """The correction that mends most, if it is at all likely that there is something to mend."""
    wanted: list[tuple[float, Choice]] = []
    for name, doubt in questions.items():
        if 1 - doubt.sure >= WORTH_A_TRY:
            wanted.append((WORTH[name] * (1 - doubt.sure), doubt.others[0]))
    if len(hard) / bars >= WORTH_A_TRY:
        where = f"taps along, above all around bar {hard[0].name} (at {hard[0].seconds:.1f} s)"
        taps = Choice("beats elsewhere", len(hard) / bars, "--beats FILE", where)
        wanted.append((WORTH["beats"] * taps.likely, taps))
    return max(wanted, key=lambda pair: pair[0])[1] if wanted else None


def _mean(values: np.ndarray, otherwise: float) -> float:
    return float(values.mean()) if len(values) else otherwise


def _probability(odds: np.ndarray) -> np.ndarray:
    return np.exp(_log_probability(odds))


def _log_probability(odds: np.ndarray) -> np.ndarray:
    return -np.logaddexp(0, -odds)
