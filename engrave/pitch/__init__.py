"""Keys and spelling: notes with MIDI numbers come in, written pitches go out."""
