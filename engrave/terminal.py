"""How the commands speak: a mistake in one line, and to a program that started them, in events.

A program that asks for `--progress` (the MuseScore plugin, which can read standard output only)
gets a JSON object a line, in ASCII: {"step", "done"} on the way, then {"summary", "files"} for each
performance that was written, {"error"} for each that was not.
"""

import argparse
import json
from typing import Any, NoReturn

DONE, FAILED, INTERRUPTED, READER_GONE = 0, 2, 130, 141
EVENTS = "--progress"


class Parser(argparse.ArgumentParser):
    """A parser that complains in one line; `events` says whether a program wants to hear of it."""

    events = False

    def error(self, message: str) -> NoReturn:
        if self.events:
            tell(error=message)
        self.exit(FAILED, f"engrave: {message}\n")


def tell(**event: Any) -> None:
    """Send an event to the program that reads standard output."""
    print(json.dumps(event), flush=True)
