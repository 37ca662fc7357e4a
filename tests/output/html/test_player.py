"""The page in a real browser: it shows the score, plays the performance, and follows it."""

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

import engrave
from engrave.music.grid import Bar, Grid
from engrave.music.performance import Performance, PlayedNote, sounding_ends
from engrave.music.text import name_music
from engrave.output.html.page import alt_text, write_html
from tests.support.browser import STRICT, Watched, serve, watch
from tests.support.scores import repeated
from tests.support.sound import write_tone

SAMPLES = Path(__file__).parent.parent.parent.parent / "samples"
AS_REPEATED = (72, 74, 74, 76, 77, 76, 79, 81)  # the keys of `scores.repeated`
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1200, "height": 900}


@dataclass(frozen=True, slots=True)
class Take:
    """A score, its page, and what sounds in its performance."""

    score: engrave.Score
    page: Path

    @property
    def address(self) -> str:
        return self.page.as_uri()

    def sounding(self, time: float) -> set[int]:
        """The key presses that sound so many seconds after the first one."""
        notes = self.score.performance.notes
        ends = sounding_ends(self.score.performance)
        at = notes[0].onset + time
        return {i for i, note in enumerate(notes) if note.onset <= at < ends[i]}


@pytest.fixture(scope="module")
def nocturne(tmp_path_factory) -> Take:
    """A piece with pedal, ties, grace notes, and a turn."""
    score = engrave.transcribe(SAMPLES / "nocturne.mid", composer="Johannes Brahms")
    page = tmp_path_factory.mktemp("page") / "nocturne.html"
    score.save(page)
    return Take(score, page)


@pytest.fixture(scope="module")
def march() -> engrave.Score:
    return engrave.transcribe(SAMPLES / "march.mid")


def visible_layouts(page: Watched) -> list[str]:
    return page.page.evaluate(
        "[...(document.querySelector('engrave-score').shadowRoot ?? document)"
        ".querySelectorAll('.layout')].filter((one) => one.getClientRects().length)"
        ".map((one) => one.className)"
    )


def play_until_notes_light(page: Watched, which: int) -> None:
    page.score("score.play()", which)
    page.page.wait_for_function(
        "(which) => document.querySelectorAll('engrave-score')[which]"
        ".shadowRoot.querySelector('.held')",
        arg=which,
    )


# It loads, and says nothing


def test_it_loads_without_a_word_and_asks_nobody_for_anything(chromium, nocturne):
    with watch(chromium, nocturne.address) as page:
        page.page.get_by_role("button", name="Play").click()
        page.page.wait_for_timeout(500)
        assert page.said == []
        assert page.asked == [nocturne.address]


def test_before_anything_is_played_nothing_is_read(chromium, nocturne):
    with watch(chromium, nocturne.address) as page:
        assert page.score("score.recording === undefined && score.transport === undefined")
        assert page.page.locator(".clock").inner_text() == "0:00 / 0:51"


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESK), ("dark", PHONE)])
def test_axe_finds_no_fault(chromium, axe, nocturne, scheme, viewport):
    with watch(chromium, nocturne.address, color_scheme=scheme, viewport=viewport) as page:
        page.page.get_by_role("button", name="Play").click()
        assert page.violations(axe) == []


def test_axe_can_find_faults(chromium, axe, tmp_path):
    (tmp_path / "bad.html").write_text(
        "<html><img src='data:,'><p style='color:#eee'>pale text</p></html>"
    )
    with watch(chromium, (tmp_path / "bad.html").as_uri()) as page:
        found = {line.partition(":")[0] for line in page.violations(axe)}
        assert {"image-alt", "document-title", "color-contrast"} <= found


def test_the_accessibility_tree_names_it(chromium, nocturne):
    with watch(chromium, nocturne.address) as page:
        said = alt_text(nocturne.score, nocturne.score.performance)
        assert said.startswith("Nocturne on Brahms's Lullaby. Piano score by Johannes Brahms: ")
        assert page.page.get_by_role("img", name=said, exact=True).count() == 1
        tree = page.page.locator("body").aria_snapshot()
        controls = ("heading", 'group "Player"', 'button "Play"', 'slider "Position"', "combobox")
        assert all(name in tree for name in controls)


# Without scripts


