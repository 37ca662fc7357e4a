"""Uncertainty of a transcription: a transcription comes in, `Doubts` go out (0 to 1)."""
