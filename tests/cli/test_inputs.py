"""Folders and archives as inputs: which recordings are found, and where their scores go."""

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from engrave.cli.inputs import leads_out, walk
from tests.support.waltz import WALTZ, list_files


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(WALTZ)


def make_archive(path: Path, *names: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, WALTZ)


def found_in(path: str) -> dict[str, str]:
    """The recordings by the places of their scores; what cannot be read with its problem."""
    return {found.place: found.problem or found.source for found in walk(path)}


def test_the_tree_of_folders_is_kept(folder, command):
    fill(folder, "in/b/take.mid", "in/a/c/take.MIDI", "in/take.kar")
    status, out, err = command("in/", "-o", "out/")
    assert (status, err) == (0, "")
    names = ["in/a/c/take.MIDI", "in/b/take.mid", "in/take.kar"]
    assert [line.partition(":")[0] for line in out.splitlines()] == [*names, "3 of 3 written"]
    assert list_files(folder / "out") == [
        "a/c/take.musicxml",
        "b/take.musicxml",
        "take.musicxml",
    ]


@pytest.mark.parametrize("name", ["in", "in/"])
def test_without_an_output_scores_stand_beside_recordings(folder, command, name):
    fill(folder, "in/a/take.mid")
    assert command(name)[0] == 0
    assert list_files(folder / "in") == ["a/take.mid", "a/take.musicxml"]


def test_of_several_inputs_a_folder_keeps_its_name(folder, command):
    fill(folder, "x/a/one.mid")
    make_archive(folder / "b.zip", "c/two.mid")
    status, _, err = command("x/a", "b.zip", "take.mid", "-o", "out/")
    assert (status, err) == (0, "")
    assert list_files(folder / "out") == ["a/one.musicxml", "b/c/two.musicxml", "take.musicxml"]


def test_an_archive_is_read_in_place(folder, command):
    make_archive(folder / "all.zip", "b.mid", "a/b.mid", "a/", "__MACOSX/a/._b.mid")
    status, out, err = command("all.zip")
    assert (status, err) == (0, "")
    assert [line.partition(":")[0] for line in out.splitlines()[:2]] == [
        "all.zip/a/b.mid",
        "all.zip/b.mid",
    ]
    assert list_files(folder) == ["all.zip", "all/a/b.musicxml", "all/b.musicxml", "take.mid"]


def test_only_midi_files_are_taken(folder):
    fill(folder, "in/a.mid", "in/Op. 9 No. 2", "in/.hidden.mid", "in/.git/b.mid")
    (folder / "in" / "text.txt").write_text("words")
    (folder / "in" / "broken.mid").write_text("no music")  # it is reported, not left out
    os.mkfifo(folder / "in" / "pipe.mid")
    assert list(found_in("in")) == ["Op. 9 No. 2.musicxml", "a.musicxml", "broken.musicxml"]


def test_links_to_folders_lead_in_no_circle(folder):
    fill(folder, "in/a/one.mid")
    (folder / "in" / "a" / "loop").symlink_to("..")
    (folder / "in" / "a" / "link.mid").symlink_to("one.mid")
    (folder / "in" / "self.mid").symlink_to("self.mid")
    assert list(found_in("in")) == ["a/link.musicxml", "a/one.musicxml", "self.musicxml"]


def test_what_cannot_be_read_is_told_and_the_rest_is_done(folder, command, monkeypatch):
    fill(folder, "in/closed/a.mid", "in/b.mid", "in/c.mid")
    (folder / "in" / "b.mid").write_bytes(b"MThd")
    (folder / "in" / "d.zip").write_bytes(b"PK no archive")
    scandir = os.scandir

    def refuse(path):  # as for anyone but an administrator
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    status, out, err = command("in", "-o", "out/")
    assert status == 2 and out.endswith("1 of 4 written\n")
    b, closed, d = sorted(err.splitlines())
    assert b.startswith("engrave: in/b.mid: truncated")
    assert closed == "engrave: in/closed: Permission denied"
    assert d == "engrave: in/d.zip: File is not a zip file"


