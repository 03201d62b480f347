"""How often someone may try, counted in the database so that a restart forgets nothing.

Who tries is kept as an HMAC under the key of the day: within the day the same visitor is the same bytes, after it no
one can tell who it was (semantics section 8).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from camket.core.errors import RateLimitedError
from camket.core.vault.lookup import IndexField, blind_index, normalise_email, normalise_phone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from camket.ports import Unit
    from camket.services.context import Context

HOUR_SECONDS: Final = 3600
SUBSCRIBER_BITS: Final = 64
BARS_FOR_A_CODE: Final = 10
MESSAGES_PER_HOUR: Final = 30
"""Messages of one subject to support, of all threads together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimit:
    """At most `count` tries of one visitor in each window.

    Args:
        bucket: what is tried, for example `register`.
        count: how many are allowed; at least 1.
        window_seconds: length of a window; windows start at multiples of it.
    """

    bucket: str
    count: int
    window_seconds: int = HOUR_SECONDS


def visitor_key(ctx: Context, visitor: str) -> bytes:
    """Return the 32 bytes that stand for a visitor today.

    Args:
        ctx: the service.
        visitor: *personal*; the network of an address, or an e-mail address in its normal form.
    """
    return blind_index(ctx.keys.index_keys(IndexField.VISITOR)[0], visitor)


def count_try_in(unit: Unit, limit: RateLimit, key: bytes, now: datetime) -> None:
    """Count one try in the caller's unit of work.

    Args:
        unit: the try is durable when this unit is.
        limit: what is tried, and how often it may be.
        key: who tries, from `visitor_key`.
        now: aware.

    Raises:
        RateLimitedError: there were `limit.count` tries in this window before; says when the next one begins.
    """
    start, wait = _window(limit, now)
    if unit.limits.hit(limit.bucket, key, window_start=start) > limit.count:
        raise _limited(wait)


@dataclass(frozen=True, kw_only=True, slots=True)
class Try:
    """One try of one visitor, to be counted.

    Args:
        limit: what is tried, and how often it may be.
        key: who tries, from `visitor_key`.
    """

    limit: RateLimit
    key: bytes


def tries_of(ctx: Context, bucket: str, *, address: str | None, email: str) -> tuple[Try, ...]:
    """Return what asking for a code counts as: a try of the network address, where there is one, and of the e-mail."""
    of_email = Try(limit=_email_limit(ctx), key=_email_key(ctx, email))
    if address is None:
        return (of_email,)
    return Try(limit=address_limit(ctx, bucket), key=_address_key(ctx, address)), of_email


def count_tries_in(unit: Unit, tries: Sequence[Try], now: datetime) -> None:
    """Count tries in the caller's unit of work.

    Raises:
        RateLimitedError: as `count_try_in`; the unit must not go on.
    """
    for one in tries:
        count_try_in(unit, one.limit, one.key, now)


@contextmanager
def remembering_spent(ctx: Context, tries: Sequence[Try], now: datetime) -> Iterator[None]:
    """Refuse at once, before anything is made for them, who was refused in this window before; else go on.

    Nothing is counted here. Whoever is refused inside is remembered with the count that the store holds.

    Raises:
        RateLimitedError: one of the tries has none left in its window.
    """
    for one in tries:
        ends_at = ctx.spent_tries.ends_at(one.limit.bucket, one.key)
        if ends_at is not None and now < ends_at:
            raise _limited(_window(one.limit, now)[1])
    try:
        yield
    except RateLimitedError:
        ctx.store.read(lambda unit: _remember_spent(unit, ctx, tries, now))
        raise


def _remember_spent(unit: Unit, ctx: Context, tries: Sequence[Try], now: datetime) -> None:
    for one in tries:
        start, _ = _window(one.limit, now)
        if unit.limits.count(one.limit.bucket, one.key, window_start=start) >= one.limit.count:
            ends_at = start + timedelta(seconds=one.limit.window_seconds)
            ctx.spent_tries.remember(one.limit.bucket, one.key, ends_at=ends_at)


def _window(limit: RateLimit, now: datetime) -> tuple[datetime, int]:
    """Return when the window began, and how many seconds it lasts from now."""
    seconds = int(now.timestamp())
    start = seconds - seconds % limit.window_seconds
    return datetime.fromtimestamp(start, UTC), start + limit.window_seconds - seconds


def _limited(wait_seconds: int) -> RateLimitedError:
    return RateLimitedError(f"too many tries; wait {wait_seconds} seconds", retry_after_seconds=wait_seconds)


def _email_limit(ctx: Context) -> RateLimit:
    return RateLimit(bucket="code", count=ctx.settings.codes_per_subject_hour)


def _email_key(ctx: Context, email: str) -> bytes:
    return visitor_key(ctx, f"email {normalise_email(email)}")


def _address_key(ctx: Context, address: str) -> bytes:
    return visitor_key(ctx, f"address {network_of(address)}")


