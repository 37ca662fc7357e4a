"""The pipeline from a recorded performance to a written score, stage by stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from engrave.expression.articulation import mark_articulation, mark_fermata
from engrave.expression.dynamics import mark_dynamics
from engrave.expression.performed_tempo import add_performed_tempo
from engrave.expression.tempo import mark_ritardandos, mark_tempo
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import Evidence
from engrave.listening.first_pass import listen, listen_for_pedal
from engrave.listening.second_pass import listen_again, listen_for_positions
from engrave.music.grid import Grid
from engrave.music.hypotheses import ChosenBars, Hypotheses
from engrave.music.instruments import DAMPED
from engrave.music.note import FoldedNote, KeySection, Note, PedalNotation
from engrave.music.performance import Performance
from engrave.music.score import Score
from engrave.notation.chords import can_be_written
from engrave.notation.lyrics import with_lyrics
from engrave.notation.measures import Mark, PartMarks, Signs, notate
from engrave.options import Options
from engrave.ornaments.find import find_ornaments
from engrave.ornaments.fold import fold_ornaments
from engrave.ornaments.tremolos import add_alternating_chords
from engrave.pedal.inference import PedalOptions, PedalTrack, choose_pedal, hide_pedal
from engrave.pedal.key_releases import restore_key_releases
from engrave.pedal.placement import mark_pedal
from engrave.pedal.words import Abbreviated, abbreviate, mark_soft_pedal
from engrave.pitch.file_keys import find_file_keys
from engrave.pitch.key_changes import weigh_keys
from engrave.pitch.spelling import spell
from engrave.rhythm.additive_meter import group_beats_of_bars
from engrave.rhythm.beats import track_beats
from engrave.rhythm.durations import settle_durations
from engrave.rhythm.file_beats.bars import find_file_bars
from engrave.rhythm.file_beats.grid import FREE_FIT, FileFit, fit_file_grid
from engrave.rhythm.meter import KnownBars, lay_out_bars, track_bars
from engrave.rhythm.quantize import HAND_UNEVENNESS, Precision, Quantized, quantize
from engrave.rhythm.quantize_costs import Unevenness
from engrave.voices.cross_staff import join_across_staves
from engrave.voices.hands import split_hands
from engrave.voices.merging import merge_voices
from engrave.voices.separation import separate_voices
from engrave.voices.staves import assign_staves, move_low_passages

# the stage that begins, and the share of the work done (0-1)
Progress = Callable[[str, float], None]


def no_progress(step: str, done: float) -> None:
    """Progress callback that does nothing."""


@dataclass(frozen=True, slots=True)
class Transcription:
    """A performance, its beats and bars, and how it is written.

    `evidence` and `options` are what it was made from, `hypotheses` the probabilities of
    alternatives; two transcriptions that came out alike are equal. `pedal_track` is the pedal that
    is written, `fit` how the music lies on the grid of its file.
    """

    performance: Performance
    grid: Grid
    score: Score
    evidence: Evidence = field(compare=False, repr=False)
    options: Options = field(compare=False)
    hypotheses: Hypotheses = field(default=Hypotheses(), compare=False)
    pedal_track: PedalTrack = PedalTrack()
    fit: FileFit = FREE_FIT


def transcribe(
    performance: Performance, options: Options = Options(), progress: Progress = no_progress
) -> Transcription:
    """Transcribe a performance, stage by stage; `progress` is called as each stage begins."""
    progress("Listening", 0.05)
    keys = restore_key_releases(performance)
    evidence = listen(hide_pedal(keys, options.pedal), options.weights)
    progress("Following the beat", 0.35)
    fit = FREE_FIT if options.tempo or options.beats else fit_file_grid(keys, options.grid)
    bars = _find_bars(keys, evidence, options, fit)
    progress("Writing the rhythm", 0.5)
    keys = assign_staves(split_hands(keys, evidence))
    ornaments = find_ornaments(keys, evidence, bars.grid)
    placed = _quantize(fold_ornaments(keys, ornaments), bars.grid, evidence, options, fit)
    grid = group_beats_of_bars(placed.notes, performance.notes, placed.grid)
    notes = move_low_passages(placed.notes, evidence, grid)
    progress("Separating the voices", 0.6)
    again = listen_again(keys, notes, grid, evidence, options.weights)
    notes = separate_voices(notes, again, grid)
    notes = settle_durations(notes, again, grid, options.smallest)
    notes = merge_voices(notes, grid)
    notes = add_alternating_chords(notes, ornaments.tremolos, performance.notes, grid)
    pedal_track = _choose_pedal(performance, options)
    progress("Putting it on paper", 0.8)
    stated = _file_keys(performance, notes, grid, fit)
    spelled = spell(notes, options.key, grid.bars, stated)
    notes = join_across_staves(spelled.notes, spelled.sections, grid)
    shown = [note for note in notes if can_be_written(note.name)]  # marks stand only at these
    articulation = mark_articulation(performance, notes, grid, evidence)
    articulation = replace(articulation, fermata=mark_fermata(performance, shown))
    played = replace(performance, players=keys.players)
    signs = Signs(
        ornaments, articulation, _mark_parts(played, shown, grid, pedal_track, options.pedal)
    )
    score = notate(notes, keys.players, grid, spelled.sections, signs)
    score = _with_source(add_performed_tempo(score, grid), performance, options)
    weighed = {} if options.key or stated else weigh_keys(notes, spelled.sections)
    likely = replace(bars.hypotheses, keys=weighed)
    return Transcription(performance, grid, score, evidence, options, likely, pedal_track, fit)


def _find_bars(
    performance: Performance, evidence: Evidence, options: Options, fit: FileFit
) -> ChosenBars:
    """The bars of the file's grid where its beats are those of the music; else tracked bars."""
    taps = options.beats or ()
    if performance.grid and fit.kind != "free":
        return find_file_bars(performance, performance.grid, fit, options.meter)
    beats = track_beats(performance, evidence, options.meter, options.tempo, taps)
    if beats.bars:
        bars = lay_out_bars(performance, evidence, beats.pulse, beats.bars, options.meter)
    else:
        heard = listen_for_bars(performance, beats.pulse)
        known = KnownBars(options.meter, taps, beats.chosen)
        bars = track_bars(performance, beats.pulse, evidence, heard, known)
    return replace(bars, hypotheses=replace(bars.hypotheses, speeds=beats.speeds))


