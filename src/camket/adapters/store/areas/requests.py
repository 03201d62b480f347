"""Requests, their timelines and the proofs of who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, command
from camket.adapters.store.tables.requests import READ, request_event, request_proof
from camket.adapters.store.tables.requests import request as table
from camket.core.rights.machine import RequestState
from camket.rows.requests import RequestEventRow, RequestProofRow, RequestRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Link
    from camket.core.rights.machine import RequestKind

_THIS: Final = table.c.id == bindparam("request_id")
_THEIRS: Final = table.c.subject_id == bindparam("whose")
_NEVER_CHANGES: Final = frozenset(
    {"id", "subject_id", "kind", "number", "channel", "policy_version", "filed_by", "created_at"}
)
_CHANGES: Final = tuple(column.name for column in table.c if column.name not in _NEVER_CHANGES)

ADD: Final = command(sa.insert(table))
GET: Final = Query(sa.select(*READ).where(_THEIRS, _THIS), RequestRow)
FIND: Final = Query(sa.select(*READ).where(_THIS), RequestRow)
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
SWEEP_UNVERIFIED: Final = command(
    sa.delete(table).where(table.c.state == RequestState.UNVERIFIED, table.c.created_at < bindparam("before"))
)

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

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's requests with their timelines and proofs."""
        DELETE_EVENTS.run(self._link, whose=subject_id)
        DELETE_PROOFS.run(self._link, whose=subject_id)
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def sweep_unverified(self, *, before: datetime) -> int:
        """Drop requests made before an instant and never verified."""
        return SWEEP_UNVERIFIED.run(self._link, before=before)

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

    def sweep_proofs(self, *, before: datetime) -> int:
        """Drop proofs that ran out before an instant."""
        return SWEEP_PROOFS.run(self._link, before=before)
