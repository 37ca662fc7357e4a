"""How sure a transcription is: a transcription comes in, `Doubts` go out (0 to 1)."""
