"""Fits what speaks for bars, for `engrave/rhythm/bar_choice`."""
