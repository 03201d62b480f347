"""`camket demo`: an empty data folder filled with the lives of alice and bob, so that every page has something to show.

Everything happens through the same use cases, gate and ledger as in the service, with a clock that begins ten weeks ago
and ends now; nothing is written past them. The folder is marked as a demonstration.

Exit codes: 0 filled, 2 the folder is not empty or cannot be used.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from camket.core.errors import CamketError, SettingsError

if TYPE_CHECKING:
    from camket.client.loading import LoadedApp
    from camket.config import Settings

app = typer.Typer(help="Fill an empty data folder with the demonstration lives of alice and bob.")

REFUSED: Final = 2
SPAN: Final = timedelta(days=70)


@app.command()
def demo() -> None:
    """Fill an empty data folder with the demonstration lives of alice and bob."""
    from camket.config import load_settings

    try:
        settings = load_settings()
        fill(settings)
    except CamketError as error:
        typer.echo(f"camket demo: {error}", err=True)
        raise typer.Exit(REFUSED) from None
    typer.echo(f"`{settings.data}` now holds the demonstration lives of alice and bob")
    typer.echo("start with `CAMKET_DEVELOPMENT=1 camket serve`, then sign in as alice@shop.example")
    typer.echo("`camket staff add --role officer` prints a link to a work account, for the desk at /officer/requests")


def fill(settings: Settings) -> None:
    """Fill the data folder.

    Raises:
        SettingsError: the folder is not empty, or a database outside it is set; nothing was written.
        CamketError: whatever keeps the service from starting.
    """
    from tempfile import TemporaryDirectory

    from camket.adapters.policy_files import read_policy_folder
    from camket.bootstrap import configure_logging, start_runtime
    from camket.cli.demo_policy import earlier_policy
    from camket.cli.demo_story import Story
    from camket.client.loading import close_apps, load_apps
    from camket.testing.doubles import CapturedMail, HeldClock

    require_empty(settings)
    configure_logging(settings.model_copy(update={"log_level": "error"}))
    end = datetime.now(UTC)
    clock = HeldClock(end - SPAN)
    policy = read_policy_folder(settings.policy)
    earlier = earlier_policy(policy)
    with TemporaryDirectory() as folder:
        for name, content in (earlier or policy).items():
            (Path(folder) / name).write_bytes(content)
        begun = settings.model_copy(update={"policy": Path(folder)})
        runtime = start_runtime(begun, clock=clock, mail=CapturedMail())
    apps: tuple[LoadedApp, ...] = ()
    try:
        apps = load_apps(runtime)
        settings.demonstration_mark.write_text("demonstration data: alice and bob do not exist\n", encoding="utf-8")
        following = policy if earlier else None
        Story(runtime.context, clock, end, guests=tuple(app.guest for app in apps), following=following).tell()
    finally:
        try:
            close_apps(apps)
        finally:
            runtime.close()


def require_empty(settings: Settings) -> None:
    """Refuse to mix the demonstration with anything that is there.

    Raises:
        SettingsError: saying what is in the way.
    """
    if settings.database_url is not None:
        raise SettingsError("the demonstration fills a data folder of its own; unset `database_url`")
    for folder in (settings.data, settings.keys_folder):
        if _holds_anything(folder):
            raise SettingsError(f"`{folder}` is not empty; the demonstration is never mixed with anything else")


def _holds_anything(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
