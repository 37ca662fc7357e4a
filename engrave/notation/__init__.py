"""The rules of notation: notes and decisions come in, a `Score` goes out.

Positions are quarter notes from the barline (in a measure) or from the start.
"""
