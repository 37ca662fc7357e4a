"""Instruments: their names on the page, and the number of their staves.

The numbers are the programs of General MIDI 1 (1991), counted from 0. Everything is written as it
sounds, but for instruments whose clef has an octave sign (Gould, *Behind Bars*, 2011, part 2).
"""

import re

from engrave.music.performance import Instrument

# fmt: off
NAMES = (
    "Piano", "Piano", "Piano", "Piano", "Electric Piano", "Electric Piano", "Harpsichord",
    "Clavinet", "Celesta", "Glockenspiel", "Music Box", "Vibraphone", "Marimba", "Xylophone",
    "Tubular Bells", "Dulcimer", "Organ", "Organ", "Organ", "Organ", "Harmonium", "Accordion",
    "Harmonica", "Bandoneon", "Guitar", "Guitar", "Electric Guitar", "Electric Guitar",
    "Electric Guitar", "Electric Guitar", "Electric Guitar", "Electric Guitar", "Bass",
    "Electric Bass", "Electric Bass", "Electric Bass", "Electric Bass", "Electric Bass",
    "Synth Bass", "Synth Bass", "Violin", "Viola", "Violoncello", "Double Bass", "Strings",
    "Strings", "Harp", "Timpani", "Strings", "Strings", "Strings", "Strings", "Choir", "Voice",
    "Choir", "Orchestra", "Trumpet", "Trombone", "Tuba", "Trumpet", "Horn", "Brass", "Brass",
    "Brass", "Soprano Saxophone", "Alto Saxophone", "Tenor Saxophone", "Baritone Saxophone",
    "Oboe", "English Horn", "Bassoon", "Clarinet", "Piccolo", "Flute", "Recorder", "Pan Flute",
    "Bottle", "Shakuhachi", "Whistle", "Ocarina", *["Synthesizer"] * 24, "Sitar", "Banjo",
    "Shamisen", "Koto", "Kalimba", "Bagpipe", "Fiddle", "Shawm", "Bells", "Agogo", "Steel Drums",
    "Woodblock", "Taiko", "Tom-tom", "Synth Drum", "Cymbal", "Fret Noise", "Breath", "Seashore",
    "Birds", "Telephone", "Helicopter", "Applause", "Gunshot",
)
# fmt: on
PIANOS = range(0, 8)
DAMPED = range(0, 6)  # the pianos with dampers that a pedal lifts
KEYBOARDS = {*PIANOS, 8, *range(16, 22), 23, 46}
# What may be played by two hands: on two staves if it is.
TWO_HANDS = {*KEYBOARDS, *range(48, 56), *range(80, 104)}
# Sounds that a keyboard may layer under its piano.
LAYERS = {*PIANOS, *range(16, 21), *range(48, 56), *range(80, 104)}
NO_PITCH = range(115, 128)
OCTAVES = {
    **dict.fromkeys((*range(24, 40), 43), -1),  # guitars and basses sound lower than written,
    **dict.fromkeys((9, 13, 72), 1),  # these higher
}

# Names of instruments, as regular expressions, with their programs.
_WORDS: tuple[tuple[str, int], ...] = (
    ("electric piano|e-?piano|rhodes|wurlitzer", 4),
    ("harpsichord|cembalo|clavecin|clavicembalo", 6),
    ("celesta|celeste", 8),
    ("glockenspiel", 9),
    ("vibraphone|vibes", 11),
    ("marimba", 12),
    ("xylophone", 13),
    ("organ|orgel|orgue|organo", 19),
    ("accordion|akkordeon", 21),
    ("harmonica", 22),
    ("guitar|gitarre|guitare|guitarra|chitarra|ukulele", 24),
    ("electric bass|bass guitar|e-?bass", 33),
    ("violin|violine|geige|violon|violino", 40),
    ("viola|bratsche", 41),
    ("cello|violoncello|violoncelle", 42),
    ("double bass|contrabass|kontrabass|contrebasse|contrabbasso", 43),
    ("harp|harfe|harpe|arpa", 46),
    ("strings|streicher", 48),
    ("choir|chor|chorus", 52),
    ("voice|vocals?|vocal line|singer|gesang|singstimme|voix|voce|lead vocal|sopran|soprano", 53),
    ("mezzo|mezzosoprano|alto|alt|tenor|tenore|baritone|bariton", 53),
    ("trumpet|trompete|trompette|tromba", 56),
    ("trombone|posaune", 57),
    ("tuba", 58),
    ("horn|french horn|corno|cor", 60),
    ("soprano sax(?:ophone)?", 64),
    ("sax|saxophone|saxophon|alto sax(?:ophone)?", 65),
    ("tenor sax(?:ophone)?", 66),
    ("baritone sax(?:ophone)?", 67),
    ("oboe|hautbois", 68),
    ("english horn|cor anglais|englischhorn", 69),
    ("bassoon|fagott|basson|fagotto", 70),
    ("clarinet|klarinette|clarinette|clarinetto", 71),
    ("piccolo", 72),
    ("flute|flöte|querflöte|flûte|flauto", 73),
    ("recorder|blockflöte", 74),
    ("fiddle", 110),
)
# Such a name may have a number, or a kind or owner.
_NAMED = tuple(
    (re.compile(rf"(?:solo )?(?:{words})(?: (?:solo|[ivx]+|\d+|in [a-g][b♭]?))*", re.I), program)
    for words, program in _WORDS
)


def program_named(name: str) -> int | None:
    """The program of the instrument that a name consists of ("Violin II"), or None."""
    return next((program for named, program in _NAMED if named.fullmatch(name)), None)


def instrument(program: int, name: str = "") -> Instrument:
    """The instrument of a program, with a name of its own if it has one."""
    return Instrument(
        name or NAMES[program],
        program,
        2 if program in TWO_HANDS else 1,
        OCTAVES.get(program, 0),
    )
