"""Renderings of tiny scores that the eye can check, and what must hold of every rendering."""

import time

import numpy as np
import pytest

from training.data.corpora import SCORE_FIELDS
from training.player.habits import LINKED, Habits, Z, draw_player, value_at
from training.player.pedal import held_shares
from training.player.render import Rendering, render
from training.player.statistics.aligned import aligned
from training.player.statistics.measure import as_row
from training.player.statistics.portrait import portrait
from training.player.tempo_curve import beat_grid, can_swing, felt_unit, swung

Q = 10080  # a quarter
GRACE, STACCATO, TRILL, ARPEGGIO, FERMATA, TREMOLO = 1, 4, 8, 64, 128, 512
HABITS = Habits.load()
ROW_FIELDS = np.dtype(
    [*SCORE_FIELDS.descr, ("velocity", "u1"), ("matched", "?"), ("onset", "f8"), ("offset", "f8")]
)


def score(*notes, beats=4, beat_type=4):
    """Score rows from (onset in quarters, length in quarters, pitch[, flags[, staff]])."""
    bar = 4 * Q * beats // beat_type
    rows = np.zeros(len(notes), ROW_FIELDS)
    for row, (onset, length, pitch, *rest) in zip(rows, notes, strict=True):
        place = round(onset * Q)
        row["score_onset"], row["duration"], row["pitch"] = place, round(length * Q), pitch
        row["flags"] = rest[0] if rest else 0
        row["staff"] = rest[1] if len(rest) > 1 else (1 if pitch >= 60 else 2)
        row["measure"], row["position"] = divmod(place, bar)
        row["beats"], row["beat_type"], row["measure_length"] = beats, beat_type, bar
    return rows[np.lexsort((rows["pitch"], rows["score_onset"]))]


def scale_over_bass(bars=16):
    """Eighths up and down over a bass note every half."""
    line = [(i / 2, 0.5, 60 + (0, 2, 4, 5, 7, 5, 4, 2)[i % 8]) for i in range(8 * bars)]
    return score(*line, *((2 * i, 2, 36 + 7 * (i % 2)) for i in range(2 * bars)))


def everything():
    """Chords, repeated keys, unisons, grace notes, trill, roll, fermata, tremolo, rests."""
    return score(
        *((i, 1, p) for i in range(8) for p in (43, 60, 64, 67)),
        *((2 + i / 4, 0.25, 72) for i in range(8)),
        (4, 2, 72, TRILL),
        (4.0, 0, 71, GRACE),
        (4.0, 0, 69, GRACE),
        *((6, 2, p, ARPEGGIO) for p in (48, 55, 76, 79)),
        (9, 1, 60),
        (9, 2, 60),
        (10, 0.5, 62, STACCATO),
        (11, 1, 65, FERMATA),
        (20, 2, 50, TREMOLO),
        (22, 2, 57, TREMOLO),
        (24, 4, 60),
    )


def play(notes, seed=0, is_end=False):
    return render(notes, np.random.default_rng(seed), HABITS, is_end)


def of_source(rendering: Rendering, index):
    """The row at which a score note is played."""
    found = np.flatnonzero(rendering.source == index)
    return int(found[0]) if len(found) else None


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("notes", [scale_over_bass(4), everything()], ids=["scale", "everything"])
def test_what_holds_of_every_rendering(notes, seed):
    played = play(notes, seed, is_end=bool(seed % 2))
    assert np.isfinite(played.onset).all() and played.onset.min() >= 0
    assert (np.lexsort((played.pitch, played.onset)) == np.arange(len(played.onset))).all()
    assert (played.release - played.onset >= 0.02 - 1e-9).all()
    assert ((played.velocity >= 1) & (played.velocity <= 127)).all()
    assert ((played.source >= -1) & (played.source < len(notes))).all()
    own = played.source[played.source >= 0]
    assert len(np.unique(own)) == len(own)
    assert (played.pitch[played.source >= 0] == notes["pitch"][own]).all()
    assert (played.seconds_per_beat > 0).all() and len(own) > 0.6 * len(notes)
    for pitch in np.unique(played.pitch):
        key = played.pitch == pitch
        assert (played.onset[key][1:] - played.release[key][:-1] >= 0.02 - 1e-9).all()
    assert (np.diff(played.pedal[:, 0]) >= 0).all()
    assert ((played.pedal[:, 1] >= 0) & (played.pedal[:, 1] <= 127)).all()


def test_same_seed_same_performance():
    first, again, other = (play(everything(), seed) for seed in (3, 3, 4))
    for name in Rendering.__slots__:
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.onset[:5], other.onset[:5])


