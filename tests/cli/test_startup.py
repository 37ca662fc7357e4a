"""Ctrl-C while the command is loaded and while it works; other programs keep their handlers."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waltz import COMMAND, ENVIRONMENT, list_files

SCRIPT = "import sys\nfrom engrave.cli.main import main\nsys.exit(main())\n"  # as pip makes it
WAITING = "import time\nopen('pipe', 'w').close()\ntime.sleep(60)\n"


def interrupt_while_loading(library: str, arguments: list[str]) -> tuple[int, bytes, bytes]:
    """Send SIGINT while a library is imported: a stand-in that waits there."""
    Path("stand_ins").mkdir()
    Path("stand_ins", f"{library}.py").write_text(WAITING)
    os.mkfifo("pipe")
    python_path = os.pathsep.join(("stand_ins", ENVIRONMENT["PYTHONPATH"]))
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**ENVIRONMENT, "PYTHONPATH": python_path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    open("pipe").close()  # waits until the import has begun
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.slow
@pytest.mark.parametrize("started", [["bin/engrave"], ["-m", "engrave"]], ids=" ".join)
@pytest.mark.parametrize("library", ["lxml", "numpy", "tqdm"])
def test_interrupted_while_it_is_loaded(folder, started, library):
    Path("bin").mkdir()
    Path("bin", "engrave").write_text(SCRIPT)
    assert interrupt_while_loading(library, [*started, "take.mid"]) == (130, b"", b"")


@pytest.mark.slow
def test_whoever_imports_engrave_keeps_its_own_way_with_signals(folder):
    code = "try:\n    import engrave\nexcept KeyboardInterrupt:\n    print('mine')"
    assert interrupt_while_loading("numpy", ["-c", code]) == (0, b"mine\n", b"")


@pytest.mark.slow
def test_an_ignored_interrupt_stays_ignored(folder):
    """As a shell starts what goes on in the background."""
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); import engrave.cli.startup"
    script = Path("engrave")
    script.write_text(f"{code}\nprint(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)\n")
    done = subprocess.run(
        [sys.executable, script], env=ENVIRONMENT, capture_output=True, timeout=60
    )
    assert (done.stdout, done.stderr) == (b"True\n", b"")


def test_interrupted(folder):
    """Ctrl-C while it reads: the pipe is open at both ends, and nothing comes through."""
    os.mkfifo("slow.mid")
    process = subprocess.Popen(
        [*COMMAND, "slow.mid"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with open("slow.mid", "wb"):  # waits until the command has opened its end
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert list_files(folder) == ["take.mid"]
