"""The command `engrave`, used as people use it: files in a folder, pipes, mistakes."""

import inspect
import json
import os
import pty
import re
import resource
import signal
import subprocess
import termios
import zipfile

import pypdfium2
import pytest
from lxml import etree

import engrave
from engrave import pipeline
from engrave.cli.arguments import OPTIONS
from engrave.midi.read import read_midi
from engrave.output import pdf
from tests.support.waltz import COMMAND, ENVIRONMENT, ROOT, WALTZ, list_files, make_waltz

SAMPLES = sorted((ROOT / "samples").glob("*.mid"))
SUMMARY = re.compile(r"^[^:\n]+: \d+/\d+, [A-G](-flat|-sharp)? (major|minor), .+, \d+ bars?.*notes")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with one performance: take.mid."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "take.mid").write_bytes(WALTZ)
    return tmp_path


def run_process(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, *arguments], env=ENVIRONMENT, capture_output=True, timeout=120, **options
    )


def root_of(content: bytes) -> str:
    return etree.QName(etree.fromstring(content)).localname


# What it writes, and where


def test_writes_beside_and_says_what_it_heard(folder, command):
    status, out, err = command("take.mid")
    assert (status, err) == (0, "")
    assert root_of((folder / "take.musicxml").read_bytes()) == "score-partwise"
    assert list_files(folder) == ["take.mid", "take.musicxml"]
    assert SUMMARY.match(out) and out.count("\n") == 1
    assert out.startswith("take.mid: ") and "72 notes" in out


def test_suffix_chooses_and_output_may_repeat(folder, command):
    status, _, err = command("take.mid", "-o", "a.svg", "-o", "b.mxl", "-o", "c.xml")
    assert (status, err) == (0, "")
    assert list_files(folder) == ["a.svg", "b.mxl", "c.xml", "take.mid"]
    assert root_of((folder / "a.svg").read_bytes()) == "svg"
    assert zipfile.is_zipfile(folder / "b.mxl")
    assert root_of((folder / "c.xml").read_bytes()) == "score-partwise"


def test_the_score_can_be_heard(folder, command):
    status, _, err = command("take.mid", "-o", "score.mid", "--pedal", "off")
    assert (status, err) == (0, "")
    assert len(read_midi(folder / "score.mid").notes) == 72
    assert read_midi(folder / "score.mid").sustain == ()


def test_a_wish_for_the_pedal_that_makes_no_sense(folder, command):
    for wish in ("loud", "infer,off", "", "simile,full"):
        status, out, err = command("take.mid", "--pedal", wish)
        assert (status, out) == (2, "") and err.count("\n") == 1 and "--pedal" in err
    assert list_files(folder) == ["take.mid"]


@pytest.mark.slow
def test_pages_go_to_a_file_each(folder, command):
    (folder / "take.mid").write_bytes(make_waltz(200))
    status, _, err = command("take.mid", "--pages", "-o", "take.svg")
    assert (status, err) == (0, "")
    pages = [name for name in list_files(folder) if name.endswith(".svg")]
    assert len(pages) > 1
    assert set(pages) == {f"take-{number}.svg" for number in range(1, len(pages) + 1)}
    assert all(root_of((folder / page).read_bytes()) == "svg" for page in pages)


def test_paper_and_pictures(folder, command):
    status, _, err = command("take.mid", "--paper", "Letter", "-o", "take.pdf", "-o", "take.png")
    assert (status, err) == (0, "")
    assert list_files(folder) == ["take.mid", "take.pdf", "take.png"]
    (width, height) = pypdfium2.PdfDocument(folder / "take.pdf")[0].get_size()
    assert (width, height) == pytest.approx((612, 792), abs=0.1)
    assert (folder / "take.png").read_bytes().startswith(b"\x89PNG")
    status, _, err = command("take.mid", "--pages", "-o", "page.png")
    assert (status, err) == (0, "")
    assert "page-1.png" in list_files(folder)


def test_a_picture_that_would_be_too_high_is_refused_in_a_line(folder, command, monkeypatch):
    monkeypatch.setattr(pdf, "TALLEST_PICTURE", 100)
    status, out, err = command("take.mid", "-o", "take.png")
    assert (status, out) == (2, "")
    assert re.fullmatch(r"engrave: take.mid: take.png: .* pixels high; write pages .*\n", err)
    assert list_files(folder) == ["take.mid"]


def test_standard_output_holds_the_music_only(folder, command):
    status, out, err = command("take.mid", "-o", "-")
    assert status == 0
    assert root_of(out.encode()) == "score-partwise"
    assert SUMMARY.match(err) and err.count("\n") == 1
    assert list_files(folder) == ["take.mid"]


