"""A MIDI file comes in, a `Performance` (seconds) goes out, or a `MidiError`."""
