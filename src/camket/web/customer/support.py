"""Writing to support, free of charge (P15): the list of threads, one thread, a new one; and where to complain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.intake.photos import PHOTO_BYTES
from camket.core.intake.texts import TEXT_CHARACTERS
from camket.core.rights.machine import RequestKind, RequestState
from camket.services.access import AskError
from camket.services.forms import FormError
from camket.services.request_clocks import profile_of
from camket.services.support import (
    TEXT,
    list_threads,
    own_thread,
    read_message,
    start_thread,
    takes_messages,
    takes_pictures,
    write,
)
from camket.services.support_pictures import PICTURE_FIELD, PICTURES
from camket.web.customer.done import SENT, lead_on, show_done
from camket.web.customer.request_words import chip_of, said_kind, said_state
from camket.web.forms import problems_of
from camket.web.i18n import marked
from camket.web.uploads import UploadLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from camket.rows.requests import RequestRow
    from camket.web.visit import Visit

UPLOADS: Final = UploadLimits(form_bytes=PICTURES * PHOTO_BYTES + (1 << 20), files=2 * PICTURES)
"""A message with its pictures; a few too many are read, so that the form can say so."""
FORM_BYTES: Final = 64 * 1024
"""A message without pictures, each letter of which is sent as up to nine bytes."""
PATH: Final = "/support"

_TO_ANSWER: Final = marked("we are going to answer")
_ANSWERED: Final = marked("answered")


def threads(visit: Visit) -> Response:
    """List the threads of who is signed in."""
    outlines = list_threads(visit.context, visit.own)
    return show_done(
        visit,
        "support.html",
        threads=[(one, *_said(visit, one.request)) for one in outlines],
        writable=takes_messages(visit.context, visit.own),
    )


def new_form(visit: Visit) -> Response:
    """Show the form for something new."""
    return _new_form(visit)


def begin(visit: Visit) -> Response:
    """Send something new, and lead to its thread."""

    def send(pictures: tuple[bytes, ...]) -> RequestRow:
        return start_thread(visit.context, visit.own, text=visit.typed(TEXT), pictures=pictures)

    return _send(visit, send, lambda problems: _new_form(visit, problems))


def thread(visit: Visit) -> Response:
    """Show one thread with its form."""
    return _thread(visit)


def answer(visit: Visit) -> Response:
    """Send one more message, and lead back to the thread."""
    request = visit.parameters["request"]

    def send(pictures: tuple[bytes, ...]) -> RequestRow:
        return write(visit.context, visit.own, request_id=request, text=visit.typed(TEXT), pictures=pictures)

    return _send(visit, send, lambda problems: _thread(visit, problems))


def complain(visit: Visit) -> Response:
    """Say how to complain to the operator and to the authority, and what the law gives for each right."""
    version = visit.site.in_force().version
    law = profile_of(visit.context, version)
    labels = {terms.right: terms.label for terms in version.policy.rights if terms.present}
    return visit.show(
        "complain.html",
        complaint=law.complaint,
        authority=law.complaint.authority[visit.language],
        rights=[(label, law.rights[right]) for right, label in labels.items() if right in law.rights],
    )


def stands(visit: Visit, row: RequestRow) -> str:
    """Return where a request stands, in the words of who asked."""
    if row.kind is RequestKind.SUPPORT and row.state is RequestState.DONE:
        return visit.say(_ANSWERED)
    if row.kind is RequestKind.SUPPORT and row.state is RequestState.VERIFIED:
        return visit.say(_TO_ANSWER)
    return said_state(row.state, visit.language)


def _said(visit: Visit, row: RequestRow) -> tuple[str, str, str]:
    """Return where a request stands, what it is for, and the class of its mood."""
    return stands(visit, row), said_kind(row.kind, visit.language), chip_of(row.state)


def _send(
    visit: Visit,
    send: Callable[[tuple[bytes, ...]], RequestRow],
    again: Callable[[Mapping[str, str]], Response],
) -> Response:
    try:
        row = send(read_message(visit.context, text=visit.typed(TEXT), photos=visit.files.get(PICTURE_FIELD, ())))
    except FormError as error:
        return again(problems_of(error, visit.language))
    except AskError:
        return again({TEXT: visit.say("The policy has changed since you joined. Look at what changes for you first.")})
    return lead_on(visit, f"{PATH}/{row.id}", SENT)


def _new_form(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    return visit.show("support_new.html", status=422 if problems else 200, **_fields(visit, problems))


def _thread(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    found = own_thread(visit.context, visit.own, request_id=visit.parameters["request"])
    where, kind, chip = _said(visit, found.request)
    view = {"thread": found, "stands": where, "kind": kind, "chip": chip}
    if problems:
        return visit.show("support_thread.html", status=422, done=None, **view, **_fields(visit, problems))
    return show_done(visit, "support_thread.html", **view, **_fields(visit, None))


def _fields(visit: Visit, problems: Mapping[str, str] | None) -> dict[str, object]:
    return {
        "problems": problems or {},
        "labels": {TEXT: visit.say("Your message"), PICTURE_FIELD: visit.say("Pictures")},
        "typed": visit.typed(TEXT),
        "takes_pictures": takes_pictures(visit.context, visit.own),
        "most_characters": TEXT_CHARACTERS,
        "most_pictures": PICTURES,
        "most_megabytes": PHOTO_BYTES >> 20,
    }