@pytest.mark.parametrize(
    ("viewport", "layout"), [(PHONE, "narrow"), (DESK, "wide")], ids=["phone", "desk"]
)
def test_without_scripts_it_shows_the_score(chromium, nocturne, viewport, layout):
    options = {"java_script_enabled": False, "viewport": viewport}
    with watch(chromium, nocturne.address, **options) as page:
        assert page.page.locator(f".layout.{layout} .system svg").first.is_visible()
        assert page.page.locator(".layout:visible").count() == 1
        assert page.page.get_by_role("img", name="Nocturne on Brahms's Lullaby").is_visible()
        assert (
            page.page.locator("figcaption")
            .inner_text()
            .startswith(f"{', '.join(name_music(nocturne.score))}. ")
        )
        assert page.said == []


@pytest.mark.parametrize("name", ["MusicXML", "MIDI"])
def test_the_score_and_the_recording_can_be_taken_along(chromium, nocturne, name, tmp_path):
    with watch(chromium, nocturne.address) as page:
        with page.page.expect_download() as waiting:
            page.page.get_by_role("link", name=name).click()
        taken = tmp_path / "taken"
        waiting.value.save_as(taken)
        title = "Nocturne on Brahms's Lullaby".replace("'", "_")
        suffix = {"MusicXML": ".mxl", "MIDI": ".mid"}[name]
        assert waiting.value.suggested_filename.replace("'", "_") == title + suffix
    if name == "MIDI":
        assert taken.read_bytes() == (SAMPLES / "nocturne.mid").read_bytes()
    else:
        nocturne.score.save(tmp_path / "again.mxl")
        assert taken.read_bytes() == (tmp_path / "again.mxl").read_bytes()


# Playing


def test_what_lights_up_at_ten_times_is_what_sounds(chromium, nocturne):
    with watch(chromium, nocturne.address) as page:
        duration = page.score("score.seek(0) ?? score.transport.duration")
        for i in range(10):
            time = duration * (i + 0.37) / 10
            page.score(f"score.seek({time})")
            assert page.lit() == nocturne.sounding(time) != set()


WHEN = """async (time) => {
  const score = document.querySelector("engrave-score");
  while (score.transport.position() < time) await new Promise(requestAnimationFrame);
  const lit = [...score.shadowRoot.querySelectorAll(".held, .ringing")];
  return [score.transport.position(), lit.map((head) => head.dataset.played).join(" ")];
}"""


def test_what_lights_up_while_it_plays_is_what_sounds(chromium, nocturne):
    """Within a twentieth of a second, at ten times."""
    with watch(chromium, nocturne.address) as page:
        page.page.get_by_role("button", name="Play").click()
        for i in range(10):
            page.score(f"score.seek({4.3 * i})")
            time, lit = page.page.evaluate(WHEN, 4.3 * i + 0.4)
            near = [nocturne.sounding(time - delay / 200) for delay in range(11)]
            assert set(map(int, lit.split())) in near
            assert time < 4.3 * i + 2


def test_it_turns_back_at_a_repeat_sign(chromium, tmp_path):
    """Both times the same heads light up and the cursor stands at the same places."""
    score = repeated()
    starts = [4 * k for k in range(9)]
    bars = tuple(Bar(Fraction(start), Fraction(4), 4, 4) for start in starts[:8])
    grid = Grid(tuple(float(s) / 4 for s in starts), tuple(map(Fraction, starts)), bars)
    notes = [PlayedNote(float(k), k + 0.9, pitch, 64) for k, pitch in enumerate(AS_REPEATED)]
    (tmp_path / "page.html").write_text(write_html(score, Performance(tuple(notes)), grid))
    with watch(chromium, (tmp_path / "page.html").as_uri()) as page:
        page.score("score.seek(0)")
        seen = []
        for k in range(8):
            page.score(f"score.seek({k + 0.5})")
            lit = page.score(
                "[...score.shadowRoot.querySelectorAll('.held')].map((h) => h.dataset.played)"
            )
            place = page.score("parseFloat(score.sheet.cursor.style.left)")
            seen.append((lit, place))
        assert [lit for lit, _ in seen] == [
            *(["0"], ["1 2"], ["1 2"], ["3 5"], ["4"], ["3 5"], ["6"], ["7"])
        ]
        places = [place for _, place in seen]
        assert places[1] == places[2] and places[3] == places[5]
        assert places[0] < places[1] < places[3] < places[4] < places[6] < places[7]
        numbers = page.score("score.sheet.recording.numbers")
        assert numbers == [1, 2, 2, 3, 4, 3, 5, 6]


