"""Another system of the operator among the holders: shown, copied and erased with everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import HolderError, nearest
from camket.core.policy.model import ItemKind
from camket.services.holdings import require_declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

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

    @property
    def corrects(self) -> frozenset[str]:
        """The items of which it is told."""
        return self._connector.corrects

    def correct(self, subject_id: str, *, item: str, value: str | None, since: datetime) -> None:
        """Have what is held there be what is held here now."""
        self._connector.correct(subject_id, item=item, value=value, since=since)

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
        connected = ConnectedHolder(ctx, connector)
        ctx.holders.add(connected)
        ctx.holders.add_corrected(connected)


def check_connector(ctx: Context, connector: Connector) -> tuple[str, ...]:
    """Return what does not hold: between declaration and that system, and between declaration and policy.

    Raises:
        HolderError: the system could not be asked.
    """
    findings = list(_wrong_corrections(ctx, connector))
    try:
        require_items(ctx, connector, sorted(connector.items))
    except HolderError as error:
        findings.insert(0, str(error))
    return (*findings, *connector.check())


def require_items(ctx: Context, connector: Connector, items: Mapping[str, int] | Sequence[str]) -> None:
    """Refuse what the policy does not declare as a holding."""
    require_declared(ctx, items, holder=connector.name, called=f"the connector `{connector.name}`")


def _wrong_corrections(ctx: Context, connector: Connector) -> Iterator[str]:
    items = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.items
    held = {one.id for one in items if one.kind not in (ItemKind.HOLDING, ItemKind.PICTURE)}
    for item in sorted(connector.corrects - held):
        yield f"`{item}` is no value that the policy declares, so nothing of it is ever corrected{nearest(item, held)}"
