"""Requests to exercise a right: on record from the start, their content sealed, done only for who proved identity."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from camket.core.errors import DeniedError, NotFoundError
from camket.core.rights.kinds import require_proof
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.rows.requests import RequestChannel, RequestRow
from camket.services.access import SUBJECT
from camket.services.access_standing import subject_facts
from camket.services.ids import random_id
from camket.services.limits import count_bar_in, count_request_in
from camket.services.request_clocks import started_in, terms_in
from camket.services.request_moves import add_line_in, move_in
from camket.services.spent_proofs import spend_proof_in

if TYPE_CHECKING:
    from camket.core.gate.history import Standing
    from camket.core.terms import Right, VerifiedIdentity
    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.services.context import Context

NO_REQUEST: Final = "there is no such request"
COUNTED: Final = frozenset({RequestChannel.ACCOUNT, RequestChannel.APP})
"""How requests come in of which a subject may make so many in an hour."""
UNDONE_AS_EASILY: Final = frozenset({RequestKind.RESTRICT, RequestKind.OBJECT, RequestKind.WITHDRAW})
"""Kinds that are done with a click and undone with a click: nobody is kept from the second by the first."""
RECEIPT_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""
RECEIPT_LENGTH: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestBody:
    """What a request asks for beside its right.

    Args:
        item: id of the item that is corrected; empty where the request is for no item.
        value: *personal*; the canonical value that is to be held; empty where one is to go.
        former: *personal*; the address held until now where the item is an e-mail address: it gets a notice.
        removes: id of the row that is to go; None where a value is corrected.
        purposes: what is restricted or objected to: ids of purposes, or `all`; empty where it is neither.
        lifts: a restriction or an objection is to end.
        consent: id of the one consent that is withdrawn; None for every one, or for another right.
    """

    item: str = ""
    value: str = field(default="", repr=False)
    former: str | None = field(default=None, repr=False)
    removes: str | None = None
    purposes: tuple[str, ...] = ()
    lifts: bool = False
    consent: str | None = None

    @property
    def items(self) -> tuple[str, ...]:
        """The items that its record names."""
        return (self.item,) if self.item else ()

    def asks_the_same(self, other: RequestBody) -> bool:
        """Say whether another body asks for the same; the address held before is no part of that."""
        return replace(self, former=None, purposes=_sorted(self.purposes)) == replace(
            other, former=None, purposes=_sorted(other.purposes)
        )

    def to_text(self) -> str:
        """Return the body as JSON, *personal*: to be sealed at once."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> RequestBody:
        """Read a body back."""
        found = json.loads(text)
        return cls(**found | {"purposes": tuple(found.get("purposes", ()))})


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
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    kind: RequestKind,
    body: RequestBody | None = None,
    channel: RequestChannel = RequestChannel.ACCOUNT,
    filed_by: str | None = None,
) -> RequestRow:
    """Make a request in the caller's unit of work, or join the open one that asks for the same.

    Nothing is carried out before its subject has proved who they are, whoever joined what: a proof is bound to the
    session or the browser that gave it.

    Args:
        unit: the request and its record are durable when this unit is.
        ctx: the service.
        subject_id: who asks; from outside also a decoy, who has no key: then there is no body.
        kind: what for.
        body: what exactly, beside the kind.
        channel: how it came in. From outside and through staff no tries of its subject are counted: others could use
            them up; who asks there is counted by the caller. So are letters to support, which take no code.
        filed_by: pseudonym of the staff who files it for a caller.

    Returns:
        The request, unverified; or, with one more line on its timeline, the open one of the same kind that asks for the
        same, wherever it stands. A letter to support joins nothing.

    Raises:
        DeniedError: the subject does not have this right; the unit must not go on.
        RateLimitedError: too many requests of this subject in this hour; the unit must not go on.
    """
    now = ctx.clock.now()
    if channel in COUNTED and kind is not RequestKind.SUPPORT:
        # INVARIANT: counted before anything is written, so that no one fills the ledger with what goes nowhere.
        (count_bar_in if kind in UNDONE_AS_EASILY else count_request_in)(unit, ctx, subject_id, now)
    actor = SUBJECT if filed_by is None else f"staff:{filed_by}"
    same = _same_in(unit, ctx, subject_id, kind, body)
    if same is not None:
        return move_in(unit, ctx, same, RequestEvent.JOIN, actor=actor, detail={"channel": channel.value})
    history = ctx.policies.in_force_in(unit, now)
    request_id = random_id(ctx.entropy)
    sealed = None
    if body is not None:
        sealed = ctx.door.seal_request_in(unit, subject_id=subject_id, request_id=request_id, text=body.to_text())
    row = RequestRow(
        id=request_id,
        subject_id=subject_id,
        kind=kind,
        state=RequestState.UNVERIFIED,
        number=receipt_number(ctx),
        channel=channel,
        policy_version=history.newest.number,
        filed_by=filed_by,
        assigned_to=None,
        created_at=now,
        verified_at=None,
        verified_level=None,
        reply_due_at=None,
        due_at=None,
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
    if kind.right is not None and terms_in(unit, ctx, row) is None:
        raise DeniedError(f"the policy does not grant the right `{kind.right}`")
    row = started_in(unit, ctx, row)
    unit.requests.add(row)
    detail: JsonObject = {"channel": channel.value}
    add_line_in(unit, ctx, row, RequestEvent.MAKE, actor=actor, detail=detail, items=() if body is None else body.items)
    return row


def _same_in(
    unit: Unit, ctx: Context, subject_id: str, kind: RequestKind, body: RequestBody | None
) -> RequestRow | None:
    """Return the open request that asks for the same."""
    if kind is RequestKind.SUPPORT:
        return None
    unit.subjects.get(subject_id)  # where the store locks: of two who ask for the same at once, one finds the other's
    return next((row for row in unit.requests.open_of(subject_id, kind) if _asks(ctx, row, body)), None)


def _asks(ctx: Context, row: RequestRow, body: RequestBody | None) -> bool:
    if row.sealed is None or body is None:
        return row.sealed is None and body is None
    return RequestBody.from_text(ctx.door.open_request(subject_id=row.subject_id, request=row)).asks_the_same(body)


def _sorted(purposes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(purposes)))


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


