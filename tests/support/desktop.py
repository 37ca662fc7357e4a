"""A desktop that nobody sees: a screen in memory, a window manager, and real MuseScore 3 on it.

The hands are xdotool's. MuseScore finds its settings, and the plugin switched on, in a home of its
own: no first-start wizard, no start center, no tour. (`-F` and `-s -m` would change what it does.)
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from judges import musescore

PROGRAMS = ("Xvfb", "openbox", "xdotool", "import", "convert")
SECONDS = 30  # for a window to come; a busy machine takes ten
DATA = Path(".local", "share", "MuseScore", "MuseScore3")  # in the home
SHORTCUT = "ctrl+alt+e"

SETTINGS = r"""[application]
startup\firstStart=false
startup\sessionStart=0
autosave\useAutosave=false
[ui]
application\startup\checkUpdate=false
application\startup\checkExtensionsUpdate=false
application\startup\showNavigator=false
application\startup\showPlayPanel=false
application\startup\showSplashScreen=false
application\startup\showStartCenter=false
application\startup\showTours=false
application\useNativeDialogs=false
"""

PLUGINS = """<?xml version="1.0" encoding="UTF-8"?>
<museScore version="3.01">
  <Plugin>
    <path>{}</path>
    <load>1</load>
    <SC><key>plugin-run</key><seq>Ctrl+Alt+E</seq></SC>
  </Plugin>
</museScore>
"""


def missing_program() -> str | None:
    """A program that is needed for all this and is not installed."""
    return next((name for name in PROGRAMS if not shutil.which(name)), None)


def make_home(home: Path) -> Path:
    """A home in which MuseScore 3 was started before; returns the folder of its documents."""
    settings = home / ".config" / "MuseScore" / "MuseScore3.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    documents = home / "Documents" / "MuseScore3"
    documents.mkdir(parents=True)
    return documents


def switch_on(home: Path, plugin: Path) -> None:
    """Tick the plugin, and give it a shortcut, as the plugin manager does."""
    listed = home / DATA / "plugins.xml"
    listed.parent.mkdir(parents=True)
    listed.write_text(PLUGINS.format(plugin))


def environment(home: Path) -> dict[str, str]:
    """What a program sees that is at home there."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "LANG": "C.UTF-8",
    }


class Desktop:
    """A screen with MuseScore on it, until it is closed."""

    def __init__(self, home: Path):
        self.environment = environment(home)
        self.log = (home / "desktop.log").open("wb")
        self.running: list[subprocess.Popen] = []
        # Whatever ran in this home before: no question whether to restore it.
        (home / DATA / "session").unlink(missing_ok=True)
        try:
            self._start_screen()
            self._start("openbox")
            self._start(str(musescore.musescore_program()))
            self.main = self.wait_for("^MuseScore 3")
        except BaseException:
            self.close()
            raise
        time.sleep(1)  # its toolbars come after the window

    def _start_screen(self) -> None:
        reading, writing = os.pipe()
        self._start("Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", fd=writing)
        os.close(writing)
        with os.fdopen(reading) as numbers:
            self.environment["DISPLAY"] = f":{numbers.readline().strip()}"

    def _start(self, *command: str, fd: int | None = None) -> None:
        out = {"stdout": self.log, "stderr": self.log, "stdin": subprocess.DEVNULL}
        passed = () if fd is None else (fd,)
        self.running.append(subprocess.Popen(command, env=self.environment, pass_fds=passed, **out))

    def close(self) -> None:
        for process in reversed(self.running):
            process.kill()
            process.wait()
        self.log.close()

    def do(self, *words: str) -> str:
        """Let xdotool do something; returns what it says."""
        done = subprocess.run(
            ["xdotool", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        return done.stdout.strip()

    def find(self, name: str) -> str | None:
        """The newest visible window whose name matches."""
        found = self.do("search", "--onlyvisible", "--name", name).split()
        return found[-1] if found else None

    def wait(self, found: Callable[[], Any], what: str) -> Any:
        """What a question answers, as soon as it is something; if never, the screen is kept."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if answer := found():
                return answer
            time.sleep(0.3)
        picture = self.picture("root", Path(self.log.name).with_suffix(".png"))
        raise AssertionError(f"waited {SECONDS} seconds for {what}; see {picture}")

    def wait_for(self, name: str) -> str:
        return self.wait(lambda: self.find(name), f"a window {name}")

    def wait_until_gone(self, name: str) -> None:
        self.wait(lambda: self.find(name) is None, f"the end of the window {name}")

    def open_dialog(self) -> "Dialog":
        """Our dialog, opened anew with its shortcut."""
        if old := self.find(Dialog.NAME):
            self.do("windowclose", old)
            self.wait_until_gone(Dialog.NAME)
        self.do("windowactivate", "--sync", self.main)
        self.do("key", SHORTCUT)
        return Dialog(self, self.wait_for(Dialog.NAME))

    def picture(self, window: str, path: Path) -> Path:
        """What is on the screen where the window is."""
        command = ["import", "-window", window, str(path)]
        subprocess.run(command, env=self.environment, check=True, timeout=SECONDS)
        return path


class Dialog:
    """Our dialog on the screen: where its buttons are, and its bar."""

    NAME = "^Engrave a performance$"
    FAILED, ACCENT = "srgb(179,38,30)", "srgb(36,97,168)"
    HEIGHT_OF_BAR = 275

    def __init__(self, desktop: Desktop, window: str):
        self.desktop, self.window = desktop, window
        shell = desktop.do("getwindowgeometry", "--shell", window)
        geometry = dict(line.split("=") for line in shell.splitlines())
        self.width, self.height = int(geometry["WIDTH"]), int(geometry["HEIGHT"])
        time.sleep(0.5)

    def click(self, x: int, y: int) -> None:
        """Click at a place; negative ones are counted from the right and the bottom."""
        place = (str(x % self.width), str(y % self.height))
        self.desktop.do("windowactivate", "--sync", self.window)
        self.desktop.do("mousemove", "--window", self.window, *place, "click", "1")
        time.sleep(0.3)

    def write(self, text: str) -> None:
        self.desktop.do("type", "--delay", "15", text)

    def choose(self, name: str) -> None:
        """The file of this name, in MuseScore's file dialog."""
        self.click(-60, 34)
        self.desktop.wait_for("^The performance")
        time.sleep(0.5)
        self.write(name)
        self.desktop.do("key", "Return")
        self.desktop.wait_until_gone("^The performance")

    def press_last_button(self) -> None:
        """Convert, Cancel or Open..., whichever stands last."""
        self.click(-60, -34)

    def press_close(self) -> None:
        self.click(-160, -34)

    def bar(self, path: Path) -> str:
        """How far the bar is: none, begun, full, or failed (a picture is kept at `path`)."""
        self.desktop.do("windowactivate", "--sync", self.window)
        picture = self.desktop.picture(self.window, path)
        row = self.HEIGHT_OF_BAR
        formats = "".join(f"%[pixel:p{{{x},{row}}}] " for x in (21, self.width - 22))
        command = ["convert", str(picture), "-depth", "8", "-format", formats, "info:"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS)
        first, last = done.stdout.split()
        if first == self.FAILED:
            return "failed"
        return "full" if last == self.ACCENT else "begun" if first == self.ACCENT else "none"
