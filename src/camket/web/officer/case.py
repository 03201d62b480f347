"""A request at the desk: everything about it on one page, and every act on it in place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from camket.core.errors import ConflictError, HolderError, NotFoundError, VerificationError
from camket.core.intake.pictures import SIZES
from camket.core.rights.machine import RequestKind, RequestState
from camket.core.rights.wording import CHANNELS, KINDS, STATES
from camket.services.desk_acts import DeskAct
from camket.services.forms import FormError
from camket.services.on_behalf import needs_second
from camket.services.request_case import open_case
from camket.services.request_queue import next_due, urgency_of
from camket.services.requests import NO_REQUEST
from camket.services.staff_reading import staff_picture
from camket.web.customer.done import CASE_OPENED, CASE_WORKED_ON, lead_on, show_done
from camket.web.failing import said_failures
from camket.web.forms import problems_of
from camket.web.i18n import marked, said
from camket.web.officer.case_acts import ACTS, OPEN
from camket.web.officer.request_words import (
    DUES,
    LEVELS,
    STATE_MOODS,
    URGENCY_MOODS,
    due_words,
    line_words,
    who_words,
)
from camket.web.officer.requests import PATH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.services.request_case import CaseLine, CaseView
    from camket.web.i18n import MessageId
    from camket.web.visit import Visit

MOVED_ON: Final = marked("This cannot be done as the request stands now. Look below at what has happened meanwhile.")
UNPROVEN: Final = marked(
    "The proof of who asks has run out, or is weaker than the policy asks for. Have the customer prove who they are "
    "again, or see them in person."
)
SILENT: Final = marked("Another system does not say what it holds, so nothing was begun. Try again when it works.")
NO_ONE: Final = marked("There is no customer behind this request any more, or there never was. Nothing was done.")
TEXT_ROWS: Final = 4
IDLE: Final = frozenset({"assign", "release", OPEN})
"""Acts that carry nothing on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidCaseLine:
    """A line of the timeline in the reader's language.

    Args:
        closed: something was written that is not shown.
        text: *personal*; empty for nothing.
    """

    title: str
    who: str
    at: datetime
    state: str
    mood: str
    hidden: bool
    closed: bool
    text: str = field(repr=False)


def case(visit: Visit) -> Response:
    """Show a request.

    Raises:
        NotFoundError: there is no such request.
    """
    return _show(visit, visit.parameters["number"])


def act(visit: Visit) -> Response:
    """Do something with a request; what cannot be done is said on its page, with what was typed.

    Raises:
        NotFoundError: there is no such request, or no such act.
        DeniedError: who asks may not do this; nothing was done.
    """
    number, name = visit.parameters["number"], visit.parameters["act"]
    row = visit.context.store.read(lambda unit: unit.requests.by_number(number))
    if row is None or name not in ACTS:
        raise NotFoundError(NO_REQUEST)
    try:
        ACTS[name].run(visit, row.id)
    except FormError as error:
        return _show(visit, number, failed=name, problems=problems_of(error, visit.language), status=422)
    except (ConflictError, VerificationError, HolderError, NotFoundError) as error:
        return _show(visit, number, failed=name, stopped=visit.say(_sentence(error)), status=409)
    return lead_on(visit, f"{PATH}/{number}", CASE_OPENED if name == OPEN else CASE_WORKED_ON)


def picture(visit: Visit) -> Response:
    """Hand over a picture of a request's thread to who has said why they look; on record, and kept in no cache.

    Raises:
        NotFoundError: there is no such request, or no such picture in it.
        DeniedError: who asks may not read, or has given no reason that holds.
    """
    number = visit.parameters["number"]
    row = visit.context.store.read(lambda unit: unit.requests.by_number(number))
    if row is None:
        raise NotFoundError(NO_REQUEST)
    asked = visit.query.get("size", "")
    size = next((size for size in SIZES if asked == str(size)), SIZES[-1])
    data = staff_picture(visit.context, visit.staff, request_id=row.id, row_id=visit.parameters["picture"], size=size)
    return Response(data, media_type="image/webp")


def _sentence(error: Exception) -> MessageId:
    if isinstance(error, VerificationError):
        return UNPROVEN
    if isinstance(error, HolderError):
        return SILENT
    return NO_ONE if isinstance(error, NotFoundError) else MOVED_ON


