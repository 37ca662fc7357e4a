"""The way from a recorded performance to a written score, one musical step after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from engrave.expression.articulation import find_articulation, find_fermata
from engrave.expression.dynamics import mark_dynamics
from engrave.expression.performed_tempo import keep_pace
from engrave.expression.tempo import mark_ritenuto, tempo_mark
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import Evidence
from engrave.listening.first_pass import listen, listen_for_pedal
from engrave.listening.second_pass import read_again, read_rhythm
from engrave.music.grid import Grid
from engrave.music.hypotheses import ChosenBars, Hypotheses
from engrave.music.instruments import DAMPED
from engrave.music.note import FoldedNote, Note, Pedals, Section
from engrave.music.performance import Performance
from engrave.music.score import Score
from engrave.notation.chords import can_be_written
from engrave.notation.lyrics import with_lyrics
from engrave.notation.measures import Mark, PartMarks, Signs, notate
from engrave.options import Options
from engrave.ornaments.find import find_ornaments
from engrave.ornaments.fold import fold
from engrave.ornaments.tremolos import add_alternating_chords
from engrave.pedal.inference import Foot, PedalWish, find_foot, to_be_heard
from engrave.pedal.key_releases import find_fingers
from engrave.pedal.placement import mark_pedal
from engrave.pedal.words import Abridged, abridge, mark_soft_pedal
from engrave.pitch.file_keys import find_file_keys
from engrave.pitch.key_changes import weigh_keys
from engrave.pitch.spelling import spell
from engrave.rhythm.additive_meter import divide_bars
from engrave.rhythm.beats import track_beats
from engrave.rhythm.durations import settle_lengths
from engrave.rhythm.file_beats.bars import lay_file_bars
from engrave.rhythm.file_beats.grid import FREE, FileFit, fit_file_grid
from engrave.rhythm.meter import group_beats
from engrave.rhythm.quantize import HANDS, Placed, Precision, quantize
from engrave.rhythm.quantize_costs import Unevenness
from engrave.voices.cross_staff import cross_staves
from engrave.voices.hands import split_hands
from engrave.voices.merging import unite_voices
from engrave.voices.separation import separate_voices
from engrave.voices.staves import assign_staves, move_low_passages

Progress = Callable[[str, float], None]  # a step that begins, and the share of the work done


def no_progress(step: str, done: float) -> None:
    """For callers who do not ask how far it is."""


@dataclass(frozen=True, slots=True)
class Transcription:
    """A performance, where its beats and bars are, and how it is written.

    `evidence` and `options` are what it was made from, `hypotheses` what else it could be; two
    that came out alike are equal.
    `foot` is the pedal that is written, `fit` how the music lies on the grid of its file.
    """

    performance: Performance
    grid: Grid
    score: Score
    evidence: Evidence = field(compare=False, repr=False)
    options: Options = field(compare=False)
    hypotheses: Hypotheses = field(default=Hypotheses(), compare=False)
    foot: Foot = Foot()
    fit: FileFit = FREE


def transcribe(
    performance: Performance, options: Options = Options(), progress: Progress = no_progress
) -> Transcription:
    """Write down a performance, one musical step after the other; `progress` hears of each."""
    progress("Listening", 0.05)
    keys = find_fingers(performance)
    evidence = listen(to_be_heard(keys, options.pedal), options.weights)
    progress("Following the beat", 0.35)
    fit = FREE if options.tempo or options.beats else fit_file_grid(keys, options.grid)
    bars = _find_bars(keys, evidence, options, fit)
    progress("Writing the rhythm", 0.5)
    keys = assign_staves(split_hands(keys, evidence))
    ornaments = find_ornaments(keys, evidence, bars.grid)
    placed = _quantize(fold(keys, ornaments), bars.grid, evidence, options, fit)
    grid = divide_bars(placed.notes, performance.notes, placed.grid)
    notes = move_low_passages(placed.notes, evidence, grid)
    progress("Separating the voices", 0.6)
    again = read_again(keys, notes, grid, evidence, options.weights)
    notes = separate_voices(notes, again, grid)
    notes = settle_lengths(notes, again, grid, options.smallest)
    notes = unite_voices(notes, grid)
    notes = add_alternating_chords(notes, ornaments.tremolos, performance.notes, grid)
    foot = _find_foot(performance, options)
    progress("Putting it on paper", 0.8)
    stated = _file_keys(performance, notes, grid, fit)
    spelled = spell(notes, options.key, grid.bars, stated)
    notes = cross_staves(spelled.notes, spelled.sections, grid)
    shown = [note for note in notes if can_be_written(note.name)]  # marks stand at none but these
    articulation = find_articulation(performance, notes, grid, evidence)
    articulation = replace(articulation, fermata=find_fermata(performance, shown))
    played = replace(performance, players=keys.players)
    signs = Signs(ornaments, articulation, _mark_parts(played, shown, grid, foot, options.pedal))
    score = notate(notes, keys.players, grid, spelled.sections, signs)
    score = _with_source(keep_pace(score, grid), performance, options)
    weighed = {} if options.key or stated else weigh_keys(notes, spelled.sections)
    likely = replace(bars.hypotheses, keys=weighed)
    return Transcription(performance, grid, score, evidence, options, likely, foot, fit)


def _find_bars(
    performance: Performance, evidence: Evidence, options: Options, fit: FileFit
) -> ChosenBars:
    """The bars that the file states where its beats are those of the music; else as they sound."""
    taps = options.beats or ()
    if performance.grid and fit.kind != "free":
        return lay_file_bars(performance, performance.grid, fit, options.meter)
    beats = track_beats(performance, evidence, options.meter, options.tempo, taps)
    heard = listen_for_bars(performance, beats.pulse)
    bars = group_beats(performance, beats.pulse, evidence, heard, options.meter, taps)
    return replace(bars, hypotheses=replace(bars.hypotheses, speeds=beats.speeds))


def _quantize(
    notes: Sequence[FoldedNote], grid: Grid, evidence: Evidence, options: Options, fit: FileFit
) -> Placed:
    """The notes at their places, as exactly as they were played."""
    positions = read_rhythm(notes, grid, options.weights)
    uneven = HANDS if fit.kind == "free" else Unevenness.of_jitter(fit.jitter)
    return quantize(notes, grid, evidence, positions, Precision(options.smallest, uneven))


def _file_keys(
    performance: Performance, notes: Sequence[Note], grid: Grid, fit: FileFit
) -> tuple[Section, ...]:
    """The key signatures that the file states, where its beats are those of the music."""
    if performance.grid is None or fit.kind == "free" or not notes:
        return ()
    return find_file_keys(notes, performance.grid, grid)


def _find_foot(performance: Performance, options: Options) -> Foot:
    """The sustain pedal of the one who has it; none is thought of that is not a piano's."""
    wish = options.pedal
    for k, player in enumerate(performance.players):
        if player.pedalled:
            if player.program not in DAMPED and wish.source != "off":
                wish = replace(wish, source="keep")
            hear = partial(listen_for_pedal, weights=options.weights)
            return find_foot(performance.alone(k), wish, hear)
    return Foot()


