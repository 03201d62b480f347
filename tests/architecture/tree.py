"""Where this repository's files stand, and which of them are its own."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"


def source_files() -> list[Path]:
    """Return every Python file under `src`, in order."""
    return sorted(SOURCE.rglob("*.py"))


def tracked_files() -> list[Path]:
    """Return every file that git keeps or would keep: tracked, or new and not ignored; without those deleted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def project() -> dict[str, Any]:
    """Return `pyproject.toml` as it is parsed."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
