"""The queue at the desk: what is due first, filtered by what one is looking for, one request by its number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode

from camket.core.rights.machine import RequestKind, RequestState
from camket.core.rights.wording import KINDS, STATES
from camket.core.staff.roles import Role
from camket.rows.request_queue import COUNTED_UNPROVEN, QueueHolder, QueueList, QueuePlace, QueueWish
from camket.services.request_case import receipt_form
from camket.services.request_queue import list_queue
from camket.web.endpoints import see_other
from camket.web.i18n import marked, said
from camket.web.officer.request_words import DUES, LEVELS, STATE_MOODS, URGENCY_MOODS, due_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.services.request_queue import QueueEntry
    from camket.web.i18n import MessageId
    from camket.web.visit import Visit

W = TypeVar("W", bound=StrEnum)

PATH: Final = "/officer/requests"
READERS: Final = frozenset({Role.OFFICER, Role.SUPPORT, Role.AUDITOR})
"""Who sees requests; an auditor sees no value of any."""
LISTS: Final[dict[QueueList, MessageId]] = {
    QueueList.DUE: marked("Open now"),
    QueueList.UNPROVEN: marked("Waiting for proof"),
    QueueList.ENDED: marked("Ended"),
}
LISTED_STATES: Final[dict[QueueList, tuple[RequestState, ...]]] = {
    QueueList.DUE: (
        RequestState.VERIFIED,
        RequestState.PROPOSED,
        RequestState.WAITING,
        RequestState.APPROVED,
        RequestState.RUNNING,
    ),
    QueueList.UNPROVEN: (),
    QueueList.ENDED: (RequestState.DONE, RequestState.REFUSED, RequestState.CANCELLED, RequestState.EXPIRED),
}
"""What a list can be narrowed to."""
HOLDERS: Final[dict[str, MessageId]] = {"me": marked("mine"), "nobody": marked("nobody's")}
AFTER: Final = "after"
BEFORE: Final = "before"
_PLACE: Final = re.compile(r"(\d{1,17})\.([0-9A-Za-z_-]{1,64})")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidEntry:
    """One request in the reader's language.

    Args:
        due: what is due, in a word; empty where nothing is.
        left: how much time is left.
        mood: `late` or `soon`; empty where there is time.
        mask: *personal*; None where nothing of whose it is may be shown.
        proof: how who asks was proven; empty where they are not.
    """

    number: str
    kind: str
    due: str
    left: str
    due_at: datetime | None
    mood: str
    state: str
    state_mood: str
    proof: str
    assigned_to: str | None
    failing: bool
    created_at: datetime
    done_at: datetime | None
    mask: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What the address of a page of the queue asks for; what it does not name, or names wrongly, is not chosen.

    Args:
        holder: a key of `HOLDERS`, or empty.
    """

    which: QueueList
    kind: RequestKind | None
    state: RequestState | None
    holder: str

    @property
    def narrowed(self) -> bool:
        """Something is filtered."""
        return bool(self.kind or self.state or self.holder)

    def query(self, **changes: str) -> str:
        """Return the query of a page that asks for the same, but for the changes."""
        asked = {"list": self.which, "kind": self.kind or "", "state": self.state or "", "who": self.holder}
        return urlencode({name: value for name, value in (asked | changes).items() if value})

    def wish(self, pseudonym: str) -> QueueWish:
        """Return what is to be read."""
        holder = {"me": QueueHolder.ONE, "nobody": QueueHolder.NOBODY}.get(self.holder, QueueHolder.ANYONE)
        return QueueWish(
            kinds=(self.kind,) if self.kind else tuple(RequestKind),
            states=(self.state,) if self.state else tuple(RequestState),
            holder=holder,
            who=pseudonym if holder is QueueHolder.ONE else "",
        )


def queue(visit: Visit) -> Response:
    """Show a page of the queue."""
    return _show(visit)


def find(visit: Visit) -> Response:
    """Lead to the request whose number was typed; sent as a form, so that no address holds what someone types."""
    typed = visit.typed("number")
    number = receipt_form(typed)
    if number is not None and visit.context.store.read(lambda unit: unit.requests.by_number(number)) is not None:
        return see_other(f"{PATH}/{number}")
    return _show(visit, typed=typed[:40], problem=visit.say("There is no request with this number."), status=404)


def _show(visit: Visit, *, typed: str = "", problem: str = "", status: int = 200) -> Response:
    chosen = read_chosen(visit.query)
    place, back = _read_place(visit.query)
    page = list_queue(
        visit.context,
        visit.staff,
        which=chosen.which,
        wish=chosen.wish(visit.staff.pseudonym),
        place=place,
        back=back,
    )
    return visit.show(
        "officer/requests.html",
        status=status,
        chosen=chosen,
        lists=[(which, visit.say(words), chosen.query(list=which, state="")) for which, words in LISTS.items()],
        kinds=[(kind, said(words, visit.language)) for kind, words in KINDS.items()],
        states=[(state, said(STATES[state], visit.language)) for state in LISTED_STATES[chosen.which]],
        holders=[(name, visit.say(words)) for name, words in HOLDERS.items()],
        entries=[_say(visit, entry) for entry in page.entries],
        count=page.count,
        counted_unproven=COUNTED_UNPROVEN,
        newer=page.newer and chosen.query(**{BEFORE: _write_place(page.newer)}),
        older=page.older and chosen.query(**{AFTER: _write_place(page.older)}),
        typed=typed,
        problem=problem,
    )


def read_chosen(query: Mapping[str, str]) -> Chosen:
    """Return what an address asks for."""
    which = _word(QueueList, query.get("list", "")) or QueueList.DUE
    state = _word(RequestState, query.get("state", ""))
    holder = query.get("who", "")
    return Chosen(
        which=which,
        kind=_word(RequestKind, query.get("kind", "")),
        state=state if state in LISTED_STATES[which] else None,
        holder=holder if holder in HOLDERS else "",
    )


def _word(words: type[W], typed: str) -> W | None:
    return next((word for word in words if word.value == typed), None)


def _read_place(query: Mapping[str, str]) -> tuple[QueuePlace | None, bool]:
    """Return where the page begins, and whether it is the page before that; the front for what names no place."""
    back = BEFORE in query
    found = _PLACE.fullmatch(query.get(BEFORE if back else AFTER, ""))
    if found is None:
        return None, False
    return QueuePlace(at=_EPOCH + int(found[1]) * _MICROSECOND, request_id=found[2]), back


def _write_place(place: QueuePlace) -> str:
    return f"{(place.at - _EPOCH) // _MICROSECOND}.{place.request_id}"


def _say(visit: Visit, entry: QueueEntry) -> SaidEntry:
    return SaidEntry(
        number=entry.number,
        kind=said(KINDS[entry.kind], visit.language),
        due=visit.say(DUES[entry.due]) if entry.due else "",
        left=due_words(visit, entry.urgency, entry.due_at),
        due_at=entry.due_at,
        mood=URGENCY_MOODS.get(entry.urgency, ""),
        state=said(STATES[entry.state], visit.language),
        state_mood=STATE_MOODS.get(entry.state, "plain"),
        proof=visit.say(LEVELS[entry.verified_level]) if entry.verified_level else "",
        assigned_to=entry.assigned_to,
        failing=entry.failing,
        created_at=entry.created_at,
        done_at=entry.done_at,
        mask=entry.mask,
    )
