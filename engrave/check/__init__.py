"""Consistency checks of a score: a score comes in, sentences on its faults go out."""
