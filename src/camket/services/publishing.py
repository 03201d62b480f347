"""Publishing a version as it was promised: whole, in time, approved, and taking nothing from anyone (P17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, PublishingError
from camket.core.policy.diff import compare
from camket.core.policy.notice_time import needs_notice_time
from camket.core.policy.source import files_of_texts, unpack_texts
from camket.core.policy.version import document_hash
from camket.core.staff.roles import Role
from camket.services.calendar import VIETNAM, day_of
from camket.services.policies import PUBLISHER, add_version_in, compile_version, next_version, write_version
from camket.services.publishing_reach import Audience, audience_of, longest_notice_days
from camket.services.staff_sessions import staff_actor

if TYPE_CHECKING:
    from datetime import date

    from camket.core.policy.diff import PolicyDiff
    from camket.core.policy.model import PolicyVersion
    from camket.core.policy.source import PolicyFiles
    from camket.ports import Unit
    from camket.rows.publishing import DraftRow
    from camket.services.context import Context
    from camket.services.policies import NextVersion


YEARS: Final = range(2000, 2201)
"""In which a version can take effect."""


class Hindrance(StrEnum):
    """Why a version may not be published like this."""

    SAME = "same"
    """These files are the newest version already, to the byte."""
    UNDATED = "undated"
    """No one has said from when it is to be in force."""
    PAST = "past"
    """It would be in force before it is published."""
    ORDER = "order"
    """It would be in force before a version that was published earlier."""
    NOTICE = "notice"
    """Customers would not have the time that they were promised."""
    TAKES = "takes"
    """It is worse for customers at once, and there is nothing that they could say no to."""
    UNSEEN = "unseen"
    """Another version was published since the draft was begun, and its officers have not looked at it."""
    APPROVALS = "approvals"
    """Fewer officers have said yes than the policy in force asks for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One reason why a version may not be published like this, as the command line says it."""

    why: Hindrance
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What publishing some files would be; nothing is done yet.

    Args:
        version: as it would be numbered.
        diff: what it changes in the newest published version; None where it is the first.
        effective_at: from when it would be in force; None where nobody has said so, or at once.
        notice_days: how long customers are promised to hear of it before; 0 where it may be in force at once.
        earliest: from when on it may be in force.
        audience: every customer by history, as of now.
        refusals: every reason against it; empty when it may be published.
    """

    version: PolicyVersion
    diff: PolicyDiff | None
    effective_at: datetime | None
    notice_days: int
    earliest: datetime
    audience: Audience
    refusals: tuple[Refusal, ...]

    @property
    def earliest_day(self) -> date:
        """The first day, in Vietnam, from whose beginning on it may be in force."""
        day = day_of(self.earliest)
        return day if start_of(day) >= self.earliest else day + timedelta(days=1)


def start_of(day: date) -> datetime:
    """Return the instant at which a day begins in Vietnam.

    Raises:
        InvalidValueError: it lies in a year that is a slip of the finger; some of those no store could give back.
    """
    if day.year not in YEARS:
        raise InvalidValueError(f"`{day.isoformat()}` lies outside of the years {YEARS[0]} to {YEARS[-1]}")
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def examine_publication(
    ctx: Context, files: PolicyFiles, *, effective_at: datetime | None, dated: bool = True
) -> Publication:
    """Return what publishing some files would be, with every reason against it but missing approvals.

    Args:
        ctx: the service.
        files: every file of the policy.
        effective_at: aware; from when it is to be in force; at once when None.
        dated: somebody has said from when; without, that alone is missing.

    Raises:
        PolicyError: with every finding; there is no version to look at.
        NotFoundError: no version is in force yet.
    """
    now = ctx.clock.now()
    published = ctx.policies.published(ctx.store)
    version = compile_version(files, len(published) + 1)
    if not published:
        return Publication(
            version=version,
            diff=None,
            effective_at=effective_at,
            notice_days=0,
            earliest=now,
            audience=Audience(groups=()),
            refusals=_untimely(effective_at, now, now) if dated else (_UNDATED,),
        )
    newest = published[-1]
    diff = compare(newest.version, version)
    audience = audience_of(ctx)
    notice_days = 0
    if needs_notice_time(diff):
        in_force = ctx.policies.in_force(ctx.store, now).versions
        notice_days = longest_notice_days(in_force, audience)
    earliest = max(now + timedelta(days=notice_days), newest.effective_at)
    timely = (*_untimely(effective_at, now, newest.effective_at), *_too_soon(effective_at, now, notice_days))
    refusals = (*_same(newest.version, version), *_taken(diff), *(timely if dated else (_UNDATED,)))
    return Publication(
        version=version,
        diff=diff,
        effective_at=effective_at,
        notice_days=notice_days,
        earliest=earliest,
        audience=audience,
        refusals=refusals,
    )


def _same(newest: PolicyVersion, version: PolicyVersion) -> tuple[Refusal, ...]:
    if newest.document_hash != version.document_hash:
        return ()
    message = f"these files are version {newest.number} already, to the byte; there is nothing to publish"
    return (Refusal(why=Hindrance.SAME, message=message),)


def _taken(diff: PolicyDiff) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(
            why=Hindrance.TAKES,
            message=f"`{one.about.kind} {one.about.id}` is worse for everyone at once, and there is no clause by which "
            "customers could keep what they had; leave it as it was",
        )
        for one in diff.takes_without_asking
    )


