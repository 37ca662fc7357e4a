"""The MusicXML 4.0 schema, and whether a file obeys it.

The W3C's schema is on the Python package index only inside the source distribution of the
package `musicxml`; the XML and XLink schemas that it imports come with the package `xmlschema`.
pip fetches that distribution (so its own configuration says from where) and checks its hash; the
extracted schema is kept in the user's cache folder, and its hash is checked on every use.
"""

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from lxml import etree

from judges.signature import read_tree

REQUIREMENT = (
    "musicxml==1.6.3 --hash=sha256:ead1ab039429dd67666c6f7a416ef009fa3a168bbfab98cdf400b581c311cf90"
)
MEMBER = "musicxml-1.6.3/musicxml/generate_classes/musicxml_4_0.xsd"
SCHEMA_SHA256 = "88a9784e81442e652a51f3c200011a6c36483ad909e97fbe257daaac6475873a"
SECONDS = 300  # for fetching

# Where the schemas import each other from, and where they lie in the package `xmlschema`.
IMPORTED = {
    "http://www.musicxml.org/xsd/xml.xsd": "XML/xml.xsd",
    "http://www.w3.org/2001/xml.xsd": "XML/xml.xsd",
    "http://www.musicxml.org/xsd/xlink.xsd": "XLINK/xlink.xsd",
}


class SchemaUnavailableError(Exception):
    """The schema is not in the cache and cannot be fetched; says why."""


def validate(path: Path) -> list[str]:
    """What the MusicXML 4.0 schema says against a file (.musicxml or .mxl), one line each."""
    schema = load_schema()
    schema.validate(read_tree(path))
    return [f"line {error.line}: {error.message}" for error in schema.error_log]


@cache
def load_schema() -> etree.XMLSchema:
    """The schema, ready for use. Raises SchemaUnavailableError."""
    parser = etree.XMLParser()
    parser.resolvers.add(_Imports())
    return etree.XMLSchema(etree.fromstring(_schema_text(), parser))


class _Imports(etree.Resolver):  # type: ignore[misc] # lxml ships no types
    """Gives libxml2 the imported schemas from the package, so that it needs no network."""

    def resolve(self, system_url: str, public_id: str, context: object) -> object:
        if system_url not in IMPORTED:
            return None
        with as_file(files("xmlschema") / "schemas" / IMPORTED[system_url]) as path:
            return self.resolve_string(path.read_bytes(), context, base_url=system_url)


def _schema_text() -> bytes:
    cached = _cache_folder() / "musicxml_4_0.xsd"
    if cached.exists() and _is_the_schema(text := cached.read_bytes()):
        return text
    text = _fetch()
    cached.parent.mkdir(parents=True, exist_ok=True)
    partial = cached.with_name(f"{cached.name}.{os.getpid()}")
    partial.write_bytes(text)
    partial.replace(cached)
    return text


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "engrave-tests"


def _is_the_schema(text: bytes) -> bool:
    return hashlib.sha256(text).hexdigest() == SCHEMA_SHA256


def _fetch() -> bytes:
    """The schema out of the source distribution that pip downloads and checks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        requirements = folder / "requirements.txt"
        requirements.write_text(REQUIREMENT + "\n")
        options = ["--quiet", "--no-deps", "--no-binary", "musicxml", "--require-hashes"]
        command = [sys.executable, "-m", "pip", "download", *options]
        done = subprocess.run(
            [*command, "--dest", name, "--requirement", str(requirements)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        archives = list(folder.glob("musicxml-*.tar.gz"))
        if not archives:
            reason = " ".join(done.stderr.split()[-60:])
            raise SchemaUnavailableError(f"pip cannot fetch the MusicXML schema: {reason}")
        with tarfile.open(archives[0]) as archive:
            member = archive.extractfile(MEMBER)
            assert member is not None, "the hash fixes what the archive holds"
            text = member.read()
    assert _is_the_schema(text), "the hash of the archive fixes the schema"
    return text
