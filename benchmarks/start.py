"""From `make serve` to the first page, what the service then holds in memory, and how much of a disk it takes.

The fastest of three starts after the first, on the same data folder: files are in the cache and the database is there,
as with any `make serve` but the first. Resident memory is read once pages were opened and nothing goes on any more. The
installed size is that of every package in `requirements.lock` and of camket itself with its bundled assets.
Run: `.venv/bin/python benchmarks/start.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from _measure import Figure, duration, report

ROOT: Final = Path(__file__).parents[1]
MOST_SECONDS: Final = 2.0
MOST_MEMORY_MB: Final = 120
MOST_INSTALLED_MB: Final = 300
STARTS: Final = 3
IDLE_SECONDS: Final = 3.0
PAGES: Final = ("/", "/policy", "/register", "/ledger/", "/healthz")
SERVES: Final = re.compile(r"camket serves (\S+)")
PINNED: Final = re.compile(r"^([\w.-]+)==\S+(?: ; (.+?))? \\$", re.MULTILINE)
MEGABYTE: Final = 2**20


def start(folder: str) -> tuple[float, float]:
    """Run `make serve`; return the seconds to the first page and the megabytes of resident memory when idle."""
    environment = os.environ | {"CAMKET_DATA": f"{folder}/data"}
    begun = time.perf_counter()
    with subprocess.Popen(
        ["make", "serve", "PORT=0"],  # noqa: S607 - the make that anyone would run
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    ) as make:  # fmt: skip
        try:
            assert make.stdout is not None
            address = next(found.group(1) for line in make.stdout if (found := SERVES.match(line)))
            open_page(f"{address}/")
            seconds = time.perf_counter() - begun
            for page in PAGES:
                open_page(address + page)
            time.sleep(IDLE_SECONDS)
            megabytes = resident(make.pid)
        finally:
            os.killpg(make.pid, signal.SIGTERM)
            make.communicate()  # until the service, too, has ended
    return seconds, megabytes


def open_page(address: str) -> None:
    """Read one page."""
    with urllib.request.urlopen(address) as page:  # noqa: S310 - the service that was just started
        assert page.read()


def resident(pid: int) -> float:
    """Return the resident memory in megabytes of what a process started, and of what that started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    if children:
        return sum(resident(int(child)) for child in children)
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def installed() -> float:
    """Return the megabytes that the service's packages and the service itself take."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = [name for name, marker in PINNED.findall(lock) if not marker or applies(marker)]
    files = [Path(str(file.locate())) for name in names for file in distribution(name).files or ()]
    files += [file for file in (ROOT / "src").rglob("*") if "__pycache__" not in file.parts]
    return sum(file.stat().st_size for file in files if file.is_file()) / MEGABYTE


def applies(marker: str) -> bool:
    """Say whether a package of the lock belongs to this machine."""
    from packaging.markers import Marker  # noqa: PLC0415 - needed for a package of another system only

    return Marker(marker).evaluate()


def main() -> int:
    """Measure and report."""
    with TemporaryDirectory() as folder:
        start(folder)
        seconds, memory = (min(each) for each in zip(*(start(folder) for _ in range(STARTS)), strict=True))
    size = installed()
    figures = (
        Figure(
            name="from `make serve` to the first page",
            measured=duration(seconds),
            baseline=f"{MOST_SECONDS:g} s",
            ratio=seconds / MOST_SECONDS,
            at_most=1,
        ),
        Figure(
            name="resident memory when idle",
            measured=f"{memory:.0f} MB",
            baseline=f"{MOST_MEMORY_MB} MB",
            ratio=memory / MOST_MEMORY_MB,
            at_most=1,
        ),
        Figure(
            name="installed size",
            measured=f"{size:.0f} MB",
            baseline=f"{MOST_INSTALLED_MB} MB",
            ratio=size / MOST_INSTALLED_MB,
            at_most=1,
        ),
    )
    return report("The start: `make serve` once more on the same data", figures)


if __name__ == "__main__":
    sys.exit(main())
