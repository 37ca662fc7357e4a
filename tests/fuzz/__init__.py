"""Files that nobody meant: MIDI files mutated and generated at random, through the whole path.

`python -m tests.fuzz --seconds 600 --seed 7` looks for a file that ends in a traceback, loses or
invents a note, breaks a rule of the judge, or takes more time or memory than its size explains. A
finding is made small and written as commented hex, as `tests/midi/odd` holds them.
"""
