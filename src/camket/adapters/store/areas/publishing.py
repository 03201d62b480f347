"""Policies in the making: drafts, who approved them, and how many subjects share one history."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import JoinedTexts, JsonText, Query, columns_of, command
from camket.adapters.store.tables import subject, subject_fact
from camket.adapters.store.tables.publishing import policy_approval, policy_draft
from camket.adapters.store.tables.staff import staff
from camket.core.terms import SubjectState
from camket.rows import FactKind
from camket.rows.publishing import ApprovalRow, Consented, DraftRow, DraftState, HistoryCount

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link

_OPEN: Final = policy_draft.c.state == DraftState.OPEN
_THIS: Final = sa.and_(policy_draft.c.id == bindparam("draft_id"), _OPEN)
_NOTHING: Final[sa.ColumnElement[str]] = sa.literal_column("''")
_SPACE: Final[sa.ColumnElement[str]] = sa.literal_column("' '")
_YES: Final[sa.ColumnElement[str]] = sa.literal_column("'+'")


def _approve(insert: Insert) -> sa.Insert:
    statement = insert(policy_approval)
    given = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["draft_id", "approved_by"],
        set_={"revision": given.revision, "approved_at": given.approved_at},
    )


def _histories() -> sa.Select[Any]:
    answers = _answers_that_count().subquery()
    said = (
        sa.select(answers.c.subject_id, JoinedTexts(answers.c.answer).label("said"))
        .group_by(answers.c.subject_id)
        .subquery()
    )
    text = sa.func.coalesce(said.c.said, _NOTHING).label("said")
    works_here = sa.exists().where(staff.c.subject_id == subject.c.id)
    return (
        sa.select(subject.c.joined_version.label("joined"), text, sa.func.count().label("subjects"))
        .select_from(subject.outerjoin(said, said.c.subject_id == subject.c.id))
        .where(subject.c.state == SubjectState.ACTIVE, ~works_here)
        .group_by(subject.c.joined_version, text)
    )


def _answers_that_count() -> sa.Select[Any]:
    """Return each subject's agreements and consents, one text each, in one order for all subjects.

    So equal sets are mostly equal texts, which the store counts; as sets they are counted once more.
    """
    fact = subject_fact.c
    agreed = _words(JsonText(fact.body, "version"), JsonText(fact.body, "clause"))
    consented = _words(
        _YES, JsonText(fact.body, "purpose"), JsonText(fact.body, "recipient"), JsonText(fact.body, "items")
    )
    return (
        sa.select(fact.subject_id, sa.case((fact.kind == FactKind.AGREEMENT, agreed), else_=consented).label("answer"))
        .where(
            sa.or_(fact.kind == FactKind.AGREEMENT, fact.kind == FactKind.CONSENT),
            fact.at <= bindparam("now"),
            sa.or_(fact.withdrawn_at.is_(None), fact.withdrawn_at > bindparam("now")),
        )
        .distinct()
        .order_by(fact.subject_id, sa.text("answer"))
    )


def _words(*parts: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return the parts with spaces between them; one that is null is empty."""
    first, *others = (sa.func.coalesce(part, _NOTHING) for part in parts)
    words: sa.ColumnElement[str] = first
    for part in others:
        words = words.concat(_SPACE).concat(part)
    return words


