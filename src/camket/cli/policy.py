"""`camket policy`: check a policy, show what it comes down to, read it as it is published, compare two.

Exit codes: 0 no finding, 1 findings, 2 bad usage or a policy that cannot be read.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from camket.adapters.policy_files import read_policy_folder
from camket.cli.policy_diff import diff
from camket.cli.policy_publish import publish
from camket.core.errors import InvalidValueError, PolicyError, UnreadableError
from camket.core.policy.compile import compile_policy
from camket.core.policy.render import render_policy, render_terms
from camket.core.policy.source import DECLARATIONS
from camket.core.policy.summary import overview, summary
from camket.core.terms import Language

if TYPE_CHECKING:
    from camket.core.policy.model import PolicyVersion

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Check, show and render a privacy policy.")

FINDINGS = 1
UNREADABLE = 2

ON_SCREEN: Final = {
    "items": ("id", "label", "maximum", "legal_minimum"),
    "purposes": ("id", "label", "basis", "items"),
    "recipients": ("id", "label", "country", "shares"),
    "rights": ("right", "label", "reply_days", "complete_days", "fee_vnd", "verification"),
    "notices": ("service", "channel", "lead_days"),
    "clauses": ("id", "hash"),
}
"""What fits on a terminal; programs get everything."""

app.command()(diff)
app.command()(publish)

PolicyPath = Annotated[Path, typer.Argument(metavar="PATH", help="The policy's folder, or the policy.yaml in it.")]


class Format(StrEnum):
    """How a text is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


@app.command()
def check(path: PolicyPath) -> None:
    """Print every finding as `file:line: message`; one line that says so where there is none."""
    version = compiled(path)
    typer.echo(f"{path}: no findings; {summary(version)}")


@app.command()
def show(
    path: PolicyPath,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show the items, purposes, rights and clauses of a policy, with its hashes."""
    version = compiled(path)
    document = overview(version)
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    console = Console()
    for name in ("items", "purposes", "recipients", "rights", "notices", "clauses"):
        print_rows(console, name, document[name])
    for name in ("document_hash", "meaning_hash"):
        typer.echo(f"{name.replace('_', ' ')}  {document[name]}")


@app.command()
def render(
    path: PolicyPath,
    lang: Annotated[Language, typer.Option("--lang", help="Which language.")] = Language.VI,
    written: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.TEXT,
    terms: Annotated[bool, typer.Option("--terms", help="The terms of service instead of the policy.")] = False,
) -> None:
    """Print the policy as people read it."""
    version = compiled(path)
    try:
        rendered = render_terms(version, lang) if terms else render_policy(version, lang)
    except InvalidValueError as error:
        refuse(str(error))
    if written is Format.HTML:
        typer.echo(rendered.html)
        return
    title = f"# {rendered.title}\n" if written is Format.MARKDOWN else f"{rendered.title}\n"
    typer.echo(title)
    typer.echo(rendered.markdown if written is Format.MARKDOWN else rendered.text)


def compiled(path: Path, *, number: int = 1) -> PolicyVersion:
    """Return the policy at a path; where there is none, say why and leave with the right exit code."""
    try:
        return compile_policy(read_policy_folder(path), number=number)
    except UnreadableError as error:
        refuse(str(error))
    except PolicyError as error:
        folder = path.parent if path.name == DECLARATIONS else path
        for finding in error.findings:
            typer.echo(f"{folder / finding.file}:{finding.line}: {finding.message}")
        raise typer.Exit(FINDINGS) from None


def refuse(message: str) -> NoReturn:
    """Say what cannot be read, and leave."""
    typer.echo(message, err=True)
    raise typer.Exit(UNREADABLE)


def print_rows(console: Console, name: str, rows: list[dict[str, object]]) -> None:
    """Print rows as a table on a terminal, as lines separated by tabs anywhere else."""
    if not rows:
        typer.echo(f"{name}: none\n")
        return
    if not console.is_terminal:
        lines = (list(rows[0]), *([cell(value) for value in row.values()] for row in rows))
        typer.echo("\n".join("\t".join((name, *line)) for line in lines))
        return
    table = Table(*ON_SCREEN[name], title=name, title_justify="left", box=SIMPLE_HEAD)
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*(RichText(cell(row[column])) for column in ON_SCREEN[name]))
    console.print(table)


def cell(value: object) -> str:
    """Return a value as one cell."""
    if isinstance(value, list):
        return ", ".join(cell(each) for each in value)
    if isinstance(value, dict):
        return " · ".join(str(each) for each in value.values())
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
