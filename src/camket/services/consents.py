"""Consents and agreements: asked with their exact text, answered, withdrawn, looked at, shown by a receipt.

One place to import from; what each function does stands in its own module.
"""

from camket.core.consent.events import AskedThrough, EventKind, Expression, QuestionKind
from camket.services.answers import Answered, Withdrawn, answer, answer_in, withdraw, withdraw_in, withdraw_purpose
from camket.services.own_consents import OwnConsent, OwnConsents, OwnState, standing_of
from camket.services.questions import QUESTION_LIFETIME, Question, ask_question, ask_question_in, open_question

__all__ = [
    "QUESTION_LIFETIME",
    "Answered",
    "AskedThrough",
    "EventKind",
    "Expression",
    "OwnConsent",
    "OwnConsents",
    "OwnState",
    "Question",
    "QuestionKind",
    "Withdrawn",
    "answer",
    "answer_in",
    "ask_question",
    "ask_question_in",
    "open_question",
    "standing_of",
    "withdraw",
    "withdraw_in",
    "withdraw_purpose",
]
