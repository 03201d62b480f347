"""The connector `webhook`: another system that is asked by signed requests, and answers in JSON.

A request carries what is asked and the subject's opaque id, and nothing else about anybody. Whatever comes back but the
expected answer is a failure that quotes nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.adapters.connectors.webhook.answers import AnswerError, read_check, read_count, read_erased, read_export
from camket.adapters.connectors.webhook.sending import SendError, send
from camket.core.errors import HolderError, nearest
from camket.core.rights.connectors import PlannedRows, RowEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeVar

    from camket.core.policy.model import Text
    from camket.core.rights.connectors import WebhookDeclaration
    from camket.core.rights.exported import ExportedItem

    T = TypeVar("T")


class WebhookConnector:
    """See `camket.holder_ports.Connector` for what it promises. Each question is a connection of its own.

    Args:
        declaration: where to ask, what it holds, and the key that signs.
    """

    def __init__(self, declaration: WebhookDeclaration) -> None:
        self._declaration = declaration

    @property
    def name(self) -> str:
        """The connector's name."""
        return self._declaration.name

    @property
    def label(self) -> Text:
        """What subjects read as its name."""
        return self._declaration.label

    @property
    def items(self) -> frozenset[str]:
        """The items that it holds."""
        return frozenset(self._declaration.items)

    def check(self) -> tuple[str, ...]:
        """Return each item that only one side says the system holds; empty where both say the same."""
        said = self._asked("be checked", {"ask": "check"}, read_check)
        unsaid = [f"it does not say that it holds `{item}`{nearest(item, said)}" for item in self.items - set(said)]
        undeclared = [f"it says that it holds `{item}`, which `items` does not name" for item in said - self.items]
        return (*sorted(unsaid), *sorted(undeclared))

    def plan(self, subject_id: str) -> tuple[PlannedRows, ...]:
        """Return how many of each item an erasure would destroy; nothing is changed."""
        counted = self.count(subject_id)
        return tuple(
            PlannedRows(table=item, item=item, rows=counted.get(item, 0), end=RowEnd.DELETE)
            for item in self._declaration.items
        )

    def count(self, subject_id: str) -> Mapping[str, int]:
        """Return how many of each item are held."""
        counted = self._asked("say what it holds", {"ask": "count", "subject": subject_id}, read_count)
        self._require_items(counted)
        return {item: number for item, number in counted.items() if number}

    def export(self, subject_id: str) -> Sequence[ExportedItem]:
        """Return everything that is held, one JSON file for each item, *personal*."""
        exported = self._asked("give what it holds", {"ask": "export", "subject": subject_id}, read_export)
        self._require_items({one.item: one.count for one in exported})
        return exported

    def erase(self, subject_id: str) -> None:
        """Have everything destroyed there; the system says so when it is durable."""
        self._asked("delete what it holds", {"ask": "erase", "subject": subject_id}, read_erased)

    def close(self) -> None:
        """Nothing is open between questions."""

    def _asked(self, what: str, question: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        try:
            return read(send(self._declaration, question))
        except (SendError, AnswerError) as error:
            # What came back may quote a person, so the cause goes no further.
            raise HolderError(f"the connector `{self.name}` could not {what}: {error}", holder=self.name) from None

    def _require_items(self, counted: Mapping[str, int]) -> None:
        # INVARIANT: what is held and not declared is never passed over.
        if set(counted) - self.items:
            raise HolderError(
                f"the connector `{self.name}` answers with an item that `items` does not name", holder=self.name
            )
