"""What is counted on a page, in bars that a reader can count by eye; and what a page reads as."""

import io
import zipfile
from fractions import Fraction

import pytest

from bench.metrics.readability import Readability, readability
from bench.pages.read_musicxml import read_page

HEAD = """<attributes><divisions>12</divisions><key><fifths>-1</fifths></key>
<time><beats>2</beats><beat-type>4</beat-type></time><staves>2</staves></attributes>"""

# In words: pitch (or -), duration, and what else stands in the note.
TYPES = {12: "quarter", 6: "eighth", 4: "eighth", 3: "16th", 24: "half", 9: "eighth", 18: "quarter"}
TIMES = "<time-modification><actual-notes>{}</actual-notes><normal-notes>{}</normal-notes>"
TRIPLET = TIMES.format(3, 2) + "</time-modification>"
SEPTUPLET = TIMES.format(7, 4) + "</time-modification>"


def note(pitch: str, duration: int, *, at: tuple[int, int] = (1, 1), before="", ties="") -> str:
    """A note or a rest ("-") of a voice and a staff; `ties` holds < and > for a tie that arrives,
    that leads on.
    """
    voice, staff = at
    what = (
        "<rest/>"
        if pitch == "-"
        else f"<pitch><step>{pitch[0]}</step><octave>{pitch[1]}</octave></pitch>"
    )
    tie = '<tie type="stop"/>' * ("<" in ties) + '<tie type="start"/>' * (">" in ties)
    length = f"<duration>{duration}</duration>" if duration else ""
    dot = "<dot/>" if duration in (9, 18) else ""
    tuplet = TRIPLET if duration == 4 else ""
    return (
        f"<note>{before}{what}{length}{tie}<voice>{voice}</voice>"
        f"<type>{TYPES.get(duration, '32nd')}</type>{dot}{tuplet}<staff>{staff}</staff></note>"
    )


def marked(written: str, attribute: str) -> str:
    """A note with an attribute."""
    return written.replace("<note>", f"<note {attribute}>")


def back(duration: int) -> str:
    return f"<backup><duration>{duration}</duration></backup>"


def score(*measures: str, more_parts: str = "") -> bytes:
    """A MusicXML file of one part (and more), in F major, 2/4, twelve divisions a quarter."""
    written = "".join(f'<measure number="{n}">{m}</measure>' for n, m in enumerate(measures, 1))
    return f'<score-partwise><part id="P1">{written}</part>{more_parts}</score-partwise>'.encode()


# Two bars, two staves:
#   upper  C5 quarter, tied to C5 eighth, D5 eighth | triplet E5 F5 G5, quarter rest
#   lower  half rest                                | dotted eighth rest, C3 twice as 32nd, C3
#                                                     quarter; and under it a half note A2
TWO_BARS = score(
    HEAD
    + note("C5", 12, ties=">")
    + note("C5", 6, ties="<")
    + note("D5", 6)
    + back(24)
    + note("-", 24, at=(5, 2)),
    note("E5", 4)
    + note("F5", 4)
    + note("G5", 4)
    + note("-", 12)
    + back(24)
    + note("-", 9, at=(5, 2))
    + note("C3", 1, at=(5, 2))
    + note("C3", 2, at=(5, 2))
    + note("C3", 12, at=(5, 2))
    + back(24)
    + note("A2", 24, at=(6, 2)),
)


def test_two_bars_by_eye():
    """10 heads, one of them tied to: 9 notes. 3 rests, one dotted. 3 voice-bars and 2."""
    assert readability(TWO_BARS) == Readability(
        ties_per_note=1 / 9,
        rests_per_bar=3 / 2,
        tuplet_notes_per_note=3 / 10,
        voices_per_staff_bar=5 / 4,
        dotted_rests_per_bar=1 / 2,
        short_notes_per_bar=2 / 2,
    )


def test_hidden_and_cue_signs_and_graces_are_not_counted():
    page = score(
        HEAD
        + note("C5", 0, before='<grace slash="yes"/>')
        + note("D5", 12)
        + marked(note("-", 6), 'print-object="no"')
        + note("E5", 6, before="<cue/>")
    )
    assert readability(page) == Readability(0, 0, 0, 1, 0, 0)


def test_nothing_written():
    assert readability(score(HEAD)) == Readability(0, 0, 0, 0, 0, 0)


