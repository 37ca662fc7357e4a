"""Ornaments: key presses come in; those that are written as one sign go out (seconds)."""
