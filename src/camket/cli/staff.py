"""`camket staff`: who works here, from the machine itself: a link for someone, the list, the end of an account.

Whoever may run this owns the data folder; nothing here is more than they could do with it. Each use is on record as
`service:operator`. Exit codes: 0 done, 2 bad usage or something that cannot be done.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from camket.core.errors import CamketError
from camket.core.staff.roles import Role, read_roles, role_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.bootstrap import Runtime
    from camket.services.staff_invitations import Invited

app = typer.Typer(add_completion=False, help="Who works here: invite, list, end accounts.", no_args_is_help=True)

REFUSED: Final = 2


@app.command()
def add(
    role: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="ROLE", help="A role that comes with it; several times for several."),
    ] = None,
    admin: Annotated[bool, typer.Option("--admin", help="The role `admin`, as for the first one.")] = False,
) -> None:
    """Print a one-time link with which someone begins a work account; the one printed before is no longer good."""
    from camket.services.staff_invitations import invite_staff

    with _running() as runtime:
        words = [*(role or []), *([Role.ADMIN.value] if admin else [])]
        invited = invite_staff(runtime.context, roles=read_roles(words))
        typer.echo(invitation_line(runtime, invited))


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the work accounts by work name; names of people are read on the page of administrators alone."""
    from camket.services.staff import list_accounts

    with _running() as runtime:
        accounts = list_accounts(runtime.context)
    if as_json:
        document = [
            {"name": one.pseudonym, "roles": list(role_words(one.roles)), "since": one.since.isoformat()}
            for one in accounts
        ]
        typer.echo(json.dumps(document, indent=2))
        return
    for one in accounts:
        typer.echo(f"{one.pseudonym}  {one.since:%Y-%m-%d}  {', '.join(role_words(one.roles))}")
    if not accounts:
        typer.echo("no one works here yet; `camket staff add --admin` prints a link for the first administrator")


@app.command()
def revoke(name: Annotated[str, typer.Argument(metavar="NAME", help="The work name.")]) -> None:
    """End a work account at once; what is held about its owner is erased."""
    from camket.services.staff import revoke_staff

    with _running() as runtime:
        revoke_staff(runtime.context, name)
        typer.echo(f"the account `{name}` has ended")


def invitation_line(runtime: Runtime, invited: Invited) -> str:
    """Return what is printed of an invitation: the link, whom it is for, and until when."""
    roles = ", ".join(role_words(invited.roles))
    until = f"{invited.expires_at:%Y-%m-%d %H:%M} UTC"
    return f"{runtime.settings.public_origin}{invited.path}\none account ({roles}), once, until {until}"


@contextmanager
def _running() -> Iterator[Runtime]:
    """Open the service's data, beside a running service too; say what cannot be done, and exit."""
    from camket.bootstrap import start_runtime
    from camket.config import load_settings

    try:
        with closing(start_runtime(load_settings(), existing=True)) as runtime:
            yield runtime
    except CamketError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED) from None
