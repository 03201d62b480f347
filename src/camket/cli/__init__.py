"""The command line: `camket COMMAND`. Exit codes: 0 done, 1 findings, 2 bad usage or something that cannot be used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typer._click.core import Command, Context

COMMANDS: Final[Mapping[str, str]] = {
    "serve": "camket.cli.serve",
    "policy": "camket.cli.policy",
    "gate": "camket.cli.gate",
    "mail": "camket.cli.mail",
    "ledger": "camket.cli.ledger",
    "certificate": "camket.cli.certificate",
    "evidence": "camket.cli.evidence",
    "keys": "camket.cli.keys",
    "settings": "camket.cli.settings",
    "staff": "camket.cli.staff",
    "consent": "camket.cli.consent",
    "request": "camket.cli.request",
    "connector": "camket.cli.connector",
    "demo": "camket.cli.demo",
}
"""Command -> the module whose `app` it is; loaded when the command is run, so that each starts with what it needs."""


class Commands(TyperGroup):
    """Every command, each loaded when it is needed."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - click passes it
        """Return the commands in the order in which the help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - click passes it
        """Load a command; None where there is no such one."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = typer.main.get_command(import_module(module).app)
        command.name = cmd_name
        return command


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def camket() -> None:
    """Run a service on the privacy policy that it publishes."""


def main() -> None:
    """Run the command line."""
    app(prog_name="camket")
