"""What the API takes and gives about consents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field, StrictBool, model_validator

from camket.core.terms import Language, Outcome
from camket.services.consents import OwnState, QuestionKind
from camket.web.api.documents import Document, Name, Names, ProblemDocument, one_of

ClauseName = Annotated[str, Field(min_length=1, max_length=500)]


class NewQuestion(Document):
    """What the customer is to be asked for: a purpose, a recipient, or the changes of a new version."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"purpose": "promote", "items": ["email"]}],
            **one_of("purpose", "recipient", "changes", flag="changes"),
        }
    )

    purpose: Name | None = Field(default=None, description="A purpose that rests on consent.")
    recipient: Name | None = Field(default=None, description="A recipient that needs consent.")
    changes: StrictBool = Field(
        default=False, description="The clauses of the newest version that wait for this customer."
    )
    items: Names = Field(default=[], max_length=100, description="Items of a consent; none means all of them.")
    language: Language = Language.VI

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum((self.purpose is not None, self.recipient is not None, self.changes)) != 1:
            message = "a question is about one thing: `purpose`, `recipient` or `changes`"
            raise ValueError(message)
        return self


class ClauseDocument(Document):
    """One change that is answered by itself."""

    clause: str
    says: str


class QuestionDocument(Document):
    """A question that is on record. Show all of it, with yes and no alike and neither chosen beforehand."""

    id: str = Field(description="Opaque; good for this customer alone.")
    kind: QuestionKind
    title: str
    body: list[str]
    clauses: list[ClauseDocument] = Field(description="Answered one by one; empty where one yes or no answers it.")
    language: Language
    version: int = Field(description="Number of the policy version that asks.")
    text_hash: str = Field(description="Hexadecimal SHA-256 of the exact text; goes with the answer.")
    path: str = Field(description="Of the ready page that asks the same.")
    expires_at: datetime


class NewAnswer(Document):
    """The answer to a question: either `yes`, or `clauses`."""

    model_config = ConfigDict(
        json_schema_extra={**one_of("yes", "clauses"), "examples": [{"text_hash": 64 * "0", "yes": True}]}
    )

    text_hash: str = Field(max_length=64, description="Of the text that was shown.")
    yes: StrictBool | None = Field(default=None, description="To the whole question.")
    clauses: dict[ClauseName, StrictBool] | None = Field(
        default=None, min_length=1, max_length=1000, description="Clause to yes or no; what is left out is unanswered."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.yes is None) is (self.clauses is None):
            message = "an answer is either `yes` or `clauses`"
            raise ValueError(message)
        return self

    @property
    def said(self) -> bool | dict[str, bool]:
        """What was answered."""
        return bool(self.yes) if self.clauses is None else dict(self.clauses)


class AnsweredDocument(Document):
    """What came of an answer."""

    question: str
    given: list[str] = Field(description="Ids of the consents or agreements that stand now.")
    refused: list[str] = Field(description="Clauses that were answered with no.")
    quiet_until: datetime | None = Field(description="What was refused is not asked again before then.")
    valid_until: datetime | None


class ConsentDocument(Document):
    """One purpose, recipient or changed clause, and where the customer's answer to it stands."""

    kind: QuestionKind
    purpose: str | None
    recipient: str | None
    clause: str | None
    label: str
    explains: str
    items: list[str]
    state: OwnState
    since: datetime | None
    version: int
    valid_until: datetime | None
    quiet_until: datetime | None
    consent: str | None = Field(description="What a withdrawal names; null where no yes is on record.")


class WithdrawnDocument(Document):
    """What a withdrawal did."""

    consent: str
    at: datetime
    stops: list[str]


class NewDecision(Document):
    """A use of the customer's data."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": ["email"], "purpose": "promote"}]})

    items: Names = Field(min_length=1, max_length=100, description="Ids of the items.")
    purpose: Name
    language: Language = Field(default=Language.VI, description="Of the question, where there is one.")


class DecisionDocument(Document):
    """What the gate says to a use now."""

    outcome: Outcome
    version: int


class ConsentRequired(ProblemDocument):
    """The stable error where the customer must be asked first: 403 with this code and the question."""

    code: str = Field(description="`consent_required`.")
    question: QuestionDocument | None = None
