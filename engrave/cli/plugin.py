"""`engrave plugin install|uninstall|status`: the plugin in the plugin folder of every MuseScore.

Into a folder of its own go the plugin and a record: the command that the plugin starts, by its full
path (programs with windows do not know the terminal's PATH), and the digest of what was written, by
which it is known again as ours. Nothing else is replaced or removed without asking; the choices
that the plugin remembers there are known by their names.
"""

import argparse
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_documents_path

from engrave.cli.terminal import DONE, FAILED, Parser, report_error, say, why

PLUGIN, RECORD, CHOICES = "engrave.qml", "engrave.json", "choices.json"
# In an installed package the plugin lies within, in a checkout beside it.
WITHIN = Path(__file__).resolve().parent.parent / "musescore_plugin" / PLUGIN
BESIDE = WITHIN.parent.parent.parent / "musescore_plugin" / PLUGIN
SOURCE = WITHIN if WITHIN.exists() else BESIDE
REMEMBERED = {"meter", "tempo", "smallest", "pedal", "folder"}
COMMAND = [sys.executable, "-P", "-m", "engrave"]  # -P: nothing from where MuseScore was started

HOW_TO_ENABLE = {
    3: "in MuseScore 3: Plugins > Plugin Manager..., tick engrave, OK (not there? Reload Plugins); "
    "then Plugins > Engrave a performance",
    4: "in MuseScore 4: Home > Plugins, click Engrave a performance, Enable (not there? Reload "
    "plugins); then it is in the menu Plugins",
}


@dataclass(frozen=True, slots=True)
class Record:
    """The command that an installed plugin starts, and the digest of its file."""

    command: list[str]
    digest: str


@dataclass(frozen=True, slots=True)
class PluginFolder:
    """The folder of our plugin in a plugin folder, and the MuseScores that look there."""

    path: Path
    versions: tuple[int, ...]

    @property
    def plugin(self) -> Path:
        """The file of the plugin."""
        return self.path / PLUGIN

    @property
    def record(self) -> Path:
        """The file that says which `engrave` the plugin calls."""
        return self.path / RECORD

    @property
    def installed(self) -> bool:
        """Whether anything of the plugin is there."""
        return self.plugin.exists() or self.record.exists()

    def foreign(self) -> Iterator[Path]:
        """Files under our names that we did not write, or that were changed since."""
        record = self.read_record()
        if self.plugin.exists() and (record is None or _digest(self.plugin) != record.digest):
            yield self.plugin
        if self.record.exists() and record is None:
            yield self.record

    def read_record(self) -> Record | None:
        """The record of the installation; None if there is none, or it is damaged or foreign."""
        match _read_json(self.record):
            case {"command": [str(), *_] as command, "digest": str(digest)}:
                if all(isinstance(word, str) for word in command):
                    return Record(command, digest)
        return None

    def installed_files(self) -> list[Path]:
        """The plugin, its record, and its stored choices if the plugin wrote them."""
        choices = self.path / CHOICES
        written = _read_json(choices)
        ours = isinstance(written, dict) and bool(written) and written.keys() <= REMEMBERED
        return [self.plugin, self.record, *[choices] * ours]


def main(arguments: Sequence[str]) -> int:
    """Run `engrave plugin` and return its exit status."""
    parser = Parser(
        prog="engrave plugin",
        description="Put engrave into MuseScore 3 and 4, as a plugin.",
        allow_abbrev=False,
    )
    parser.add_argument("action", choices=list(ACTIONS), metavar="|".join(ACTIONS))
    parser.add_argument(
        "--to",
        metavar="DIR",
        help="a plugin folder (default: those of MuseScore 3 and 4 in Documents)",
    )
    command = parser.parse_args(arguments)
    try:
        return max([ACTIONS[command.action](folder) for folder in _find_folders(command, parser)])
    except OSError as error:
        parser.error(f"{error.filename or command.action}: {why(error)}")


