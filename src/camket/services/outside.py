"""Requests from outside: of people who are not signed in and name an e-mail address, a phone number, or both (P14).

From outside no one learns whether an account exists. Whoever asks gets the same answer by the same work, with the same
entry in the ledger; what differs is whether a mail goes out, which only the owner of the mailbox sees. No request is
made before its proof: until then there is a code, bound to the browser that asked and to what it asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.core.intake import Problem, ProblemCode
from camket.core.policy.model import ItemKind
from camket.core.rights.machine import RequestEvent, RequestKind, may_move
from camket.core.rights.proof import FOLLOWED, ProofPlace
from camket.core.terms import Language, SubjectState, Verification
from camket.core.vault.lookup import IndexField
from camket.rows import CodeKind
from camket.rows.requests import RequestChannel
from camket.services.codes import EXPIRED, browser_hash, enter_code, issue_code_in, use_code_in
from camket.services.forms import FormError, read_value
from camket.services.ids import random_id
from camket.services.limits import count_address_in, count_email_in, count_phone_in
from camket.services.outbox import queue_mail_in
from camket.services.refusals import counting_refusals
from camket.services.request_thread import MESSAGE
from camket.services.requests import NO_REQUEST, start_request_in
from camket.services.spent_proofs import UNPROVEN
from camket.services.verification import let_look_in, place_of, standing_proof_in, verified_in

if TYPE_CHECKING:
    from camket.core.policy.model import Item, Policy
    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows import CodeRow
    from camket.rows.requests import RequestRow
    from camket.services.access_find import Handle
    from camket.services.context import Context

OUTSIDE: Final = "service:outside"
OUTSIDE_CODE: Final = "outside_code"
_NEEDED: Final = Problem(
    code=ProblemCode.EMPTY,
    message={
        Language.VI: "Hãy nhập địa chỉ thư hoặc số điện thoại của tài khoản.",
        Language.EN: "Enter the e-mail address or the phone number of the account.",
    },
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideAsk:
    """Who asks from outside, from where, and how they say who they are.

    Args:
        email: *personal*; as typed; empty where only a phone number is given.
        phone: *personal*; as typed; empty where only an e-mail address is given. With both, one
            account has to have both.
        browser: the random token of the browser; the code works in no other.
        address: *personal*; network address for the rate limit; None is not limited.
    """

    email: str = field(repr=False)
    phone: str = field(repr=False)
    browser: str = field(repr=False)
    address: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnteredCode:
    """A code as it was entered outside a session.

    Args:
        browser: the random token of the browser.
        code: as typed.
        address: *personal*; network address for the rate limit; None is not limited.
        fresh: a new random token that the browser goes by once the code is right; None where nobody can have known
            the one that it has.
    """

    browser: str = field(repr=False)
    code: str = field(repr=False)
    address: str | None = field(repr=False)
    fresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """A request as the browser that proved it sees it.

    Args:
        row: the request.
        identity: the proof that this browser gave, while it lasts; None afterwards, and then no more than where the
            request stands is shown.
    """

    row: RequestRow
    identity: VerifiedIdentity | None


def outside_kinds(ctx: Context) -> tuple[RequestKind, ...]:
    """Return what can be asked for from outside: the rights that the policy in force grants.

    And writing to support, where that policy has words to support taken in.
    """
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    granted: set[object] = {terms.right for terms in policy.rights if terms.present}
    if any(item.id == MESSAGE for item in policy.items):
        granted.add(None)
    return tuple(kind for kind in RequestKind if kind.right in granted)


def ask_outside(ctx: Context, ask: OutsideAsk, *, kind: RequestKind) -> None:
    """Send a code for a new request to whoever has this e-mail address or phone number, if anyone has it.

    Args:
        ctx: the service.
        ask: who asks.
        kind: what for.

    Raises:
        FormError: neither is given, or one is not what it should be; nothing was stored.
        NotFoundError: that cannot be asked for.
        RateLimitedError: too many asked from this network address, or of this e-mail address or phone number, in this
            hour.

    Effects:
        Durable on return, together: a ledger entry for each of the two that is given, the code, the mail in the outbox.
        The same rows are written where no one is found; that mail goes nowhere. Twice sends two; the newest counts.
    """
    if kind not in outside_kinds(ctx):
        raise NotFoundError(NO_REQUEST)
    _send(ctx, ask, asked=kind.value, wish=kind.value)


def ask_to_follow(ctx: Context, ask: OutsideAsk, *, number: str) -> None:
    """Send a code with which one may follow, and act on, a request that was made: as `ask_outside`, for its number.

    Whether there is a request of this number, and whose, is found out only when the code is entered.
    """
    _send(ctx, ask, asked=number, wish="follow")


def _send(ctx: Context, ask: OutsideAsk, *, asked: str, wish: str) -> None:
    now = ctx.clock.now()
    email, phone = _read(ctx.policies.in_force(ctx.store, now).newest.policy, ask)
    level = Verification.EMAIL_AND_PHONE if email and phone else Verification.EMAIL_CODE

    def send(unit: Unit) -> None:
        count_address_in(unit, ctx, "outside", ask.address, now)
        if email:
            count_email_in(unit, ctx, email, now)
        else:
            count_phone_in(unit, ctx, phone, now)
        handle = _look_up_in(unit, ctx, email=email, phone=phone)
        # INVARIANT: from here on the handle alone is used, and it does not tell whether it names anyone.
        code = issue_code_in(
            unit,
            ctx,
            kind=CodeKind.OUTSIDE,
            subject_id=handle.id,
            browser=ask.browser,
            now=now,
            request_id=_mark(asked, level),
        )
        queue_mail_in(unit, ctx, subject_id=handle.id, template=OUTSIDE_CODE, args={"code": code, "wish": wish})

    with counting_refusals(ctx):
        ctx.store.write(send)


def _look_up_in(unit: Unit, ctx: Context, *, email: str, phone: str) -> Handle:
    if not email:
        return ctx.door.look_up_in(unit, field=IndexField.PHONE, value=phone, actor=OUTSIDE)
    found = ctx.door.look_up_in(unit, field=IndexField.EMAIL, value=email, actor=OUTSIDE)
    if not phone:
        return found
    # INVARIANT: with both, the code goes out only where one account has both; that is what makes the proof stronger.
    return ctx.door.look_up_in(unit, field=IndexField.PHONE, value=phone, actor=OUTSIDE, same_as=found)


def _read(policy: Policy, ask: OutsideAsk) -> tuple[str, str]:
    """Return e-mail address and phone number, *personal*; empty where not given.

    Raises:
        FormError: with a problem for each field that is refused.
    """
    values = {ItemKind.EMAIL: "", ItemKind.PHONE: ""}
    problems: dict[str, Problem] = {}
    for item in contact_items(policy):
        typed = ask.email if item.kind is ItemKind.EMAIL else ask.phone
        if typed.strip():
            try:
                values[item.kind] = read_value(item, typed)
            except FormError as error:
                problems |= error.problems
    if not problems and not any(values.values()):
        problems = {contact_items(policy)[0].id: _NEEDED}
    if problems:
        raise FormError(problems)
    return values[ItemKind.EMAIL], values[ItemKind.PHONE]


def contact_items(policy: Policy) -> tuple[Item, ...]:
    """Return the items by which accounts are found, the e-mail address first."""
    found = [item for item in policy.registration_items if item.kind in (ItemKind.EMAIL, ItemKind.PHONE)]
    return tuple(sorted(found, key=lambda item: item.kind is not ItemKind.EMAIL))


def _mark(asked: str, level: Verification) -> str:
    """Return what the code is bound to, in the place of a request's id: what is asked for, and what it then proves."""
    return f"{asked} {level.value}"


