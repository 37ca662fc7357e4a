"""Consistency check: what must hold of every score before it is written to a file.

Each `check_...` function states one rule and yields a sentence for each violation, in the manner of
Abjad's `wf.py`. The rules are those of notation (bars are full, ties and tuplets close), those of
programs that read our files (a pedal mark needs a note to stand at), and our own (no key press is
lost). They stand in `bars`, `notes` and `marks`.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from engrave.check.bars import (
    check_bars_full,
    check_changes,
    check_cross_staff,
    check_hidden_rests,
    check_keys,
    check_measure_lengths,
    check_opening,
    check_parts,
    check_repeats,
    check_rests,
    check_staves_filled,
    check_voices,
)
from engrave.check.marks import (
    check_articulation,
    check_dynamics,
    check_hairpins,
    check_hidden_tempi,
    check_marks,
    check_octave_lines,
    check_pedals,
    check_tempo_words,
)
from engrave.check.notes import (
    check_beams,
    check_chords,
    check_glissandos,
    check_graces,
    check_note_values,
    check_ornaments,
    check_pitches,
    check_ties,
    check_tremolos,
    check_tuplets,
)
from engrave.music.iterate import heads_of
from engrave.music.performance import Performance
from engrave.music.score import Score
from engrave.music.text import at, name_of


def check(score: Score, performance: Performance | None = None) -> list[str]:
    """Everything that is wrong with a score, in plain sentences; empty if it is well formed.

    With the performance that it was made from, also whether every key press is accounted for.
    """
    faults = [fault for rule in FIRST_RULES for fault in rule(score)]
    if faults:  # without durations and pitches nothing else can be checked
        return faults
    faults = [fault for rule in RULES for fault in rule(score)]
    if performance is not None:
        faults += check_played(score, performance)
        faults += check_sounding_pitches(score, performance)
    return faults


def check_played(score: Score, performance: Performance) -> Iterator[str]:
    """Every key press has a notehead, is folded into one ornament, or stands in `unwritten`."""
    written = {played for _, _, _, head in heads_of(score) for played in head.played}
    folded = Counter(played for _, _, _, head in heads_of(score) for played in head.folded)
    unwritten = Counter(entry.played for entry in score.unwritten)
    known = written | folded.keys() | unwritten.keys()
    for played in sorted(known - set(range(len(performance.notes)))):
        yield f"there is no played note {played}"
    for played in range(len(performance.notes)):
        if played not in known:
            yield f"played note {played} is lost"
        if played in written and played in unwritten:
            yield f"played note {played} is written and yet called unwritten"
        if played in folded and (played in written or played in unwritten):
            yield f"played note {played} is folded into an ornament and accounted for twice"
        if folded[played] > 1:
            yield f"played note {played} is folded into {folded[played]} ornaments"
        if unwritten[played] > 1:
            yield f"played note {played} is called unwritten {unwritten[played]} times"


def check_sounding_pitches(score: Score, performance: Performance) -> Iterator[str]:
    """A notehead sounds the key that was pressed."""
    for measure, voice, chord, head in heads_of(score):
        played = head.played[0] if head.played else -1
        if 0 <= played < len(performance.notes):
            pitch = performance.notes[played].pitch
            if head.pitch.midi != pitch:
                yield (
                    f"{at(measure, voice, chord)}: {name_of(head)} for played note {played},"
                    f" which is key {pitch}"
                )


Rule = Callable[[Score], Iterator[str]]
FIRST_RULES: tuple[Rule, ...] = (check_note_values, check_pitches)
RULES: tuple[Rule, ...] = (
    check_opening,
    check_parts,
    check_repeats,
    check_keys,
    check_changes,
    check_measure_lengths,
    check_bars_full,
    check_rests,
    check_hidden_rests,
    check_staves_filled,
    check_voices,
    check_cross_staff,
    check_chords,
    check_ties,
    check_graces,
    check_ornaments,
    check_tremolos,
    check_glissandos,
    check_tuplets,
    check_beams,
    check_marks,
    check_octave_lines,
    check_pedals,
    check_tempo_words,
    check_hidden_tempi,
    check_hairpins,
    check_dynamics,
    check_articulation,
)
