"""Correcting what is held (P13): checked at once, carried out once the subject has proved who they are (P14).

A new e-mail address is also proved: a code goes to it, and the address held until then gets a notice. Whoever signed in
with the former address elsewhere is signed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, DeniedError, NotFoundError, VerificationError, nearest
from camket.core.intake import show
from camket.core.policy.model import ItemKind
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import RIGHTS_PURPOSE, Right, Source
from camket.core.vault.lookup import normalise_email
from camket.rows import CodeKind
from camket.services.access import SUBJECT
from camket.services.codes import browser_hash, enter_code, issue_code_in, use_code_in
from camket.services.correction_job import CORRECTOR, spread_in, stands_elsewhere
from camket.services.devices import describes_device
from camket.services.forms import read_value
from camket.services.limits import RateLimit, count_try_in, require_request_left_in, visitor_key
from camket.services.outbox import queue_mail_in
from camket.services.passkey_challenges import PASSKEY
from camket.services.request_moves import move_in
from camket.services.requests import (
    NO_REQUEST,
    RequestBody,
    begin_in,
    find_request,
    read_body,
    start_request_in,
)
from camket.services.sessions import end_other_sessions_in

if TYPE_CHECKING:
    from camket.core.policy.model import Item
    from camket.core.terms import VerifiedIdentity
    from camket.ports import Unit
    from camket.rows import CodeRow
    from camket.rows.requests import RequestRow
    from camket.services.access import Collected
    from camket.services.context import Context
    from camket.services.sessions import Session

BUCKET: Final = "new_email_code"


def correctable(item: Item) -> bool:
    """Say whether a subject corrects this item themselves: what they gave as text, but for names of devices."""
    provided = any(one.source is Source.PROVIDED for one in item.collected)
    alone = not describes_device(item.id) and item.id != PASSKEY
    return provided and alone and item.kind not in (ItemKind.PICTURE, ItemKind.HOLDING)


def value_to_correct(ctx: Context, session: Session, *, item: str) -> str:
    """Return the value that a correction would replace, *personal*, as people read it; the newest of several.

    Raises:
        NotFoundError: there is no such item to correct, or no value of it is held.

    Effects: one ledger record of the view, durable before anything is returned.
    """
    declared = _find_item(ctx, item)
    try:
        opened = ctx.door.read(
            actor=SUBJECT, subject_id=session.subject_id, items=(declared.id,), purpose=RIGHTS_PURPOSE
        )
    except DeniedError:
        raise NotFoundError(f"no `{declared.id}` is held that could be corrected") from None
    held = opened.first(declared.id)
    if held is None:
        raise NotFoundError(f"no `{declared.id}` is held that could be corrected")
    return show(declared.kind, held)


def start_correction(ctx: Context, session: Session, *, item: str, typed: str) -> RequestRow:
    """Ask for a value to be corrected.

    Args:
        ctx: the service.
        session: whose value.
        item: id of the item.
        typed: *personal*; as typed.

    Raises:
        NotFoundError: there is no such item to correct; names the nearest.
        FormError: the value is not one of the item's kind; nothing was stored.
        RateLimitedError: too many requests of this subject in this hour; nothing was stored.

    Effects: the request, the new value sealed in it, and a ledger record without any value. Twice makes two requests.
    """
    declared = _find_item(ctx, item)
    value = read_value(declared, typed)
    now = ctx.clock.now()
    ctx.store.read(lambda unit: require_request_left_in(unit, ctx, session.subject_id, now))
    former = None
    if declared.kind is ItemKind.EMAIL:
        opened = ctx.door.read(
            actor=SUBJECT, subject_id=session.subject_id, items=(declared.id,), purpose=RIGHTS_PURPOSE
        )
        former = opened.first(declared.id)
    body = RequestBody(item=declared.id, value=value, former=former)
    return ctx.store.write(
        lambda unit: start_request_in(unit, ctx, subject_id=session.subject_id, kind=RequestKind.RECTIFY, body=body)
    )


def read_correction(ctx: Context, *, item: str, typed: str) -> RequestBody:
    """Return what a correction asks for, *personal*, where somebody else writes it down for the customer.

    Args:
        ctx: the service.
        item: id of the item.
        typed: *personal*; as typed.

    Raises:
        NotFoundError: there is no such item to correct; names the nearest.
        FormError: the value is not one of the item's kind.
    """
    declared = _find_item(ctx, item)
    return RequestBody(item=declared.id, value=read_value(declared, typed))


def needs_new_address(ctx: Context, *, subject_id: str, request_id: str) -> bool:
    """Say whether a correction also needs the code that is sent to the new e-mail address."""
    body = read_body(ctx, subject_id=subject_id, request_id=request_id)
    return _find_item(ctx, body.item).kind is ItemKind.EMAIL


def send_new_address_code(ctx: Context, identity: VerifiedIdentity, *, browser: str) -> None:
    """Send a code to the e-mail address that a verified correction asks for.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.
        browser: the random token of the browser; the code works in no other.

    Raises:
        NotFoundError: there is no such request, or it changes no e-mail address.
        RateLimitedError: too many codes to this address in an hour.

    Effects: a code and its mail, durable on return; an older code no longer counts.
    """
    if not needs_new_address(ctx, subject_id=identity.subject_id, request_id=identity.request_id):
        raise NotFoundError("this request changes no e-mail address")
    body = read_body(ctx, subject_id=identity.subject_id, request_id=identity.request_id)
    limit = RateLimit(bucket=BUCKET, count=ctx.settings.codes_per_subject_hour)
    key = visitor_key(ctx, f"email {normalise_email(body.value)}")
    now = ctx.clock.now()

    def send(unit: Unit) -> None:
        count_try_in(unit, limit, key, now)
        code_id = issue_code_in(
            unit,
            ctx,
            kind=CodeKind.NEW_EMAIL,
            subject_id=identity.subject_id,
            browser=browser,
            now=now,
            request_id=identity.request_id,
        )
        args = {"code": code_id, "request": identity.request_id}
        queue_mail_in(unit, ctx, subject_id=identity.subject_id, template="new_email_code", args=args)

    ctx.store.write(send)


def finish_correction(
    ctx: Context,
    identity: VerifiedIdentity,
    *,
    browser: str | None = None,
    new_address_code: str | None = None,
    address: str | None = None,
    session_id: str | None = None,
    asked: RequestBody | None = None,
    actor: str = SUBJECT,
) -> None:
    """Put the value that a verified request asks for in the place of the old one.

    Args:
        ctx: the service.
        identity: proof of who asks, for this request.
        browser: the random token of the browser, where a code is entered.
        new_address_code: as typed; needed for an e-mail address.
        address: *personal*; where the request came from, for the rate limit on codes.
        session_id: the session that asks: it stays when an e-mail address changes, every other one ends.
        asked: from `read_correction`, where the request itself does not say what is to be held; else None.
        actor: who has it carried out, for the record: its subject, or staff for them.

    Raises:
        VerificationError: the proof or the code does not hold; nothing was changed.
        NotFoundError: there is no such request.
        ConflictError: it was carried out before, or the new address belongs to another account; nothing was changed.
        DeniedError: the item is not held, so there is nothing to correct; the refusal is on record.

    Effects: the new value, the blind index made from it, the request's state and one ledger record without any value
        are durable together; the old value is gone. With an e-mail address every other session ends, on record, and no
        other browser follows a request outside a session any more. A notice is queued. Where the value also stands
        elsewhere the request is done once everyone there was told; its job is queued in the same unit. Twice is
        refused.
    """
    subject_id, request_id = identity.subject_id, identity.request_id
    row = find_request(ctx, subject_id=subject_id, request_id=request_id)
    if row.state.ended or row.state is RequestState.RUNNING:
        raise ConflictError("the request was carried out before")
    body = asked
    if row.sealed is not None or body is None:
        # INVARIANT: what was asked for and proven is what is carried out.
        body = read_body(ctx, subject_id=subject_id, request_id=request_id)
    if body.removes is not None:
        raise NotFoundError(NO_REQUEST)
    declared = _find_item(ctx, body.item)
    code = None
    if declared.kind is ItemKind.EMAIL:
        code = _prove_new_address(ctx, browser=browser, typed=new_address_code, address=address, request_id=request_id)
    service = declared.collected[0].service
    elsewhere = stands_elsewhere(ctx, body.item)

    def correct(unit: Unit) -> Collected:
        now = ctx.clock.now()
        begun = begin_in(unit, ctx, identity=identity, right=Right.RECTIFY, actor=actor)
        if code is not None:
            use_code_in(unit, code, now)
        replaced = ctx.door.replace_in(
            unit, identity=identity, values={body.item: body.value}, service=service, actor=actor
        )
        if not replaced.row_ids:
            move_in(unit, ctx, begun, RequestEvent.REFUSE, actor=CORRECTOR, detail={"reason": "not_held"})
            return replaced
        spread_in(unit, ctx, begun, item=body.item, elsewhere=elsewhere, actor=actor)
        if declared.kind is ItemKind.EMAIL:
            # INVARIANT: what went to the address that is given up opens nothing any more, and keeps nothing open.
            unit.codes.delete_of_subject(subject_id)
            _forget_browsers_in(unit, subject_id, kept=None if browser is None else browser_hash(browser))
            end_other_sessions_in(unit, ctx, subject_id=subject_id, kept=session_id)
            queue_mail_in(unit, ctx, subject_id=subject_id, template="email_changed", args={"request": request_id})
        else:
            unit.requests.clear(request_id)
            args = {"request": request_id, "item": body.item}
            queue_mail_in(unit, ctx, subject_id=subject_id, template="corrected", args=args)
        return replaced

    ctx.store.write(correct).require()


def _forget_browsers_in(unit: Unit, subject_id: str, *, kept: bytes | None) -> None:
    """Drop what was proven outside a session by codes to the former address, but in the browser that changes it."""
    for row in unit.requests.of_subject(subject_id):
        for proof in unit.requests.proofs(row.id):
            if proof.browser_hash is not None and proof.browser_hash != kept:
                unit.requests.delete_proofs(row.id, browser_hash=proof.browser_hash)


def _prove_new_address(
    ctx: Context, *, browser: str | None, typed: str | None, address: str | None, request_id: str
) -> CodeRow:
    if browser is None or typed is None:
        raise VerificationError("a new e-mail address needs the code that was sent to it")
    return enter_code(
        ctx, kind=CodeKind.NEW_EMAIL, browser=browser, typed=typed, address=address, request_id=request_id
    )


def _find_item(ctx: Context, item: str) -> Item:
    items = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.items
    found = {one.id: one for one in items if correctable(one)}
    if item not in found:
        raise NotFoundError(f"there is no `{item[:40]}` to correct{nearest(item, found)}")
    return found[item]