def test_standard_input_goes_to_standard_output(folder):
    done = run_process("-", input=WALTZ)
    assert done.returncode == 0
    assert root_of(done.stdout) == "score-partwise"


def test_standard_input_goes_to_a_file(folder):
    done = run_process("-", "-o", "piped.musicxml", input=WALTZ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert root_of((folder / "piped.musicxml").read_bytes()) == "score-partwise"
    assert b"72 notes" in done.stdout


def test_a_name_without_a_midi_suffix_is_kept_whole(folder, command):
    (folder / "Op. 9 No. 2").write_bytes(WALTZ)
    assert command("Op. 9 No. 2")[0] == 0
    assert "Op. 9 No. 2.musicxml" in list_files(folder)


def test_a_name_that_the_terminal_cannot_show(folder):
    """Summary and complaint still come out, in a locale that knows ASCII only."""
    (folder / "für.mid").write_bytes(WALTZ)
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii:strict"}
    done = subprocess.run([*COMMAND, "für.mid"], env=environment, capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"f\\xfcr.mid: ")


# Many at once


def test_many_go_on_after_a_failure(folder, command):
    (folder / "broken.mid").write_bytes(b"MThd")
    (folder / "more.mid").write_bytes(WALTZ)
    status, out, err = command("broken.mid", "more.mid", "take.mid", "-o", "out/")
    assert status == 2
    assert list_files(folder / "out") == ["more.musicxml", "take.musicxml"]
    assert out.splitlines()[-1] == "2 of 3 written"
    assert err.startswith("engrave: broken.mid: ") and err.count("\n") == 1


def test_many_that_all_succeed(folder, command):
    (folder / "out").mkdir()
    (folder / "more.mid").write_bytes(WALTZ)
    status, out, err = command("more.mid", "take.mid", "-o", "out")
    assert (status, err) == (0, "")
    assert list_files(folder / "out") == ["more.musicxml", "take.musicxml"]
    assert out.splitlines()[-1] == "2 of 2 written"


@pytest.mark.slow
def test_progress_is_shown_on_a_terminal(folder):
    """And only there: the tests around this one see nothing on standard error."""
    (folder / "more.mid").write_bytes(WALTZ)
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    os.set_blocking(ours, False)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        done = subprocess.run(
            [*COMMAND, "more.mid", "take.mid"],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=theirs,
            timeout=120,
        )
        shown = terminal.read(65536)  # while both ends are open, or it may be lost
        os.close(theirs)
    assert done.returncode == 0
    assert shown and b"0/2" in shown


def test_a_fault_of_the_program_is_told_as_one_and_the_next_file_is_done(
    folder, command, monkeypatch
):
    (folder / "more.mid").write_bytes(WALTZ)
    transcribe = engrave.transcribe

    def stumble(source, **options):
        assert source != "more.mid", "an oversight"
        return transcribe(source, **options)

    monkeypatch.setattr(engrave, "transcribe", stumble)
    status, _, err = command("more.mid", "take.mid")
    assert status == 2
    assert "an oversight" in err
    assert err.splitlines()[-1].startswith("engrave: more.mid: this is a fault of engrave")
    assert list_files(folder) == ["more.mid", "take.mid", "take.musicxml"]


@pytest.mark.parametrize(
    ("names", "output", "complaint"),
    [
        (["a/take.mid", "b/take.mid"], "out/", "written twice, from a/take.mid and from b/take"),
        (["take.mid", "take.midi"], None, "written twice, from take.mid and from take.midi"),
        (["take.xml"], "take.xml", "would overwrite the input take.xml"),
        (["take.xml"], "./b/../take.xml", "would overwrite the input take.xml"),
        (["take.musicxml"], "take.musicxml", "would overwrite the input take.musicxml"),
    ],
)
def test_nothing_is_overwritten(folder, command, names, output, complaint):
    for name in ["a/x.mid", "b/x.mid", *names]:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(WALTZ)
    before = list_files(folder)
    status, out, err = command(*names, *(["-o", output] if output else []))
    assert (status, out) == (2, "")
    assert complaint in err and err.startswith("engrave: ") and err.count("\n") == 1
    assert list_files(folder) == before
    assert all((folder / name).read_bytes() == WALTZ for name in names)


def test_a_link_to_an_input_is_not_overwritten(folder, command):
    (folder / "link.svg").symlink_to("take.mid")
    status, _, err = command("take.mid", "-o", "link.svg")
    assert status == 2 and "would overwrite the input take.mid" in err


def test_the_same_input_twice_is_done_once(folder, command):
    status, out, _ = command("take.mid", "take.mid")
    assert status == 0 and out.count("\n") == 1


# What the user knows


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


EXPLAINED = ["tempo", "meter", "barlines", "key", "hardest bars", "correction"]


def said_of(explanation: str) -> list[str]:
    """What the indented lines are about."""
    return [
        re.sub(" that would matter most", "", line.strip().partition(":")[0])
        for line in explanation.splitlines()
        if line.startswith("  ")
    ]


def test_explain_says_how_sure_it_is_after_the_summary(folder, command):
    status, out, err = command("take.mid", "--explain", "--meter", "3/4")
    assert (status, err) == (0, "")
    assert SUMMARY.match(out)
    assert said_of(out) == EXPLAINED
    assert "  meter: 3/4, as you said\n" in out
    assert list_files(folder) == ["take.mid", "take.musicxml"]


def test_explain_keeps_out_of_the_music(folder, command):
    status, out, err = command("take.mid", "--explain", "-o", "-")
    assert status == 0
    assert root_of(out.encode()) == "score-partwise"
    assert said_of(err) == EXPLAINED


def test_explain_goes_with_each_performance(folder, command):
    (folder / "more.mid").write_bytes(WALTZ)
    _, out, _ = command("take.mid", "more.mid", "--explain")
    assert said_of(out) == 2 * EXPLAINED


def test_an_explanation_is_the_same_in_python(folder, command):
    _, out, _ = command("take.mid", "--explain")
    lines = engrave.transcribe("take.mid").explain().splitlines()
    assert [f"  {line}" for line in lines] == out.splitlines()[1:]


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


# For programs: events on standard output


def read_events(out: str) -> list[dict]:
    assert out.isascii()
    return [json.loads(line) for line in out.splitlines()]


def test_a_program_hears_how_far_it_is(folder, command):
    (folder / "für.mid").write_bytes(WALTZ)
    status, out, err = command("für.mid", "--progress")
    *steps, last = read_events(out)
    assert (status, err) == (0, "")
    assert [step["step"] for step in steps][:2] == ["Listening", "Following the beat"]
    shares = [step["done"] for step in steps]
    assert shares == sorted(shares) and len(shares) == 5 and shares[0] > 0 and shares[-1] < 1
    assert SUMMARY.match(last["summary"]) and last["files"] == ["für.musicxml"]


def test_a_program_hears_what_went_wrong_and_goes_on(folder, command):
    (folder / "broken.mid").write_bytes(b"MThd")
    status, out, err = command("broken.mid", "take.mid", "--progress", "-o", "out/")
    events = read_events(out)
    assert status == 2
    assert events[0]["error"].startswith("broken.mid: truncated")
    assert err == f"engrave: {events[0]['error']}\n"
    assert events[-1]["files"] == ["out/take.musicxml"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["take.mid", "--tempo", "fast"], "argument --tempo: 'fast' is not"),
        (["take.mid", "-o", "take.doc"], "take.doc: the suffix must be one of"),
        (["take.mid", "-o", "-"], "--progress needs standard output for itself"),
        (["take.mid", "-o", "/proc/out.svg"], "take.mid: /proc/out.svg: "),
    ],
)
def test_a_program_hears_of_every_mistake(folder, command, arguments, complaint):
    status, out, err = command(*arguments, "--progress")
    last = read_events(out)[-1]
    assert status == 2
    assert last["error"].startswith(complaint)
    assert err == f"engrave: {last['error']}\n"


