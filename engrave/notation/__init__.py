"""The rules of writing: notes and decisions come in, a `Score` goes out.

Places are quarter notes from the barline (in a measure) or from the start.
"""
