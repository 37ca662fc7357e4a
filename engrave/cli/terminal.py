"""Output of the commands: the only module that writes to standard output and standard error.

File names, titles and the texts of errors are untrusted. A terminal obeys control characters in
them, so every line passes through `visible` on its way out.

A program that asks for `--progress` (the MuseScore plugin, which can read standard output only)
gets a JSON object a line, in ASCII: {"step", "done"} on the way, then {"summary", "files"} for each
performance that was written, {"error"} for each that was not.
"""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from io import BufferedReader, BufferedWriter, FileIO, StringIO, TextIOWrapper
from threading import RLock
from typing import Any, NoReturn, TextIO, TypeVar
from unicodedata import category

from tqdm import tqdm

from engrave.midi.smf import MidiError

DONE, FAILED, READER_GONE = 0, 2, 141
EVENTS = "--progress"
# Control and format characters (the latter turn the direction of writing), lone surrogates, and
# what separates lines and paragraphs.
UNSEEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
JOINERS = "\u200c\u200d"  # of Persian words and of emoji
Result = TypeVar("Result")


tqdm.set_lock(RLock())  # its own is shared by processes, and lost if one of them is ended


class Parser(argparse.ArgumentParser):
    """A parser that reports errors in one line; `events`: also as an event for a program."""

    events = False

    def error(self, message: str) -> NoReturn:
        """Report a mistake in the command line in one line, and exit."""
        report_error(message, self.events)
        raise SystemExit(FAILED)

    def _print_message(self, message: str, _file: object = None) -> None:
        """Print help and version: all that argparse itself writes once `error` does not."""
        say(*message.splitlines())


def visible(text: str) -> str:
    """The text on one line, with escapes such as \\x1b for what a terminal would obey."""
    return "".join(
        letter.encode("unicode_escape").decode()
        if category(letter) in UNSEEN_CATEGORIES and letter not in JOINERS
        else letter
        for letter in text
    )


def say(*lines: str, end: str = "\n") -> None:
    """Write lines to standard output."""
    with _standard_output():
        tqdm.write("\n".join(map(visible, lines)), file=sys.stdout, end=end)


def send(content: bytes) -> None:
    """Write music to standard output."""
    with _standard_output():
        sys.stdout.buffer.write(content)


def emit(**event: Any) -> None:
    """Send an event to the program that reads standard output."""
    say(json.dumps(event))


def remark(*lines: str) -> None:
    """Write lines to standard error; if that is closed, there is no other place to report it."""
    try:
        tqdm.write("\n".join(map(visible, lines)), file=sys.stderr)
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def report_error(message: str, events: bool = False) -> bool:
    """Report an error in one line, to a program also as an event. Returns False."""
    if events:
        emit(error=visible(message))
    remark(f"engrave: {message}")
    return False


def report_bug(source: str = "", events: bool = False) -> bool:
    """Report the exception being handled as a fault of engrave, with its place in the code."""
    remark(*traceback.format_exc().splitlines())
    at = f"{source}: " if source else ""
    return report_error(f"{at}this is a fault of engrave, please report it", events)


def why(error: OSError) -> str:
    """The system's description of an error, in a few words."""
    return error.strerror or str(error) or type(error).__name__


@dataclass(frozen=True, slots=True)
class Said:
    """What a worker process said about a file, for standard output and standard error."""

    out: str
    err: str


def overhear(work: Callable[[], Result]) -> tuple[Result, Said]:
    """The result of a function, and what it would have written."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        result = work()
    return result, Said(out.getvalue(), err.getvalue())


def repeat(said: Said) -> None:
    """Write what a worker process said."""
    if said.err:
        remark(*said.err.splitlines())
    if said.out:
        say(*said.out.splitlines())


class Progress:
    """A progress bar for many files, on a terminal only: files, notes a second and time left."""

    def __init__(self) -> None:
        self._bar = tqdm(unit="file", leave=False, disable=None)
        self._notes = 0

    def expect(self, count: Callable[[], int]) -> None:
        """Say how many files there are; they are counted only if somebody sees it."""
        if not self._bar.disable:
            self._bar.total = count()
            self._bar.refresh()

    def step(self, notes: int) -> None:
        """Count a file that is done, and its notes."""
        self._notes += notes
        if not self._bar.disable:
            rate = self._notes / max(self._bar.format_dict["elapsed"], 1e-9)
            self._bar.set_postfix_str(f"{rate:,.0f} notes/s", refresh=False)
            self._bar.update()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def open_streams() -> None:
    """Make the standard streams ready for any text, also those that were closed.

    The descriptor of a closed stream would go to the next file that is opened, and what a library
    prints would go into that file. In its place stands one that can be neither read nor written.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, _open_useless(name))
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what no terminal can show or type


def _open_useless(name: str) -> TextIOWrapper:
    """A stream opened for the opposite of its purpose: reading if it is to be written."""
    is_input = name == "stdin"
    number = os.open(os.devnull, os.O_WRONLY if is_input else os.O_RDONLY)
    os.set_inheritable(number, True)  # so that no pipe of a worker process gets this number
    raw = FileIO(number, "r" if is_input else "w")
    raw.name = f"<{name}>"
    return TextIOWrapper(BufferedReader(raw) if is_input else BufferedWriter(raw))


@contextmanager
def _standard_output() -> Iterator[None]:
    """Flush what is written within; exit if standard output is closed."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        _silence(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise SystemExit(READER_GONE) from None
        report_error(f"standard output: {why(error)}")
        raise SystemExit(FAILED) from None


def _silence(stream: TextIO) -> None:
    """Redirect a closed stream to the null device, so that no later flush fails."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def report_failures(source: str, work: Callable[[], Result], events: bool = False) -> Result | None:
    """The result of a function; None if it raised, which is reported in one line."""
    try:
        return work()
    except MidiError as error:
        report_error(str(error), events)
    except MemoryError:
        report_error(f"{source}: not enough memory", events)
    except Exception:  # the next file may succeed
        report_bug(source, events)
    return None
