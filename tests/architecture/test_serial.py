"""Tests marked `serial` never run beside one another."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT

BROWSER_TESTS = ("tests/browser/test_folds.py", "tests/browser/shop/test_bluetooth.py")
SERIAL_TESTS = """
import os

import pytest


@pytest.mark.serial
@pytest.mark.parametrize("number", range(8))
def test_on_one_worker(number, worker_id):
    with open(os.environ["WORKERS"], "a") as workers:
        print(worker_id, file=workers)
"""


def test_serial_tests_share_one_worker(tmp_path: Path) -> None:
    """However many workers run, every test marked `serial` runs on the same one."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_two.py").write_text(SERIAL_TESTS, encoding="utf-8")
    (tmp_path / "test_one.py").write_text(SERIAL_TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = serial\n", encoding="utf-8")
    workers = tmp_path / "workers"
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--numprocesses=2", "--dist=loadgroup", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={"WORKERS": str(workers), "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout
    lines = workers.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 16
    assert len(set(lines)) == 1


def test_every_test_of_the_browser_is_serial() -> None:
    """The folder's own mark is set before the groups are made, so that each of its tests belongs to the one group."""
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "tests.architecture.groups", *BROWSER_TESTS],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    groups = [line.rpartition("@")[2] for line in result.stdout.splitlines() if "::" in line]
    assert len(groups) > 10, result.stdout + result.stderr
    assert set(groups) == {"serial"}
