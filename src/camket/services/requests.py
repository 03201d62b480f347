"""Requests to exercise a right: on record from the start, their content sealed, done only for who proved identity."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.rights.kinds import due_at, require_proof, terms_of
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.rows.requests import RequestChannel, RequestRow
from camket.services.access import SUBJECT
from camket.services.access_standing import subject_facts
from camket.services.ids import random_id
from camket.services.limits import count_request_in
from camket.services.request_moves import add_line_in, move_in

if TYPE_CHECKING:
    from camket.core.gate.history import Standing
    from camket.core.terms import Right, VerifiedIdentity
    from camket.ports import Unit
    from camket.services.context import Context

NO_REQUEST: Final = "there is no such request"
RECEIPT_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""
RECEIPT_LENGTH: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestBody:
    """What a correction asks for: another value, or that a value goes.

    Args:
        item: id of the item.
        value: *personal*; the canonical value that is to be held; empty where one is to go.
        former: *personal*; the address held until now where the item is an e-mail address: it gets a notice.
        removes: id of the row that is to go; None where a value is corrected.
    """

    item: str
    value: str = field(repr=False)
    former: str | None = field(default=None, repr=False)
    removes: str | None = None

    def to_text(self) -> str:
        """Return the body as JSON, *personal*: to be sealed at once."""
        body = {"item": self.item, "value": self.value, "former": self.former, "removes": self.removes}
        return json.dumps(body, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> RequestBody:
        """Read a body back."""
        found = json.loads(text)
        return cls(item=found["item"], value=found["value"], former=found["former"], removes=found.get("removes"))


def standing_in(unit: Unit, ctx: Context, subject_id: str) -> Standing:
    """Return where a subject stands now, as the unit's transaction sees it.

    Raises:
        NotFoundError: there is no such subject.
    """
    history = ctx.policies.in_force_in(unit, ctx.clock.now())
    row = unit.subjects.get(subject_id)
    if row is None:
        raise NotFoundError("there is no such account")
    return history.standing(subject_facts(row, unit.facts.of_subject(subject_id), history))


def start_request_in(
    unit: Unit, ctx: Context, *, subject_id: str, right: Right, body: RequestBody | None = None
) -> RequestRow:
    """Make a request in the caller's unit of work; it runs once its subject has proved who they are.

    Args:
        unit: the request and its record are durable when this unit is.
        ctx: the service.
        subject_id: who asks.
        right: what they want to exercise.
        body: what exactly, for a correction.

    Raises:
        DeniedError: the subject does not have this right; the unit must not go on.
        RateLimitedError: too many requests of this subject in this hour; the unit must not go on.
    """
    now = ctx.clock.now()
    # INVARIANT: counted before anything is written, so that no one fills the ledger with requests that go nowhere.
    count_request_in(unit, ctx, subject_id, now)
    standing = standing_in(unit, ctx, subject_id)
    terms = terms_of(standing.rights, right)
    request_id = random_id(ctx.entropy)
    sealed = None
    if body is not None:
        sealed = ctx.door.seal_request_in(unit, subject_id=subject_id, request_id=request_id, text=body.to_text())
    row = RequestRow(
        id=request_id,
        subject_id=subject_id,
        kind=RequestKind(right.value),
        state=RequestState.UNVERIFIED,
        number=receipt_number(ctx),
        channel=RequestChannel.ACCOUNT,
        policy_version=standing.history.newest.number,
        filed_by=None,
        assigned_to=None,
        created_at=now,
        verified_at=None,
        verified_level=None,
        reply_due_at=None,
        due_at=due_at(terms, now),
        warn_at=None,
        warned_at=None,
        replied_at=None,
        paused_at=None,
        extended_at=None,
        failing=None,
        failing_since=None,
        done_at=None,
        sealed=sealed,
    )
    unit.requests.add(row)
    add_line_in(unit, ctx, row, RequestEvent.MAKE, actor=SUBJECT, items=() if body is None else (body.item,))
    return row


def receipt_number(ctx: Context) -> str:
    """Return a new receipt number: 50 random bits as ten characters that nobody confuses, `7K3F9-2QXTB`."""
    drawn = int.from_bytes(ctx.entropy.token(8), "big")
    letters = [RECEIPT_ALPHABET[drawn >> (5 * place) & 31] for place in range(RECEIPT_LENGTH)]
    half = RECEIPT_LENGTH // 2
    return f"{''.join(letters[:half])}-{''.join(letters[half:])}"


def find_request(ctx: Context, *, subject_id: str, request_id: str) -> RequestRow:
    """Return a subject's own request.

    Raises:
        NotFoundError: it is not theirs, or not there any more.
    """
    row = ctx.store.read(lambda unit: unit.requests.get(subject_id, request_id))
    if row is None:
        raise NotFoundError(NO_REQUEST)
    return row


def read_body(ctx: Context, *, subject_id: str, request_id: str) -> RequestBody:
    """Return what a subject's own request asks for, *personal*.

    Raises:
        NotFoundError: it is not theirs, not there any more, or asks for nothing beside its right.
    """
    row = find_request(ctx, subject_id=subject_id, request_id=request_id)
    return RequestBody.from_text(ctx.door.open_request(subject_id=subject_id, request=row))


def begin_in(unit: Unit, ctx: Context, *, identity: VerifiedIdentity, right: Right) -> RequestRow:
    """Take a verified request up because its subject wants it carried out, in the unit of work of its effect.

    Args:
        unit: the unit of the effect.
        ctx: the service.
        identity: the proof; it must be for this request and as strong as the right asks for (P14).
        right: which right the request must be for.

    Returns:
        The request, approved; `finish_in` ends it.

    Raises:
        NotFoundError: there is no such request of this subject for this right; the unit must not go on.
        VerificationError: the proof does not hold.
        ConflictError: the request was not verified, was done before, or is being done.
    """
    now = ctx.clock.now()
    row = unit.requests.get(identity.subject_id, identity.request_id)
    if row is None or row.kind.right is not right:
        raise NotFoundError(NO_REQUEST)
    terms = terms_of(standing_in(unit, ctx, identity.subject_id).rights, right)
    require_proof(terms, identity, request_id=row.id, now=now)
    # INVARIANT: a request runs once; whoever moves it first has it.
    return move_in(unit, ctx, row, RequestEvent.ACCEPT, actor=SUBJECT)


def finish_in(unit: Unit, ctx: Context, row: RequestRow, *, actor: str = SUBJECT) -> RequestRow:
    """Mark a request as done, in the unit of work of its effect."""
    return move_in(unit, ctx, row, RequestEvent.FINISH, actor=actor)
