"""From the start of the service to its first page, and what it holds in memory when idle.

A second start of the same data folder, so that files are in the cache and the database is there, as with a second
`make serve`. Resident memory is read once the pages were opened and nothing goes on. The README quotes both lines.
Run: `.venv/bin/python benchmarks/start.py`
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[1]
CAMKET: Final = Path(sys.executable).with_name("camket")
MOST_SECONDS: Final = 2.0
MOST_MEGABYTES: Final = 120
IDLE_SECONDS: Final = 3.0
PAGES: Final = ("/", "/policy", "/register", "/healthz")


def start(folder: str) -> tuple[float, float]:
    """Start the service; return seconds to the first page and megabytes of resident memory when idle."""
    environment = os.environ | {
        "PORT": "0",
        "CAMKET_DATA": f"{folder}/data",
        "CAMKET_POLICY": str(ROOT / "policies" / "default"),
        "CAMKET_DEVELOPMENT": "1",
    }
    begun = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - this project's own command
        [str(CAMKET), "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[2]
            open_page(f"{address}/")
            seconds = time.perf_counter() - begun
            for page in PAGES:
                open_page(address + page)
            time.sleep(IDLE_SECONDS)
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        finally:
            process.terminate()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return seconds, int(resident.split()[1]) / 1024


def open_page(address: str) -> None:
    """Read one page."""
    with urllib.request.urlopen(address) as page:  # noqa: S310 - the service that was just started
        assert page.read()


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        start(folder)
        seconds, megabytes = start(folder)
    print(f"from start to first page: {seconds:.2f} s (at most {MOST_SECONDS:.0f} s)")
    print(f"resident memory when idle: {megabytes:.0f} MB (at most {MOST_MEGABYTES} MB)")
    print("met" if seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES else "NOT MET")


if __name__ == "__main__":
    main()
