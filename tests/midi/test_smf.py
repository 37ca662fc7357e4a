"""The frame of a MIDI file, byte by byte. Whole broken and odd files are in `test_read`."""

import mido
import pytest

from engrave.midi import smf
from engrave.midi.smf import (
    BROKEN_OFF,
    END_OF_TRACK,
    TEMPO,
    Division,
    Event,
    Meta,
    MidiError,
    count_of,
    open_midi,
)

END = "00 ff 2f 00"
C4_DOWN, C4_UP = "00 90 3c 40", "60 80 3c 00"


def header(tracks: int, kind: int = 1, division: int = 96) -> bytes:
    return b"MThd" + bytes((0, 0, 0, 6, 0, kind, 0, tracks)) + division.to_bytes(2, "big")


def chunk(body: bytes, kind: bytes = b"MTrk") -> bytes:
    return kind + len(body).to_bytes(4, "big") + body


def file_of(*tracks: str, kind: int = 1, division: int = 96) -> bytes:
    """A file whose tracks are given as hexadecimal bytes."""
    chunks = b"".join(chunk(bytes.fromhex(track)) for track in tracks)
    return header(len(tracks), kind, division) + chunks


def events_of(*tracks: str) -> list[Event]:
    return list(open_midi(file_of(*tracks)).events())


def heard(events: list[Event]) -> list[tuple[int, int, str]]:
    """Tick, track, and what happens: "note_on 60"; meta events by their type in hexadecimal."""
    return [
        (
            event.tick,
            event.track,
            f"{event.message.kind:02x}"
            if isinstance(event.message, Meta)
            else f"{event.message.type} {event.message.note}",
        )
        for event in events
    ]


def complaint(data: bytes) -> str:
    with pytest.raises(MidiError) as caught:
        list(open_midi(data).events())
    return str(caught.value)


# Events


def test_a_note_and_the_end():
    down, up, end = events_of(f"{C4_DOWN} {C4_UP} {END}")
    assert down == Event(0, 1, 0, mido.Message("note_on", note=60, velocity=64))
    assert up == Event(96, 1, 0, mido.Message("note_off", note=60, velocity=0))
    assert end == Event(96, 1, 0, Meta(END_OF_TRACK, b""))


@pytest.mark.parametrize(
    ("time", "ticks"),
    [
        ("00", 0),
        ("7f", 127),
        ("81 00", 128),
        ("ff 7f", 16383),
        ("81 80 00", 16384),
        ("ff ff ff 7f", 2**28 - 1),
        ("80 80 80 05", 5),  # longer than it need be
    ],
)
def test_times_have_seven_bits_a_byte(time, ticks):
    (note, _) = events_of(f"{time} 90 3c 40 {END}")
    assert note.tick == ticks


def test_a_time_of_five_bytes_is_none():
    assert complaint(file_of(f"80 80 80 80 05 90 3c 40 {END}")) == (
        "track 1, byte 22: time before an event goes on after 4 bytes,"
        " expected a number of 1 to 4 bytes"
    )


def test_the_tracks_are_merged_by_their_ticks_the_first_track_first():
    first = f"00 90 3c 40 60 80 3c 00 {END}"
    second = f"00 90 40 40 30 80 40 00 {END}"
    assert heard(events_of(first, second)) == [
        (0, 1, "note_on 60"),
        (0, 2, "note_on 64"),
        (48, 2, "note_off 64"),
        (48, 2, "2f"),
        (96, 1, "note_off 60"),
        (96, 1, "2f"),
    ]


def test_a_status_holds_until_another_one_and_over_meta_and_sysex_events():
    """Two strokes without a status of their own: one after a text, one after a system message."""
    track = f"00 90 3c 40 00 ff 01 01 61 00 40 40 00 f0 02 41 f7 00 43 40 {END}"
    said = heard(events_of(track))
    assert said == [
        (0, 1, "note_on 60"),
        (0, 1, "01"),
        (0, 1, "note_on 64"),
        (0, 1, "f0"),
        (0, 1, "note_on 67"),
        (0, 1, "2f"),
    ]


def test_no_status_holds_after_a_timing_clock():
    assert complaint(file_of(f"00 90 3c 40 00 f8 00 40 40 {END}")) == (
        "track 1, byte 29: data byte 40, expected a status byte"
    )


def test_a_port_holds_for_its_track_from_there_on():
    on_port_2 = f"00 90 3c 40 00 ff 21 01 02 00 90 40 40 {END}"
    ports = [(e.track, e.port) for e in events_of(on_port_2, f"00 90 43 40 {END}")]
    assert ports == [(1, 0), (1, 2), (1, 2), (1, 2), (2, 0), (2, 0)]


