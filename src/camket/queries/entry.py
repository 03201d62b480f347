"""Who may come in: sessions, codes, rate limits, certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from camket.rows import CertificateRow, CodeKind, CodeRow, RefusalCountRow, SessionRow


class SessionQueries(Protocol):
    """Sessions."""

    def add(self, row: SessionRow) -> None:
        """Store a session."""
        ...

    def by_token(self, token_hash: bytes) -> SessionRow | None:
        """Return the session of a token, expired or not."""
        ...

    def of_subject(self, subject_id: str) -> tuple[SessionRow, ...]:
        """Return a subject's sessions, last seen first."""
        ...

    def touch(self, session_id: str, *, seen_at: datetime, expires_at: datetime) -> bool:
        """Remember that a session was seen; False when it is gone."""
        ...

    def verify(self, session_id: str, *, until: datetime | None) -> bool:
        """Set until when a step-up verification holds; False when the session is gone."""
        ...

    def delete(self, subject_id: str, session_id: str) -> bool:
        """End one session of a subject; False when it is not theirs or gone."""
        ...

    def delete_of_subject(self, subject_id: str, *, except_id: str | None = None) -> int:
        """End a subject's sessions, all or all but one; return how many."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Drop sessions that expired before an instant; return how many."""
        ...


class CodeQueries(Protocol):
    """One-time codes."""

    def add(self, row: CodeRow) -> None:
        """Store a code."""
        ...

    def newest(self, browser_hash: bytes, kind: CodeKind, *, request_id: str | None = None) -> CodeRow | None:
        """Return the newest code of a browser, kind and, where given, request; used and expired ones too."""
        ...

    def count_try(self, code_id: str, *, limit: int, spent_at: datetime | None = None) -> int | None:
        """Count one try and return its number, from 1; None when `limit` tries were counted or the code is used.

        `spent_at` spends the code with the same statement; None leaves it for `use`.
        """
        ...

    def use(self, code_id: str, *, at: datetime) -> bool:
        """Spend a code; False when it was spent already."""
        ...

    def retire(self, browser_hash: bytes, kind: CodeKind) -> int:
        """Drop a browser's unused codes of one kind; return how many."""
        ...

    def delete_of_subject(self, subject_id: str) -> int:
        """Drop a subject's codes; return how many."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Drop codes that expired before an instant; return how many."""
        ...


class LimitQueries(Protocol):
    """Rate limits and the hourly sums of refused visitors."""

    def hit(self, bucket: str, key_hmac: bytes, *, window_start: datetime) -> int:
        """Count one attempt in a window and return how many there are now."""
        ...

    def count(self, bucket: str, key_hmac: bytes, *, window_start: datetime) -> int:
        """Return how many attempts a window has."""
        ...

    def refuse(self, reason: str, *, hour: datetime) -> None:
        """Add one refused visitor to the hour's sum for the reason."""
        ...

    def refusals(self, *, since: datetime) -> tuple[RefusalCountRow, ...]:
        """Return the hourly sums since an instant, oldest first, then by reason."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Drop windows that began before an instant; return how many. Sums of refusals stay."""
        ...


class CertificateQueries(Protocol):
    """Certificates of erasure that wait for their subject."""

    def add(self, row: CertificateRow) -> None:
        """Store a certificate, usually still pending."""
        ...

    def get(self, token_hash: bytes) -> CertificateRow | None:
        """Return the certificate of a token."""
        ...

    def complete(self, token_hash: bytes, sealed: bytes, *, expires_at: datetime) -> bool:
        """Make a pending certificate ready, to be fetched until an instant; False when it is not pending or gone."""
        ...

    def delete(self, token_hash: bytes) -> bool:
        """Drop a certificate; False when it was gone."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Drop finished certificates that expired before an instant, none that is still pending; return how many."""
        ...
