"""Single tones, one after the other: as MIDI, or as sound."""

import io
import math
import wave
from array import array

import mido

RATE = 8000


def write_tone(pitches: list[int], seconds: float, sound: bool = False) -> bytes:
    """Each pitch for so many seconds: a MIDI file, or with `sound` a sound file (WAV)."""
    return _write_wave(pitches, seconds) if sound else _write_midi(pitches, seconds)


def _write_midi(pitches: list[int], seconds: float) -> bytes:
    file = mido.MidiFile(ticks_per_beat=500)  # at the usual 120, a tick is a millisecond
    track = mido.MidiTrack()
    file.tracks.append(track)
    for pitch in pitches:
        track.append(mido.Message("note_on", note=pitch, velocity=90))
        track.append(mido.Message("note_off", note=pitch, time=round(1000 * seconds)))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def _write_wave(pitches: list[int], seconds: float) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for pitch in pitches:
            turn = 2 * math.pi * 440 * 2 ** ((pitch - 69) / 12) / RATE
            samples = (round(8000 * math.sin(turn * i)) for i in range(round(RATE * seconds)))
            file.writeframes(array("h", samples).tobytes())
    return content.getvalue()
