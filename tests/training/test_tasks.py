"""The training programs: what is to be learned, how it is varied, and a small run to the end."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from engrave.listening import heads, note_features, pedal_features
from engrave.listening.note_features import KeyPresses
from engrave.midi.read import read_midi
from engrave.rhythm.bar_hypotheses import WEIGHTS
from engrave.rhythm.levels import LEVEL_WEIGHTS
from samples.tunes import SONGS, arrange, midi_of
from training import fit_bar_hypotheses
from training.data import corpora
from training.data.corpora import QUARTER, SCORE_FIELDS
from training.data.duet import FEWEST, duet
from training.fit_levels import LevelExample, fit, left_out, level_example
from training.tasks.augment import Augmentation, TrainingPiece, augment, excerpt, slower
from training.tasks.evaluation.notes import evaluate
from training.tasks.losses import loss_of_notes
from training.tasks.note_labels import (
    ANSWERS,
    PEDAL_HEADS,
    UNKNOWN,
    answer,
    position_in_full_bar,
    transposed,
    with_pedal,
)
from training.tasks.notes import Batches, Corpus, take_of
from training.tasks.pedal import PEDAL_ANSWERS, FrameBatches, pedal_at
from training.train import network_of, train
from training.weights.average import NO_EVIDENCE, join
from training.weights.eight_bit import SMALLEST
from training.weights.export import export

EIGHTH = QUARTER // 2
CONFIG = {
    **{"seed": 3, "steps": 4, "batch": 2, "window": 64, "learning_rate": 1e-3, "warm_up": 2},
    **{"weight_decay": 0.0, "averaging": 0.5, "save_every": 2, "validate_every": 4},
    "duets": 0.5,
    "network": {"channels": 16, "dilations": [1, 2], "context_every": 2, "dropout": 0.1},
    "shares": {"performances": 0.4, "scores": 0.3, "songs": 0.3, "pop_songs": 0.0},
    "loss": dict.fromkeys(heads.NOTE_HEADS, 1.0),
}


def score(
    onsets: list[int], pitches: str, meter: tuple[int, int] = (4, 4), pickup: int = 0
) -> np.ndarray:
    """Eighths at these places (in eighths); after a pickup of so many come full bars."""
    rows = np.zeros(len(onsets), SCORE_FIELDS)
    bar = 8 * meter[0] // meter[1]
    place = np.array(onsets) + (bar - pickup if pickup else 0)
    rows["score_onset"] = np.array(onsets) * EIGHTH
    rows["measure"] = place // bar
    rows["position"] = (place % bar - np.where(place < bar, (bar - pickup) % bar, 0)) * EIGHTH
    rows["duration"], rows["octave"] = EIGHTH, 4
    rows["step"] = [p.encode() for p in pitches]
    rows["pitch"] = [60 + {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9}[p] for p in pitches]
    rows["staff"], rows["voice"] = 1, 1
    rows["beats"], rows["beat_type"] = meter
    rows["measure_length"] = np.where(place < bar, pickup or bar, bar) * EIGHTH
    return rows


def answers_of(rows: np.ndarray) -> np.ndarray:
    known = np.ones(len(rows), bool)
    return answer(rows, known, np.zeros(len(rows)))


def test_the_beats_of_six_eight_are_dotted_quarters():
    said = answers_of(score(list(range(8)), "CDEFGACD", meter=(6, 8)))
    assert said["onbeat"].tolist() == [1, 0, 0, 1, 0, 0, 1, 0]
    assert said["downbeat"].tolist() == [1, 0, 0, 0, 0, 0, 1, 0]
    assert said["index"].tolist() == [0, 0, 0, 1, 1, 1, 0, 0]
    third, two_thirds = heads.PHASES.index(1 / 3), heads.PHASES.index(2 / 3)
    assert said["phase"][:3].tolist() == [0, third, two_thirds]
    assert heads.METERS[said["meter"][0]] == (2, True)
    assert heads.VALUES[said["value"][0]] == pytest.approx(1 / 3)


def test_a_pickup_ends_at_the_barline():
    rows = score([0, 1, 2, 3], "GCDE", meter=(2, 4), pickup=1)
    assert rows["position"].tolist() == [0, 0, EIGHTH, 2 * EIGHTH]
    assert position_in_full_bar(rows).tolist() == [3 * EIGHTH, 0, EIGHTH, 2 * EIGHTH]
    assert answers_of(rows)["downbeat"].tolist() == [0, 1, 0, 0]


def test_two_short_measures_make_one_bar():
    rows = score([0, 1, 2, 3], "CDEF", meter=(2, 4))
    rows["measure"] = [4, 4, 4, 5]  # a repeat sign after the third eighth
    rows["position"] = [0, EIGHTH, 2 * EIGHTH, 0]
    rows["measure_length"] = [3 * EIGHTH] * 3 + [EIGHTH]
    assert position_in_full_bar(rows).tolist() == [0, EIGHTH, 2 * EIGHTH, 3 * EIGHTH]


def test_an_added_note_is_known_as_nothing_else():
    rows = score([0, 1], "CD")
    said = answer(rows, np.array([True, False]), np.zeros(2))
    assert said["extra"].tolist() == [0, 1]
    assert [said[name][1] for name in ("onbeat", "value", "upper", "fifth")] == [UNKNOWN] * 4
    assert np.isnan(said["pace"]).tolist() == [False, True]


def test_voices_are_ranked_by_pitch_where_a_bar_has_two():
    rows = score([0, 0, 1, 8], "CGAC")
    rows["voice"] = [2, 1, 1, 1]
    assert answers_of(rows)["voice"].tolist() == [2, 1, 1, 0]


def test_transposed_names_follow_the_key():
    said = answers_of(score([0, 1], "CE"))
    up = transposed(said, 1)  # to D flat major, not C sharp major
    assert (up["key"] - 7).tolist() == [-5, -5]
    assert (up["fifth"] - 15).tolist() == [-5, -1]  # D flat, F
    assert transposed(up, -1)["fifth"].tolist() == said["fifth"].tolist()


def keys_of(count: int) -> KeyPresses:
    onset = 0.25 * np.arange(count)
    pitch = 60.0 + np.arange(count) % 12
    return KeyPresses(
        onset, onset + 0.2, pitch, np.full(count, 70.0), np.array([0.1]), np.array([127.0])
    )


def take_of_eighths(count: int) -> TrainingPiece:
    rows = score(list(range(count)), "C" * count)
    return TrainingPiece(
        keys_of(count), answer(rows, np.ones(count, bool), np.full(count, np.log(0.5)))
    )


def test_the_foot_between_one_chord_and_the_next():
    keys = keys_of(4)  # a note each quarter of a second
    foot = np.array([0.05, 0.3, 0.72]), np.array([127.0, 10.0, 90.0])
    said = with_pedal(answers_of(score([0, 1, 2, 3], "CDEF")), replace(keys, **pedal(*foot)))
    assert said["pedal_down"].tolist() == [1, 0, 0, 1]
    assert said["pedal_press"].tolist() == [1, 0, 0, 1]  # the second: for the note that follows
    assert said["pedal_lift"].tolist() == [0, 1, 0, 0]


def pedal(time: np.ndarray, depth: np.ndarray) -> dict[str, np.ndarray]:
    return {"pedal_time": time, "pedal_depth": depth}


@pytest.mark.parametrize("hidden", [0.0, 1.0])
def test_the_foot_is_asked_for_only_where_the_pedal_is_not_told(hidden: float):
    take = take_of_eighths(100)
    taken = TrainingPiece(take.keys, with_pedal(take.answers, take.keys))
    after = augment(taken, Augmentation(no_pedal=hidden, added=0), np.random.default_rng(1))
    asked = after.answers["pedal_down"] != UNKNOWN
    assert asked.all() if hidden else not asked.any()
    assert len(after.keys.pedal_time) == 1 - hidden


def test_nobody_asks_for_the_foot_of_the_renderer():
    after = augment(take_of_eighths(100), Augmentation(no_pedal=1.0), np.random.default_rng(1))
    assert all((after.answers[name] == UNKNOWN).all() for name in PEDAL_HEADS)


def test_a_duet_has_one_hand_of_each():
    piece, guest = (score(list(range(4, 8 * FEWEST, 4)), "C" * (2 * FEWEST - 1)) for _ in range(2))
    for rows, key in ((piece, 0), (guest, 1)):
        rows["staff"][::2] = 2
        rows["fifths"] = key
    guest["step"], guest["pitch"] = b"G", 67
    both = duet(piece, guest, np.random.default_rng(0))
    own = both["pitch"] == 60
    assert set(both["staff"][own]) | set(both["staff"][~own]) == {1, 2}
    assert len(set(both["staff"][own])) == len(set(both["staff"][~own])) == 1
    assert set(both["pitch"][~own]) == {72}  # G major to C major
    assert (both["position"] == both["score_onset"] % (4 * QUARTER)).all()
    assert set(both["fifths"]) == {0}


def test_pieces_in_other_bars_make_no_duet():
    piece = score(list(range(120)), "C" * 120)
    waltz = score(list(range(120)), "C" * 120, meter=(3, 4))
    assert duet(piece, waltz, np.random.default_rng(0)) is piece


def test_changes_keep_each_answer_with_its_note():
    take = take_of_eighths(200)
    marked = take.answers.copy()
    marked["phase"] = take.keys.pitch.astype(int) % 12
    calm = Augmentation(jitter=0, added=0.2, rolled=0, wander=0, other_scale=0, one_hand=0)
    for seed in range(20):
        after = augment(TrainingPiece(take.keys, marked), calm, np.random.default_rng(seed))
        own = after.answers["extra"] == 0
        steps = after.keys.pitch[own].astype(int) - after.answers["phase"][own]
        assert len(set((steps % 12).tolist())) == 1
        assert np.all(np.diff(after.keys.onset) >= 0)
        assert np.all(after.keys.release > after.keys.onset)
        assert after.keys.velocity.min() >= 1 and after.keys.velocity.max() <= 127


def test_a_slower_take_has_longer_beats():
    take = slower(take_of_eighths(8), 2.0)
    assert np.exp(take.answers["pace"]).tolist() == pytest.approx([1.0] * 8)
    assert take.keys.onset[1] == 0.5 and take.keys.pedal_time[0] == 0.2


def test_the_pace_follows_the_tempo():
    rng = np.random.default_rng(5)
    after = augment(
        take_of_eighths(100), Augmentation(jitter=0, lost=0, added=0, rolled=0, one_hand=0), rng
    )
    eighths = np.diff(after.keys.onset)
    said = np.exp(after.answers["pace"][:-1]) / 2
    assert eighths == pytest.approx(said, rel=0.05)


def test_an_excerpt_knows_the_pedal_near_by():
    part = excerpt(take_of_eighths(100), 10, 5)
    assert len(part.answers) == 5 and part.keys.onset[0] == 2.5
    assert len(part.keys.pedal_time) == 1
    assert len(excerpt(take_of_eighths(100), 80, 5).keys.pedal_time) == 0


def test_a_batch_is_the_same_each_time_and_no_two_are_alike():
    song = score(list(range(90)), "CDEFG" * 18)
    corpus = Corpus(((take_of_eighths(90),),), (song,), (song,), (), ())
    batches = Batches(corpus, CONFIG)
    rows, answers = batches[7]
    assert rows.shape == (2, 64, note_features.NOTE_FEATURES)
    assert answers.view(ANSWERS).shape == (2, 64)
    assert np.array_equal(rows, batches[7][0]) and not np.array_equal(rows, batches[8][0])


def test_what_is_not_known_does_not_count():
    said = torch.zeros(1, 2, heads.NOTE_OUTPUTS)
    rows = score([0, 1], "CD")
    known = answers_of(rows)[None]
    half = answer(rows, np.array([True, False]), np.zeros(2))[None]
    weights = {name: 1.0 for name in heads.NOTE_HEADS if name != "flags"}
    first_alone = loss_of_notes(said[:, :1], known[:, :1], weights)
    assert loss_of_notes(said, half, weights).item() == pytest.approx(first_alone.item())


def test_the_loss_falls_where_the_answer_is_right():
    answers = answers_of(score([0, 1, 2, 3], "CDEF"))[None]
    said = torch.zeros(1, 4, heads.NOTE_OUTPUTS)
    right = said.clone()
    right[0, :, 0] = torch.tensor([4.0, -4.0, 4.0, -4.0])
    weights = {"onbeat": 1.0}
    assert loss_of_notes(right, answers, weights) < 0.1 < loss_of_notes(said, answers, weights)
    assert loss_of_notes(-right, answers, weights) > loss_of_notes(said, answers, weights)


def test_midi_songs_are_read_on_their_grid(tmp_path: Path):
    from zipfile import ZipFile

    import mido

    head = mido.MidiTrack(
        [
            mido.MetaMessage("time_signature", numerator=3, denominator=4),
            mido.MetaMessage("key_signature", key="Bbm"),
        ]
    )
    piano = mido.MidiTrack(
        [
            mido.Message("note_on", note=60, velocity=80, time=480),
            mido.Message("note_off", note=60, time=240),
            mido.Message("note_on", note=64, velocity=80, time=720),
            mido.Message("note_on", note=64, velocity=0, time=480),
        ]
    )
    song = mido.MidiFile(ticks_per_beat=480)
    song.tracks += [head, piano, mido.MidiTrack()]
    song.save(tmp_path / "a.mid")
    with ZipFile(tmp_path / "midi.zip", "w") as archive:
        archive.write(tmp_path / "a.mid", "a.mid")
    (rows,) = corpora.pop_songs(tmp_path)
    assert rows["measure"].tolist() == [0, 1]
    assert rows["position"].tolist() == [QUARTER, 0]
    assert rows["duration"].tolist() == [EIGHTH, QUARTER]
    assert rows["fifths"].tolist() == [-5, -5]


@pytest.mark.slow
def test_a_run_that_was_broken_off_goes_on_and_is_exported(data: Path, tmp_path: Path):
    run, weights = tmp_path / "run", tmp_path / "reader.onnx"
    train(CONFIG, data, run)
    first = torch.load(run / "checkpoint.pt", weights_only=True)
    train({**CONFIG, "steps": 6, "validate_every": 6}, data, run)
    second = torch.load(run / "checkpoint.pt", weights_only=True)
    assert (first["step"], second["step"]) == (4, 6)
    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in log] == [4, 6]
    assert all(0 <= line["onbeat"] <= 1 for line in log)

    export(CONFIG, run, weights)
    network = network_of(CONFIG)
    network.load_state_dict(second["mean"])
    network.eval()
    session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
    for notes in (5, 200):
        rows = np.random.default_rng(notes).normal(size=(1, notes, note_features.NOTE_FEATURES))
        rows = rows.astype(np.float32)
        (said,) = session.run(None, {"notes": rows})
        wanted = network(torch.from_numpy(rows)).detach().numpy()
        assert np.abs(said - wanted).max() < 1e-4
    assert evaluate(network, data)["onbeat"] == log[-1]["onbeat"]


def test_the_reader_of_the_pedal_is_trained_and_exported(data: Path, tmp_path: Path):
    config = {**CONFIG, "lesson": "pedal", "changes": {"no_pedal": 0.0}}
    config |= {
        "network": {**CONFIG["network"], "fold": 2},
        "loss": dict.fromkeys(PEDAL_ANSWERS.names, 1.0),
    }
    train(config, data, tmp_path)
    (line,) = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert {"down_f", "press_f", "lift_f", "time"} < set(line)
    export(config, tmp_path, tmp_path / "pedal.onnx")
    network = network_of(config)
    network.load_state_dict(torch.load(tmp_path / "checkpoint.pt", weights_only=True)["mean"])
    network.eval()
    for count in (2, 300):
        rows = np.random.default_rng(count).normal(size=(1, count, pedal_features.FRAME_FEATURES))
        rows = rows.astype(np.float32)
        wanted = network(torch.from_numpy(rows))[0].detach().numpy()
        assert answers_by(tmp_path / "pedal.onnx", rows) == pytest.approx(wanted, abs=0.02)


def test_what_the_foot_does_near_each_moment():
    take = take_of_eighths(20)
    times = np.arange(0, 4, pedal_features.FRAME_SECONDS) + pedal_features.FRAME_SECONDS / 2
    foot = pedal_at(take.keys, times)
    down = take.keys.pedal_depth >= 64
    presses = take.keys.pedal_time[down & ~np.append(False, down[:-1])]
    for time, row in zip(times, foot, strict=True):
        assert row["press"] == bool((abs(presses - time) < 0.06).any())
        held = down[take.keys.pedal_time <= time]
        assert row["down"] == bool(len(held) and held[-1])


def test_windows_of_moments_hold_what_is_known_and_nothing_else(data: Path):
    changes = {"no_pedal": 0.0, "tempo_free": 0.0, "tempo": 0.0}
    config = {**CONFIG, "window": 4000, "changes": changes}
    batches = FrameBatches(data, config)
    rows, foot = batches[3]
    known = ~np.isnan(foot.view(PEDAL_ANSWERS)["down"])
    assert rows.shape == (2, 4000, pedal_features.FRAME_FEATURES) and 0 < known.sum() < known.size
    assert not rows[~known].any()
    assert np.array_equal(rows, batches[3][0]) and not np.array_equal(rows, batches[4][0])


def test_readers_joined_answer_as_one(tmp_path: Path):
    rows = (
        np.random.default_rng(1)
        .normal(size=(1, 30, note_features.NOTE_FEATURES))
        .astype(np.float32)
    )
    run, files, said = tmp_path, [tmp_path / "a.onnx", tmp_path / "b.onnx"], []
    for seed, file in enumerate(files):
        torch.manual_seed(seed)
        torch.save({"mean": network_of(CONFIG).state_dict()}, run / "checkpoint.pt")
        export(CONFIG, run, file)
        said.append(answers_by(file, rows))
    shares = {"default": [0.25, 0.75], "upper": [1.0, 0.0], "pedal_lift": [0.0, 0.0]}
    join(files, shares, tmp_path / "both.onnx")
    one, two, both = (
        heads.split_heads(a) for a in (*said, answers_by(tmp_path / "both.onnx", rows))
    )
    wanted = 0.25 * one["phase"] + 0.75 * two["phase"]
    assert np.abs(both["phase"] - wanted).max() < 0.02 * np.abs(wanted).max()
    assert both["upper"] == pytest.approx(one["upper"], abs=0.02)
    assert (both["pedal_lift"] == NO_EVIDENCE).all()
    stored = onnx.load(str(tmp_path / "both.onnx")).graph.initializer
    large = [tensor.data_type for tensor in stored if np.prod(tensor.dims) >= SMALLEST]
    assert large and set(large) == {onnx.TensorProto.INT8}


def answers_by(file: Path, rows: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return session.run(None, {"notes": rows})[0][0]


def test_a_trusted_performance_is_read_with_its_pace(data: Path):
    row = next(corpora.performances(data / "nasap" / "train"))
    assert corpora.trusted(row)
    take = take_of(row)
    beats = row["beats"]["time"]
    middle = np.exp(np.median(take.answers["pace"]))
    assert middle == pytest.approx(np.median(np.diff(beats)), rel=0.05)


def test_staves_three_and_four_are_the_upper_and_the_lower(tmp_path):
    rows = np.zeros(4, SCORE_FIELDS)
    rows["staff"], rows["score_onset"] = [1, 2, 3, 4], np.arange(4)
    write_scores(tmp_path, rows, ["CC BY 4.0"])
    (score,) = corpora.songs(tmp_path)
    assert list(score["staff"]) == [1, 2, 1, 2]


def test_pieces_whose_licence_forbids_it_are_not_learned_from(tmp_path):
    rows = np.zeros(3, SCORE_FIELDS)
    rows["pitch"] = [60, 61, 62]
    write_scores(tmp_path, rows, ["CC BY-SA 4.0", "CC BY-NC-SA 4.0", "CC BY 4.0"])
    assert [int(score["pitch"][0]) for score in corpora.songs(tmp_path)] == [61, 62]


def write_scores(folder, rows, licences):
    """A folder of scores, as many rows each."""
    size = len(rows) // len(licences)
    columns = {name: rows[name] for name in rows.dtype.names}
    columns["step"] = columns["step"].view("u1")
    np.savez(folder / "notes.npz", **columns)
    starts = [f"{k * size},{(k + 1) * size},{licence}" for k, licence in enumerate(licences)]
    (folder / "scores.csv").write_text("\n".join(["note_start,note_stop,licence", *starts]))


def test_the_level_of_the_beat_is_learned_from_what_speaks_for_it():
    """Takes in which the right speed is struck on every beat, the wrong one on every other."""
    rng = np.random.default_rng(3)
    heard = []
    for number in range(40):
        told = rng.normal(size=(3, LEVEL_WEIGHTS.size))
        right = np.arange(3) == rng.integers(3)
        told[right, 3] += 3
        heard.append(LevelExample("tune", f"piece {number}", told, right))
    weights = fit(heard)
    assert weights.shape == LEVEL_WEIGHTS.shape and weights[0, 3] == weights.max() > 0.5
    assert left_out(heard)["tune"] > 0.8


def test_a_steady_take_is_heard_at_all_speeds():
    beat, performance = 0.6, read_midi(midi_of(arrange(SONGS["London Bridge"], "bass"), 100, 0.01))
    take = level_example("tune", "London Bridge", beat, performance, "free")
    assert take.features.shape[1] == LEVEL_WEIGHTS.size and take.right.sum() == 1


def test_good_hypotheses_get_the_weight_of_what_speaks_for_them():
    rng = np.random.default_rng(4)
    takes = []
    for number in range(60):
        told, good = rng.normal(size=(6, len(WEIGHTS))), np.zeros((6, 3))
        good[rng.integers(6)] = 1
        told[:, 2] += 3 * good[:, 0]
        takes.append(fit_bar_hypotheses.Example(f"work {number // 2}", told, good))
    weights = fit_bar_hypotheses.fit(takes)
    assert weights.argmax() == 2 and weights[2] > 3 * np.abs(np.delete(weights, 2)).max()
    assert (fit_bar_hypotheses.left_out(takes) > 0.8).all()


def test_tunes_are_made_up_for_each_window():
    batches = Batches(Corpus((), (), (), (), ()), {**CONFIG, "shares": {"tunes": 1.0}})
    rows, answers = batches[0]
    assert np.isfinite(rows).all() and not np.array_equal(rows, batches[1][0])
    known = answers.view(ANSWERS)
    assert (known["upper"] != UNKNOWN).any() and (known["fifth"] == UNKNOWN).all()
