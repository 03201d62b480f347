"""What an app does about consent: ask before it goes on, take the answer, take a yes back, show where all stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.client.ask import ask_about
from camket.client.visitor import DEFAULT_LANGUAGE
from camket.core.terms import Outcome
from camket.services.consents import AskedThrough, Expression, answer, standing_of, withdraw_purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.client.ask import Ask
    from camket.core.gate.decision import Decision
    from camket.core.terms import Language
    from camket.services.consents import Answered, OwnConsent, Withdrawn
    from camket.services.context import Context

CONSENTS_PATH: Final = "/me/consents"
"""The page of all consents, which is led to where an app names no other."""


class Consenting:
    """The part of `Camket` that is about consent.

    Args:
        context: a running service.
    """

    def __init__(self, context: Context) -> None:
        self._ctx = context

    def decide(self, subject_id: str, items: tuple[str, ...], *, purpose: str) -> Decision:
        """Return what the gate would say to a use now. Nothing is read and nothing recorded; `get` asks anew."""
        return self._ctx.door.decide(subject_id=subject_id, items=items, purpose=purpose)

    def ask(
        self,
        subject_id: str,
        items: tuple[str, ...],
        *,
        purpose: str,
        language: Language = DEFAULT_LANGUAGE,
        next_path: str = CONSENTS_PATH,
    ) -> Ask | None:
        """Return what to show a customer who has to be asked before a use, and put the question on record.

        Args:
            subject_id: whom to ask.
            items: ids of the items, at least one.
            purpose: what for.
            language: in which they read.
            next_path: path of the page to lead to afterwards, of the app or of *My data*.

        Returns:
            None where there is nothing to ask: the use is permitted, or denied whatever they would say. After a no, and
            under Global Privacy Control, a customer is not asked.

        Effects: the question with its exact text is durable on return; nothing is permitted by it. Twice is once.
        """
        decision = self.decide(subject_id, items, purpose=purpose)
        return self.ask_about(subject_id, decision, language=language, next_path=next_path)

    def ask_about(
        self,
        subject_id: str,
        decision: Decision,
        *,
        language: Language = DEFAULT_LANGUAGE,
        next_path: str = CONSENTS_PATH,
    ) -> Ask | None:
        """Return what to show where a call raised `AskError`, whose `decision` says what is missing; as `ask`."""
        if decision.outcome is not Outcome.ASK:
            return None
        return ask_about(
            self._ctx,
            subject_id=subject_id,
            decision=decision,
            language=language,
            next_path=next_path,
            through=AskedThrough.APP,
        )

    def answer(self, subject_id: str, question_id: str, *, yes: bool | Mapping[str, bool]) -> Answered:
        """Take the answer to a question that the app showed whole, with yes and no alike and none chosen beforehand.

        Args:
            subject_id: who answers.
            question_id: from `Ask.question_id`.
            yes: the answer; where the question has clauses, clause -> yes or no, and what is left out is unanswered.

        Raises:
            NotFoundError: there is no such question of theirs; nothing was changed.
            ConflictError: the question is an old one; nothing was changed. Ask anew and show that.

        Effects: durable with its ledger record on return, and in the gate from then on. Twice is once.
        """
        return answer(
            self._ctx,
            subject_id=subject_id,
            question_id=question_id,
            yes=yes,
            expression=Expression.FORM if not isinstance(yes, bool) else Expression.BUTTON,
            through=AskedThrough.APP,
        )

    def withdraw(self, subject_id: str, *, purpose: str) -> Withdrawn | None:
        """Take back a customer's consent to a purpose, because they say so in the app; None where there is none.

        Effects: durable with its ledger record on return; from then on the gate asks or denies. Twice is once.
        """
        return withdraw_purpose(
            self._ctx,
            subject_id=subject_id,
            purpose=purpose,
            through=AskedThrough.APP,
            expression=Expression.BUTTON,
        )

    def consents(self, subject_id: str, language: Language) -> tuple[OwnConsent, ...]:
        """Return every purpose and recipient that needs a consent, with where it stands for a customer.

        Args:
            subject_id: whose.
            language: of the labels.

        Raises:
            NotFoundError: there is no such account.
        """
        return standing_of(self._ctx, subject_id=subject_id, language=language).consents
