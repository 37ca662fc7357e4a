"""Lyrics of a MIDI file: syllables, and the key press to which each belongs.

Files put a syllable into a lyric event at the tick of its note, with a hyphen behind it where the
word goes on (a notation program), or into a text event with a space or a slash before a new word
(.kar).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal

from engrave.midi.key_presses import KeyPress, Syllable
from engrave.music.performance import Lyric

FARTHEST_SYLLABLE = 0.125  # quarters between a syllable and its note, at most
# Whether a word goes on up to a syllable, and behind it.
SYLLABIC: dict[tuple[bool, bool], Literal["single", "begin", "middle", "end"]] = {
    (False, False): "single",
    (False, True): "begin",
    (True, True): "middle",
    (True, False): "end",
}
_BREAKS = "/\\\r\n"  # a new line or verse


def match_syllables(
    syllables: Sequence[Syllable], presses: Sequence[KeyPress], ticks: int
) -> Iterator[tuple[int, Lyric]]:
    """The index of the press to which each syllable belongs, and the syllable.

    Of several presses it is the highest one, of those in the track of the syllable if there are
    any; a syllable at which there is none is left out.
    """
    onsets: dict[int, list[int]] = {}
    for i, press in enumerate(presses):
        onsets.setdefault(press.onset, []).append(i)
    ticks_of_onsets = sorted(onsets)
    goes_on = False
    for syllable, text, hyphen in _words(syllables):
        lyric = Lyric(text, SYLLABIC[goes_on, hyphen])
        goes_on = hyphen
        k = bisect_left(ticks_of_onsets, syllable.tick)
        beside = ticks_of_onsets[max(k - 1, 0) : k + 1]
        near = min(beside, key=lambda tick: abs(tick - syllable.tick), default=None)
        if near is not None and abs(near - syllable.tick) <= FARTHEST_SYLLABLE * ticks:
            own = [i for i in onsets[near] if presses[i].track_channel.track == syllable.track]
            yield max(own or onsets[near], key=lambda i: presses[i].pitch), lyric


def _words(syllables: Sequence[Syllable]) -> Iterator[tuple[Syllable, str, bool]]:
    """Each syllable with its text alone, and whether the word goes on behind it."""
    karaoke = any(s.text[:1] in (" ", *_BREAKS) or s.text[-1:] == " " for s in syllables)
    following = [*syllables, Syllable(0, 0, " ")][1:]
    for syllable, after in zip(syllables, following, strict=True):
        text = syllable.text.strip(_BREAKS + " ")
        apart = syllable.text[-1:] == " " or after.text[:1] in (" ", *_BREAKS, "")
        hyphen = text.endswith("-") or (karaoke and not apart)
        if text.strip("-"):
            yield syllable, text.rstrip("-"), hyphen
