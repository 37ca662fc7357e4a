"""Which files a command line asks for, and what is said about each performance."""

import json
import os
import re
import signal
import subprocess
import time
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree

import engrave
from engrave.cli import workers
from engrave.cli.convert import Result, convert_apart, run
from engrave.cli.plan import Job, Settings, read_command
from engrave.cli.terminal import Said
from engrave.midi.read import read_midi
from engrave.output import pdf
from tests.support.sound import write_tone
from tests.support.waltz import COMMAND, ENVIRONMENT, WALTZ, list_files, make_waltz

SOUND = write_tone([69], 1, sound=True)
SUMMARY = re.compile(r"^[^:\n]+: \d+/\d+, [A-G](-flat|-sharp)? (major|minor), .+, \d+ bars?.*notes")


def run_process(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, *arguments], env=ENVIRONMENT, capture_output=True, timeout=120, **options
    )


def root_of(content: bytes) -> str:
    return etree.QName(etree.fromstring(content)).localname


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


def stumble(settings: Settings, job: Job) -> Result:
    """In a worker process: one file finds a fault, one ends the process, one takes all memory."""
    transcribe = engrave.transcribe

    def stumbling(source, **options):
        assert source != "fault.mid", "an oversight"
        if source == "crash.mid":
            os._exit(7)
        if source == "greedy.mid":
            raise MemoryError
        if source == "slow.mid":
            time.sleep(60)
        return transcribe(source, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engrave, "transcribe", stumbling)
        return convert_apart(settings, job)


def test_a_file_that_fails_in_any_way_is_told_in_its_place_and_the_others_are_done(folder, capfd):
    names = ["crash.mid", "fault.mid", "greedy.mid", "slow.mid", "more.mid"]
    for name in names:
        (folder / name).write_bytes(WALTZ)
    plan = read_command([*names, "take.mid", "--timeout", "3"])
    assert run(plan, stumble) == 2
    out, err = capfd.readouterr()
    assert "AssertionError: an oversight" in err
    assert [line for line in err.splitlines() if line.startswith("engrave: ")] == [
        "engrave: crash.mid: its process ended with status 7",
        "engrave: fault.mid: this is a fault of engrave, please report it",
        "engrave: greedy.mid: not enough memory",
        "engrave: slow.mid: not done in 3 seconds (--timeout)",
    ]
    assert re.sub(r": .*", "", out).splitlines() == ["more.mid", "take.mid", "2 of 6 written"]
    assert list_files(folder) == sorted([*names, "take.mid", "more.musicxml", "take.musicxml"])


def test_any_number_of_jobs_writes_and_says_the_same(folder, command):
    names = [f"{number}.mid" for number in range(4)]
    for bars, name in enumerate(names, start=4):
        (folder / name).write_bytes(make_waltz(bars))
    (folder / names[1]).write_bytes(b"MThd")
    one = command(*names, "-o", "one/", "--explain", "--jobs", "1")
    two = command(*names, "-o", "two/", "--explain", "--jobs", "2")
    assert one == two and one[0] == 2
    written = list_files(folder / "one")
    assert written == list_files(folder / "two") and len(written) == 3
    for name in written:
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()


def test_standard_input_among_several(folder):
    done = run_process("-", "take.mid", input=WALTZ)
    assert (done.returncode, list_files(folder)) == (0, ["take.mid", "take.musicxml"])
    assert done.stdout.startswith(b"<?xml") and done.stdout.endswith(b"2 of 2 written\n")
    assert b"72 notes" in done.stderr


def processes_of(session: int) -> list[str]:
    """The processes of a session that are still at work."""
    stats = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            stats.append(path.read_text().rpartition(")")[2].split())
    return [state for state, _, _, found, *_ in stats if int(found) == session and state != "Z"]


def start_with_many(folder: Path) -> subprocess.Popen:
    """The command, in a session of its own; the first of forty files is written."""
    for number in range(40):
        (folder / f"{number}.mid").write_bytes(WALTZ)
    process = subprocess.Popen(
        [*COMMAND, ".", "-o", "out/"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    process.stdout.readline()
    return process


@pytest.mark.slow
def test_no_process_outlives_the_command_that_is_killed(folder):
    process = start_with_many(folder)
    process.kill()
    process.communicate(timeout=60)
    time.sleep(2)
    assert processes_of(process.pid) == []


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.0, 0.3, 1.0, 3.0])
def test_an_interrupt_leaves_whole_files_and_no_process(folder, after):
    """As a terminal sends it: to all processes at once."""
    process = start_with_many(folder)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, b"")
    time.sleep(1)
    assert processes_of(process.pid) == []
    written = list((folder / "out").iterdir())
    assert written and all(path.suffix == ".musicxml" for path in written)
    assert all(root_of(path.read_bytes()) == "score-partwise" for path in written)


