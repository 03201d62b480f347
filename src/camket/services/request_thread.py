"""The messages of a request: the customer's words and pictures are values of the vault, those of staff sealed beside.

What a customer writes is collected through the door like anything else that they give; it shows among their data, and
they may delete it. What staff write is sealed under the customer's key in the row itself, and dies with that key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError
from camket.core.intake import Problem, validate
from camket.core.policy.model import ItemKind
from camket.core.terms import Source
from camket.rows.requests import RequestMessageRow
from camket.services.access import SUBJECT
from camket.services.access_core import STAFF
from camket.services.access_standing import item_names
from camket.services.forms import FormError
from camket.services.ids import random_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.core.gate.history import History
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.access_values import Opened
    from camket.services.context import Context
    from camket.services.staff_sessions import StaffSession

MESSAGE: Final = "support.message"
PICTURE: Final = "support.picture"
SERVICE: Final = "support"
"""The service in which both are collected."""
THREAD_ITEMS: Final = (MESSAGE, PICTURE)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageView:
    """One message of a thread.

    Args:
        staff: pseudonym of the staff who wrote it; None for the customer's own.
        text: *personal*; None where its time was over or the customer deleted it.
        pictures: where its pictures are held; those that went are left out.
        internal: among staff alone.
    """

    id: str
    at: datetime
    staff: str | None
    text: str | None = field(repr=False)
    pictures: tuple[str, ...]
    internal: bool


def read_words(name: str, typed: str) -> str:
    """Return what was typed into a field for free text, in the form in which it is kept.

    Args:
        name: of the field.
        typed: *personal*; as typed.

    Raises:
        FormError: there is nothing in it, it is too long, or a character in it misleads.
    """
    answer = validate(ItemKind.TEXT, typed)
    if isinstance(answer, Problem):
        raise FormError({name: answer})
    return answer.value


def add_own_message_in(
    unit: Unit, ctx: Context, row: RequestRow, *, text: str, pictures: Sequence[bytes] = ()
) -> RequestMessageRow:
    """Take in what a customer writes, in the caller's unit of work.

    Args:
        unit: the values, their records and the message are durable together when this unit is.
        ctx: the service.
        row: the request.
        text: *personal*; canonical, from `read_words`.
        pictures: *personal*; canonical archives, from the picture intake.

    Raises:
        AskError: the customer must first agree to a change of the policy; the unit must not go on.
        DeniedError: the gate said no; the unit must not go on.
    """
    given: list[tuple[str, str | bytes]] = [(MESSAGE, text), *((PICTURE, picture) for picture in pictures)]
    held = []
    for item, value in given:
        collected = ctx.door.collect_in(
            unit,
            actor=SUBJECT,
            subject_id=row.subject_id,
            values={item: value},
            service=SERVICE,
            source=Source.PROVIDED,
            request=row.id,
        )
        collected.require()
        held.append(collected.row_ids[item])
    message = RequestMessageRow(
        id=random_id(ctx.entropy),
        request_id=row.id,
        subject_id=row.subject_id,
        position=len(unit.request_parts.messages(row.id)),
        at=ctx.clock.now(),
        author=SUBJECT,
        value_id=held[0],
        pictures=held[1:],
        sealed=None,
        internal=False,
    )
    unit.request_parts.add_message(message)
    return message


def add_staff_message_in(
    unit: Unit, ctx: Context, row: RequestRow, *, by: StaffSession, text: str, internal: bool = False
) -> RequestMessageRow:
    """Write a message of staff into a thread, in the caller's unit of work.

    Args:
        unit: the message is durable when this unit is.
        ctx: the service.
        row: the request.
        by: who writes.
        text: *personal*; canonical, from `read_words`.
        internal: among staff alone.

    Raises:
        NotFoundError: the customer has no key any more; the unit must not go on.
    """
    message_id = random_id(ctx.entropy)
    message = RequestMessageRow(
        id=message_id,
        request_id=row.id,
        subject_id=row.subject_id,
        position=len(unit.request_parts.messages(row.id)),
        at=ctx.clock.now(),
        author=by.actor,
        value_id=None,
        pictures=(),
        sealed=ctx.door.seal_request_in(unit, subject_id=row.subject_id, request_id=message_id, text=text),
        internal=internal,
    )
    unit.request_parts.add_message(message)
    return message


def message_views(
    ctx: Context, messages: Sequence[RequestMessageRow], opened: Opened, *, pictures: frozenset[str]
) -> tuple[MessageView, ...]:
    """Return messages in the clear, *personal*.

    Args:
        ctx: the service.
        messages: of one subject.
        opened: what the door gave of `MESSAGE` for a read that is on record.
        pictures: where pictures of the same subject are held.

    Raises:
        InvalidValueError: a message is another subject's than what was read.
        VaultError: words of staff were changed or moved.
    """
    # INVARIANT: nothing of a thread opens without a read of its subject's that is on record.
    if any(message.subject_id != opened.subject_id for message in messages):
        raise InvalidValueError("a message and what was read are of different subjects")
    words = {value.row_id: value.text for value in opened.values.get(MESSAGE, ())}
    return tuple(
        MessageView(
            id=message.id,
            at=message.at,
            staff=message.author.removeprefix(STAFF) if message.author.startswith(STAFF) else None,
            text=_text(ctx, message, words),
            pictures=tuple(picture for picture in message.pictures if picture in pictures),
            internal=message.internal,
        )
        for message in messages
    )


def _text(ctx: Context, message: RequestMessageRow, words: Mapping[str, str]) -> str | None:
    if message.sealed is None:
        return words.get(message.value_id or "")
    return ctx.door.open_request_text(subject_id=message.subject_id, place=message.id, sealed=message.sealed)


def thread_items(history: History) -> tuple[str, ...]:
    """Return which of the items of a thread any version in force declares."""
    return tuple(item for item in THREAD_ITEMS if item in item_names(history).roots)
