"""One signed question over HTTP: to a checked address, without redirects, bounded in size and in time as a whole.

Source: RFC 2104 (HMAC), RFC 9110 section 15 (status codes).
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
import socket
import ssl
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from threading import Timer
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from camket.core.errors import HolderFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.rights.connectors import WebhookDeclaration

ANSWER_SECONDS: Final = 20.0
ANSWER_BYTES: Final = 8 * 1024 * 1024
ID_BYTES: Final = 16
OK: Final = 200
TOO_SLOW: Final = "it took too long"
PORTS: Final = {"http": 80, "https": 443}


class SendError(Exception):
    """A question got no answer; says why in words that quote none.

    Args:
        failure: the same as one of a closed set.
    """

    def __init__(self, message: str, failure: HolderFailure) -> None:
        super().__init__(message)
        self.failure = failure


def send(declaration: WebhookDeclaration, question: Mapping[str, str | None]) -> bytes:
    """Ask one question and return the whole answer.

    Raises:
        SendError: there was no answer of status 200 in time and size; whether the question arrived is not known.
    """
    parts = urlsplit(declaration.url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    body = json.dumps({**question, "id": secrets.token_hex(ID_BYTES)}).encode()
    tls = _tls(declaration) if parts.scheme == "https" else None
    connection = _Pinned(host, port, address=_address(declaration, host, port), tls=tls)
    # A server that sends a byte now and then would never run into a time-out of its socket.
    watch = Timer(ANSWER_SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=signed_headers(declaration, body, at=int(time.time())))
        with connection.getresponse() as answer:
            # INVARIANT: a redirect is no answer; what is asked goes nowhere but to the declared address.
            if answer.status != OK:
                raise SendError(f"it answered with status {answer.status}", HolderFailure.REFUSED)
            content = answer.read(ANSWER_BYTES + 1)
            if len(content) > ANSWER_BYTES:
                raise SendError(f"its answer is larger than {ANSWER_BYTES} bytes", HolderFailure.GARBLED)
            if connection.was_cut:
                raise SendError(TOO_SLOW, HolderFailure.TIMED_OUT)
            if answer.length:
                raise SendError("its answer broke off", HolderFailure.UNREACHABLE)
    except (OSError, HTTPException, ValueError) as error:
        raise _failed(error, was_cut=connection.was_cut) from None
    else:
        return content
    finally:
        watch.cancel()
        connection.close()


def signed_headers(declaration: WebhookDeclaration, body: bytes, *, at: int) -> dict[str, str]:
    """Return the headers that prove who asks, what and when.

    Args:
        declaration: has the key.
        body: of the request, as it is sent.
        at: seconds since 1970-01-01 UTC.
    """
    signature = hmac.digest(declaration.key, b"%d.%s" % (at, body), "sha256").hex()
    return {
        "Content-Type": "application/json",
        "Camket-Key": declaration.key_id,
        "Camket-Time": str(at),
        "Camket-Signature": signature,
    }


def _failed(error: Exception, *, was_cut: bool) -> SendError:
    """Return what to say of a connection that ended otherwise than by an answer."""
    if was_cut or isinstance(error, TimeoutError):
        return SendError(TOO_SLOW, HolderFailure.TIMED_OUT)
    if isinstance(error, ssl.SSLError):
        return SendError("its certificate does not hold, or it talks no TLS", HolderFailure.UNTRUSTED)
    return SendError("it cannot be reached, broke off, or talks something else than HTTP", HolderFailure.UNREACHABLE)


def _tls(declaration: WebhookDeclaration) -> ssl.SSLContext:
    """Return whom a certificate is believed from: the declared authority alone, or those that the system trusts."""
    try:
        return ssl.create_default_context(cafile=declaration.authority)
    except (OSError, ssl.SSLError):
        # The context is made anew for each question, so that a file that was renewed counts at once.
        raise SendError("the file that `authority` names holds no certificate", HolderFailure.MISDECLARED) from None


def _address(declaration: WebhookDeclaration, host: str, port: int) -> str:
    """Return the address to connect to; refuse where a name leads into a network that is not open to it."""
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError:
        raise SendError("its host has no address", HolderFailure.UNREACHABLE) from None
    # INVARIANT: every address that the name has is checked, and the one that was checked is connected to.
    if not declaration.private and not all(map(is_public, found)):
        message = "its host is in a private network; `private = true` lets it be asked there"
        raise SendError(message, HolderFailure.MISDECLARED)
    return found[0]


def is_public(address: str) -> bool:
    """Say whether an address is one of the open internet."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast


class _Pinned(HTTPConnection):
    """A connection to an address that was checked, under the host's own name; in the clear where `tls` is None."""

    def __init__(self, host: str, port: int, *, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=ANSWER_SECONDS)
        self._address = address
        self._tls = tls
        self._open: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        """Connect to the checked address, with TLS for the host where the scheme says so."""
        opened = socket.create_connection((self._address, self.port), timeout=self.timeout)
        if self._tls is not None:
            opened = self._tls.wrap_socket(opened, server_hostname=self.host, do_handshake_on_connect=False)
        # Where the answer ends with the connection, `sock` is let go of before the answer is read.
        self.sock = self._open = opened
        if isinstance(opened, ssl.SSLSocket):
            opened.do_handshake()

    def cut(self) -> None:
        """End whatever is under way; from another thread."""
        self.was_cut = True
        if self._open is not None:
            with suppress(OSError):
                self._open.shutdown(socket.SHUT_RDWR)