_UNDATED: Final = Refusal(why=Hindrance.UNDATED, message="no one has said from when it is to be in force; name a day")


def _untimely(effective_at: datetime | None, now: datetime, newest_from: datetime) -> tuple[Refusal, ...]:
    at = effective_at or now
    if at < now:
        message = f"`{in_vietnam(at)}` lies in the past; a version takes effect now or later"
        return (Refusal(why=Hindrance.PAST, message=message),)
    if at < newest_from:
        message = (
            f"`{in_vietnam(at)}` lies before the newest version is in force, from "
            f"`{in_vietnam(newest_from)}` on; versions take effect in order"
        )
        return (Refusal(why=Hindrance.ORDER, message=message),)
    return ()


def _too_soon(effective_at: datetime | None, now: datetime, notice_days: int) -> tuple[Refusal, ...]:
    at = effective_at or now
    if at < now or at >= now + timedelta(days=notice_days):
        return ()
    earliest = in_vietnam(now + timedelta(days=notice_days))
    message = (
        f"`{in_vietnam(at)}` is too soon: customers are promised to hear of such a change {notice_days} days "
        f"before it; it may be in force from `{earliest}` on"
    )
    return (Refusal(why=Hindrance.NOTICE, message=message),)


def in_vietnam(instant: datetime) -> str:
    """Return an instant as commands take and give it: `2027-01-01T00:00+07:00`."""
    return instant.astimezone(VIETNAM).isoformat(timespec="minutes")


def require_publishable(publication: Publication, *more: Refusal) -> None:
    """Refuse what may not be published.

    Raises:
        PublishingError: with every reason.
    """
    refusals = (*publication.refusals, *more)
    if refusals:
        raise PublishingError(tuple(refusal.message for refusal in refusals))


def require_approvals_in(unit: Unit, ctx: Context, officers: frozenset[str]) -> None:
    """Refuse a version to which fewer officers said yes than the policy in force asks for.

    Args:
        unit: the unit that publishes it.
        ctx: the service.
        officers: who said yes to these very bytes and this very day, the one who publishes included.

    Raises:
        PublishingError: how many are missing.
    """
    missing = missing_approvals(needed_approvals_in(unit, ctx), officers)
    if missing is not None:
        raise PublishingError((missing.message,))


def missing_approvals(needed: int, officers: frozenset[str]) -> Refusal | None:
    """Return what is said where fewer officers said yes than are needed; None where they are enough.

    Where one is needed, it is whoever publishes; where two are, both are officers and neither is counted twice.
    """
    if needed == 1 or len(officers) >= needed:
        return None
    message = (
        f"the policy in force asks for the yes of {needed} officers, and {len(officers)} said yes to it as it is; let "
        "another officer approve the draft"
    )
    return Refusal(why=Hindrance.APPROVALS, message=message)


def needed_approvals_in(unit: Unit, ctx: Context) -> int:
    """Return how many officers the policy in force asks for; 1 before there is one."""
    now = ctx.clock.now()
    if not ctx.policies.number_in_force_in(unit, now):
        return 1
    return ctx.policies.in_force_in(unit, now).newest.policy.approvals


def publish_version(ctx: Context, files: PolicyFiles, *, effective_at: datetime | None = None) -> PolicyVersion:
    """Publish a policy as the next version, from the machine's own command line.

    Args:
        ctx: the service.
        files: every file of the policy.
        effective_at: aware; from when it is in force; at once when None.

    Raises:
        PolicyError: with every finding.
        PublishingError: it may not be published like this; with every reason. Where the policy in force asks for two
            officers, both must have approved a draft of these very files for this very instant.
        ConflictError: another version was published in the meantime.

    Effects:
        On return the version is durable, posted, and has its ledger entry, in one transaction with the notice to
        customers. After an error nothing has changed. Twice is refused.

    Source: semantics section 1 (any change of a byte is a new version).
    """
    require_publishable(examine_publication(ctx, files, effective_at=effective_at))
    following = next_version(ctx, files, effective_at=effective_at)

    def publish(unit: Unit) -> None:
        draft = unit.publishing.open_draft()
        if draft is not None and not _is_draft_of(draft, following):
            draft = None
        require_approvals_in(unit, ctx, frozenset() if draft is None else approved_by_in(unit, draft))
        add_version_in(unit, ctx, following, actor=PUBLISHER)
        if draft is not None:
            unit.publishing.close(draft.id, number=following.version.number)

    write_version(ctx, publish)
    return following.version


def approved_by_in(unit: Unit, draft: DraftRow) -> frozenset[str]:
    """Return the officers who said yes to a draft as it is now, and who are officers still."""
    # INVARIANT: the yes of whose account has ended, or who is no officer any more, publishes nothing.
    officers = {staff_actor(one.pseudonym) for one in unit.staff.everyone() if Role.OFFICER.value in one.roles}
    approvals = unit.publishing.approvals(draft.id)
    return frozenset(one.approved_by for one in approvals if one.revision == draft.revision) & officers


def _is_draft_of(draft: DraftRow, following: NextVersion) -> bool:
    same = document_hash(files_of_texts(unpack_texts(draft.files))) == following.row.document_hash
    return same and draft.effective_at == following.row.effective_at
