"""`engrave view`: a browser of ours fetches the page, goes away, or does not come."""

import signal
import socket
import struct
import subprocess
import sys
import urllib.request
from pathlib import Path
from threading import Thread

import pytest

import engrave
from engrave.cli.view import _Server
from tests.support.waltz import COMMAND, ENVIRONMENT


def view(folder: Path, browser: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, "view", "take.mid", "--title", "Seen"],
        cwd=folder,
        env=ENVIRONMENT | {"BROWSER": f"{sys.executable} {browser} %s"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.slow
def test_view_hands_the_page_to_the_browser(folder):
    """The browser is a program of ours that fetches what it is given."""
    (folder / "browser.py").write_text(
        "import sys, urllib.request\n"
        "with urllib.request.urlopen(sys.argv[1]) as page, open('seen.html', 'wb') as file:\n"
        "    file.write(page.read())\n"
    )
    done = view(folder, "browser.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("take.mid: 3/4, ") and done.stdout.count("\n") == 1
    engrave.transcribe(folder / "take.mid", title="Seen").save(folder / "take.html")
    seen, page = (folder / "seen.html").read_bytes(), (folder / "take.html").read_bytes()
    assert seen == page.replace(str(folder).encode() + b"/", b"")


@pytest.mark.slow
def test_view_serves_nothing_but_the_page(folder):
    (folder / "browser.py").write_text(
        "import sys, urllib.error, urllib.request\n"
        "try: urllib.request.urlopen(sys.argv[1].rpartition('/')[0] + '/take.mid')\n"
        "except urllib.error.HTTPError as error: print(error.code, file=sys.stderr)\n"
        "urllib.request.urlopen(sys.argv[1])\n"
    )
    done = view(folder, "browser.py")
    assert (done.returncode, done.stderr) == (0, "404\n")


@pytest.mark.slow
def test_a_browser_that_goes_away_in_the_middle(capfd):
    """It resets the connection before it has read the page; another one gets it."""
    with _Server(b"x" * 2**24) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with socket.create_connection(server.server_address[:2]) as browser:
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            browser.sendall(f"GET {server.path} HTTP/1.0\r\n\r\n".encode())
            browser.recv(1)
        with urllib.request.urlopen(server.address, timeout=60) as page:
            assert len(page.read()) == 2**24
        server.shutdown()
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_interrupted_while_a_browser_is_waited_for(folder):
    process = subprocess.Popen(
        [*COMMAND, "view", "take.mid"],
        env={**ENVIRONMENT, "BROWSER": "none-of-that-name"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(2)]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert lines[1].startswith(b"open http://127.0.0.1:")
    assert (process.returncode, err) == (130, b"")


def test_what_cannot_be_viewed_gets_one_line(folder, command):
    (folder / "x.mid").write_text("no music")
    status, _, complaint = command("view", "x.mid")
    assert status == 2 and complaint.startswith("engrave: x.mid: ")
    assert complaint.count("\n") == 1
