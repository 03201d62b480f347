"""The development mailbox: what would have been sent, in memory, gone when the process ends."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from camket.adapters.mail.message import message_of

if TYPE_CHECKING:
    from camket.ports import Mail

MOST_MAILS: Final = 200


class Mailbox:
    """Keeps the newest mails. Safe to use from many threads.

    Only ever made for a loopback address under the development setting: whoever reads it can sign in as anyone.
    """

    def __init__(self, *, limit: int = MOST_MAILS) -> None:
        self._mails: deque[Mail] = deque(maxlen=limit)
        self._lock = threading.Lock()

    def carry(self, mail: Mail) -> None:
        """Keep one mail; see `camket.ports.MailCarrier`. What a relay could not carry is refused here too."""
        message_of(mail).as_bytes()
        with self._lock:
            self._mails.appendleft(mail)

    def mails(self) -> tuple[Mail, ...]:
        """Return the mails, *personal*, newest first; a mail that was sent twice stands there twice."""
        with self._lock:
            return tuple(self._mails)
