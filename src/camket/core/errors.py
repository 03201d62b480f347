"""The one tree of errors, in the user's words.

Messages are lower case, quote the user's text in backticks, and say what was wrong, where, and what to do. A message
never carries personal data: it names the field, not the value, wherever the value came from a subject.
HTTP status codes and exit codes are mapped from these classes in one table each, in `camket.web` and `camket.cli`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class CamketError(Exception):
    """The root: everything camket raises on purpose. State is unchanged unless a subclass says otherwise."""


class InvalidValueError(CamketError):
    """A value that cannot exist: a naive instant, an unknown right, a case without its evidence."""


class PolicyError(CamketError):
    """A policy that cannot be read or does not hold together; carries every finding at once.

    Args:
        findings: all findings, in file order; never empty.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class PublishingError(CamketError):
    """A policy that may not be published like this; carries every reason at once. Its draft is kept.

    Args:
        reasons: all of them, each a sentence; never empty.
    """

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


class UnreadableError(CamketError):
    """A file or folder that the user named cannot be read at all; exit code 2."""


class DeniedError(CamketError):
    """The gate said no, or said that the subject must be asked first. Nothing was read, written or sent."""


class NotFoundError(CamketError):
    """What was named is not held, is not the caller's, or has expired; the three are not told apart."""


class VerificationError(CamketError):
    """A code, session or proof of identity that does not hold: wrong, expired, used, tried too often, another's."""


class RateLimitedError(CamketError):
    """Too many attempts.

    Args:
        retry_after_seconds: whole seconds until the next attempt is counted afresh.
    """

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ConflictError(CamketError):
    """The state moved between reading and writing; reading again and repeating is safe."""


class StoreError(CamketError):
    """The store could not make something durable (disk full, read-only, locked). Nothing was acknowledged."""


class KeyStoreError(CamketError):
    """The key store is missing, older than the database, wrong or unreadable. The service must not go on."""


class TlsError(CamketError):
    """The local certificate authority is in parts, another's, over or unreadable. Nothing of it was changed."""


class VaultError(CamketError):
    """A sealed value or wrapped key that does not open where it stands: changed, moved, or under another key."""


class LedgerError(CamketError):
    """Ledger bytes that do not verify, or a record that cannot be made."""


class MailError(CamketError):
    """A mail that no one took over.

    Args:
        kind: a word for what went wrong, from a closed set of the carrier; nothing personal.
        permanent: trying again will not help.
        code: the relay's reply code; None where it gave none.
        relay_down: the relay itself failed, not this one mail: others would fare the same.
    """

    def __init__(
        self, message: str, *, kind: str, permanent: bool, code: int | None = None, relay_down: bool = False
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.permanent = permanent
        self.code = code
        self.relay_down = relay_down


class HolderFailure(StrEnum):
    """Why a holder did not do what it was asked."""

    UNREACHABLE = "unreachable"
    """No connection to it, or one that broke off: whether it did it is not known."""
    TIMED_OUT = "timed_out"
    """It took too long: whether it did it is not known."""
    UNTRUSTED = "untrusted"
    """It could not prove by its certificate that it is the one that was meant; nothing was sent to it."""
    REFUSED = "refused"
    """It said no."""
    GARBLED = "garbled"
    """What it answered is no answer."""
    MISDECLARED = "misdeclared"
    """What the operator declared does not fit it, or the policy."""
    BROKEN = "broken"
    """It failed within itself."""


class HolderError(CamketError):
    """A guest or another system that holds data of subjects could not say what it holds, give, correct or destroy it.

    Args:
        holder: its name; nothing personal.
        failure: why, from a closed set; nothing personal.
    """

    def __init__(self, message: str, *, holder: str, failure: HolderFailure = HolderFailure.BROKEN) -> None:
        super().__init__(message)
        self.holder = holder
        self.failure = failure


class SettingsError(CamketError):
    """A setting that does not exist or cannot hold; the service does not start."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Finding:
    """One thing wrong in a text, with its place.

    Args:
        file: path as the user gave it, relative to the policy's folder where it lies inside.
        line: 1-based; 1 where the whole file is meant.
        message: lower case, the user's text in backticks, the nearest name at the end where there is one.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean `x`?)` for the closest known name, or the empty string when none is close."""
    matches = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f" (did you mean `{matches[0]}`?)" if matches else ""
