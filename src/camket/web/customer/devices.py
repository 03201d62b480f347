"""Devices: what is held about each, the name that its subject gives it, and forgetting it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.services.centre import my_data
from camket.services.forms import FieldSpec, FormError
from camket.services.own_devices import NO_DEVICE, forget_device, name_device, name_item
from camket.web.customer.done import FORGOTTEN, NAMED, lead_on
from camket.web.customer.held import say_items
from camket.web.endpoints import HOME
from camket.web.forms import field_of, labels_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.services.centre import DeviceView
    from camket.web.customer.held import SaidItem
    from camket.web.visit import Visit

DEVICE_ID: Final = "device.id"
TITLE_ITEMS: Final = ("device.name", "device.model", "device.browser")
"""What a device is called by, the first that is held."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidDevice:
    """A device in the reader's language.

    Args:
        title: *personal*; what it is called.
        name: *personal*; the name that its subject gave it; empty for none.
        facts: *personal*; the other values, in the policy's order.
        items: everything that is held about it.
        view: since when it is known, and until when.
    """

    title: str = field(repr=False)
    name: str = field(repr=False)
    facts: str = field(repr=False)
    items: list[SaidItem]
    view: DeviceView


def say_device(visit: Visit, device: DeviceView) -> SaidDevice:
    """Return a device as its subject knows it."""
    title = next((shown for item in TITLE_ITEMS if (shown := device.shown(item))), "")
    facts = [value.shown for value in device.values if value.item != DEVICE_ID and value.shown not in {"", title}]
    return SaidDevice(
        title=title or visit.say("A device"),
        name=device.shown(TITLE_ITEMS[0]),
        facts=" · ".join(facts),
        items=say_items(visit, device.values),
        view=device,
    )


def name_form(visit: Visit) -> Response:
    """Ask for the name."""
    device = _device(visit)
    return _form(visit, device, device.name)


def name(visit: Visit) -> Response:
    """Take the name; a blank one takes it away."""
    handle, typed = visit.parameters["device"], visit.typed(TITLE_ITEMS[0])
    try:
        name_device(visit.context, visit.own, handle=handle, typed=typed)
    except FormError as error:
        return _form(visit, _device(visit), typed, problems_of(error, visit.language))
    return lead_on(visit, HOME, NAMED)


def forget_form(visit: Visit) -> Response:
    """Show what goes when a device is forgotten; nothing happens."""
    return visit.show("forget.html", device=_device(visit))


def forget(visit: Visit) -> Response:
    """Forget the device."""
    forget_device(visit.context, visit.own, handle=visit.parameters["device"])
    return lead_on(visit, HOME, FORGOTTEN)


def _form(visit: Visit, device: SaidDevice, typed: str, problems: Mapping[str, str] | None = None) -> Response:
    item = name_item(visit.site.in_force().version.policy)
    if item is None:
        raise NotFoundError(NO_DEVICE)
    shown = field_of(FieldSpec.of(item), visit.language)
    return visit.show(
        "name_device.html",
        status=422 if problems else 200,
        device=device,
        field=shown,
        labels=labels_of((shown,)),
        typed=typed,
        problems=problems or {},
    )


def _device(visit: Visit) -> SaidDevice:
    wanted = visit.parameters["device"]
    for device in my_data(visit.context, visit.own).devices:
        if device.handle == wanted:
            return say_device(visit, device)
    raise NotFoundError(NO_DEVICE)
