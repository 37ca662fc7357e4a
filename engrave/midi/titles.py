"""Title of a piece: from its file's texts, its first track, or the name of the file.

Sequencers and recorders write labels where a title could stand ("Track 1", "Grand Piano LH", "6/29
1 ~ 3 e-Comp"), and no title is better than such a label. So a text counts if it says what it is
("Title: ..."), the name of the first track (which by the standard names the sequence) if it reads
like a title and not like a player's, and the name of the file if it reads like one.
"""

import re
from collections.abc import Iterable, Sequence

from engrave.midi.key_presses import Text
from engrave.midi.smf import COPYRIGHT, TEXT, TRACK_NAME
from engrave.music.instruments import NAMES, program_named

# Names made of nothing but such words, numbers and signs are labels: of instruments and hands, of
# what programs and recorders call what they write, of makers of pianos and programs.
_LABEL_WORDS = (
    "track|piano|pianoforte|keyboard|grand|acoustic|electric|digital|bright|solo|right|left|hand"
    "|hands|rh|lh|upper|lower|treble|bass|melody|accompaniment|chords?|staff|stave|part|voice"
    "|stage|studio|concert|upright|klavier|clavier|fl(?:ü|ue)gel|spur|piste|pista|piano forte"
    "|midi|smf|instrument|inst|channel|ch|port|in|out|new|untitled|unnamed|unknown|none|no|name"
    "|sequence|seq|song|tempo|map|conductor|control|master|meta|file|data|recording|recorded|rec"
    "|audio|wav|take|performance|score|export|exported|bounce|render|mix|comp|e|project|demo|test"
    "|final|copy|version|v\\d*|the|a|mid|kar|live|orig|original|unprocessed|[rd]\\d(?!\\d)"
    "|b(?:ö|oe)sendorfer|imperial|steinway(?: [a-dm])?|bechstein|fazioli|bl(?:ü|ue)thner|yamaha"
    "|disklavier|clavinova|kawai|roland|casio|privia|korg|nord|kurzweil|fp|px|cp|ca|pianoteq|kontakt"
    "|keyscape|ivory|ravenscroft|sampletank|fluidsynth|fluid|soundfont|vst|arturia"
    "|keylab|garageband|logic|pro|ableton|cubase|fl|reaper|musescore"
)
_LABEL = re.compile(
    rf"([\W\d_]|(?<![^\W\d_])({_LABEL_WORDS})(?![^\W\d_]))*|.*\.midi?",
    re.IGNORECASE,
)
# Signs of labels, not titles: a date or time at the start, signs of a file system or a table.
_NO_TITLE = re.compile(r"\d+[/.:-]\d+|.*[~|\\<>{}=@*]|[0-9a-f]{8}", re.IGNORECASE)
_CATALOGUE = re.compile(r"\b(op|no|bwv|kv|hwv|rv|woo|hob|[kds])\b\.? ?\d", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(bwv|kv|hwv|rv)(?= ?\d)", re.IGNORECASE)
_FEWEST_LETTERS = 0.5  # share of letters in a title without a catalogue number, at least
_LONGEST_TITLE = 100  # characters

_LABELLED_TEXT = {
    "title": re.compile(r"(?:title\s*:|@T)\s*(.+)", re.IGNORECASE),
    "composer": re.compile(r"(?:composer\s*:|(?:composed|music) by:?)\s*(.+)", re.IGNORECASE),
    "date": re.compile(r"(?:date|recorded(?: on)?)\s*:\s*(.+)", re.IGNORECASE),
}


def find_title(texts: Sequence[Text], played: set[int], file: str) -> str:
    """The title of a piece whose notes are in the tracks `played`; "" if there is none."""
    name = readable(_sequence_name(texts, played))
    stem = _readable_stem(re.split(r"[/\\]", file)[-1].rpartition(".")[0])
    titles = (name for name in (name, stem) if reads_like_a_title(name))
    return labelled_text(texts, "title") or next(titles, "")


def labelled_text(texts: Iterable[Text], what: str) -> str:
    """The title, composer or date that a text gives under that name."""
    matches = (_LABELLED_TEXT[what].fullmatch(t.text) for t in texts if t.kind == TEXT)
    return next((match[1] for match in matches if match), "")


def copyright_line(texts: Iterable[Text]) -> str:
    """The copyright notice of the file. That is not the composer."""
    return next((text.text for text in texts if text.kind == COPYRIGHT), "")


def _sequence_name(texts: Sequence[Text], played: set[int]) -> str:
    """The name of the first track, unless that is the name of one of several players.

    A first track without a name often holds the tempo alone: then the only name there is counts.
    """
    names = [text for text in texts if text.kind == TRACK_NAME]
    first = [text for text in names if text.track == 1]
    others = {text.text for text in names if text.track in played and text.track > 1}
    if first and 1 in played and others - {first[0].text}:
        return ""
    names = first or names
    return names[0].text if len({text.track for text in names}) == 1 else ""


def readable(name: str) -> str:
    """A name of a file or track as people would write it: "bwv_887" is "BWV 887"."""
    spaced = " ".join(name.replace("_", " ").split())
    if " " not in spaced:
        spaced = spaced.replace("-", " ")
    if spaced.islower():
        spaced = spaced[:1].upper() + spaced[1:]
    return _NUMBERED.sub(lambda match: match[0].upper(), spaced)


def _readable_stem(stem: str) -> str:
    """The name of a file as people would write it: "myFirst_waltz-3" is "My first waltz 3"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stem).split(" ")
    apart = " ".join(words if len(words) == 1 or words[0][:1].isupper() else map(str.lower, words))
    return readable(apart.replace("-", " ") if " " not in stem else apart)


def reads_like_a_title(name: str) -> bool:
    """Whether a name is a title: of the music, and not of a player, place or date."""
    if is_label(name) or _NO_TITLE.match(name) or len(name) > _LONGEST_TITLE:
        return False
    letters = sum(map(str.isalpha, name))
    signs = len(name.replace(" ", ""))
    return bool(_CATALOGUE.search(name)) or (letters >= 2 and letters >= _FEWEST_LETTERS * signs)


def is_label(name: str) -> bool:
    """Whether the name of a track is a label of its instrument or number, and no title."""
    known = {instrument.lower() for instrument in NAMES}
    return (
        name.lower() in known
        or program_named(name) is not None
        or _LABEL.fullmatch(name) is not None
    )
