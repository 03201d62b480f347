"""The real `camket serve`, killed with SIGKILL while people register: what it acknowledged is there afterwards."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CAMKET = Path(sys.executable).with_name("camket")
ADDRESS = re.compile(r"camket serves (http://localhost:\d+)")
DIGITS = re.compile(r"\b\d{6}\b")
THREADS = 4
HEADERS = {"Sec-Fetch-Site": "same-origin"}


@contextmanager
def _serving(folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `camket serve` on a free port; give the process and its address once it is ready."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAMKET_")} | {
        "PORT": "0",
        "CAMKET_DATA": str(folder / "data"),
        "CAMKET_POLICY": str(ROOT / "policies" / "default"),
        "CAMKET_DEVELOPMENT": "1",
        "CAMKET_REGISTRATIONS_PER_ADDRESS_HOUR": "100000",
        "CAMKET_ATTEMPTS_PER_ADDRESS_HOUR": "100000",
        **settings,
    }
    process = subprocess.Popen(
        [str(CAMKET), "serve"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        found = ADDRESS.search(process.stdout.readline())
        assert found is not None, process.stderr.read()
        yield process, found[1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


class _Customers:
    """Customers who register one after another, each thread its own, until the service is gone."""

    def __init__(self, address: str, enough: int) -> None:
        self.address = address
        self.enough = enough
        self.confirmed: dict[str, str] = {}
        self.done = threading.Event()
        self._lock = threading.Lock()

    def register(self, part: int) -> None:
        """Register until the service does not answer any more."""
        try:
            for number in range(10_000):
                self._one(f"alice{part}.{number}@shop.example", f"09120{part}{number:04}")
        except httpx2.TransportError:
            return

    def _one(self, email: str, phone: str) -> None:
        with httpx2.Client(base_url=self.address, headers=HEADERS, timeout=20) as client:
            started = client.post("/register", data={"name": "Alice", "phone": phone, "email": email})
            assert started.status_code == 303, started.text
            confirmed = client.post("/register/confirm", data={"code": self._code(client, email)})
            assert confirmed.headers["location"] == "/me", confirmed.text
            with self._lock:
                self.confirmed[email] = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
                if len(self.confirmed) >= self.enough:
                    self.done.set()

    @staticmethod
    def _code(client: httpx2.Client, email: str) -> str:
        for _ in range(2000):
            shown = client.get("/dev/mailbox").text
            mail = shown.partition(email)[2]
            found = DIGITS.search(mail)
            if found is not None:
                return found[0]
        message = f"no mail came to {email}"
        raise AssertionError(message)


@pytest.mark.parametrize("enough", [1, 7, 20])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, enough: int) -> None:
    """Killed in the midst of registrations: every confirmed customer is still signed in, and the ledger verifies."""
    with _serving(tmp_path) as (process, address):
        customers = _Customers(address, enough)
        threads = [threading.Thread(target=customers.register, args=(part,)) for part in range(THREADS)]
        for thread in threads:
            thread.start()
        assert customers.done.wait(120)
        process.kill()
        for thread in threads:
            thread.join()
    with _serving(tmp_path) as (_, address):
        assert len(customers.confirmed) >= enough
        for email, cookie in customers.confirmed.items():
            page = httpx2.get(f"{address}/me", headers={"Cookie": cookie})
            assert page.status_code == 200
            assert email in page.text
        _wait_for_checkpoint(address)
        verified = subprocess.run(
            [str(CAMKET), "ledger", "verify", f"{address}/ledger/"], capture_output=True, text=True, check=False
        )
        assert verified.returncode == 0, verified.stdout + verified.stderr


def _wait_for_checkpoint(address: str) -> None:
    for _ in range(1000):
        if httpx2.get(f"{address}/ledger/checkpoint").status_code == 200:
            return
    message = "no checkpoint was signed"
    raise AssertionError(message)


def test_it_stops_in_order_when_told_to(tmp_path: Path) -> None:
    """SIGTERM and Ctrl-C: exit code 0, nothing waits for its place in the ledger, and it starts again."""
    for number in (signal.SIGTERM, signal.SIGINT):
        with _serving(tmp_path) as (process, address):
            assert httpx2.get(f"{address}/healthz").status_code == 200
            process.send_signal(number)
            assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"CAMKET_WORKER": "2"}, "no setting `CAMKET_WORKER` (did you mean `CAMKET_WORKERS`?)"),
        ({"CAMKET_DEVELOPMENT": "0"}, "`smtp_url` is not set"),
        ({"CAMKET_HOST": "0.0.0.0"}, "`smtp_url` must name a mail relay"),  # noqa: S104 - that it is refused is tested
        ({"CAMKET_HOST": "192.0.2.1", "CAMKET_SMTP_URL": "smtp://relay.example"}, "this machine has no such address"),
        ({"CAMKET_POLICY": "absent"}, "cannot read `absent`"),
        ({"CAMKET_DATABASE_URL": "mysql://db"}, "no store is called `mysql`"),
        ({"CAMKET_DATA": "/proc/camket"}, "data folder"),
    ],
)
def test_what_keeps_it_from_starting_is_said_in_one_message(
    tmp_path: Path, settings: dict[str, str], message: str
) -> None:
    """Exit code 2, one message that says what to do, no traceback."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAMKET_")} | {
        "PORT": "0",
        "CAMKET_DATA": str(tmp_path / "data"),
        "CAMKET_POLICY": str(ROOT / "policies" / "default"),
        "CAMKET_DEVELOPMENT": "1",
        **settings,
    }
    refused = subprocess.run(
        [str(CAMKET), "serve"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert refused.returncode == 2
    assert refused.stderr.startswith("camket does not start: ")
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_that_is_taken_is_named_before_anything_is_touched(tmp_path: Path) -> None:
    """A second service on the same port says so and has not opened the data folder."""
    with _serving(tmp_path) as (_, address):
        port = address.rpartition(":")[2]
        environment = os.environ | {
            "PORT": port,
            "CAMKET_DATA": str(tmp_path / "second"),
            "CAMKET_POLICY": str(ROOT / "policies" / "default"),
            "CAMKET_DEVELOPMENT": "1",
        }
        refused = subprocess.run(
            [str(CAMKET), "serve"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
    assert refused.returncode == 2
    assert f"port {port} cannot be had" in refused.stderr
    assert not (tmp_path / "second").exists()
