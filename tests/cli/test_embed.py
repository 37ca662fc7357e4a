"""`engrave embed`: what it writes and prints, in posts that real site generators build."""

import subprocess
from pathlib import Path

import pytest
from lxml import etree

from engrave.cli.main import main
from tests.support.browser import serve, watch
from tests.support.sound import write_tone
from tests.support.waltz import WALTZ, list_files

KINDS = ("jekyll", "hugo", "wordpress", "html", "iframe")
# Every sign that means something to HTML, Markdown, Liquid, Go templates or JavaScript.
HOSTILE = (
    "</figure><script>alert(1)</script><img src=x onerror=alert(2)>\"'` {{ site.time }} {% raw %}"
    ' {{< x >}} *a* _b_ [c](javascript:alert(3)) | \\ \\" --> &lt; ]]> $x$ ${x}'
)
FILES = ("html", "mid", "musicxml", "png", "svg")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "My take (2).mid").write_bytes(WALTZ)
    return tmp_path


def embed(kind: str, capsys, *more: str) -> str:
    """The lines to paste."""
    status = main(["embed", "My take (2).mid", "--for", kind, *more])
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    return out


def written(prefix: str) -> set[str]:
    files = {f"My-take-2.{suffix}" for suffix in FILES} | {"engrave-score.js", "engrave-score.css"}
    return {f"{prefix}{name}" for name in files}


@pytest.mark.parametrize(
    ("kind", "prefix", "more"),
    [
        ("jekyll", "assets/scores/", set()),
        ("hugo", "static/scores/", {"layouts/shortcodes/engrave-score.html"}),
        ("wordpress", "", set()),
        ("html", "", set()),
        ("iframe", "", set()),
    ],
)
def test_the_files_stand_where_the_site_has_them(folder, capsys, kind, prefix, more):
    embed(kind, capsys, "-o", "site")
    files = set(list_files(folder / "site"))
    assert files == written(prefix) | more


@pytest.mark.parametrize("kind", KINDS)
def test_the_lines_are_markup_without_blank_lines(folder, capsys, kind):
    lines = embed(kind, capsys, "--title", HOSTILE, "--composer", HOSTILE).splitlines()
    assert all(line.strip() for line in lines) and len(lines) <= 8
    text = "".join(lines)
    assert "alert" in text and "raw" in text
    assert not any(sign in text for sign in ("<script>", "<img src=x", "{%", "{{ site", "{{< x"))


@pytest.mark.parametrize("kind", ["html", "wordpress"])
def test_a_feed_reader_sees_the_picture_and_what_it_shows(folder, capsys, kind):
    root = etree.HTML(embed(kind, capsys, "--title", "Waltz", "--composer", "Me"))
    image = root.find(".//figure//img")
    assert image.get("alt").startswith("Waltz. Piano score by Me: 3/4, ")
    width, height = int(image.get("width")), int(image.get("height"))
    assert width == 700 and 100 < height < 1000
    assert root.findtext(".//figcaption").strip() == "Waltz, by Me."


def test_a_frame_is_as_high_as_its_page(folder, capsys, chromium):
    frame = etree.HTML(embed("iframe", capsys)).find(".//iframe")
    address = (folder / frame.get("src")).as_uri()
    with watch(chromium, address, viewport={"width": 700, "height": 100}) as page:
        high = page.page.evaluate("document.documentElement.scrollHeight")
    assert 0 <= int(frame.get("height")) - high < 80


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_the_picture_is_black_on_white_also_where_the_reader_likes_it_dark(
    folder, capsys, chromium, suffix
):
    embed("html", capsys)
    (folder / "index.html").write_text(
        f"<!DOCTYPE html><title>x</title><img src='My-take-2.{suffix}' width=700>"
    )
    with serve(folder) as site, watch(chromium, site, color_scheme="dark") as page:
        colours = page.page.evaluate(
            "async () => { const image = document.querySelector('img'); await image.decode();"
            " const canvas = new OffscreenCanvas(700, 400); const ink = canvas.getContext('2d');"
            " ink.drawImage(image, 0, 0, 700, 400);"
            " const all = ink.getImageData(0, 0, 700, 400).data;"
            " const darkest = all.reduce((least, one) => Math.min(least, one), 255);"
            " return [[...ink.getImageData(5, 5, 1, 1).data], darkest]; }"
        )
    assert colours[0] == [255, 255, 255, 255] and colours[1] < 60


def test_the_address_can_be_said(folder, capsys):
    lines = embed("html", capsys, "--url", "https://example.org/music")
    assert 'src="https://example.org/music/My-take-2.html"' in lines
    assert 'src="https://example.org/music/engrave-score.js"' in lines


