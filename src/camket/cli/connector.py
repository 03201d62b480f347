"""`camket connector`: check the declared connectors against the systems that they lead to; nothing there is changed.

Exit codes: 0 everything holds, 1 findings, 2 bad usage or something that cannot be used.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from camket.core.errors import CamketError, HolderError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.holder_ports import Connector
    from camket.services.context import Context

app = typer.Typer(help="Check the connectors to other systems.")

FINDINGS = 1
REFUSED = 2


@app.callback()
def connector() -> None:
    """Check the connectors to other systems."""


@app.command()
def check(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One connector; all where none is named.")] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", metavar="ID", help="Count what a deletion of this subject would do there."),
    ] = None,
    item: Annotated[
        str | None,
        typer.Option("--item", metavar="ITEM", help="Count what a correction of this item of theirs would set there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Reach each system, hold the declared names against its tables and the policy in force; change nothing there."""
    from camket.bootstrap import start_runtime
    from camket.config import load_settings

    if item is not None and subject is None:
        _refuse("`--item` is of somebody: name them by `--subject`")
    try:
        with closing(start_runtime(load_settings(), existing=True)) as runtime:
            chosen = _chosen(runtime.connectors, name)
            checked = [_checked(runtime.context, one, subject, item) for one in chosen]
    except CamketError as error:
        _refuse(str(error))
    if as_json:
        typer.echo(json.dumps(checked, ensure_ascii=False, indent=2))
    else:
        _say(checked)
    if any(one["findings"] for one in checked):
        raise typer.Exit(FINDINGS)


def _chosen(connectors: Sequence[Connector], name: str | None) -> list[Connector]:
    known = [one.name for one in connectors]
    if not known:
        _refuse("no connector is declared; the setting `connectors` declares them")
    if name is not None and name not in known:
        _refuse(f"there is no connector `{name}`{nearest(name, known)}")
    return [one for one in connectors if name in {None, one.name}]


def _checked(ctx: Context, connector: Connector, subject: str | None, item: str | None) -> dict[str, Any]:
    """Return what one connector's check found; one that cannot be reached is a finding, and the others are checked."""
    from camket.services.connected import check_connector

    planned: list[dict[str, Any]] = []
    corrected: list[dict[str, Any]] = []
    try:
        findings = list(check_connector(ctx, connector))
        if subject is not None and not findings:
            planned = [
                {"table": one.table, "item": one.item, "rows": one.rows, "end": one.end.value}
                for one in connector.plan(subject)
            ]
        if subject is not None and item is not None and not findings:
            corrected = [asdict(one) for one in connector.plan_correction(subject, item)]
    except HolderError as error:
        findings = [str(error)]
    return {"connector": connector.name, "findings": findings, "planned": planned, "corrected": corrected}


def _say(checked: list[dict[str, Any]]) -> None:
    for one in checked:
        for finding in one["findings"]:
            typer.echo(f"{one['connector']}: {finding}", err=True)
        if not one["findings"]:
            typer.echo(f"{one['connector']}: no findings")
        for planned in one["planned"]:
            typer.echo(f"  {planned['table']} ({planned['item']}): {planned['rows']} rows to {planned['end']}")
        for place in one["corrected"]:
            column = f".{place['column']}" if place["column"] else ""
            typer.echo(f"  {place['table']}{column}: {place['rows']} rows to correct")


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(REFUSED)
