"""Files written as hexadecimal bytes with comments, so that a reader can check them by eye.

`#` begins a comment; text between double quotes stands for its ASCII bytes. A comment of the form
`# word: rest` is a note about the file, for its test.
"""

import re
from pathlib import Path

_TOKEN = re.compile(r'"(?P<text>[^"]*)"|(?P<hex>[0-9a-fA-F]{2})\b|(?P<comment>#.*)|(?P<space>\s+)')


def read_hex(path: Path) -> bytes:
    """The bytes that a commented hex file stands for."""
    data = bytearray()
    for line in path.read_text(encoding="utf-8").splitlines():
        at = 0
        while at < len(line):
            token = _TOKEN.match(line, at)
            assert token, f"{path.name}: neither hex, text nor comment: {line[at:]}"
            if token["text"] is not None:
                data += token["text"].encode("ascii")
            elif token["hex"]:
                data.append(int(token["hex"], 16))
            at = token.end()
    return bytes(data)


def notes_about(path: Path, word: str) -> list[str]:
    """What the comments `# word: ...` of a file say, in their order."""
    comment = re.compile(rf"# {word}: (.*)")
    matches = map(comment.fullmatch, path.read_text(encoding="utf-8").splitlines())
    return [match[1] for match in matches if match]
