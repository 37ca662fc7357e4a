"""Processes in which files are judged, each with limits; one that breaks them is a finding."""

import multiprocessing
import resource
from multiprocessing.connection import Connection, wait
from typing import Any

MEMORY = 3 * 2**30  # bytes of a process
SECONDS, PER_BYTE = 20.0, 2e-3  # that a file may take, and more for each byte
STARTING = 60.0  # seconds for a process to load the program


def _work(connection: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from tests.fuzz.judge import fault_of

    connection.send("ready")
    while True:
        data, seed = connection.recv()
        connection.send(fault_of(data, seed))


class Worker:
    """A process that judges one file after the other, started again when it dies."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process: Any = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        assert self._ours.poll(STARTING) and self._ours.recv() == "ready"

    def fault_of(self, data: bytes, seed: int) -> str:
        """As `judge.fault_of`; a file that takes too long or too much has a fault as well."""
        try:
            self._ours.send((data, seed))
            ready = wait([self._ours, self._process.sentinel], SECONDS + PER_BYTE * len(data))
            if self._ours in ready:
                return str(self._ours.recv())
            fault = "the process died" if ready else "too slow"
        except (EOFError, BrokenPipeError):
            fault = "the process died"
        self.stop()
        self._start()
        return fault

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._ours.close()
