"""Pictures in a real browser: their colours, their names, and what strangers wrote into them."""

import io
from base64 import b64encode
from dataclasses import replace
from itertools import product

import pytest
from PIL import Image

from engrave.music.marks import TempoMark
from engrave.output.svg.pages import write_svg
from tests.support import scores
from tests.support.browser import STRICT, serve, watch
from tests.support.scores import QUARTER

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></desc></svg><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "]]><!--<style>*{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#x3c;b>",
    "javascript:alert(1)//\u2028\u202e\x00\x1b",
)
SCHEMES = ("", '<meta name="color-scheme" content="light dark">')


def as_image(picture: str) -> str:
    content = b64encode(picture.encode()).decode()
    return f'<img width="700" alt="" src="data:image/svg+xml;base64,{content}">'


@pytest.fixture
def shown(tmp_path, chromium):
    """Shows a page with a body; gives what was said on the way, and the page while it is open."""

    def show(body: str, head: str = "", **options):
        page = f"<!doctype html><title>Post</title>{head}<body>{body}"
        (tmp_path / "post.html").write_text(page, encoding="utf-8")
        return watch(chromium, (tmp_path / "post.html").as_uri(), **options)

    return show


def greys(page) -> tuple[int, int]:
    """The darkest and the lightest grey of a picture on a page."""
    shot = page.locator("img, svg").first.screenshot()
    return Image.open(io.BytesIO(shot)).convert("L").getextrema()


@pytest.mark.parametrize(("scheme", "reader"), list(product(SCHEMES, ("light", "dark"))))
def test_an_image_can_be_read_in_light_and_dark(scheme, reader, shown):
    with shown(as_image(write_svg(scores.eight_notes())), scheme, color_scheme=reader) as watched:
        darkest, lightest = greys(watched.page)
        ground = Image.open(io.BytesIO(watched.page.locator("img").screenshot())).convert("L")
        assert lightest - darkest > 180
        assert (ground.getpixel((2, 2)) > 128) == (reader == "light")


def test_a_picture_in_the_page_has_the_colour_of_its_text(shown):
    style = "<style>body { color: rgb(200, 0, 0); background: rgb(0, 0, 60) }</style>"
    with shown(write_svg(scores.graces()), style, color_scheme="dark") as watched:
        shot = Image.open(io.BytesIO(watched.page.locator("svg").screenshot())).convert("RGB")
        colours = {colour for _, colour in shot.getcolors(1 << 20)}
        assert {(200, 0, 0), (0, 0, 60)} <= colours
        assert max(green for _, green, _ in colours) == 0  # nothing between them but their mixtures


def test_a_screen_reader_is_told_what_it_is(shown):
    score = replace(scores.eight_notes(), title="Study", composer="A. Nonymous")
    with shown(write_svg(score)) as watched:
        said = "Study Piano score by A. Nonymous: 4/4, D major, Andante (quarter = 72), 2 bars."
        assert watched.page.get_by_role("img", name=said, exact=True).count() == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_is_text(text, shown, tmp_path, chromium):
    score = replace(scores.eight_notes(), title=text, composer=text)
    first, *rest = score.parts[0].measures
    first = replace(first, marks=(TempoMark(first.voices[0].events[0].onset, QUARTER, 72, text),))
    picture = write_svg(
        replace(score, parts=(replace(score.parts[0], name=text, measures=(first, *rest)),))
    )
    (tmp_path / "alone.svg").write_text(picture, encoding="utf-8")
    for address, open_ in (
        ("alone", lambda: watch(chromium, (tmp_path / "alone.svg").as_uri())),
        ("inline", lambda: shown(picture + picture + as_image(picture))),
    ):
        with open_() as watched:
            asked = [url for url in watched.asked if not url.startswith("data:")]
            assert (watched.said, len(asked)) == ([], 1), address
            elements = watched.page.evaluate(
                "[...new Set([...document.querySelectorAll('svg, svg *')].map(e => e.localName))]"
            )
            assert set(elements) <= {
                *("svg", "title", "desc", "style", "defs", "g", "path", "use", "ellipse", "text"),
                "tspan",
            }
            texts = watched.page.locator("svg").first.locator("text").all_text_contents()
            assert any("alert(1)" in said or "display:none" in said for said in texts)


def test_it_is_drawn_the_same_where_the_page_forbids_styles(tmp_path, chromium):
    picture = write_svg(scores.two_voices_on_a_staff())
    post = f"<!doctype html><title>Post</title><body>{picture}"
    (tmp_path / "post.html").write_text(post, encoding="utf-8")
    shots = []
    for headers in ({}, {"Content-Security-Policy": STRICT}):
        with serve(tmp_path, headers) as address, watch(chromium, address + "post.html") as watched:
            shots.append(watched.page.screenshot())
    assert shots[0] == shots[1]


def test_three_pictures_on_a_page_each_use_their_own_signs(shown):
    makers = (scores.graces, scores.triplets, scores.two_voices_on_a_staff)
    with shown("".join(write_svg(make()) for make in makers)) as watched:
        strangers = watched.page.evaluate(
            "[...document.querySelectorAll('use')].filter(use => use.closest('svg') !="
            " document.getElementById(use.getAttribute('href').slice(1))?.closest('svg')).length"
        )
        names = watched.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert strangers == 0
        assert len(names) == len(set(names)) > 20
