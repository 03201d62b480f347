"""What the desk calls requests: their kinds, states and channels, their proofs, and what is left of their time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.rights.deadlines import DueKind
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.terms import Verification
from camket.rows.requests import RequestChannel
from camket.services.request_queue import Urgency
from camket.web.i18n import marked, translations
from camket.web.wording import HOUR_SECONDS, MINUTE_SECONDS

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from camket.core.terms import Language
    from camket.web.i18n import MessageId
    from camket.web.visit import Visit

DAY_SECONDS: Final = 24 * HOUR_SECONDS

KINDS: Final[dict[RequestKind, MessageId]] = {
    RequestKind.ACCESS: marked("Copy"),
    RequestKind.RECTIFY: marked("Correction"),
    RequestKind.ERASE: marked("Deletion"),
    RequestKind.PORT: marked("Copy to take along"),
    RequestKind.RESTRICT: marked("Restriction"),
    RequestKind.OBJECT: marked("Objection"),
    RequestKind.WITHDRAW: marked("Withdrawal"),
    RequestKind.SUPPORT: marked("Question"),
}
STATES: Final[dict[RequestState, MessageId]] = {
    RequestState.UNVERIFIED: marked("waits for proof"),
    RequestState.VERIFIED: marked("to be decided"),
    RequestState.PROPOSED: marked("waits for a second person"),
    RequestState.WAITING: marked("waits for the customer"),
    RequestState.APPROVED: marked("accepted, begins soon"),
    RequestState.RUNNING: marked("is being carried out"),
    RequestState.DONE: marked("done"),
    RequestState.REFUSED: marked("refused"),
    RequestState.CANCELLED: marked("taken back"),
    RequestState.EXPIRED: marked("lapsed"),
}
STATE_MOODS: Final = {
    RequestState.PROPOSED: "ask",
    RequestState.WAITING: "ask",
    RequestState.UNVERIFIED: "ask",
    RequestState.APPROVED: "",
    RequestState.RUNNING: "",
    RequestState.DONE: "",
    RequestState.REFUSED: "no",
}
LEVELS: Final[dict[Verification, MessageId]] = {
    Verification.SESSION: marked("signed in"),
    Verification.EMAIL_CODE: marked("code by e-mail"),
    Verification.EMAIL_AND_PHONE: marked("e-mail and phone"),
    Verification.PASSKEY: marked("passkey"),
    Verification.IN_PERSON: marked("seen in person"),
}
CHANNELS: Final[dict[RequestChannel, MessageId]] = {
    RequestChannel.ACCOUNT: marked("from their account"),
    RequestChannel.OUTSIDE: marked("from outside, by e-mail or phone"),
    RequestChannel.STAFF: marked("filed by staff"),
    RequestChannel.APP: marked("through an app"),
}
DUES: Final[dict[DueKind, MessageId]] = {
    DueKind.REPLY: marked("answer"),
    DueKind.COMPLETE: marked("carry out"),
    DueKind.TELL_EXTENSION: marked("tell of the extension"),
}
URGENCY_MOODS: Final = {Urgency.LATE: "late", Urgency.SOON: "soon"}


def time_left(until: datetime, now: datetime, language: Language) -> str:
    """Return how much time is left as a person would say it: `còn 6 giờ`, `quá hạn 2 ngày`."""
    catalogue = translations(language)
    left = until - now
    if left.total_seconds() >= 0:
        return catalogue.gettext("%(time)s left") % {"time": length(left, language)}
    return catalogue.gettext("%(time)s late") % {"time": length(-left, language)}


def length(span: timedelta, language: Language) -> str:
    """Return a length of time in its largest unit, `3 ngày`; never less than a minute."""
    catalogue = translations(language)
    seconds = span.total_seconds()
    if seconds >= 2 * DAY_SECONDS:
        number = int(seconds // DAY_SECONDS)
        return catalogue.ngettext("%(num)d day", "%(num)d days", number) % {"num": number}
    if seconds >= HOUR_SECONDS:
        number = int(seconds // HOUR_SECONDS)
        return catalogue.ngettext("%(num)d hour", "%(num)d hours", number) % {"num": number}
    number = max(1, int(seconds // MINUTE_SECONDS))
    return catalogue.ngettext("%(num)d minute", "%(num)d minutes", number) % {"num": number}


def due_words(visit: Visit, urgency: Urgency, due_at: datetime | None) -> str:
    """Return how a request stands in time, in the reader's language."""
    if urgency is Urgency.WAITS:
        return visit.say("the clock stands still")
    if urgency is Urgency.OVER:
        return visit.say("over")
    if due_at is None:
        return visit.say("no fixed time")
    return time_left(due_at, visit.context.clock.now(), visit.language)
