"""Tempo, dynamics and articulation: notes come in, marks of measures go out."""
