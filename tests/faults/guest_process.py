"""A process of a test's own: runs the jobs of a service that hosts the test's guest; the guest may kill it on the way.

Argument: the folder. Prints `done` when nothing killed it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from camket.client.loading import load_apps
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.testing.doubles import HeldClock
from camket.testing.service import running_service
from tests.guest import APPS


def main(folder: str) -> None:
    """Run every job that is due."""
    with running_service(Path(folder), clock=HeldClock(), apps=APPS) as runtime:
        load_apps(runtime)
        engine = Engine(runtime.context, KINDS)
        while engine.run_next("dies"):
            pass
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
