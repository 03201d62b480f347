"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from camket.core.terms import Language


class Document(BaseModel):
    """A JSON object without other members than the declared ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class VersionDocument(Document):
    """A published version of the policy."""

    number: int = Field(ge=1, description="From 1, without gaps.")
    document_hash: str = Field(description="Hexadecimal SHA-256 over every byte in every language.")
    meaning_hash: str = Field(description="Hexadecimal SHA-256 over what it means for a subject.")
    since: datetime = Field(description="From when it is, was or will be in force.")
    in_force: bool = Field(description="It is the newest of those in force.")


class PolicyDocument(Document):
    """A policy version with what it declares, as people and programs read it."""

    version: VersionDocument
    language: Language
    title: str
    markdown: str = Field(description="The published text with all declarations.")
    clauses: list[str] = Field(description="What it comes down to, one clause each.")


class NewRegistration(Document):
    """A registration: exactly the items that the policy asks for."""

    fields: dict[str, str] = Field(description="Item id to what the person typed. An undeclared item is refused.")
    language: Language = Language.VI


class StartedRegistration(Document):
    """A code was sent; it is good with this token only."""

    browser: str = Field(description="Opaque; give it back with the code.")


class RegistrationCode(Document):
    """The code from the mail."""

    browser: str = Field(min_length=1, max_length=200)
    code: str = Field(min_length=1, max_length=20)


class ConfirmedRegistration(Document):
    """The account stands."""

    session: str = Field(description="The session's token. It opens the account; keep it as a secret.")


class FieldProblem(Document):
    """What is wrong with one field."""

    field: str
    code: str
    detail: str


class ProblemDocument(Document):
    """Problem details (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblem] | None = None
