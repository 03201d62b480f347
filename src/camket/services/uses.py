"""Every use of a subject's data, as they see it: newest first, what says the same shown together (P12).

Nothing is left out: neighbours are put together for the eye, and each of them keeps its time and its ledger entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from camket.core.ledger.canonical import parse_json
from camket.core.ledger.entry import Facts, LedgerAction
from camket.core.terms import RIGHTS_PURPOSE
from camket.services.access import SUBJECT
from camket.services.server_log import COLLECTOR as LOG_COLLECTOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from camket.core.ledger.entry import LedgerOutcome
    from camket.ports import Unit
    from camket.rows import SubjectRecordRow
    from camket.services.context import Context
    from camket.services.sessions import Session

PAGE: Final = 40
TOGETHER: Final = timedelta(hours=1)
"""Entries that say the same are shown as one row when they are neighbours and lie no further apart than this."""
MOST_TOGETHER: Final = 100
"""How many entries one row stands for at most."""
READ_AT_A_TIME: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class UseView:
    """One entry of the ledger that is about the subject.

    Args:
        id: grows with time.
        at: aware.
        who: `subject`, `service:name` or `staff:pseudonym`.
        items: ids of the items; empty where none is concerned.
        purpose: id of the purpose, or None.
        ledger_index: place in the public tree; None until it has one.
    """

    id: int
    at: datetime
    who: str
    action: LedgerAction
    items: tuple[str, ...]
    purpose: str | None
    outcome: LedgerOutcome
    ledger_index: int | None

    def says_the_same(self, other: UseView) -> bool:
        """Say whether only time and place in the ledger tell the two apart."""
        return (self.who, self.action, self.items, self.purpose, self.outcome) == (
            other.who,
            other.action,
            other.items,
            other.purpose,
            other.outcome,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class UseGroup:
    """Neighbouring entries that say the same, of one hour at most.

    Args:
        uses: newest first; at least one.
    """

    uses: tuple[UseView, ...]

    @property
    def newest(self) -> UseView:
        """The one that came last."""
        return self.uses[0]

    @property
    def oldest(self) -> UseView:
        """The one that came first."""
        return self.uses[-1]

    @property
    def ledger_span(self) -> tuple[int, int] | None:
        """First and last place in the public tree; None while one of them waits for its place."""
        places = [use.ledger_index for use in self.uses if use.ledger_index is not None]
        return (min(places), max(places)) if len(places) == len(self.uses) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class UsesPage:
    """Forty rows, newest first.

    Args:
        page: from 1.
        newer: number of the page before; None on the first.
        older: number of the next page; None on the last.
    """

    uses: tuple[UseGroup, ...]
    page: int
    newer: int | None
    older: int | None


def uses(ctx: Context, session: Session, *, page: int = 1) -> UsesPage:
    """Return a page of everything that was recorded about a subject, newest first, equal neighbours together.

    Args:
        ctx: the service.
        session: whose.
        page: from 1; a page past the end is empty.

    Effects: that the list was read is itself recorded, before anything is returned.
    """
    page = max(1, page)

    def read(unit: Unit) -> list[UseGroup]:
        ctx.door.record_in(
            unit, actor=SUBJECT, action=LedgerAction.USE, subject_id=session.subject_id, purpose=RIGHTS_PURPOSE
        )
        groups = together(use_of(row) for row in _records(unit, session.subject_id))
        return list(islice(groups, (page - 1) * PAGE, page * PAGE + 1))

    found = ctx.store.write(read)
    return UsesPage(
        uses=tuple(found[:PAGE]),
        page=page,
        newer=page - 1 if page > 1 else None,
        older=page + 1 if len(found) > PAGE else None,
    )


def together(listed: Iterable[UseView]) -> Iterator[UseGroup]:
    """Yield the entries in their order, neighbours that say the same as one; no entry is left out.

    The server log is written down between everything else that a customer does: what it wrote within an hour stands
    together where the newest of it is, whatever lies in between.

    Args:
        listed: newest first.
    """
    groups: list[list[UseView]] = []
    for use in listed:
        group = next((one for one in groups if _belongs(use, one) and (one is groups[-1] or _of_log(one))), None)
        if group is not None:
            group.append(use)
            continue
        groups.append([use])
        while groups[0] is not groups[-1] and not (_of_log(groups[0]) and _belongs(groups[0][0], groups[0], at=use.at)):
            yield UseGroup(uses=tuple(groups.pop(0)))
    for group in groups:
        yield UseGroup(uses=tuple(group))


def _belongs(use: UseView, group: list[UseView], *, at: datetime | None = None) -> bool:
    """Say whether an entry, at its time or another, may stand with a group that began with a newer one."""
    recent = group[0].at - (at or use.at) <= TOGETHER
    return use.says_the_same(group[0]) and recent and len(group) < MOST_TOGETHER


def _of_log(group: list[UseView]) -> bool:
    return group[0].who == LOG_COLLECTOR


def use_of(row: SubjectRecordRow) -> UseView:
    """Return a record as its subject sees it."""
    facts = facts_of(row.facts)
    return UseView(
        id=row.id,
        at=facts.at,
        who=facts.actor,
        action=facts.action,
        items=facts.items,
        purpose=facts.purpose,
        outcome=facts.outcome,
        ledger_index=row.ledger_index,
    )


def facts_of(raw: bytes) -> Facts:
    """Return the facts of a record, from their canonical JSON."""
    return Facts.from_value(parse_json(raw, "the record"), "facts")


def _records(unit: Unit, subject_id: str) -> Iterator[SubjectRecordRow]:
    before: int | None = None
    while page := unit.records.of_subject(subject_id, before_id=before, limit=READ_AT_A_TIME):
        yield from page
        before = page[-1].id
