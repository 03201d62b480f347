"""Another system of the operator among the holders: shown, copied and erased with everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import HolderError
from camket.services.holdings import require_declared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.policy.model import Text
    from camket.core.rights.exported import ExportedItem
    from camket.holder_ports import Connector
    from camket.services.context import Context


class ConnectedHolder:
    """A connector behind the port `Holder`: it gives nothing that the policy does not declare."""

    def __init__(self, ctx: Context, connector: Connector) -> None:
        self._ctx = ctx
        self._connector = connector

    @property
    def name(self) -> str:
        """The connector's name."""
        return self._connector.name

    @property
    def label(self) -> Text:
        """What subjects read as its name."""
        return self._connector.label

    @property
    def path(self) -> None:
        """It has no pages here."""
        return

    def count(self, subject_id: str) -> Mapping[str, int]:
        """Return how many of each declared item are held."""
        counted = self._connector.count(subject_id)
        require_items(self._ctx, self._connector, counted)
        return counted

    def export(self, subject_id: str) -> Sequence[ExportedItem]:
        """Return everything that is held."""
        exported = self._connector.export(subject_id)
        require_items(self._ctx, self._connector, [one.item for one in exported])
        return exported

    def erase(self, subject_id: str) -> None:
        """Destroy everything that is held; also what the policy no longer declares."""
        self._connector.erase(subject_id)


def connect(ctx: Context, connectors: Sequence[Connector]) -> None:
    """Make each connector a holder of the service; nothing is asked of any.

    Raises:
        ConflictError: a holder of one name is there already.
    """
    for connector in connectors:
        ctx.holders.add(ConnectedHolder(ctx, connector))


def check_connector(ctx: Context, connector: Connector) -> tuple[str, ...]:
    """Return what does not hold: between declaration and that system, and between declaration and policy.

    Raises:
        HolderError: the system could not be asked.
    """
    try:
        require_items(ctx, connector, sorted(connector.items))
    except HolderError as error:
        return (str(error), *connector.check())
    return connector.check()


def require_items(ctx: Context, connector: Connector, items: Mapping[str, int] | Sequence[str]) -> None:
    """Refuse what the policy does not declare as a holding."""
    require_declared(ctx, items, holder=connector.name, called=f"the connector `{connector.name}`")
