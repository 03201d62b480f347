"""Writing to support (P15): a thread per request, with pictures, free of charge and open to whoever is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, NotFoundError
from camket.core.gate.decide import decide
from camket.core.gate.question import Question
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState, may_move
from camket.core.terms import Action, Outcome, Source
from camket.services.access import SUBJECT
from camket.services.forms import FormError
from camket.services.limits import count_message_in
from camket.services.request_moves import move_in
from camket.services.request_thread import (
    MESSAGE,
    PICTURE,
    SERVICE,
    add_own_message_in,
    message_views,
    read_words,
    thread_items,
)
from camket.services.requests import NO_REQUEST, start_request_in
from camket.services.support_pictures import PICTURE_FIELD, PICTURES, make_pictures, too_many
from camket.services.verification import prove_by_session_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.core.intake import Problem
    from camket.ports import Unit
    from camket.rows.requests import RequestMessageRow, RequestRow
    from camket.services.access import Pending
    from camket.services.context import Context
    from camket.services.request_thread import MessageView
    from camket.services.sessions import Session

TEXT: Final = "text"
"""The field for words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadOutline:
    """One thread in a list; nothing of what was written.

    Args:
        answered: staff wrote last.
        messages: how many there are.
        last_at: when the last one was written.
    """

    request: RequestRow
    answered: bool
    messages: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """A request's thread as its customer reads it.

    Args:
        messages: *personal*; oldest first, without those among staff.
        open: the customer may write on.
        pictures: the policy, as it holds for them, lets pictures be taken in.
    """

    request: RequestRow
    messages: tuple[MessageView, ...] = field(repr=False)
    open: bool
    pictures: bool


