"""`camket serve`: the service in one process - pages, jobs and the sequencer - until it is told to stop.

Exit codes: 0 stopped when told to, 2 it could not start; the message says what to do.
"""

from __future__ import annotations

import signal
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from camket.core.errors import CamketError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from camket.bootstrap import Runtime
    from camket.cli.listening import Served
    from camket.client.loading import LoadedApp
    from camket.config import Settings

app = typer.Typer(help="Serve pages and API, run jobs, keep the ledger.")

REFUSED: Final = 2


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
    lan: Annotated[
        bool,
        typer.Option("--lan", help="Let phones of the local network in, over https; says how they trust it."),
    ] = False,
    lan_port: Annotated[
        int | None,
        typer.Option("--lan-port", min=0, max=65535, help="Port of https on the local network; 8443 if not set."),
    ] = None,
) -> None:
    """Serve until stopped with Ctrl-C or SIGTERM."""
    from camket.config import load_settings

    given = {name: value for name, value in (("lan", lan or None), ("lan_port", lan_port)) if value is not None}
    try:
        settings = load_settings(**given)
        if lan_port is not None and not settings.lan:
            raise SettingsError("`--lan-port` says nothing without `--lan`; give both, or neither")
        run(settings, accept_restore=accept_restore)
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
    with ExitStack() as stack:
        # The sockets come before anything else, so that a second service touches nothing.
        place = _on_lan(settings, stack) if settings.lan else _here(settings, stack)
        runtime = start_runtime(place.settings, accept_restore=accept_restore)
        apps: tuple[LoadedApp, ...] = ()
        try:
            # INVARIANT: no job runs and nothing is served before every app is there that holds data.
            apps = load_apps(runtime)
            serve_until_stopped(runtime, *place.serve(runtime, apps))
        finally:
            try:
                close_apps(apps)
            finally:
                runtime.close()


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the service is to be, its sockets taken.

    Args:
        settings: with ports and origin as they turned out.
        serve: returns what answers there, and what prints where that is.
    """

    settings: Settings
    serve: Callable[[Runtime, tuple[LoadedApp, ...]], tuple[list[Served], Callable[[], None]]]


def _here(settings: Settings, stack: ExitStack) -> Place:
    from camket.cli.listening import Served, listen
    from camket.web.app import create_app

    listener = stack.enter_context(listen(settings.host, settings.port))

    def serve(runtime: Runtime, apps: tuple[LoadedApp, ...]) -> tuple[list[Served], Callable[[], None]]:
        return [Served(app=create_app(runtime, apps), sockets=[listener])], lambda: announce(runtime)

    return Place(settings=settings.model_copy(update={"port": listener.getsockname()[1]}), serve=serve)


def _on_lan(settings: Settings, stack: ExitStack) -> Place:
    from camket.cli.lan import announce_lan, listen_on_lan, serve_on_lan

    listeners = listen_on_lan(settings, stack)

    def serve(runtime: Runtime, apps: tuple[LoadedApp, ...]) -> tuple[list[Served], Callable[[], None]]:
        lan, served = serve_on_lan(runtime, listeners, apps)

        def say() -> None:
            announce(runtime)
            announce_lan(lan)

        return served, say

    return Place(settings=listeners.settings, serve=serve)


def serve_until_stopped(runtime: Runtime, served: list[Served], say: Callable[[], None]) -> None:
    """Run sequencer, workers, server log and web servers; return when all of them have ended."""
    from camket.cli.listening import answer_until_stopped
    from camket.jobs.workers import Workers
    from camket.services.sequencing import Sequencer
    from camket.services.server_log import ServerLog

    context = runtime.context
    sequencer, workers = Sequencer(context), Workers(context, runtime.settings.workers)
    server_log = ServerLog(context)
    # The web server ends on these signals and raises them once more for the rest of the process, which ends in order.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stay)
    sequencer.start()
    workers.start()
    server_log.start()
    try:
        answer_until_stopped(served, runtime.settings, say)
    finally:
        server_log.stop()
        workers.stop()
        sequencer.stop()


def announce(runtime: Runtime) -> None:
    """Print where the service is, and at the first start the link for the first administrator."""
    from camket.cli.staff import invitation_line
    from camket.services.staff_invitations import invite_first_admin

    settings = runtime.settings
    typer.echo(f"camket serves {settings.public_origin} (policy version {_version(runtime)})")
    invited = invite_first_admin(runtime.context)
    if invited is not None:
        typer.echo(f"no one works here yet; the first administrator begins at {invitation_line(runtime, invited)}")
    if runtime.mailbox is not None:
        typer.echo(f"development: mails are shown at {settings.public_origin}/dev/mailbox and sent nowhere")


def _version(runtime: Runtime) -> int:
    context = runtime.context
    return context.policies.in_force(context.store, context.clock.now()).newest.number


def _stay(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the web server has taken note already."""
