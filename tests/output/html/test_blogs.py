"""What is pasted into a post: addresses, the figure that is always there, texts of strangers."""

from dataclasses import replace

import pytest
from lxml import etree

from engrave.output.html.blogs import BLOGS, SHORTCODE, Picture, Post

POST = Post("Waltz", "music/", Picture(700, 280, "Waltz. Piano score by Me.", "Waltz, by Me."), 640)
HOSTILE = "<b> \"q\" 'a' {{ x }} {% raw %} [c](d) *e* _f_ `g` \\ | & --> $x$"


def pasted(kind: str, post: Post = POST) -> str:
    lines = BLOGS[kind].write(post)
    assert all(line.strip() and "\n" not in line for line in lines)
    return "\n".join(lines)


@pytest.mark.parametrize("kind", ["html", "jekyll"])
def test_the_figure_stands_in_the_element_whose_place_the_music_takes(kind: str) -> None:
    root = etree.HTML(pasted(kind))
    figure = root.find(".//engrave-score/figure")
    image = figure.find("picture//img")
    assert (image.get("width"), image.get("height")) == ("700", "280")
    assert image.get("alt") == "Waltz. Piano score by Me."
    assert figure.find("figcaption").text.strip() == "Waltz, by Me."
    assert [link.text for link in figure.iterfind("figcaption/a")] == ["Listen", "MusicXML"]
    assert root.find(".//engrave-score").getnext().tag == "script"


def test_html_has_addresses_as_they_are() -> None:
    text = pasted("html")
    for name in ("Waltz.html", "Waltz.svg", "Waltz.png", "Waltz.musicxml", "engrave-score.js"):
        assert f'"music/{name}"' in text
    assert '"Waltz.html"' in pasted("html", replace(POST, address=""))


def test_on_jekyll_a_feed_has_whole_addresses_and_scripts_fetch_from_the_same_site() -> None:
    root = etree.HTML(pasted("jekyll"))
    near, far = "{{ 'music/%s' | relative_url }}", "{{ 'music/%s' | absolute_url }}"
    assert root.find(".//engrave-score").get("src") == near % "Waltz.html"
    assert root.find(".//script").get("src") == near % "engrave-score.js"
    figure = root.find(".//figure")
    assert figure.find("picture/source").get("srcset") == far % "Waltz.svg"
    assert figure.find("picture//img").get("src") == far % "Waltz.png"
    links = [link.get("href") for link in figure.iterfind("figcaption/a")]
    assert links == [far % "Waltz.html", far % "Waltz.musicxml"]


def test_hugo_has_a_shortcode_and_its_template() -> None:
    assert pasted("hugo") == (
        '{{< engrave-score take="music/Waltz" width="700" height="280"'
        ' alt="Waltz. Piano score by Me." caption="Waltz, by Me." >}}'
    )
    (template,) = BLOGS["hugo"].files.values()
    assert template == SHORTCODE
    said = {"take", "width", "height", "alt", "caption"}
    assert all(f'.Get "{name}"' in template for name in said)


def test_wordpress_has_a_block_of_html_whose_picture_leads_to_the_page() -> None:
    text = pasted("wordpress")
    assert text.startswith("<!-- wp:html -->\n") and text.endswith("\n<!-- /wp:html -->")
    link = etree.HTML(text).find(".//figure/a")
    assert link.get("href") == "music/Waltz.html"
    assert link.find("img").get("src") == "music/Waltz.png"
    assert "<script" not in text and "engrave-score" not in text


def test_a_frame_is_as_high_as_the_page() -> None:
    frame = etree.HTML(pasted("iframe")).find(".//iframe")
    assert (frame.get("src"), frame.get("height")) == ("music/Waltz.html", "640")
    assert frame.get("title") == "Waltz. Piano score by Me."


@pytest.mark.parametrize("kind", BLOGS)
def test_texts_of_strangers_are_nothing_but_text(kind: str) -> None:
    """What stands around them is the same; what they say is, too, once a browser has read it."""
    said = pasted(kind, replace(POST, picture=replace(POST.picture, description=HOSTILE,
                                                      caption=HOSTILE)))  # fmt: skip
    plain = pasted(kind, replace(POST, picture=replace(POST.picture, description="X", caption="X")))
    safe = "".join(c if c.isalnum() or c in " -.,;:()/=_" else f"&#{ord(c)};" for c in HOSTILE)
    assert said.replace(safe, "X") == plain
    assert etree.HTML(f"<p>{safe}</p>").findtext(".//p") == HOSTILE


@pytest.mark.parametrize(
    ("kind", "folder", "address"),
    [
        ("jekyll", "assets/scores", "/assets/scores/"),
        ("hugo", "static/scores", "scores/"),
        ("html", "", ""),
    ],
)
def test_where_the_scores_of_a_site_are(kind: str, folder: str, address: str) -> None:
    assert (BLOGS[kind].folder, BLOGS[kind].address) == (folder, address)
