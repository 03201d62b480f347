"""A real `camket serve` in a process of its own, on an empty data folder, with the development mailbox."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CAMKET = Path(sys.executable).with_name("camket")
SERVES = re.compile(r"camket serves (http://localhost:\d+)")
STOP_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Served:
    """A service that runs.

    Args:
        origin: its address, without a slash at the end.
        data: its data folder.
        log: the file into which it writes what it says.
        environment: what it was started with, for commands on the same data.
        process: the service itself.
        killed: set when a test has killed it on purpose.
    """

    origin: str
    data: Path
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[str]
    killed: Event

    def kill(self) -> None:
        """Kill the service with -9."""
        self.killed.set()
        self.process.kill()
        self.process.wait()

    def command(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `camket` beside the service and return how it ended."""
        return subprocess.run(
            [CAMKET, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )


@contextmanager
def served(folder: Path, *, demonstration: bool = False, **settings: str) -> Iterator[Served]:
    """Serve `folder` on a free port until the end of the block.

    Args:
        folder: where data and log go.
        demonstration: fill it with the lives of alice and bob first.
        settings: as in the reference.
    """
    data, log = folder / "data", folder / "serve.log"
    folder.mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CAMKET_")}
    environment = {
        **inherited,
        "CAMKET_DATA": str(data),
        "CAMKET_DEVELOPMENT": "1",
        "PORT": "0",
        **{f"CAMKET_{name.upper()}": value for name, value in settings.items()},
    }
    if demonstration:
        subprocess.run([CAMKET, "demo"], cwd=ROOT, env=environment, check=True, capture_output=True)
    with log.open("w", encoding="utf-8") as log_file:
        process = subprocess.Popen(
            [CAMKET, "serve"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log_file, text=True
        )
        killed = Event()
        try:
            yield Served(
                origin=_origin_of(process, log),
                data=data,
                log=log,
                environment=environment,
                process=process,
                killed=killed,
            )
        finally:
            ended = process.poll()
            process.terminate()
            process.wait(STOP_SECONDS)
            assert process.stdout is not None
            process.stdout.close()
    assert ended is None or killed.is_set(), (
        f"camket serve ended by itself with {ended}: {log.read_text(encoding='utf-8')}"
    )


def _origin_of(process: subprocess.Popen[str], log: Path) -> str:
    """Read what the service says until it says where it is, which it does once it answers."""
    assert process.stdout is not None
    for line in process.stdout:
        found = SERVES.match(line)
        if found is not None:
            return found.group(1)
    message = f"camket serve ended with {process.wait(STOP_SECONDS)}: {log.read_text(encoding='utf-8')}"
    raise AssertionError(message)
