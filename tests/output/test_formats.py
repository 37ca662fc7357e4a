"""What a score can be saved as: the suffix chooses, and what does not go with it is refused."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from engrave.api import Score
from engrave.doubts.doubt import Choice, Doubt, Doubts
from engrave.music.performance import Source
from engrave.output.formats import (
    FORMATS,
    SaveOptions,
    check_suffix,
    files_of,
    parse_paper,
    write,
)
from engrave.output.html.assets import AudioFile
from engrave.output.musicxml.document import write_musicxml, write_mxl
from tests.output.svg.test_pages import many_measures
from tests.support.playing import even_grid
from tests.support.scores import eight_notes, performance_of

BEGINNINGS = {
    ".musicxml": b"<?xml",
    ".xml": b"<?xml",
    ".mxl": b"PK",
    ".svg": b"<svg",
    ".html": b"<!DOCTYPE html>",
    ".mid": b"MThd",
    ".pdf": b"%PDF",
    ".png": b"\x89PNG",
}


def read() -> Score:
    """Eight notes as users have them: with what was played, and nothing to doubt."""
    score = eight_notes()
    sure = Doubt(Choice("as written", 1.0, ""), ())
    doubts = Doubts(sure, sure, sure, sure, (), None)
    parts = {one.name: getattr(score, one.name) for one in fields(score)}
    performance = performance_of(score)
    performance = replace(performance, source=Source("take.mid", data=b"what was recorded"))
    return Score(**parts, performance=performance, grid=even_grid(4, 4, bars=2), doubts=doubts)


@pytest.mark.parametrize("suffix", FORMATS)
def test_each_suffix_has_its_format(suffix: str) -> None:
    assert write(read(), suffix).startswith(BEGINNINGS[suffix])


def test_xml_is_another_name_for_musicxml() -> None:
    score = eight_notes()
    assert write(score, ".xml") == write(score, ".musicxml") == write_musicxml(score)
    assert write(score, ".mxl") == write_mxl(score)


@pytest.mark.parametrize("name", ["a", "a.", "a.doc", "a.midi", ".svg", "a.svg.gz"])
def test_another_suffix_is_refused_and_those_there_are_are_named(name: str) -> None:
    with pytest.raises(ValueError, match=r"must be one of \.musicxml, \.xml, \.mxl, \.svg, "):
        check_suffix(Path(name))


def test_large_letters_are_as_good() -> None:
    (file,) = files_of(eight_notes(), Path("A.MusicXML"), SaveOptions())
    assert (file.path, file.content) == (Path("A.MusicXML"), write_musicxml(eight_notes()))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_a_page_is_only_for_pictures(suffix: str) -> None:
    path = Path(f"a{suffix}")
    if suffix in (".svg", ".png"):
        check_suffix(path, pages=True)
    else:
        with pytest.raises(ValueError, match=r"only \.svg and \.png have one file a page"):
            check_suffix(path, pages=True)


@pytest.mark.parametrize("suffix", FORMATS)
def test_assets_and_sound_are_only_for_pages_that_play(suffix: str) -> None:
    path, sound = Path(f"a{suffix}"), AudioFile(Path("take.wav"), 0.0)
    if suffix == ".html":
        check_suffix(path, page_options=True)
        return
    for options in (SaveOptions(assets=True), SaveOptions(sound=sound)):
        with pytest.raises(ValueError, match=r"only an \.html page has assets and audio"):
            files_of(eight_notes(), path, options)


def test_pages_are_numbered_and_none_of_them_is_what_the_user_named() -> None:
    found = files_of(many_measures(60), Path("out/take.svg"), SaveOptions(pages=True))
    assert [str(file.path) for file in found] == [
        str(Path(f"out/take-{n}.svg")) for n in range(1, len(found) + 1)
    ]
    assert len(found) > 1 and not any(file.named for file in found)
    assert len({file.content for file in found}) == len(found)


@pytest.mark.parametrize("named", [True, False])
def test_one_file_is_the_users_choice_or_not(named: bool) -> None:
    (file,) = files_of(eight_notes(), Path("a.mxl"), SaveOptions(named=named))
    assert file.named == named


def test_a_page_brings_what_belongs_to_it_if_that_is_wished() -> None:
    alone = files_of(read(), Path("a.html"), SaveOptions())
    together = files_of(read(), Path("a.html"), SaveOptions(assets=True))
    assert [file.path.name for file in alone] == ["a.html"]
    assert {"a.html", "a.mid", "a.musicxml"} <= {file.path.name for file in together}


def test_paper_has_a_name() -> None:
    assert (parse_paper("A4"), parse_paper("letter")) == ("a4", "letter")
    with pytest.raises(ValueError, match="'a5' is no paper; there are a4 and letter"):
        parse_paper("a5")
    with pytest.raises(ValueError, match="'a5' is no paper"):
        files_of(eight_notes(), Path("a.pdf"), SaveOptions(paper="a5"))


def test_the_paper_is_that_of_each_page() -> None:
    a4, letter = (
        files_of(eight_notes(), Path("a.svg"), SaveOptions(pages=True, paper=paper))
        for paper in ("a4", "letter")
    )
    assert b'viewBox="0 0 2100 2970"' in a4[0].content
    assert b'viewBox="0 0 2159 2794"' in letter[0].content
