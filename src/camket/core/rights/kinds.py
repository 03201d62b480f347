"""The terms of a right as a request meets them: whether it is there, when it is due, how sure we must be who asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from camket.core.errors import DeniedError, VerificationError
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import RightTerms
    from camket.core.terms import Right, VerifiedIdentity


def terms_of(rights: Mapping[Right, RightTerms], right: Right) -> RightTerms:
    """Return the terms of a right that hold for one subject.

    Args:
        rights: those the subject has.
        right: which.

    Raises:
        DeniedError: the policy does not grant it.
    """
    terms = rights.get(right)
    if terms is None or not terms.present:
        raise DeniedError(f"the policy does not grant the right `{right}`")
    return terms


def due_at(terms: RightTerms, received_at: datetime) -> datetime:
    """Return when a request must be done at the latest: calendar days after it was received, the first excluded.

    Source: D356 Art. 5 as the policy states it.
    """
    return require_aware(received_at, "received_at") + timedelta(days=terms.complete_days)


def require_proof(terms: RightTerms, identity: VerifiedIdentity, *, request_id: str, now: datetime) -> None:
    """Refuse a proof that is for another request, too old, or weaker than the right asks for (P14).

    Raises:
        VerificationError: saying which.
    """
    # INVARIANT: nothing runs on a request that was not verified; the proof is good for this one request alone.
    if identity.request_id != request_id:
        raise VerificationError("the proof of identity belongs to another request")
    if identity.expires_at <= now:
        raise VerificationError("the proof of identity has expired; ask for a new code")
    if identity.level.strength < terms.verification.strength:
        raise VerificationError(f"this request needs the proof `{terms.verification}`")
