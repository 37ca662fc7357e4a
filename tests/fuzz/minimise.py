"""The smallest file that one can find with the same fault, as commented hex."""

import io
from collections.abc import Callable

import mido

TRIES = 150


def minimised(data: bytes, has_fault: Callable[[bytes], bool]) -> bytes:
    """A file with as few tracks, events and bytes as have the fault, after so many tries."""
    tries = iter(range(TRIES))

    def better(smaller: bytes) -> bool:
        return len(smaller) < len(data) and next(tries, None) is not None and has_fault(smaller)

    for part in (16, 8, 4, 2, 1):
        k = 0
        while k < part:
            smaller = _without(data, k, part)
            if smaller and better(smaller):
                data = smaller
            else:
                k += 1
    step = len(data) // 2
    while step >= 1:
        at = 0
        while at < len(data):
            smaller = data[:at] + data[at + step :]
            if better(smaller):
                data = smaller
            else:
                at += step
        step //= 2
    return data


def _without(data: bytes, k: int, parts: int) -> bytes:
    """The file without one of so many parts of the notes of each track."""
    try:
        file = mido.MidiFile(file=io.BytesIO(data))
        for track in file.tracks:
            size = -(-len(track) // parts)
            gone = track[k * size : (k + 1) * size]
            kept = track[: k * size], track[(k + 1) * size :]
            later = sum(message.time for message in gone)
            after = [m.copy(time=m.time + later * (j == 0)) for j, m in enumerate(kept[1])]
            track[:] = [*kept[0], *after]
        content = io.BytesIO()
        file.save(file=content)
        return content.getvalue()
    except Exception:
        return b""


def as_hex(data: bytes, fault: str) -> str:
    """The file in the form of `tests/midi/odd`."""
    rows = [data[k : k + 16].hex(" ") for k in range(0, len(data), 16)]
    return "\n".join([f"# Found by chance: {fault}", "", *rows, ""])