def test_a_note_is_held_and_then_rings_on_in_the_pedal(chromium, nocturne):
    notes, ends = nocturne.score.performance.notes, sounding_ends(nocturne.score.performance)
    long = next(i for i, note in enumerate(notes) if ends[i] > note.release + 0.5)
    with watch(chromium, nocturne.address) as page:
        for time, how in ((-0.05, "held"), (0.25, "ringing")):
            page.score(f"score.seek({notes[long].release - notes[0].onset + time})")
            assert (
                page.score(f"[...root.querySelectorAll('[id$=wide-p{long}]')][0].classList[0]")
                == how
            )


def loudest_pitch(page: Watched) -> float:
    """The strongest frequency that is heard now, as a MIDI pitch."""
    peak = page.page.evaluate(
        "() => { const levels = new Float32Array(ear.frequencyBinCount);"
        " ear.getFloatFrequencyData(levels); const top = levels.indexOf(Math.max(...levels));"
        " return top * ear.context.sampleRate / ear.fftSize; }"
    )
    return 69 + 12 * math.log2(peak / 440)


@pytest.mark.parametrize("speed", ["1", "0.5"])
def test_what_is_heard_is_what_was_played_at_any_speed(chromium, tmp_path, speed):
    """Long notes one after the other: the pitch stays, the pace changes."""
    score = engrave.transcribe(write_tone([60, 67, 64], seconds=2.5))
    score.save(tmp_path / "tones.html")
    with watch(chromium, (tmp_path / "tones.html").as_uri(), listen=True) as page:
        page.page.get_by_label("Speed").select_option(speed)
        page.page.get_by_role("button", name="Play").click()
        clock = "() => ear.context.currentTime"
        starts = page.page.evaluate(WHEN, 0.2)[0], page.page.evaluate(clock)
        for i, pitch in enumerate([60, 67]):
            page.page.evaluate(WHEN, 2.5 * i + 1.6)
            assert loudest_pitch(page) == pytest.approx(pitch, abs=0.35)
        ends = page.page.evaluate(WHEN, 4.2)[0], page.page.evaluate(clock)
        pace = (ends[0] - starts[0]) / (ends[1] - starts[1])
        assert pace == pytest.approx(float(speed), rel=0.1)


LOUDNESS = """() => {
  const samples = new Float32Array(2048);
  ear.getFloatTimeDomainData(samples);
  return Math.max(...samples);
}"""


def test_pause_is_silent_and_goes_on_from_there(chromium, nocturne):
    with watch(chromium, nocturne.address, listen=True) as page:
        page.page.get_by_role("button", name="Play").click()
        page.page.evaluate(WHEN, 0.5)
        page.page.wait_for_function(f"() => ({LOUDNESS})() > 0.01")
        page.page.get_by_role("button", name="Pause").click()
        stood = page.score("score.transport.position()")
        assert stood > 0.5
        page.page.wait_for_function(f"() => ({LOUDNESS})() < 0.001")
        page.page.wait_for_timeout(500)
        assert page.page.evaluate(LOUDNESS) < 0.001
        assert page.score("score.transport.position()") == stood
        page.page.get_by_role("button", name="Play").click()
        time, _ = page.page.evaluate(WHEN, stood + 0.1)
        assert time < stood + 2


def test_a_click_on_a_note_starts_there(chromium, nocturne):
    notes = nocturne.score.performance.notes
    with watch(chromium, nocturne.address) as page:
        for press in (60, 20):
            page.page.locator(f"[id$=wide-p{press}] use").first.click()
            at = page.score("score.transport.position()")
            assert 0 <= at - (notes[press].onset - notes[0].onset) + 0.08 < 1.5
            assert page.score("score.isPlaying")


def test_a_tap_beside_the_notes_starts_at_the_nearest(chromium, nocturne):
    with watch(chromium, nocturne.address, viewport=PHONE, has_touch=True) as page:
        system = page.page.locator(".narrow .system").nth(2).bounding_box()
        page.page.touchscreen.tap(system["x"] + system["width"] / 2, system["y"] + 3)
        at = page.score("score.transport.position()")
        stops = page.score("score.sheet.systems[2].stops.map((stop) => [stop.x, stop.time])")
        x, time = min(stops, key=lambda stop: abs(stop[0] - 0.5))
        assert abs(x - 0.5) < 0.1 and -0.08 < at - time < 1.5


