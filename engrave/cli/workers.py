"""Worker processes: tasks on all cores, each with a limit of time and memory, answered in order.

A worker has a pipe of its own and does one task after the other. If its process dies or is too
slow, that task alone has failed, and a new worker takes its place. Tasks are taken from their
source as they are needed, never all at once.
"""

import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any, Generic, TypeVar

from engrave.cli.terminal import open_streams

if sys.platform == "linux":
    import resource

AHEAD = 1024  # tasks for each worker that may be done before an earlier one is
STARTING = 120.0  # seconds for a process to load the program
GRACE = 5.0  # seconds for a process that is asked to end to write what it has begun to write
MOST_WORKERS = 60 if sys.platform == "win32" else sys.maxsize  # Windows waits for 63 at once

Task = TypeVar("Task")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task has no answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Limits(Generic[Task]):
    """The number of workers; for each task the seconds and, on Linux, the bytes it may take."""

    workers: int
    seconds: Callable[[Task], float]
    memory: int


def run_in_workers(
    work: Callable[[Task], Answer], tasks: Iterable[Task], limits: Limits[Task]
) -> Generator[tuple[Task, Answer | Failure], None, None]:
    """Each task with its answer, in the order of the tasks.

    `work` is a function at the top of a module, or a `partial` of one; it, tasks and answers are
    pickled. Closing the iterator ends all workers.
    """
    pool = _Pool(work, limits)
    try:
        yield from pool.run(tasks)
    finally:
        pool.stop()


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, and the task that it does: its number, and when it must be done."""

    process: Any
    pipe: Connection
    ready: bool = False
    number: int = 0
    seconds: float = 0.0
    deadline: float = 0.0

    def give(self, number: int, task: object, seconds: float) -> None:
        self.number, self.seconds = number, seconds
        self.deadline = monotonic() + seconds + (0.0 if self.ready else STARTING)
        with suppress(BrokenPipeError):  # it died while it waited: the end of the pipe says so
            self.pipe.send(task)

    def hear(self) -> Any:
        """The answer; None if it has only started to work."""
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return Failure(_describe_end(self.process.exitcode))
        if not self.ready:
            self.ready = True
            self.deadline = monotonic() + self.seconds
            return None
        return answer


@dataclass(slots=True)
class _Pool(Generic[Task, Answer]):
    work: Callable[[Task], Answer]
    limits: Limits[Task]
    idle: list[_Worker] = field(default_factory=list)
    busy: list[_Worker] = field(default_factory=list)

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Answer | Failure]]:
        given: dict[int, Task] = {}
        answers: dict[int, Answer | Failure] = {}
        waiting = enumerate(tasks)
        workers, due = min(self.limits.workers, MOST_WORKERS), 0
        while True:
            while len(self.busy) < workers and len(given) < AHEAD * workers:
                if (following := next(waiting, None)) is None:
                    break
                number, given[number] = following[0], following[1]
                self._give(number, given[number])
            if not given:
                return
            answers |= self._hear()
            while due in answers:
                yield given.pop(due), answers.pop(due)
                due += 1

    def _give(self, number: int, task: Task) -> None:
        while self.idle and not self.idle[-1].process.is_alive():
            _end([self.idle.pop()])
        worker = self.idle.pop() if self.idle else _start(self.work, self.limits.memory)
        self.busy.append(worker)
        worker.give(number, task, self.limits.seconds(task))

    def _hear(self) -> dict[int, Answer | Failure]:
        """What the workers answer, once there is something to hear or a time is over."""
        patience = min(worker.deadline for worker in self.busy) - monotonic()
        heard = wait([worker.pipe for worker in self.busy], max(patience, 0.0))
        answers: dict[int, Answer | Failure] = {}
        for worker in list(self.busy):
            if worker.pipe in heard:
                answer = worker.hear()
            elif worker.deadline <= monotonic():
                answer = Failure(f"not done in {worker.seconds:g} seconds (--timeout)")
            else:
                continue
            if answer is not None:
                answers[worker.number] = answer
                self.busy.remove(worker)
                if isinstance(answer, Failure):
                    _end([worker])
                else:
                    self.idle.append(worker)
        return answers

    def stop(self) -> None:
        _end([*self.busy, *self.idle])


def _start(work: Callable[[Any], Any], memory: int) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, memory), daemon=True)
    with _interrupts_blocked():
        process.start()
    theirs.close()  # so that the end of the process is the end of the pipe
    return _Worker(process, ours)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Context in which a process is started that Ctrl-C does not reach: this one ends it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(workers: list[_Worker]) -> None:
    """End processes; what one writes at this moment is written first (`disk.signals_held`)."""
    for worker in workers:
        worker.process.terminate()
    for worker in workers:
        worker.process.join(GRACE)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()


def _describe_end(status: int) -> str:
    if status >= 0:
        return f"its process ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"its process was ended by {name}"


def _serve(pipe: Connection, work: Callable[[Any], Any], memory: int) -> None:
    """Answer task after task, until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _silence_libraries()
    Thread(target=_end_with_parent, daemon=True).start()
    _limit_memory(memory)
    try:
        pipe.send(None)
        while True:
            pipe.send(work(pipe.recv()))
    except (EOFError, ConnectionError):
        return


def _silence_libraries() -> None:
    """What a library prints as it crashes goes nowhere: the crash is reported in a line."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (1, 2):
        os.dup2(nowhere, number)
    open_streams()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, even in the middle of a task."""
    if parent := parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _limit_memory(memory: int) -> None:
    """Let the process have so many bytes more; other systems than Linux hold no such limit."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        limit = pages * os.sysconf("SC_PAGE_SIZE") + memory
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