def prove_outside(ctx: Context, entered: EnteredCode, *, kind: RequestKind) -> RequestRow:
    """Take the code of `ask_outside`: the request is made, or joined where the same is open, and proven.

    Args:
        ctx: the service.
        entered: the code, in the browser that asked.
        kind: what was asked for.

    Returns:
        The request; its number is for the one who asks alone.

    Raises:
        VerificationError: the code is wrong, expired, used, of another browser or another wish, or was tried too often;
            or the account is gone. The try counts.
        DeniedError: the policy does not grant the right.
        RateLimitedError: too many codes from this address in this hour.

    Effects:
        Durable on return, together: the code is used up, the request stands and is verified in this browser, and that
        is on record.
    """
    row, level = _enter(ctx, entered, asked=kind.value)

    def make(unit: Unit) -> RequestRow:
        subject_id = _owner_in(unit, ctx, row)
        made = start_request_in(unit, ctx, subject_id=subject_id, kind=kind, channel=RequestChannel.OUTSIDE)
        return _verify_in(unit, ctx, made, level=level, entered=entered)

    return ctx.store.write(make)


def prove_to_follow(ctx: Context, entered: EnteredCode, *, number: str) -> RequestRow:
    """Take the code of `ask_to_follow`: the request is proven anew, in this browser; as `prove_outside`.

    Raises:
        VerificationError: as `prove_outside`; or the request is another's, or there is none. All are told the same.
    """
    row, level = _enter(ctx, entered, asked=number)

    def follow(unit: Unit) -> RequestRow:
        subject_id = _owner_in(unit, ctx, row)
        found = unit.requests.by_number(number)
        if found is None or found.subject_id != subject_id:
            raise VerificationError(EXPIRED)
        return _verify_in(unit, ctx, found, level=level, entered=entered)

    return ctx.store.write(follow)


