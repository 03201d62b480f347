"""What tests of consents have in common: asking, answering, policies with one thing changed."""

from __future__ import annotations

from typing import Protocol

from camket.adapters.policy_files import read_policy_folder
from camket.core.policy.source import PolicyFiles
from camket.core.terms import Language, Outcome
from camket.services.consents import AskedThrough, Expression, Question, answer, ask_question
from camket.services.context import Context
from camket.testing.service import DEFAULT_POLICY


class Serving(Protocol):
    """What these functions need of a test's service."""

    @property
    def ctx(self) -> Context:
        """What use cases are handed."""
        ...


PROMOTE = "promote"
PROMOTE_BASIS = "    basis: consent\n    dpv: dpv:DirectMarketing\n"
IMPROVE_ITEMS = "    dpv: dpv:ImproveExistingProductsAndServices\n    items:\n"
IMPROVE_PHONE = "use(phone, improve, stated)"


def changed_policy(*changes: tuple[str, str]) -> PolicyFiles:
    """Return the default policy with texts of its declarations replaced; each must be there."""
    files = dict(read_policy_folder(DEFAULT_POLICY))
    text = files["policy.yaml"].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    files["policy.yaml"] = text.encode()
    return files


def ask(service: Serving, subject_id: str, *, wanted: bool = False, language: Language = Language.VI) -> Question:
    """Ask for the consent to promotion."""
    return ask_question(
        service.ctx,
        subject_id=subject_id,
        purpose=PROMOTE,
        language=language,
        through=AskedThrough.PAGE,
        wanted=wanted,
    )


def say(service: Serving, question: Question, *, yes: bool) -> str:
    """Answer a question by a button; return the id of the consent, or nothing for a no."""
    answered = answer(
        service.ctx,
        subject_id=question.subject_id,
        question_id=question.id,
        yes=yes,
        expression=Expression.BUTTON,
    )
    return answered.given[0] if answered.given else ""


def gate(service: Serving, subject_id: str, *, item: str = "email", purpose: str = PROMOTE) -> Outcome:
    """Return what the gate says to a use now."""
    return service.ctx.door.decide(subject_id=subject_id, items=(item,), purpose=purpose).outcome
