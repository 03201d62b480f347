"""Correcting a value: what is to be held instead, then the proof of who asks, then it is done (P13, P14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import NotFoundError, nearest
from camket.core.policy.model import ItemKind
from camket.services.correction import correctable, start_correction, value_to_correct
from camket.services.forms import FieldSpec, FormError
from camket.web.customer.verification import ask_for_proof
from camket.web.forms import field_of, labels_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.core.policy.model import Item
    from camket.web.visit import Visit


def correct_form(visit: Visit) -> Response:
    """Show the form for one item, with what is held in its field.

    Raises:
        NotFoundError: the policy declares no such item for the subject to correct, or none is held.
    """
    item = _item(visit)
    return _form(visit, item, value_to_correct(visit.context, visit.own, item=item.id))


def correct(visit: Visit) -> Response:
    """Take the new value: ask for proof, or show the form again with what was typed and what is wrong."""
    item = _item(visit)
    try:
        request = start_correction(visit.context, visit.own, item=item.id, typed=visit.typed(item.id))
    except FormError as error:
        return _form(visit, item, visit.typed(item.id), problems_of(error, visit.language))
    return ask_for_proof(visit, request.id)


def _form(visit: Visit, item: Item, shown: str, problems: Mapping[str, str] | None = None) -> Response:
    field = field_of(FieldSpec.of(item), visit.language)
    return visit.show(
        "correct.html",
        status=422 if problems else 200,
        field=field,
        labels=labels_of((field,)),
        typed=shown,
        problems=problems or {},
        is_email=item.kind is ItemKind.EMAIL,
    )


def _item(visit: Visit) -> Item:
    wanted = visit.parameters["item"]
    items = {item.id: item for item in visit.site.in_force().version.policy.items if correctable(item)}
    if wanted not in items:
        raise NotFoundError(f"there is no such item to correct{nearest(wanted[:40], items)}")
    return items[wanted]
