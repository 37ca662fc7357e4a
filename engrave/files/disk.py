"""Reading and replacing files: which may be replaced, and how files are written atomically.

An input is a regular file, or a link to one, of limited size; where only one pass is needed, it may
be a pipe. A file is written whole or not at all.

An existing file is replaced only if the user named exactly that path as an output, or if its
signature says that engrave wrote it for this performance and that it is unchanged
(`files/provenance.py`). Copies of the user's own files cannot be signed; the page beside which they
lie lists them. An input is never replaced. All files of a run are checked before the first is
written.
"""

import os
import secrets
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EEXIST, EFBIG, EINVAL, EISDIR
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISFIFO, S_ISREG
from types import FrameType
from typing import BinaryIO

from engrave.files.provenance import digest, read_signature, sign

LARGEST_FILE = 512 * 2**20  # bytes of a file that is read into memory as a whole
ANY_PERFORMANCE = "any"  # name in the signature of files that all scores of a folder share
# Signals that ask a process to end, where the system has them; others cannot be handled.
STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")

StrPath = str | os.PathLike[str]
Identities = dict[object, str]  # paths by what identifies the file they lead to


@dataclass(frozen=True, slots=True)
class File:
    """A file to be written.

    `named`: the user named this very path. `shared`: it is the same for all scores of a folder.
    `listed_in`: of a copy of the user's own file, the page that says that engrave wrote it.
    """

    path: Path
    content: bytes
    named: bool = False
    shared: bool = False
    listed_in: Path | None = None


def open_file(path: StrPath, pipes: bool = False) -> BinaryIO:
    """Open a regular file for reading; opening anything else could wait or have effects."""
    mode = os.stat(path).st_mode
    if not (S_ISREG(mode) or S_ISDIR(mode) or (pipes and S_ISFIFO(mode))):
        raise OSError(EINVAL, "not a regular file", str(path))
    return open(path, "rb")  # for a folder the system gives the reason


def read_file(path: StrPath, limit: int, pipes: bool = False) -> bytes:
    """The content of a file; no more than `limit` bytes are read, whatever its stated size."""
    with open_file(path, pipes) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(EFBIG, f"more than {limit} bytes", str(path))
    return content


def same_files(paths: Iterable[StrPath]) -> Identities:
    """The paths by all keys that show whether another path leads to the same file."""
    return {identity: str(path) for path in paths for identity in _identities(path)}


def find_same(path: StrPath, others: Identities) -> str | None:
    """The one of `others`, made by `same_files`, that is the same file."""
    return next((others[it] for it in _identities(path) if it in others), None)


def _identities(path: StrPath) -> list[object]:
    """The resolved path, and the identity of the file there: names may differ in case only."""
    found: list[object] = [os.path.normcase(os.path.realpath(path))]
    with suppress(OSError, ValueError):
        known = os.stat(path)
        found.append((known.st_dev, known.st_ino))
    return found


def write_files(
    files: Sequence[File],
    source: str,
    inputs: Identities,
    *,
    make_folders: bool = False,
    sign_named: bool = False,
) -> None:
    """Write the files of the performance `source`, or none of them if one may not be written.

    `inputs` (of `same_files`) are not overwritten. `sign_named`: so that those that the user named
    may also be replaced later without being named. Raises OSError with the path of the file that
    cannot or may not be written.
    """
    wanted = [file for file in _merge(files) if _may_write(file, source, inputs)]
    with signals_held():  # copies first: what the page lists is there
        for file in sorted(wanted, key=lambda file: file.listed_in is None):
            if make_folders:
                os.makedirs(file.path.parent, exist_ok=True)
            write_whole(file.path, _signed(file, files, source, sign_named))


