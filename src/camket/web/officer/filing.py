"""Filing a request for someone who called, came or wrote: it waits for their proof like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.intake import Problem, ProblemCode
from camket.core.intake.answer import problem
from camket.core.intake.emails import read_email
from camket.core.intake.phones import read_phone
from camket.core.rights.machine import RequestKind
from camket.core.rights.wording import KINDS
from camket.core.vault.lookup import IndexField
from camket.services.desk_acts import REASON
from camket.services.filing import file_for_caller, file_from_thread, wish
from camket.services.forms import FormError
from camket.services.request_thread import read_words
from camket.services.requests import NO_REQUEST
from camket.web.customer.done import CASE_FILED, lead_on
from camket.web.forms import problems_of
from camket.web.i18n import said
from camket.web.officer.requests import PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.rows.requests import RequestRow
    from camket.web.visit import Visit

FILE: Final = f"{PATH}/new"
CONTACT: Final = "contact"
KIND: Final = "kind"
ITEM: Final = "item"
VALUE: Final = "value"
THREAD: Final = "thread"
"""Receipt number of the letter that turns out to be a request; without one they called or came."""
NO_CONTACT: Final = problem(
    ProblemCode.EMPTY,
    vi="Hãy nhập địa chỉ thư hoặc số điện thoại.",
    en="Please enter an e-mail address or a phone number.",
)


def file_form(visit: Visit) -> Response:
    """Ask who called, what they want, and what they said."""
    return _show(visit)


def file(visit: Visit) -> Response:
    """File the request and lead to it; what is filed for an unknown address looks the same."""
    letter, contact = _letter(visit, visit.typed(THREAD)), visit.typed(CONTACT)
    field = IndexField.EMAIL if "@" in contact else IndexField.PHONE
    kind = next((one for one in RequestKind if one.value == visit.typed(KIND)), RequestKind.ACCESS)
    item, reason = visit.typed(ITEM), visit.typed(REASON)
    problems: dict[str, Problem] = {}
    # Everything that is wrong is said at once.
    for read in (
        lambda: letter or read_contact(field, contact),
        lambda: wish(visit.context, kind, item=item, typed=visit.typed(VALUE)),
        lambda: read_words(REASON, reason),
    ):
        try:
            read()
        except FormError as error:
            problems |= {VALUE if name == item else name: one for name, one in error.problems.items()}
    if problems:
        return _show(visit, problems_of(FormError(problems), visit.language))
    body = wish(visit.context, kind, item=item, typed=visit.typed(VALUE))
    ctx, by = visit.context, visit.staff
    if letter is not None:
        row = file_from_thread(ctx, by, request_id=letter.id, kind=kind, reason=reason, body=body)
    else:
        value = read_contact(field, contact)
        row = file_for_caller(ctx, by, field=field, value=value, kind=kind, reason=reason, body=body)
    return lead_on(visit, f"{PATH}/{row.number}", CASE_FILED)


def read_contact(field: IndexField, typed: str) -> str:
    """Return an e-mail address or a phone number as it is looked up by, *personal*.

    Raises:
        FormError: it is none.
    """
    if not typed.strip():
        raise FormError({CONTACT: NO_CONTACT})
    answer = read_email(typed) if field is IndexField.EMAIL else read_phone(typed)
    if isinstance(answer, Problem):
        raise FormError({CONTACT: answer})
    return answer.value


def _letter(visit: Visit, number: str) -> RequestRow | None:
    """Return the letter that was named; None where none was.

    Raises:
        NotFoundError: there is no such letter.
    """
    if not number:
        return None
    row = visit.context.store.read(lambda unit: unit.requests.by_number(number))
    if row is None or row.kind is not RequestKind.SUPPORT:
        raise NotFoundError(NO_REQUEST)
    return row


def _show(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    return visit.show(
        "officer/file_request.html",
        status=422 if problems else 200,
        items=[
            (item.id, said(item.label, visit.language))
            for item in visit.site.in_force().version.policy.registration_items
        ],
        kinds=[(kind, said(words, visit.language)) for kind, words in KINDS.items()],
        thread=visit.typed(THREAD) or visit.query.get(THREAD, ""),
        problems=problems or {},
    )
