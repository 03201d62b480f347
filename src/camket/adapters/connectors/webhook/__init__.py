"""The connector `webhook`: another system that is asked by signed requests, and answers in JSON.

A request carries what is asked and the subject's opaque id, and nothing else about anybody - but for the new value of
a correction, where the declaration says that the system needs it. Whatever comes back but the expected answer is a
failure that quotes nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.adapters.connectors.webhook.answers import (
    AnswerError,
    read_check,
    read_corrected,
    read_count,
    read_erased,
    read_export,
)
from camket.adapters.connectors.webhook.sending import SendError, send
from camket.core.errors import HolderError, HolderFailure, nearest
from camket.core.rights.connectors import PlannedCorrection, PlannedRows, RowEnd, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
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

    @property
    def corrects(self) -> frozenset[str]:
        """The items of which it is told."""
        return frozenset(self._declaration.corrects)

    def check(self) -> tuple[str, ...]:
        """Return each item of which only one side says what it is to that system; empty where both say the same."""
        said = self._asked("be checked", {"ask": "check"}, read_check)
        missing = self.items - said.items
        unsaid = [f"it does not say that it holds `{item}`{nearest(item, said.items)}" for item in missing]
        undeclared = [
            f"it says that it holds `{item}`, which `items` does not name" for item in said.items - self.items
        ]
        return (*sorted(unsaid), *sorted(undeclared), *self._other_corrections(said.corrects))

    def plan(self, subject_id: str) -> tuple[PlannedRows, ...]:
        """Return how many of each item an erasure would destroy; nothing is changed."""
        counted = self.count(subject_id)
        return tuple(
            PlannedRows(table=item, item=item, rows=counted.get(item, 0), end=RowEnd.DELETE)
            for item in self._declaration.items
        )

    def plan_correction(self, subject_id: str, item: str) -> tuple[PlannedCorrection, ...]:
        """Return that it would be told; what it then does is its own."""
        told = item in self.corrects and bool(self.count(subject_id))
        return (PlannedCorrection(table=item, column=None, rows=1),) if told else ()

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

    def correct(self, subject_id: str, *, item: str, value: str | None, since: datetime) -> None:
        """Tell it what is held now, or, where it needs no more, that it changed."""
        told = self._declaration.corrects.get(item)
        if told is None:
            return
        question = {"ask": "correct", "subject": subject_id, "item": item, "since": since.isoformat()}
        # INVARIANT: a value leaves for who is declared to need it, and for nobody else.
        self._asked("correct", {**question, "value": value} if told is Told.VALUE else question, read_corrected)

    def close(self) -> None:
        """Nothing is open between questions."""

    def _asked(self, what: str, question: Mapping[str, str | None], read: Callable[[bytes], T]) -> T:
        try:
            return read(send(self._declaration, question))
        except (SendError, AnswerError) as error:
            failure = error.failure if isinstance(error, SendError) else HolderFailure.GARBLED
            message = f"the connector `{self.name}` could not {what}: {error}"
            # What came back may quote a person, so the cause goes no further.
            raise HolderError(message, holder=self.name, failure=failure) from None

    def _require_items(self, counted: Mapping[str, int]) -> None:
        # INVARIANT: what is held and not declared is never passed over.
        if set(counted) - self.items:
            raise HolderError(
                f"the connector `{self.name}` answers with an item that `items` does not name",
                holder=self.name,
                failure=HolderFailure.MISDECLARED,
            )

    def _other_corrections(self, said: Mapping[str, str]) -> Iterator[str]:
        declared = {item: told.value for item, told in self._declaration.corrects.items()}
        for item in sorted(said.keys() | declared.keys()):
            if said.get(item) != declared.get(item):
                wanted, given = said.get(item, "nothing"), declared.get(item, "nothing")
                yield f"it wants to be told `{wanted}` of `{item}`, and `corrects` says `{given}`"
