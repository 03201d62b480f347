"""The unit of work: every area of the store over one connection."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from camket.adapters.store.areas.certificates import CertificateArea
from camket.adapters.store.areas.codes import CodeArea
from camket.adapters.store.areas.consents import ConsentArea
from camket.adapters.store.areas.facts import FactArea
from camket.adapters.store.areas.health import HealthArea
from camket.adapters.store.areas.identifiers import IdentifierArea
from camket.adapters.store.areas.installation import InstallationArea
from camket.adapters.store.areas.jobs import JobArea
from camket.adapters.store.areas.ledger import LedgerArea
from camket.adapters.store.areas.limits import LimitArea
from camket.adapters.store.areas.news import NewsArea
from camket.adapters.store.areas.notices import NoticeArea
from camket.adapters.store.areas.outbox import OutboxArea
from camket.adapters.store.areas.passkeys import PasskeyArea
from camket.adapters.store.areas.policies import PolicyArea
from camket.adapters.store.areas.publishing import PublishingArea
from camket.adapters.store.areas.records import RecordArea
from camket.adapters.store.areas.request_parts import RequestPartArea
from camket.adapters.store.areas.request_queue import RequestQueueArea
from camket.adapters.store.areas.requests import RequestArea
from camket.adapters.store.areas.sessions import SessionArea
from camket.adapters.store.areas.staff import StaffArea
from camket.adapters.store.areas.subjects import SubjectArea
from camket.adapters.store.areas.values import ValueArea
from camket.core.errors import StoreError

if TYPE_CHECKING:
    from camket.adapters.store.statements import Link


class StoreTicket:
    """Whether one unit of work has become durable; only the store sets it, after the commit."""

    __slots__ = ("durable",)

    def __init__(self) -> None:
        self.durable = False


class StoreUnit:
    """Every area over one connection; made once for a connection, handed to one unit of work after another."""

    __slots__ = (
        "certificates",
        "codes",
        "consents",
        "facts",
        "health",
        "identifiers",
        "installation",
        "jobs",
        "ledger",
        "limits",
        "news",
        "notices",
        "outbox",
        "passkeys",
        "policies",
        "publishing",
        "records",
        "request_parts",
        "request_queue",
        "requests",
        "sessions",
        "staff",
        "subjects",
        "ticket",
        "values",
    )

    def __init__(self, link: Link) -> None:
        self.ticket = StoreTicket()
        self.installation = InstallationArea(link)
        self.policies = PolicyArea(link)
        self.publishing = PublishingArea(link)
        self.subjects = SubjectArea(link)
        self.facts = FactArea(link)
        self.consents = ConsentArea(link)
        self.identifiers = IdentifierArea(link)
        self.health = HealthArea(link)
        self.values = ValueArea(link)
        self.records = RecordArea(link)
        self.ledger = LedgerArea(link)
        self.sessions = SessionArea(link)
        self.codes = CodeArea(link)
        self.requests = RequestArea(link)
        self.request_parts = RequestPartArea(link)
        self.request_queue = RequestQueueArea(link)
        self.outbox = OutboxArea(link)
        self.notices = NoticeArea(link)
        self.jobs = JobArea(link)
        self.limits = LimitArea(link)
        self.certificates = CertificateArea(link)
        self.staff = StaffArea(link)
        self.passkeys = PasskeyArea(link)
        self.news = NewsArea(link)


class Inside(threading.local):
    """Whether this thread is running a unit of work: one started inside another would wait for itself."""

    running: bool = False

    def refuse(self) -> None:
        """Refuse to start a unit inside a unit.

        Raises:
            StoreError: this thread is running one.
        """
        if self.running:
            raise StoreError("a unit of work cannot start another; use the unit that was handed in")
