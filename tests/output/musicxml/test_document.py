"""What is written, element for element, and what other programs find in it."""

import io
import zipfile
from dataclasses import replace

import pytest
from lxml import etree

from engrave.music.score import Chord
from engrave.music.values import NoteValue
from engrave.output.musicxml.document import write_musicxml, write_mxl
from tests.support import scores
from tests.support.judge import check
from tests.support.scores import chord, head, measure, opening, piano, rest, voice, whole_rest
from tests.support.xml import texts, tree_of

HOSTILE = 'Ro<b>ndo</b> & "Op. 1" \x00\x08\ud800\ufffe]]> &amp;\n\tNo. 2 \U0001d11e'
HARMLESS = 'Ro<b>ndo</b> & "Op. 1" ]]> &amp; No. 2 \U0001d11e'


def test_the_head_says_title_composer_instrument_and_what_is_supported():
    tree = tree_of(scores.eight_notes())
    assert tree.get("version") == "4.0"
    assert texts(tree, "work/work-title") == ["Eight Notes"]
    assert texts(tree, "identification/creator[@type='composer']") == ["A. Hand"]
    assert texts(tree, "part-list/score-part/part-name") == ["Piano"]
    instrument = tree.find("part-list/score-part/score-instrument").get("id")
    assert tree.find("part-list/score-part/midi-instrument").get("id") == instrument
    encoding = tree.find("identification/encoding")
    assert encoding.findtext("software").startswith("engrave")
    assert encoding.find("encoding-date") is None
    assert {e.get("element") for e in encoding.iterfind("supports")} == {
        *("accidental", "beam", "stem")
    }


def test_divisions_make_every_duration_exact():
    quintuplet = NoteValue("16th", 0, 5, 4)
    score = piano(
        measure(
            1,
            voice(
                1,
                chord("32", head("C5", 0)),
                chord("16.", head("C5", 1)),
                rest("8"),
                chord(quintuplet, head("C5", 2), tuplet_start=True),
                *(chord(quintuplet, head("C5", played)) for played in (3, 4, 5)),
                chord(quintuplet, head("C5", 6), tuplet_stop=True),
            ),
            voice(5, whole_rest(2)),
            **opening(2),
        )
    )
    tree = tree_of(score)
    assert texts(tree, ".//divisions") == ["40"]
    assert texts(tree, ".//note/duration") == ["5", "15", "20", *["8"] * 5, "80"]


def test_texts_of_strangers_are_data():
    score = replace(scores.eight_notes(), title=HOSTILE, composer=HOSTILE)
    tree = tree_of(score)
    assert texts(tree, "work/work-title") == [HARMLESS]
    assert texts(tree, "identification/creator") == [HARMLESS]
    unsaid = tree_of(replace(score, title="\x00 \n", composer=""))
    assert unsaid.find("work") is None
    assert unsaid.find("identification/creator") is None


@pytest.mark.parametrize("write", [write_musicxml, write_mxl])
def test_the_same_score_gives_the_same_bytes(write):
    assert write(scores.eight_notes()) == write(scores.eight_notes())


def test_the_compressed_file_leads_to_the_score():
    with zipfile.ZipFile(io.BytesIO(write_mxl(scores.triplets()))) as archive:
        assert archive.namelist()[0] == "mimetype"
        container = etree.fromstring(archive.read("META-INF/container.xml"))
        path = container.find("rootfiles/rootfile").get("full-path")
        assert archive.read(path) == write_musicxml(scores.triplets())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("make", scores.ALL)
def test_the_schema_accepts_it(make, schema_judge, tmp_path):
    path = tmp_path / "score.musicxml"
    path.write_bytes(write_musicxml(replace(make(), title=HOSTILE)))
    assert schema_judge(path) == []


@pytest.mark.parametrize("make", scores.ALL)
def test_musescore_keeps_everything(make, musescore_judge, tmp_path):
    score = make()
    assert check(score) == []
    path = tmp_path / "score.musicxml"
    path.write_bytes(write_musicxml(score))
    assert musescore_judge(path) == []


def test_all_heads_are_written():
    for make in scores.ALL:
        score = make()
        heads = [
            notehead
            for part in score.parts
            for bar in part.measures
            for content in bar.voices
            for event in content.events
            if isinstance(event, Chord)
            for notehead in event.heads
        ]
        assert len(tree_of(score).findall(".//note[pitch]")) == len(heads)


def test_each_part_has_its_name_program_and_clef():
    tree = tree_of(scores.duo())
    assert texts(tree, ".//part-name") == ["Double Bass", "Piano"]
    assert texts(tree, ".//midi-program") == ["44", "1"]
    assert texts(tree, "part[@id='P1']//clef-octave-change") == ["-1"]
    assert texts(tree, ".//staves") == ["1", "2"]


def test_the_head_says_where_the_music_is_from():
    score = replace(scores.eight_notes(), source="air.mid", date="3 May 2024", rights="(c) me")
    tree = tree_of(score)
    assert texts(tree, "identification/source") == ["air.mid"]
    assert texts(tree, "identification/rights") == ["(c) me"]
    assert texts(tree, "identification/miscellaneous/miscellaneous-field") == ["3 May 2024"]
