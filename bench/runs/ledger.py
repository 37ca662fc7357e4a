"""What is already done: one line of JSON for each performance of each system, added as it ends.

A line counts as long as nothing has changed that its figures rest on, which its key says; a run
that was broken off goes on where it was. Failures are tried again.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bench.report.results import Outcome

NAME = "done.jsonl"


def digest(*parts: str | bytes) -> str:
    """A short name for exactly these texts."""
    content = hashlib.sha256()
    for part in parts:
        part = part.encode() if isinstance(part, str) else part
        content.update(len(part).to_bytes(8, "big") + part)
    return content.hexdigest()[:16]


def digest_files(paths: Iterable[Path]) -> str:
    """A short name for the contents of these files and their names."""
    return digest(*(part for path in sorted(paths) for part in (path.name, path.read_bytes())))


class Ledger:
    """The lines of a folder's ledger by their keys."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / NAME
        self.done: dict[str, Outcome] = {}
        lines = self.path.read_text(encoding="utf-8").split("\n") if self.path.exists() else []
        # What follows the last line end was cut off when the run was; it must not spoil the next.
        if lines and lines[-1]:
            with self.path.open("a", encoding="utf-8") as file:
                file.write("\n")
        for line in lines[:-1]:
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                continue  # a line that was cut off
            key, outcome = entry.pop("key"), Outcome(**entry)
            if not outcome.failure:
                self.done[key] = outcome

    def add(self, key: str, outcome: Outcome) -> None:
        """Append an outcome to the file; a failure is tried again next time."""
        entry = {"key": key} | asdict(outcome)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n")
        if not outcome.failure:
            self.done[key] = outcome
