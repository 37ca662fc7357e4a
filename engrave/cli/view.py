"""`engrave view`: open the page of a performance in the browser.

A local server hands the page to the browser and lives until it has been fetched: a browser that is
confined to its own folders could not open a file in a temporary one.
"""

import webbrowser
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Event, Thread
from typing import Any

import engrave
from engrave.cli.arguments import OPTIONS, add_options
from engrave.cli.terminal import DONE, FAILED, Parser, report_error, report_failures, say, why
from engrave.output.formats import write

PATIENCE = 60.0  # seconds that a browser may take to start


def main(words: Sequence[str]) -> int:
    """Run the command and return its exit status."""
    parser = Parser(
        prog="engrave view",
        description="Show the score of a performance in the browser, and play it there.",
        allow_abbrev=False,
    )
    parser.add_argument("input", metavar="MIDI", help="a MIDI file")
    add_options(parser)
    command = parser.parse_args(words)
    options = {name: getattr(command, name) for name in OPTIONS}
    score = report_failures(command.input, lambda: engrave.transcribe(command.input, **options))
    if score is None:
        return FAILED
    say(score.summary())
    page = report_failures(command.input, lambda: write(score, ".html"))
    try:
        return DONE if page and _show(page) else FAILED
    except OSError as error:
        report_error(f"the page cannot be handed to a browser: {why(error)}")
        return FAILED


def _show(page: bytes) -> bool:
    """Whether a browser has fetched the page."""
    with _Server(page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            if not webbrowser.open(server.address):
                say(f"open {server.address} in a browser")
            fetched = server.fetched.wait(PATIENCE)
        finally:
            server.shutdown()
    return fetched or report_error("no browser has asked for the page")


class _Server(ThreadingHTTPServer):
    """A server for one page at a random address."""

    def __init__(self, page: bytes):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.page = page
        self.path = f"/{token_urlsafe()}"
        self.fetched = Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a broken connection: a browser that goes away may come again."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{self.path}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.path != self.server.path:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(self.server.page)))
        self.end_headers()
        self.wfile.write(self.server.page)
        self.server.fetched.set()

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""
