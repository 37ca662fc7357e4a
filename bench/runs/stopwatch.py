"""Run one command and say how long it took and how much memory it held at its peak.

    python bench/runs/stopwatch.py SECONDS COMMAND ...

Writes one JSON object: `seconds` by the clock, `peak` in bytes of the largest process of the
command (as `/usr/bin/time` counts it), `failure`, empty if the command ended well within SECONDS.

A program of its own and a small one: a child starts with the peak of the process that started it,
so what a large program measures of its children is never less than itself.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time

BYTES = 1 if sys.platform == "darwin" else 1024  # in the unit of `ru_maxrss`


def main(limit: float, command: list[str]) -> None:
    """Run a command and print its seconds, peak memory (bytes) and failure as JSON."""
    start = time.perf_counter()
    failure = _run(limit, command)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * BYTES
    json.dump({"seconds": seconds, "peak": peak, "failure": failure}, sys.stdout)


def _run(limit: float, command: list[str]) -> str:
    """Run the command and all that it starts; returns what went wrong."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        said = process.communicate(timeout=limit)[1].decode(errors="replace").split("\n")
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"stopped after {limit:g} seconds"
    last = next((line for line in reversed(said) if line.strip()), "")
    return f"ended with status {process.returncode}: {last}" if process.returncode else ""


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
