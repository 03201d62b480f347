"""Consents and agreements: asked with their exact text, answered, withdrawn, looked at, shown by a receipt.

One place to import from; what each function does stands in its own module.
"""

from camket.core.consent.events import AskedThrough, EventKind, Expression, QuestionKind
from camket.services.answers import Answered, answer, answer_in
from camket.services.own_answers import OwnConsent, OwnState
from camket.services.own_consents import OwnConsents, standing_of
from camket.services.questions import QUESTION_LIFETIME, Question, ask_question, ask_question_in, open_question
from camket.services.receipts import Receipt, receipt
from camket.services.withdrawals import Withdrawn, withdraw, withdraw_in, withdraw_purpose

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
    "Receipt",
    "Withdrawn",
    "answer",
    "answer_in",
    "ask_question",
    "ask_question_in",
    "open_question",
    "receipt",
    "standing_of",
    "withdraw",
    "withdraw_in",
    "withdraw_purpose",
]
