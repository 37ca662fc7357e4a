"""What readers download: our page in bytes, and the peers as npm installs them."""

import gzip
import json

import pytest

import engrave
from bench.runs.page_weight import (
    PEERS,
    SAMPLE,
    own_downloads,
    peer_downloads,
    play_twice,
    write_weights,
)
from engrave.midi.read import read_midi
from engrave.output.formats import write


def test_a_performance_is_played_twice():
    once, twice = read_midi(SAMPLE), read_midi(play_twice(SAMPLE))
    pitches = [note.pitch for note in once.notes]
    assert [note.pitch for note in twice.notes] == 2 * pitches
    assert len(twice.sustain) == 2 * len(once.sustain)


@pytest.mark.slow
def test_our_page_of_32_bars_is_smaller_than_any_peer_alone():
    score = engrave.transcribe(play_twice(SAMPLE))
    assert len(score.performance.notes) == 366
    page, picture, player = own_downloads(score)
    assert page.sent == len(gzip.compress(write(score, ".html"), 9)) < 100_000
    assert player.sent < 30_000 and picture.sent < 30_000 and picture.raw < 130_000


def test_peers_are_weighed_with_the_score_that_they_read(tmp_path):
    for name, (path, _) in PEERS.items():
        (tmp_path / name / path).parent.mkdir(parents=True)
        (tmp_path / name / path).write_bytes(b"x" * 1000)
        (tmp_path / name / "package.json").write_text(json.dumps({"version": "1.2"}))
    downloads = list(peer_downloads(tmp_path, b"score"))
    assert [one.raw for one in downloads] == [1005, 1000, 1005]
    assert downloads[1].sent < downloads[0].sent == downloads[2].sent
    table = write_weights(downloads).splitlines()
    assert table[2] == "| opensheetmusicdisplay 1.2 | 1 | 0.1 | shows; with the MusicXML |"