def test_a_very_deep_tree(folder):
    """Deeper than functions may call each other; no path from the top is that long."""
    here = os.getcwd()
    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    Path("a.mid").write_bytes(WALTZ)
    os.chdir(here)
    (found,) = walk("d")
    subprocess.run(["rm", "-r", "d"], check=True)  # which pytest could not
    assert found.source.endswith("/a.mid") and found.source.count("d/") == 1500


def test_a_link_to_nothing_is_told(folder, command):
    fill(folder, "in/a.mid")
    (folder / "in" / "gone.mid").symlink_to("nowhere.mid")
    status, _, err = command("in")
    assert status == 2
    assert err.startswith("engrave: in/gone.mid: cannot be read (No such file or directory)")


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        (["take.mid", "take.midi"], "take.midi"),
        (["take.mid", "TAKE.mid"], None),  # of which both can be there, both can be written
        (["a.mid", "a.zip/b.mid"], None),
    ],
)
def test_two_that_would_be_written_to_one_name(folder, names, refused):
    fill(folder, *(f"in/{name}" for name in names))
    make_archive(folder / "in.zip", *names)
    for path in ("in", "in.zip"):
        problems = [found.source for found in walk(path) if "written twice" in found.problem]
        assert problems == ([f"{path}/{refused}"] if refused else [])


def test_an_archive_beside_the_folder_of_its_name_is_refused(folder):
    fill(folder, "in/a/one.mid")
    make_archive(folder / "in" / "a.zip", "one.mid")
    assert found_in("in")["a"] == "a would be written twice, also from in/a"


def test_folders_of_one_name_are_refused(folder, command):
    fill(folder, "x/a/one.mid", "y/a/one.mid")
    status, out, err = command("x/a", "y/a", "-o", "out/")
    assert (status, out) == (2, "")
    assert err == "engrave: out/a would be written twice, from x/a and from y/a\n"


@pytest.mark.parametrize(
    ("name", "leads"),
    [
        ("../a.mid", True),
        ("a/../../b.mid", True),
        ("/a.mid", True),
        ("..\\a.mid", True),
        ("C:\\a.mid", True),
        ("C:a.mid", True),
        ("a/..b.mid", False),
        ("a/b.mid", False),
    ],
)
def test_no_name_leads_out_of_the_archive(name, leads):
    assert leads_out(name) == leads


def test_an_archive_with_bad_members(folder, command):
    make_archive(folder / "bad.zip", "../evil.mid", "good.mid", "damaged.mid")
    content = (folder / "bad.zip").read_bytes()
    middle = content.rindex(b"MThd")  # of the last one that was added
    (folder / "bad.zip").write_bytes(content[:middle] + b"\xff" * 4 + content[middle + 4 :])
    status, _, err = command("bad.zip", "-o", "out/")
    assert status == 2
    evil, damaged = err.splitlines()
    assert evil == "engrave: bad.zip/../evil.mid: its name leads out of the archive"
    assert damaged.startswith("engrave: bad.zip/damaged.mid: cannot be read (Bad CRC-32")
    assert list_files(folder) == ["bad.zip", "out/good.musicxml", "take.mid"]
    assert not (folder.parent / "evil.musicxml").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["in", "-o", "out.svg"], "in: several performances need a folder (-o out/)"),
        (["in", "-o", "-"], "in: several performances need a folder (-o out/)"),
        (["in", "--pages"], "only .svg and .png have one file a page"),
        (["in", "--beats", "taps.txt"], "--beats fits one performance"),
    ],
)
def test_options_that_fit_no_folder(folder, command, words, complaint):
    fill(folder, "in/a.mid")
    (folder / "taps.txt").write_text("0\n1\n")
    status, out, err = command(*words)
    assert (status, out) == (2, "")
    assert complaint in err and err.count("\n") == 1
