"""One-time codes by e-mail: six digits, ten minutes, five tries, one use, bound to the browser that asked.

No code is stored. The digits follow from the row's random id under the code key, which lives in the key store, so a
mail can be filled when it is sent, twice with the same digits, and a copy of the database yields none. What is stored
to compare with is an HMAC under the same key.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import VerificationError
from camket.core.vault.lookup import IndexField, blind_index
from camket.rows import CodeKind, CodeRow
from camket.services.ids import random_id
from camket.services.limits import count_address_in
from camket.services.refusals import RefusalReason, count_refusal, counting_refusals

if TYPE_CHECKING:
    from datetime import datetime

    from camket.ports import Unit
    from camket.services.context import Context

CODE_DIGITS: Final = 6
CODE_LIFETIME: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5

WRONG: Final = "the code is wrong"
EXPIRED: Final = "the code has expired or was used; ask for a new one"
TOO_MANY: Final = "too many wrong codes; ask for a new one"


def browser_hash(browser: str) -> bytes:
    """Return the hash under which a browser's random token is kept."""
    return sha256(browser.encode()).digest()


def code_text(ctx: Context, code_id: str) -> str:
    """Return the six digits of a code; the same ones every time.

    Called when the mail is filled. Nothing is written.
    """
    digest = blind_index(ctx.keys.index_keys(IndexField.CODE)[0], f"digits {code_id}")
    return f"{int.from_bytes(digest, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def issue_code_in(
    unit: Unit,
    ctx: Context,
    *,
    kind: CodeKind,
    subject_id: str,
    browser: str,
    now: datetime,
    request_id: str | None = None,
) -> str:
    """Make a code in the caller's unit of work and return its id; of one browser and kind, the newest counts.

    Args:
        unit: the code stands when this unit is durable.
        ctx: the service.
        kind: what it is good for.
        subject_id: whose it is; a decoy for an address that no one has.
        browser: the random token of the browser that asked; the code works in no other.
        now: aware.
        request_id: the one request that it proves, for a step-up.
    """
    code_id = random_id(ctx.entropy)
    unit.codes.add(
        CodeRow(
            id=code_id,
            subject_id=subject_id,
            browser_hash=browser_hash(browser),
            code_hash=_hash_of(ctx, code_id, code_text(ctx, code_id)),
            kind=kind,
            request_id=request_id,
            tries=0,
            created_at=now,
            expires_at=now + CODE_LIFETIME,
            used_at=None,
        )
    )
    return code_id


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedCode:
    """What was typed is not the code; why, as the one who typed it is told.

    Args:
        reason: in the user's words.
        unknown: this browser was sent no such code at all.
    """

    reason: str
    unknown: bool = False


def enter_code(
    ctx: Context,
    *,
    kind: CodeKind,
    browser: str,
    typed: str,
    address: str | None = None,
    request_id: str | None = None,
) -> CodeRow:
    """Compare what was typed with the newest code of this browser; the code is not used up yet.

    Args:
        ctx: the service.
        kind: what the code has to be good for.
        browser: the random token of the browser it is entered in.
        typed: as typed; spaces around and between the digits do not matter.
        address: *personal*; where the request came from, for the rate limit; None is not limited.
        request_id: the request that it has to prove.

    Returns:
        The code's row; `use_code_in` then uses it up in the unit of work of its effect.

    Raises:
        VerificationError: wrong, expired, used, of another browser or request, or entered more than five times. The try
            counts all the same: it is durable before anyone hears how it ended.
        RateLimitedError: too many codes from one address in an hour.
    """
    now = ctx.clock.now()

    def enter(unit: Unit) -> CodeRow | RefusedCode:
        return enter_code_in(
            unit, ctx, kind=kind, browser=browser, typed=typed, address=address, now=now, request_id=request_id
        )

    with counting_refusals(ctx):
        entered = ctx.store.write(enter)
    if isinstance(entered, RefusedCode):
        raise refused_code(ctx, entered)
    return entered


def enter_code_in(
    unit: Unit,
    ctx: Context,
    *,
    kind: CodeKind,
    browser: str,
    typed: str,
    address: str | None,
    now: datetime,
    request_id: str | None = None,
) -> CodeRow | RefusedCode:
    """Do what `enter_code` does inside the caller's unit of work.

    A refusal is returned, not raised, and the caller lets the unit end: what is raised in it would undo the try. After
    the unit the caller raises `refused_code`.

    Raises:
        RateLimitedError: too many codes from one address in an hour.
    """
    count_address_in(unit, ctx, "enter_code", address, now)
    row = unit.codes.newest(browser_hash(browser), kind, request_id=request_id)
    tries = None if row is None else unit.codes.count_try(row.id, limit=CODE_TRIES)
    return _compared(row, same=_is_same(ctx, row, typed), tries=tries, now=now)


def spend_code_in(
    unit: Unit, ctx: Context, *, kind: CodeKind, browser: str, typed: str, address: str | None, now: datetime
) -> CodeRow | RefusedCode:
    """Do what `enter_code_in` does, and where the code is right use it up with the same statement.

    For a code whose effect is in this very unit: there is nothing left for `use_code_in` to do.

    Raises:
        RateLimitedError: too many codes from one address in an hour.
    """
    count_address_in(unit, ctx, "enter_code", address, now)
    row = unit.codes.newest(browser_hash(browser), kind)
    same = _is_same(ctx, row, typed)
    tries = None
    if row is not None:
        # INVARIANT: a code has one effect: using it up and the effect are one unit of work.
        spent_at = now if same and row.expires_at > now else None
        tries = unit.codes.count_try(row.id, limit=CODE_TRIES, spent_at=spent_at)
    return _compared(row, same=same, tries=tries, now=now)


def _is_same(ctx: Context, row: CodeRow | None, typed: str) -> bool:
    given = _hash_of(ctx, row.id if row else "", "".join(typed.split()))
    return hmac.compare_digest(given, row.code_hash if row else bytes(len(given)))


def _compared(row: CodeRow | None, *, same: bool, tries: int | None, now: datetime) -> CodeRow | RefusedCode:
    # INVARIANT: who typed hears how it ended only once the try is durable, so that no crash gives a try back.
    if row is None or row.used_at is not None or row.expires_at <= now:
        return RefusedCode(reason=EXPIRED, unknown=row is None)
    if tries is None:
        return RefusedCode(reason=TOO_MANY)
    return row if same else RefusedCode(reason=WRONG)


def refused_code(ctx: Context, refused: RefusedCode) -> VerificationError:
    """Return the error for a refused code, after counting one that no one was sent."""
    if refused.unknown:
        count_refusal(ctx, RefusalReason.UNKNOWN_CODE)
    return VerificationError(refused.reason)


def use_code_in(unit: Unit, row: CodeRow, now: datetime) -> None:
    """Use up a code that was compared, in the unit of work of its effect.

    Raises:
        VerificationError: it was used in the meantime; the unit must not go on.
    """
    # INVARIANT: a code has one effect: using it up and the effect are one unit of work.
    if not unit.codes.use(row.id, at=now):
        raise VerificationError(EXPIRED)


def _hash_of(ctx: Context, code_id: str, digits: str) -> bytes:
    return blind_index(ctx.keys.index_keys(IndexField.CODE)[0], f"hash {code_id} {digits}")