def test_notes_are_not_edited():
    notes = everything()
    before = notes.copy()
    play(notes)
    assert (notes == before).all()


def test_the_order_of_a_scale_is_kept():
    """Eight quarters up: nearly every rendering plays them in this order."""
    notes = score(*((i, 1, 60 + p) for i, p in enumerate((0, 2, 4, 5, 7, 9, 11, 12))))
    for seed in range(30):
        played = play(notes, seed)
        assert (np.diff(played.source[played.source >= 0]) > 0).all()


def test_the_tempo_said_is_the_tempo_played():
    """`seconds_per_beat` tells the time from beat to beat, but for the chords' looseness."""
    errors = []
    for seed in range(30):
        notes = scale_over_bass(8)
        played = play(notes, seed)
        onbeat = np.flatnonzero((played.source >= 0) & (played.pitch >= 60))
        onbeat = onbeat[notes["position"][played.source[onbeat]] % Q == 0]
        places = notes["score_onset"][played.source[onbeat]]
        beats = np.diff(places) / Q
        said = played.seconds_per_beat[onbeat][:-1]
        errors.append((np.diff(played.onset[onbeat]) / said)[beats == 1] - 1)
    assert np.median(np.abs(np.concatenate(errors))) < 0.05
    assert abs(np.median(np.concatenate(errors))) < 0.01


