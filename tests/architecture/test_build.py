"""The build: what a machine lacks is said, and the assets are bundled under the hash of their content."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT


def check_machine(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `check-machine` where only the programs in the folder `path` are installed."""
    return subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "check-machine", *arguments],
        env={"PATH": str(path)},
        check=False,
        capture_output=True,
        text=True,
    )


def install(path: Path, name: str, script: str) -> None:
    """Put a program into the folder `path`."""
    program = path / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


def build_assets(static: Path) -> dict[str, str]:
    """Bundle `static/src` and return the manifest."""
    subprocess.run(["node", ROOT / "scripts" / "build-assets.mjs", static], check=True)
    manifest: dict[str, str] = json.loads((static / "dist" / "manifest.json").read_text(encoding="utf-8"))
    return manifest


@pytest.fixture(name="static")
def static_folder(tmp_path: Path) -> Path:
    """Return a static folder with a style and a module that imports another one."""
    source = tmp_path / "src"
    (source / "parts").mkdir(parents=True)
    (source / "app.css").write_text('@import "./colours.css"; body { color: var(--ink) }', encoding="utf-8")
    (source / "colours.css").write_text(":root { --ink: #211d18 }", encoding="utf-8")
    (source / "app.js").write_text('import { said } from "./parts/said.mjs"; console.log(said)', encoding="utf-8")
    (source / "parts" / "said.mjs").write_text('export const said = "cam kết"', encoding="utf-8")
    return tmp_path


def test_this_machine_has_what_is_needed() -> None:
    """A machine with Python 3.11 and its venv module passes in silence."""
    result = check_machine(Path("/usr/bin"), "python", sys.executable)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("programs", "arguments", "said"),
    [
        ({}, ["python", "python3"], "there is no `python3`"),
        ({"python3": "exit 1"}, ["python", "python3"], "Python 3.11 or newer is needed"),
        ({}, ["node"], "there is no `node`"),
        ({"node": "exit 0"}, ["node"], "there is no `npm`"),
        ({"node": "exit 1", "npm": "exit 0"}, ["node"], "Node 20 or newer is needed"),
    ],
)
def test_what_a_machine_lacks_is_said(
    tmp_path: Path, programs: dict[str, str], arguments: list[str], said: str
) -> None:
    """A missing or old program stops the build, named, with the command that installs it."""
    for name, script in programs.items():
        install(tmp_path, name, script)
    result = check_machine(tmp_path, *arguments)
    assert result.returncode == 1
    assert said in result.stderr
    assert "apt-get install" in result.stderr


def test_assets_are_bundled_under_their_hash(static: Path) -> None:
    """Each entry is one file whose name carries the hash of its content, with what it imports inside."""
    manifest = build_assets(static)
    assert set(manifest) == {"app.css", "app.js"}
    assert "#211d18" in (static / "dist" / manifest["app.css"]).read_text(encoding="utf-8")
    assert manifest["app.css"] != "app.css"


def test_a_changed_import_changes_the_name(static: Path) -> None:
    """A change of an imported file gives its entry a new name, leaves the others, and the old file goes."""
    before = build_assets(static)
    (static / "src" / "colours.css").write_text(":root { --ink: #000 }", encoding="utf-8")
    after = build_assets(static)
    assert after["app.css"] != before["app.css"]
    assert after["app.js"] == before["app.js"]
    assert {file.name for file in (static / "dist").iterdir()} == {"manifest.json", *after.values()}


def test_a_static_folder_may_hold_no_script(tmp_path: Path) -> None:
    """Nothing to bundle gives an empty manifest, not an error."""
    (tmp_path / "src").mkdir()
    assert build_assets(tmp_path) == {}