def _find_folders(command: argparse.Namespace, parser: Parser) -> list[PluginFolder]:
    if command.to is not None:
        if not os.path.isdir(command.to):
            parser.error(f"{command.to or '--to'}: no such folder")
        return [PluginFolder(Path(os.path.realpath(command.to)) / "engrave", (3, 4))]
    documents = user_documents_path()
    homes = {version: documents / f"MuseScore{version}" for version in HOW_TO_ENABLE}
    found = {version: home for version, home in homes.items() if home.is_dir()}
    if not found:
        names = " or ".join(home.name for home in homes.values())
        parser.error(
            f"no {names} in {documents}; start MuseScore once, or name its plugin folder: --to DIR"
        )
    return [
        PluginFolder(home / "Plugins" / "engrave", (version,)) for version, home in found.items()
    ]


def install(folder: PluginFolder) -> int:
    """Write the plugin and its record, and print what to do next."""
    if not _may_replace(folder, "Overwrite"):
        return FAILED
    folder.path.mkdir(parents=True, exist_ok=True)
    record = {"command": COMMAND, "digest": _digest(SOURCE)}
    _write_whole(folder.record, json.dumps(record).encode("ascii"))
    _write_whole(folder.plugin, SOURCE.read_bytes())
    say(f"wrote {folder.plugin}, which starts {' '.join(COMMAND)}")
    for version in folder.versions:
        say(f"  {HOW_TO_ENABLE[version]}")
    return DONE


def uninstall(folder: PluginFolder) -> int:
    """Remove what was installed, and the choices that the plugin stores."""
    if not folder.installed:
        say(f"not installed in {folder.path.parent}")
        return DONE
    if not _may_replace(folder, "Remove"):
        return FAILED
    for path in folder.installed_files():
        path.unlink(missing_ok=True)
    if not any(folder.path.iterdir()) and not folder.path.is_symlink():
        folder.path.rmdir()
    say(f"removed {folder.plugin}")
    return DONE


def status(folder: PluginFolder) -> int:
    """Print whether the plugin is there, whether it is this version, and what it starts."""
    if not folder.installed:
        say(f"not installed in {folder.path.parent}")
        return DONE
    words = [str(folder.plugin)]
    if any(folder.foreign()):
        words.append("not written by engrave, or changed since")
    elif not folder.plugin.exists() or _digest(folder.plugin) != _digest(SOURCE):
        words.append("of another version: engrave plugin install brings this one")
    else:
        words.append("installed")
    say(f"{': '.join(words)}; starts {_describe_start(folder.read_record())}")
    return DONE


def _describe_start(record: Record | None) -> str:
    if record is None:
        return f"nothing, for {RECORD} does not say what: engrave plugin install"
    missing = "" if os.path.exists(record.command[0]) else ", which is not there"
    return " ".join(record.command) + (missing and f"{missing}: engrave plugin install")


ACTIONS: dict[str, Callable[[PluginFolder], int]] = {
    "install": install,
    "uninstall": uninstall,
    "status": status,
}


def _may_replace(folder: PluginFolder, verb: str) -> bool:
    """Ask whether to replace or remove foreign files; without a terminal the answer is no."""
    for path in folder.foreign():
        said = f"{path} was not written by engrave, or was changed since"
        if not sys.stdin.isatty():
            return report_error(f"{said}; it stays as it is")
        if _ask(f"{said}. {verb} it? [y/N] ") not in ("y", "yes"):
            return False
    return True


def _ask(question: str) -> str:
    say(question, end="")
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # Ctrl-D
        say("")
    return answer.strip().lower()


def _read_json(path: Path) -> Any:
    """The text of a file; None if it is not there or cannot be decoded."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary file and rename it, so that MuseScore never sees half a file."""
    partial = path.with_name(f".engrave-{secrets.token_hex(8)}.part")
    try:
        with partial.open("xb") as file:  # a new file: no link is followed
            file.write(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