def test_it_can_be_played_from_the_keyboard(chromium, nocturne):
    onsets = [
        n.onset - nocturne.score.performance.notes[0].onset
        for n in nocturne.score.performance.notes
    ]
    with watch(chromium, nocturne.address) as page:
        keyboard = page.page.keyboard
        keyboard.press("Tab")
        keyboard.press("Enter")
        assert page.score("score.isPlaying")
        keyboard.press("Enter")
        assert not page.score("score.isPlaying")
        keyboard.press("Tab")
        keyboard.press("Home")
        places = [page.score("score.transport.position()")]
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "PageDown", "PageUp", "End"):
            keyboard.press(key)
            places.append(page.score("score.transport.position()"))
        first, second, third, back, bar, start, end = places
        assert first == 0 and second in [pytest.approx(t, abs=2e-3) for t in onsets]
        assert third > second == pytest.approx(back)
        assert bar > third and start < second
        assert end == pytest.approx(page.score("score.transport.duration"))
        assert page.score("root.activeElement.getAttribute('aria-valuetext')").startswith(
            f"bar {nocturne.score.parts[0].measures[-1].number},"
        )
        keyboard.press(" ")
        assert page.score("score.isPlaying")


def test_a_drawn_selection_is_repeated(chromium, nocturne):
    with watch(chromium, nocturne.address) as page:
        first, last = (page.page.locator(f"[id$=wide-p{press}] use").first for press in (3, 6))
        for place, act in ((first, "down"), (last, "move"), (last, "up")):
            box = place.bounding_box()
            page.page.mouse.move(box["x"] + 3, box["y"] + 3, steps=4)
            if act != "move":
                getattr(page.page.mouse, act)()
        loop = page.score("score.transport.loop")
        assert 0.2 < loop["end"] - loop["start"] < 3
        assert page.page.locator(".loop").count() == 1
        page.page.get_by_role("button", name="Play").click()
        turns, before = 0, 0.0
        for _ in range(100):
            page.page.wait_for_timeout(50)
            at = page.score("score.transport.position()")
            assert loop["start"] - 0.01 <= at <= loop["end"] + 0.01
            turns, before = turns + (at < before), at
            if turns == 2:
                break
        assert turns == 2
        page.page.get_by_role("button", name="No loop").click()
        assert page.score("score.transport.loop") is None
        assert page.page.locator(".loop").count() == 0


def test_a_loop_can_be_set_from_the_keyboard(chromium, nocturne):
    with watch(chromium, nocturne.address) as page:
        page.score("score.seek(2)")
        page.page.get_by_role("button", name="Loop from here").press("Enter")
        page.score("score.seek(4)")
        page.page.get_by_role("button", name="Loop to here").press("Enter")
        loop = page.score("score.transport.loop")
        assert loop["start"] == pytest.approx(2, abs=0.06) and loop["end"] >= 4


def test_at_the_end_it_stops_and_is_at_the_beginning(chromium, nocturne):
    with watch(chromium, nocturne.address) as page:
        page.page.get_by_role("button", name="Play").click()
        page.score("score.seek(score.transport.duration - 0.3)")
        page.page.get_by_role("button", name="Play").wait_for()
        assert page.score("score.transport.position()") == 0
        assert page.lit() == set() and page.page.locator(".cursor").count() == 0


# On the screen and on paper


def test_it_reflows(chromium, nocturne):
    with watch(chromium, nocturne.address) as page:
        assert visible_layouts(page) == ["layout wide"]
        page.score("score.seek(5)")
        lit = page.lit()
        for width, layout in ((700, "medium"), (360, "narrow"), (320, "narrow")):
            page.page.set_viewport_size({"width": width, "height": 740})
            page.page.wait_for_timeout(100)
            assert visible_layouts(page) == [f"layout {layout}"]
            assert page.page.evaluate("document.documentElement.scrollWidth") == width
            assert page.lit() == lit != set()
            assert page.page.locator(f".{layout} .cursor").count() == 1


