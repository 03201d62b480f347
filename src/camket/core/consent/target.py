"""What a question is about, in the form that history keeps: ids and hashes alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.consent.events import QuestionKind
from camket.core.errors import InvalidValueError
from camket.core.policy.model import ClauseKind

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD_DIGITS: Final = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What is asked for: a consent to a purpose or to a recipient, or agreements to clauses.

    Args:
        purpose: id of the purpose.
        recipient: id of the recipient.
        items: ids of the items that a consent is for, at least one; none for agreements.
        clauses: ids of the clauses that are agreed to, or that a consent stands on; at least one.
        clause_hash: what a consent is bound to; None for agreements.

    Raises:
        InvalidValueError: a purpose and a recipient at once, a consent without items, or no clause.
    """

    purpose: str | None = None
    recipient: str | None = None
    items: tuple[str, ...] = ()
    clauses: tuple[str, ...]
    clause_hash: str | None = None

    def __post_init__(self) -> None:
        if self.purpose is not None and self.recipient is not None:
            raise InvalidValueError("a question is about a `purpose` or a `recipient`, not both")
        if self.kind is QuestionKind.CONSENT and (not self.items or self.clause_hash is None):
            raise InvalidValueError("a consent names its `items` and what it is bound to")
        if not self.clauses:
            raise InvalidValueError("a question names at least one clause")

    @property
    def kind(self) -> QuestionKind:
        """Whether a consent or agreements are asked for."""
        asked = self.purpose is not None or self.recipient is not None
        return QuestionKind.CONSENT if asked else QuestionKind.AGREEMENT

    @property
    def key(self) -> str:
        """The same text for the same thing within one version: a newer question with it takes an older one's place."""
        if self.recipient is not None:
            return f"{ClauseKind.SHARE}:{self.recipient}"
        if self.purpose is not None:
            return f"{ClauseKind.USE}:{self.purpose}"
        digest = hashlib.sha256("\n".join(sorted(self.clauses)).encode()).hexdigest()
        return f"{QuestionKind.AGREEMENT}:{digest[:HEAD_DIGITS]}"

    def to_body(self) -> dict[str, str | list[str] | None]:
        """Return the target as JSON."""
        return {
            "purpose": self.purpose,
            "recipient": self.recipient,
            "items": list(self.items),
            "clauses": list(self.clauses),
            "clause_hash": self.clause_hash,
        }

    @classmethod
    def from_body(cls, body: Mapping[str, object]) -> Target:
        """Read a target back from JSON; further fields are passed over.

        Raises:
            InvalidValueError: it does not have the form that `to_body` gives.
        """
        return cls(
            purpose=_text(body, "purpose"),
            recipient=_text(body, "recipient"),
            items=_texts(body, "items"),
            clauses=_texts(body, "clauses"),
            clause_hash=_text(body, "clause_hash"),
        )


def _text(body: Mapping[str, object], name: str) -> str | None:
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value
    raise InvalidValueError(f"`{name}` is no text")


def _texts(body: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = body.get(name)
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(str(one) for one in value)
    raise InvalidValueError(f"`{name}` is no list of texts")
