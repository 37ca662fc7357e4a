"""What tests need from outside: MuseScore, the MusicXML schema.

Without it the tests that need it are skipped and say why; under CI=true that is a failure.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from tests import musescore, schema

Judge = Callable[[Path], list[str]]


def lacking(reason: str) -> NoReturn:
    """Skip the test for want of something outside, or fail where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def require(program: str | None, name: str) -> str:
    """The path of a program that was looked for (None if it was not found)."""
    if program is None:
        lacking(f"{name} is not installed")
    return program


@pytest.fixture(scope="session")
def musescore_judge() -> Judge:
    """`tests.musescore.judge`: what real MuseScore reads differently from a file."""
    require(musescore.musescore_program(), "MuseScore 3")
    return musescore.judge


@pytest.fixture(scope="session")
def schema_judge() -> Judge:
    """`tests.schema.validate`: what the MusicXML 4.0 schema says against a file."""
    try:
        schema.load_schema()
    except schema.SchemaUnavailable as unavailable:
        lacking(str(unavailable))
    return schema.validate
