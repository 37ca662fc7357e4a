"""The command: see the package."""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.minimise import as_hex, minimised
from tests.fuzz.mutate import random_file
from tests.fuzz.workers import Worker


def findings(seed: int, files: int, seconds: float) -> Iterator[tuple[str, bytes]]:
    """The faults of so many files, or of as many as fit into the time, each kind once."""
    worker, known = Worker(), set[str]()
    until = time.monotonic() + seconds
    for number in range(files):
        if time.monotonic() > until:
            break
        data = random_file(random.Random(f"{seed}/{number}"))
        fault = worker.fault_of(data, number)
        if fault and fault not in known:
            known.add(fault)

            def has_fault(smaller: bytes, fault: str = fault, number: int = number) -> bool:
                return worker.fault_of(smaller, number) == fault

            yield fault, minimised(data, has_fault)
    worker.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz", description="Look for faults by chance.")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--files", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("fuzz-out"))
    given = parser.parse_args()
    count = 0
    for fault, data in findings(given.seed, given.files, given.seconds):
        given.out.mkdir(exist_ok=True)
        path = given.out / f"{given.seed}_{count}.hex"
        path.write_text(as_hex(data, fault), encoding="ascii", errors="replace")
        print(f"{path}: {fault}", flush=True)
        count += 1
    print(f"{count} kinds of faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
