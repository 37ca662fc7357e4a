"""Hands, staves and voices: notes come in, and go out with these fields decided."""
