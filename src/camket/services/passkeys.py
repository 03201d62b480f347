"""Passkeys: signing in and proving who one is by the device in one's hand, instead of a code by e-mail.

What is kept of a passkey is its public key and a hash of its id; the name that its owner gives it is a declared item,
sealed like any other. Where the policy declares no `signin.passkey`, there are no passkeys.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Source
from camket.rows.passkeys import Ceremony, PasskeyRow
from camket.services.access import SUBJECT
from camket.services.devices import ACCOUNT
from camket.services.forms import read_value
from camket.services.ids import random_id
from camket.services.limits import count_subject_in
from camket.services.outbox import queue_mail_in
from camket.services.passkey_ceremonies import CHALLENGE_BYTES, creation_options, read_answer, verify_creation
from camket.services.passkey_challenges import PASSKEY, challenge_in, place_of, take_challenge
from camket.services.refusals import counting_refusals
from camket.services.step_up import require_fresh_in

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.services.access import Collected
    from camket.services.context import Context
    from camket.services.passkey_ceremonies import Options
    from camket.services.sessions import Session

ADDED: Final = "passkey_added"
MOST_PASSKEYS: Final = 20
"""Of one subject; another one is refused until one is deleted."""
TOO_MANY: Final = f"you have {MOST_PASSKEYS} passkeys already; delete one that you no longer use"


@dataclass(frozen=True, kw_only=True, slots=True)
class PasskeyView:
    """A passkey as its owner sees it.

    Args:
        id: names it to its owner; opens nothing.
        name: *personal*; what its owner called it.
        last_used_at: None where it was never used since it was added.
    """

    id: str
    name: str = field(repr=False)
    created_at: datetime
    last_used_at: datetime | None


def list_passkeys(ctx: Context, subject_id: str) -> tuple[PasskeyView, ...]:
    """Return the subject's passkeys, oldest first.

    Effects: reading their names is on record, purpose `rights`, where there are any.
    """
    rows = ctx.store.read(lambda unit: unit.passkeys.of_subject(subject_id))
    if not rows:
        return ()
    ids = tuple(row.id for row in rows)
    opened = ctx.door.read(actor=SUBJECT, subject_id=subject_id, items=(PASSKEY,), purpose=RIGHTS_PURPOSE, rows=ids)
    names = {value.row_id: value.text for value in opened.values.get(PASSKEY, ())}
    return tuple(
        PasskeyView(id=row.id, name=names[row.id], created_at=row.created_at, last_used_at=row.last_used_at)
        for row in rows
        if row.id in names
    )


def has_passkeys(ctx: Context, subject_id: str) -> bool:
    """Say whether a subject can prove themselves by a passkey. Nothing is opened."""
    return bool(ctx.store.read(lambda unit: unit.passkeys.of_subject(subject_id)))


def start_passkey(ctx: Context, session: Session, *, browser: str, name: str) -> Options:
    """Begin to add a passkey: what the subject's browser hands to their authenticator.

    Args:
        ctx: the service.
        session: who adds it; they proved themselves within the last quarter of an hour.
        browser: the random token of the browser, to which the challenge is bound.
        name: *personal*; as typed, to be refused before the authenticator makes anything; not stored yet.

    Returns:
        Options, *personal*: they name the account by its e-mail address, for the authenticator to show.

    Raises:
        NotFoundError: there are no passkeys at this address or under this policy.
        FormError: the name is none; nothing was stored.
        VerificationError: the proof is too old, or there are too many passkeys.
        RateLimitedError: too many proofs of this subject in this hour.

    Effects: the challenge is durable on return, and good for five minutes; reading the address is on record.
    """
    site = require_name(ctx, name)
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    address = next(item.id for item in policy.items if item.kind is ItemKind.EMAIL)
    challenge = ctx.entropy.token(CHALLENGE_BYTES)

    def start(unit: Unit) -> None:
        require_fresh_in(unit, ctx, session)
        count_subject_in(unit, ctx, session.subject_id, ctx.clock.now())
        start_creation_in(unit, ctx, challenge, subject_id=session.subject_id, browser=browser)

    with counting_refusals(ctx):
        ctx.store.write(start)
    opened = ctx.door.read(actor=SUBJECT, subject_id=session.subject_id, items=(address,), purpose=RIGHTS_PURPOSE)
    return creation_options(
        site=site,
        service_name=policy.controller.name[session.language],
        subject_id=session.subject_id,
        user_name=opened.first(address) or policy.controller.name[session.language],
        challenge=challenge,
    )


def require_name(ctx: Context, name: str) -> str:
    """Refuse what is no name of a passkey, and return the name that passkeys are bound to.

    Raises:
        NotFoundError: there are no passkeys at this address or under this policy.
        FormError: the name is none.
    """
    site, item = place_of(ctx)
    read_value(item, name)
    return site


def start_creation_in(unit: Unit, ctx: Context, challenge: bytes, *, subject_id: str, browser: str) -> None:
    """Store the challenge for a new passkey, in the unit of work in which its owner proved themselves.

    Raises:
        VerificationError: there are too many passkeys; the unit must not go on.
    """
    _require_room_in(unit, subject_id)
    challenge_in(unit, challenge, Ceremony.CREATE, browser=browser, now=ctx.clock.now(), subject_id=subject_id)


def add_passkey(ctx: Context, subject_id: str, *, browser: str, credential: str, name: str) -> None:
    """Add the passkey that a subject's authenticator made.

    Args:
        ctx: the service.
        subject_id: of who is signed in; they proved themselves to get the challenge.
        browser: the random token of the browser that began.
        credential: what the browser sent back, JSON.
        name: *personal*; as typed.

    Raises:
        VerificationError: it does not answer a challenge of this subject and browser, or does not verify.
        FormError: the name is none; nothing was stored.
        AskError: the subject must first agree to a change of the policy; nothing was stored but the record.
        ConflictError: the passkey is stored already.

    Effects: passkey, its name, their ledger record and, for a customer, a notice by e-mail are durable together. Twice
        is refused.
    """
    site, item = place_of(ctx)
    value = read_value(item, name)
    answer = read_answer(credential)
    # INVARIANT: a challenge to make a passkey was given to its owner's fresh proof, and to no one else.
    take_challenge(ctx, answer, Ceremony.CREATE, browser=browser, subject_id=subject_id)
    made = verify_creation(answer, site=site, origin=ctx.settings.origin)
    passkey_id = random_id(ctx.entropy)

    def add(unit: Unit) -> Collected:
        _require_room_in(unit, subject_id)
        collected = ctx.door.collect_in(
            unit,
            actor=SUBJECT,
            subject_id=subject_id,
            values={item.id: value},
            service=ACCOUNT,
            source=Source.PROVIDED,
            row_ids={item.id: passkey_id},
        )
        if collected.row_ids:
            unit.passkeys.add(
                PasskeyRow(
                    id=passkey_id,
                    subject_id=subject_id,
                    credential_hash=made.credential_hash,
                    public_key=made.public_key,
                    sign_count=made.sign_count,
                    created_at=ctx.clock.now(),
                    last_used_at=None,
                )
            )
            if unit.staff.get(subject_id) is None:  # mails go to the addresses of customers
                queue_mail_in(unit, ctx, subject_id=subject_id, template=ADDED)
        return collected

    ctx.store.write(add).require()


def remove_passkey(ctx: Context, session: Session, passkey_id: str) -> None:
    """Delete a passkey and its name at once: it opens nothing any more.

    Raises:
        NotFoundError: it is not theirs, or gone.
        VerificationError: the subject did not prove themselves within the last quarter of an hour.

    Effects: passkey, name and ledger record go and come together. Twice is refused.
    """

    def remove(unit: Unit) -> None:
        require_fresh_in(unit, ctx, session)
        remove_passkey_in(unit, ctx, session.subject_id, passkey_id)

    ctx.store.write(remove)


def remove_passkey_in(unit: Unit, ctx: Context, subject_id: str, passkey_id: str) -> None:
    """Delete a passkey and its name in the caller's unit of work.

    Raises:
        NotFoundError: it is not theirs, or gone; the unit must not go on.
    """
    if not unit.passkeys.delete(subject_id, (passkey_id,)):
        raise NotFoundError("there is no such passkey")
    ctx.door.erase_in(unit, subject_id=subject_id, row_ids=[passkey_id], actor=SUBJECT).require()


def _require_room_in(unit: Unit, subject_id: str) -> None:
    if len(unit.passkeys.of_subject(subject_id)) >= MOST_PASSKEYS:
        raise VerificationError(TOO_MANY)
