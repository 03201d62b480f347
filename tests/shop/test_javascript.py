"""The scripts' own tests, run by Node as they stand."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = sorted((ROOT / "tests" / "shop" / "js").glob("*.test.mjs"))


def test_the_scripts_keep_their_word() -> None:
    """Every test of the shop's scripts passes, and there are some for each part that has a folder."""
    assert {"money.test.mjs", "cart.test.mjs"} <= {file.name for file in TESTS}
    run = subprocess.run(["node", "--test", *TESTS], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
