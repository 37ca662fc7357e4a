"""Alternatives of a transcription with their probabilities, and their description in words.

Numbers between 0 and 1 are probabilities; times are seconds.
"""

from dataclasses import dataclass, replace

# The word for the least probability of what is written, relative to it and the next best way.
SURENESS_WORDS = ((0.9, "sure"), (0.6, "probably"), (0.0, "a guess"))

# Tempi that may have been meant: times as fast as written, and their names.
SPEEDS = {1 / 4: "a quarter as fast", 1 / 3: "a third as fast", 1 / 2: "half as fast"}
SPEEDS |= {2.0: "twice as fast", 3.0: "three times as fast", 4.0: "four times as fast"}
MOST_SPEEDS = 3  # alternative tempi that are named, at most


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to write it: in words, its probability, and the option that requests it.

    `where` says what is to be put into a file of taps.
    """

    words: str
    likely: float
    option: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A decision: what is written, and its alternatives (the likeliest first).

    `given`: the user stated it. What it depends on, for the barlines the meter, for the meter the
    tempo, is named by `stands_on` where that is less certain, and `ground` is its probability.
    """

    written: Choice
    others: tuple[Choice, ...]
    given: bool = False
    stands_on: str = ""
    ground: float = 1.0

    @property
    def sure(self) -> float:
        """Probability of what is written against the next best (0-1); 1 if the user stated it."""
        if self.given or not self.others:
            return 1.0
        return self.written.likely / (self.written.likely + self.others[0].likely)

    @property
    def word(self) -> str:
        """Certainty in a word: no greater than that of what it depends on."""
        if self.given:
            return "as you said"
        return _word(min(self.sure, self.ground))

    def standing_on(self, name: str, base: "Doubt") -> "Doubt":
        """The same doubt, dependent on another one of that name if that one is less certain."""
        ground = min(base.sure, base.ground)
        shaken = _word(min(self.sure, ground)) != _word(self.sure)
        return replace(self, stands_on=name, ground=ground) if shaken else self


def _word(sure: float) -> str:
    return next(word for least, word in SURENESS_WORDS if sure >= least)


@dataclass(frozen=True, slots=True)
class HardBar:
    """A bar by its number in the score, its start (seconds), and what is doubtful in it.

    `agreement` is the probability of what is written in it by the networks (geometric mean).
    """

    number: int
    seconds: float
    agreement: float
    reason: str

    @property
    def name(self) -> str:
        """The number of the bar in a sentence."""
        return str(self.number) if self.number else "the pickup"


@dataclass(frozen=True, slots=True)
class Doubts:
    """Certainty of each part of a transcription; `correction` is None where none seems needed."""

    tempo: Doubt
    meter: Doubt
    barlines: Doubt
    key: Doubt
    hard_bars: tuple[HardBar, ...]
    correction: Choice | None


def explain_doubts(doubts: Doubts) -> list[str]:
    """The doubts in a musician's words, a line for each."""
    lines = [
        f"tempo: {_say(doubts.tempo, MOST_SPEEDS)}",
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
    """The likeliest ways in words, as if there were no more: "3/4, probably (70%; 6/8 30%)"."""
    said = f"{doubt.written.words}, {doubt.word}"
    if doubt.given or not doubt.others:
        return said
    shown = [doubt.written, *doubt.others[:others]]
    total = sum(choice.likely for choice in shown)
    written, *rest = [f"{choice.likely / total:.0%}" for choice in shown]
    named = [f"{c.words} {share}" for c, share in zip(shown[1:], rest, strict=True)]
    ground = f"; no surer than the {doubt.stands_on}" if doubt.stands_on else ""
    return f"{said} ({written}; {', '.join(named)}{ground})"
