"""Corpora of performances and scores, read into arrays."""
