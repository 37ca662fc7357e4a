"""What the documentation site takes from outside `docs`, at the same places as in the project."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent
OUTSIDE = ("bench/README.md", "training/README.md", "samples/*.svg")
UP = re.compile(r'(\]\(|src=")\.\./')  # a link that leaves the folder


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand outside `docs`."""
    for path in sorted(path for pattern in OUTSIDE for path in ROOT.glob(pattern)):
        name = path.relative_to(ROOT).as_posix()
        files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """The site has the pages of `docs` at its top, beside the other folders."""
    if page.file.src_uri in OUTSIDE:
        return markdown.replace("](../docs/", "](../")
    return UP.sub(r"\1", markdown)
