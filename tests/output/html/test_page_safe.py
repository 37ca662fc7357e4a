"""Texts come from strangers: whatever stands in them is text on the page, and nothing else."""

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from io import BytesIO

import mido
import pytest

import engrave
from engrave.music.marks import Dynamic, TempoMark
from engrave.output.html.playback import write_playback
from tests.support.browser import watch
from tests.support.waltz import WALTZ

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "closing": "</title></style></script></svg></engrave-score><script>alert(1)</script>",
    "attribute": "\" onload=alert(1) x=\"' onclick=alert(1) x='",
    "image": "<img src=https://example.org/x.png onerror=alert(1)>",
    "comment": "<!--<script>--> ]]> <![CDATA[ <?php ?>",
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; &quot; &#60;",
    "address": "javascript:alert(1)//data:text/html,<script>alert(1)</script>",
    "json": '"],"notes":[],"x":"\\u003c/script\\u003e\u2028\u2029',
    "signs": "\u202eright to left \ufeff \U0001f408 \u0301\u0301",
}


def as_shown(text: str) -> str:
    """What a browser makes of blanks."""
    return " ".join(text.split())


@cache
def waltz() -> engrave.Score:
    return engrave.transcribe(WALTZ)


def hostile_score(text: str) -> engrave.Score:
    """A score in which every text field holds the text."""
    score = replace(waltz(), title=text, composer=text)
    (part,) = score.parts
    first, *rest = part.measures
    marks = (
        TempoMark(Fraction(0), next(iter(first.marks)).beat, 60, text),
        Dynamic(Fraction(0), text),
    )
    part = replace(part, name=text, measures=(replace(first, marks=marks), *rest))
    source = replace(score.performance.source, name=f"{text}.mid")
    performance = replace(score.performance, source=source)
    return replace(score, parts=(part,), performance=performance)


@pytest.mark.parametrize(
    ("name", "scripts"),
    [*((name, True) for name in HOSTILE), ("closing", False), ("attribute", False)],
)
def test_a_hostile_text_is_a_text(chromium, tmp_path, name, scripts):
    text = HOSTILE[name]
    hostile_score(text).save(tmp_path / "page.html")
    address = (tmp_path / "page.html").as_uri()
    with watch(chromium, address, java_script_enabled=scripts) as page:
        shown = as_shown(text)
        assert page.page.title() == shown
        assert as_shown(page.page.locator("h1").text_content()) == shown
        assert as_shown(page.page.locator(".composer").text_content()) == shown
        label = page.page.locator(".layouts").get_attribute("aria-label")
        assert label.startswith(f"{shown}. Piano score by {shown}: ")
        words = page.page.locator(".medium .system").first.text_content()
        assert as_shown(text) in as_shown(words)
        for link in page.page.locator("figcaption a").all():
            assert link.get_attribute("href").startswith("data:")
            assert set(link.evaluate("(a) => a.getAttributeNames()")) == {"href", "download"}
        assert page.page.locator("img, iframe, object, embed, link, form").count() == 0
        assert page.page.locator("script").count() == 2
        if scripts:
            page.page.get_by_role("button", name="Play").click()
            page.page.wait_for_timeout(100)
        assert page.said == [] and page.asked == [address]


def test_without_a_title_the_name_of_the_file_is_text_too(chromium, tmp_path):
    hostile = HOSTILE["closing"]
    score = replace(hostile_score(hostile), title="")
    score.save(tmp_path / "page.html")
    with watch(chromium, (tmp_path / "page.html").as_uri()) as page:
        assert page.page.title() in hostile
        assert page.said == []


def test_what_a_midi_file_says_is_text(chromium, tmp_path):
    """Track names, lyrics, markers and all other texts of a file, as a stranger wrote them."""
    file = mido.MidiFile(file=BytesIO(WALTZ))
    for kind in ("track_name", "text", "copyright", "instrument_name", "lyrics", "marker"):
        field = "name" if "name" in kind else "text"
        said = "Title: " * (kind == "text") + HOSTILE["closing"]
        file.tracks[0].insert(0, mido.MetaMessage(kind, **{field: said}))
    file.save(tmp_path / "take.mid")
    engrave.transcribe(tmp_path / "take.mid").save(tmp_path / "page.html")
    with watch(chromium, (tmp_path / "page.html").as_uri()) as page:
        assert page.page.title() == HOSTILE["closing"]
        assert page.said == []


def test_no_text_is_among_the_data():
    score = hostile_score("".join(HOSTILE.values()))
    data = json.loads(write_playback(score, score.performance, score.grid))
    assert set(data) == {"notes", "ties", "bars", "first"}
    assert all(isinstance(number, int) for note in data["notes"] for number in note)
    assert all(isinstance(number, int) for number in [*data["bars"], data["first"]])
