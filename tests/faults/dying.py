"""A service's jobs run where they do not end: in a process that kills itself, or on a node that is lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from tests.faults import erasure_process
from tests.journeys import LostError, StoppingStore, run_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys import Service

ROOT = Path(__file__).parents[2]
KILLED = -9
MOST_COMMITS = 30


def dying_command(folder: Path, commit: int, moment: str, *, apps: str = "", connectors: str = "{}") -> list[str]:
    """Return the command that runs the jobs of a service's folder and dies `before` or `after` a commit."""
    return [sys.executable, "-m", erasure_process.__name__, str(folder), str(commit), moment, apps, connectors]


def run_and_die(folder: Path, commit: int, moment: str, *, apps: str = "", connectors: str = "{}") -> int:
    """Run the jobs in a process that kills itself; return its exit code."""
    command = dying_command(folder, commit, moment, apps=apps, connectors=connectors)
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode


def killed_at_each_commit(
    accepted: Path, moment: str, *, more_than: int, apps: str = "", connectors: str = "{}"
) -> Iterator[Path]:
    """Yield copies of a service's folder, each after its jobs were killed at one commit more than in the one before.

    Args:
        accepted: the folder, with jobs that wait; left as it is.
        moment: `before` or `after` the commit.
        more_than: so many commits the jobs make at least; fewer fail the test.
        apps: of `CAMKET_APPS`.
        connectors: of `CAMKET_CONNECTORS`.
    """
    for commit in range(1, MOST_COMMITS):
        folder = shutil.copytree(accepted, accepted.with_name(str(commit)))
        died = run_and_die(folder, commit, moment, apps=apps, connectors=connectors)
        yield folder
        if died == 0:
            # One more than there are commits: the process ended by itself, and every commit was tried.
            assert commit > more_than
            return
        assert died == KILLED
    message = "the jobs never end"
    raise AssertionError(message)


def lose_node(service: Service, commit: int, *, before: bool) -> None:
    """Run the jobs on a node that is lost before or after one of their commits."""
    lost = replace(service.ctx, store=StoppingStore(service.ctx.store, commit, before=before))
    with pytest.raises(LostError):
        run_all(Engine(lost, KINDS))
