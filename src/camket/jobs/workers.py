"""Worker threads: they run what is due, plan what comes round, and stop at a job's next step when asked to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import structlog

from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.jobs.schedule import Planner

if TYPE_CHECKING:
    from camket.services.context import Context

IDLE_SECONDS: Final = 0.25
"""How long an idle worker waits before it looks again: one indexed read."""
PLAN_SECONDS: Final = 20.0
AFTER_ERROR_SECONDS: Final = 5.0

log = structlog.get_logger("camket.jobs")


class Workers:
    """The workers of one process.

    Args:
        ctx: the service.
        count: how many jobs run at once; at least 1.
    """

    def __init__(self, ctx: Context, count: int) -> None:
        self._ctx = ctx
        self._engine = Engine(ctx, KINDS)
        self._stop = threading.Event()
        name = f"node-{ctx.entropy.token(6).hex()}"
        self._threads = [
            threading.Thread(target=self._work, args=(f"{name}-{number}",), name=f"camket-worker-{number}", daemon=True)
            for number in range(count)
        ]
        self._threads.append(threading.Thread(target=self._plan, name="camket-planner", daemon=True))

    def start(self) -> None:
        """Begin; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, timeout_seconds: float = 10.0) -> None:
        """Take no further job and wait for the ones that run; what does not end in time goes on elsewhere."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout_seconds)

    def _work(self, owner: str) -> None:
        while not self._stop.is_set():
            try:
                if not self._engine.run_next(owner):
                    self._stop.wait(IDLE_SECONDS)
            except Exception as error:
                log.error("worker_failed", exc_info=error)  # noqa: TRY400 - the class and the places are logged, no message
                self._stop.wait(AFTER_ERROR_SECONDS)

    def _plan(self) -> None:
        planner = Planner(self._ctx)
        while not self._stop.is_set():
            try:
                planner.plan()
            except Exception as error:
                log.error("worker_failed", exc_info=error)  # noqa: TRY400 - as above
            self._stop.wait(PLAN_SECONDS)
