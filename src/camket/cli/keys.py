"""`camket keys`: look at the key store, back it up, end its epoch.

Exit codes: 0 done, 2 bad usage or a key store that cannot be used.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated, Any

import typer

from camket.core.errors import CamketError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.adapters.keys.status import KeyStoreStatus
    from camket.config import Settings

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Look at the key store, back it up, end its epoch.")

UNREADABLE = 2
ROTATE_SECONDS = 600.0
"""How long `rotate` waits for a job that somebody else is running."""
WAIT_SECONDS = 0.25

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Where the copy goes; must not exist yet, or be empty.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the epochs, what waits for the end of one, and which deleted keys are destroyed. Never a key."""
    from camket.adapters.keys import open_key_store

    with refusing() as settings, closing(open_key_store(settings.keys_folder)) as keys:
        document = describe(keys.status(), settings.keys_folder, settings.keys_backup_days, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for line in sentences(document):
        typer.echo(line)


@app.command()
def backup(target: Folder) -> None:
    """Copy the key store, which may be in use, with every key that it needs.

    A copy can open what was deleted after it was taken: keep it apart from backups of the database, and no longer than
    `keys_backup_days`. To restore, stop the service and put the copy where the key store was.
    """
    from camket.adapters.keys import open_key_store

    with refusing() as settings, closing(open_key_store(settings.keys_folder)) as keys:
        keys.back_up(target)
        typer.echo(f"copied to {target}; delete it within {settings.keys_backup_days} days")


@app.command()
def rotate() -> None:
    """End the present epoch now: wrap every subject's keys anew, destroy the old key, and put that on record.

    The service may be running; whoever of the two takes the job first does it, and this command waits for the end.
    """
    from camket.bootstrap import start_runtime
    from camket.jobs.engine import Engine, Kind, registry
    from camket.services.epochs import EPOCH_JOB, end_epoch, queue_end

    with refusing() as settings, closing(start_runtime(settings, existing=True)) as runtime:
        ctx = runtime.context
        ending = next(epoch.number for epoch in ctx.keys.epochs() if epoch.destroyed_at is None)
        queue_end(ctx, name=f"by hand {ctx.entropy.token(8).hex()}")
        engine = Engine(ctx, registry(Kind(name=EPOCH_JOB, run=end_epoch)))
        deadline = monotonic() + ROTATE_SECONDS
        while ctx.keys.epochs()[ending - 1].destroyed_at is None:
            if engine.run_next("keys rotate"):
                continue
            if monotonic() > deadline:
                typer.echo(f"epoch {ending} has not ended yet; the service goes on with it", err=True)
                raise typer.Exit(UNREADABLE)
            sleep(WAIT_SECONDS)
        days = settings.keys_backup_days
        typer.echo(f"epoch {ending} ended; its key is in backups of the key store for {days} days at most")


@contextmanager
def refusing() -> Iterator[Settings]:
    """Give the settings; say what cannot be used and leave with the right exit code."""
    from camket.config import load_settings

    try:
        yield load_settings()
    except CamketError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREADABLE) from None


def describe(status: KeyStoreStatus, folder: Path, keys_backup_days: int, now: datetime) -> dict[str, Any]:
    """Return the state of a key store as a document."""
    from camket.core.vault.shred import erasure_status

    present = status.epochs[-1]
    destroyed_at = {epoch.number: epoch.destroyed_at for epoch in status.epochs}
    deleted = []
    for epoch, count in sorted(status.deleted.items()):
        stage = erasure_status(
            killed_in_epoch=epoch,
            epoch_destroyed_at=destroyed_at[epoch],
            keys_backup_days=keys_backup_days,
            now=now,
        )
        since = None if stage.destroyed_from is None else stage.destroyed_from.isoformat()
        deleted.append({"epoch": epoch, "keys": count, "status": str(stage), "destroyed_from": since})
    return {
        "folder": str(folder),
        "instance": status.instance_id,
        "generation": status.generation,
        "epoch": present.number,
        "begun_at": present.begun_at.isoformat(),
        "not_destroyed": [epoch.number for epoch in status.epochs[:-1] if epoch.destroyed_at is None],
        "subjects": status.subjects,
        "waiting": status.waiting,
        "deleted": deleted,
        "index_keys": {name: list(versions) for name, versions in status.index_versions.items()},
        "checkpoint_size": status.checkpoint_size,
    }


def sentences(document: dict[str, Any]) -> Iterator[str]:
    """Yield the state of a key store as lines for people."""
    yield f"key store   {document['folder']}"
    yield f"instance    {document['instance']}, generation {document['generation']}"
    yield f"epoch       {document['epoch']}, begun {document['begun_at']}"
    for epoch in document["not_destroyed"]:
        yield f"            the end of epoch {epoch} is not finished; {document['waiting']} subjects are left"
    yield f"subjects    {document['subjects']} with a key"
    for row in document["deleted"]:
        word = "since" if row["status"] == "destroyed" else "until"
        when = f" {word} {row['destroyed_from']}" if row["destroyed_from"] else ""
        yield f"deleted     epoch {row['epoch']}: {row['keys']} keys, {row['status']}{when}"
    size = document["checkpoint_size"]
    yield f"checkpoint  {'none yet' if size is None else f'{size} entries'}"
