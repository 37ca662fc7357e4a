"""A real browser: Chromium without a window, and a web server for what it looks at.

Every page that a test opens is watched: what its console says, which errors its scripts throw, and
what it asks the network for. `axe` (from npm, pinned in `package.json` beside this file) judges how
accessible it is.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

FOLDER = Path(__file__).parent.parent
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--autoplay-policy=user-gesture-required"]
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " media-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)

# Lets a test listen: whatever goes to the loudspeaker also goes to an analyser.
LISTEN = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...more) {
  if (target instanceof AudioDestinationNode) {
    window.ear = new AnalyserNode(this.context, { fftSize: 32768, smoothingTimeConstant: 0 });
    connect.call(this, window.ear);
  }
  return connect.call(this, target, ...more);
};
"""


def browser_program() -> str | None:
    """The path of Chromium, if it is installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    program = browser_program()
    return playwright.chromium.launch(executable_path=program, args=ARGUMENTS)


def fetch_axe() -> Path:
    """axe as a script; npm fetches it the first time. Raises OSError, CalledProcessError."""
    if not AXE.exists():
        words = ["npm", "ci", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
        subprocess.run(words, check=True, capture_output=True, timeout=300)
    return AXE


@dataclass(slots=True)
class Watched:
    """A page and what happened on it."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def score(self, code: str, which: int = 0) -> Any:
        """The value of an expression in which `score` is an <engrave-score> of the page."""
        return self.page.evaluate(
            f"(which) => {{ const score = document.querySelectorAll('engrave-score')[which];"
            f" const root = score.shadowRoot; return {code}; }}",
            which,
        )

    def lit(self, which: int = 0) -> set[int]:
        """The key presses whose noteheads are highlighted."""
        presses = self.score(
            "[...root.querySelectorAll('.held, .ringing')].map((head) => head.dataset.played)",
            which,
        )
        return {int(press) for played in presses for press in played.split()}

    def violations(self, axe: Path) -> list[str]:
        """What axe says against the page."""
        self.page.evaluate(axe.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run()")
        assert found["passes"]
        return [
            f"{violation['id']}: {node['html']}: {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]


@contextmanager
def watch(
    browser: Browser, address: str, listen: bool = False, **options: Any
) -> Iterator[Watched]:
    """Opens an address in a browser of its own: nothing is remembered from another page."""
    context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}} | options)
    context.set_default_timeout(30_000)
    if listen:
        context.add_init_script(LISTEN)
    try:
        watched = Watched(context.new_page())
        watched.page.goto(address)
        yield watched
    finally:
        context.close()


@contextmanager
def serve(folder: Path, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """A web server for a folder; gives its address, with a slash at the end."""
    handler = partial(_Handler, headers or {}, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, extra: Mapping[str, str], *args: Any, **options: Any):
        self.extra = extra
        super().__init__(*args, **options)

    def end_headers(self) -> None:
        for name, value in self.extra.items():
            self.send_header(name, value)
        super().end_headers()

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # Chromium asks for it of its own accord
            self.send_response(204)
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to say."""
