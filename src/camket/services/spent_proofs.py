"""Using a proof of identity up: one thing is carried out on it (P14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, VerificationError

if TYPE_CHECKING:
    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows.requests import RequestProofRow
    from camket.services.context import Context

UNPROVEN: Final = "prove who you are first; a proof lasts a quarter of an hour"
SPENT: Final = "something was carried out on this proof before; prove who you are once more"


def spend_proof_in(unit: Unit, ctx: Context, identity: VerifiedIdentity) -> None:
    """Use a proof up, in the unit of work of what is carried out on it.

    Args:
        unit: the proof is used up when this unit is durable; a unit that fails leaves it good.
        ctx: the service.
        identity: from `camket.services.verification`.

    Raises:
        VerificationError: no such proof is kept (it was made up), or it has run out; the unit must not go on.
        ConflictError: something was carried out on it before; the unit must not go on.
    """
    now = ctx.clock.now()
    # INVARIANT: what counts is the proof that is kept, not the value that says there is one.
    kept = next((one for one in unit.requests.proofs(identity.request_id) if _is_of(one, identity)), None)
    if kept is None or kept.expires_at <= now:
        raise VerificationError(UNPROVEN)
    # INVARIANT: marking and checking are one statement, so that of two who carry something out on it one does.
    if not unit.requests.use_proof(kept.id, at=now):
        raise ConflictError(SPENT)


def _is_of(proof: RequestProofRow, identity: VerifiedIdentity) -> bool:
    kept = (proof.subject_id, proof.level, proof.at, proof.expires_at)
    return kept == (identity.subject_id, identity.level, identity.verified_at, identity.expires_at)