def begin_in(unit: Unit, ctx: Context, *, identity: VerifiedIdentity, right: Right, actor: str = SUBJECT) -> RequestRow:
    """Take a verified request up because its subject wants it carried out, in the unit of work of its effect.

    Args:
        unit: the unit of the effect.
        ctx: the service.
        identity: the proof; it must be for this request and as strong as the right asks for (P14).
        right: which right the request must be for.
        actor: who has it carried out, for the record: its subject, or staff for them.

    Returns:
        The request, approved; `finish_in` ends it.

    Raises:
        NotFoundError: there is no such request of this subject for this right; the unit must not go on.
        VerificationError: the proof does not hold.
        ConflictError: the request was not verified, was done before, or is being done; or the proof was used.
        DeniedError: the subject did not have this right when they asked; the unit must not go on.
    """
    now = ctx.clock.now()
    row = unit.requests.get(identity.subject_id, identity.request_id)
    if row is None or row.kind.right is not right:
        raise NotFoundError(NO_REQUEST)
    terms = terms_in(unit, ctx, row)
    if terms is None:
        raise DeniedError(f"the policy does not grant the right `{right}`")
    require_proof(terms, identity, request_id=row.id, now=now)
    spend_proof_in(unit, ctx, identity)
    if _approved_in(unit, row):
        return row
    # INVARIANT: a request runs once; whoever moves it first has it.
    return move_in(unit, ctx, row, RequestEvent.ACCEPT, actor=actor)


def _approved_in(unit: Unit, row: RequestRow) -> bool:
    """Say whether a second person said yes to it, and nothing has happened since."""
    if row.state is not RequestState.APPROVED:
        return False
    return any(line.event is RequestEvent.APPROVE for line in unit.requests.events(row.id))


def finish_in(unit: Unit, ctx: Context, row: RequestRow, *, actor: str = SUBJECT) -> RequestRow:
    """Mark a request as done, in the unit of work of its effect."""
    return move_in(unit, ctx, row, RequestEvent.FINISH, actor=actor)