# Mistakes: one line, exit status 2, nothing written


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "required: MIDI"),
        (["missing.mid"], "missing.mid: .*No such file"),
        (["."], "Is a directory"),
        (["empty.mid"], "empty.mid: "),
        (["text.mid"], "text.mid: "),
        (["empty.mid", "-o", "-"], "empty.mid: "),
        (["take.mid", "-o", "take.doc"], r"take.doc: the suffix must be one of \.musicxml"),
        (["take.mid", "-o", "folder"], "folder: the suffix must be one of"),
        (["take.mid", "-o", "text.mid/out.svg"], "take.mid: text.mid: File exists"),
        (["take.mid", "-o", "/proc/out.svg"], "take.mid: /proc/out.svg: "),
        (["take.mid", "text.mid", "-o", "out.svg"], "several performances need a folder"),
        (["take.mid", "text.mid", "-o", "-"], "several performances need a folder"),
        (["-", "-o", "./"], "standard input has no name"),
        (["take.mid", "--paper", "a3", "-o", "a.pdf"], "'a3' is no paper; there are a4 and letter"),
        (["take.mid", "--pages"], r"only \.svg"),
        (["take.mid", "--pages", "-o", "-"], r"--pages needs an \.svg"),
        (["take.mid", "--meter", "3/5"], "--meter: '3/5' is not a time signature"),
        (["take.mid", "--meter", "waltz"], "--meter: 'waltz' is not a time signature"),
        (["take.mid", "--tempo", "fast"], "--tempo: 'fast' is not a number"),
        (["take.mid", "--tempo", "nan"], "--tempo: 'nan' is not a number"),
        (["take.mid", "--tempo", "0"], "--tempo: '0' is not a number"),
        (["take.mid", "--key", "h moll"], "--key: "),
        (["take.mid", "--smallest", "1/7"], "--smallest: '1/7' is not .* 1/8, 1/16, 1/32"),
        (["take.mid", "--smallest", "small"], "--smallest: 'small' is not a note value"),
        (["take.mid", "--weights", "none"], "--weights: 'none' names no weights; .*full and free"),
        (["take.mid", "--beats", "none.txt"], "--beats: none.txt: No such file"),
        (["take.mid", "--beats", "take.mid"], "--beats: take.mid"),
        (["take.mid", "more.mid", "--beats", "taps.txt"], "--beats fits one performance"),
        (["take.mid", "--unknown"], "--unknown"),
    ],
)
def test_a_mistake_gets_one_line(folder, command, arguments, complaint):
    (folder / "empty.mid").touch()
    (folder / "text.mid").write_text("not music\n")
    (folder / "taps.txt").write_text("0\n1\n")
    before = list_files(folder)
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert re.match(f"engrave: .*{complaint}", err) and err.count("\n") == 1
    assert list_files(folder) == before


