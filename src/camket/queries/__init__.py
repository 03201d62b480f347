"""What can be asked of the store, area by area: one named method per query, each with a sentence.

All of them work inside a unit of work (`camket.ports.Store`). A query for one row returns None when there is none; a
query for many returns an empty tuple. Text compares by bytes on every store: `a` is not `A`, and a letter written with
one code point is not the same letter written with two.
"""

from camket.queries.consents import ConsentQueries
from camket.queries.entry import CertificateQueries, CodeQueries, LimitQueries, SessionQueries
from camket.queries.evidence import InstallationQueries, LedgerQueries, PolicyQueries, RecordQueries
from camket.queries.health import HealthQueries
from camket.queries.news import NewsQueries
from camket.queries.notices import NoticeQueries
from camket.queries.passkeys import PasskeyQueries
from camket.queries.people import FactQueries, IdentifierQueries, SubjectQueries, ValueQueries
from camket.queries.publishing import PublishingQueries
from camket.queries.request_queue import RequestQueueQueries
from camket.queries.requests import RequestPartQueries, RequestQueries
from camket.queries.staff import StaffQueries
from camket.queries.work import JobQueries, OutboxQueries

__all__ = [
    "CertificateQueries",
    "CodeQueries",
    "ConsentQueries",
    "FactQueries",
    "HealthQueries",
    "IdentifierQueries",
    "InstallationQueries",
    "JobQueries",
    "LedgerQueries",
    "LimitQueries",
    "NewsQueries",
    "NoticeQueries",
    "OutboxQueries",
    "PasskeyQueries",
    "PolicyQueries",
    "PublishingQueries",
    "RecordQueries",
    "RequestPartQueries",
    "RequestQueries",
    "RequestQueueQueries",
    "SessionQueries",
    "StaffQueries",
    "SubjectQueries",
    "ValueQueries",
]
