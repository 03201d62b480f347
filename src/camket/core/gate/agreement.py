"""Whether an answer to a change may be written down: only an answer to the newest question (semantics section 2)."""

from __future__ import annotations

from dataclasses import replace

from camket.core.errors import ConflictError, InvalidValueError, nearest
from camket.core.gate.history import History
from camket.core.gate.question import Agreement, SubjectFacts
from camket.core.gate.tables import clause_key
from camket.core.terms import SubjectState


def accept_agreement(history: History, facts: SubjectFacts, agreement: Agreement) -> Agreement:
    """Return the agreement as it is to be written, or refuse it. Nothing is written here.

    Args:
        history: the versions in force at the instant of the answer.
        facts: of the subject who answers.
        agreement: the answer; its clause in any spacing.

    Returns:
        The same agreement with the clause as the newest version writes it; where the subject's agreement to the same
        is already on record and not withdrawn, that one, so that answering twice is safe.

    Raises:
        ConflictError: it answers an older version: an old question, to be asked anew.
        InvalidValueError: the version does not exist, or has no such clause (with the nearest one); it is withdrawn
            already; the subject is erased.
    """
    newest = history.newest
    if facts.state is SubjectState.ERASED:
        raise InvalidValueError("the account is erased; there is nothing left to agree to")
    if agreement.withdrawn_at is not None:
        raise InvalidValueError("an agreement is written before it is withdrawn; leave `withdrawn_at` out")
    if agreement.version < newest.number:
        raise ConflictError(
            f"this answers an old question: version {agreement.version} is asked about, "
            f"version {newest.number} is in force; read it and answer that"
        )
    if agreement.version > newest.number:
        raise InvalidValueError(f"version {agreement.version} is not in force; the newest is {newest.number}")
    written = agreement if agreement.clause is None else replace(agreement, clause=_named(history, agreement.clause))
    standing = (one for one in facts.agreements if one.withdrawn_at is None and one.at <= written.at)
    return next((one for one in standing if history.answer(one) == history.answer(written)), written)


def _named(history: History, text: str) -> str:
    newest = history.newest
    named = {clause_key(clause.id): clause.id for clause in newest.clauses}
    if clause_key(text) not in named:
        hint = nearest(text, named.values())
        raise InvalidValueError(f"version {newest.number} has no clause `{text}`{hint}")
    return named[clause_key(text)]
