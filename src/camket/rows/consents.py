"""Rows of the tables in `camket.adapters.store.tables.consents`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.consent.events import AskedThrough, EventKind, Expression, QuestionKind
    from camket.core.terms import Language
    from camket.rows import JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class NewConsentEvent:
    """One fact of the history of what a subject was asked and answered, before it is stored; never changed after.

    Args:
        about: whether a consent or agreements are asked for.
        target: what is asked for, the same text for the same thing in one version.
        body: ids, hashes and instants only: purpose, recipient, items, clauses, clause_hash, signalled.
        question_id: of the question that it asks, answers or stems from; None where no question was asked here.
        fact_id: of the consent, agreement or refusal that was made or ended.
        version: the policy version that asked.
        text_hash: hex; of the exact text that was shown.
        language: of that text.
        expression: how it was said; None for a question.
        ends_at: of a question, answerable until then; of a consent, good until then.
        record_id: of its ledger record.
    """

    subject_id: str
    kind: EventKind
    about: QuestionKind
    target: str
    body: JsonObject
    question_id: str | None
    fact_id: str | None
    version: int
    text_hash: str | None
    language: Language | None
    through: AskedThrough
    expression: Expression | None
    at: datetime
    ends_at: datetime | None
    record_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentEventRow(NewConsentEvent):
    """A stored fact of that history.

    Args:
        id: grows in the order of storing.
    """

    id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentTextRow:
    """A text that was shown; made from a policy alone, it says nothing about anyone.

    Args:
        hash: hex SHA-256 of `body`.
        body: canonical JSON of `camket.core.consent.text.QuestionText`.
    """

    hash: str
    body: str
