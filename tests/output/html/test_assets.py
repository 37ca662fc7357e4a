"""The page and what is written beside it: which files, for whom, and how the page finds them."""

import re
from pathlib import Path

import pytest

from engrave.files.disk import File
from engrave.music.performance import Performance, Source
from engrave.output.html.assets import AudioFile, PageTarget, write_page
from engrave.output.musicxml.document import write_musicxml
from tests.support.playing import even_grid, press
from tests.support.scores import eight_notes
from tests.support.sound import write_tone

WAVE = write_tone([69], 0.1, sound=True)
TAKE = Source("take.mid", data=b"what was recorded")


def files(
    name: str = "page.html",
    assets: bool = True,
    source: Source = TAKE,
    sound: AudioFile | None = None,
) -> list[File]:
    """What is written for a page of this name, of eight notes from the first second on."""
    score = eight_notes()
    pitches = (74, 50, 78, 81, 79, 45, 77, 78)
    notes = tuple(press(1.0 + k, pitch) for k, pitch in enumerate(pitches))
    target = PageTarget(Path("site") / name, named=True, assets=assets, sound=sound)
    return write_page(score, Performance(notes, source=source), even_grid(4, 4, bars=2), target)


def names(found: list[File]) -> list[str]:
    return [str(file.path.relative_to("site")) for file in found]


def page(found: list[File]) -> str:
    return found[-1].content.decode()


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    path = tmp_path / "my tone.wav"
    path.write_bytes(WAVE)
    return path


def audio(text: str) -> tuple[str, str]:
    """The address of the sound recording, and the second of its first note."""
    (found,) = re.findall(r'<audio [^>]*src="([^"]*)" data-start="([^"]*)"', text)
    return found


def test_alone_it_is_one_file() -> None:
    (found,) = files(assets=False)
    assert (found.path, found.named) == (Path("site/page.html"), True)
    assert "engrave-score.js" not in page([found])


def test_script_and_style_are_those_of_all_scores_of_the_folder() -> None:
    found = files()
    assert [f.path.name for f in found if f.shared] == ["engrave-score.js", "engrave-score.css"]
    assert 'src="engrave-score.js"' in page(found) and 'href="engrave-score.css"' in page(found)
    again = files("another.html")
    assert [f.content for f in again if f.shared] == [f.content for f in found if f.shared]


def test_score_and_recording_lie_beside_the_page_under_its_name() -> None:
    found = files("waltz.html")
    assert names(found) == [
        *("engrave-score.js", "engrave-score.css"),
        *("waltz.musicxml", "waltz.mid", "waltz.html"),
    ]
    musicxml, midi = found[2:4]
    assert musicxml.content == write_musicxml(eight_notes())
    assert (midi.content, midi.listed_in) == (TAKE.data, Path("site/waltz.html"))
    links = re.findall(r'<a href="([^"]*)"', page(found))
    assert links == ["waltz.musicxml", "waltz.mid"]


def test_only_the_page_is_the_users_own_choice() -> None:
    assert [file.path.name for file in files() if file.named] == ["page.html"]


def test_a_performance_without_a_file_has_no_recording_to_take_along() -> None:
    assert "page.mid" not in names(files(source=Source()))


def test_the_page_finds_files_whatever_their_names_are_made_of() -> None:
    assert 'href="a%20take%20%281%29%23%22%3F.musicxml"' in page(files('a take (1)#"?.html'))
    assert 'href="%C3%BCbung.musicxml"' in page(files("übung.html"))


def test_a_sound_recording_lies_beside_the_page_or_in_it(tone: Path) -> None:
    beside = files(sound=AudioFile(tone, 0.25))
    copy = next(file for file in beside if file.path.name == "my tone.wav")
    assert (copy.content, copy.listed_in) == (WAVE, Path("site/page.html"))
    assert audio(page(beside)) == ("my%20tone.wav", "0.25")
    inside = files(assets=False, sound=AudioFile(tone, 0.25))
    assert names(inside) == ["page.html"]
    assert re.match(r"data:audio/(x-)?wav;base64,", audio(page(inside))[0])


def test_if_nobody_says_when_its_first_note_sounds_it_is_as_in_the_performance(tone: Path) -> None:
    assert float(audio(page(files(sound=AudioFile(tone, None))))[1]) == 1.0
    assert float(audio(page(files(sound=AudioFile(tone, 0.0))))[1]) == 0.0


def test_sound_of_a_kind_that_nobody_knows_is_taken_for_mpeg(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(WAVE)
    source, _ = audio(page(files(assets=False, sound=AudioFile(path, 0.0))))
    assert source.startswith("data:audio/mpeg;base64,")


def test_a_sound_recording_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.mp3"):
        files(sound=AudioFile(tmp_path / "none.mp3", 0.0))
