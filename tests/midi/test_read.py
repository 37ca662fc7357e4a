"""Reading MIDI: every odd or broken file here is commented hex, to be checked by eye."""

import io
import random
import time
import tracemalloc
import warnings
from pathlib import Path

import mido
import pretty_midi
import pytest

from engrave.midi import read as read_module
from engrave.midi.read import read_midi
from engrave.midi.smf import MidiError
from engrave.music.performance import PedalMove, Performance, PlayedNote
from tests.support.hexmidi import notes_about, read_hex

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.hex"))
ODD = sorted((HERE / "odd").glob("*.hex"))


def named(paths: list[Path]) -> dict:
    return {"argvalues": paths, "ids": [path.stem for path in paths]}


# Broken files: one line that names the file


def test_there_are_many_kinds_of_broken_files():
    assert len(BROKEN) >= 30


@pytest.mark.parametrize("path", **named(BROKEN))
def test_broken_file(path, tmp_path):
    take = tmp_path / f"{path.stem}.mid"
    take.write_bytes(read_hex(path))
    with pytest.raises(MidiError) as caught:
        read_midi(take)
    message = str(caught.value)
    (expected,) = notes_about(path, "expect")
    assert message.startswith(f"{take}: ")
    assert expected in message
    assert "expected" in message
    assert message.isprintable()


def test_missing_file(tmp_path):
    with pytest.raises(MidiError, match=r"take\.mid: cannot be read \(No such file"):
        read_midi(tmp_path / "take.mid")


def test_directory(tmp_path):
    with pytest.raises(MidiError, match=r"cannot be read \((Is a directory|Permission denied)"):
        read_midi(tmp_path)


def test_path_that_cannot_exist():
    with pytest.raises(MidiError, match=r"^take\?\.mid: cannot be read \(.*embedded null "):
        read_midi("take\0.mid")


def test_name_with_a_line_break_stays_on_one_line():
    with pytest.raises(MidiError) as caught:
        read_midi("my\ntake.mid")
    assert str(caught.value).startswith("my?take.mid: ")


def test_file_that_fails_while_it_is_read():
    class Unplugged(io.BytesIO):
        name = "usb.mid"

        def read(self, size=-1):
            raise OSError(5, "Input/output error")

    with pytest.raises(MidiError, match=r"^usb\.mid: cannot be read \(Input/output error\)"):
        read_midi(Unplugged())


def test_closed_file():
    file = io.BytesIO()
    file.close()
    with pytest.raises(MidiError, match="I/O operation on closed file"):
        read_midi(file)


def test_file_opened_as_text():
    with pytest.raises(MidiError, match="expected one open for reading bytes"):
        read_midi(io.StringIO("MThd"))


def test_too_large_a_file(monkeypatch):
    data = written(scale())
    monkeypatch.setattr(read_module, "MAX_BYTES", len(data))
    read_midi(data)
    with pytest.raises(MidiError, match=f"more than {len(data)} bytes"):
        read_midi(data + b"\0")


@pytest.mark.parametrize("kind", [b"\xff\x51", b"\xff\x01", b"\xff\x7f", b"\xf0"], ids=bytes.hex)
def test_a_huge_event_costs_no_more_than_the_file(kind):
    """Four million bytes in one event: copied a few times at most, quoted in a few words."""
    event = b"\0" + kind + b"\x81\xf4\x94\x00" + b"a" * 4_000_000
    track = event + b"\0\x90\x3c\x40\x60\x80\x3c\0"
    header = b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1, 0, 96])
    data = header + b"MTrk" + len(track).to_bytes(4, "big") + track
    tracemalloc.start()
    try:
        assert len(read_midi(data).notes) == 1
    except MidiError as error:
        assert len(str(error)) < 200
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(data)


def test_endless_file_is_not_read_to_its_end(monkeypatch):
    class Endless(io.RawIOBase):
        def read(self, size=-1):
            assert 0 < size <= 1001
            return b"M" * size

    monkeypatch.setattr(read_module, "MAX_BYTES", 1000)
    with pytest.raises(MidiError, match="more than 1000 bytes"):
        read_midi(Endless())


# Odd files: exactly what they hold


def numbers(lines: list[str]) -> list[tuple[float, ...]]:
    return [tuple(float(word) for word in line.split()) for line in lines]


@pytest.mark.parametrize("path", **named(ODD))
def test_odd_file(path):
    performance = read_midi(read_hex(path))
    expected = {
        "note": [(n.onset, n.release, n.pitch, n.velocity) for n in performance.notes],
        "sustain": [(move.time, move.depth) for move in performance.sustain],
        "soft": [(move.time, move.depth) for move in performance.soft],
    }
    for word, found in expected.items():
        assert found == [pytest.approx(line) for line in numbers(notes_about(path, word))], word
    players = notes_about(path, "player") or ["Piano"]
    assert [player.name for player in performance.players] == players
    assert list(performance.source.left_out) == notes_about(path, "left_out")
    assert list(performance.source.repaired) == notes_about(path, "repaired")
    assert performance.source.title == "".join(notes_about(path, "title"))
    assert performance.source.composer == "".join(notes_about(path, "composer"))


# Good files


