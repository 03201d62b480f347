"""Requests in words for who made them: where each stands, and what happened, line by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.rights.wording import KINDS
from camket.core.terms import Verification
from camket.services.staff_reading import READS
from camket.web.i18n import MessageId, marked, said, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.terms import Language
    from camket.services.own_requests import OwnLine

STANDS: Final[Mapping[RequestState, MessageId]] = {
    RequestState.UNVERIFIED: marked("waits for your proof"),
    RequestState.VERIFIED: marked("we have it"),
    RequestState.PROPOSED: marked("a second person looks at it"),
    RequestState.WAITING: marked("waits for your answer"),
    RequestState.APPROVED: marked("will be carried out"),
    RequestState.RUNNING: marked("is being carried out"),
    RequestState.DONE: marked("done"),
    RequestState.REFUSED: marked("we refused it"),
    RequestState.CANCELLED: marked("you took it back"),
    RequestState.EXPIRED: marked("expired"),
}
CHIPS: Final[Mapping[RequestState, str]] = {
    RequestState.UNVERIFIED: "chip ask",
    RequestState.WAITING: "chip ask",
    RequestState.DONE: "chip ok",
    RequestState.REFUSED: "chip no",
    RequestState.EXPIRED: "chip no",
}
"""The mood of a state, beside its word; a plain chip for the rest."""

HAPPENED: Final[Mapping[RequestEvent, MessageId]] = {
    RequestEvent.MAKE: marked("You made the request"),
    RequestEvent.VERIFY: marked("You proved who you are"),
    RequestEvent.JOIN: marked("The same was asked again; it is this request"),
    RequestEvent.ACCEPT: marked("You said yes to carrying it out"),
    RequestEvent.PROPOSE: marked("Staff want to do it on your behalf; a second person decides"),
    RequestEvent.APPROVE: marked("A second person said yes"),
    RequestEvent.DECLINE: marked("A second person said no to doing it on your behalf"),
    RequestEvent.START: marked("Carrying it out began"),
    RequestEvent.FAIL: marked("A step could not be done; it is tried again"),
    RequestEvent.FINISH: marked("It is done"),
    RequestEvent.REFUSE: marked("We refused it"),
    RequestEvent.ASK_SUBJECT: marked("We asked you something; the time stands still until you answer"),
    RequestEvent.ANSWER: marked("You answered"),
    RequestEvent.EXTEND: marked("It takes longer than we said"),
    RequestEvent.WITHDRAW: marked("You took it back"),
    RequestEvent.EXPIRE: marked("It expired; nothing was done"),
    RequestEvent.REOPEN: marked("You wrote once more"),
    RequestEvent.NOTE: marked("We noted something"),
}
FILED: Final = marked("Staff made the request for you")
SEEN: Final = marked("Staff saw you in person")
ASKED_FOR_YES: Final = marked("We asked whether you want it carried out; the time stands still until you answer")
WROTE: Final = marked("We wrote to you")
GOES_ON: Final = marked("Every step works again")
PROOFS: Final[Mapping[str, MessageId]] = {
    Verification.SESSION: marked("you were signed in"),
    Verification.EMAIL_CODE: marked("by a code to your e-mail address"),
    Verification.EMAIL_AND_PHONE: marked("by a code to your e-mail address, and your phone number"),
    Verification.PASSKEY: marked("by a passkey"),
    Verification.IN_PERSON: marked("in person"),
}
BAD: Final = frozenset({RequestEvent.REFUSE, RequestEvent.EXPIRE, RequestEvent.FAIL})
ASKS: Final = frozenset({RequestEvent.ASK_SUBJECT, RequestEvent.EXTEND, RequestEvent.PROPOSE})


@dataclass(frozen=True, kw_only=True, slots=True)
class LineShown:
    """One line of a timeline, in the reader's language.

    Args:
        who: pseudonym of the staff who did it; empty where it was the reader or the service.
        how: how it was done, where there is more to say; empty for nothing.
        text: *personal*; what was written with it; empty for nothing.
        mood: `no`, `ask` or nothing, for the mark beside it.
    """

    title: str
    at: datetime
    who: str
    how: str
    text: str = field(repr=False)
    mood: str


def said_kind(kind: RequestKind, language: Language) -> str:
    """Return what a request is for."""
    return said(KINDS[kind], language)


NOTES: Final[dict[str, MessageId]] = {
    READS: marked("Staff said why they look at your data"),
    "on_behalf": marked("Staff had it carried out on your behalf"),
    "filed": FILED,
    "failing": GOES_ON,
    "message": WROTE,
    "purposes": marked("What it may not be used for was changed"),
    "withdrawn": marked("The consent was taken back"),
    "told": marked("An outsider who may hold the old value was told"),
}
"""What a note is about, by what stands in its detail."""
FILES: Final[dict[str, MessageId]] = {
    "fetched": marked("You fetched the file"),
    "deleted": marked("You had the file deleted here"),
}


def said_state(state: RequestState, language: Language) -> str:
    """Return where a request stands."""
    return say(language, STANDS[state])


def chip_of(state: RequestState) -> str:
    """Return the class of the chip that says where a request stands."""
    return CHIPS.get(state, "chip")


def said_line(line: OwnLine, language: Language) -> LineShown:
    """Return a line of a timeline in words."""
    level = str(line.detail.get("level", ""))
    how = say(language, PROOFS[level]) if line.event is RequestEvent.VERIFY and level in PROOFS else ""
    return LineShown(
        title=say(language, _title(line)),
        at=line.at,
        who=line.staff or "",
        how=how,
        text=line.text or "",
        mood="no" if line.event in BAD else "ask" if line.event in ASKS else "",
    )


def _title(line: OwnLine) -> MessageId:
    if line.event is RequestEvent.MAKE and line.staff:
        return FILED
    if line.event is RequestEvent.VERIFY and line.staff:
        return SEEN
    if line.event is RequestEvent.ASK_SUBJECT and line.detail.get("asked") == "acceptance":
        return ASKED_FOR_YES
    if line.detail.get("file") in FILES:
        return FILES[str(line.detail["file"])]
    about = next((words for name, words in NOTES.items() if name in line.detail), None)
    if line.event is RequestEvent.NOTE and about is not None:
        return about
    return HAPPENED[line.event]
