"""The command `engrave`: convert performances, printing one line about each.

With --explain more lines follow, indented. `engrave plugin ...` is a command of its own.

Results and summaries go to standard output, everything that went wrong to standard error, one line
for each. Exit status: 0 all written, 2 something was not, 130 interrupted, 141 standard output was
closed by the process that reads it.
"""

import os
import sys
from collections.abc import Sequence

from engrave.cli import plugin
from engrave.cli.convert import run
from engrave.cli.plan import read_command
from engrave.cli.startup import INTERRUPTED, interruptible
from engrave.cli.terminal import FAILED, open_streams, report_bug, report_error, why


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status (or raise SystemExit, as argparse does)."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        with interruptible():
            open_streams()
            return _dispatch(list(words))
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # expected errors are caught where they arise
        report_bug()
        return FAILED


def _dispatch(words: list[str]) -> int:
    """Run the command that the first word names; else convert the performances it names."""
    try:
        os.getcwd()
    except OSError as error:  # it was deleted: no relative path has a meaning
        report_error(f"the current folder: {why(error)}")
        return FAILED
    match words[:1]:
        case ["plugin"]:
            return plugin.main(words[1:])
        case ["embed"]:
            from engrave.cli import embed

            return embed.main(words[1:])
        case ["view"]:
            from engrave.cli import view

            return view.main(words[1:])
    return run(read_command(words))