def scale() -> pretty_midi.PrettyMIDI:
    """Two octaves up, legato, by one piano; the pedal goes down and up once."""
    piano = pretty_midi.Instrument(program=0)
    for i in range(24):
        piano.notes.append(pretty_midi.Note(40 + i, 48 + i, i / 4, (i + 1) / 4 + 0.05))
    piano.control_changes.append(pretty_midi.ControlChange(64, 127, 1.0))
    piano.control_changes.append(pretty_midi.ControlChange(64, 0, 2.0))
    tune = pretty_midi.PrettyMIDI(resolution=480)
    tune.instruments.append(piano)
    return tune


def written(tune: pretty_midi.PrettyMIDI) -> bytes:
    buffer = io.BytesIO()
    tune.write(buffer)
    return buffer.getvalue()


def saved(tune: mido.MidiFile) -> bytes:
    buffer = io.BytesIO()
    tune.save(file=buffer)
    return buffer.getvalue()


def improvised(seed: int) -> mido.MidiFile:
    """Several hundred notes in two tracks, no key struck twice, under a wild tempo map."""
    chance = random.Random(seed)
    tune = mido.MidiFile(type=1, ticks_per_beat=chance.choice([24, 96, 480, 1000]))
    tempos = mido.MidiTrack()
    for _ in range(30):
        tempo = chance.randrange(100_000, 2_000_000)
        tempos.append(mido.MetaMessage("set_tempo", tempo=tempo, time=chance.randrange(500)))
    tune.tracks.append(tempos)
    for hand in range(2):
        track, sounding = mido.MidiTrack(), set()
        for _ in range(400):
            pitch, wait = 60 - 24 * hand + chance.randrange(24), chance.randrange(1, 100)
            if pitch in sounding:
                track.append(mido.Message("note_off", channel=hand, note=pitch, time=wait))
            else:
                velocity = chance.randrange(1, 128)
                message = mido.Message("note_on", note=pitch, velocity=velocity, time=wait)
                track.append(message.copy(channel=hand))
            sounding ^= {pitch}
        for pitch in sorted(sounding):
            track.append(mido.Message("note_off", channel=hand, note=pitch, time=10))
        tune.tracks.append(track)
    return tune


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_pretty_midi(seed):
    data = saved(improvised(seed))
    theirs = [
        n for part in pretty_midi.PrettyMIDI(io.BytesIO(data)).instruments for n in part.notes
    ]
    theirs.sort(key=lambda note: (note.start, note.pitch))
    performance = read_midi(data)
    assert performance.source.repaired == ()
    assert [(n.pitch, n.velocity) for n in performance.notes] == [
        (n.pitch, n.velocity) for n in theirs
    ]
    for mine, other in zip(performance.notes, theirs, strict=True):
        assert (mine.onset, mine.release) == pytest.approx((other.start, other.end))


def test_every_way_in_gives_the_same(tmp_path):
    data = written(scale())
    path = tmp_path / "take.mid"
    path.write_bytes(data)
    performance = read_midi(path)
    assert len(performance.notes) == 24
    assert performance.notes[0] == PlayedNote(0.0, pytest.approx(0.3, abs=1e-3), 48, 40)
    assert performance.sustain == (PedalMove(1.0, 127), PedalMove(2.0, 0))
    assert performance.source.name == str(path)
    with path.open("rb") as file:
        assert read_midi(file) == read_midi(str(path)) == performance
    for source in (data, bytearray(data), memoryview(data), io.BytesIO(data)):
        other = read_midi(source)
        assert (other.notes, other.sustain) == (performance.notes, performance.sustain)
        assert other.source.name == "MIDI data"


def test_reading_prints_and_warns_nothing(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_midi(saved(improvised(0)))
    assert capsys.readouterr() == ("", "")


# Bounds


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to three small accidents: bytes changed, lost, doubled; now and then a cut."""
    spoiled = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(spoiled))
        accident = chance.randrange(5)
        if accident < 2:
            spoiled[at] = chance.choice([0x00, 0x7F, 0x80, 0xF0, 0xFF, chance.randrange(256)])
        elif accident == 2:
            del spoiled[at : at + chance.randrange(1, 5)]
        elif accident == 3:
            spoiled[at:at] = spoiled[max(at - 6, 0) : at]
        elif chance.random() < 0.2:
            del spoiled[at + 1 :]
        if not spoiled:
            break
    return bytes(spoiled)


@pytest.mark.parametrize("seed", range(4))
def test_spoiled_files_are_read_or_refused(seed):
    chance = random.Random(seed)
    sources = [read_hex(path) for path in ODD] + [written(scale()), saved(improvised(seed))]
    outcomes = {Performance: 0, MidiError: 0}
    start = time.perf_counter()
    for _ in range(200):
        data = mutated(chance.choice(sources), chance)
        try:
            performance = read_midi(data)
        except MidiError as error:
            assert str(error).startswith("MIDI data: ")
            assert str(error).isprintable()
            outcomes[MidiError] += 1
        else:
            assert performance.notes
            assert all(n.onset <= n.release and n.velocity > 0 for n in performance.notes)
            outcomes[Performance] += 1
    assert time.perf_counter() - start < 30
    assert min(outcomes.values()) > 20
