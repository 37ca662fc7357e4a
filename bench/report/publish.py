"""The figures that stand in several documents: kept in `figures.json`, written there by a program.

A document marks each place, so that no figure is copied by hand and none is left behind:

    <!-- bench: first engrave E_mean -->6.7<!-- /bench -->

names the run, the system and the figure (mean per performance; `state`: date and commit;
`performances`: how many). A mark with a name of TABLES in place of the system holds a table. A run
is `first` (one performance of each score) or `all`.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bench.report.results import READABLE, TRUE, Results, System
from bench.report.table import (
    KINDS,
    OWN,
    composer_table,
    in_columns,
    number,
    readability_table,
    systems_table,
)

FIGURES = Path(__file__).parent.parent / "figures.json"
HOUSE = Path(__file__).parent.parent.parent
DOCUMENTS = (
    *("README.md", "CHANGELOG.md", "bench/README.md"),
    *("docs/model-card.md", "docs/experiments.md"),
)
MARK = re.compile(r"<!-- bench: ([^>]*?) -->(.*?)<!-- /bench -->", re.DOTALL)
PER_PERFORMANCE, PER_PIECE = (kind for _, kind in KINDS)
STATE = ("date", "commit", "command")
BY_COMPOSER = (  # readability figure, digits
    ("ties_per_note", 3),
    ("rests_per_bar", 2),
    ("voices_per_staff_bar", 2),
    ("short_notes_per_bar", 2),
)

Run = Results  # what is kept of each system


def update(figures: Mapping[str, Run], results: Results) -> dict[str, Run]:
    """The figures with those of a `results.json` in place of the older ones of its run.

    Peers that were not run again stay as they were; of `engrave` nothing older stays, or two
    states of it would be compared. Raises ValueError for results that nobody could make again.
    """
    run = {name: _kept(system) for name, system in results.items()}
    name = "first" if all(s["performances"] == s["pieces"] for s in run.values()) else "all"
    peers = {n: s for n, s in figures.get(name, {}).items() if not n.startswith(OWN)}
    return {**figures, name: {**run, **{n: s for n, s in peers.items() if n not in run}}}


def _kept(system: System) -> System:
    """What is kept of a system: means, how many, and the state that was measured."""
    if missing := [name for name in STATE if not system.get(name)]:
        raise ValueError(f"the results do not say their {' and '.join(missing)}; score again")
    if system["commit"].endswith("+"):
        raise ValueError("the results are of sources that were changed and not committed")
    if "--only" in system["command"]:
        raise ValueError("the results are of some performances only")
    return {
        **{name: system[name] for name in STATE},
        "performances": len(system["performances"]),
        "pieces": system["pieces"],
        "failures": system["failures"],
        **{kind: _rounded(system[kind]) for _, kind in KINDS},
        "composers": {
            composer: {
                "performances": found["performances"],
                PER_PERFORMANCE: _rounded(found[PER_PERFORMANCE]),
            }
            for composer, found in system["composers"].items()
        },
    }


def _rounded(means: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: value and round(value, 4) for name, value in means.items()}


def fill(text: str, figures: Mapping[str, Run]) -> str:
    """A document with every marked place as the figures have it.

    Raises ValueError for a mark that names none.
    """
    if text.count("<!-- bench:") != len(MARK.findall(text)):
        raise ValueError("a mark is not closed")
    return MARK.sub(lambda m: f"<!-- bench: {m[1]} -->{say(m[1], figures)}<!-- /bench -->", text)


def say(words: str, figures: Mapping[str, Run]) -> str:
    """What stands in a marked place."""
    try:
        name, system, *rest = words.split()
        if system in TABLES:
            return f"\n\n{TABLES[system](figures[name])}\n\n"
        return _one(figures[name][system], *rest)
    except (KeyError, ValueError, TypeError):
        raise ValueError(f"there is no figure {words!r}") from None


def _one(system: System, figure: str) -> str:
    if figure == "state":
        return f"{system['date']}, commit `{system['commit']}`"
    if figure in ("performances", "pieces"):
        return str(system[figure])
    return number(float(system[PER_PERFORMANCE][figure]), 3 if figure.startswith(READABLE) else 1)


def _means(run: Run, kind: str) -> str:
    counts = {name: f"{s['performances']} ({number(s['failures'], 0)})" for name, s in run.items()}
    return systems_table({name: system[kind] for name, system in run.items()}, counts)


def _states(run: Run) -> str:
    """Which systems are of which state; a run that was made at once is one line."""
    states: dict[tuple[str, ...], list[str]] = {}
    for name, system in run.items():
        made = system.get("note") or f"`{system['command']}`"
        states.setdefault((_one(system, "state"), made), []).append(f"`{name}`")
    return "\n".join(
        f"- {', '.join(names)}: {state}, {made}" for (state, made), names in states.items()
    )


def _readable_composers(run: Run) -> str:
    rows = []
    for composer, found in run[OWN]["composers"].items():
        means = found[PER_PERFORMANCE]
        pairs = (
            [number(means.get(f"{READABLE}{name}{end}"), digits) for end in ("", TRUE)]
            for name, digits in BY_COMPOSER
        )
        rows.append((composer, *(" / ".join(pair) for pair in pairs)))
    return in_columns(("", *(name.replace("_", " ") for name, _ in BY_COMPOSER)), rows)


TABLES: Mapping[str, Callable[[Run], str]] = {
    "states": _states,
    PER_PERFORMANCE: lambda run: _means(run, PER_PERFORMANCE),
    PER_PIECE: lambda run: _means(run, PER_PIECE),
    "readability": lambda run: readability_table({n: s[PER_PERFORMANCE] for n, s in run.items()}),
    "composers": lambda run: composer_table(run[OWN]["composers"]),
    "readable_composers": _readable_composers,
}


def read_figures() -> dict[str, Run]:
    """The published figures by run (`first`, `all`), as `FIGURES` keeps them."""
    figures: dict[str, Run] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return figures


def publish(sources: Iterable[Path]) -> None:
    """Take up each `results.json` and write the documents; nothing is written if one is refused."""
    figures = read_figures()
    for source in sources:
        try:
            figures = update(figures, json.loads(source.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = error if isinstance(error, ValueError) else "no results of `score`"
            raise ValueError(f"{source}: {reason}") from error
    written = {FIGURES: json.dumps(figures, indent=1, ensure_ascii=False) + "\n"}
    for name in DOCUMENTS:
        path = HOUSE / name
        try:
            written[path] = fill(path.read_text(encoding="utf-8"), figures)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
