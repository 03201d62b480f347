"""Notices of policy versions, and what became of each for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, columns_of, command
from camket.adapters.store.tables import held_value, subject, subject_fact
from camket.adapters.store.tables.notices import notice, notice_delivery, notice_sum
from camket.adapters.store.tables.staff import staff
from camket.adapters.store.types import Instant
from camket.core.terms import SubjectState
from camket.rows import FactKind, FactRow, SubjectRow
from camket.rows.notices import DeliveryCount, DeliveryRow, NoticeRow, NoticeState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link
    from camket.rows.notices import DeliveryState

_ITS: Final = notice_delivery.c.number == bindparam("wanted")
_THEIRS: Final = notice_delivery.c.subject_id == bindparam("whose")
_TOLD: Final = sa.exists().where(_ITS, notice_delivery.c.subject_id == subject.c.id)

# Who works here is a subject too, and reads of changes at the desk.
_WORKS_HERE: Final = sa.exists().where(staff.c.subject_id == subject.c.id)


def _between(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    # Not BETWEEN: PostgreSQL takes no collation inside it.
    return sa.and_(column >= bindparam("first"), column <= bindparam("last"))


def _begin(insert: Insert) -> sa.Insert:
    given: dict[str, Any] = {name: bindparam(name) for name in ("number", "created_at")}
    return insert(notice).values(**given, state=NoticeState.PLANNING).on_conflict_do_nothing(index_elements=["number"])


def _add_sum(insert: Insert) -> sa.Insert:
    adding = insert(notice_sum)
    grown = {name: notice_sum.c[name] + adding.excluded[name] for name in ("people", "banners", "seen")}
    return adding.on_conflict_do_update(index_elements=["number", "mail"], set_=grown)


_SUMS: Final = (
    sa.func.count().label("people"),
    sa.func.sum(notice_delivery.c.banner).label("banners"),
    sa.func.count(notice_delivery.c.seen_at).label("seen"),
)


def _one_sum(**columns: Any) -> dict[str, Any]:  # noqa: ANN401 - a column's own type each
    # PostgreSQL adds whole numbers up to a decimal.
    return columns | {"banners": int(columns["banners"])}


def _present(**columns: Any) -> DeliveryCount:  # noqa: ANN401 - a column's own type each
    return DeliveryCount(present=True, **_one_sum(**columns))


def _gone(**columns: Any) -> DeliveryCount:  # noqa: ANN401 - a column's own type each
    return DeliveryCount(present=False, **columns)


def _pair(subject_id: str, service: str) -> tuple[str, str]:
    return subject_id, service


BEGIN: Final = command(_begin)
MOVE: Final = command(
    sa.update(notice)
    .where(notice.c.number == bindparam("wanted"))
    .values(
        state=bindparam("new_state"), planned_at=sa.func.coalesce(notice.c.planned_at, bindparam("at", type_=Instant()))
    )
)
GET: Final = Query(sa.select(notice).where(notice.c.number == bindparam("wanted")), NoticeRow)
ALL: Final = Query(sa.select(notice).order_by(notice.c.number.desc()), NoticeRow)
UNTOLD: Final = Query(
    sa.select(subject)
    .where(
        subject.c.id > bindparam("after"),
        subject.c.state == SubjectState.ACTIVE,
        subject.c.joined_version < bindparam("wanted"),
        ~_TOLD,
        ~_WORKS_HERE,
    )
    .order_by(subject.c.id)
    .limit(bindparam("limit")),
    SubjectRow,
)
AGREEMENTS: Final = Query(
    sa.select(subject_fact)
    .where(_between(subject_fact.c.subject_id), subject_fact.c.kind == FactKind.AGREEMENT)
    .order_by(subject_fact.c.at, subject_fact.c.id),
    FactRow,
)
USES: Final = Query(
    sa.select(held_value.c.subject_id, held_value.c.service).where(
        held_value.c.item == bindparam("item"), _between(held_value.c.subject_id)
    ),
    _pair,
)
ADD: Final = command(sa.insert(notice_delivery))
SETTLE: Final = command(
    sa.update(notice_delivery)
    .where(_ITS, _THEIRS)
    .values(
        mail=bindparam("new_mail"),
        settled_at=bindparam("at"),
        message_id=bindparam("as_sent"),
        smtp_code=bindparam("code"),
        error_kind=bindparam("error"),
    )
)
SEE: Final = command(
    sa.update(notice_delivery).where(_ITS, _THEIRS, notice_delivery.c.seen_at.is_(None)).values(seen_at=bindparam("at"))
)
OF_SUBJECT: Final = Query(
    sa.select(notice_delivery).where(_THEIRS).order_by(notice_delivery.c.number.desc()), DeliveryRow
)
DELIVERIES: Final = Query(
    sa.select(notice_delivery)
    .where(_ITS, notice_delivery.c.subject_id > bindparam("after"))
    .order_by(notice_delivery.c.subject_id)
    .limit(bindparam("limit")),
    DeliveryRow,
)
PRESENT: Final = Query(sa.select(notice_delivery.c.mail, *_SUMS).where(_ITS).group_by(notice_delivery.c.mail), _present)
GONE: Final = Query(
    sa.select(notice_sum.c.mail, notice_sum.c.people, notice_sum.c.banners, notice_sum.c.seen).where(
        notice_sum.c.number == bindparam("wanted")
    ),
    _gone,
)
_GROUPED: Final = sa.select(notice_delivery.c.number, notice_delivery.c.mail, *_SUMS).group_by(
    notice_delivery.c.number, notice_delivery.c.mail
)
SUMS_OF_SUBJECT: Final = Query(_GROUPED.where(_THEIRS), _one_sum)
SUMS_OF_NOTICE: Final = Query(_GROUPED.where(_ITS), _one_sum)
ADD_SUM: Final = command(_add_sum)
DELETE_OF_SUBJECT: Final = command(sa.delete(notice_delivery).where(_THEIRS))
DELETE_OF_NOTICE: Final = command(sa.delete(notice_delivery).where(_ITS))


class NoticeArea:
    """Queries on the tables `notice`, `notice_delivery` and `notice_sum`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def begin(self, number: int, *, at: datetime) -> None:
        """Store that the notice of a version is being planned."""
        BEGIN.run(self._link, number=number, created_at=at)

    def move(self, number: int, state: NoticeState, *, planned_at: datetime | None = None) -> None:
        """Write where a notice stands."""
        MOVE.run(self._link, wanted=number, new_state=state, at=planned_at)

    def get(self, number: int) -> NoticeRow | None:
        """Return the notice of a version."""
        return GET.one(self._link, wanted=number)

    def all(self) -> tuple[NoticeRow, ...]:
        """Return every notice, the newest version first."""
        return ALL.all(self._link)

    def untold(self, number: int, *, after_id: str, limit: int) -> tuple[SubjectRow, ...]:
        """Return active subjects who joined before a version and have no delivery of its notice."""
        return UNTOLD.all(self._link, wanted=number, after=after_id, limit=limit)

    def agreements(self, first_id: str, last_id: str) -> tuple[FactRow, ...]:
        """Return the agreements of all subjects from one id to another."""
        return AGREEMENTS.all(self._link, first=first_id, last=last_id)

    def uses(self, item: str, first_id: str, last_id: str) -> tuple[tuple[str, str], ...]:
        """Return subject and service of each value of an item, from one subject's id to another's."""
        return USES.all(self._link, item=item, first=first_id, last=last_id)

    def add(self, rows: Sequence[DeliveryRow]) -> None:
        """Store deliveries."""
        ADD.many(self._link, map(columns_of, rows))

    def settle(
        self,
        number: int,
        subject_id: str,
        mail: DeliveryState,
        *,
        at: datetime,
        message_id: str | None = None,
        smtp_code: int | None = None,
        error_kind: str | None = None,
    ) -> bool:
        """Write what became of a mail."""
        settled = SETTLE.run(
            self._link,
            wanted=number,
            whose=subject_id,
            new_mail=mail,
            at=at,
            as_sent=message_id,
            code=smtp_code,
            error=error_kind,
        )
        return settled == 1

    def see(self, number: int, subject_id: str, *, at: datetime) -> bool:
        """Write that a subject has read a notice."""
        return SEE.run(self._link, wanted=number, whose=subject_id, at=at) == 1

    def of_subject(self, subject_id: str) -> tuple[DeliveryRow, ...]:
        """Return a subject's deliveries, the newest version first."""
        return OF_SUBJECT.all(self._link, whose=subject_id)

    def deliveries(self, number: int, *, after_id: str, limit: int) -> tuple[DeliveryRow, ...]:
        """Return deliveries of a notice in the order of the subjects' ids."""
        return DELIVERIES.all(self._link, wanted=number, after=after_id, limit=limit)

    def count(self, number: int) -> tuple[DeliveryCount, ...]:
        """Return how many customers are alike in what became of a notice."""
        return PRESENT.all(self._link, wanted=number) + GONE.all(self._link, wanted=number)

    def forget_subject(self, subject_id: str) -> int:
        """Drop a subject's deliveries and count them as those of no one."""
        ADD_SUM.many(self._link, SUMS_OF_SUBJECT.all(self._link, whose=subject_id))
        return DELETE_OF_SUBJECT.run(self._link, whose=subject_id)

    def forget(self, number: int) -> int:
        """Drop all deliveries of a notice and count them as those of no one."""
        ADD_SUM.many(self._link, SUMS_OF_NOTICE.all(self._link, wanted=number))
        return DELETE_OF_NOTICE.run(self._link, wanted=number)