def read_message(ctx: Context, *, text: str, photos: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the pictures of a message as the vault takes them, once its words are good too; nothing is stored.

    Args:
        ctx: the service.
        text: *personal*; as typed.
        photos: *personal*; as they were sent; none is fine.

    Raises:
        FormError: everything that is wrong with words and pictures, all at once.
    """
    problems: dict[str, Problem] = {}
    pictures: tuple[bytes, ...] = ()
    try:
        read_words(TEXT, text)
    except FormError as error:
        problems |= error.problems
    try:
        pictures = make_pictures(ctx, photos)
    except FormError as error:
        problems |= error.problems
    if problems:
        raise FormError(problems)
    return pictures


def start_thread(ctx: Context, session: Session, *, text: str, pictures: Sequence[bytes] = ()) -> RequestRow:
    """Write to support about something new.

    Args:
        ctx: the service.
        session: who writes.
        text: *personal*; as typed.
        pictures: *personal*; canonical archives, from the picture intake; at most `PICTURES`.

    Returns:
        The request, verified by the session: it goes to the desk at once.

    Raises:
        FormError: no words, too many pictures, or a character that misleads; nothing was stored.
        RateLimitedError: too many messages in this hour; nothing was stored.
        AskError: the customer must first agree to a change of the policy; nothing was stored.
        DeniedError: the policy in force has no support; nothing was stored.

    Effects: the request, the message, its pictures and their records are durable together. Twice makes two.
    """
    words = _read(text, pictures)

    def start(unit: Unit) -> RequestRow:
        count_message_in(unit, ctx, session.subject_id, ctx.clock.now())
        row = start_request_in(unit, ctx, subject_id=session.subject_id, kind=RequestKind.SUPPORT)
        prove_by_session_in(unit, ctx, session, row.id)
        add_own_message_in(unit, ctx, row, text=words, pictures=pictures)
        return _own_in(unit, session, row.id)

    return ctx.store.write(start)


def write(ctx: Context, session: Session, *, request_id: str, text: str, pictures: Sequence[bytes] = ()) -> RequestRow:
    """Write one more message about a request: an answer to what staff asked, or something that comes to mind.

    Args:
        ctx: the service.
        session: who writes.
        request_id: their request; of any kind.
        text: *personal*; as typed.
        pictures: as for `start_thread`.

    Returns:
        The request. One that waited for its customer goes on, and its clocks with it; a question to support that was
        answered is open again.

    Raises:
        NotFoundError: there is no such request of theirs.
        ConflictError: it has ended, and is no question to support.
        FormError: as `start_thread`.
        RateLimitedError: as `start_thread`.
        AskError: as `start_thread`.
        DeniedError: as `start_thread`.

    Effects: message, pictures, line and records are durable together. Twice writes twice.
    """
    words = _read(text, pictures)

    def add(unit: Unit) -> RequestRow:
        count_message_in(unit, ctx, session.subject_id, ctx.clock.now())
        row = _own_in(unit, session, request_id)
        event = _event(row)
        message = add_own_message_in(unit, ctx, row, text=words, pictures=pictures)
        return move_in(unit, ctx, row, event, actor=SUBJECT, detail={"message": message.id})

    return ctx.store.write(add)


def list_threads(ctx: Context, session: Session) -> tuple[ThreadOutline, ...]:
    """Return every request of a customer that has messages, the one written to last first; nothing is opened."""

    def look(unit: Unit) -> tuple[ThreadOutline, ...]:
        messages: dict[str, list[RequestMessageRow]] = {}
        for message in unit.request_parts.messages_of_subject(session.subject_id):
            if not message.internal:
                messages.setdefault(message.request_id, []).append(message)
        rows = unit.requests.of_subject(session.subject_id)
        return tuple(_outline(row, messages[row.id]) for row in rows if row.id in messages)

    return tuple(sorted(ctx.store.read(look), key=lambda thread: thread.last_at, reverse=True))


def own_thread(ctx: Context, session: Session, *, request_id: str) -> Thread:
    """Return the thread of a customer's request, *personal*.

    Args:
        ctx: the service.
        session: whose.
        request_id: their request; of any kind, also one without a message.

    Raises:
        NotFoundError: there is no such request of theirs.

    Effects: one ledger record of the view, durable before anything is returned.
    """

    def look(unit: Unit) -> tuple[RequestRow, tuple[RequestMessageRow, ...], Pending]:
        row = _own_in(unit, session, request_id)
        messages = tuple(one for one in unit.request_parts.messages(row.id) if not one.internal)
        items = thread_items(ctx.policies.in_force_in(unit, ctx.clock.now()))
        return row, messages, ctx.door.view_in(unit, subject_id=session.subject_id, items=items or (MESSAGE,))

    row, messages, pending = ctx.store.write(look)
    opened = pending.open()
    pictures = frozenset(value.row_id for value in opened.values.get(PICTURE, ()))
    return Thread(
        request=row,
        messages=message_views(ctx, messages, opened, pictures=pictures),
        open=_can_write(row),
        pictures=takes_pictures(ctx, session),
    )


def takes_pictures(ctx: Context, session: Session) -> bool:
    """Say whether the policy, as it holds for a customer, lets pictures be taken in without asking them first."""
    return _takes(ctx, session, PICTURE)


def takes_messages(ctx: Context, session: Session) -> bool:
    """Say whether the policy, as it holds for a customer, lets them write without being asked first."""
    return _takes(ctx, session, MESSAGE)


def _takes(ctx: Context, session: Session, item: str) -> bool:
    now = ctx.clock.now()
    question = Question(action=Action.COLLECT, items=(item,), at=now, service=SERVICE, source=Source.PROVIDED)
    standing = ctx.store.read(lambda unit: ctx.door.standing_in(unit, session.subject_id, now))
    return decide(standing, question).outcome is Outcome.PERMIT


def _read(text: str, pictures: Sequence[bytes]) -> str:
    if len(pictures) > PICTURES:
        raise FormError({PICTURE_FIELD: too_many(len(pictures))})
    return read_words(TEXT, text)


def _own_in(unit: Unit, session: Session, request_id: str) -> RequestRow:
    row = unit.requests.get(session.subject_id, request_id)
    if row is None:
        raise NotFoundError(NO_REQUEST)
    return row


def _event(row: RequestRow) -> RequestEvent:
    """Return what it is that a customer writes, where their request stands."""
    for event in (RequestEvent.ANSWER, RequestEvent.REOPEN):
        if may_move(row.kind, row.state, event):
            return event
    if row.state is RequestState.RUNNING:
        return RequestEvent.NOTE
    raise ConflictError("this request has ended; write to support anew")


def _can_write(row: RequestRow) -> bool:
    return not row.state.ended or may_move(row.kind, row.state, RequestEvent.REOPEN)


def _outline(row: RequestRow, messages: Sequence[RequestMessageRow]) -> ThreadOutline:
    last = messages[-1]
    return ThreadOutline(request=row, answered=last.author != SUBJECT, messages=len(messages), last_at=last.at)
