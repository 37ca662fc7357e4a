"""Notation, feature by feature: each sample gives the page that its sentence promises."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engrave.output.musicxml.document import write_musicxml
from engrave.output.svg.pages import write_svg
from judges import musescore
from tests.regression import ALL
from tests.regression.page import parse_page, read_page
from tests.regression.sample import Made, Sample, make
from tests.support.judge import check

samples = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)


@pytest.fixture(scope="module")
def made() -> dict[str, Made]:
    return {sample.name: make(sample) for sample in ALL}


@pytest.fixture(scope="module")
def files(made: dict[str, Made]) -> Iterator[dict[str, Path]]:
    with TemporaryDirectory() as name:
        paths = {sample: Path(name) / f"{sample}.musicxml" for sample in made}
        for sample, path in paths.items():
            path.write_bytes(write_musicxml(made[sample].score))
        yield paths


@pytest.fixture(scope="module")
def found_by_musescore(files: dict[str, Path], musescore3: str) -> dict[str, list[str]]:
    return dict(zip(files, musescore.judge_all(list(files.values())), strict=True))


def test_each_feature_has_a_name_and_a_sentence() -> None:
    assert len({sample.name for sample in ALL}) == len(ALL) >= 60
    assert all(sample.sentence.endswith(".") for sample in ALL)


@samples
def test_the_page_says_what_it_must(sample: Sample, made: dict[str, Made]) -> None:
    page, promised = read_page(write_musicxml(made[sample.name].score)), parse_page(sample.page)
    assert promised
    silent = [""] * len(next(iter(promised.values())))
    assert {name: page.get(name, silent) for name in promised} == promised


@samples
def test_the_page_keeps_all_rules(sample: Sample, made: dict[str, Made]) -> None:
    assert check(made[sample.name].score, made[sample.name].performance) == []


@samples
def test_the_file_keeps_the_schema(sample: Sample, files: dict[str, Path], schema_judge) -> None:
    assert schema_judge(files[sample.name]) == []


@samples
def test_verovio_draws_what_is_written(sample: Sample, made: dict[str, Made]) -> None:
    write_svg(made[sample.name].score)  # raises EngravingError where a note is not drawn


@samples
def test_musescore_reads_what_is_written(
    sample: Sample, found_by_musescore: dict[str, list[str]]
) -> None:
    assert found_by_musescore[sample.name] == []
