"""Requests as the desk finds them: made and proven by the services themselves, without a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.rights.proof import ProofPlace
from camket.core.terms import Verification
from camket.rows.requests import RequestChannel
from camket.services.requests import start_request_in
from camket.services.verification import verified_in

if TYPE_CHECKING:
    from camket.core.rights.machine import RequestKind
    from camket.rows.requests import RequestRow
    from camket.services.context import Context
    from camket.services.requests import RequestBody

NO_ONE = "d" * 32
"""Subject of requests that were made for an address that nobody has."""


def make_request(
    ctx: Context,
    subject_id: str,
    kind: RequestKind,
    *,
    level: Verification | None = Verification.EMAIL_CODE,
    body: RequestBody | None = None,
    channel: RequestChannel = RequestChannel.OUTSIDE,
) -> RequestRow:
    """Make a request and prove it; without a level no one proves it."""
    made = ctx.store.write(
        lambda unit: start_request_in(unit, ctx, subject_id=subject_id, kind=kind, channel=channel, body=body)
    )
    if level is not None:
        place = ProofPlace(browser_hash=b"b" * 32)
        ctx.store.write(
            lambda unit: verified_in(unit, ctx, subject_id=subject_id, request_id=made.id, level=level, place=place)
        )
    return as_it_stands(ctx, made)


def as_it_stands(ctx: Context, row: RequestRow) -> RequestRow:
    """Return a request as it stands now."""
    found = ctx.store.read(lambda unit: unit.requests.find(row.id))
    assert found is not None
    return found
