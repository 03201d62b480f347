"""Connectors to other systems of the operator: one folder of one shape for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.rights.connectors import SqlDeclaration

if TYPE_CHECKING:
    from camket.core.rights.connectors import Declaration
    from camket.holder_ports import Connector


def make_connector(declaration: Declaration) -> Connector:
    """Make the connector that is declared; nothing is connected before it is asked.

    Raises:
        SettingsError: its address is none, or names a database whose driver is not installed.
    """
    if isinstance(declaration, SqlDeclaration):
        from camket.adapters.connectors.sql import SqlConnector  # noqa: PLC0415 - loaded where one is declared

        return SqlConnector(declaration)
    from camket.adapters.connectors.webhook import WebhookConnector  # noqa: PLC0415 - loaded where one is declared

    return WebhookConnector(declaration)
