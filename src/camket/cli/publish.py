"""`camket publish`: a policy becomes the next version. The service may be running; it follows from then on.

Exit codes: 0 published, 1 findings, 2 bad usage or something that cannot be used.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from camket.core.errors import CamketError, InvalidValueError, PolicyError
from camket.core.terms import require_aware

app = typer.Typer(help="Publish a policy as the next version.")

FINDINGS: Final = 1
REFUSED: Final = 2


@app.command()
def publish(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The policy's folder, or the policy.yaml in it.")],
    effective_at: Annotated[
        str,
        typer.Option(metavar="INSTANT", help="From when it is in force: 2027-01-01T00:00+07:00; at once if not set."),
    ] = "",
) -> None:
    """Publish a policy as the next version."""
    from camket.bootstrap import publish_folder, start_runtime
    from camket.config import load_settings

    try:
        at = instant(effective_at) if effective_at else None
        with closing(start_runtime(load_settings(), existing=True)) as runtime:
            version = publish_folder(runtime, path, effective_at=at)
    except PolicyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FINDINGS) from None
    except CamketError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED) from None
    typer.echo(f"version {version.number} is published; document {version.document_hash}")


def instant(text: str) -> datetime:
    """Read an instant with its offset.

    Raises:
        InvalidValueError: it is no instant, or has no offset.
    """
    try:
        return require_aware(datetime.fromisoformat(text), "effective_at")
    except ValueError:
        raise InvalidValueError(f"`{text[:40]}` is no instant; write one like 2027-01-01T00:00+07:00") from None