def pretend(settings: Settings, job: Job) -> Result:
    return Result(True, 1, Said(f"{job.recording.source}\n", ""))


def memory_for(folder: Path, folders: int) -> int:
    """The most bytes that this process holds while so many folders of 100 files are done."""
    for number in range(folders):
        (folder / f"{number:02}").mkdir(parents=True)
        for name in range(100):
            (folder / f"{number:02}" / f"{name:02}.mid").touch()
    plan = read_command([str(folder), "-o", "out/"])
    tracemalloc.start()
    assert run(plan, pretend) == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.slow
def test_thousands_of_files_take_no_more_memory_than_some(folder, capfd, monkeypatch):
    monkeypatch.setattr(workers, "AHEAD", 4)
    memory_for(folder / "before", 20)  # what is loaded once, and the interpreter's own tables
    some = memory_for(folder / "some", 2)
    # the least of two: what waits in the pipes differs from time to time
    many = min(memory_for(folder / name, 20) for name in ("more", "many"))
    out = capfd.readouterr().out.splitlines()
    assert out[-1] == "2000 of 2000 written"
    places = [f"{number // 100:02}/{number % 100:02}.mid" for number in range(2000)]
    assert out[-2001:-1] == [f"{folder}/many/{place}" for place in places]
    assert many - some < 1800 * 20


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


def test_the_suffix_chooses_and_what_belongs_to_it_may_stand_beside(folder, command):
    assert command("take.mid", "-o", "take.html")[0] == 0
    assert list_files(folder) == ["take.html", "take.mid"]
    inside = (folder / "take.html").stat().st_size
    assert command("take.mid", "-o", "take.html", "--assets")[0] == 0
    beside = ["engrave-score.css", "engrave-score.js", "take.musicxml"]
    assert list_files(folder) == sorted(["take.html", "take.mid", *beside])
    assert (folder / "take.html").stat().st_size < inside
    assert (folder / "take.mid").read_bytes() == WALTZ


@pytest.mark.parametrize("assets", [[], ["--assets"]])
def test_a_sound_recording_goes_with_the_page(folder, command, assets):
    (folder / "take.wav").write_bytes(SOUND)
    words = ["take.mid", "-o", "out/page.html", "--audio", "take.wav", "--audio-start", "0.25"]
    assert command(*words, *assets)[0] == 0
    page = (folder / "out" / "page.html").read_text(encoding="utf-8")
    source, start = re.findall(r'<audio [^>]*src="([^"]*)" data-start="([^"]*)"', page)[0]
    assert start == "0.25"
    assert source == "take.wav" if assets else source.startswith("data:audio/")
    assert (folder / "out" / "take.wav").exists() == bool(assets)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--assets"], "--assets needs an .html page"),
        (["--audio", "take.wav", "-o", "a.svg"], "--audio needs an .html page"),
        (["--audio", "none.mp3", "-o", "a.html"], "none.mp3: No such file"),
        (["b.mid", "--audio", "take.wav", "-o", "a.html"], "--audio fits one performance"),
        (["--audio-start", "1", "-o", "a.html"], "--audio-start needs --audio"),
        (["--pages", "-o", "a.html"], "only .svg and .png have one file a page"),
        (["--audio", "take.wav", "-o", "a.html", "--audio-start", "x"], "'x' is not a number"),
        (["--audio", "take.wav", "-o", "a.html", "--audio-start", "nan"], "'nan' is not a number"),
    ],
)
def test_page_options_that_make_no_sense(folder, command, words, message):
    (folder / "take.wav").write_bytes(SOUND)
    before = list_files(folder)
    status, _, complaint = command("take.mid", *words)
    assert status == 2 and message in complaint and complaint.count("\n") == 1
    assert list_files(folder) == before


def test_a_page_and_other_files_at_once(folder, command):
    words = ["take.mid", "-o", "take.html", "-o", "take.svg", "--assets"]
    assert command(*words)[0] == 0
    assert {"take.html", "take.svg", "engrave-score.js"} <= set(list_files(folder))
