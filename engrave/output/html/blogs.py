"""Snippets to paste into a post, for each kind of site, and the folders for its files.

Every embedding is a figure with a picture first, because that is all that a feed reader, an e-mail
or a page without scripts shows; where scripts run, `<engrave-score>` puts the music in its place.

* jekyll: HTML that kramdown leaves alone (no blank lines), addresses by Liquid's filters, and
  nothing in the texts that Liquid could take for its own.
* hugo: a shortcode, whose template is written into the site.
* wordpress: a block of plain HTML that WordPress lets every author write. The picture leads to the
  page that plays.
* html: the element, for pages and generators that take HTML as it is.
* iframe: a frame of the page's height, for sites that take no scripts but frames.

Texts are untrusted: `_safe` makes all their signs that mean something to HTML, Markdown, Liquid or
Go templates into character references, which are nothing but text in any of them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engrave.output.html.assets import SCRIPT

Address = Callable[[str], str]  # of a file, by its name
LETTERS = re.compile(r"[^\w \-.,;:()/=]")


@dataclass(frozen=True, slots=True)
class Picture:
    """A score's picture: its size in pixels, what it shows, and a caption."""

    width: int
    height: int
    description: str
    caption: str


@dataclass(frozen=True, slots=True)
class Post:
    """A score to be embedded in a post.

    `name` begins the names of its files at `address`, which ends with a slash or is empty; its
    page is `page_height` pixels high in a column of text.
    """

    name: str
    address: str
    picture: Picture
    page_height: int


@dataclass(frozen=True, slots=True)
class Blog:
    """A kind of site: the folder of scores in it, their address, what else it needs, by path."""

    folder: str
    address: str
    write: Callable[[Post], Sequence[str]]
    files: dict[str, str]


def _write_html(post: Post) -> list[str]:
    return _element(post, lambda name: post.address + name, lambda name: post.address + name)


def _write_jekyll(post: Post) -> list[str]:
    """Relative addresses, as scripts fetch from the same site; absolute ones for feeds."""
    return _element(
        post,
        lambda name: f"{{{{ '{post.address}{name}' | relative_url }}}}",
        lambda name: f"{{{{ '{post.address}{name}' | absolute_url }}}}",
    )


def _element(post: Post, near: Address, far: Address) -> list[str]:
    """The element with relative addresses, around the figure with absolute ones."""
    drawn = f'<source type="image/svg+xml" srcset="{far(f"{post.name}.svg")}">'
    return [
        f'<engrave-score src="{near(f"{post.name}.html")}">',
        "<figure>",
        f"<picture>{drawn}{_image(post, far)}</picture>",
        _caption(post, far),
        "</figure>",
        "</engrave-score>",
        f'<script src="{near(SCRIPT)}" defer></script>',
    ]


def _image(post: Post, address: Address) -> str:
    picture = post.picture
    return (
        f'<img src="{address(f"{post.name}.png")}" alt="{_safe(picture.description)}"'
        f' width="{picture.width}" height="{picture.height}" loading="lazy">'
    )


def _caption(post: Post, address: Address) -> str:
    page = f'<a href="{address(f"{post.name}.html")}">Listen</a>'
    score = f'<a href="{address(f"{post.name}.musicxml")}">MusicXML</a>'
    return f"<figcaption>{_safe(post.picture.caption)} {page} {score}</figcaption>"


def _write_hugo(post: Post) -> list[str]:
    picture = post.picture
    return [
        f'{{{{< engrave-score take="{post.address}{post.name}"'
        f' width="{picture.width}" height="{picture.height}"'
        f' alt="{_safe(picture.description)}" caption="{_safe(picture.caption)}" >}}}}'
    ]


SHORTCODE = f"""\
{{{{- $take := .Get "take" -}}}}
<engrave-score src="{{{{ printf "%s.html" $take | relURL }}}}">
<figure>
<picture><source type="image/svg+xml" srcset="{{{{ printf "%s.svg" $take | absURL }}}}">\
<img src="{{{{ printf "%s.png" $take | absURL }}}}" alt="{{{{ .Get "alt" | safeHTML }}}}"\
 width="{{{{ .Get "width" }}}}" height="{{{{ .Get "height" }}}}" loading="lazy"></picture>
<figcaption>{{{{ .Get "caption" | safeHTML }}}}\
 <a href="{{{{ printf "%s.html" $take | absURL }}}}">Listen</a>\
 <a href="{{{{ printf "%s.musicxml" $take | absURL }}}}">MusicXML</a></figcaption>
</figure>
</engrave-score>
<script src="{{{{ path.Join (path.Dir $take) "{SCRIPT}" | relURL }}}}" defer></script>
"""


def _write_wordpress(post: Post) -> list[str]:
    def address(name: str) -> str:
        return post.address + name

    page = address(f"{post.name}.html")
    return [
        "<!-- wp:html -->",
        '<figure class="wp-block-image">',
        f'<a href="{page}">{_image(post, address)}</a>',
        _caption(post, address),
        "</figure>",
        "<!-- /wp:html -->",
    ]


def _write_iframe(post: Post) -> list[str]:
    return [
        f'<iframe src="{post.address}{post.name}.html" title="{_safe(post.picture.description)}"'
        f' width="100%" height="{post.page_height}" loading="lazy" style="border:0"></iframe>'
    ]


def _safe(text: str) -> str:
    return LETTERS.sub(lambda sign: f"&#{ord(sign[0])};", text)


BLOGS = {
    "jekyll": Blog("assets/scores", "/assets/scores/", _write_jekyll, {}),
    "hugo": Blog(
        "static/scores",
        "scores/",
        _write_hugo,
        {"layouts/shortcodes/engrave-score.html": SHORTCODE},
    ),
    "wordpress": Blog("", "/wp-content/uploads/scores/", _write_wordpress, {}),
    "html": Blog("", "", _write_html, {}),
    "iframe": Blog("", "", _write_iframe, {}),
}
