"""A mail as the bytes that SMTP carries."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from camket.core.errors import InvalidValueError
from camket.ports import Mail

_ONE_CLICK = re.compile(r"https?://[!-;=?-~]+")


def message_of(mail: Mail) -> EmailMessage:
    """Return the message: plain text with an HTML alternative, and no header beyond what a reader needs.

    Raises:
        InvalidValueError: a header would carry a line end or another control character, or an address is none.

    Source: RFC 5322; RFC 3834 section 5 (`Auto-Submitted`), so that no absence notice answers; RFC 2369 section 3.2 and
        RFC 8058 section 3.1 (`List-Unsubscribe`), for a mail that can be unsubscribed from by one click.
    """
    for name in ("message_id", "sender_name", "sender", "recipient", "subject", "language"):
        # INVARIANT: no value can end its header and begin another one.
        if not getattr(mail, name).isprintable():
            raise InvalidValueError(f"the `{name}` of a mail is not one line")
    utf8 = not (mail.recipient.isascii() and mail.sender.isascii())
    message = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    message["Message-ID"] = mail.message_id
    message["Date"] = mail.date
    message["From"] = _address(mail.sender, mail.sender_name)
    message["To"] = _address(mail.recipient)
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    if mail.list_unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{_one_click(mail.list_unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    # Last: what is set before goes to the first of the two bodies alone.
    message["Content-Language"] = mail.language
    return message


def _one_click(address: str) -> str:
    # INVARIANT: the address can end neither its brackets nor its header.
    if _ONE_CLICK.fullmatch(address) is None:
        raise InvalidValueError("the `list_unsubscribe` of a mail is not an address of a page")
    return address


def _address(address: str, display_name: str = "") -> Address:
    try:
        return Address(display_name=display_name, addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        raise InvalidValueError("an address of a mail is not an e-mail address") from None
