"""`camket settings`: every setting with its variable, default and meaning."""

from __future__ import annotations

import typer

app = typer.Typer(help="List every setting, as docs/reference/settings.md shows them.")


@app.command()
def settings() -> None:
    """Print the reference of all settings as Markdown."""
    from camket.config import settings_reference

    typer.echo(settings_reference(), nl=False)
