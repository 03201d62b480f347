"""Sockets that listen, and web servers that answer on them: one, or several in one process and one event loop."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import uvicorn

from camket.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import FrameType

    from starlette.types import ASGIApp

    from camket.config import Settings

BACKLOG: Final = 256
GRACE_SECONDS: Final = 10
"""How long requests under way may take once the service is told to stop."""

_BIND_REASONS: Final = {
    errno.EADDRINUSE: "another program listens there; stop it, or set {setting} to another port",
    errno.EACCES: "this user may not listen there; set {setting} to one above 1023",
    errno.EADDRNOTAVAIL: "this machine has no such address; set `host`",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """One application on its sockets.

    Args:
        certificate: PEM file with certificate, its key and its issuer, for https; None for plain http.
    """

    app: ASGIApp
    sockets: Sequence[socket.socket]
    certificate: Path | None = None


def listen(host: str, port: int, *, setting: str = "PORT") -> socket.socket:
    """Return a socket that listens.

    Args:
        host: an address of this machine; an IPv6 one takes no IPv4 connections.
        port: 0 takes a free one.
        setting: what to set to another port where this one cannot be had.

    Raises:
        SettingsError: the address cannot be had, and why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = _BIND_REASONS.get(error.errno or 0, (error.strerror or "unknown reason").lower())
        raise SettingsError(f"`{host}` port {port} cannot be had: {reason.format(setting=setting)}") from error
    # Every connection inherits it. asyncio sets it only where the listener names its protocol, and without it the body
    # of an answer waits up to 40 ms for the browser to acknowledge the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def answer_until_stopped(all_served: Sequence[Served], settings: Settings, announce: Callable[[], None]) -> None:
    """Answer on all sockets until a signal tells to stop; all end together.

    Args:
        all_served: at least one.
        settings: of the running service.
        announce: called once, when all of them answer.
    """
    servers = [_Server(_config(served, settings)) for served in all_served]
    waiting = set(servers)

    def started(server: _Server) -> None:
        waiting.discard(server)
        if not waiting:
            announce()

    def stop(signal_number: int, frame: FrameType | None) -> None:
        for server in servers:
            uvicorn.Server.handle_exit(server, signal_number, frame)

    for server in servers:
        server.on_started = started
    servers[0].on_signal = stop

    async def together() -> None:
        async with asyncio.TaskGroup() as group:
            for server, served in zip(servers, all_served, strict=True):
                group.create_task(server.serve(sockets=list(served.sockets)))

    with asyncio.Runner(loop_factory=servers[0].config.get_loop_factory()) as runner:
        runner.run(together())


class _Server(uvicorn.Server):
    """A web server that says when it answers; only one of a group listens to signals, for all of them."""

    on_started: Callable[[_Server], None]
    on_signal: Callable[[int, FrameType | None], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_started(self)

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # uvicorn's is one of these
        return super().capture_signals() if self.on_signal is not None else nullcontext()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.on_signal is not None:
            self.on_signal(sig, frame)


def _config(served: Served, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        served.app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=settings.proxy is not None,
        forwarded_allow_ips=settings.proxy,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=served.certificate,
    )
