"""What is on record about one subject's consent: yes, no, and the signal of their browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from camket.core.errors import InvalidValueError
from camket.core.terms import require_aware


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """One explicit yes, bound to the meaning of what was asked.

    Args:
        purpose: id of the purpose; None only where a recipient is named.
        items: ids of the items the yes is for.
        clause_hash: hex SHA-256 of what was asked (`camket.core.policy.version.consent_hash`).
        given_at: when; aware.
        recipient: id of the recipient where the yes is for sharing; such a yes permits no use.
        expires_at: good until, exclusive; None is without end.
        withdrawn_at: withdrawn from this instant on.
        version: the version under which it was given; None takes the oldest version that asked the same thing.

    Raises:
        InvalidValueError: neither purpose nor recipient, or an instant without a zone.

    Source: LAW Art. 9 and 10.
    """

    purpose: str | None
    items: tuple[str, ...]
    clause_hash: str
    given_at: datetime
    recipient: str | None = None
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None
    version: int | None = None

    def __post_init__(self) -> None:
        if self.purpose is None and self.recipient is None:
            raise InvalidValueError("a consent names neither a `purpose` nor a `recipient`; it needs one of them")
        require_aware(self.given_at, "given_at")
        _require_aware_if_any(self.expires_at, "expires_at")
        _require_aware_if_any(self.withdrawn_at, "withdrawn_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One explicit no: for the quiet time the same is not asked again.

    Args:
        at: when; aware.
        purpose: id of the purpose that was refused, for all of its items.
        clause: the clause that was refused, as the answer named it, for example `share(email, bank, consent)`.

    Raises:
        InvalidValueError: not exactly one of purpose and clause, or an instant without a zone.
    """

    at: datetime
    purpose: str | None = None
    clause: str | None = None

    def __post_init__(self) -> None:
        if (self.purpose is None) == (self.clause is None):
            raise InvalidValueError("a refusal names either a `purpose` or a `clause`, and only one of them")
        require_aware(self.at, "at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gpc:
    """The Global Privacy Control signal (`Sec-GPC: 1`) as it was seen and, perhaps, overridden by the subject.

    Args:
        signalled_at: first seen while signed in; aware. None where only the override is on record.
        overridden_at: the subject was told of the signal and said yes all the same; aware.

    Raises:
        InvalidValueError: neither instant, or one without a zone.
    """

    signalled_at: datetime | None = None
    overridden_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.signalled_at is None and self.overridden_at is None:
            raise InvalidValueError("a signal is either `signalled_at` or `overridden_at` an instant; this has neither")
        _require_aware_if_any(self.signalled_at, "signalled_at")
        _require_aware_if_any(self.overridden_at, "overridden_at")

    def overridden(self, at: datetime) -> bool:
        """Say whether the subject's later yes stands against the signal at this instant."""
        if self.overridden_at is None or self.overridden_at > at:
            return False
        return self.signalled_at is None or self.signalled_at > at or self.signalled_at <= self.overridden_at

    def signalled(self, at: datetime) -> bool:
        """Say whether the signal stands at this instant.

        An override on record without its signal means that the signal stood before.
        """
        if self.overridden(at):
            return False
        return self.signalled_at is None or self.signalled_at <= at

    def suspends(self, given_at: datetime, at: datetime) -> bool:
        """Say whether a yes of `given_at` waits for its confirmation: it was given before the signal was known."""
        if self.overridden_at is not None and self.overridden(at):
            return given_at < self.overridden_at
        if not self.signalled(at):
            return False
        return self.signalled_at is None or given_at <= self.signalled_at


def _require_aware_if_any(instant: datetime | None, name: str) -> None:
    if instant is not None:
        require_aware(instant, name)