def _enter(ctx: Context, entered: EnteredCode, *, asked: str) -> tuple[CodeRow, Verification]:
    """Return the code's row and what it proves; nothing is used up yet."""
    row = enter_code(ctx, kind=CodeKind.OUTSIDE, browser=entered.browser, typed=entered.code, address=entered.address)
    bound, _, level = (row.request_id or "").partition(" ")
    # INVARIANT: a code is good for what the mail said that it is for.
    if bound != asked:
        raise VerificationError(EXPIRED)
    return row, Verification(level)


def _owner_in(unit: Unit, ctx: Context, row: CodeRow) -> str:
    use_code_in(unit, row, ctx.clock.now())
    subject = unit.subjects.get(row.subject_id or "")
    if subject is None or subject.state is not SubjectState.ACTIVE:
        raise VerificationError(EXPIRED)
    return subject.id


def _verify_in(unit: Unit, ctx: Context, row: RequestRow, *, level: Verification, entered: EnteredCode) -> RequestRow:
    # INVARIANT: a token that was in the browser before, or that someone planted there, gains nothing by the proof.
    if entered.fresh is not None:
        _move_proofs_in(unit, ctx, row.subject_id, old=browser_hash(entered.browser), new=browser_hash(entered.fresh))
    prove_in = verified_in if may_move(row.kind, row.state, RequestEvent.VERIFY) else let_look_in
    prove_in(
        unit,
        ctx,
        subject_id=row.subject_id,
        request_id=row.id,
        level=level,
        place=ProofPlace(browser_hash=browser_hash(entered.fresh or entered.browser)),
    )
    return unit.requests.get(row.subject_id, row.id) or row


def _move_proofs_in(unit: Unit, ctx: Context, subject_id: str, *, old: bytes, new: bytes) -> None:
    """Have what a subject proved in a browser before stand under its new token."""
    for row in unit.requests.of_subject(subject_id):
        given = [proof for proof in unit.requests.proofs(row.id) if proof.browser_hash == old]
        unit.requests.delete_proofs(row.id, browser_hash=old)
        for proof in given:
            unit.requests.add_proof(replace(proof, id=random_id(ctx.entropy), browser_hash=new))


def follow_request(ctx: Context, *, number: str, browser: str | None) -> Followed | None:
    """Return a request as the browser that proved it may see it.

    Args:
        ctx: the service.
        number: the receipt number, in any letters.
        browser: the random token of the browser; None for one that has none yet.

    Returns:
        None where there is no such request, or this browser did not prove it within thirty days: the two are not told
        apart. Nothing is written.
    """
    now = ctx.clock.now()
    here = ProofPlace(browser_hash=browser_hash(browser or ""))

    def look(unit: Unit) -> Followed | None:
        row = unit.requests.by_number(number)
        proofs = unit.requests.proofs(row.id if row else "")
        given = [one for one in proofs if place_of(one) == here and now < one.at + FOLLOWED]
        if row is None or browser is None or not given:
            return None
        try:
            identity = standing_proof_in(unit, ctx, row, here)
        except VerificationError:
            identity = None
        return Followed(row=row, identity=identity)

    return ctx.store.read(look)


def outside_proof(ctx: Context, *, number: str, browser: str | None) -> VerifiedIdentity:
    """Return the proof on which this browser may act on a request now.

    Raises:
        NotFoundError: this browser does not follow it.
        VerificationError: its proof has run out; it is to be proven anew.
    """
    followed = follow_request(ctx, number=number, browser=browser)
    if followed is None:
        raise NotFoundError(NO_REQUEST)
    if followed.identity is None:
        raise VerificationError(UNPROVEN)
    return followed.identity


def forget_browser(ctx: Context, *, number: str, browser: str) -> None:
    """Let a browser follow a request no more, as on a machine that others use; twice is once.

    Effects: durable on return; the request goes on. Another code lets any browser follow it again.
    """

    def forget(unit: Unit) -> None:
        row = unit.requests.by_number(number)
        if row is not None:
            unit.requests.delete_proofs(row.id, browser_hash=browser_hash(browser))

    ctx.store.write(forget)
