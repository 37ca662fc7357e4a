"""The gallery is what its command makes, and its pictures and pages are there."""

import re
from pathlib import Path

import pytest

from samples.gallery import DOCS, EXHIBITS, write_gallery


@pytest.mark.slow
def test_the_committed_gallery_is_what_the_program_makes(tmp_path):
    write_gallery(tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    kept = sorted(
        path.relative_to(DOCS) for path in (DOCS / "gallery.md", *(DOCS / "gallery").iterdir())
    )
    assert made == kept and len(made) == 1 + len(EXHIBITS) == 5
    assert [
        name for name in made if (tmp_path / name).read_bytes() != (DOCS / name).read_bytes()
    ] == []


def test_what_the_gallery_and_the_guide_point_at_is_there():
    for page in ("gallery.md", "blog.md"):
        text = re.sub(r"```.*?```", "", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
        found = re.findall(r'(?:href|src)="([^"#]+)"|\]\(([^)#]+)\)', text)
        targets = [Path(one or other) for one, other in found if ":" not in one + other]
        assert targets and [str(path) for path in targets if not (DOCS / path).exists()] == []
