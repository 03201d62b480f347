"""What was asked of subjects and what they answered: a history that only grows."""

from __future__ import annotations

import sqlalchemy as sa

from camket.adapters.store.columns import may, must, number, table
from camket.adapters.store.types import ByteText, CanonicalJson, Instant, Whole, Word
from camket.core.consent.events import AskedThrough, EventKind, Expression, QuestionKind
from camket.core.terms import Language

consent_text = table(
    "consent_text",
    must("hash", ByteText(), key=True),
    must("body", ByteText()),
    sqlite_with_rowid=False,
)

consent_event = table(
    "consent_event",
    number(),
    must("subject_id", ByteText()),
    must("kind", Word(EventKind)),
    must("about", Word(QuestionKind)),
    must("target", ByteText()),
    must("body", CanonicalJson()),
    may("question_id", ByteText()),
    may("fact_id", ByteText()),
    must("version", Whole()),
    may("text_hash", ByteText()),
    may("language", Word(Language)),
    must("through", Word(AskedThrough)),
    may("expression", Word(Expression)),
    must("at", Instant()),
    may("ends_at", Instant()),
    may("record_id", Whole()),
    sa.Index(None, "subject_id", "id"),
    sa.Index(None, "fact_id"),
    sa.Index(None, "kind", "ends_at"),
    sqlite_autoincrement=True,
)
