"""What staff prove themselves with: a password and a second factor, or a passkey.

Passwords are kept as argon2id hashes, the secret of the one-time passwords sealed under its owner's key, recovery codes
as HMAC. A passkey alone signs in (`camket.services.passkeys`): it then opens the session that this module's two steps
would have opened.
"""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.staff.one_time import (
    RECOVERY_BYTES,
    RECOVERY_CODES,
    SECRET_BYTES,
    matching_step,
    normal_recovery_code,
    recovery_code,
)
from camket.core.staff.passwords import SALT_BYTES, hash_password, is_outdated, matches
from camket.core.vault.lookup import IndexField, blind_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows.staff import StaffRow
    from camket.services.context import Context

_HASHING: Final = BoundedSemaphore(2)
"""Each hash takes 19 MiB while it is made: however many sign in at once, two are made at a time."""


def password_hash(ctx: Context, password: str) -> str:
    """Return the hash that is kept of a password, *personal*. Takes some 50 ms; never inside a unit of work."""
    with _HASHING:
        return hash_password(password, salt=ctx.entropy.token(SALT_BYTES))


def check_password(member: StaffRow | None, password: str) -> bool:
    """Say whether a password is a member's; the same work where there is no such member or they have none.

    Takes some 50 ms; never inside a unit of work.
    """
    kept = None if member is None else member.password_hash
    nobodys = _nobodys_hash()
    # INVARIANT: whether someone is known shows neither in the answer nor in how long it takes.
    with _HASHING:
        right = matches(password, nobodys if kept is None else kept)
    return right and kept is not None


def renewed_hash(ctx: Context, member: StaffRow, password: str) -> str | None:
    """Return a new hash of a right password where the kept one has parameters of the past; None where it has not."""
    if member.password_hash is None or not is_outdated(member.password_hash):
        return None
    return password_hash(ctx, password)


@cache
def _nobodys_hash() -> str:
    return hash_password("no one signs in with this", salt=bytes(SALT_BYTES))


def new_factor(ctx: Context, subject_id: str) -> bytes:
    """Return a new secret of one-time passwords, sealed for its owner's account; it counts once it is stored."""
    return ctx.door.seal_factor(subject_id=subject_id, secret=ctx.entropy.token(SECRET_BYTES))


def factor_secret(ctx: Context, member: StaffRow) -> bytes:
    """Return the secret of a member's one-time passwords.

    Raises:
        NotFoundError: they have none.
    """
    if member.totp_sealed is None:
        raise NotFoundError("there is no second factor")
    return ctx.door.open_factor(subject_id=member.subject_id, sealed=member.totp_sealed)


def has_factor(member: StaffRow) -> bool:
    """Say whether a member has a second factor that they have used at least once."""
    return member.totp_sealed is not None and member.totp_step is not None


def accept_password_of_step_in(unit: Unit, ctx: Context, member: StaffRow, typed: str, now: datetime) -> bool:
    """Say whether a one-time password is right and new, and take note of it in the caller's unit of work."""
    step = matching_step(factor_secret(ctx, member), typed, now)
    # INVARIANT: a one-time password is accepted once, and none older than the newest that was (RFC 6238, section 5.2).
    return step is not None and unit.staff.accept_step(member.subject_id, step)


def new_recovery_codes(ctx: Context) -> tuple[str, ...]:
    """Return ten new recovery codes, *personal*; they count once `keep_recovery_codes_in` has stored their hashes."""
    return tuple(recovery_code(ctx.entropy.token(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))


def keep_recovery_codes_in(unit: Unit, ctx: Context, subject_id: str, codes: Sequence[str]) -> None:
    """Put recovery codes in the place of those that were there, in the caller's unit of work."""
    unit.staff.add_recovery_codes(subject_id, [_code_hash(ctx, subject_id, code) for code in codes])


def use_recovery_code_in(unit: Unit, ctx: Context, subject_id: str, typed: str) -> bool:
    """Say whether a recovery code is right, and use it up in the caller's unit of work."""
    return unit.staff.use_recovery_code(subject_id, _code_hash(ctx, subject_id, typed))


def _code_hash(ctx: Context, subject_id: str, code: str) -> bytes:
    key = ctx.keys.index_keys(IndexField.CODE)[0]
    return blind_index(key, f"recovery {subject_id} {normal_recovery_code(code)}")
