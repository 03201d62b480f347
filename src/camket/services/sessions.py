"""Sessions: signed-in browsers, kept in the database, listed and ended by their subject.

A session's token is 256 random bits that only the browser has; what is kept is its SHA-256. A session slides on while
it is used and ends for good after half a year.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import RIGHTS_PURPOSE, SubjectState
from camket.rows import SessionRow
from camket.services.access import SUBJECT
from camket.services.codes import browser_hash
from camket.services.devices import collect_device_in, device_facts
from camket.services.ids import random_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.gate.history import Standing
    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.services.access import Opened
    from camket.services.context import Context

TOKEN_BYTES: Final = 32
SLIDING: Final = timedelta(days=30)
"""A session that is not used for this long ends."""
ABSOLUTE: Final = timedelta(days=180)
"""A session ends this long after signing in, however much it is used."""
SEEN_EVERY: Final = timedelta(hours=1)
"""How exactly it is remembered when a session was last seen: one write an hour, not one a request."""

_LABEL_ITEMS: Final = ("device.name", "device.browser", "device.os_version", "device.model")


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """Who is signed in.

    Args:
        id: names the session to its subject; opens nothing.
        subject_id: opaque.
        language: what the subject reads.
        created_at: aware; when they signed in.
        last_seen_at: aware; exact to the hour.
        expires_at: aware; good until, exclusive.
        device_id: the device whose rows describe this browser; None where nothing was collected.
    """

    id: str
    subject_id: str
    language: Language
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    device_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A new session.

    Args:
        session_token: the browser's secret; it is nowhere else.
        subject_id: who signed in.
    """

    session_token: str = field(repr=False)
    subject_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionView:
    """A session as its subject sees it.

    Args:
        label: *personal*; name, browser, system and hardware of its device as far as they are held; empty for none.
        current: it is the session that asks.
    """

    id: str
    label: str = field(repr=False)
    created_at: datetime
    last_seen_at: datetime
    current: bool


def token_hash(token: str) -> bytes:
    """Return what is kept of a session's token."""
    return sha256(token.encode()).digest()


def open_session_in(
    unit: Unit,
    ctx: Context,
    *,
    subject_id: str,
    browser: str,
    headers: Mapping[str, str],
    address: str | None,
    now: datetime,
    confirmed: Standing | None = None,
) -> SignedIn:
    """Sign a subject in, in the caller's unit of work: session, ledger entry, what the device shows (P4, P5, P6).

    `confirmed` is where a subject stands who was confirmed in this very unit: no device of theirs is known yet.
    """
    token = base64.urlsafe_b64encode(ctx.entropy.token(TOKEN_BYTES)).decode().rstrip("=")
    standing = confirmed or ctx.door.standing_in(unit, subject_id, now)
    policy = standing.history.newest
    device = collect_device_in(
        unit,
        ctx,
        standing=standing,
        first=confirmed is not None,
        subject_id=subject_id,
        browser=browser,
        facts=device_facts(headers, address),
        now=now,
    )
    unit.sessions.add(
        SessionRow(
            token_hash=token_hash(token),
            id=random_id(ctx.entropy),
            subject_id=subject_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SLIDING,
            verified_until=None,
            browser_hash=browser_hash(browser),
            device_id=device,
        )
    )
    ctx.door.record_in(
        unit,
        actor=SUBJECT,
        action=LedgerAction.SESSION,
        subject_id=subject_id,
        purpose=RIGHTS_PURPOSE,
        version=policy.number,
    )
    return SignedIn(session_token=token, subject_id=subject_id)


def find_session(ctx: Context, token: str) -> Session | None:
    """Return who a token is for, or None where it is no one's, has expired, or its subject is gone.

    Effects:
        The session slides on; that it was seen is written once an hour.
    """
    now = ctx.clock.now()
    found = ctx.store.read(lambda unit: _look(unit, token, now))
    if found is None or now - found.last_seen_at < SEEN_EVERY:
        return found
    expires_at = min(now + SLIDING, found.created_at + ABSOLUTE)
    ctx.store.write(lambda unit: unit.sessions.touch(found.id, seen_at=now, expires_at=expires_at))
    return found


def _look(unit: Unit, token: str, now: datetime) -> Session | None:
    row = unit.sessions.by_token(token_hash(token))
    if row is None or row.expires_at <= now:
        return None
    subject = unit.subjects.get(row.subject_id)
    if subject is None or subject.state is not SubjectState.ACTIVE:
        return None
    return Session(
        id=row.id,
        subject_id=row.subject_id,
        language=subject.language,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        device_id=row.device_id,
    )


def list_sessions(ctx: Context, session: Session) -> tuple[SessionView, ...]:
    """Return every session of the subject that has not ended, last seen first; the one that asks is marked.

    Effects:
        Reading what the devices are called is on record, purpose `rights`, where the policy declares any of it.
    """
    now = ctx.clock.now()
    rows = ctx.store.read(lambda unit: unit.sessions.of_subject(session.subject_id))
    declared = {item.id for item in ctx.policies.in_force(ctx.store, now).newest.policy.items}
    labels = tuple(item for item in _LABEL_ITEMS if item in declared)
    opened: Opened | None = None
    if labels:
        opened = ctx.door.read(actor=SUBJECT, subject_id=session.subject_id, items=labels, purpose=RIGHTS_PURPOSE)
    return tuple(
        SessionView(
            id=row.id,
            label=_label(opened, row.device_id) if opened else "",
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.id == session.id,
        )
        for row in rows
        if row.expires_at > now
    )


def _label(opened: Opened, device: str | None) -> str:
    parts = [
        value.text
        for item in _LABEL_ITEMS
        for value in opened.values.get(item, ())
        if value.row_id == f"{device}.{item}"
    ]
    return " · ".join(parts)


def revoke_session(ctx: Context, session: Session, session_id: str) -> None:
    """End one of the subject's sessions at once; twice is refused.

    Raises:
        NotFoundError: it is not theirs, or has ended.

    Effects:
        The end and its ledger entry are durable together.
    """

    def revoke(unit: Unit) -> None:
        if not unit.sessions.delete(session.subject_id, session_id):
            raise NotFoundError("there is no such session")
        ctx.door.record_in(
            unit,
            actor=SUBJECT,
            action=LedgerAction.SESSION,
            subject_id=session.subject_id,
            purpose=RIGHTS_PURPOSE,
        )

    ctx.store.write(revoke)


def end_other_sessions_in(unit: Unit, ctx: Context, *, subject_id: str, kept: str | None) -> None:
    """End every session of a subject but one, in the caller's unit of work; one ledger entry where any ended.

    Args:
        unit: the end is durable when this unit is.
        ctx: the service.
        subject_id: whose.
        kept: id of the session that stays; None ends all.
    """
    if unit.sessions.delete_of_subject(subject_id, except_id=kept):
        ctx.door.record_in(
            unit, actor=SUBJECT, action=LedgerAction.SESSION, subject_id=subject_id, purpose=RIGHTS_PURPOSE
        )


def sign_out(ctx: Context, session: Session) -> None:
    """End this session; twice is once."""
    ctx.store.write(lambda unit: unit.sessions.delete(session.subject_id, session.id))
