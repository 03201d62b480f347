"""The draft as a customer of a given history would see it: what holds at once, what waits for their yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from camket.core.errors import InvalidValueError
from camket.core.gate.touch import Touch
from camket.core.policy.wording import days_text, fee_text
from camket.services import drafts
from camket.services.publishing_preview import WHOLE, preview_version
from camket.web.endpoints import see_other
from camket.web.officer.policy import DRAFT, PATH, examined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.rows.publishing import HistoryCount
    from camket.services.publishing import Publication
    from camket.services.publishing_preview import Preview
    from camket.services.publishing_reach import Audience
    from camket.web.visit import Visit

AGREED: Final = "agreed_"
"""Before the number of a version in the address: the customer agreed to it whole."""
MOST_GROUPS: Final = 12
"""Histories of real customers that are offered, the most frequent first."""


def preview(visit: Visit) -> Response:
    """Show the draft as a customer of the chosen history would see it."""
    draft = drafts.open_draft(visit.context)
    if draft is None:
        return see_other(PATH)
    publication, _ = examined(visit, draft)
    if publication is None or publication.diff is None:
        return see_other(DRAFT)
    try:
        joined, agreed = _chosen(visit.query)
        found = preview_version(visit.context, publication.diff, joined=joined, agreed=agreed)
    except (ValueError, InvalidValueError):
        usual = preview_version(visit.context, publication.diff, joined=1, agreed=frozenset())
        return _show(visit, publication, usual, problem=True)
    return _show(visit, publication, found, problem=False)


def _show(visit: Visit, publication: Publication, found: Preview, *, problem: bool) -> Response:
    numbers = range(1, publication.version.number)
    language = visit.language
    return visit.show(
        "officer/policy_preview.html",
        status=422 if problem else 200,
        problem=problem,
        number=publication.version.number,
        found=found,
        waits=found.of(Touch.WAITS),
        at_once=found.of(Touch.AT_ONCE),
        untouched=found.of(Touch.NOT),
        numbers=[(number, (number, WHOLE) in found.agreed) for number in numbers],
        groups=[_group(one) for one in _most_frequent(publication.audience)],
        rights=[
            (terms, days_text(terms.complete_days, language), fee_text(terms.fee_vnd, language))
            for terms in found.rights
        ],
    )


def _chosen(query: Mapping[str, str]) -> tuple[int, frozenset[tuple[int, str]]]:
    """Return the history that the address asks for.

    Raises:
        ValueError: a version is no number.
    """
    joined = int(query.get("joined", "1"))
    whole = frozenset((int(name.removeprefix(AGREED)), WHOLE) for name in query if name.startswith(AGREED))
    clauses = (part.partition(":") for part in query.get("clauses", "").split(";") if part)
    return joined, whole | {(int(version), clause) for version, _, clause in clauses}


def _most_frequent(audience: Audience) -> list[HistoryCount]:
    return sorted(audience.groups, key=lambda one: -one.subjects)[:MOST_GROUPS]


def _group(group: HistoryCount) -> tuple[HistoryCount, str]:
    """Return a history of real customers with the query that asks for it."""
    asks = {"joined": str(group.joined)}
    asks |= {f"{AGREED}{version}": "1" for version, clause in sorted(group.agreed) if clause == WHOLE}
    clauses = ";".join(f"{version}:{clause}" for version, clause in sorted(group.agreed) if clause != WHOLE)
    return group, urlencode(asks | ({"clauses": clauses} if clauses else {}))