def _mark_parts(
    performance: Performance, notes: Sequence[Note], grid: Grid, foot: Foot, wish: PedalWish
) -> tuple[PartMarks, ...]:
    """Tempo, dynamics and pedals of each player; the tempo stands at the first alone."""
    parts = []
    for k, instrument in enumerate(performance.players):
        own = [note for note in notes if note.part == k]
        marks: list[Mark] = [*mark_dynamics(performance, own, grid)]
        if k == 0:
            marks = [tempo_mark(grid), *mark_ritenuto(own, grid), *marks]
        pedals = Pedals()
        if instrument.pedalled and instrument.staves > 1:  # on one staff nobody needs any
            pedals = _mark_pedals(performance, own, grid, foot, wish)
        parts.append(PartMarks(tuple(marks), pedals))
    return tuple(parts)


def _mark_pedals(
    performance: Performance, notes: Sequence[Note], grid: Grid, foot: Foot, wish: PedalWish
) -> Pedals:
    """What is written of both pedals."""
    spans = mark_pedal(replace(performance, sustain=foot.moves), notes, grid, foot.inferred)
    soft = mark_soft_pedal(performance, notes, grid) if wish.source != "off" else ()
    abridged = abridge(spans, grid) if wish.simile else Abridged(spans, ())
    words = tuple(sorted((*soft, *abridged.words), key=lambda word: word.quarter))
    return Pedals(abridged.spans, words, bracketed=foot.inferred and wish.brackets)


def _with_source(score: Score, performance: Performance, options: Options) -> Score:
    """The score with title, composer, rights and words, of the source or of the user."""
    source = performance.source
    score = replace(
        score,
        title=source.title if options.title is None else options.title,
        composer=source.composer if options.composer is None else options.composer,
        source=source.stem,
        date=source.date,
        rights=source.rights,
    )
    return with_lyrics(score, dict(performance.lyrics))
