"""The mail relay: one connection per mail, TLS where the setting says so, every failure by a word of a closed set.

Source: RFC 5321; RFC 8314 (implicit TLS), RFC 3207 (STARTTLS).
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from camket.adapters.mail.message import message_of
from camket.core.errors import MailError, SettingsError

if TYPE_CHECKING:
    from email.message import EmailMessage

    from camket.ports import Mail

TIMEOUT_SECONDS: Final = 10.0
_PERMANENT: Final = 500


class Security(StrEnum):
    """How the connection to the relay is protected."""

    PLAIN = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


_PORTS: Final = {Security.PLAIN: 25, Security.STARTTLS: 587, Security.TLS: 465}


class FailureKind(StrEnum):
    """Why a mail was not taken: what the outbox keeps of it."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    INSECURE = "insecure"
    LOGIN = "login"
    RECIPIENT = "recipient"
    REFUSED = "refused"
    BUSY = "busy"


_OF_THE_RELAY: Final = frozenset(
    {FailureKind.UNREACHABLE, FailureKind.TIMEOUT, FailureKind.INSECURE, FailureKind.LOGIN}
)
"""Failures that the next mail would meet too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailRelay:
    """Where mail is handed over.

    Args:
        user: None for a relay that asks for no login.
    """

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def read_relay(url: str) -> MailRelay:
    """Return the relay that a setting names.

    Raises:
        SettingsError: not such an address; the message does not repeat it, for it may hold a password.
    """
    parts = urlsplit(url)
    try:
        security, port = Security(parts.scheme), parts.port
    except ValueError:
        raise SettingsError("`smtp_url` begins with none of `smtp://`, `smtps://`, `smtp+starttls://`") from None
    if not parts.hostname:
        raise SettingsError("`smtp_url` names no host")
    if parts.username and security is Security.PLAIN:
        raise SettingsError("`smtp_url` would send its password in the clear; use `smtps://` or `smtp+starttls://`")
    return MailRelay(
        host=parts.hostname,
        port=port or _PORTS[security],
        security=security,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


class SmtpCarrier:
    """Hands mail to a relay. Keeps nothing.

    Args:
        relay: where to.
        timeout_seconds: how long each step of the talk may take.
        tls: what certificates are trusted; the system's when None.
    """

    def __init__(
        self, relay: MailRelay, *, timeout_seconds: float = TIMEOUT_SECONDS, tls: ssl.SSLContext | None = None
    ) -> None:
        self._relay = relay
        self._timeout = timeout_seconds
        self._tls = tls or ssl.create_default_context()

    def carry(self, mail: Mail) -> None:
        """Hand one mail over; see `camket.ports.MailCarrier`."""
        message = message_of(mail)
        # What the library raises quotes the address: `from None` keeps it out of every trace.
        try:
            with self._connect() as talk:
                self._hand_over(talk, message, mail)
        except smtplib.SMTPAuthenticationError:
            raise _failure(FailureKind.LOGIN) from None
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _failure(FailureKind.RECIPIENT, permanent=code >= _PERMANENT, code=code) from None
        except smtplib.SMTPNotSupportedError:
            raise _failure(FailureKind.INSECURE) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code) from None
        except smtplib.SMTPServerDisconnected as error:
            # The library reports a relay that fell silent as one that hung up.
            silent = isinstance(error.__context__, TimeoutError)
            raise _failure(FailureKind.TIMEOUT if silent else FailureKind.UNREACHABLE) from None
        except TimeoutError:
            raise _failure(FailureKind.TIMEOUT) from None
        except ssl.SSLError:
            raise _failure(FailureKind.INSECURE) from None
        except (smtplib.SMTPException, OSError):
            raise _failure(FailureKind.UNREACHABLE) from None

    def _connect(self) -> smtplib.SMTP:
        relay = self._relay
        if relay.security is Security.TLS:
            return smtplib.SMTP_SSL(relay.host, relay.port, timeout=self._timeout, context=self._tls)
        return smtplib.SMTP(relay.host, relay.port, timeout=self._timeout)

    def _hand_over(self, talk: smtplib.SMTP, message: EmailMessage, mail: Mail) -> None:
        if self._relay.security is Security.STARTTLS:
            # INVARIANT: a relay that offers no TLS gets nothing; `starttls` raises and the mail waits.
            talk.starttls(context=self._tls)
        if self._relay.user is not None:
            talk.login(self._relay.user, self._relay.password or "")
        talk.send_message(message, from_addr=mail.sender, to_addrs=[mail.recipient])


def _refusal(code: int) -> MailError:
    permanent = code >= _PERMANENT
    return _failure(FailureKind.REFUSED if permanent else FailureKind.BUSY, permanent=permanent, code=code)


def _failure(kind: FailureKind, *, permanent: bool = False, code: int | None = None) -> MailError:
    return MailError(
        f"the mail relay did not take a mail: {kind.value}",
        kind=kind.value,
        permanent=permanent,
        code=code,
        relay_down=kind in _OF_THE_RELAY,
    )
