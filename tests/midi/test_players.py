"""Who plays: parts, hands and names from the tracks, channels and programs of a file."""

import io

import mido
import pytest

from engrave.midi.read import read_midi
from engrave.midi.smf import MidiError
from engrave.music.performance import Omitted

UP = [60, 62, 64, 65, 67, 69, 71, 72]
LOW = [pitch - 24 for pitch in UP]


def track(pitches, name="", program=None, channel=0, start=0):
    """Quarter notes, one after the other; a tuple is a chord."""
    row = mido.MidiTrack()
    if name:
        row.append(mido.MetaMessage("track_name", name=name))
    if program is not None:
        row.append(mido.Message("program_change", program=program, channel=channel))
    for k, chord in enumerate(pitches):
        keys = chord if isinstance(chord, tuple) else (chord,)
        for j, key in enumerate(keys):
            wait = start if k == j == 0 else 0
            row.append(mido.Message("note_on", note=key, channel=channel, time=wait))
        for j, key in enumerate(keys):
            row.append(mido.Message("note_off", note=key, channel=channel, time=0 if j else 480))
    return row


def read(*tracks, kind=1):
    content = io.BytesIO()
    file = mido.MidiFile(type=kind)
    file.tracks.extend(tracks)
    file.save(file=content)
    return read_midi(content.getvalue())


def names(performance):
    return [player.name for player in performance.players]


def hands(performance):
    """The hands that the low and the high notes are given to."""
    return [{n.hand for n in performance.notes if (n.pitch >= 60) == high} for high in (0, 1)]


@pytest.mark.parametrize(
    ("right", "left"),
    [("Piano (right)", "Piano (left)"), ("RH", "LH"), ("Treble", "Bass"), ("m.d.", "m.g.")],
)
def test_tracks_called_by_the_hands_are_one_piano(right, left):
    performance = read(track(LOW, left), track(UP, right))
    assert names(performance) == ["Piano"]
    assert hands(performance) == [{2}, {1}]


def test_two_tracks_one_above_the_other_are_the_hands():
    performance = read(track(UP, "Piano"), track(LOW, "Piano"))
    assert names(performance) == ["Piano"]
    assert hands(performance) == [{2}, {1}]


@pytest.mark.parametrize(
    "other", [[(36, 60)] * 8, [pitch - 2 for pitch in UP], [90, 40] * 4], ids=str
)
def test_two_tracks_that_no_hand_plays_alone_say_nothing_of_hands(other):
    performance = read(track(UP, "Piano"), track(other, "Piano"))
    assert names(performance) == ["Piano"]
    assert {note.hand for note in performance.notes} == {0}


def test_keyboards_stand_below_and_are_called_by_their_kind():
    performance = read(track(UP, "My keys", 1), track(UP, "Anna", 40, 1), track(LOW, "", 32, 2))
    assert names(performance) == ["Anna", "Bass", "Piano"]
    assert [player.staves for player in performance.players] == [1, 1, 2]
    assert [player.pedalled for player in performance.players] == [False, False, True]
    assert {n.player for n in performance.notes if n.pitch < 60} == {1}


def test_a_name_that_is_an_instruments_says_what_a_piano_sound_stands_for():
    performance = read(track(UP, "Violino I"), track(LOW, "Cello"), track(UP, "Piano"))
    assert [(p.name, p.program) for p in performance.players] == [
        *(("Violino I", 40), ("Cello", 42), ("Piano", 0))
    ]


@pytest.mark.parametrize("name", ["Violin Sonata", "Horn Pipe", "Flute and Drum", "The Cello"])
def test_a_title_with_an_instrument_in_it_is_no_instrument(name):
    assert names(read(track(UP, name), track(LOW, name))) == ["Piano"]


def test_players_of_one_name_are_numbered():
    performance = read(track(UP, "", 40), track(UP, "", 40, 1), track(LOW, "", 42, 2))
    assert names(performance) == ["Violin 1", "Violin 2", "Violoncello"]


def test_in_one_track_the_channels_are_the_players():
    row = mido.MidiTrack(track(UP, "", 40) + track(LOW, "", 42, 1, start=480))
    assert names(read(row, kind=0)) == ["Violin", "Violoncello"]


def test_a_sound_laid_under_the_piano_is_left_out():
    performance = read(track(UP, "", 0), track(UP, "", 48, 1))
    assert names(performance) == ["Piano"]
    assert performance.source.left_out == (
        "8 notes of the instrument Strings (doubling the Piano)",
    )
    assert len(performance.notes) == 8
    assert performance.source.omitted == tuple(
        Omitted(k / 2, pitch, 64, 2, 2, "doubling the Piano") for k, pitch in enumerate(UP)
    )


@pytest.mark.parametrize("program", [0, 4, 48])
def test_what_only_a_layer_plays_is_the_pianos(program):
    """The second and the twelfth notes have a bass that the piano does not play."""
    tune = UP * 3
    layered = [(36 + k, pitch) if k in (1, 11) else pitch for k, pitch in enumerate(tune)]
    performance = read(track(tune, "", 0), track(layered, "", program, 1))
    assert names(performance) == ["Piano"]
    assert [note.pitch for note in performance.notes if note.pitch < 60] == [37, 47]
    assert len(performance.notes) == 26
    assert {note.hand for note in performance.notes} == {0}
    assert [omitted.pitch for omitted in performance.source.omitted] == tune


def test_what_a_layer_has_of_its_own_does_not_hide_the_hands():
    layer = track([*UP * 2, 40], "", 48, 2)
    performance = read(track(UP * 2, "", 0), track(LOW * 2, "", 0, 1), layer)
    assert {(note.pitch >= 60, note.hand) for note in performance.notes if note.pitch != 40} == {
        *((True, 1), (False, 2))
    }
    assert [note.hand for note in performance.notes if note.pitch == 40 and note.onset >= 8] == [0]


def test_the_pedal_of_a_layer_is_not_the_pianos():
    layer = track([*UP * 2, 40], "", 48, 1)
    layer.insert(0, mido.Message("control_change", control=64, value=127, channel=1))
    assert read(track(UP * 2, "", 0), layer).sustain == ()


def test_a_violin_that_doubles_the_piano_is_kept():
    assert names(read(track(UP, "", 0), track(UP, "", 40, 1))) == ["Violin", "Piano"]


def test_noises_are_left_out():
    performance = read(track(UP, "", 0), track(UP, "", 127, 1), track(UP, "", 0, 9))
    assert names(performance) == ["Piano"]
    assert performance.source.left_out == (
        "8 drum notes on channel 10",
        "8 notes of the instrument Gunshot (noise without pitch)",
    )
    assert [omitted.reason for omitted in performance.source.omitted] == [
        *["noise without pitch", "drum"] * 8
    ]
    assert names(read(track(UP, "", 127))) == ["Gunshot"]


def test_a_program_that_changes_does_not_change_the_player():
    row = track(UP, "Keys", 0)
    row += track(UP[:2], "", 48)
    assert names(read(row)) == ["Piano"]


def test_no_more_players_than_a_page_holds():
    rows = [track(UP[: 1 + k % 3], "", 24 + k % 50, k % 9) for k in range(40)]
    performance = read(*rows)
    assert len(performance.players) == 32
    assert {o.reason for o in performance.source.omitted} == {"more than 32 players"}
    assert sum(int(said.split()[0]) for said in performance.source.left_out) == len(
        performance.source.omitted
    )
    assert {note.player for note in performance.notes} == set(range(32))


def test_nobody_plays():
    with pytest.raises(MidiError, match="no notes in the file but 8 drum notes"):
        read(track(UP, "", 0, 9))
