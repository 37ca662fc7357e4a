"""Shared types: the performance, the grid of beats, notes, the written score.

A performance counts in seconds, a score in quarter notes (`Fraction`); `grid` alone converts.
"""
