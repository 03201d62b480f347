"""Challenges for passkeys: made for one browser and one thing, good once and for five minutes."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError, VerificationError
from camket.core.policy.model import Collection
from camket.core.terms import Source
from camket.rows.passkeys import ChallengeRow
from camket.services.codes import browser_hash
from camket.services.devices import ACCOUNT
from camket.services.limits import count_address_in
from camket.services.passkey_ceremonies import REFUSED, site_of
from camket.services.refusals import counting_refusals

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.policy.model import Item, Policy
    from camket.ports import Unit
    from camket.rows.passkeys import Ceremony
    from camket.services.context import Context
    from camket.services.passkey_ceremonies import Answer

PASSKEY: Final = "signin.passkey"
"""The item under which the name of a passkey is held."""
CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
UNAVAILABLE: Final = "passkeys are not available here"


def passkey_item(policy: Policy) -> Item | None:
    """Return the item under which names of passkeys are held; None where the policy declares none."""
    wanted = Collection(service=ACCOUNT, source=Source.PROVIDED)
    return next((item for item in policy.items if item.id == PASSKEY and wanted in item.collected), None)


def passkeys_available(ctx: Context) -> bool:
    """Say whether browsers can make passkeys for this address, and the policy in force declares them."""
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    return site_of(ctx.settings.origin) is not None and passkey_item(policy) is not None


def place_of(ctx: Context) -> tuple[str, Item]:
    """Return the name that passkeys are bound to, and the item of their names.

    Raises:
        NotFoundError: there are none at this address or under this policy.
    """
    item = passkey_item(ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy)
    site = site_of(ctx.settings.origin)
    if site is None or item is None:
        raise NotFoundError(UNAVAILABLE)
    return site, item


def challenge_in(
    unit: Unit,
    challenge: bytes,
    ceremony: Ceremony,
    *,
    browser: str,
    now: datetime,
    subject_id: str | None = None,
    request_id: str | None = None,
) -> None:
    """Store a challenge in the caller's unit of work.

    Args:
        unit: the challenge stands when this unit is durable.
        challenge: 32 random bytes; only their hash is stored.
        ceremony: what an answer is good for.
        browser: the random token of the browser that asked.
        now: aware.
        subject_id: whose passkey must answer; None where anyone's may.
        request_id: the one request that the answer proves.
    """
    unit.passkeys.add_challenge(
        ChallengeRow(
            challenge_hash=sha256(challenge).digest(),
            ceremony=ceremony,
            browser_hash=browser_hash(browser),
            subject_id=subject_id,
            request_id=request_id,
            expires_at=now + CHALLENGE_LIFETIME,
        )
    )


def take_challenge(
    ctx: Context,
    answer: Answer,
    ceremony: Ceremony,
    *,
    browser: str,
    address: str | None = None,
    subject_id: str | None = None,
    request_id: str | None = None,
) -> None:
    """Use up the challenge that an answer names.

    Raises:
        VerificationError: there is none, or it was made for something else; it is used up all the same.
        RateLimitedError: too many tries from this network address in this hour.
    """
    now = ctx.clock.now()

    def take(unit: Unit) -> ChallengeRow | None:
        count_address_in(unit, ctx, "enter_code", address, now)
        return unit.passkeys.take_challenge(answer.challenge_hash)

    with counting_refusals(ctx):
        row = ctx.store.write(take)
    made_for = ChallengeRow(
        challenge_hash=answer.challenge_hash,
        ceremony=ceremony,
        browser_hash=browser_hash(browser),
        subject_id=subject_id,
        request_id=request_id,
        expires_at=now if row is None else row.expires_at,
    )
    # INVARIANT: a challenge is good once, in the browser that asked, for what was asked, for five minutes.
    if row != made_for or row.expires_at <= now:
        raise VerificationError(REFUSED)
