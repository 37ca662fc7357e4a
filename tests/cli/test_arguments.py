"""What a user states as an option, and how it is said that an option makes no sense."""

import inspect
import re

import pytest
from lxml import etree

import engrave
from engrave import pipeline
from engrave.cli.arguments import OPTIONS


def test_every_option_is_a_keyword_of_transcribe():
    keywords = inspect.signature(engrave.transcribe).parameters
    assert [*OPTIONS, "progress"] == [name for name in keywords if name != "source"]


@pytest.mark.parametrize("meter", ["3/4", "4/4", "6/8"])
def test_meter(folder, command, meter):
    _, out, _ = command("take.mid", "--meter", meter)
    assert out.startswith(f"take.mid: {meter}, ")


@pytest.mark.parametrize(("key", "said"), [("g minor", "G minor"), ("E flat major", "E-flat")])
def test_key(folder, command, key, said):
    _, out, _ = command("take.mid", "--key", key)
    assert f", {said}" in out


@pytest.mark.parametrize("tempo", [60, 120])
def test_tempo(folder, command, tempo):
    """The waltz moves at 120; it can also be read in half notes' worth of time."""
    _, out, _ = command("take.mid", "--tempo", str(tempo))
    said = re.search(r"= (\d+)", out)
    assert said and int(said[1]) == pytest.approx(tempo, rel=0.05)


def test_beats(folder, command):
    """Taps on every second quarter, three to a bar, against what the music says.

    Whether such a beat is a quarter or a half note is not said; it divides in two.
    """
    lines = [f"{beat * 1.0} {'' if beat % 3 else 'downbeat'}" for beat in range(18)]
    (folder / "taps.txt").write_text("# every other beat\n\n" + "\n".join(lines) + "  # the end\n")
    _, out, err = command("take.mid", "--beats", "taps.txt")
    assert err == ""
    assert re.match("take.mid: 3/[248], .* 6 bars, ", out), out


def test_title_and_composer(folder, command):
    assert command("take.mid", "--title", "A <Waltz>", "--composer", "N. N.")[0] == 0
    tree = etree.parse(folder / "take.musicxml")
    assert "A <Waltz>" in tree.xpath("//work-title/text() | //movement-title/text()")
    assert tree.xpath("//creator[@type='composer']/text()") == ["N. N."]


def test_smallest(folder, command):
    assert command("take.mid", "--smallest", "1/8")[0] == 0
    types = {note.text for note in etree.parse(folder / "take.musicxml").iterfind(".//note/type")}
    assert types <= {"eighth", "quarter", "half", "whole"}


@pytest.mark.parametrize("options", [[], ["--weights", "full"], ["--weights", "free"]])
def test_weights_reach_the_reader(folder, command, monkeypatch, options):
    """`free` need not be there for this: the reader is asked for it, and reads with the others."""
    read, asked = pipeline.listen, []

    def listen(performance, weights):
        asked.append(weights)
        return read(performance)

    monkeypatch.setattr(pipeline, "listen", listen)
    assert command("take.mid", *options)[0] == 0
    assert asked == [options[-1] if options else "full"]


def test_version(command):
    assert command("--version") == (0, f"engrave {engrave.__version__}\n", "")


def test_help_names_every_option(command):
    status, out, _ = command("--help")
    assert status == 0
    names = [*OPTIONS, "output", "pages", "explain", "version"]
    assert all(f"--{name.replace('_', '-')}" in out for name in names)