BEGIN: Final = command(sa.insert(policy_draft))
OPEN_DRAFT: Final = Query(sa.select(policy_draft).where(_OPEN), DraftRow)
OPEN_DRAFT_AND_LOCK: Final = Query(sa.select(policy_draft).where(_OPEN).with_for_update(), DraftRow)
OF_VERSION: Final = Query(sa.select(policy_draft).where(policy_draft.c.number == bindparam("wanted")), DraftRow)
SAVE: Final = command(
    sa.update(policy_draft)
    .where(_THIS, policy_draft.c.revision == bindparam("seen"))
    .values(
        base=bindparam("new_base"),
        revision=policy_draft.c.revision + 1,
        files=bindparam("new_files"),
        effective_at=bindparam("new_effective_at"),
        saved_by=bindparam("by"),
        saved_at=bindparam("now"),
    )
)
CLOSE: Final = command(
    sa.update(policy_draft).where(_THIS).values(state=DraftState.PUBLISHED, number=bindparam("became"))
)
DROP: Final = command(sa.delete(policy_draft).where(_THIS))
APPROVE: Final = command(_approve)
APPROVALS: Final = Query(
    sa.select(policy_approval)
    .where(policy_approval.c.draft_id == bindparam("draft"))
    .order_by(policy_approval.c.approved_at, policy_approval.c.approved_by),
    ApprovalRow,
)
DROP_APPROVALS: Final = command(sa.delete(policy_approval).where(policy_approval.c.draft_id == bindparam("draft")))
HISTORIES: Final[Query[tuple[int, str, int]]] = Query(
    _histories(), lambda joined, said, subjects: (joined, said, subjects)
)


class PublishingArea:
    """Queries on the tables of drafts and approvals, and on subjects by their history."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def begin(self, row: DraftRow) -> None:
        """Store an open draft."""
        BEGIN.run(self._link, **columns_of(row))

    def open_draft(self) -> DraftRow | None:
        """Return the open draft."""
        return (OPEN_DRAFT_AND_LOCK if self._link.writes else OPEN_DRAFT).one(self._link)

    def of_version(self, number: int) -> DraftRow | None:
        """Return the draft that became a version."""
        return OF_VERSION.one(self._link, wanted=number)

    def save(self, row: DraftRow, *, seen: int) -> bool:
        """Put an open draft in the place of its revision `seen`."""
        changed = SAVE.run(
            self._link,
            draft_id=row.id,
            seen=seen,
            new_base=row.base,
            new_files=row.files,
            new_effective_at=row.effective_at,
            by=row.saved_by,
            now=row.saved_at,
        )
        return changed == 1

    def close(self, draft_id: str, *, number: int) -> bool:
        """Mark an open draft as published."""
        return CLOSE.run(self._link, draft_id=draft_id, became=number) == 1

    def drop(self, draft_id: str) -> bool:
        """Drop an open draft and what was approved of it."""
        dropped = DROP.run(self._link, draft_id=draft_id) == 1
        if dropped:
            DROP_APPROVALS.run(self._link, draft=draft_id)
        return dropped

    def approve(self, row: ApprovalRow) -> None:
        """Store an officer's yes."""
        APPROVE.run(self._link, **columns_of(row))

    def approvals(self, draft_id: str) -> tuple[ApprovalRow, ...]:
        """Return every yes to a draft."""
        return APPROVALS.all(self._link, draft=draft_id)

    def histories(self, *, at: datetime) -> tuple[HistoryCount, ...]:
        """Return how many active subjects have each history at an instant."""
        counts: dict[HistoryCount, int] = {}
        for joined, said, subjects in HISTORIES.all(self._link, now=at):
            history = _history(joined, said)
            counts[history] = counts.get(history, 0) + subjects
        return tuple(replace(one, subjects=subjects) for one, subjects in sorted(counts.items(), key=_place))


def _history(joined: int, said: str) -> HistoryCount:
    answers = [answer.split(" ") for answer in said.splitlines()]
    return HistoryCount(
        joined=joined,
        agreed=frozenset((int(words[0]), " ".join(words[1:])) for words in answers if words[0] != "+"),
        consented=frozenset(
            Consented(purpose=words[1], recipient=words[2], items=tuple(json.loads(words[3] or "[]")))
            for words in answers
            if words[0] == "+"
        ),
        subjects=0,
    )


def _place(counted: tuple[HistoryCount, int]) -> tuple[int, list[tuple[int, str]], list[str]]:
    history, _ = counted
    return history.joined, sorted(history.agreed), sorted(str(one) for one in history.consented)
