"""The examples of the documents run, and print what the documents say."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LIMIT_SECONDS = 60


def examples() -> list[tuple[str, str, str]]:
    """Return place, command and expected output of each `$ ...` in a `console` block; `...` stands for anything."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^```console\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE):
            for number, part in enumerate(re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]):
                command, _, output = part.partition("\n")
                found.append((f"{page.relative_to(ROOT)}:{number}:{command[:40]}", command, output))
    return found


def test_there_are_examples() -> None:
    """The documents show commands at work."""
    assert len(examples()) >= 5


@pytest.mark.parametrize(("command", "output"), [pytest.param(*rest, id=place) for place, *rest in examples()])
def test_example(command: str, output: str, tmp_path: Path) -> None:
    """A command of a document prints what stands below it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8", "CAMKET_DATA": str(tmp_path / "data")}
    done = subprocess.run(  # noqa: S602 - the documents' own lines, run as a reader would
        command,
        shell=True,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    printed = done.stdout + done.stderr
    checker = doctest.OutputChecker()
    same = checker.check_output(output, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert same, f"expected:\n{output}\nprinted:\n{printed}"