def test_unknown_meta_events_keep_their_ticks_and_bytes():
    unknown, note, _ = events_of(f"10 ff 60 03 01 02 03 10 90 3c 40 {END}")
    assert (unknown.tick, unknown.message) == (16, Meta(0x60, b"\1\2\3"))
    assert note.tick == 32


@pytest.mark.parametrize(
    ("tempo", "found"),
    [
        ("00 ff 51 02 07 a1", "'07 a1'"),
        ("00 ff 51 03 00 00 00", "'00 00 00'"),
        ("00 ff 51 09 01 02 03 04 05 06 07 08 09", "'01 02 03 04 05 06 07 08 ... (9 bytes)'"),
    ],
)
def test_what_is_no_tempo_is_quoted(tempo, found):
    assert complaint(file_of(f"{tempo} {END}")) == (
        f"track 1, byte 23: tempo of {found} microseconds a quarter note,"
        " expected 3 bytes, not all 0"
    )
    (good, _) = events_of(f"00 ff 51 03 00 00 01 {END}")
    assert good.message == Meta(TEMPO, b"\0\0\1")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("00 3c 40", "data byte 3c, expected a status byte"),
        ("00 f4", "byte f4, expected the status byte of an event"),
        ("00 90 3c 80", "note_on event with data 3c 80, expected data bytes from 00 to 7f"),
    ],
)
def test_what_is_no_event_is_named_with_its_place(event, said):
    assert complaint(file_of(f"{event} {END}")) == f"track 1, byte 23: {said}"


def test_a_place_counts_from_the_start_of_the_file_in_any_track():
    """14 bytes of the header, 8 and 4 of track 1, 8 of the next chunk, and the time."""
    assert complaint(file_of(END, f"00 3c {END}")).startswith("track 2, byte 35: data byte 3c")


def test_what_comes_after_the_end_of_a_track_is_handed_over_unread():
    *_, end = events_of(f"{C4_DOWN} {END} 00 90 3c")
    assert end.message == Meta(END_OF_TRACK, b"\0\x90\x3c")


# Tracks that break off


@pytest.mark.parametrize("rest", ["30", "30 ff", "30 ff 2f", "81", "81 30 ff"])
def test_a_track_may_end_inside_its_end(rest):
    *_, last = events_of(f"{C4_DOWN} {C4_UP} {rest}")
    assert last == Event(96, 1, 0, Meta(BROKEN_OFF, bytes.fromhex(rest)))


@pytest.mark.parametrize("rest", ["30 90", "30 90 3c", "30 ff 51 03 07"])
def test_a_track_may_not_end_inside_another_event(rest):
    assert "goes beyond the end of its track at byte" in complaint(file_of(f"{C4_DOWN} {rest}"))


@pytest.mark.parametrize(("missing", "whole"), [(1, 2), (3, 2), (5, 1)])
def test_it_may_where_the_file_ends_as_well(missing, whole):
    """Four bytes for each event: so many bytes less leave so many notes whole."""
    data = file_of(f"{C4_DOWN} {C4_UP} 60 90 40 40")
    file = open_midi(data[:-missing])
    assert file.repaired == ("the file breaks off in track 1: read as far as it goes",)
    *notes, last = file.events()
    assert last.message.kind == BROKEN_OFF
    assert heard(notes) == [(0, 1, "note_on 60"), (96, 1, "note_off 60")][:whole]


# The header and the chunks


@pytest.mark.parametrize(
    ("division", "expected"),
    [
        (1, Division(ticks_per_quarter=1)),
        (0x7FFF, Division(ticks_per_quarter=32767)),
        (0xE728, Division(ticks_per_second=25.0 * 40)),  # milliseconds
        (0xE801, Division(ticks_per_second=24.0)),
        (0xE204, Division(ticks_per_second=120.0)),
        (0xE364, Division(ticks_per_second=100 * 30000 / 1001)),
    ],
)
def test_a_tick_is_a_part_of_a_quarter_or_of_a_second(division, expected):
    found = open_midi(file_of(END, division=division)).division
    assert found.ticks_per_quarter == expected.ticks_per_quarter
    assert found.ticks_per_second == pytest.approx(expected.ticks_per_second)


