"""No note of a file is lost: each is written, stands behind a sign, or is left out by name."""

import io
import random
from dataclasses import replace
from pathlib import Path

import mido
import pytest

import engrave
from engrave.midi.smf import MidiError
from engrave.music.performance import Source
from samples import FOLDER, names
from tests.support.hexmidi import read_hex
from tests.support.note_account import account, struck

pytestmark = pytest.mark.slow

ODD = sorted((Path(__file__).parent / "odd").glob("*.hex"))
BEYOND_MIDO = {
    *("after_the_end", "odd_key_signature", "running_status", "too_few_tracks", "unknown_chunk"),
    *("meta_cut", "second_track_cut", "status_missing", "time_cut", "track_cut", "track_endless"),
}


@pytest.mark.parametrize("path", ODD, ids=lambda path: path.stem)
def test_odd_files(path):
    midi = read_hex(path)
    assert (struck(midi) is None) == (path.stem in BEYOND_MIDO)
    assert account(midi, engrave.transcribe(midi)) == []


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("find_repeats", [False, True])
def test_samples(name, find_repeats):
    midi = (FOLDER / f"{name}.mid").read_bytes()
    assert account(midi, engrave.transcribe(midi, find_repeats=find_repeats)) == []


def ensemble(seed: int) -> bytes:
    """Up to a dozen tracks on any channel: players, drums, noises, sounds laid under a piano."""
    chance = random.Random(seed)
    file = mido.MidiFile(type=1, ticks_per_beat=chance.choice([96, 480]))
    tunes: list[list[tuple[int, ...]]] = []
    for _ in range(chance.randint(1, 12)):
        tune = [
            tuple(chance.sample(range(24, 100), chance.choice([1, 1, 2, 3])))
            for _ in range(chance.randint(1, 16))
        ]
        if tunes and chance.random() < 0.5:  # doubles an earlier one but for some notes
            tune = [(*chord, 30) if chance.random() < 0.05 else chord for chord in tunes[-1]]
        tunes.append(tune)
        file.tracks.append(_track(tune, chance))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def _track(tune: list[tuple[int, ...]], chance: random.Random) -> mido.MidiTrack:
    """A tune whose keys are struck twice at once, held for no time or never let go now and then."""
    track, channel = mido.MidiTrack(), chance.choice([0, 0, 1, 2, 9])
    program = chance.choice([0, 0, 0, 4, 40, 48, 56, 73, 120])
    track.append(mido.Message("program_change", program=program, channel=channel))
    for chord in tune:
        keys = chord * chance.choice([1, 1, 1, 1, 2])
        length = chance.choice([0, 120, 240, 240, 480])
        for key in keys:
            velocity = chance.randint(1, 127)
            track.append(mido.Message("note_on", note=key, velocity=velocity, channel=channel))
        rest = mido.Message("note_off", note=0, channel=channel, time=length)  # a stray release
        track.append(rest)
        for key in keys:
            if chance.random() < 0.9:
                track.append(mido.Message("note_off", note=key, channel=channel))
        track.append(rest.copy(time=480 - length))
    return track


@pytest.mark.parametrize("seed", range(20))
def test_ensembles(seed):
    midi = ensemble(seed)
    try:
        score = engrave.transcribe(midi)
    except MidiError as error:
        assert "drum note" in str(error)
        assert all(message.channel == 9 for message in _notes(midi))
    else:
        assert account(midi, score) == []


def _notes(midi: bytes) -> list[mido.Message]:
    messages = mido.MidiFile(file=io.BytesIO(midi))
    return [m for track in messages.tracks for m in track if m.type == "note_on"]


def test_what_is_lost_is_found():
    midi = ensemble(8)
    score = engrave.transcribe(midi)
    performance, source = score.performance, score.performance.source
    assert source.omitted
    silent = replace(score, performance=replace(performance, source=Source()))
    assert any("neither played nor left out" in fault for fault in account(midi, silent))
    unsaid = replace(score, performance=replace(performance, source=replace(source, left_out=())))
    assert account(midi, unsaid) == [f"0 notes are said to be left out, {len(source.omitted)} are"]
    part = score.parts[0]
    bare = replace(score, parts=(replace(part, measures=part.measures[:1]), *score.parts[1:]))
    assert any("accounted for 0 times" in fault for fault in account(midi, bare))
