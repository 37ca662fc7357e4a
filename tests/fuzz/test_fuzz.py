"""The fuzzer runs for about a minute with a fixed seed, and it sees what it must see."""

import random
import sys

import pytest

import engrave.pipeline  # noqa: F401
from tests.fuzz.__main__ import findings
from tests.fuzz.judge import fault_of
from tests.fuzz.minimise import as_hex, minimised
from tests.fuzz.mutate import generated, random_file
from tests.support.hexmidi import read_hex

FILES = 100


@pytest.mark.slow
def test_no_file_breaks_the_path():
    assert list(findings(seed=1, files=FILES, seconds=600)) == []


def test_files_are_the_same_for_a_seed():
    files = [[random_file(random.Random(f"{seed}/3")) for _ in range(2)] for seed in (1, 2)]
    assert files[0][0] == files[0][1] != files[1][0]


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["mark_dynamics", "settle_durations"])
def test_a_planted_fault_is_found_and_made_small(stage, monkeypatch, tmp_path):
    """A stage that fails where a low key is played."""
    path = sys.modules["engrave.pipeline"]
    right = getattr(path, stage)

    def broken(*arguments, **keywords):
        notes = next(a for a in arguments if isinstance(a, tuple | list))
        if any(note.pitch < 30 for note in notes):
            raise ZeroDivisionError("planted")
        return right(*arguments, **keywords)

    monkeypatch.setattr(path, stage, broken)
    seeds = (random.Random(k) for k in range(40))
    data = next(d for d in map(generated, seeds) if "planted" in fault_of(d, 0))
    small = minimised(data, lambda smaller: "planted" in fault_of(smaller, 0))
    assert "planted" in fault_of(small, 0) and len(small) < max(len(data) // 2, 200)
    (tmp_path / "found.hex").write_text(as_hex(small, "planted"))
    assert read_hex(tmp_path / "found.hex") == small


@pytest.mark.slow
def test_a_lost_note_is_found(monkeypatch):
    path = sys.modules["engrave.pipeline"]
    right = path.settle_durations
    monkeypatch.setattr(path, "settle_durations", lambda notes, *rest: right(notes, *rest)[:-1])
    faults = [fault_of(generated(random.Random(k)), 0) for k in range(6)]
    assert any(faults)
