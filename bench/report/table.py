"""The results as tables for people, in Markdown: `table.md`."""

from collections.abc import Iterable, Mapping, Sequence

from bench.report.results import BEATS, ERRORS, HANDS, METER, READABLE, TRUE, Results, System

Means = Mapping[str, float | None]
KINDS = (("mean per performance", "mean_per_performance"), ("mean per piece", "mean_per_piece"))
OWN = "engrave"
FREE = f"{OWN}-free"  # with the weights learned from free music

# Figures of others, in percent, as published on their held-out test.
PUBLISHED_ERRORS = (  # system, E_onset, E_offset, E_mean
    ("MIDI2ScoreTransformer", "14.5–15.6", "23.7–23.8", "11.2–11.3"),
    ("Shibata et al.", "", "", "13.95"),
    ("Finale", "", "", "20.64"),
    ("MuseScore", "", "", "23.35"),
    ("PM2S", "", "", "28.04"),
)
PUBLISHED_BEATS = (  # system, beat_f, downbeat_f
    ("PM2S", "82.95", "14.14"),
    ("Murgul", "78.13", "27.81"),
)


def write_table(results: Results, about: str) -> str:
    """All tables; `about` says when, of what and how they were made."""
    sections = [about]
    for title, kind in KINDS:
        means = {name: system[kind] for name, system in results.items()}
        counts = {name: _counts(system) for name, system in results.items()}
        sections += [f"### All figures, {title}", systems_table(means, counts)]
    readable = {name: system["mean_per_performance"] for name, system in results.items()}
    sections += ["### Readability, mean per performance", readability_table(readable)]
    if OWN in results:
        sections += [f"### `{OWN}` by composer", composer_table(results[OWN]["composers"])]
    sections += ["### Published figures, for orientation only", _published()]
    return "\n\n".join(sections) + "\n"


def _counts(system: System) -> str:
    return f"{len(system['performances'])} ({system['failures']})"


def systems_table(means: Mapping[str, Means], counts: Mapping[str, str]) -> str:
    """A row for each figure, a column for each system: a reader compares along a line."""
    rows = [("performances (failures)", *counts.values())]
    rows += [
        (name, *(number(row.get(name)) for row in means.values()))
        for name in (*ERRORS, *BEATS, *METER, *HANDS)
        if any(row.get(name) is not None for row in means.values())
    ]
    return in_columns(("", *means), rows)


def readability_table(means: Mapping[str, Means]) -> str:
    """Each system beside the true scores of the same performances."""
    names = dict.fromkeys(name for row in means.values() for name in row)
    figures = [n for n in names if n.startswith(READABLE) and not n.endswith(TRUE)]
    rows = []
    for name in figures:
        true = next((v for row in means.values() if (v := row.get(name + TRUE)) is not None), None)
        values = (row.get(name) for row in means.values())
        plain = name.removeprefix(READABLE).replace("_", " ")
        rows.append((plain, number(true, 3), *(number(value, 3) for value in values)))
    return in_columns(("", "true score", *means), rows)


def composer_table(composers: Results) -> str:
    """A row for each composer, with the main figures in columns."""
    names = ("E_mean", "E_onset", "E_offset", "beat_f", "downbeat_f", "time_signature", "staff")
    rows = []
    for composer, found in composers.items():
        means = found["mean_per_performance"]
        count = str(found["performances"])
        rows.append((composer, count, *(number(means.get(name)) for name in names)))
    return in_columns(("", "performances", *names), rows)


def _published() -> str:
    note = (
        "As their authors give them, for other pieces (their held-out test; beats on ASAP) and "
        "by other programs: they say roughly where a system stands, and no more."
    )
    errors = in_columns(("", "E_onset", "E_offset", "E_mean"), PUBLISHED_ERRORS)
    return "\n\n".join((note, errors, in_columns(("", "beat_f", "downbeat_f"), PUBLISHED_BEATS)))


def number(value: float | None, digits: int = 1) -> str:
    """A figure in a table; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def in_columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first hold numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
