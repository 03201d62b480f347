"""The privacy centre "Dữ liệu của tôi": everything that is held, why, until when, and who used it (P12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.policy.model import ItemKind
from camket.services import centre
from camket.web.customer.uses import MOST_ITEMS, say_use
from camket.web.i18n import marked, said
from camket.web.wording import moment

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.services.centre import DeviceView, HeldView
    from camket.web.visit import Visit

DONE: Final = {"corrected": marked("It is corrected. The old value is gone.")}
TITLE_ITEMS: Final = ("device.name", "device.model", "device.browser")
"""What a device is called by, the first that is held."""
DEVICE_ID: Final = "device.id"
LONGEST_PAGE: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidDevice:
    """A device in the reader's language.

    Args:
        title: *personal*; what it is called.
        facts: *personal*; the other values, in the policy's order.
        view: since when it is known, and until when.
    """

    title: str = field(repr=False)
    facts: str = field(repr=False)
    view: DeviceView


def my_data(visit: Visit) -> Response:
    """Show everything that is held and the newest uses."""
    data = centre.my_data(visit.context, visit.own)
    policy = visit.site.in_force().version.policy
    counts = data.counts
    numbers = (
        (counts.held, visit.say("values held"), ""),
        (counts.uses_this_week, visit.say("uses this week"), ""),
        (counts.disclosures, visit.say("times given to outsiders"), "told" if counts.disclosures else "good"),
    )
    done = DONE.get(visit.query.get("done", ""))
    return visit.show(
        "me.html",
        groups=data.groups,
        shown={value.row_id: say_value(visit, value) for group in data.groups for value in group.held},
        devices=[_say_device(visit, device) for device in data.devices],
        uses=[say_use(use, policy, visit.language, most_items=MOST_ITEMS) for use in data.uses],
        numbers=numbers,
        done=visit.say(done) if done else None,
    )


def uses(visit: Visit) -> Response:
    """Show the uses page by page, newest first."""
    page = centre.uses(visit.context, visit.own, page=page_number(visit.query.get("page", "")))
    policy = visit.site.in_force().version.policy
    return visit.show(
        "uses.html",
        uses=[say_use(use, policy, visit.language) for use in page.uses],
        newer=page.newer,
        older=page.older,
    )


def say_value(visit: Visit, value: HeldView) -> str:
    """Return a value as people read it, *personal*: a service by its label, an instant as a moment."""
    if value.said is not None:
        return said(value.said, visit.language)
    if value.instant is not None:
        return moment(value.instant, visit.context.clock.now(), visit.language)
    return visit.say("a picture") if value.kind is ItemKind.PICTURE else value.shown


def page_number(text: str) -> int:
    """Return the page that an address names; the first for anything that is no number of a page."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= LONGEST_PAGE else 1


def _say_device(visit: Visit, device: DeviceView) -> SaidDevice:
    title = next((shown for item in TITLE_ITEMS if (shown := device.shown(item))), "")
    facts = [value.shown for value in device.values if value.item != DEVICE_ID and value.shown not in {"", title}]
    return SaidDevice(title=title or visit.say("A device"), facts=" · ".join(facts), view=device)
