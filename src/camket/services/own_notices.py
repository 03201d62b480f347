"""What a customer is told of the policy's changes: the banners to show, what was sent, and that they have read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import Channel, SubjectState
from camket.rows.notices import DeliveryRow, DeliveryState
from camket.services.access import SUBJECT
from camket.services.access_standing import subject_facts
from camket.services.notice_texts import is_significant
from camket.services.notices import plan_people_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.ports import Unit
    from camket.rows import SubjectRow
    from camket.services.context import Context
    from camket.services.policies import PublishedVersion

BANNER_STANDS: Final = timedelta(days=365)
"""How long after a version took effect its banner still waits to be read; the evidence is kept for longer."""
NO_NOTICE: Final = "there is no such notice for you"


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnNotice:
    """One change of the policy, and how a customer was told of it.

    Args:
        number: of the version.
        posted_at: aware; when the version was posted, with its banner where one is promised.
        mail: what became of the mail.
        mail_at: when; None where there was none, or it was not tried yet.
        smtp_code: what the relay answered last.
        seen_at: when they said that they had read it.
    """

    number: int
    posted_at: datetime
    effective_at: datetime
    banner: bool
    mail: DeliveryState
    mail_at: datetime | None
    smtp_code: int | None
    seen_at: datetime | None


def banners(ctx: Context, *, service: str, subject_id: str) -> tuple[PublishedVersion, ...]:
    """Return the versions that a customer of a service is still to be told of by a banner (P17).

    Args:
        ctx: the service.
        service: which is used.
        subject_id: who uses it; the channels are those that hold for them.

    Returns:
        Significant changes since they joined that they have not read, in the order in which they take effect; empty
        where the service has no banner, and for who is not there.
    """
    now = ctx.clock.now()
    told = significant_versions(ctx.policies.published(ctx.store))
    told = tuple(version for version in told if now < version.effective_at + BANNER_STANDS)
    if not told:
        return ()

    def look(unit: Unit) -> tuple[PublishedVersion, ...]:
        subject = unit.subjects.get(subject_id)
        if subject is None or subject.state is not SubjectState.ACTIVE:
            return ()
        read = {row.number for row in unit.notices.of_subject(subject_id) if row.seen_at is not None}
        left = tuple(
            one for one in told if subject.joined_version < one.version.number and one.version.number not in read
        )
        return left if left and _has_banner(unit, ctx, subject, service) else ()

    return ctx.store.read(look)


def significant_versions(published: Sequence[PublishedVersion]) -> tuple[PublishedVersion, ...]:
    """Return the versions of which customers are told by notice, in order."""
    return tuple(after for before, after in pairwise(published) if is_significant(before, after))


def see_notice(ctx: Context, *, subject_id: str, number: int) -> None:
    """Keep that a customer has read the notice of a version; its banner goes, in every app.

    Args:
        ctx: the service.
        subject_id: who has read it.
        number: of the version.

    Raises:
        NotFoundError: there is no such notice, or they joined under that version or a later one.

    Effects: the instant and a ledger record are durable on return. Twice is once: the first instant stays.
    """
    numbers = {one.version.number for one in significant_versions(ctx.policies.published(ctx.store))}

    def see(unit: Unit) -> None:
        subject = unit.subjects.get(subject_id)
        if subject is None or number not in numbers or subject.joined_version >= number:
            raise NotFoundError(NO_NOTICE)
        if not any(row.number == number for row in unit.notices.of_subject(subject.id)):
            # They joined after the last round: what the next one would have planned is planned now.
            plan_people_in(unit, ctx, number, (subject,))
        if unit.notices.see(number, subject.id, at=ctx.clock.now()):
            ctx.door.record_in(
                unit, actor=SUBJECT, action=LedgerAction.NOTICE, subject_id=subject.id, request=str(number)
            )

    ctx.store.write(see)


def own_notices(ctx: Context, *, subject_id: str) -> tuple[OwnNotice, ...]:
    """Return every change that a customer was told of, the newest first; empty where there was none."""
    by_number = {one.version.number: one for one in ctx.policies.published(ctx.store)}
    rows = ctx.store.read(lambda unit: unit.notices.of_subject(subject_id))
    return tuple(_own(row, by_number[row.number]) for row in rows)


def _own(row: DeliveryRow, version: PublishedVersion) -> OwnNotice:
    return OwnNotice(
        number=row.number,
        posted_at=version.published_at,
        effective_at=version.effective_at,
        banner=row.banner,
        mail=row.mail,
        mail_at=row.settled_at,
        smtp_code=row.smtp_code,
        seen_at=row.seen_at,
    )


def _has_banner(unit: Unit, ctx: Context, subject: SubjectRow, service: str) -> bool:
    history = ctx.policies.in_force_in(unit, ctx.clock.now())
    services = history.tables.names.services
    standing = history.standing(subject_facts(subject, unit.facts.of_subject(subject.id), history))
    channels = {(services.get(one.service, one.service), one.channel) for one in standing.notices}
    return (services.get(service, service), Channel.BANNER) in channels
