"""Consents: asked with their exact text, answered, withdrawn, and what the gate makes of it."""

from datetime import timedelta

import pytest

from camket.core.errors import ConflictError, DeniedError, InvalidValueError, NotFoundError
from camket.core.terms import Language, Outcome
from camket.services.consents import (
    QUESTION_LIFETIME,
    AskedThrough,
    Expression,
    OwnState,
    Question,
    answer,
    ask_question,
    open_question,
    standing_of,
    withdraw,
)
from tests.unit.services.conftest import BOB, Service

PROMOTE = "promote"


def ask(service: Service, subject_id: str, *, wanted: bool = False) -> Question:
    """Ask for the consent to promotion."""
    return ask_question(
        service.ctx,
        subject_id=subject_id,
        purpose=PROMOTE,
        language=Language.VI,
        through=AskedThrough.PAGE,
        wanted=wanted,
    )


def outcome(service: Service, subject_id: str) -> Outcome:
    """Return what the gate says to promotion now."""
    return service.ctx.door.decide(subject_id=subject_id, items=("email",), purpose=PROMOTE).outcome


def test_a_yes_opens_the_gate_and_a_withdrawal_shuts_it(service: Service) -> None:
    """Asking permits nothing; from the yes on the gate permits, and from the withdrawal on it asks again."""
    alice = service.register().subject_id
    question = ask(service, alice)
    assert outcome(service, alice) is Outcome.ASK
    answered = answer(
        service.ctx, subject_id=alice, question_id=question.id, yes=True, expression=Expression.BUTTON
    )
    assert outcome(service, alice) is Outcome.PERMIT
    withdrawn = withdraw(service.ctx, subject_id=alice, consent_id=answered.given[0])
    assert outcome(service, alice) is Outcome.ASK
    assert "“Giới thiệu ưu đãi”" in withdrawn.stops[Language.VI][0]
