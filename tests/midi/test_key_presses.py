"""What is heard in a file: strokes and releases as presses, pedals, signatures, texts."""

import time
from collections.abc import Iterable
from typing import NamedTuple

import mido
import pytest

from engrave.midi.key_presses import (
    SOFT,
    SUSTAIN,
    Channel,
    KeyPress,
    KeySignatureEvent,
    MidiContents,
    PedalEvent,
    Syllable,
    Text,
    TimeSignatureEvent,
    TrackChannel,
    collect,
)
from engrave.midi.smf import (
    BROKEN_OFF,
    COPYRIGHT,
    END_OF_TRACK,
    KEY,
    LYRIC,
    METER,
    TEMPO,
    TEXT,
    TRACK_NAME,
    Event,
    Meta,
)

PIANO = Channel(0, 0)


def event(tick: int, kind: str, *, track: int = 1, port: int = 0, **what) -> Event:
    return Event(tick, track, port, mido.Message(kind, **what))


def down(tick: int, key: int = 60, velocity: int = 64, **where) -> Event:
    return event(tick, "note_on", note=key, velocity=velocity, **where)


def up(tick: int, key: int = 60, **where) -> Event:
    return event(tick, "note_off", note=key, **where)


def control(tick: int, number: int, value: int = 0, **where) -> Event:
    return event(tick, "control_change", control=number, value=value, **where)


def program(tick: int, number: int, **where) -> Event:
    return event(tick, "program_change", program=number, **where)


def meta(tick: int, kind: int, data: bytes, track: int = 1) -> Event:
    return Event(tick, track, 0, Meta(kind, data))


def said(kind: int, text: str | bytes) -> MidiContents:
    return collect([meta(0, kind, text.encode() if isinstance(text, str) else text)])


class Held(NamedTuple):
    """A press without where it comes from."""

    onset: int
    release: int | None
    cut: bool = False


def held(events: Iterable[Event]) -> list[Held]:
    presses = sorted(collect(events).presses, key=lambda press: press.onset)
    return [Held(press.onset, press.release, press.cut) for press in presses]


# Presses


def test_a_press_is_a_stroke_and_a_release():
    (press,) = collect(
        [down(10, 62, 80, channel=3, track=2, port=1), up(50, 62, channel=3, track=2, port=1)]
    ).presses
    assert press == KeyPress(10, 50, 62, 80, TrackChannel(2, Channel(1, 3)), 0, cut=False)


def test_a_stroke_of_velocity_0_is_a_release():
    assert held([down(0), down(96, velocity=0)]) == [Held(0, 96)]


@pytest.mark.parametrize(
    ("events", "presses"),
    [
        # Struck again with a release for each: first in, first out, and the second stroke cuts.
        ([down(0), down(10), up(20), up(30)], [Held(0, 10, True), Held(10, 30)]),
        # The release in the tick of the second stroke belongs to the first one, whatever the order.
        ([down(0), down(10), up(10), up(30)], [Held(0, 10), Held(10, 30)]),
        ([down(0), up(10), down(10), up(30)], [Held(0, 10), Held(10, 30)]),
        # Struck twice at once: two presses, and neither cuts the other.
        ([down(0), down(0), up(10), up(20)], [Held(0, 10), Held(0, 20)]),
        # A release is lost: each stroke takes the next one.
        ([down(0), down(10), up(20)], [Held(0, 10, True), Held(10, 20)]),
        # No length at all.
        ([down(5), up(5)], [Held(5, 5)]),
    ],
)
def test_a_key_struck_again(events, presses):
    assert held(events) == presses


def test_a_lost_release_does_not_shift_those_of_later_strokes():
    events = [down(0), down(10), up(20), down(50), up(60)]
    assert held(events) == [Held(0, 10, True), Held(10, 20), Held(50, 60)]


def test_a_key_that_is_never_released_has_no_end():
    assert held([down(0), down(10, 64), up(20, 64)]) == [Held(0, None), Held(10, 20)]


def test_a_stray_release_is_nothing():
    assert held([up(0), down(10), up(20), up(30)]) == [Held(10, 20)]


@pytest.mark.parametrize("where", [{"channel": 1}, {"track": 2}, {"port": 1}])
def test_a_release_is_for_a_key_of_its_own_channel_track_and_port(where):
    assert held([down(0), up(10, **where), up(20)]) == [Held(0, 20)]


@pytest.mark.parametrize("mode", [120, 123, 124, 125, 126, 127])
def test_a_mode_message_ends_all_keys_of_its_channel(mode):
    """A later stroke of such a key begins anew; other channels sound on."""
    events = [down(0), down(0, 64), down(0, 67, channel=1), control(50, mode), down(60), up(70)]
    presses = sorted(collect(events).presses, key=lambda press: (press.onset, press.pitch))
    assert [(p.onset, p.release, p.pitch) for p in presses] == [
        *((0, 50, 60), (0, 50, 64), (0, None, 67)),
        (60, 70, 60),
    ]


@pytest.mark.parametrize("controller", [1, 7, 119, 122])
def test_other_controllers_end_nothing(controller):
    assert held([down(0), control(50, controller, 127), up(90)]) == [Held(0, 90)]


def test_a_key_with_a_lost_release_costs_no_more_than_others():
    stroke, release = down(0).message, up(0).message
    events = [down(0)]
    for tick in range(10, 240_010, 20):
        events += [Event(tick, 1, 0, stroke), Event(tick + 10, 1, 0, release)]
    start = time.perf_counter()
    presses = held(events)
    assert time.perf_counter() - start < 5  # pairing in quadratic time takes much longer
    assert len(presses) == 12_001
    assert [press for press in presses if press.cut] == [Held(0, 10, True)]


