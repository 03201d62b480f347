"""Who outside was given a value that is corrected, and has to be told: by the records of what was given out.

A record of a disclosure names items and no receiver, so that the list is everyone who may have been given them: each
recipient of a policy version to whom the item may go, where the subject had said yes to that before, or where no yes is
needed. Whoever tells them strikes out those who never got it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, NotFoundError
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.rights.machine import RequestEvent, RequestState
from camket.core.terms import Ground
from camket.rows import FactKind
from camket.services.access_standing import item_names
from camket.services.desk_acts import REASON, DeskAct, row_in
from camket.services.request_moves import move_in
from camket.services.request_thread import read_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.gate.history import History
    from camket.core.policy.model import Recipient, Text
    from camket.ports import Unit
    from camket.rows.requests import RequestEventRow, RequestRow
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiverView:
    """A recipient who waits to be told.

    Args:
        receiver: the id.
    """

    receiver: str
    label: Text


GIVEN: Final = frozenset({LedgerOutcome.PERMIT.value, LedgerOutcome.DONE.value})
RECEIVERS: Final = "receivers"
TOLD: Final = "told"
"""What the lines of a timeline call who has to be told, and who was."""


def receivers_in(unit: Unit, ctx: Context, *, subject_id: str, item: str) -> tuple[str, ...]:
    """Return the ids of the recipients who may hold a subject's value of an item; empty where it was never given out.

    Args:
        unit: reads alone.
        ctx: the service.
        subject_id: whose value.
        item: its id.
    """
    history = ctx.policies.in_force_in(unit, ctx.clock.now())
    names = frozenset(item_names(history).expand((item,)))
    if not any(_gave(facts, names) for facts in unit.records.facts_of_action(subject_id, LedgerAction.SHARE.value)):
        return ()
    agreed = _agreed(unit, history, subject_id)
    found = dict.fromkeys(
        history.tables.names.recipients.get(recipient.id, recipient.id)
        for version in reversed(history.versions)
        for recipient in version.policy.recipients
        if _may_have(recipient, names, agreed=history.tables.names.recipients.get(recipient.id) in agreed)
    )
    return tuple(found)


def untold(timeline: Sequence[RequestEventRow]) -> tuple[str, ...]:
    """Return who of the receivers of a request was not told yet, in order."""
    told = {_text(line, TOLD) for line in timeline}
    named = [one for line in timeline for one in _texts(line, RECEIVERS)]
    return tuple(one for one in dict.fromkeys(named) if one not in told)


def untold_views(history: History, timeline: Sequence[RequestEventRow]) -> tuple[ReceiverView, ...]:
    """Return who of the receivers of a request was not told yet, as people read them."""
    labels: dict[str, Text] = {}
    for version in history.versions:
        for recipient in version.policy.recipients:
            labels[history.tables.names.recipients.get(recipient.id, recipient.id)] = recipient.label
    return tuple(ReceiverView(receiver=one, label=labels[one]) for one in untold(timeline) if one in labels)


def mark_told(ctx: Context, by: StaffSession, *, request_id: str, receiver: str, how: str) -> RequestRow:
    """Take down that a receiver was told of a correction, or that they never had the value.

    Args:
        ctx: the service.
        by: who told them.
        request_id: the correction.
        receiver: id of the recipient.
        how: *personal*; how and when, or why there was nothing to tell, as typed; sealed, and the customer reads it.

    Raises:
        FormError: there are no words, or too many; the field is `reason`.
        DeniedError: `by` may not do this; nothing was changed.
        NotFoundError: there is no such request, or it names no such receiver who waits to be told.
        ConflictError: the request is not being carried out.

    Effects: the line and its record are durable. With the last of them the job ends the request within the hour. Twice
        is refused.
    """
    words = read_words(REASON, how)

    def mark(unit: Unit) -> RequestRow:
        row = row_in(unit, by, request_id, DeskAct.TELL)
        if row.state is not RequestState.RUNNING:
            raise ConflictError("nobody waits to be told of this request")
        if receiver not in untold(unit.requests.events(request_id)):
            raise NotFoundError(f"`{receiver[:40]}` does not wait to be told of this request")
        return move_in(unit, ctx, row, RequestEvent.NOTE, actor=by.actor, detail={TOLD: receiver}, text=words)

    return ctx.store.write(mark)


def _gave(facts: bytes, names: frozenset[str]) -> bool:
    record = json.loads(facts)
    return record["outcome"] in GIVEN and not names.isdisjoint(record["items"])


def _may_have(recipient: Recipient, names: frozenset[str], *, agreed: bool) -> bool:
    by_law = {item for ground, items in recipient.shares.items() if ground is not Ground.CONSENT for item in items}
    by_consent = set(recipient.shares.get(Ground.CONSENT, ())) if agreed else set()
    return not names.isdisjoint(by_law | by_consent)


def _agreed(unit: Unit, history: History, subject_id: str) -> frozenset[str | None]:
    """Return the recipients to whom the subject ever said yes, also one that was taken back since."""
    roots = history.tables.names.recipients
    facts = [fact for fact in unit.facts.of_subject(subject_id) if fact.kind is FactKind.CONSENT]
    named = [str(fact.body["recipient"]) for fact in facts if fact.body.get("recipient") is not None]
    return frozenset(roots.get(name, name) for name in named)


def _text(line: RequestEventRow, name: str) -> str | None:
    found = (line.detail or {}).get(name)
    return found if isinstance(found, str) else None


def _texts(line: RequestEventRow, name: str) -> tuple[str, ...]:
    found = (line.detail or {}).get(name)
    return tuple(str(one) for one in found) if isinstance(found, list | tuple) else ()
