"""Scores with something wrong in them, and which rules of the judge they break."""

from collections.abc import Callable, Iterator

from engrave.check.score import FIRST_RULES, RULES
from engrave.music.score import Measure, Score, Voice
from tests.support.scores import chord, head, measure, opening, piano, voice, whole_rest

# A rule, a score that breaks it and no other, and what is said first.
Broken = tuple[Callable[[Score], Iterator[str]], Score, str]

C5 = chord("1", head("C5", 0))


def bar(*events, other: Voice | None = None, **details) -> Measure:
    """A first measure in 4/4 with these events in the right hand and a rest in the left."""
    return measure(1, voice(1, *events), other or voice(5, whole_rest(4)), **opening() | details)


def one(*events, **details) -> Score:
    return piano(bar(*events, **details))


def two(first: tuple, second: tuple) -> Score:
    """Two measures of 4/4, the right hand given."""
    return piano(bar(*first), measure(2, voice(1, *second), voice(5, whole_rest(4))))


def broken_rules(score: Score) -> dict[str, list[str]]:
    """The sentences of each rule that has something to say, by its name."""
    said = {rule.__name__: list(rule(score)) for rule in (*FIRST_RULES, *RULES)}
    return {name: faults for name, faults in said.items() if faults}


def rules_in(module: object) -> set[str]:
    """The names of the rules that a module states."""
    return {name for name in vars(module) if name.startswith("check_")}
