"""Tasks in worker processes: answered in order, and one that ends its process fails alone."""

import os
import signal
import sys
import time
from contextlib import closing
from itertools import count, islice

import pytest

from engrave.cli import workers
from engrave.cli.workers import Failure, Limits, run_in_workers

MIB = 2**20


def act(task: str) -> str:
    """What a worker is asked to do, by the first word."""
    word, _, number = task.partition(" ")
    match word:
        case "exit":
            os._exit(int(number))
        case "kill":
            os.kill(os.getpid(), int(number))
        case "sleep":
            time.sleep(float(number))
        case "take":
            try:
                return str(len(bytearray(int(number) * MIB)))
            except MemoryError:
                return "not enough"
        case "process":
            return str(os.getpid())
    return task


def answers_to(tasks, jobs=2, seconds=60.0, memory=256):
    limits = Limits(jobs, lambda _: seconds, memory * MIB)
    return [answer for _, answer in run_in_workers(act, tasks, limits)]


def test_answers_come_in_the_order_of_the_tasks():
    tasks = ["sleep 0.5", "a", "b", "sleep 0.1", "c"]
    assert answers_to(tasks) == tasks


def test_there_is_nothing_to_do():
    assert answers_to([]) == []


def test_a_process_that_ends_fails_its_own_task_only():
    tasks = ["a", "exit 3", "exit 0", f"kill {int(signal.SIGTERM)}", "b", "c"]
    assert answers_to(tasks) == [
        "a",
        Failure("its process ended with status 3"),
        Failure("its process ended with status 0"),
        Failure("its process was ended by SIGTERM"),
        "b",
        "c",
    ]


def test_a_task_that_does_not_end_is_given_up():
    late = Failure("not done in 0.5 seconds (--timeout)")
    assert answers_to(["a", "sleep 60", "b", "sleep 60"], seconds=0.5) == ["a", late, "b", late]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no limit of memory")
def test_a_task_that_takes_too_much_memory_fails_alone():
    taken = str(64 * MIB)
    assert answers_to(["take 64", "take 4000", "take 64"], jobs=1) == [taken, "not enough", taken]


def test_tasks_are_taken_as_they_are_needed(monkeypatch):
    monkeypatch.setattr(workers, "AHEAD", 3)
    taken = []

    def tasks():
        for number in count():
            taken.append(number)
            yield f"{number}"

    limits = Limits(1, lambda _: 60.0, 256 * MIB)
    with closing(run_in_workers(act, tasks(), limits)) as answers:
        assert [answer for _, answer in islice(answers, 5)] == ["0", "1", "2", "3", "4"]
    assert len(taken) <= 5 + 3


def test_a_process_that_died_while_it_waited_fails_no_task():
    limits = Limits(1, lambda _: 60.0, 256 * MIB)

    def tasks():
        yield "process"
        yield "a"

    with closing(run_in_workers(act, tasks(), limits)) as answers:
        number = int(next(answers)[1])
        os.kill(number, signal.SIGKILL)
        time.sleep(0.5)
        assert next(answers)[1] == "a"


def test_no_process_outlives_the_work():
    limits = Limits(2, lambda _: 60.0, 256 * MIB)
    with closing(run_in_workers(act, ["process", "sleep 60", "sleep 60"], limits)) as answers:
        number = int(next(answers)[1])
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
