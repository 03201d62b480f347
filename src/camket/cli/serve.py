"""`camket serve`: the service in one process - pages, jobs and the sequencer - until it is told to stop.

Exit codes: 0 stopped when told to, 2 it could not start; the message says what to do.
"""

from __future__ import annotations

import errno
import signal
import socket
from typing import TYPE_CHECKING, Annotated, Final

import typer

from camket.core.errors import CamketError, SettingsError

if TYPE_CHECKING:
    from types import FrameType

    from camket.bootstrap import Runtime
    from camket.client.loading import LoadedApp
    from camket.config import Settings

app = typer.Typer(help="Serve pages and API, run jobs, keep the ledger.")

REFUSED: Final = 2
BACKLOG: Final = 256
GRACE_SECONDS: Final = 10
"""How long requests under way may take once the service is told to stop."""

_BIND_REASONS: Final = {
    errno.EADDRINUSE: "another program listens there; stop it, or set PORT to another port",
    errno.EACCES: "this user may not listen there; set PORT to one above 1023",
    errno.EADDRNOTAVAIL: "this machine has no such address; set `host`",
}


@app.command()
def serve(
    accept_restore: Annotated[
        bool,
        typer.Option(
            "--accept-restore",
            help="Go on with a database that was put back to an older state: deletions are carried out again, and a "
            "new log that names the gap is opened. Once.",
        ),
    ] = False,
) -> None:
    """Serve until stopped with Ctrl-C or SIGTERM."""
    from camket.config import load_settings

    try:
        run(load_settings(), accept_restore=accept_restore)
    except CamketError as error:
        typer.echo(f"camket does not start: {error}", err=True)
        raise typer.Exit(REFUSED) from None


def run(settings: Settings, *, accept_restore: bool) -> None:
    """Serve until told to stop.

    Raises:
        CamketError: what kept the service from starting.
    """
    from camket.bootstrap import configure_logging, start_runtime
    from camket.client.loading import close_apps, load_apps

    settings.require_mail_carrier()
    configure_logging(settings)
    with listen(settings) as listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        runtime = start_runtime(settings, accept_restore=accept_restore)
        apps: tuple[LoadedApp, ...] = ()
        try:
            # INVARIANT: no job runs and nothing is served before every app is there that holds data.
            apps = load_apps(runtime)
            serve_until_stopped(runtime, listener, apps)
        finally:
            close_apps(apps)
            runtime.close()


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens; taken before anything else, so that a second service touches nothing.

    Raises:
        SettingsError: the address cannot be had, and why.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = _BIND_REASONS.get(error.errno or 0, (error.strerror or "unknown reason").lower())
        raise SettingsError(f"`{settings.host}` port {settings.port} cannot be had: {reason}") from error


def serve_until_stopped(runtime: Runtime, listener: socket.socket, apps: tuple[LoadedApp, ...] = ()) -> None:
    """Run sequencer, workers and web server; return when all of them have ended."""
    import uvicorn

    from camket.jobs.workers import Workers
    from camket.services.sequencing import Sequencer
    from camket.web.app import create_app

    settings = runtime.settings

    class Server(uvicorn.Server):
        """Says where it listens once it does."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            announce(runtime)

    config = uvicorn.Config(
        create_app(runtime, apps),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=settings.proxy is not None,
        forwarded_allow_ips=settings.proxy,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    sequencer, workers = Sequencer(runtime.context), Workers(runtime.context, settings.workers)
    # The web server ends on these signals and raises them once more for the rest of the process, which ends in order.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stay)
    sequencer.start()
    workers.start()
    try:
        Server(config).run(sockets=[listener])
    finally:
        workers.stop()
        sequencer.stop()


def announce(runtime: Runtime) -> None:
    """Print where the service is."""
    settings = runtime.settings
    typer.echo(f"camket serves {settings.public_origin} (policy version {_version(runtime)})")
    if runtime.mailbox is not None:
        typer.echo(f"development: mails are shown at {settings.public_origin}/dev/mailbox and sent nowhere")


def _version(runtime: Runtime) -> int:
    context = runtime.context
    return context.policies.in_force(context.store, context.clock.now()).newest.number


def _stay(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the web server has taken note already."""
