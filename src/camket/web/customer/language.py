"""Choosing the language in which one is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from camket.client.visitor import language_named
from camket.core.errors import NotFoundError
from camket.services.own_language import choose_language, language_item
from camket.web.customer.done import WRITTEN_IN, lead_on
from camket.web.endpoints import HOME

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.visit import Visit


def language_form(visit: Visit) -> Response:
    """Show the language in which one is written to, with a button for each."""
    item = language_item(visit.site.in_force().version.policy)
    if item is None:
        raise NotFoundError("there is no language to choose")
    return visit.show("language.html", item=item, chosen=visit.own.language)


def choose(visit: Visit) -> Response:
    """Take the choice."""
    language = language_named(visit.typed("language"))
    if language is None:
        raise HTTPException(422)
    choose_language(visit.context, visit.own, language)
    return lead_on(visit, HOME, WRITTEN_IN)
