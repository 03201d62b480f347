"""What the desk calls requests: their kinds, states and channels, their proofs, and what is left of their time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.rights.deadlines import DueKind
from camket.core.rights.machine import RequestEvent, RequestState
from camket.core.rights.wording import EVENTS
from camket.core.terms import Verification
from camket.services.access import SUBJECT
from camket.services.access_core import STAFF
from camket.services.request_queue import Urgency
from camket.services.staff_reading import READS
from camket.web.i18n import marked, said, translations
from camket.web.wording import HOUR_SECONDS, MINUTE_SECONDS, officer

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from camket.core.terms import Language
    from camket.services.request_case import CaseLine
    from camket.web.i18n import MessageId
    from camket.web.visit import Visit

DAY_SECONDS: Final = 24 * HOUR_SECONDS

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


NOTES: Final[dict[str, MessageId]] = {
    READS: marked("Said why the customer's data is looked at"),
    "failing": marked("No step fails any more"),
    "filed": marked("Filed for someone who called or came"),
    "on_behalf": marked("Carried out on the customer's behalf"),
    "purposes": marked("What it may not be used for was changed"),
    "withdrawn": marked("The consent was taken back"),
    "told": marked("An outsider who may hold the old value was told"),
    "carried_on": marked("Set going again from the command line"),
}
"""What a note is about, by what stands in its detail."""
FILES: Final[dict[str, MessageId]] = {
    "fetched": marked("The customer fetched the file"),
    "deleted": marked("The customer had the file deleted here"),
}
WARNED: Final[dict[str, MessageId]] = {
    "near": marked("Officers were warned that its time runs out"),
    "over": marked("Officers were warned that it is late"),
}


def line_words(visit: Visit, line: CaseLine) -> str:
    """Return what happened, in the reader's language."""
    what = said(EVENTS[line.event], visit.language)
    if line.event is RequestEvent.NOTE:
        return _note_words(visit, line) or what
    level = line.detail.get("level")
    if line.event is RequestEvent.VERIFY and level in LEVELS:
        return f"{what}: {visit.say(LEVELS[Verification(str(level))])}"
    return what


def _note_words(visit: Visit, line: CaseLine) -> str:
    """Return what a note is about; empty where its detail does not say."""
    who = line.detail.get("assigned")
    if who is not None:
        return visit.say("Given to %(name)s", name=who) if who else visit.say("Given back: nobody works on it")
    if line.detail.get("file") in FILES:
        return visit.say(FILES[str(line.detail["file"])])
    if "warned" in line.detail:
        return visit.say(WARNED[str(line.detail["warned"])])
    if "message" in line.detail:
        return visit.say("The customer was written to") if line.shown else visit.say("A comment among staff")
    return next((visit.say(words) for name, words in NOTES.items() if name in line.detail), "")


def who_words(visit: Visit, actor: str) -> str:
    """Return who did it, in the reader's language."""
    if actor == SUBJECT:
        return visit.say("the customer")
    return officer(actor) if actor.startswith(STAFF) else visit.say("by itself")