@pytest.mark.parametrize(
    ("scheme", "ink", "paper"),
    [
        ("light", "rgb(22, 24, 29)", "rgb(255, 255, 255)"),
        ("dark", "rgb(230, 230, 230)", "rgb(22, 24, 29)"),
    ],
)
def test_light_and_dark(chromium, nocturne, scheme, ink, paper):
    with watch(chromium, nocturne.address, color_scheme=scheme) as page:
        style = "getComputedStyle(root.querySelector('.wide path')).stroke"
        assert page.score(style) == ink
        assert (
            page.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            == paper
        )


def test_it_turns_with_the_music_unless_the_reader_looks_elsewhere(chromium, nocturne):
    place = "document.scrollingElement.scrollTop"
    with watch(chromium, nocturne.address, viewport=PHONE) as page:
        page.page.get_by_role("button", name="Play").click()
        page.score("score.seek(30)")
        page.page.wait_for_function(f"() => {place} > 100")
        page.page.wait_for_timeout(900)
        page.page.mouse.wheel(0, -5000)
        page.page.wait_for_function(f"() => {place} === 0")
        page.page.wait_for_timeout(4000)  # the music goes on to the next system
        assert page.page.evaluate(place) == 0


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_cursor_glides_only_where_motion_is_welcome(chromium, nocturne, motion):
    with watch(chromium, nocturne.address, reduced_motion=motion) as page:
        page.page.get_by_role("button", name="Play").click()
        page.page.wait_for_timeout(300)
        places = set(
            page.page.evaluate(
                "async () => { const places = [];"
                " const { sheet } = document.querySelector('engrave-score');"
                " while (places.length < 40) { places.push(parseFloat(sheet.cursor.style.left));"
                " await new Promise(requestAnimationFrame); } return places; }"
            )
        )
        stops = page.score("score.sheet.systems[0].stops.map((stop) => 100 * stop.reached)")
        on_notes = [min(abs(place - stop) for stop in stops) < 1e-3 for place in places]
        assert all(on_notes) == (motion == "reduce")


def test_paper_shows_the_music_and_no_controls(chromium, nocturne):
    with watch(chromium, nocturne.address, color_scheme="dark") as page:
        page.score("score.seek(5)")
        page.page.emulate_media(media="print", color_scheme="dark")
        assert not page.page.get_by_role("button").first.is_visible()
        assert not page.page.locator(".cursor").is_visible()
        assert visible_layouts(page) == ["layout medium"]
        assert (
            page.score("getComputedStyle(root.querySelector('.medium .held')).color")
            == "rgb(0, 0, 0)"
        )
        assert page.page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_paper_breaks_between_systems(chromium, march, tmp_path):
    """Every system is whole on one of the pages."""
    march.save(tmp_path / "page.html")
    with watch(chromium, (tmp_path / "page.html").as_uri()) as page:
        assert page.page.pdf(format="A5", landscape=True).count(b"/Type /Page\n") > 1
        page.page.emulate_media(media="print")
        assert set(
            page.score(
                "[...root.querySelectorAll('.medium .system')]"
                ".map((system) => getComputedStyle(system).breakInside)"
            )
        ) == {"avoid"}


# With files beside it, with sound, several on a page


def test_with_its_files_beside_it_it_obeys_the_strictest_policy(chromium, nocturne, tmp_path):
    nocturne.score.save(tmp_path / "a take.html", assets=True)
    with (
        serve(tmp_path, {"Content-Security-Policy": STRICT}) as site,
        watch(chromium, f"{site}a%20take.html") as page,
    ):
        page.page.get_by_role("button", name="Play").click()
        page.page.wait_for_timeout(500)
        assert page.said == [] and page.lit() != set()
        assert {Path(address).name for address in page.asked} == {
            "a%20take.html", "engrave-score.js", "engrave-score.css",
        }  # fmt: skip
        for link in page.page.get_by_role("link").all():
            assert page.page.request.get(site + link.get_attribute("href")).ok


def test_a_sound_recording_is_played_in_place_of_the_piano(chromium, nocturne, tmp_path):
    (tmp_path / "take.wav").write_bytes(write_tone([69], seconds=55, sound=True))
    page_file = tmp_path / "page.html"
    nocturne.score.save(page_file, audio=tmp_path / "take.wav", audio_start=0.5)
    with watch(chromium, page_file.as_uri()) as page:
        page.page.get_by_label("Speed").select_option("0.5")
        page.page.get_by_role("button", name="Play").click()
        page.score("score.seek(10)")
        page.page.wait_for_timeout(500)
        at = page.score(
            "[score.transport.position(), score.audio.currentTime, score.audio.playbackRate]"
        )
        assert 10 <= at[0] < 11 and at[1] - at[0] == pytest.approx(0.5, abs=0.05) and at[2] == 0.5
        assert page.score("score.audio.preservesPitch && !score.audio.paused")
        assert page.said == []