def _show(
    visit: Visit,
    number: str,
    *,
    failed: str = "",
    problems: Mapping[str, str] | None = None,
    stopped: str = "",
    status: int = 200,
) -> Response:
    view = open_case(visit.context, visit.staff, number=number)
    row, now = view.row, visit.context.clock.now()
    urgency, due, acts = urgency_of(row, now), next_due(row), acts_shown(view, now)
    shown = {
        "view": view,
        "row": row,
        "kind": said(KINDS[row.kind], visit.language),
        "state": said(STATES[row.state], visit.language),
        "state_mood": STATE_MOODS.get(row.state, "plain"),
        "channel": said(CHANNELS[row.channel], visit.language),
        "left": due_words(visit, urgency, row.next_due_at if due else None),
        "due": visit.say(DUES[due]) if due else "",
        "mood": URGENCY_MOODS.get(urgency, ""),
        "level": visit.say(LEVELS[row.verified_level]) if row.verified_level else "",
        "proof_over": proof_over(view, now),
        "proofs": [(one, visit.say(LEVELS[one.level])) for one in view.proofs],
        "lines": [_line(visit, one) for one in reversed(view.lines)],
        "failing": said_failures(view.failing, visit.language),
        "answer": answer_sentences(visit, view),
        "acts": acts,
        "idle": acts <= IDLE,
        "failed": failed,
        "problems": problems or {},
        "stopped": stopped,
        "rows": TEXT_ROWS,
    }
    if status != 200:  # noqa: PLR2004 - what was done before is told on the page after it alone
        return visit.show("officer/case.html", status=status, done=None, **shown)
    return show_done(visit, "officer/case.html", **shown)


def acts_shown(view: CaseView, now: datetime) -> frozenset[str]:
    """Return the names of the acts that are offered."""
    row = view.row
    names = {name for name, one in ACTS.items() if one.needs in view.acts}
    proven = row.state is RequestState.VERIFIED and row.kind is not RequestKind.SUPPORT
    names -= {"propose", "carry-out", "send-code"}
    if DeskAct.PROPOSE in view.acts and proven:
        names.add("propose" if needs_second(row.kind) else "carry-out")
    if row.due_at is not None and row.due_at < now:
        names.discard("extend")  # an extension is told before the time ends
    names.discard("release" if row.assigned_to is None else "")
    return frozenset(names)


def proof_over(view: CaseView, now: datetime) -> bool:
    """Say whether the customer was proven once, and has to be again before anything is carried out for them."""
    waits = view.row.state in (RequestState.VERIFIED, RequestState.PROPOSED, RequestState.WAITING)
    if not waits or view.row.kind is RequestKind.SUPPORT:
        return False
    return not any(one.used_at is None and now < one.expires_at for one in view.proofs)


def answer_sentences(visit: Visit, view: CaseView) -> list[str]:
    """Return what the customer gets when the request is carried out, sentence by sentence."""
    row = view.row
    if row.done_at is not None or row.verified_at is None:
        return []
    values = sum(one.count for one in view.touches)
    if row.kind in (RequestKind.ACCESS, RequestKind.PORT):
        return [
            visit.say("One file with %(values)s values, every use on record, and the proofs.", values=values),
            visit.say("A link that works once, told by e-mail. The file itself is never mailed."),
        ]
    if row.kind is RequestKind.ERASE:
        kept = sum(one.count for one in view.stays)
        return [
            visit.say("%(values)s values are destroyed with their key.", values=values),
            visit.say("%(values)s values stay under lock, because a law orders it, until their dates.", values=kept),
            visit.say("A certificate that says both, and can be checked by anyone."),
        ]
    if row.kind is RequestKind.RECTIFY:
        return [visit.say("The new value in the place of the old one; whoever received the old one is told.")]
    if row.kind is RequestKind.SUPPORT:
        return [visit.say("Your answer in the thread, and a mail that leads to it.")]
    return [visit.say("It holds from the same moment on; their own rights stay open.")]


def _line(visit: Visit, line: CaseLine) -> SaidCaseLine:
    moods = {RequestState.REFUSED: "no", RequestState.EXPIRED: "no", RequestState.WAITING: "ask"}
    return SaidCaseLine(
        title=line_words(visit, line),
        who=who_words(visit, line.actor),
        at=line.at,
        state=said(STATES[line.state], visit.language),
        mood=moods.get(line.state, ""),
        hidden=not line.shown,
        closed=line.written and line.text is None,
        text=line.text or "",
    )
