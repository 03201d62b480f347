"""`camket mail`: check an operator's own words for mails, and write out camket's to begin from.

Exit codes: 0 no finding, 1 findings, 2 bad usage or a folder that cannot be used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from camket.adapters.mail.words import read_words_folder
from camket.config import load_settings
from camket.core.errors import CamketError, UnreadableError
from camket.core.notices.own_words import SUFFIX, own_words_of
from camket.core.notices.templates import TEMPLATES
from camket.core.terms import Language

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Check and write the words of mails.")

FINDINGS = 1
UNUSABLE = 2


@app.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="The folder; the one that `mail_templates` names where none is."),
    ] = None,
) -> None:
    """Print every finding as `file:line: message`: a missing word, an unknown place, a missing language."""
    named = folder or _folder_of_settings()
    try:
        words = read_words_folder(named)
    except UnreadableError as error:
        _refuse(str(error))
    for finding in words.findings:
        typer.echo(str(finding), err=True)
    if words.findings:
        typer.echo(f"{named}: camket's own words are sent in the place of these", err=True)
        raise typer.Exit(FINDINGS)
    typer.echo(f"{named}: no findings; {len(words.own)} mails in own words")


@app.command()
def write(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An empty folder, or one that is not there yet.")],
) -> None:
    """Write camket's own words of every mail, one file for each language, to be changed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            _refuse(f"`{folder}` is not empty; nothing was written")
        for template in TEMPLATES.values():
            for language in Language:
                path = folder / f"{template.id}.{language}{SUFFIX}"
                path.write_text(own_words_of(template, language), encoding="utf-8")
    except OSError as error:
        _refuse(f"cannot write to `{folder}`: {(error.strerror or 'unknown reason').lower()}")
    typer.echo(f"{folder}: {len(TEMPLATES) * len(Language)} files; name the folder in the setting `mail_templates`")


def _folder_of_settings() -> Path:
    try:
        folder = load_settings().mail_templates
    except CamketError as error:
        _refuse(str(error))
    if folder is None:
        _refuse("name a folder, or set `mail_templates`")
    return folder


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(UNUSABLE)
