"""The samples are what the program makes, and they are music played by a person, not a clock."""

import re
from fractions import Fraction
from itertools import pairwise
from statistics import mean, median

import mido
import pretty_midi
import pytest

from samples import FOLDER, names, piece, take
from samples.make import write_midi
from samples.notation import TrueNote, read_piece

NAMES = names()
MINIMAL = """title: Two bars
meter: 2/4
key: 0 major
tempo: 60
rubato: 0.1
phrases: 2 mf

right 1 | {} | {} |
"""


def test_there_are_enough_and_all_are_described():
    rows = re.findall(r"^\| `(\w+)` \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert rows == NAMES == sorted(path.stem for path in FOLDER.glob("*.mid"))
    assert len(NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_committed_file_is_what_the_program_makes(name, tmp_path):
    write_midi(take(name), tmp_path / "again.mid")
    assert (tmp_path / "again.mid").read_bytes() == (FOLDER / f"{name}.mid").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_file_holds_the_notes_of_the_truth_in_order(name):
    midi = pretty_midi.PrettyMIDI(str(FOLDER / f"{name}.mid"))
    (piano,) = midi.instruments
    notes = sorted(piano.notes, key=lambda n: (n.start, n.pitch))
    played = take(name)
    assert [n.pitch for n in notes] == [t.pitch.midi for t in played.truth]
    for note, mine in zip(notes, played.performance.notes, strict=True):
        assert (note.start, note.end) == pytest.approx((mine.onset, mine.release), abs=1e-6)
        assert note.velocity == mine.velocity
    assert piano.name == played.piece.title
    assert 60 <= len(notes) <= 250
    assert 20 <= midi.get_end_time() <= 60


@pytest.mark.parametrize("name", NAMES)
def test_ticks_know_nothing_of_the_beat(name):
    file = mido.MidiFile(FOLDER / f"{name}.mid")
    tempos = [m.tempo for track in file.tracks for m in track if m.type == "set_tempo"]
    assert (file.ticks_per_beat, tempos) == (480, [500_000])
    # Beats that a fixed 120 would have put on multiples of 480 ticks are spread evenly about.
    rest = [time * 960 % 480 / 480 for time in take(name).grid.times]
    assert max(rest) - min(rest) > 0.8


@pytest.mark.parametrize("name", NAMES)
def test_bars_fill_exactly_and_notes_lie_inside(name):
    score = piece(name)
    assert all(bar.length == bar.full_length for bar in score.bars[1:])
    assert 0 < score.bars[0].length <= score.bars[0].full_length
    for note in score.notes:
        assert 0 <= note.onset < score.end
        assert note.end <= score.end
        assert note.grace == (note.length == 0)


def test_a_bar_that_does_not_fill_is_refused():
    assert len(read_piece("good", MINIMAL.format("c4:4 d4", "e4:2")).notes) == 3
    with pytest.raises(ValueError, match="bad, right 1, bar 1: 3/2 quarters"):
        read_piece("bad", MINIMAL.format("c4:4 d4", "e4:4."))
    with pytest.raises(ValueError, match="still held"):
        read_piece("bad", MINIMAL.format("c4:2", "e4:2") + "left 1 | r:4 c4 | r:2 |\n")
    with pytest.raises(ValueError, match="tie leads nowhere"):
        read_piece("bad", MINIMAL.format("c4:2~", "e4:2"))


def test_ties_dots_triplets_and_graces_read_as_written():
    score = read_piece("small", MINIMAL.format("c4:8t d4 e4 bb4:4~", "bb4:4. (f#5)ab4:8'"))
    third = Fraction(1, 3)
    read = [(n.onset, n.length, n.pitch.midi, n.grace, n.staccato) for n in score.notes]
    assert read == [
        (0, third, 60, False, False),
        (third, third, 62, False, False),
        (2 * third, third, 64, False, False),
        (1, Fraction(5, 2), 70, False, False),
        (Fraction(7, 2), 0, 78, True, False),
        (Fraction(7, 2), Fraction(1, 2), 68, False, True),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_tempo_breathes_and_slows_at_the_end(name):
    grid = take(name).grid
    beats = [b - a for a, b in pairwise(grid.times)]
    body = beats[: len(beats) * 4 // 5]
    assert max(body) > 1.1 * min(body)
    assert mean(beats[-2:]) > 1.3 * mean(body)


@pytest.mark.parametrize("name", NAMES)
def test_notes_stay_near_their_beats(name):
    """The grid is the truth: a note is struck where it says, but for the unevenness of hands."""
    played = take(name)
    off = [
        abs(note.onset - float(played.grid.time_at(true.onset)))
        for note, true in zip(played.performance.notes, played.truth, strict=True)
        if not true.grace and not true.rolled and true.onset <= played.grid.quarters[-1]
    ]
    assert 0.005 < median(off) < 0.03


@pytest.mark.parametrize("name", NAMES)
def test_chords_are_uneven_and_the_melody_leads(name):
    melody, other = _struck_together(name)
    leads = [mean(o) - m for m, o in zip(melody, other, strict=True)]
    spreads = [max(m, *o) - min(m, *o) for m, o in zip(melody, other, strict=True)]
    assert 0.010 < median(leads) < 0.030
    assert 0.010 < median(spreads) < 0.035


def _struck_together(name: str) -> tuple[list[float], list[list[float]]]:
    """Onsets of melody notes, and of the notes that the score puts at the same place."""
    played = take(name)
    places: dict[Fraction, list[tuple[int, int, float]]] = {}
    for note, true in zip(played.performance.notes, played.truth, strict=True):
        if not true.grace and not true.rolled:
            places.setdefault(true.onset, []).append((-true.voice, note.pitch, note.onset))
    chords = [sorted(c) for c in places.values() if len(c) > 1 and max(c)[0] == -1]
    return [c[-1][2] for c in chords], [[n[2] for n in c[:-1]] for c in chords]


def _ratio(name: str, wanted) -> float:
    """Median of played length over the time to the note's written end, of the wanted notes."""
    played = take(name)
    pairs = zip(played.performance.notes, played.truth, strict=True)
    time_at = played.grid.time_at
    return median(
        (note.release - note.onset) / float(time_at(t.end) - time_at(t.onset))
        for note, t in pairs
        if not t.grace and t.end <= played.grid.quarters[-1] and wanted(t)
    )


def test_staccato_is_short_and_legato_overlaps():
    assert _ratio("auld_lang_syne", lambda n: n.staccato) < 0.55
    assert _ratio("march", lambda n: n.staccato) < 0.55
    assert _ratio("greensleeves", lambda n: n.voice == 1 and not n.breath) > 1.02
    assert _ratio("old_hundredth", lambda n: n.breath) < 0.98


@pytest.mark.parametrize("name", NAMES)
def test_no_key_is_struck_while_it_is_down(name):
    down: dict[int, float] = {}
    for note in take(name).performance.notes:
        assert down.get(note.pitch, 0) < note.onset < note.release
        down[note.pitch] = note.release


@pytest.mark.parametrize("name", NAMES)
def test_pedal_moves_in_time_and_ends_up(name):
    moves = take(name).performance.sustain
    assert all(a.time < b.time for a, b in pairwise(moves))
    assert bool(moves) == bool(take(name).piece.pedal)
    if moves:
        assert moves[-1].depth == 0
        assert len({m.depth for m in moves}) > 10, "a foot passes through half values"


def test_pedal_is_changed_after_the_bass():
    played = take("nocturne")
    starts = {span.start for span in played.piece.pedal[1:]}
    bass: dict[Fraction, float] = {}
    for note, true in zip(played.performance.notes, played.truth, strict=True):
        if true.onset in starts and true.staff == 2:
            bass[true.onset] = min(note.onset, bass.get(true.onset, note.onset))
    lowest = [
        b.time for a, b, c in _triples(played.performance.sustain) if a.depth > b.depth < c.depth
    ]
    assert len(lowest) == len(bass)
    for up, struck in zip(lowest, sorted(bass.values()), strict=True):
        assert 0.03 < up - struck < 0.06


def _triples(moves):
    return zip(moves, moves[1:], moves[2:], strict=False)


def _onsets_within_quarter(notes, staff: int) -> dict[int, set[Fraction]]:
    beats: dict[int, set[Fraction]] = {}
    for note in notes:
        if note.staff == staff:
            beats.setdefault(int(note.onset), set()).add(note.onset % 1)
    return beats


def test_two_plays_against_three_both_ways():
    notes = piece("two_against_three").notes
    duple, triple = {Fraction(0), Fraction(1, 2)}, {Fraction(i, 3) for i in range(3)}
    right, left = (_onsets_within_quarter(notes, staff) for staff in (1, 2))
    above = [q for q in right if right[q] == duple and left.get(q) == triple]
    below = [q for q in right if right[q] == triple and left.get(q) == duple]
    assert len(above) >= 16
    assert len(below) >= 12


def test_each_sample_has_what_it_is_there_for():
    assert {name: str(piece(name).pickup) for name in NAMES if piece(name).pickup} == {
        "auld_lang_syne": "1",
        "blue_danube": "1",
        "greensleeves": "1/2",
        "march": "1/2",
        "nocturne": "1",
        "old_hundredth": "1",
    }
    meters = {(piece(name).bars[0].beats, piece(name).bars[0].beat_type) for name in NAMES}
    assert meters == {(2, 4), (3, 4), (4, 4), (6, 8)}
    assert len({n.voice for n in piece("old_hundredth").notes}) == 4
    assert sum(n.grace for n in piece("sonatina").notes) == 6
    assert sum(n.length == Fraction(1, 4) for n in piece("sonatina").notes) > 80
    assert sum(n.grace for n in piece("nocturne").notes) >= 5
    scale = {(n.pitch.step, n.pitch.alter) for n in piece("dorian").notes}
    assert scale == {("B", -1), *((step, 0) for step in "ACDEFG")}
    assert _crosses_a_barline("dorian") == 5


def _crosses_a_barline(name: str) -> int:
    score = piece(name)
    edges = [bar.start for bar in score.bars[1:]]

    def crosses(note: TrueNote) -> bool:
        return any(note.onset < edge < note.end for edge in edges)

    return sum(crosses(note) for note in score.notes)