def address_limit(ctx: Context, bucket: str) -> RateLimit:
    """Return the limit per network address of `register`, `sign_in`, `outside` or `enter_code`."""
    settings = ctx.settings
    count = {
        "register": settings.registrations_per_address_hour,
        "sign_in": settings.sign_ins_per_address_hour,
        "outside": settings.sign_ins_per_address_hour,
        "enter_code": settings.attempts_per_address_hour,
    }[bucket]
    return RateLimit(bucket=bucket, count=count)


def network_of(address: str) -> str:
    """Return what one visitor can hardly leave, *personal*: an IPv4 address itself, the /64 network of an IPv6 one.

    What is no address stays as it is.

    Source: RFC 4291, section 2.5.4: a subscriber has 64 bits of addresses to choose from.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, SUBSCRIBER_BITS), strict=False))


def count_address_in(unit: Unit, ctx: Context, bucket: str, address: str | None, now: datetime) -> None:
    """Count one try of a network address; None (no network between caller and service) is not counted.

    Raises:
        RateLimitedError: the address tried too often in this hour.
    """
    if address is not None:
        count_try_in(unit, address_limit(ctx, bucket), _address_key(ctx, address), now)


def count_email_in(unit: Unit, ctx: Context, email: str, now: datetime) -> None:
    """Count one code to an e-mail address, whether anyone has it or not.

    Raises:
        RateLimitedError: too many codes to this address in this hour.
    """
    count_try_in(unit, _email_limit(ctx), _email_key(ctx, email), now)


def count_phone_in(unit: Unit, ctx: Context, phone: str, now: datetime) -> None:
    """Count one code to whoever has a phone number, whether anyone has it or not.

    Raises:
        RateLimitedError: too many codes by this number in this hour.
    """
    count_try_in(unit, _email_limit(ctx), visitor_key(ctx, f"phone {normalise_phone(phone)}"), now)


def count_subject_in(unit: Unit, ctx: Context, subject_id: str, now: datetime) -> None:
    """Count one code to a subject who is signed in.

    Raises:
        RateLimitedError: too many codes to this subject in this hour.
    """
    count_try_in(unit, _proof_limit(ctx), _subject_key(ctx, subject_id), now)


def require_request_left_in(unit: Unit, ctx: Context, subject_id: str, now: datetime) -> None:
    """Refuse a request that may not be started, or could not be proved in this hour; nothing is counted.

    Raises:
        RateLimitedError: the subject started as many requests as they may get codes, or has no code left.
    """
    for limit in (_request_limit(ctx), _proof_limit(ctx)):
        start, wait = _window(limit, now)
        if unit.limits.count(limit.bucket, _subject_key(ctx, subject_id), window_start=start) >= limit.count:
            raise _limited(wait)


def count_request_in(unit: Unit, ctx: Context, subject_id: str, now: datetime) -> None:
    """Count one request that a subject starts, before anything of it is written.

    Raises:
        RateLimitedError: as `require_request_left_in`; the unit must not go on.
    """
    require_request_left_in(unit, ctx, subject_id, now)
    count_try_in(unit, _request_limit(ctx), _subject_key(ctx, subject_id), now)


def count_message_in(unit: Unit, ctx: Context, subject_id: str, now: datetime) -> None:
    """Count one message of a subject to support, before anything of it is written.

    Raises:
        RateLimitedError: too many messages of this subject in this hour; the unit must not go on.
    """
    count_try_in(unit, RateLimit(bucket="message", count=MESSAGES_PER_HOUR), _subject_key(ctx, subject_id), now)


def count_correction_in(unit: Unit, ctx: Context, subject_id: str, now: datetime) -> None:
    """Count one time that a subject says outside a session what is right, before anything of it is written.

    Raises:
        RateLimitedError: as many were said in this hour as a subject may get codes; the unit must not go on.
    """
    limit = RateLimit(bucket="correction", count=ctx.settings.codes_per_subject_hour)
    count_try_in(unit, limit, _subject_key(ctx, subject_id), now)


def count_bar_in(unit: Unit, ctx: Context, subject_id: str, now: datetime) -> None:
    """Count one request that needs no code and takes something back or lifts it: it is as easy to undo as to do.

    Raises:
        RateLimitedError: there were ten in this hour for each code that a subject may get.
    """
    limit = RateLimit(bucket="bar", count=BARS_FOR_A_CODE * ctx.settings.codes_per_subject_hour)
    count_try_in(unit, limit, _subject_key(ctx, subject_id), now)


def _proof_limit(ctx: Context) -> RateLimit:
    return RateLimit(bucket="proof", count=ctx.settings.codes_per_subject_hour)


def _request_limit(ctx: Context) -> RateLimit:
    # Each request is proved by a code: more of them could not be proved.
    return RateLimit(bucket="request", count=ctx.settings.codes_per_subject_hour)


def _subject_key(ctx: Context, subject_id: str) -> bytes:
    return visitor_key(ctx, f"subject {subject_id}")
