"""The way from a recorded performance to a written score, one musical step after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

from engrave.expression.articulation import find_articulation, find_fermata
from engrave.expression.dynamics import mark_dynamics
from engrave.expression.performed_tempo import keep_pace
from engrave.expression.tempo import mark_ritenuto, tempo_mark
from engrave.listening.bar_pass import listen_for_bars
from engrave.listening.evidence import Evidence
from engrave.listening.first_pass import listen, listen_for_pedal
from engrave.listening.network import WEIGHTS
from engrave.listening.second_pass import read_again, read_rhythm
from engrave.music.grid import Grid
from engrave.music.hypotheses import ChosenBars, Hypotheses
from engrave.music.instruments import DAMPED
from engrave.music.note import Pedals, PlacedNote, Section, Spelling
from engrave.music.performance import Instrument, Performance
from engrave.music.score import Score
from engrave.notation.chords import can_be_written
from engrave.notation.lyrics import with_lyrics
from engrave.notation.measures import join_parts, notate
from engrave.options import Corrections
from engrave.ornaments.find import find_ornaments
from engrave.ornaments.fold import Folded, fold
from engrave.ornaments.tremolos import join_second_chords
from engrave.pedal.inference import AS_FITS, Foot, PedalWish, find_foot, to_be_heard
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
from engrave.rhythm.quantize import HANDS, Placed, quantize
from engrave.rhythm.quantize_costs import Unevenness
from engrave.voices.cross_staff import Lines, cross_staves
from engrave.voices.hands import split_hands
from engrave.voices.merging import unite_voices
from engrave.voices.separation import separate_voices
from engrave.voices.staves import lay_staves, share_staves

Progress = Callable[[str, float], None]  # a step that begins, and the share of the work done


@dataclass(frozen=True, slots=True)
class Transcription:
    """A performance, where its beats and bars are, and how it is written.

    `evidence` and `corrections` are what it was made from, `hypotheses` what else it could be; two
    that came out alike are equal.
    `foot` is the pedal that is written, `fit` how the music lies on the grid of its file.
    """

    performance: Performance
    grid: Grid
    score: Score
    evidence: Evidence = field(compare=False, repr=False)
    corrections: Corrections = field(compare=False)
    hypotheses: Hypotheses = field(default=Hypotheses(), compare=False)
    foot: Foot = Foot()
    fit: FileFit = FREE


def transcribe(
    performance: Performance,
    corrections: Corrections = Corrections(),
    title: str | None = None,
    composer: str | None = None,
    weights: str = WEIGHTS[0],
    pedal: PedalWish = AS_FITS,
    progress: Progress | None = None,
) -> Transcription:
    """Write down a performance; `title` and `composer` replace what its source says.

    `weights` are those of the learned reader (`network.WEIGHTS`), `pedal` says which pedal is
    written. `progress` hears of each step.
    """
    begin = progress or _pass_over
    begin("Listening", 0.05)
    fingers = find_fingers(performance)
    evidence = listen(to_be_heard(fingers, pedal), weights)
    begin("Following the beat", 0.35)
    known = corrections.tempo or corrections.beats
    fit = FREE if known else fit_file_grid(fingers, corrections.grid)
    bars = _find_bars(fingers, evidence, corrections, fit)
    beats = bars.grid
    begin("Writing the rhythm", 0.5)
    staves = lay_staves(fingers, split_hands(fingers, evidence))
    ornaments = find_ornaments(fingers, staves.hands, evidence, beats)
    placed = _place(
        fold(fingers, ornaments), beats, staves.hands, evidence, corrections.smallest, weights, fit
    )
    hand = tuple(staves.hands[note.played] for note in placed.notes)
    grid = divide_bars(performance.notes, placed.notes, hand, placed.grid)
    hand = share_staves(placed.notes, hand, evidence, grid)
    begin("Separating the voices", 0.6)
    again = read_again(fingers, placed.notes, hand, grid, evidence, weights)
    voice = separate_voices(placed.notes, hand, again, grid)
    notes = settle_lengths(placed.notes, hand, voice, grid, again, corrections.smallest)
    voice = unite_voices(notes, hand, voice, grid)
    joined = join_second_chords(
        notes, ornaments.tremolos, performance.notes, tuple(zip(hand, voice, strict=True)), grid
    )
    notes = joined.notes
    hand, voice = (tuple(labels[i] for i in joined.like) for labels in (hand, voice))
    foot = _find_foot(performance, pedal, weights)
    begin("Putting it on paper", 0.8)
    stated = _file_keys(performance, notes, grid, fit)
    spelling = spell(notes, corrections.key, grid.bars, stated)
    lines = cross_staves(notes, hand, voice, spelling.pitches, spelling.sections, grid)
    notes = lines.notes
    articulation = replace(
        find_articulation(performance, notes, lines.hand, lines.voice, grid, evidence),
        fermata=find_fermata(performance, *_on_paper(notes, hand, spelling)),
    )
    parts = []
    for player, instrument in enumerate(staves.players):
        own = _Line.of(player, lines, hand, spelling)
        shown = own.on_paper()
        parts.append(
            notate(
                own.notes,
                grid,
                own.home,
                own.voice,
                own.spelling,
                _mark_pedals(performance, instrument, shown, grid, foot, pedal),
                tempo_mark(grid) if player == 0 else None,
                (
                    *(mark_ritenuto(shown.notes, grid) if player == 0 else ()),
                    *mark_dynamics(performance, shown.notes, grid, shown.home),
                ),
                ornaments=ornaments,
                articulation=articulation,
                instrument=instrument,
                stands=own.staff,
            )
        )
    source = performance.source
    score = replace(
        join_parts(parts),
        title=source.title if title is None else title,
        composer=source.composer if composer is None else composer,
        source=source.stem,
        date=source.date,
        rights=source.rights,
    )
    score = with_lyrics(keep_pace(score, grid), dict(performance.lyrics))
    keys = {} if corrections.key or stated else weigh_keys(notes, spelling.sections)
    return Transcription(
        performance,
        grid,
        score,
        evidence,
        corrections,
        replace(bars.hypotheses, keys=keys),
        foot,
        fit,
    )


def _find_bars(
    performance: Performance, evidence: Evidence, known: Corrections, fit: FileFit
) -> ChosenBars:
    """The bars that the file states where its beats are those of the music; else as they sound."""
    taps = known.beats or ()
    if performance.grid and fit.kind != "free":
        return lay_file_bars(performance, performance.grid, fit, known.meter)
    beats = track_beats(performance, evidence, known.meter, known.tempo, taps)
    heard = listen_for_bars(performance, beats.pulse)
    bars = group_beats(performance, beats.pulse, evidence, heard, known.meter, taps, beats.chosen)
    return replace(bars, hypotheses=replace(bars.hypotheses, speeds=beats.speeds))


def _file_keys(
    performance: Performance, notes: Sequence[PlacedNote], grid: Grid, fit: FileFit
) -> tuple[Section, ...]:
    """The key signatures that the file states, where its beats are those of the music."""
    if performance.grid is None or fit.kind == "free" or not notes:
        return ()
    return find_file_keys(notes, performance.grid, grid)


def _on_paper(
    notes: Sequence[PlacedNote], hand: Sequence[int], spelling: Spelling
) -> tuple[list[PlacedNote], list[int]]:
    """The notes that notation can write, and their hands."""
    kept = [i for i, pitch in enumerate(spelling.pitches) if can_be_written(pitch)]
    return [notes[i] for i in kept], [hand[i] for i in kept]


@dataclass(frozen=True, slots=True)
class _Line:
    """The notes of one player, with their names, staves and voices; `home` is that of the voice."""

    notes: tuple[PlacedNote, ...]
    staff: tuple[int, ...]
    home: tuple[int, ...]
    voice: tuple[int, ...]
    spelling: Spelling

    @classmethod
    def of(cls, player: int, lines: Lines, hand: Sequence[int], spelling: Spelling) -> "_Line":
        own = [i for i, number in enumerate(hand) if (number - 1) // 2 == player]
        return cls(
            tuple(lines.notes[i] for i in own),
            tuple(hand[i] - 2 * player for i in own),
            tuple(lines.hand[i] - 2 * player for i in own),
            tuple(lines.voice[i] for i in own),
            replace(spelling, pitches=tuple(spelling.pitches[i] for i in own)),
        )

    def on_paper(self) -> "_Line":
        """Only the notes that notation can write: marks stand at none but these."""
        kept = [i for i, pitch in enumerate(self.spelling.pitches) if can_be_written(pitch)]
        return _Line(
            tuple(self.notes[i] for i in kept),
            tuple(self.staff[i] for i in kept),
            tuple(self.home[i] for i in kept),
            tuple(self.voice[i] for i in kept),
            replace(self.spelling, pitches=tuple(self.spelling.pitches[i] for i in kept)),
        )


def _place(
    written: Folded,
    beats: Grid,
    staff: Sequence[int],
    evidence: Evidence,
    smallest: Fraction,
    weights: str,
    fit: FileFit,
) -> Placed:
    """The notes that are written, at their places, each under its index in the performance."""
    kept = list(written.kept)
    hands = [staff[i] for i in kept]
    read = evidence.take(kept)
    rhythm = read_rhythm(written.performance, hands, beats, written.graces, weights)
    placed = quantize(
        written.performance, beats, hands, read, rhythm, written.graces, smallest, _unevenness(fit)
    )
    notes = tuple(replace(note, played=kept[note.played]) for note in placed.notes)
    return Placed(notes, placed.grid)


def _unevenness(fit: FileFit) -> Unevenness:
    """How far notes may lie from where they are written."""
    return HANDS if fit.kind == "free" else Unevenness.of_jitter(fit.jitter)


def _find_foot(performance: Performance, wish: PedalWish, weights: str) -> Foot:
    """The sustain pedal of the one who has it; none is thought of that is not a piano's."""
    for k, player in enumerate(performance.players):
        if player.pedalled:
            if player.program not in DAMPED and wish.source != "off":
                wish = replace(wish, source="keep")
            hear = partial(listen_for_pedal, weights=weights)
            return find_foot(performance.alone(k), wish, hear)
    return Foot()


def _mark_pedals(
    performance: Performance,
    instrument: Instrument,
    line: _Line,
    grid: Grid,
    foot: Foot,
    wish: PedalWish,
) -> Pedals:
    """What is written of both pedals; below a line on one staff, which needs none, nothing is."""
    if not instrument.pedalled or instrument.staves == 1:
        return Pedals()
    notes, staff = line.notes, line.staff
    played = replace(performance, sustain=foot.moves)
    spans = mark_pedal(played, notes, staff, grid, foot.inferred)
    soft = mark_soft_pedal(performance, notes, staff, grid) if wish.source != "off" else ()
    abridged = abridge(spans, grid) if wish.simile else Abridged(spans, ())
    words = tuple(sorted((*soft, *abridged.words), key=lambda word: word.quarter))
    return Pedals(abridged.spans, words, bracketed=foot.inferred and wish.brackets)


def _pass_over(step: str, done: float) -> None:
    """For callers who do not ask."""
