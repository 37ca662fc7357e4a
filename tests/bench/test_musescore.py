"""The bench that lets MuseScore read whole pages."""

from pathlib import Path

import pytest

from bench.__main__ import main
from bench.runs.musescore import Verdict, write_verdicts
from tests.support.bench_folder import lay_out

LOST = "MuseScore lost pedal held until measure 2 at 0 (measure 1 at 0, staff 2)"
MOVED = "MuseScore added pedal look without the sign Ped. (measure 1 at 0, staff 2)"
SAID = "MuseScore says: unknown sign"


def test_findings_are_counted_by_what_they_are_about() -> None:
    verdict = Verdict({"pedal": 4, "pedal look": 1, "chord": 90}, (LOST, MOVED, SAID))
    assert verdict.differing == {"pedal": 1, "pedal look": 1, "other": 1}
    page = write_verdicts({"bad": verdict, "good": Verdict({"chord": 10}, ())}, "today")
    assert "| chord | 100 | 0 |" in page
    assert "| pedal look | 1 | 1 |" in page
    assert "| all of 2 pages | 105 | 3 |" in page
    assert f"bad:\n\n- {LOST}\n" in page
    assert "good" not in page


def test_pages_go_through_musescore_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], musescore3: str
) -> None:
    data, out = lay_out(tmp_path / "data", ["greensleeves", "march"]), tmp_path / "out"
    assert main(["musescore", str(data), "--most", "2", "--out", str(out)]) == 0
    assert "2 of 2 pages as they were written, 0 failed" in capsys.readouterr().out
    assert "| all of 2 pages |" in (out / "musescore.md").read_text(encoding="utf-8")
