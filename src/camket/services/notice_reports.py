"""What an officer sees of notices: how many were told and how, and for one customer the proof (P10, P17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, NotFoundError
from camket.core.intake import Problem
from camket.core.intake.emails import read_email
from camket.core.ledger.entry import LedgerAction
from camket.core.vault.lookup import IndexField
from camket.rows.notices import DeliveryState, NoticeState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.rows.notices import DeliveryCount, DeliveryRow, NoticeRow
    from camket.services.context import Context
    from camket.services.policies import PublishedVersion

PAGE: Final = 1000
"""Deliveries that are read at once for the table."""
NO_NOTICE: Final = "there is no notice of this version"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeReport:
    """One notice in numbers.

    Args:
        number: of the version.
        state: whether everyone has been planned, or no one needed to be told.
        planned_at: aware; when the first round was over; None before.
        people: how many customers it is for.
        mails: what became of their mails; every state stands in it.
        banners: how many were to see a banner.
        seen: how many said that they had read it.
        gone: of all these, how many have no row any more: erased, or the time of the evidence is over.
    """

    number: int
    state: NoticeState
    posted_at: datetime
    effective_at: datetime
    planned_at: datetime | None
    people: int
    mails: dict[DeliveryState, int]
    banners: int
    seen: int
    gone: int


def list_reports(ctx: Context) -> tuple[NoticeReport, ...]:
    """Return every notice in numbers, the newest version first."""
    published = ctx.policies.published(ctx.store)
    rows = ctx.store.read(lambda unit: [(row, unit.notices.count(row.number)) for row in unit.notices.all()])
    return tuple(_report(row, published[row.number - 1], counts) for row, counts in rows)


def find_report(ctx: Context, number: int) -> NoticeReport:
    """Return one notice in numbers.

    Raises:
        NotFoundError: there is no notice of such a version.
    """
    published = ctx.policies.published(ctx.store)
    row, counts = ctx.store.read(lambda unit: (unit.notices.get(number), unit.notices.count(number)))
    if row is None:
        raise NotFoundError(NO_NOTICE)
    return _report(row, published[number - 1], counts)


def take_evidence(ctx: Context, *, actor: str, number: int) -> Iterator[DeliveryRow]:
    """Return every delivery of a notice, one after the other in the order of the subjects' ids; never all in memory.

    Args:
        ctx: the service.
        actor: who takes it out, `staff:pseudonym`.
        number: of the version.

    Raises:
        NotFoundError: there is no notice of such a version.

    Effects: the ledger record is durable before the first is read.
    """
    find_report(ctx, number)
    ctx.store.write(lambda unit: ctx.door.record_in(unit, actor=actor, action=LedgerAction.NOTICE, request=str(number)))
    return _deliveries(ctx, number)


def find_evidence(ctx: Context, *, actor: str, number: int, email: str) -> DeliveryRow | None:
    """Return what became of a notice for the customer with an e-mail address.

    Args:
        ctx: the service.
        actor: who looks, `staff:pseudonym`.
        number: of the version.
        email: *personal*; as typed.

    Returns:
        None for who has no account, and for who was not told of it: the two are not told apart.

    Raises:
        InvalidValueError: it is no e-mail address; nothing was looked up.

    Effects: the same ledger record whether the customer is known or not; a known one sees it among their uses.
    """
    answer = read_email(email)
    if isinstance(answer, Problem):
        raise InvalidValueError("what was typed is no e-mail address")
    handle = ctx.door.look_up(field=IndexField.EMAIL, value=answer.value, actor=actor)
    rows = ctx.store.read(lambda unit: unit.notices.of_subject(handle.id))
    return next((row for row in rows if row.number == number), None)


def _deliveries(ctx: Context, number: int) -> Iterator[DeliveryRow]:
    last_id = ""
    while rows := _page(ctx, number, last_id):
        yield from rows
        last_id = rows[-1].subject_id


def _page(ctx: Context, number: int, after_id: str) -> tuple[DeliveryRow, ...]:
    return ctx.store.read(lambda unit: unit.notices.deliveries(number, after_id=after_id, limit=PAGE))


def _report(row: NoticeRow, version: PublishedVersion, counts: tuple[DeliveryCount, ...]) -> NoticeReport:
    return NoticeReport(
        number=row.number,
        state=row.state,
        posted_at=version.published_at,
        effective_at=version.effective_at,
        planned_at=row.planned_at,
        people=sum(one.people for one in counts),
        mails={state: sum(one.people for one in counts if one.mail is state) for state in DeliveryState},
        banners=sum(one.banners for one in counts),
        seen=sum(one.seen for one in counts),
        gone=sum(one.people for one in counts if not one.present),
    )
