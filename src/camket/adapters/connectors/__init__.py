"""Connectors to other systems of the operator: one folder of one shape for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camket.core.rights.connectors import SqlDeclaration
    from camket.holder_ports import Connector


def make_connector(declaration: SqlDeclaration) -> Connector:
    """Make the connector that is declared; nothing is connected before it is asked.

    Raises:
        SettingsError: its address is none, or names a database whose driver is not installed.
    """
    from camket.adapters.connectors.sql import SqlConnector  # noqa: PLC0415 - loaded where a connector is declared

    return SqlConnector(declaration)
