"""A real `camket serve --lan` in a process of its own, under the name `quay.local`."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
CAMKET = Path(sys.executable).with_name("camket")
NAME = "quay.local"
PAGE = re.compile(rf"http://{NAME}:(\d+)/lan")
STOP_SECONDS = 20
ANSWER_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class LanService:
    """A service on the local network, reached over loopback.

    Args:
        origin: the encrypted address.
        port: of https.
        plain_port: of http.
        data: its data folder.
        said: what it printed until it answered.
        process: the service itself.
    """

    origin: str
    port: int
    plain_port: int
    data: Path
    said: str
    process: subprocess.Popen[str]

    @property
    def root(self) -> Path:
        """The certificate that a phone would trust."""
        return self.data / "tls" / "root.crt"

    def plain(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of a plain request, as a phone sends it."""
        connection = HTTPConnection("127.0.0.1", self.plain_port, timeout=ANSWER_SECONDS)
        return _ask(connection, path, f"{NAME}:{self.plain_port}")

    def encrypted(self, path: str, *, name: str = NAME, root: Path | None = None) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of a request over TLS that trusts the authority alone, under a name."""
        context = ssl.create_default_context(cafile=root or self.root)
        with socket.create_connection(("127.0.0.1", self.port), ANSWER_SECONDS) as raw:
            connection = HTTPSConnection(name, self.port)
            connection.sock = context.wrap_socket(raw, server_hostname=name)
            return _ask(connection, path, f"{name}:{self.port}")


@contextmanager
def served_on_lan(folder: Path, *, port: int | None = None, **settings: str) -> Iterator[LanService]:
    """Serve `folder` on the local network until the end of the block.

    Args:
        folder: where data and log go.
        port: of https; a free one when None.
        settings: as in the reference.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data, port = folder / "data", port or free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAMKET_")} | {
        "PORT": "0",
        "CAMKET_DATA": str(data),
        "CAMKET_ORIGIN": f"https://{NAME}:{port}",
        "CAMKET_SMTP_URL": "smtp://127.0.0.1:1",
        **{f"CAMKET_{name.upper()}": value for name, value in settings.items()},
    }
    with (folder / "serve.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [CAMKET, "serve", "--lan", "--lan-port", str(port)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
        try:
            said, plain_port = _until_it_answers(process, folder / "serve.log")
            yield LanService(
                origin=environment["CAMKET_ORIGIN"], port=port, plain_port=plain_port, data=data, said=said,
                process=process,
            )  # fmt: skip
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
            assert process.stdout is not None
            process.stdout.close()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as asking:
        port: int = asking.getsockname()[1]
        return port


def _until_it_answers(process: subprocess.Popen[str], log: Path) -> tuple[str, int]:
    assert process.stdout is not None
    said, plain_port = "", None
    for line in process.stdout:
        said += line
        found = PAGE.search(line)
        plain_port = int(found.group(1)) if found else plain_port
        if "macOS" in line and plain_port is not None:
            return said, plain_port
    message = f"camket serve ended with {process.wait(STOP_SECONDS)}: {log.read_text(encoding='utf-8')}"
    raise AssertionError(message)


def _ask(connection: HTTPConnection, path: str, host: str) -> tuple[int, dict[str, str], bytes]:
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