# Programs


def test_a_program_holds_for_its_track_and_for_tracks_without_one():
    """Two tracks on one channel: what the second one says of itself counts there, from then on."""
    events = [
        *(program(0, 40), down(0), up(1), down(2, track=2), up(3, track=2)),
        program(4, 73, track=2),
        *(down(5), up(6), down(7, track=2), up(8, track=2)),
        *(down(9, channel=1), up(10, channel=1)),
    ]
    presses = sorted(collect(events).presses, key=lambda press: press.onset)
    assert [press.program for press in presses] == [40, 40, 40, 73, 0]


def test_the_program_at_the_stroke_counts():
    assert [p.program for p in collect([program(0, 6), down(1), program(2, 0), up(3)]).presses] == [
        6
    ]


# Pedals


def test_two_pedals_are_heard_and_no_other():
    steps = [control(0, 64, 127), control(5, 67, 20, channel=2), control(7, 66, 127)]
    assert collect(steps).pedals == [
        PedalEvent(0, SUSTAIN, PIANO, 127),
        PedalEvent(5, SOFT, Channel(0, 2), 20),
    ]


def test_a_reset_of_the_controllers_lifts_both():
    assert collect([control(9, 121)]).pedals == [
        PedalEvent(9, SUSTAIN, PIANO, 0),
        PedalEvent(9, SOFT, PIANO, 0),
    ]


# Tempo, meter, key


def test_a_file_begins_at_120_until_it_says_otherwise():
    assert collect([]).tempos == [(0, 500_000)]
    slower = collect([meta(0, TEMPO, b"\x0f\x42\x40")])  # 1,000,000 microseconds
    assert slower.tempos == [(0, 500_000), (0, 1_000_000)]


@pytest.mark.parametrize(
    ("data", "meters"),
    [
        (b"\x03\x02\x18\x08", [TimeSignatureEvent(7, 3, 4)]),
        (b"\x06\x03", [TimeSignatureEvent(7, 6, 8)]),
        (b"\x04\x00", [TimeSignatureEvent(7, 4, 1)]),
        (b"\x04\x05", [TimeSignatureEvent(7, 4, 32)]),
        (b"\x04\x06", []),  # 4/64
        (b"\x00\x02", []),
        (b"\x04", []),
        (b"", []),
    ],
)
def test_time_signatures(data, meters):
    assert collect([meta(7, METER, data)]).meters == meters


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"\x00\x00", [KeySignatureEvent(7, 0, False)]),
        (b"\x03\x01", [KeySignatureEvent(7, 3, True)]),
        (b"\xfd\x00", [KeySignatureEvent(7, -3, False)]),
        (b"\xf9\x00", [KeySignatureEvent(7, -7, False)]),
        (b"\x07\x00", [KeySignatureEvent(7, 7, False)]),
        (b"\xf8\x00", []),  # eight flats
        (b"\x08\x00", []),
        (b"\x00\x02", []),
        (b"\x00", []),
    ],
)
def test_key_signatures(data, keys):
    assert collect([meta(7, KEY, data)]).keys == keys


# Texts


@pytest.mark.parametrize("kind", [TEXT, COPYRIGHT, TRACK_NAME])
def test_texts_are_on_one_line(kind):
    assert said(kind, " F\u00fcr\x1b  Elise\n").texts == [Text(1, kind, "F\u00fcr Elise")]


@pytest.mark.parametrize(
    ("data", "text"),
    [("für".encode(), "für"), ("für".encode("latin-1"), "für"), (b"\xff\xfe", "ÿþ")],
)
def test_a_text_that_is_no_utf_8_is_latin_1(data, text):
    assert [t.text for t in said(TRACK_NAME, data).texts] == [text]


@pytest.mark.parametrize("kind", [TEXT, LYRIC])
def test_an_endless_text_is_none(kind):
    for length, kept in ((300, 1), (301, 0)):
        heard = said(kind, "a" * length)
        assert len(heard.texts) + len(heard.syllables) == kept


def test_syllables_keep_their_spaces():
    heard = collect([meta(5, LYRIC, b" Ah-", track=2)])
    assert (heard.syllables, heard.texts) == ([Syllable(5, 2, " Ah-")], [])


def karaoke(*texts: str) -> list[Event]:
    return [meta(10 * k, TEXT, text.encode()) for k, text in enumerate(texts)]


def test_of_a_karaoke_file_the_texts_are_sung_except_what_is_said_of_it():
    heard = collect(karaoke("@KMIDI KARAOKE FILE", "@TStille Nacht", "\\Stil", "le "))
    assert heard.syllables == [Syllable(20, 1, "\\Stil"), Syllable(30, 1, "le ")]


def test_texts_are_not_sung_without_its_sign_or_beside_lyrics():
    assert collect(karaoke("by N. N.", "Adagio")).syllables == []
    both = [*karaoke("@KMIDI KARAOKE FILE", "no"), meta(30, LYRIC, b"yes")]
    assert [syllable.text for syllable in collect(both).syllables] == ["yes"]


# The file


def test_the_end_is_the_tick_of_the_last_event():
    assert collect([down(0), up(96), meta(500, END_OF_TRACK, b"")]).end == 500


def test_what_of_a_track_was_not_read_is_said():
    heard = collect([meta(0, END_OF_TRACK, b"abc", track=2), meta(0, BROKEN_OFF, b"\x90", track=3)])
    assert heard.repaired == [
        "3 bytes after the end of track 2 not read",
        "track 3 ends inside an event: read up to there",
    ]
