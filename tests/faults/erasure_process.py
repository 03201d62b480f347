"""A process of a test's own: runs the jobs of a service, and kills itself before or after the commit it was told to.

Arguments: folder, then which commit (from 1), then `before` or `after`, then the apps of `CAMKET_APPS` and the systems
of `CAMKET_CONNECTORS`, if any. Prints `done` when nothing killed it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from camket.client.loading import load_apps
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.ports import Store, Unit
from camket.rows import JobState
from camket.testing.doubles import HeldClock
from camket.testing.service import running_service

T = TypeVar("T")


class DyingStore:
    """A store whose process dies at one commit, as by a power cut; everything before is as the real store does it."""

    def __init__(self, store: Store, commit: int, *, before: bool) -> None:
        self._store = store
        self._left = commit
        self._before = before

    def write(self, unit: Callable[[Unit], T]) -> T:
        """Write as the real store does, unless this is the commit to die at."""
        self._left -= 1
        if self._left == 0 and self._before:

            def die(work: Unit) -> T:
                unit(work)
                os.kill(os.getpid(), signal.SIGKILL)
                raise AssertionError

            return self._store.write(die)
        result = self._store.write(unit)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def read(self, unit: Callable[[Unit], T]) -> T:
        """Read as the real store does."""
        return self._store.read(unit)

    def close(self) -> None:
        """Close the real store."""
        self._store.close()


def main(folder: str, commit: str, moment: str, apps: str = "", connectors: str = "{}") -> None:
    """Run every job that is due, in a process that dies on the way."""
    with running_service(Path(folder), clock=HeldClock(), apps=apps, connectors=connectors) as runtime:
        load_apps(runtime)
        ctx = replace(runtime.context, store=DyingStore(runtime.context.store, int(commit), before=moment == "before"))
        engine = Engine(ctx, KINDS)
        while engine.run_next("dies"):
            pass
        assert JobState.RUNNING not in runtime.context.store.read(lambda unit: unit.jobs.count())
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
