"""The command `engrave`: mistakes in a line, no half-written file, all samples."""

import re
import resource
import subprocess

import pytest

from tests.support.waltz import COMMAND, ENVIRONMENT, ROOT, list_files

SAMPLES = sorted((ROOT / "samples").glob("*.mid"))


def run_process(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, *arguments], env=ENVIRONMENT, capture_output=True, timeout=120, **options
    )


# Mistakes: one line, exit status 2, nothing written


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "required: MIDI"),
        (["missing.mid"], "missing.mid: .*No such file"),
        (["nothing"], "nothing: no MIDI file in it"),
        (["take.mid", "--jobs", "0"], "--jobs: '0' is not a whole number above 0"),
        (["take.mid", "--jobs", "1.5"], "--jobs: '1.5' is not a whole number"),
        (["take.mid", "--timeout", "nan"], "--timeout: 'nan' is not a number above 0"),
        (["take.mid", "--memory", "-1"], "--memory: '-1' is not a whole number"),
        (["empty.mid"], "empty.mid: "),
        (["text.mid"], "text.mid: "),
        (["empty.mid", "-o", "-"], "empty.mid: "),
        (["take.mid", "-o", "take.doc"], r"take.doc: the suffix must be one of \.musicxml"),
        (["take.mid", "-o", "folder"], "folder: the suffix must be one of"),
        (["take.mid", "-o", "text.mid/out.svg"], "take.mid: text.mid: File exists"),
        (["take.mid", "-o", "/proc/out.svg"], "take.mid: /proc/out.svg: "),
        (["take.mid", "text.mid", "-o", "out.svg"], "several performances need a folder"),
        (["take.mid", "text.mid", "-o", "-"], "several performances need a folder"),
        (["-", "-o", "./"], "standard input has no name"),
        (["take.mid", "--paper", "a3", "-o", "a.pdf"], "'a3' is no paper; there are a4 and letter"),
        (["take.mid", "--pages"], r"only \.svg"),
        (["take.mid", "--pages", "-o", "-"], r"--pages needs an \.svg"),
        (["take.mid", "--meter", "3/5"], "--meter: '3/5' is not a time signature"),
        (["take.mid", "--tempo", "fast"], "--tempo: 'fast' is not a number"),
        (["take.mid", "--key", "h moll"], "--key: "),
        (["take.mid", "--smallest", "1/7"], "--smallest: '1/7' is not .* 1/8, 1/16, 1/32"),
        (["take.mid", "--grid", "midi"], "--grid: 'midi' says nothing of the grid"),
        (["take.mid", "--pedal", "loud"], "--pedal: 'loud' is not a pedal option"),
        (["take.mid", "--weights", "none"], "--weights: 'none' names no weights; .*full and free"),
        (["take.mid", "--beats", "none.txt"], "--beats: none.txt: No such file"),
        (["take.mid", "--beats", "take.mid"], "--beats: take.mid"),
        (["take.mid", "more.mid", "--beats", "taps.txt"], "--beats fits one performance"),
        (["take.mid", "--unknown"], "--unknown"),
    ],
)
def test_a_mistake_gets_one_line(folder, command, arguments, complaint):
    (folder / "empty.mid").touch()
    (folder / "text.mid").write_text("not music\n")
    (folder / "taps.txt").write_text("0\n1\n")
    (folder / "nothing").mkdir()
    before = list_files(folder)
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert re.match(f"engrave: .*{complaint}", err) and err.count("\n") == 1
    assert list_files(folder) == before


@pytest.mark.slow
def test_no_half_written_file_stays(folder):
    """The disk is full after 1,000 bytes; what an earlier run wrote is still there."""
    (folder / "take.musicxml").write_text("from an earlier run")
    done = run_process(
        "take.mid",
        "-o",
        "take.musicxml",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert done.returncode == 2
    assert done.stderr == b"engrave: take.mid: take.musicxml: File too large\n"
    assert list_files(folder) == ["take.mid", "take.musicxml"]
    assert (folder / "take.musicxml").read_text() == "from an earlier run"


@pytest.mark.slow
def test_samples_all_convert(folder, command):
    assert SAMPLES, "samples/ holds no performances"
    status, out, err = command(*map(str, SAMPLES), "-o", "out/")
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == f"{len(SAMPLES)} of {len(SAMPLES)} written"
    assert list_files(folder / "out") == [f"{path.stem}.musicxml" for path in SAMPLES]
