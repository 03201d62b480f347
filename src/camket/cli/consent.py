"""`camket consent`: take consents elsewhere, and bring along those that were given in another system.

Whoever may run this owns the data folder. Each use is on record as `service:operator`. Exit codes: 0 done, 1 the file
has findings and nothing was taken over, 2 bad usage or something that cannot be done.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from camket.core.errors import CamketError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.bootstrap import Runtime

app = typer.Typer(add_completion=False, help="Export consents, and import those given elsewhere.", no_args_is_help=True)

FOUND: Final = 1
REFUSED: Final = 2
MOST_FILE_BYTES: Final = 256 * 1024 * 1024


@app.command()
def export() -> None:
    """Write every consent and refusal to standard output, one line of JSON each; people stand there by handle alone."""
    from camket.services.consent_exchange import export_consents

    with _running() as runtime:
        for line in export_consents(runtime.context):
            typer.echo(line.encode(), nl=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Lines of JSON, as docs/reference/consents.md says.")],
) -> None:
    """Take over the consents and refusals of a file: all of them, or none where a line has a finding."""
    from camket.services.consent_exchange import import_consents

    lines = _read(file)
    with _running() as runtime:
        done = import_consents(runtime.context, lines, file=str(file))
    for finding in done.findings:
        typer.echo(str(finding), err=True)
    if done.findings:
        typer.echo(f"nothing was taken over: {len(done.findings)} findings", err=True)
        raise typer.Exit(FOUND)
    typer.echo(f"{done.added} taken over, {done.known} on record already")


def _read(file: Path) -> list[str]:
    try:
        if file.stat().st_size > MOST_FILE_BYTES:
            _refuse(f"`{file}` is larger than {MOST_FILE_BYTES // 1024 // 1024} MB; split it")
        return file.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        _refuse(f"cannot read `{file}`: {(error.strerror or type(error).__name__).lower()}")
    except UnicodeDecodeError:
        _refuse(f"`{file}` cannot be read as UTF-8 text")


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(REFUSED)


@contextmanager
def _running() -> Iterator[Runtime]:
    """Open the service's data, beside a running service too; say what cannot be done, and exit."""
    from camket.bootstrap import start_runtime
    from camket.config import load_settings

    try:
        with closing(start_runtime(load_settings(), existing=True)) as runtime:
            yield runtime
    except CamketError as error:
        _refuse(str(error))
