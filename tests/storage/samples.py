"""Rows that tests store: each function fills in what the test does not care about."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from camket.core.rights.machine import RequestKind, RequestState
from camket.core.terms import Language, Source, SubjectState
from camket.core.vault.keyring import KeyKind
from camket.rows import (
    CertificateRow,
    CertificateState,
    CodeKind,
    CodeRow,
    FactKind,
    FactRow,
    HeldValueRow,
    IdentifierRow,
    MailRow,
    MailState,
    NewRecord,
    PolicyVersionRow,
    RecordLink,
    SessionRow,
    SubjectRow,
)
from camket.rows.requests import RequestChannel, RequestRow

R = TypeVar("R")

NOW = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)
"""The instant of every test."""


def after(seconds: float) -> datetime:
    """Return an instant so many seconds after `NOW`; before it where negative."""
    return NOW + timedelta(seconds=seconds)


def each(add: Callable[[R], object], rows: Iterable[R]) -> None:
    """Add rows one by one."""
    for row in rows:
        add(row)


def subject(subject_id: str = "alice", **given: Any) -> SubjectRow:  # noqa: ANN401 - any column
    """Return an active subject."""
    columns: dict[str, Any] = {
        "id": subject_id,
        "state": SubjectState.ACTIVE,
        "joined_version": 1,
        "joined_at": NOW,
        "confirmed_at": None,
        "erased_at": None,
        "language": Language.VI,
        "gpc_signalled_at": None,
        "gpc_overridden_at": None,
        "facts_revision": 0,
    }
    return SubjectRow(**columns | given)


def fact(fact_id: str, **given: Any) -> FactRow:  # noqa: ANN401 - any column
    """Return a consent of alice."""
    columns: dict[str, Any] = {
        "id": fact_id,
        "subject_id": "alice",
        "kind": FactKind.CONSENT,
        "body": {"purpose": "develop", "items": ["email"]},
        "at": NOW,
        "withdrawn_at": None,
    }
    return FactRow(**columns | given)


def identifier(subject_id: str, **given: Any) -> IdentifierRow:  # noqa: ANN401 - any column
    """Return the blind index of an e-mail address."""
    columns: dict[str, Any] = {
        "field": "email",
        "blind_index": b"\x01" * 32,
        "subject_id": subject_id,
        "key_version": 1,
        "claim": None,
    }
    return IdentifierRow(**columns | given)


def value(value_id: str, **given: Any) -> HeldValueRow:  # noqa: ANN401 - any column
    """Return a sealed e-mail address of alice."""
    columns: dict[str, Any] = {
        "id": value_id,
        "subject_id": "alice",
        "item": "email",
        "sealed": b"\x01sealed\x00\xff",
        "key_kind": KeyKind.LIVE,
        "service": "account",
        "source": Source.PROVIDED,
        "version": 1,
        "collected_at": NOW,
        "last_used_at": None,
        "article": None,
        "hold_until": None,
    }
    return HeldValueRow(**columns | given)


def record(number: int = 0, **given: Any) -> NewRecord:  # noqa: ANN401 - any column
    """Return a record that differs from those of other numbers."""
    columns: dict[str, Any] = {
        "facts": b'{"action":"use"}',
        "nonce_a": bytes([number]) * 32,
        "b": b"\x0b" * 32,
        "entry": number.to_bytes(32),
        "created_at": NOW,
    }
    return NewRecord(**columns | given)


def about(subject_id: str = "alice", *, action: str = "use") -> RecordLink:
    """Return the link of a record to a subject."""
    return RecordLink(subject_id=subject_id, action=action, sealed=b"part of " + subject_id.encode())


def policy(number: int, **given: Any) -> PolicyVersionRow:  # noqa: ANN401 - any column
    """Return a policy version."""
    columns: dict[str, Any] = {
        "number": number,
        "document_hash": f"d{number}",
        "meaning_hash": "m",
        "bundle": b"{}",
        "published_at": NOW,
        "effective_at": NOW,
    }
    return PolicyVersionRow(**columns | given)


def session(session_id: str, **given: Any) -> SessionRow:  # noqa: ANN401 - any column
    """Return a session of alice."""
    columns: dict[str, Any] = {
        "token_hash": session_id.encode().ljust(32, b"."),
        "id": session_id,
        "subject_id": "alice",
        "created_at": NOW,
        "last_seen_at": NOW,
        "expires_at": after(60),
        "verified_until": None,
        "browser_hash": None,
        "device_id": None,
    }
    return SessionRow(**columns | given)


def code(code_id: str, **given: Any) -> CodeRow:  # noqa: ANN401 - any column
    """Return an unused sign-in code of alice."""
    columns: dict[str, Any] = {
        "id": code_id,
        "subject_id": "alice",
        "browser_hash": b"\x0c" * 32,
        "code_hash": b"\x0d" * 32,
        "kind": CodeKind.SIGN_IN,
        "request_id": None,
        "tries": 0,
        "created_at": NOW,
        "expires_at": after(600),
        "used_at": None,
    }
    return CodeRow(**columns | given)


def request(request_id: str, **given: Any) -> RequestRow:  # noqa: ANN401 - any column
    """Return an unverified request of alice."""
    columns: dict[str, Any] = {
        "id": request_id,
        "subject_id": "alice",
        "kind": RequestKind.RECTIFY,
        "state": RequestState.UNVERIFIED,
        "number": f"number of {request_id}",
        "channel": RequestChannel.ACCOUNT,
        "policy_version": 1,
        "filed_by": None,
        "assigned_to": None,
        "created_at": NOW,
        "verified_at": None,
        "verified_level": None,
        "reply_due_at": None,
        "due_at": None,
        "warn_at": None,
        "warned_at": None,
        "replied_at": None,
        "paused_at": None,
        "extended_at": None,
        "failing": None,
        "failing_since": None,
        "done_at": None,
        "sealed": b"sealed",
    }
    return RequestRow(**columns | given)


def mail(mail_id: str, **given: Any) -> MailRow:  # noqa: ANN401 - any column
    """Return a queued mail to alice, due now."""
    columns: dict[str, Any] = {
        "id": mail_id,
        "subject_id": "alice",
        "template": "code",
        "args": {"code": "c1"},
        "state": MailState.QUEUED,
        "attempts": 0,
        "created_at": NOW,
        "next_at": NOW,
        "message_id": None,
        "last_error_kind": None,
        "sent_at": None,
    }
    return MailRow(**columns | given)


def certificate(token_hash: bytes, **given: Any) -> CertificateRow:  # noqa: ANN401 - any column
    """Return a certificate that is not made yet."""
    columns: dict[str, Any] = {
        "token_hash": token_hash,
        "sealed": None,
        "status": CertificateState.PENDING,
        "created_at": NOW,
        "expires_at": after(60),
    }
    return CertificateRow(**columns | given)