def _quantize(
    notes: Sequence[FoldedNote], grid: Grid, evidence: Evidence, options: Options, fit: FileFit
) -> Quantized:
    """The notes with quantized onsets, with the deviations expected of this performance."""
    positions = listen_for_positions(notes, grid, options.weights)
    uneven = HAND_UNEVENNESS if fit.kind == "free" else Unevenness.of_jitter(fit.jitter)
    return quantize(notes, grid, evidence, positions, Precision(options.smallest, uneven))


def _file_keys(
    performance: Performance, notes: Sequence[Note], grid: Grid, fit: FileFit
) -> tuple[KeySection, ...]:
    """The key signatures that the file states, where its beats are those of the music."""
    if performance.grid is None or fit.kind == "free" or not notes:
        return ()
    return find_file_keys(notes, performance.grid, grid)


def _choose_pedal(performance: Performance, options: Options) -> PedalTrack:
    """The sustain pedal of the player who has it; inferred only for a piano."""
    pedal = options.pedal
    for k, player in enumerate(performance.players):
        if player.pedalled:
            if player.program not in DAMPED and pedal.source != "off":
                pedal = replace(pedal, source="keep")
            hear = partial(listen_for_pedal, weights=options.weights)
            return choose_pedal(performance.alone(k), pedal, hear)
    return PedalTrack()


def _mark_parts(
    performance: Performance,
    notes: Sequence[Note],
    grid: Grid,
    pedal_track: PedalTrack,
    pedal: PedalOptions,
) -> tuple[PartMarks, ...]:
    """Tempo, dynamics and pedals of each part; the tempo stands in the first only."""
    parts = []
    for k, instrument in enumerate(performance.players):
        own = [note for note in notes if note.part == k]
        marks: list[Mark] = [*mark_dynamics(performance, own, grid)]
        if k == 0:
            marks = [mark_tempo(grid), *mark_ritardandos(own, grid), *marks]
        pedals = PedalNotation()
        if instrument.pedalled and instrument.staves > 1:  # on a single staff no pedal is written
            pedals = _mark_pedals(performance, own, grid, pedal_track, pedal)
        parts.append(PartMarks(tuple(marks), pedals))
    return tuple(parts)


def _mark_pedals(
    performance: Performance,
    notes: Sequence[Note],
    grid: Grid,
    pedal_track: PedalTrack,
    pedal: PedalOptions,
) -> PedalNotation:
    """The written marks of both pedals."""
    spans = mark_pedal(
        replace(performance, sustain=pedal_track.moves), notes, grid, pedal_track.inferred
    )
    soft = mark_soft_pedal(performance, notes, grid) if pedal.source != "off" else ()
    abridged = abbreviate(spans, grid) if pedal.simile else Abbreviated(spans, ())
    words = tuple(sorted((*soft, *abridged.words), key=lambda word: word.quarter))
    return PedalNotation(abridged.spans, words, bracketed=pedal_track.inferred and pedal.brackets)


def _with_source(score: Score, performance: Performance, options: Options) -> Score:
    """The score with title, composer, rights and lyrics, of the source or of the user."""
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
