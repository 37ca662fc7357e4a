"""Recordings in folders and archives (.zip), found one after the other as they are needed.

Of a folder the MIDI files are taken, by suffix or by how they begin, and the archives; hidden names
are left out, and links to folders are not followed, so that no circle is walked. The names of one
folder are sorted, so only these are in memory at once.
"""

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from engrave.cli.terminal import why
from engrave.files.disk import open_file
from engrave.midi.read import MAX_BYTES
from engrave.midi.smf import MidiError

MIDI_SUFFIXES = {".mid", ".midi", ".smf", ".kar", ".rmi"}
ARCHIVE_SUFFIX = ".zip"
BEGINNING = 12  # bytes that tell a MIDI file
SCORE_SUFFIX = ".musicxml"
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Recording:
    """A MIDI file: its path, and where its score goes below the folder for scores.

    `member`: its name within the archive `archive`; `source` is then the two as one path.
    `problem`: why it cannot be read, or must not be.
    """

    source: str
    place: str
    size: int = 0
    archive: str = ""
    member: str = ""
    problem: str = ""


def is_collection(path: str) -> bool:
    """Whether an input is a folder or an archive."""
    return os.path.isdir(path) or (is_archive(path) and os.path.isfile(path))


def is_archive(path: str) -> bool:
    """Whether a path has the suffix of an archive."""
    return path.lower().endswith(ARCHIVE_SUFFIX)


def score_name(source: str) -> str:
    """The name of the score of a recording."""
    path = Path(os.path.abspath(source))
    return (path.stem if path.suffix.lower() in MIDI_SUFFIXES else path.name) + SCORE_SUFFIX


def collection_name(path: str) -> str:
    """The name of the folder for the scores of a folder or an archive."""
    name = os.path.basename(os.path.abspath(path))
    return name if os.path.isdir(path) else name[: -len(ARCHIVE_SUFFIX)]


@dataclass(frozen=True, slots=True)
class _Collection:
    """A folder or an archive that is still to be walked."""

    path: str
    place: str


def walk(path: str) -> Iterator[Recording]:
    """The recordings in a folder or an archive, in the order of their names."""
    entered = [_list_entries(_Collection(path, ""))]
    while entered:
        entry = next(entered[-1], None)
        if entry is None:
            entered.pop()
        elif isinstance(entry, _Collection):
            entered.append(_list_entries(entry))
        else:
            yield entry


def _list_entries(within: _Collection) -> Iterator[Recording | _Collection]:
    if os.path.isdir(within.path):
        return _list_folder(within.path, within.place)
    return _list_archive(within.path, within.place)


def _list_folder(folder: str, place: str) -> Iterator[Recording | _Collection]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        yield Recording(folder, place, problem=why(error))
        return
    written: dict[str, str] = {}
    for name in names:
        path = os.path.join(folder, name)
        if (score := _written_as(path)) is None:
            continue
        found = os.path.join(place, score)
        if (other := written.setdefault(os.path.normcase(score), name)) != name:
            yield _twice(path, found, os.path.join(folder, other))
        elif is_collection(path):
            yield _Collection(path, found)
        else:
            yield Recording(path, found, size_of(path))


def size_of(path: str) -> int:
    """Bytes of a file; 0 for what is none, or is no longer there."""
    with suppress(OSError):
        return os.path.getsize(path) if os.path.isfile(path) else 0
    return 0


def _written_as(path: str) -> str | None:
    """The name of what is written for an entry of a folder; None if it is left out."""
    if os.path.isdir(path):
        return None if os.path.islink(path) else os.path.basename(path)
    if not os.path.isfile(path) and os.path.exists(path):  # a pipe or a device
        return None
    if is_archive(path):
        return collection_name(path)
    return score_name(path) if _is_midi_file(path) else None


def _twice(source: str, place: str, other: str) -> Recording:
    return Recording(source, place, problem=f"{place} would be written twice, also from {other}")


def _is_midi_file(path: str) -> bool:
    if Path(path).suffix.lower() in MIDI_SUFFIXES:
        return True
    with suppress(OSError), open_file(path) as file:
        return _begins_as_midi(file.read(BEGINNING))
    return False


def _begins_as_midi(data: bytes) -> bool:
    return data[:4] == b"MThd" or (data[:4] == b"RIFF" and data[8:] == b"RMID")


def _list_archive(path: str, place: str) -> Iterator[Recording]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, *ARCHIVE_ERRORS) as error:
        yield Recording(path, place, problem=_reason(error))
        return
    written: dict[str, str] = {}
    with archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if member.is_dir() or not _is_midi_member(archive, member):
                continue
            source = os.path.join(path, member.filename)
            inside, last = os.path.split(member.filename)
            found = os.path.join(place, inside, score_name(last))
            if leads_out(member.filename):
                yield Recording(source, found, problem="its name leads out of the archive")
            elif (other := written.setdefault(os.path.normcase(found), source)) != source:
                yield _twice(source, found, other)
            else:
                yield Recording(source, found, member.file_size, path, member.filename)


def leads_out(name: str) -> bool:
    """Whether the name of a member could lead out of the folder to which it is written."""
    parts = PureWindowsPath(name)  # it knows the separators and drives of all systems
    return bool(parts.anchor) or ".." in parts.parts


def _is_midi_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    if (
        any(part.startswith(".") and part != ".." for part in path.parts)
        or "__MACOSX" in path.parts
    ):
        return False
    if path.suffix.lower() in MIDI_SUFFIXES:
        return True
    with suppress(OSError, *ARCHIVE_ERRORS), archive.open(member) as file:
        return _begins_as_midi(file.read(BEGINNING))
    return False


class _Member(BytesIO):
    """The content of a member of an archive, with a name for messages."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


def open_recording(recording: Recording) -> str | BinaryIO:
    """What `engrave.transcribe` reads: the path, or the content of a member of an archive."""
    if not recording.archive:
        return recording.source
    try:
        with _open_archive(recording.archive).open(recording.member) as file:
            return _Member(file.read(MAX_BYTES + 1), recording.source)
    except (OSError, *ARCHIVE_ERRORS) as error:
        raise MidiError(f"{recording.source}: cannot be read ({_reason(error)})") from error


@lru_cache(maxsize=1)
def _open_archive(path: str) -> zipfile.ZipFile:
    """The archive that was read last stays open: its table of contents may be long."""
    return zipfile.ZipFile(path)


def _reason(error: BaseException) -> str:
    return why(error) if isinstance(error, OSError) else str(error) or type(error).__name__