def test_a_sound_recording_goes_with_the_post(folder, capsys, chromium):
    (folder / "my sound.wav").write_bytes(write_tone([69], 20, sound=True))
    lines = embed("html", capsys, "-o", "music", "--url", "music", "--audio", "my sound.wav")
    (folder / "index.html").write_text(f"<!DOCTYPE html><title>x</title>\n{lines}")
    with serve(folder) as site, watch(chromium, site) as page:
        page.page.get_by_role("button", name="Play").click()
        page.page.wait_for_function(
            "() => document.querySelector('engrave-score').audio.currentTime > 0.2"
        )
        assert page.score("score.audio.src") == f"{site}music/my%20sound.wav"
        assert page.said == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--for", "myspace"], "myspace"),
        ([], "--for"),
        (["--for", "html", "--url", "x'y"], "is not an address"),
        (["--for", "html", "-o", "My take (2).mid"], "My take (2).mid: "),
        (["--for", "html", "--meter", "3/0"], "3/0"),
    ],
)
def test_mistakes_get_one_line(folder, capsys, words, message):
    try:
        status = main(["embed", "My take (2).mid", *words])
    except SystemExit as leaving:
        status = leaving.code
    out, err = capsys.readouterr()
    assert status == 2 and out == ""
    assert message in err and err.count("\n") == 1 and err.startswith("engrave")
    assert list_files(folder) == ["My take (2).mid"]


def test_what_is_not_midi_gets_one_line(folder, capsys):
    (folder / "x.mid").write_text("no music")
    assert main(["embed", "x.mid", "--for", "html"]) == 2
    assert capsys.readouterr().err.startswith("engrave: x.mid: ")
    assert list_files(folder) == ["My take (2).mid", "x.mid"]


# In real sites. Each post has a hostile score first and an ordinary one after it.


def build(folder: Path, *words: str) -> None:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warn" not in (done.stdout + done.stderr).lower(), done.stdout + done.stderr


def write_post(folder: Path, capsys, kind: str, path: str) -> None:
    """A post in Markdown with a hostile score and an ordinary one between words."""
    hostile = embed(kind, capsys, "--title", HOSTILE, "--composer", HOSTILE)
    (folder / "Waltz.mid").write_bytes(WALTZ)
    assert main(["embed", "Waltz.mid", "--for", kind]) == 0
    waltz = capsys.readouterr().out
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(
        f"---\ntitle: Take\ndate: 2026-01-02\n---\nSome *words*.\n\n{hostile}\n{waltz}\n"
        "<!--more-->\n\nWords after it.\n",
        encoding="utf-8",
    )


def check_post(chromium, address: str) -> None:
    """The built post shows both scores, and they play."""
    with watch(chromium, address) as page:
        page.page.wait_for_function(
            "() => [...document.querySelectorAll('engrave-score')].every((one) => one.shadowRoot)"
        )
        captions = [
            page.score("root.querySelector('figcaption').firstChild.textContent.trim()", which)
            for which in (0, 1)
        ]
        assert captions == [f"{HOSTILE}, by {HOSTILE}.", "Waltz."]
        assert page.page.locator("script:not([src*='engrave-score.js'])").count() == 0
        page.page.get_by_role("button", name="Play").nth(1).click()
        page.page.wait_for_function(
            "() => document.querySelectorAll('engrave-score')[1].shadowRoot.querySelector('.held')"
        )
        assert page.page.get_by_text("Words after it").evaluate("(text) => text.tagName") == "P"
        assert page.said == []
        links = page.page.locator("engrave-score a").all()
        assert len(links) >= 4
        assert all(page.page.request.get(link.get_attribute("href")).ok for link in links)


def check_feed(feed: Path, content: str, site: Path, address: str) -> None:
    """The feed's post has a figure with both pictures, whole addresses, and files behind them."""
    (entry,) = etree.parse(feed).findall(content)
    images = etree.HTML(entry.text).findall(".//figure//img")
    assert len(images) == 2
    assert images[0].get("alt").startswith(f"{HOSTILE}. Piano score by {HOSTILE}: 3/4, ")
    for image in images:
        assert image.get("src").startswith(address)
        picture = site / image.get("src").removeprefix(address)
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_jekyll_post(folder, capsys, chromium, jekyll):
    out = folder / "out"
    with serve(out) as address:
        (folder / "_config.yml").write_text(
            f"title: Blog\nurl: {address.rstrip('/')}\nbaseurl: /blog\nplugins: [jekyll-feed]\n"
            "exclude: ['*.mid']\n"
        )
        write_post(folder, capsys, "jekyll", "_posts/2026-01-02-take.md")
        build(folder, jekyll, "build", "--quiet", "--destination", "out/blog")
        check_post(chromium, f"{address}blog/2026/01/02/take.html")
        entry = ".//{http://www.w3.org/2005/Atom}content"
        check_feed(out / "blog" / "feed.xml", entry, out, address)


def test_a_hugo_post(folder, capsys, chromium, hugo):
    out = folder / "out"
    with serve(out) as address:
        (folder / "config.toml").write_text(f'baseURL = "{address}blog/"\ntitle = "Blog"\n')
        write_post(folder, capsys, "hugo", "content/posts/take.md")
        for layout in ("single", "list"):
            page = folder / "layouts" / "_default" / f"{layout}.html"
            page.parent.mkdir(exist_ok=True)
            page.write_text("<!DOCTYPE html><title>Blog</title>{{ .Content }}")
        build(folder, hugo, "--quiet", "--destination", "out/blog")
        check_post(chromium, f"{address}blog/posts/take/")
        check_feed(out / "blog" / "posts" / "index.xml", ".//item/description", out, address)
