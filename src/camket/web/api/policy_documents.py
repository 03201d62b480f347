"""What the API gives of the policy: versions, texts, and what changed between two versions."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from camket.core.policy.diff import Change, DeclarationKind, Effect
from camket.core.terms import Language
from camket.web.api.documents import Document


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


class DeclarationDocument(Document):
    """Which declaration a difference is about."""

    kind: DeclarationKind
    id: str


class RewordingDocument(Document):
    """A text before and after, in one language; empty where there was none."""

    before: str
    after: str


class DifferenceDocument(Document):
    """One thing that is not as it was."""

    change: Change
    effect: Effect = Field(description="What it is for the customer.")
    about: DeclarationDocument
    binds_all_at_once: bool = Field(description="Otherwise it holds for each customer once they say yes.")
    takes_without_asking: bool = Field(description="It is worse for everyone at once; such a version is refused.")
    clauses_before: list[str]
    clauses_after: list[str] = Field(description="Each can be answered alone.")
    says: dict[Language, str] = Field(description="One plain sentence in every language.")
    rewordings: dict[Language, RewordingDocument] = Field(description="The texts, where words changed.")


class ComparisonDocument(Document):
    """What changed from one version to a later one."""

    before: VersionDocument
    after: VersionDocument
    reduces: bool = Field(description="Something is worse for the customer.")
    significant: bool = Field(description="Something other than words changed: customers are told.")
    differences: list[DifferenceDocument]
