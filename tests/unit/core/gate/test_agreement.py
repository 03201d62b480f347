"""Which answers to a change may be written down."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from camket.core.errors import ConflictError, InvalidValueError
from camket.core.gate.agreement import accept_agreement
from camket.core.gate.history import History
from camket.core.gate.question import Agreement, SubjectFacts
from camket.core.terms import SubjectState
from tests.property.gate.build import make_item, make_policy, make_service, make_version

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HISTORY = History(
    tuple(
        make_version(number, make_policy(services=(make_service("account"),), items=tuple(map(make_item, names))))
        for number, names in ((1, ("email",)), (2, ("email", "phone")))
    )
)
CLAUSE = "collect(phone, account, provided)"


def agreement(**parts: Any) -> Agreement:  # noqa: ANN401 - any field
    """Return an answer to the newest version's clause."""
    return replace(Agreement(version=2, clause=CLAUSE, at=NOW), **parts)


def test_an_answer_to_the_newest_version_is_written_as_the_version_writes_it() -> None:
    """White space in the clause does not matter; what is written is the version's own spelling."""
    assert (
        accept_agreement(HISTORY, SubjectFacts(), agreement(clause="collect(phone,account, provided)")) == agreement()
    )
    whole = agreement(clause=None)
    assert accept_agreement(HISTORY, SubjectFacts(), whole) == whole


def test_an_answer_to_an_older_version_is_an_old_question() -> None:
    """What was asked has changed since; it is asked anew."""
    with pytest.raises(ConflictError, match="old question: version 1"):
        accept_agreement(HISTORY, SubjectFacts(), agreement(version=1, clause=None))


def test_an_answer_to_a_version_that_is_not_there_is_refused() -> None:
    """Nobody agrees to what nobody has read."""
    with pytest.raises(InvalidValueError, match="version 3 is not in force"):
        accept_agreement(HISTORY, SubjectFacts(), agreement(version=3))


def test_an_unknown_clause_is_refused_with_the_nearest() -> None:
    """The message helps whoever mistyped."""
    with pytest.raises(InvalidValueError, match=r"did you mean `collect\(phone, account, provided\)`"):
        accept_agreement(HISTORY, SubjectFacts(), agreement(clause="collect(phon, account, provided)"))


def test_an_answer_twice_is_the_first() -> None:
    """Answering again writes nothing new; after a withdrawal it does."""
    again = agreement(at=NOW.replace(day=9))
    assert accept_agreement(HISTORY, SubjectFacts(agreements=(agreement(),)), again) == agreement()
    withdrawn = SubjectFacts(agreements=(agreement(withdrawn_at=NOW.replace(day=5)),))
    assert accept_agreement(HISTORY, withdrawn, again) == again


def test_an_erased_subject_agrees_to_nothing() -> None:
    """There is nobody left to answer."""
    with pytest.raises(InvalidValueError, match="erased"):
        accept_agreement(HISTORY, SubjectFacts(state=SubjectState.ERASED), agreement())


def test_an_agreement_is_not_written_withdrawn() -> None:
    """A withdrawal is a later fact of its own."""
    with pytest.raises(InvalidValueError, match="withdrawn"):
        accept_agreement(HISTORY, SubjectFacts(), agreement(withdrawn_at=NOW))
