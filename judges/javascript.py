"""The judges of a script: Biome, which lints it, and TypeScript, which checks its types.

Types are those that TypeScript infers by itself; whether something may be null is not asked. Both
are installed with `npm ci` in `judges/javascript`, whose files also hold their rules.
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent / "javascript"
PROGRAMS = HERE / "node_modules" / ".bin"
SECONDS = 120


def missing() -> str | None:
    """What is needed for these judges and is not there."""
    if not shutil.which("node"):
        return "Node"
    if not (PROGRAMS / "tsc").exists():
        return "Biome with TypeScript (npm ci in judges/javascript)"
    return None


def lint(script: Path) -> str:
    """What Biome says against a script; nothing if it is well written."""
    options = ["--error-on-warnings", "--max-diagnostics=50", f"--config-path={HERE}"]
    return _run([PROGRAMS / "biome", "lint", *options, script])


def check_types(script: Path) -> str:
    """What TypeScript says against a script for a browser, whose folder holds nothing else."""
    project = script.with_name("tsconfig.json")
    project.write_text(json.dumps({"extends": str(HERE / "tsconfig.json"), "files": [script.name]}))
    return _run([PROGRAMS / "tsc", "-p", project])


def _run(command: Sequence[str | Path]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    return done.stdout + done.stderr if done.returncode else ""