@pytest.mark.parametrize(
    ("taps", "complaint"),
    [
        ("0.5\n1.0 upbeat\n", "line 2: expected a time in seconds, .*'1.0 upbeat'"),
        ("0.5\n\nsoon\n", "line 3: expected a time in seconds, .*'soon'"),
        ("-1\n", "line 1: expected a time"),
        ("inf\n", "line 1: expected a time"),
        ("1 downbeat\n1\n", "line 2: 1 is not later than the tap before"),
        ("1\n# that was all\n", "at least two taps are needed, found 1"),
        ("\N{LATIN SMALL LETTER Y WITH DIAERESIS}", "not a text file"),
    ],
)
def test_a_wrong_tap_is_named(folder, command, taps, complaint):
    (folder / "taps.txt").write_text(taps, encoding="latin-1")
    status, _, err = command("take.mid", "--beats", "taps.txt")
    assert status == 2
    assert re.match(f"engrave: argument --beats: taps.txt[:,] {complaint}", err)


@pytest.mark.slow
def test_no_half_written_file_stays(folder):
    """The disk is full after 1,000 bytes; what an earlier run wrote is still there."""
    (folder / "take.musicxml").write_text("from an earlier run")
    done = run_process(
        "take.mid",
        "-o",
        "take.musicxml",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert done.returncode == 2
    assert done.stderr == b"engrave: take.mid: take.musicxml: File too large\n"
    assert list_files(folder) == ["take.mid", "take.musicxml"]
    assert (folder / "take.musicxml").read_text() == "from an earlier run"


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["take.mid"], ["take.mid", "-o", "-"]])
def test_a_reader_that_goes_away_is_left_in_peace(folder, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as out:
        process = subprocess.Popen(
            [*COMMAND, *arguments], env=ENVIRONMENT, stdout=out, stderr=subprocess.PIPE
        )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 141
    assert b"rror" not in err


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["take.mid"], ["take.mid", "-o", "-"]])
def test_a_full_standard_output(folder, arguments):
    with open("/dev/full", "wb") as out:
        done = subprocess.run(
            [*COMMAND, *arguments], env=ENVIRONMENT, stdout=out, stderr=subprocess.PIPE, timeout=120
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == b"engrave: standard output: No space left on device"
    assert b"Traceback" not in done.stderr


def test_interrupted(folder):
    """Ctrl-C while it reads: the pipe is open at both ends, and nothing comes through."""
    os.mkfifo("slow.mid")
    process = subprocess.Popen(
        [*COMMAND, "slow.mid"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with open("slow.mid", "wb"):  # waits until the command has opened its end
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert list_files(folder) == ["take.mid"]


# The samples


@pytest.mark.slow
def test_samples_all_convert(folder, command):
    assert SAMPLES, "samples/ holds no performances"
    status, out, err = command(*map(str, SAMPLES), "-o", "out/")
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == f"{len(SAMPLES)} of {len(SAMPLES)} written"
    assert list_files(folder / "out") == [f"{path.stem}.musicxml" for path in SAMPLES]
