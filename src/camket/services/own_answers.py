"""The values of the page of all consents and agreements, and what it is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from camket.core.consent.events import QuestionKind
from camket.core.consent.text import QuestionText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.gate.history import Standing
    from camket.core.policy.model import Policy
    from camket.core.terms import Language
    from camket.rows import FactRow
    from camket.rows.consents import ConsentEventRow


class OwnState(StrEnum):
    """Where a consent or an agreement stands, as its subject reads it; only `valid` permits anything."""

    VALID = "valid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"
    """What was agreed to is not in the policy any more, or means something else now."""
    SUSPENDED = "suspended"
    """Global Privacy Control was signalled since; it counts again once it is confirmed."""
    NEVER_ASKED = "never_asked"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnConsent:
    """One purpose, recipient or changed clause, and what the subject said to it last.

    Args:
        kind: whether it is a consent or an agreement.
        purpose: id; for a consent to a purpose.
        recipient: id; for a consent to a recipient.
        clause: id; for an agreement.
        label: of the purpose or recipient; of an agreement, what it means in one sentence.
        explains: what it is for; empty for an agreement.
        items: labels of the items that it is about; where a yes stands, of those that it is for.
        state: where it stands now.
        since: when the newest answer was given; None where there is none.
        version: the version that asked for that answer; of what was never asked, the one that asks now.
        valid_until: a yes that ends by its date.
        quiet_until: it is not asked again before then.
        text: the exact text that the newest answer was given to; None where none is on record.
        consent_id: what `withdraw` and `receipt` take: set wherever a yes is on record, withdrawn ones too.
        stops: what a withdrawal would stop; empty unless one is possible.
        uncovered: labels of items of the same purpose or recipient that the yes is not for.
    """

    kind: QuestionKind
    purpose: str | None
    recipient: str | None
    clause: str | None
    label: str
    explains: str
    items: tuple[str, ...]
    state: OwnState
    since: datetime | None
    version: int
    valid_until: datetime | None
    quiet_until: datetime | None
    text: QuestionText | None
    consent_id: str | None
    stops: tuple[str, ...]
    uncovered: tuple[str, ...] = ()

    @property
    def withdrawable(self) -> bool:
        """Whether there is a yes to withdraw, one that is suspended included."""
        return self.state in (OwnState.VALID, OwnState.SUSPENDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What one unit of work read for the page."""

    standing: Standing
    facts: tuple[FactRow, ...]
    events: tuple[ConsentEventRow, ...]
    texts: Mapping[str, QuestionText]
    language: Language
    now: datetime

    @property
    def policy(self) -> Policy:
        """The newest policy in force."""
        return self.standing.history.newest.policy

    def of_fact(self, fact: FactRow) -> ConsentEventRow | None:
        """Return what made a fact."""
        return next((one for one in self.events if one.fact_id == fact.id), None)

    def text_of(self, event: ConsentEventRow | None) -> QuestionText | None:
        """Return the exact text that was shown."""
        return None if event is None else self.texts.get(event.text_hash or "")


def texts_of(value: object) -> tuple[str, ...]:
    """Return a list of texts as JSON gave it; nothing where it is none."""
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
