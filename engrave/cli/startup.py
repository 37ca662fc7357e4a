"""Ctrl-C while the command is loaded: the process ends at once and prints nothing.

Loading takes a third of a second, most of it in `engrave/__init__.py`, before `main.main` can catch
anything. That file imports this module first. A program that merely imports engrave keeps its own
signal handlers.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from types import FrameType

INTERRUPTED = 130


def leave(_number: int, _frame: FrameType | None) -> None:
    """End the process; an exception could be swallowed or reported by whatever is being loaded."""
    os._exit(INTERRUPTED)


def is_command() -> bool:
    """Whether this process was started as `engrave` or `python -m engrave`."""
    started = sys.orig_argv[-len(sys.argv) :][:1]  # the script, or the word after -m
    return [PurePath(word).stem for word in started] in (["engrave"], ["-mengrave"])


@contextmanager
def interruptible() -> Iterator[None]:
    """Context in which Ctrl-C raises KeyboardInterrupt, as there is something to clean up."""
    ours = signal.getsignal(signal.SIGINT) is leave
    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, leave)


# Ignored, as in the background of a shell, it stays ignored.
if is_command() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, leave)
