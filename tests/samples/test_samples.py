"""What `engrave` makes of the samples: sound scores that other programs read as they are meant."""

import pytest

import engrave
from samples import FOLDER, names
from samples.make import WRITTEN
from tests.support.judge import check

NAMES = names()


@pytest.fixture(scope="module", params=NAMES)
def sample(request):
    """A sample's name and its score."""
    return request.param, engrave.transcribe(FOLDER / f"{request.param}.mid")


def test_score_keeps_all_rules(sample):
    _, score = sample
    assert check(score, score.performance) == []


def test_every_note_is_written(sample):
    _, score = sample
    assert score.unwritten == ()


@pytest.mark.parametrize("suffix", WRITTEN)
def test_committed_file_is_what_the_program_writes(sample, suffix, tmp_path):
    """After a change in the music: look at the pages, then `python samples/make.py`."""
    name, score = sample
    score.save(tmp_path / f"again{suffix}")
    committed = (FOLDER / name).with_suffix(suffix).read_bytes()
    assert (tmp_path / f"again{suffix}").read_bytes() == committed


def test_file_keeps_the_schema(sample, schema_judge):
    assert schema_judge(FOLDER / f"{sample[0]}.musicxml") == []


def test_musescore_reads_what_was_written(sample, musescore_judge):
    assert musescore_judge(FOLDER / f"{sample[0]}.musicxml") == []
