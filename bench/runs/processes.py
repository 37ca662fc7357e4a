"""Work done in processes apart, a few at a time, so that no task can take the others with it.

A task that crashes its process or does not end is a failure of this task; the rest goes on.
"""

import contextlib
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Running:
    task: Any
    process: BaseProcess
    answer: Connection
    deadline: float


def run_in_processes(
    work: Callable[[Any], Any], tasks: Iterable[Any], workers: int, limit: float
) -> Iterator[tuple[Any, Any]]:
    """Each task with what `work` answers, or a Failure after `limit` seconds, as they come in.

    `work` is a function at the top of a module; tasks and answers travel between processes.
    """
    # The server has loaded everything once; a fork of it can work at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([work.__module__])
    waiting = iter(tasks)
    running: list[_Running] = []
    try:
        while True:
            while len(running) < workers and (task := next(waiting, None)) is not None:
                running.append(_start(context, work, task, limit))
            if not running:
                return
            now = time.monotonic()
            first = min(one.deadline for one in running)
            ready = wait([one.answer for one in running], timeout=max(first - now, 0))
            for one in list(running):
                if one.answer in ready or one.deadline <= time.monotonic():
                    running.remove(one)
                    yield one.task, _take_answer(one, limit)
    finally:
        for one in running:
            _end(one)


def _start(context: Any, work: Callable[[Any], Any], task: Any, limit: float) -> _Running:
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, work, task))
    process.start()
    sender.close()  # so that the end of the process is the end of the pipe
    return _Running(task, process, receiver, time.monotonic() + limit)


def _answer(sender: Connection, work: Callable[[Any], Any], task: Any) -> None:
    os.setsid()  # whatever this process starts ends with it
    try:
        answer = work(task)
    except Exception as error:  # the next task may do better
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = " ".join(f"{type(error).__name__}: {error}".split())
        answer = Failure(f"{said} ({Path(where.filename).name}, line {where.lineno})")
    sender.send(answer)


def _take_answer(one: _Running, limit: float) -> Any:
    try:
        return one.answer.recv() if one.answer.poll() else Failure(f"not done in {limit:g} seconds")
    except EOFError:
        one.process.join()
        return Failure(f"the process ended with status {one.process.exitcode}")
    finally:
        _end(one)


def _end(one: _Running) -> None:
    """End the process and all that it started."""
    assert one.process.pid
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(one.process.pid, signal.SIGKILL)
    one.process.kill()  # had it not come to lead a group yet
    one.process.join()
    one.answer.close()