def _merge(files: Sequence[File]) -> Iterator[File]:
    """Each path once, as named by the user if it is; copies after the page that lists them."""
    paths: Identities = {}
    contents: dict[str, bytes] = {}
    for file in sorted(files, key=lambda file: (not file.named, file.listed_in is not None)):
        other = find_same(file.path, paths)
        if other is None:
            paths |= same_files([file.path])
            contents[str(file.path)] = file.content
            yield file
        elif contents[other] != file.content:
            raise _refusal(file.path, "would be written twice, each time something else")


def _may_write(file: File, source: str, inputs: Identities) -> bool:
    """Whether the file has to be written: not if it is there already. Raises if it must not be."""
    if not is_replaceable(file.path):
        return True
    overwritten = find_same(file.path, inputs)
    if not file.named:
        there = read_file(file.path, LARGEST_FILE)
        if there == file.content:
            return False
        if overwritten is None and not _is_ours(file, there, source):
            reason = "is there, and not as engrave wrote it for this performance; move or delete it"
            raise _refusal(file.path, reason)
    if overwritten is not None:
        raise _refusal(file.path, f"would overwrite the input {overwritten}")
    return True


def _is_ours(file: File, there: bytes, source: str) -> bool:
    known_by = _known_by(file, source)
    if file.listed_in is None:
        return known_by in read_signature(file.path.name, there)
    with suppress(OSError):
        page = read_file(file.listed_in, LARGEST_FILE)
        listed = read_signature(file.listed_in.name, page)
        return {known_by, _entry(file.path, there)} <= set(listed)
    return False


def _known_by(file: File, source: str) -> str:
    """Digest that identifies the performance of a file: of the relative path to the recording.

    So it is the same if all folders are moved, and after another recording.
    """
    if file.shared:
        return ANY_PERFORMANCE
    try:
        way = os.path.relpath(source, file.path.parent)
    except ValueError:  # on another drive
        way = os.path.abspath(source)
    return digest(Path(way).as_posix().encode(errors="surrogateescape"))


def _signed(file: File, files: Sequence[File], source: str, sign_named: bool) -> bytes:
    copies = [_entry(copy.path, copy.content) for copy in files if copy.listed_in == file.path]
    if file.listed_in or (file.named and not copies and not sign_named):
        return file.content
    return sign(file.path.name, file.content, [_known_by(file, source), *copies])


def _entry(path: Path, content: bytes) -> str:
    """The entry of a page's signature for a file beside it."""
    return digest(os.fsencode(path.name), content)


def _refusal(path: Path, reason: str) -> OSError:
    return FileExistsError(EEXIST, reason, str(path))


def is_replaceable(path: StrPath) -> bool:
    """Whether a file is there. Raises OSError if it is something that cannot be replaced."""
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if S_ISDIR(mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    if not S_ISREG(mode):
        raise OSError(EINVAL, "not a file, but a device or a pipe", str(path))
    return True


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary file and rename it, so that no half-written file is ever seen.

    A link stays a link, and what is replaced passes on its permissions.
    """
    target = Path(os.path.realpath(path))
    partial = target.with_name(f".engrave-{secrets.token_hex(8)}.part")
    with signals_held():
        try:
            with partial.open("xb") as file:
                file.write(content)
            if is_replaceable(path):
                _keep_permissions(target, partial)
            partial.replace(target)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def _keep_permissions(old: Path, new: Path) -> None:
    known = old.stat()
    if hasattr(os, "chown"):
        with suppress(PermissionError):  # only an administrator may give files away
            os.chown(new, known.st_uid, known.st_gid)
    new.chmod(S_IMODE(known.st_mode))


@contextmanager
def signals_held() -> Iterator[None]:
    """Context in which signals that ask the process to end are delayed until it is left.

    Python lets only the main thread handle signals.
    """
    arrived: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        arrived.append(number)

    handlers = {}
    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]
        known = {number: signal.getsignal(number) for number in numbers}
        # None: it is handled by something that is not Python
        handlers = {number: handler for number, handler in known.items() if handler is not None}
    try:
        for number in handlers:
            signal.signal(number, hold)
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in arrived:
            signal.raise_signal(number)
