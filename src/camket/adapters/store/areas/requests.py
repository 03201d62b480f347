"""Requests, their timelines and the proofs of who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command
from camket.adapters.store.tables.requests import (
    READ,
    request_event,
    request_file,
    request_message,
    request_part,
    request_proof,
)
from camket.adapters.store.tables.requests import request as table
from camket.adapters.store.types import Instant
from camket.rows.requests import RequestEventRow, RequestProofRow, RequestRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link
    from camket.core.rights.machine import RequestKind, RequestState

_THIS: Final = table.c.id == bindparam("request_id")
_THEIRS: Final = table.c.subject_id == bindparam("whose")
_NEVER_CHANGES: Final = frozenset(
    {"id", "subject_id", "kind", "number", "channel", "policy_version", "filed_by", "created_at"}
)
_CHANGES: Final = tuple(column.name for column in table.c if column.name not in _NEVER_CHANGES)

ADD: Final = command(sa.insert(table))
GET: Final = Query(sa.select(*READ).where(_THEIRS, _THIS), RequestRow)
FIND: Final = Query(sa.select(*READ).where(_THIS), RequestRow)
FIND_AND_LOCK: Final = Query(sa.select(*READ).where(_THIS).with_for_update(), RequestRow)
BY_NUMBER: Final = Query(sa.select(*READ).where(table.c.number == bindparam("wanted")), RequestRow)
OF_SUBJECT: Final = Query(
    sa.select(*READ).where(_THEIRS).order_by(table.c.created_at.desc(), table.c.id.desc()), RequestRow
)
OPEN_OF_SUBJECT: Final = Query(
    sa.select(*READ)
    .where(_THEIRS, table.c.kind == bindparam("asked"), table.c.done_at.is_(None))
    .order_by(table.c.created_at, table.c.id),
    RequestRow,
)
SAVE: Final = command(
    sa.update(table)
    .where(_THIS, table.c.state == bindparam("old"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGES})
)
CLEAR: Final = command(sa.update(table).where(_THIS).values(sealed=sa.null()))
DELETE_OF_SUBJECT: Final = command(sa.delete(table).where(_THEIRS))
CUT: Final = command(sa.update(table).where(_THIS).values(subject_id=bindparam("stranger"), sealed=sa.null()))
CUT_EVENTS: Final = command(
    sa.update(request_event)
    .where(request_event.c.request_id == bindparam("asked"))
    .values(subject_id=bindparam("stranger"), sealed=sa.null())
)
_OPEN: Final = table.c.done_at.is_(None)
STALLED: Final = Query(
    sa.select(*READ)
    .where(
        _OPEN,
        table.c.state == bindparam("standing"),
        sa.func.coalesce(table.c.paused_at, table.c.verified_at, table.c.created_at)
        < bindparam("before", type_=Instant()),
        table.c.id > bindparam("after_id"),
    )
    .order_by(table.c.id)
    .limit(bindparam("limit")),
    RequestRow,
)
_NOW: Final = bindparam("now", type_=Instant())


def _unwarned(moment: sa.ColumnElement[datetime | None]) -> sa.ColumnElement[bool]:
    """Say that a moment has come, and that nobody was warned since."""
    return sa.and_(moment <= _NOW, sa.or_(table.c.warned_at.is_(None), table.c.warned_at < moment))


TO_WARN: Final = Query(
    sa.select(*READ)
    .where(
        _OPEN,
        table.c.verified_at.is_not(None),
        table.c.paused_at.is_(None),
        sa.or_(
            _unwarned(table.c.warn_at),
            sa.and_(table.c.replied_at.is_(None), _unwarned(table.c.reply_due_at)),
            _unwarned(table.c.due_at),
        ),
    )
    .order_by(table.c.queue_at, table.c.id)
    .limit(bindparam("limit")),
    RequestRow,
)
_OVER: Final = sa.and_(
    table.c.done_at.is_not(None),
    sa.or_(
        table.c.done_at < bindparam("before"),
        sa.and_(table.c.verified_at.is_(None), table.c.done_at < bindparam("unproven_before")),
    ),
)
_OVER_IDS: Final = sa.select(table.c.id).where(_OVER)
SWEEP_PARTS: Final = tuple(
    command(sa.delete(part).where(part.c.request_id.in_(_OVER_IDS)))
    for part in (request_event, request_proof, request_message, request_file, request_part)
)
SWEEP_ENDED: Final = command(sa.delete(table).where(_OVER))

ADD_EVENT: Final = command(sa.insert(request_event))
EVENTS: Final = Query(
    sa.select(request_event)
    .where(request_event.c.request_id == bindparam("asked"))
    .order_by(request_event.c.position, request_event.c.at, request_event.c.id),
    RequestEventRow,
)
DELETE_EVENTS: Final = command(sa.delete(request_event).where(request_event.c.subject_id == bindparam("whose")))

ADD_PROOF: Final = command(sa.insert(request_proof))
PROOFS: Final = Query(
    sa.select(request_proof)
    .where(request_proof.c.request_id == bindparam("asked"))
    .order_by(request_proof.c.at.desc(), request_proof.c.id),
    RequestProofRow,
)
USE_PROOF: Final = command(
    sa.update(request_proof)
    .where(request_proof.c.id == bindparam("proof_id"), request_proof.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
DELETE_PROOFS: Final = command(sa.delete(request_proof).where(request_proof.c.subject_id == bindparam("whose")))
DELETE_PROOFS_OF_BROWSER: Final = command(
    sa.delete(request_proof).where(
        request_proof.c.request_id == bindparam("asked"), request_proof.c.browser_hash == bindparam("browser")
    )
)
SWEEP_PROOFS: Final = command(sa.delete(request_proof).where(request_proof.c.expires_at < bindparam("before")))


class RequestArea:
    """Queries on `request`, `request_event` and `request_proof`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: RequestRow) -> None:
        """Store a request."""
        ADD.store(self._link, row)

    def get(self, subject_id: str, request_id: str) -> RequestRow | None:
        """Return a request of this subject."""
        return GET.one(self._link, whose=subject_id, request_id=request_id)

    def find(self, request_id: str) -> RequestRow | None:
        """Return a request, whoever asked."""
        return FIND.one(self._link, request_id=request_id)

    def hold(self, request_id: str) -> RequestRow | None:
        """Return a request as it stands now; no other unit changes it until this one ends."""
        return FIND_AND_LOCK.one(self._link, request_id=request_id)

    def by_number(self, number: str) -> RequestRow | None:
        """Return the request with this receipt number."""
        return BY_NUMBER.one(self._link, wanted=number)

    def of_subject(self, subject_id: str) -> tuple[RequestRow, ...]:
        """Return a subject's requests, newest first."""
        return OF_SUBJECT.all(self._link, whose=subject_id)

    def open_of(self, subject_id: str, kind: RequestKind) -> tuple[RequestRow, ...]:
        """Return a subject's open requests of one kind, oldest first."""
        return OPEN_OF_SUBJECT.all(self._link, whose=subject_id, asked=kind)

    def save(self, row: RequestRow, *, old: RequestState) -> bool:
        """Store everything of a request that changes."""
        changes = {f"new_{name}": getattr(row, name) for name in _CHANGES}
        return SAVE.run(self._link, request_id=row.id, old=old, **changes) == 1

    def clear(self, request_id: str) -> None:
        """Drop what was asked for, keep the request."""
        CLEAR.run(self._link, request_id=request_id)

    def cut(self, request_id: str, *, stranger: str) -> None:
        """Cut a request from its subject."""
        CUT.run(self._link, request_id=request_id, stranger=stranger)
        CUT_EVENTS.run(self._link, asked=request_id, stranger=stranger)

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's requests with their timelines and proofs."""
        DELETE_EVENTS.run(self._link, whose=subject_id)
        DELETE_PROOFS.run(self._link, whose=subject_id)
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def stalled(self, state: RequestState, *, before: datetime, after_id: str, limit: int) -> tuple[RequestRow, ...]:
        """Return open requests in a state that nothing has come of since an instant, by id."""
        return STALLED.all(self._link, standing=state, before=before, after_id=after_id, limit=limit)

    def to_warn(self, now: datetime, *, limit: int) -> tuple[RequestRow, ...]:
        """Return open requests of which officers are to be warned now, first due first."""
        return TO_WARN.all(self._link, now=now, limit=limit)

    def sweep_ended(self, *, unproven_before: datetime, before: datetime) -> int:
        """Drop requests that ended before an instant, with all that hangs on them."""
        for part in SWEEP_PARTS:
            part.run(self._link, before=before, unproven_before=unproven_before)
        return SWEEP_ENDED.run(self._link, before=before, unproven_before=unproven_before)

    def add_event(self, row: RequestEventRow) -> None:
        """Store a line of a timeline."""
        ADD_EVENT.store(self._link, row)

    def events(self, request_id: str) -> tuple[RequestEventRow, ...]:
        """Return a request's timeline, oldest first."""
        return EVENTS.all(self._link, asked=request_id)

    def add_proof(self, row: RequestProofRow) -> None:
        """Store a proof."""
        ADD_PROOF.store(self._link, row)

    def proofs(self, request_id: str) -> tuple[RequestProofRow, ...]:
        """Return a request's proofs, newest first."""
        return PROOFS.all(self._link, asked=request_id)

    def use_proof(self, proof_id: str, *, at: datetime) -> bool:
        """Mark a proof as used."""
        return USE_PROOF.run(self._link, proof_id=proof_id, at=at) == 1

    def delete_proofs(self, request_id: str, *, browser_hash: bytes) -> int:
        """Drop the proofs of a request that one browser gave."""
        return DELETE_PROOFS_OF_BROWSER.run(self._link, asked=request_id, browser=browser_hash)

    def sweep_proofs(self, *, before: datetime) -> int:
        """Drop proofs that ran out before an instant."""
        return SWEEP_PROOFS.run(self._link, before=before)
