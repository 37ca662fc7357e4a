"""Where a command is tried."""

from pathlib import Path

import pytest

from tests.support.waltz import WALTZ


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with one performance: take.mid."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "take.mid").write_bytes(WALTZ)
    return tmp_path