def test_three_scores_on_a_page(chromium, axe, nocturne, march, tmp_path):
    """Under the strictest policy; one plays at a time; no id is there twice."""
    folder = tmp_path / "scores"
    folder.mkdir()
    elements = []
    for name, score in (("a", nocturne.score), ("b", march), ("c", nocturne.score)):
        score.save(folder / f"{name}.html", assets=True)
        elements.append(f'<engrave-score src="scores/{name}.html"><p>{name}</p></engrave-score>')
    script = '<script src="scores/engrave-score.js" defer></script>'
    (tmp_path / "index.html").write_text(
        f"<!DOCTYPE html><html lang=en><title>Three</title><main><h1>Three</h1>"
        f"{script.join(elements)}{script}</main></html>"
    )
    with (
        serve(tmp_path, {"Content-Security-Policy": STRICT}) as site,
        watch(chromium, site) as page,
    ):
        page.page.wait_for_function(
            "() => [...document.querySelectorAll('engrave-score')].every((one) => one.shadowRoot)"
        )
        for which in (0, 2, 1):
            play_until_notes_light(page, which)
            assert [page.score("score.isPlaying", i) for i in range(3)] == [
                i == which for i in range(3)
            ]
        for which in range(3):
            link = page.score("root.querySelector('figcaption a').href", which)
            assert link == f"{site}scores/{'abc'[which]}.musicxml"
            ids = page.score("[...root.querySelectorAll('[id]')].map((one) => one.id)", which)
            assert len(set(ids)) == len(ids) > 100
        assert page.violations(axe) == []
        assert page.said == []


def test_twenty_scores_on_a_page_are_light(chromium, nocturne, tmp_path):
    """Only what the reader comes near is fetched, and none is read before it is played."""
    nocturne.score.save(tmp_path / "take.html", assets=True)
    element = '<engrave-score src="take.html"><p style="height: 700px">score</p></engrave-score>'
    (tmp_path / "index.html").write_text(
        f"<!DOCTYPE html><title>Twenty</title>{20 * element}<script src=engrave-score.js></script>"
    )
    with serve(tmp_path) as site, watch(chromium, site) as page:
        page.page.wait_for_function("document.querySelector('engrave-score').shadowRoot")
        page.page.wait_for_timeout(300)
        built = "[...document.querySelectorAll('engrave-score')].filter((one) => one.{}).length"
        assert 1 <= page.page.evaluate(built.format("shadowRoot")) <= 3
        assert page.page.evaluate(built.format("recording")) == 0
        page.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.page.wait_for_function(
            "[...document.querySelectorAll('engrave-score')].at(-1).shadowRoot"
        )
        assert page.page.evaluate(built.format("shadowRoot")) < 12


def test_a_page_that_is_not_there_leaves_the_picture(chromium, nocturne, tmp_path):
    nocturne.score.save(tmp_path / "take.html", assets=True)
    (tmp_path / "index.html").write_text(
        "<!DOCTYPE html><title>x</title><engrave-score src='lost.html'><p>the picture</p>"
        "</engrave-score><script src=engrave-score.js></script>"
    )
    with serve(tmp_path) as site, watch(chromium, site) as page:
        page.page.wait_for_load_state("networkidle")
        assert page.page.get_by_text("the picture").is_visible()


def test_a_notebook_shows_several(chromium, nocturne, march, tmp_path):
    """Fragments in the middle of a page that is not ours; they do not touch its style."""
    (tmp_path / "notebook.html").write_text(
        "<!DOCTYPE html><meta charset=utf-8><title>x</title><figure id=own>own</figure>"
        + nocturne.score._repr_html_() + march._repr_html_(),
        encoding="utf-8",
    )  # fmt: skip
    with watch(chromium, (tmp_path / "notebook.html").as_uri()) as page:
        for which in (0, 1):
            play_until_notes_light(page, which)
        assert page.page.evaluate("getComputedStyle(own).marginLeft") == "40px"
        assert page.said == []