def test_page_of_the_two_bars():
    page = read_page(TWO_BARS)
    assert [(bar.start, bar.length, bar.beats, bar.beat_type, bar.fifths) for bar in page.bars] == [
        (0, 2, 2, 4, -1),
        (2, 2, 2, 4, -1),
    ]
    third = Fraction(1, 3)
    upper = [(n.onset, n.length, n.pitch) for n in page.notes if n.staff == 1]
    assert upper == [
        (0, Fraction(3, 2), 72),
        (Fraction(3, 2), Fraction(1, 2), 74),
        (2, third, 76),
        (2 + third, third, 77),
        (2 + 2 * third, third, 79),
    ]
    assert len({n.voice for n in page.notes}) == 3


def test_a_grace_note_stands_where_it_leads_to():
    page = read_page(
        score(HEAD + note("C5", 12) + note("D5", 0, before="<grace/>") + note("E5", 12))
    )
    grace = page.notes[1]
    assert (grace.pitch, grace.onset, grace.length, grace.grace) == (74, 1, 0, True)


def test_a_chord_begins_together():
    chord = note("C5", 12) + note("E5", 12, before="<chord/>") + note("G5", 12)
    assert [n.onset for n in read_page(score(HEAD + chord)).notes] == [0, 0, 1]


def test_a_tie_leads_over_the_barline_into_another_voice():
    first = HEAD + note("-", 12) + note("C5", 12, ties=">")
    second = note("G5", 24) + back(24) + note("C5", 12, at=(2, 1), ties="<")
    held, other = read_page(score(first, second)).notes
    assert (held.onset, held.length) == (1, 2)
    assert (other.pitch, other.onset) == (79, 2)


def test_a_tie_from_nowhere_is_none():
    page = read_page(score(HEAD + note("C5", 12) + note("C5", 12, ties="<")))
    assert [n.length for n in page.notes] == [1, 1]


def test_a_note_lasts_as_long_as_the_hidden_one_it_is_tied_to():
    hidden = marked(note("C5", 12, ties="<"), 'print-object="no"')
    (only,) = read_page(score(HEAD + note("C5", 12, ties=">") + hidden)).notes
    assert only.length == 2


def test_rounded_tuplets_fill_the_bar():
    """Seven in the time of four sixteenths, at 12 divisions: 7 x 2 make 14 instead of 12."""
    seventh = note("C5", 2).replace("32nd", "16th").replace("<staff>", f"{SEPTUPLET}<staff>")
    upper = 7 * seventh + note("E5", 12)
    page = read_page(score(HEAD + upper + back(24) + note("C3", 24, at=(2, 1))))
    assert page.bars[0].length == 2
    assert [n.onset for n in page.notes] == [0, 0, *(Fraction(k, 7) for k in range(1, 7)), 1]


def test_bars_know_their_real_length_and_signatures():
    """A pickup; then a key that stands at the end of a bar, which counts from the next one on."""
    key = "<attributes><key><fifths>3</fifths></key></attributes>"
    page = read_page(score(HEAD + note("C5", 12), note("C5", 24) + key, note("C5", 24)))
    assert [(b.start, b.length, b.fifths) for b in page.bars] == [(0, 1, -1), (1, 2, -1), (3, 2, 3)]


def test_a_voice_that_goes_from_staff_to_staff_is_one():
    line = note("C4", 12, at=(5, 2)) + note("E4", 12, at=(5, 1))
    other = note("G4", 24, at=(1, 1))
    page = read_page(score(HEAD + line + back(24) + other))
    assert [(n.staff, n.voice) for n in page.notes] == [(2, 1), (1, 2), (1, 1)]


def test_two_parts_are_two_staves():
    lower = f'<part id="P2"><measure number="1">{HEAD.replace("<staves>2</staves>", "")}'
    lower += f"{note('C3', 24)}</measure></part>"
    one_staff = HEAD.replace("<staves>2</staves>", "")
    page = read_page(score(one_staff + note("C5", 24), more_parts=lower))
    assert [(n.pitch, n.staff) for n in page.notes] == [(48, 2), (72, 1)]
    assert page.notes[0].voice != page.notes[1].voice


def test_ids_of_engrave_say_the_key_press():
    heads = marked(note("C5", 12, ties=">"), 'id="p17"')
    heads += marked(note("C5", 6, ties="<"), 'id="p17-2"')
    strange = marked(note("D5", 6), 'id="n3"')
    assert [n.played for n in read_page(score(HEAD + heads + strange)).notes] == [17, None]


def test_compressed_and_from_a_file(tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as mxl:
        mxl.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="a/b.xml"/></rootfiles></container>',
        )
        mxl.writestr("a/b.xml", TWO_BARS)
    path = tmp_path / "take.mxl"
    path.write_bytes(archive.getvalue())
    assert read_page(path) == read_page(archive.getvalue()) == read_page(TWO_BARS)


def test_what_is_no_partwise_score_is_refused():
    with pytest.raises(ValueError, match="score-timewise"):
        read_page(b"<score-timewise/>")