def test_a_felt_beat_is_dotted_in_compound_meters():
    beats, types = np.array([4, 6, 3, 12, 2, 3]), np.array([4, 8, 8, 16, 2, 4])
    assert felt_unit(beats, types).tolist() == [Q, 3 * Q // 2, Q // 2, 3 * Q // 4, 2 * Q, Q]


def test_the_beats_of_a_pickup_end_with_it():
    """A pickup of one and a half quarters: half a beat, then a beat, then a bar of four."""
    notes = score((0, 0.5, 60), (0.5, 1, 62), (1.5, 4, 64))
    notes["measure"] = [0, 0, 1]
    notes["position"] = [0, Q // 2, 0]
    notes["measure_length"] = [3 * Q // 2, 3 * Q // 2, 4 * Q]
    grid = beat_grid(notes)
    assert (grid.start / Q).tolist() == [0, 0.5, 1.5, 2.5, 3.5, 4.5]
    assert grid.downbeat.tolist() == [False, False, True, False, False, False]
    assert grid.stop == 5.5 * Q


def test_grace_notes_come_before_their_note_and_nearest_last():
    notes = score((0, 2, 60), (2, 0, 67, GRACE), (2, 0, 71, GRACE), (2, 2, 72), (4, 4, 60))
    times = []
    for seed in range(60):
        played = play(notes, seed)
        rows = [of_source(played, i) for i in (1, 2, 3)]
        if None not in rows:
            times.append(played.onset[rows])
    times = np.array(times)
    assert np.mean(times[:, 1] < times[:, 2]) > 0.7
    assert (times[:, 0] <= times[:, 1]).all()


def test_a_trill_alternates_with_the_upper_neighbour_of_the_scale():
    """E in C major trills with F, D with E."""
    c_major = [(i / 2, 0.5, 48 + p) for i, p in enumerate((0, 2, 4, 5, 7, 9, 11, 12))]
    for pitch, above in ((76, 77), (74, 76)):
        notes = score(*c_major, (4, 4, pitch, TRILL), (8, 4, 72))
        counts = []
        for seed in range(20):
            played = play(notes, seed)
            high = played.pitch[(played.pitch > 72) & (played.pitch < 79)]
            counts.append(len(high))
            assert np.mean(np.isin(high, (pitch, above))) > 0.6
        assert np.median(counts) > 6


def test_a_tremolo_alternates():
    """Two half notes A and C, two quarters written each: both sound through all four."""
    notes = score((0, 2, 57, TREMOLO), (2, 2, 60, TREMOLO), (4, 4, 64))
    notes["staff"] = 1
    presses, alternate = [], []
    for seed in range(30):
        played = play(notes, seed)
        shaken = played.pitch[np.isin(played.pitch, (57, 60))]
        presses.append(len(shaken))
        alternate.append(np.mean(np.diff(shaken) != 0))
    assert np.median(presses) > 6 and np.median(alternate) > 0.8


def test_rolled_chords_rise():
    notes = score(*((0, 2, p, ARPEGGIO, 1) for p in (60, 67, 76)), (2, 2, 60))
    widths = []
    for seed in range(60):
        played = play(notes, seed)
        rows = [of_source(played, i) for i in range(3)]
        if None not in rows:
            widths.append(np.diff(played.onset[rows]))
    assert np.mean(np.min(widths, axis=1) > 0.01) > 0.4


def test_staccato_is_shorter_and_a_fermata_longer():
    plain = score(*((i, 1, 60 + i) for i in range(12)))
    dotted, held = plain.copy(), plain.copy()
    dotted["flags"] = STACCATO
    held["flags"][6] = FERMATA
    ratio, pause = [], []
    for seed in range(40):
        lengths = [np.median(p.release - p.onset) for p in (play(plain, seed), play(dotted, seed))]
        ratio.append(lengths[1] / lengths[0])
        played = play(held, seed)
        rows = [of_source(played, i) for i in (5, 6, 7)]
        if None not in rows:
            before, during = np.diff(played.onset[rows])
            pause.append(during / before)
    assert np.median(ratio) < 0.8
    assert np.median(pause) > 1.3


def test_the_piece_slows_at_its_end_only():
    notes = scale_over_bass(8)
    last = {True: [], False: []}
    for is_end in last:
        for seed in range(60):
            pace = play(notes, seed, is_end).seconds_per_beat
            last[is_end].append(pace[-3] / np.median(pace))
    assert np.median(last[True]) > 1.1 * np.median(last[False])


def test_a_unison_of_two_voices_is_one_stroke():
    notes = score((0, 1, 60), (0, 4, 60), (4, 4, 62))
    played = play(notes, 2)
    assert (played.source[played.pitch == 60] >= 0).sum() == 1


def test_hands_unknown():
    """Staff 0, as in pop songs: played all the same."""
    notes = scale_over_bass(2)
    notes["staff"] = 0
    assert len(play(notes).onset) > 0.7 * len(notes)


def test_swing_moves_the_off_beat_only():
    phase = np.array([0, 0.25, 0.5, 0.75])
    assert swung(phase, 2 / 3) == pytest.approx([0, 1 / 3, 2 / 3, 5 / 6])
    assert can_swing(np.array([0, 0.5, 0, 0.5]))
    assert not can_swing(np.array([0, 0.5, 1 / 3]))
    assert not can_swing(np.array([0.0, 0.0]))


def test_a_curve_gives_the_deviate_its_value():
    assert value_at(Z * 2 + 1, 0.25) == pytest.approx(1.5)
    assert value_at(Z, 9.0) == 3


@pytest.mark.parametrize("mean", [0.1, 0.5, 0.9])
def test_the_pedal_is_down_as_long_as_wanted(mean):
    shares = held_shares(mean, 4000, np.random.default_rng(0))
    assert shares.mean() == pytest.approx(mean, abs=0.03)


def test_players_differ_and_their_habits_go_together():
    rng = np.random.default_rng(0)
    players = [draw_player(HABITS, rng) for _ in range(400)]
    rubato = np.array([p.rubato for p in players])
    assert np.quantile(rubato, 0.9) > 2 * np.quantile(rubato, 0.1)
    link = HABITS["player"]["correlation"]
    wanted = link[LINKED.index("tempo.rubato"), LINKED.index("velocity.spread")]
    found = np.corrcoef(np.log(rubato), [p.dynamics for p in players])[0, 1]
    assert found == pytest.approx(wanted, abs=0.2)


def test_the_measuring_finds_in_a_rendering_what_was_put_in():
    """The same program that measures people recovers the share of wrong and missing notes."""
    notes = scale_over_bass(60)
    pedals = np.zeros(0, [("time", "f8"), ("value", "u1"), ("soft", "?")])
    wrong, missing, rubato, wanted = [], [], [], []
    for seed in range(12):
        player = draw_player(HABITS, np.random.default_rng(seed))
        played = render(notes, np.random.default_rng(seed), HABITS)
        row = as_row({"pedals": pedals}, notes, played)
        seen = portrait(row)
        wrong.append(seen["wrong"] - player.wrong)
        missing.append(seen["missing"] - player.missing)
        rubato.append(seen["rubato"])
        wanted.append(player.rubato)
    assert abs(np.median(wrong)) < 0.01 and abs(np.median(missing)) < 0.01
    assert np.corrcoef(np.log(rubato), np.log(wanted))[0, 1] > 0.7
    assert len(aligned(row).time) > 0.9 * len(np.unique(notes["score_onset"]))


def test_a_rendering_is_fast():
    """1,100 notes in 5 ms on an idle machine; ten times as much is a fault of the program."""
    notes = scale_over_bass(110)
    start = time.perf_counter()
    for seed in range(10):
        play(notes, seed)
    assert (time.perf_counter() - start) / 10 < 0.05