@pytest.mark.parametrize(
    ("division", "said"),
    [
        (0, "byte 12: 0 ticks in a quarter note, expected 1 or more"),
        (
            0xE700,
            "byte 12: 25 frames a second with 0 ticks each,"
            " expected 24, 25, 29 or 30 with 1 tick or more",
        ),
        (0xE602, "byte 12: 26 frames a second with 2 ticks each"),
    ],
)
def test_what_divides_nothing(division, said):
    assert complaint(file_of(END, division=division)).startswith(said)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty, expected MIDI"),
        (b"MT", "not a MIDI file: byte 0 is 4d 54, expected MThd (4d 54 68 64)"),
        (b"SMF2CLIP", "a MIDI 2.0 clip file, expected a Standard MIDI File (MIDI 1.0)"),
        (header(1)[:12], "truncated in the header at byte 12, expected 14 bytes"),
        (b"MThd\0\0\0\2\0\0", "byte 4: header of 2 bytes, expected 6"),
        (header(1), "no track in the file, expected at least one"),
        (
            file_of(END, kind=3),
            "a MIDI file of format 3 with 1 track, expected format 0 or 1",
        ),
        (header(1) + b"\1\2\3\4\5", "byte 14 is 01 02 03 04, expected track 1 (4d 54 72 6b)"),
        (header(1) + b"MTrk\0\0\0\5", "truncated in track 1 at byte 22, expected 27 bytes"),
        (b"RIFF\0\0\0\0RMIDnote\0\0\0\0", "a RIFF file without a data chunk, expected MIDI in it"),
    ],
)
def test_what_is_no_midi_file(data, said):
    assert complaint(data) == said


def test_a_longer_header_is_read_over():
    longer = b"MThd\0\0\0\x08" + header(1)[8:] + b"\xaa\xbb"
    file = open_midi(longer + chunk(bytes.fromhex(f"{C4_DOWN} {END}")))
    assert (file.repaired, len(list(file.events()))) == ((), 2)


def test_chunks_of_other_kinds_are_skipped():
    data = header(1) + chunk(b"abc", b"XFIH") + chunk(bytes.fromhex(END)) + chunk(b"", b"XFKM")
    file = open_midi(data)
    assert (len(file.tracks), file.repaired) == (1, ())


@pytest.mark.parametrize("name", [b"odd", b"even"])
def test_a_file_in_a_riff_wrapper(name):
    """Chunks of odd length have one byte more to fill."""
    note = file_of(f"{C4_DOWN} {END}")
    filler = b"\0" * (len(name) % 2)
    label = b"DISP" + len(name).to_bytes(4, "little") + name + filler
    body = b"RMID" + label + b"data" + len(note).to_bytes(4, "little") + note
    wrapped = b"RIFF" + len(body).to_bytes(4, "little") + body + b"\0tail"
    file = open_midi(wrapped)
    assert file.repaired == ()
    assert [event.message for event in file.events()] == [
        event.message for event in open_midi(note).events()
    ]


@pytest.mark.parametrize(
    ("data", "repaired", "tracks"),
    [
        (file_of(END, END, kind=0), "2 tracks in a file of format 0 read as format 1", 2),
        (
            file_of(END, END, kind=2),
            "a file of format 2: only the first of its 2 sequences is read",
            1,
        ),
        (header(3) + chunk(b""), "the header says 3 tracks, the file holds 1", 1),
        (header(1) + chunk(b"") * 2, "the header says 1 track, the file holds 2", 2),
        (file_of(END) + b"\1", "1 byte after the last track not read", 1),
        (file_of(END) + b"\1" * 9, "9 bytes after the last track not read", 1),
    ],
)
def test_what_is_mended_is_said(data, repaired, tracks):
    file = open_midi(data)
    assert file.repaired == (repaired,)
    assert len(file.tracks) == tracks


def test_a_file_of_format_2_with_one_sequence_needs_no_mending():
    assert open_midi(file_of(END, kind=2)).repaired == ()


# Bounds


def test_too_many_events(monkeypatch):
    monkeypatch.setattr(smf, "MAX_EVENTS", 3)
    assert len(events_of(f"{C4_DOWN} {C4_UP} {END}")) == 3
    assert complaint(file_of(f"{C4_DOWN} {C4_UP} {END}", END)) == (
        "more than 3 events, expected no more"
    )


def test_too_many_tracks(monkeypatch):
    monkeypatch.setattr(smf, "MAX_TRACKS", 2)
    assert len(open_midi(file_of(END, END)).tracks) == 2
    assert complaint(file_of(END, END, END)) == "more than 2 tracks, expected no more"


@pytest.mark.parametrize(("number", "said"), [(0, "0 bytes"), (1, "1 byte"), (2, "2 bytes")])
def test_one_and_several(number, said):
    assert count_of(number, "byte") == said
