"""The receipt of a consent or agreement: to read, to print, and as files that others can check (P11)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from camket.core.consent.events import AskedThrough, EventKind, Expression
from camket.core.errors import NotFoundError
from camket.services import receipts
from camket.web.customer.consents import CHIPS, STATES
from camket.web.customer.policy import written_in
from camket.web.i18n import MessageId, marked
from camket.web.wording import clock_time, day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.services.receipts import Receipt
    from camket.web.visit import Visit

ISO: Final = "iso-27560.jsonld"
KANTARA: Final = "kantara.json"
OPENINGS: Final = "openings.json"
TYPES: Final[Mapping[str, str]] = {
    ISO: "application/ld+json",
    KANTARA: "application/json",
    OPENINGS: "application/json",
}
"""Each file with its media type."""

STANDARDS: Final = ((ISO, "ISO/IEC TS 27560 (JSON-LD)"), (KANTARA, "Kantara 1.1 (JSON)"))
"""What a standard is called is the same in every language."""

EVENTS: Final[Mapping[EventKind, MessageId]] = {
    EventKind.ASKED: marked("You were asked"),
    EventKind.GIVEN: marked("You said yes"),
    EventKind.REFUSED: marked("You said no"),
    EventKind.WITHDRAWN: marked("You withdrew it"),
    EventKind.EXPIRED: marked("It ended by its date"),
    EventKind.RENEWED: marked("You said yes again"),
}
THROUGH: Final[Mapping[AskedThrough, MessageId]] = {
    AskedThrough.PAGE: marked("on a page"),
    AskedThrough.COMPONENT: marked("in a window of the app"),
    AskedThrough.API: marked("through the programming interface"),
    AskedThrough.APP: marked("in the app"),
    AskedThrough.EMAIL: marked("by a link in a mail"),
    AskedThrough.IMPORT: marked("brought along from another system"),
    AskedThrough.CLOCK: marked("by itself"),
}
EXPRESSIONS: Final[Mapping[Expression, MessageId]] = {
    Expression.BUTTON: marked("by a button"),
    Expression.FORM: marked("by a form, each change by itself"),
    Expression.API: marked("by a program"),
    Expression.ONE_CLICK: marked("by one click"),
    Expression.PAPER: marked("on paper"),
    Expression.SPOKEN: marked("by word of mouth"),
    Expression.TIME: marked("because its time was up"),
}


def receipt(visit: Visit) -> Response:
    """Show the receipt.

    Raises:
        NotFoundError: there is no such consent or agreement of theirs.
    """
    made = _make(visit)
    origin = visit.context.settings.origin
    return visit.show(
        "receipt.html",
        receipt=made,
        state=visit.say(STATES[made.state]),
        chip=CHIPS[made.state],
        history=[
            (
                visit.say(EVENTS[one.kind]),
                exact(one.at),
                ", ".join(
                    visit.say(words)
                    for words in (
                        THROUGH[one.through] if one.through is not None else None,
                        EXPRESSIONS[one.expression] if one.expression is not None else None,
                    )
                    if words is not None
                ),
            )
            for one in made.history
        ],
        given_at=exact(made.given_at),
        standards=STANDARDS,
        address=f"/me/consents/{made.consent_id}/receipt",
        check_command=f"camket ledger openings {OPENINGS} --ledger {origin}/ledger/",
    )


def exact(at: datetime) -> str:
    """Return a moment to the second, in Vietnam: what is kept or printed is read later, when `just now` is over."""
    return f"{day(at)} {clock_time(at, seconds=True)}"


def receipt_file(visit: Visit) -> Response:
    """Hand the receipt over as a file.

    Raises:
        NotFoundError: there is no such consent or agreement of theirs, or no such file of it.
    """
    name = visit.parameters["file"]
    if name not in TYPES:
        raise NotFoundError("a receipt has no such file")
    made = _make(visit)
    if name == OPENINGS:
        content = made.openings
    else:
        form = made.iso_27560 if name == ISO else made.kantara
        content = (json.dumps(form, ensure_ascii=False, indent=2) + "\n").encode()
    if content is None:
        raise NotFoundError("the ledger has no checkpoint over this entry yet")
    return Response(
        content,
        media_type=TYPES[name],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _make(visit: Visit) -> Receipt:
    return receipts.receipt(
        visit.context,
        subject_id=visit.own.subject_id,
        consent_id=visit.parameters["consent"],
        language=written_in(visit.site.in_force().version.policy, visit.language),
    )
