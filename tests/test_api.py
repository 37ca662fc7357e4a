"""The face in Python: what `transcribe` takes, and what its score can do."""

from fractions import Fraction

import pytest
from lxml import etree

import engrave
from engrave.doubts.doubt import Choice, Doubt, Doubts, explain_doubts
from engrave.midi.smf import MidiError
from engrave.music.grid import Bar, Grid, Tap
from engrave.music.marks import TempoMark
from engrave.music.performance import Performance, PlayedNote, Source
from engrave.music.score import Measure, Part, Unwritten
from engrave.music.values import KeySignature, NoteValue, TimeSignature
from tests.support.waltz import WALTZ, make_waltz


@pytest.fixture(scope="module")
def waltz() -> engrave.Score:
    return engrave.transcribe(WALTZ, title="Waltz")


def test_transcribe_gives_the_score_and_what_it_was_made_from(waltz):
    assert waltz.title == "Waltz"
    assert len(waltz.performance.notes) == 72
    assert len(waltz.grid.bars) == len(waltz.parts[0].measures)


def test_a_score_shows_itself_in_a_notebook(waltz):
    assert etree.QName(etree.fromstring(waltz._repr_svg_().encode())).localname == "svg"
    assert waltz._repr_mimebundle_(include=None, exclude=None) == {
        "text/plain": repr(waltz),
        "text/html": waltz._repr_html_(),
        "image/svg+xml": waltz._repr_svg_(),
    }


def test_a_score_says_how_sure_it_is(waltz):
    lines = waltz.explain().splitlines()
    assert lines == explain_doubts(waltz.doubts)
    assert waltz.doubts.key.written.words in lines[3]


def test_a_score_goes_on_in_music21(waltz):
    sounding = [pitch.midi for pitch in waltz.to_music21().flatten().pitches]
    assert set(sounding) == {note.pitch for note in waltz.performance.notes}


def test_save_refuses_a_suffix_that_it_does_not_know(waltz, tmp_path):
    with pytest.raises(ValueError, match=r"\.musicxml, \.xml, \.mxl, \.svg"):
        waltz.save(tmp_path / "take.doc")
    assert list(tmp_path.iterdir()) == []


def test_save_names_the_file_that_cannot_be_written(waltz, tmp_path):
    path = tmp_path / "none" / "take.svg"
    with pytest.raises(FileNotFoundError) as caught:
        waltz.save(path)
    assert caught.value.filename == str(path)


def test_save_writes_through_a_link(waltz, tmp_path):
    (tmp_path / "real.xml").touch()
    (tmp_path / "link.xml").symlink_to("real.xml")
    waltz.save(tmp_path / "link.xml")
    assert (tmp_path / "link.xml").is_symlink()
    assert (tmp_path / "real.xml").stat().st_size > 0


def test_options_may_be_texts_or_values():
    texts = engrave.transcribe(WALTZ, meter="6/8", key="g minor")
    values = engrave.transcribe(WALTZ, meter=TimeSignature(6, 8), key=KeySignature(-2, "minor"))
    assert texts == values
    assert texts != engrave.transcribe(WALTZ)


def test_what_is_played_twice_is_written_once_if_that_is_wished():
    plain, folded = (
        engrave.transcribe(make_waltz(16), find_repeats=find) for find in (False, True)
    )
    assert len(plain.parts[0].measures) == 16 > len(folded.parts[0].measures)
    assert len(folded.as_played(folded.parts[0])) == 16


def test_taps_may_be_a_file_or_values(tmp_path):
    path = tmp_path / "taps.txt"
    path.write_text("".join(f"{beat / 2} {'' if beat % 3 else 'downbeat'}\n" for beat in range(36)))
    taps = [Tap(beat / 2, beat % 3 == 0) for beat in range(36)]
    assert engrave.read_taps(path) == tuple(taps)
    assert engrave.transcribe(WALTZ, beats=path) == engrave.transcribe(WALTZ, beats=taps)


@pytest.mark.parametrize(
    "option", [{"meter": "3/0"}, {"tempo": -1}, {"key": "x"}, {"weights": "heavy"}]
)
def test_an_option_that_makes_no_sense(option):
    with pytest.raises(ValueError, match=str(*option.values())) as caught:
        engrave.transcribe(WALTZ, **option)
    assert not isinstance(caught.value, MidiError)


def test_what_is_not_midi():
    with pytest.raises(MidiError):
        engrave.transcribe(b"not music")


TAKE = Source(name="take.mid")


SURE = Doubt(Choice("as written", 1.0, ""), others=())


def score_of(*measures: Measure, source: Source = TAKE, **more) -> engrave.Score:
    """A score with these measures, made from two notes."""
    notes = (PlayedNote(0.0, 1.0, 60, 64), PlayedNote(1.0, 2.0, 62, 64))
    return engrave.Score(
        parts=(Part("Piano", 2, measures),),
        performance=Performance(notes, source=source),
        grid=Grid((0.0, 1.0), (Fraction(0), Fraction(1)), (Bar(Fraction(0), Fraction(3), 3, 4),)),
        doubts=Doubts(SURE, SURE, SURE, SURE, hard_bars=(), correction=None),
        **more,
    )


def opening(**more) -> Measure:
    facts = {"number": 1, "time": TimeSignature(3, 4), "key": KeySignature(-2, "minor")} | more
    return Measure(length=Fraction(3), voices=(), **facts)


def test_summary():
    andante = TempoMark(Fraction(0), NoteValue("quarter"), 72, "Andante")
    said = score_of(opening(marks=(andante,))).summary()
    assert said == "take.mid: 3/4, G minor, Andante (quarter = 72), 1 bar, 2 notes"


def test_summary_with_a_pickup_changes_and_a_dotted_beat():
    beat = TempoMark(Fraction(0), NoteValue("quarter", dots=1), 60)
    later = opening(number=2, time=TimeSignature(6, 8), key=KeySignature(3))
    said = score_of(opening(number=0, marks=(beat,)), opening(key=None), later).summary()
    assert said == (
        "take.mid: 3/4 and 6/8, G minor and A major, dotted quarter = 60, "
        "2 bars and a pickup, 2 notes"
    )


def test_summary_says_what_is_not_on_the_page():
    said = score_of(
        opening(),
        source=Source(left_out=("12 drum notes on channel 10",)),
        unwritten=(Unwritten(0, "struck twice at once"), Unwritten(1, "struck twice at once")),
    ).summary()
    assert said == (
        "3/4, G minor, 1 bar, 2 notes; left out: 12 drum notes on channel 10; "
        "2 notes not written: struck twice at once"
    )
