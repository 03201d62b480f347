"""The privacy centre "Dữ liệu của tôi": everything that is held, why, until when, and who used it (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.services import centre
from camket.services import uses as all_uses
from camket.services.cooling_off import erasure_ahead
from camket.services.own_devices import name_item
from camket.services.own_language import language_item
from camket.services.restrictions import own_bars
from camket.services.server_log import logged_items
from camket.web.customer.consents import CHIPS, STATES, own_standing
from camket.web.customer.devices import say_device
from camket.web.customer.done import show_done
from camket.web.customer.held import say_items
from camket.web.customer.uses import MOST_ITEMS, say_use

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.core.policy.model import Text
    from camket.services.centre import HeldGroup
    from camket.web.customer.held import SaidItem
    from camket.web.visit import Visit

LONGEST_PAGE: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidGroup:
    """The items of one category.

    Args:
        about_devices: the devices are shown with it.
    """

    label: Text
    items: list[SaidItem]
    about_devices: bool


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
    consents = own_standing(visit)
    bars = own_bars(visit.context, visit.own)
    return show_done(
        visit,
        "me.html",
        consents=[(one.label, visit.say(STATES[one.state]), CHIPS[one.state]) for one in consents.consents],
        answered_changes=any(one.since is not None for one in consents.agreements),
        changes_waiting=sum(one.since is None for one in consents.agreements),
        groups=[_say_group(visit, group) for group in data.groups],
        devices=[say_device(visit, device) for device in data.devices],
        holders=data.holders,
        devices_named=name_item(policy) is not None,
        ahead=erasure_ahead(visit.context, visit.own),
        barred=[one.label for one in bars.purposes if one.bars or bars.everything],
        barred_all=bool(bars.everything),
        language_item=language_item(policy),
        written_in=visit.own.language,
        logged=data.logged,
        log_items=logged_items(policy),
        uses=[say_use(use, policy, visit.language, most_items=MOST_ITEMS) for use in data.uses],
        numbers=numbers,
    )


def uses(visit: Visit) -> Response:
    """Show the uses page by page, newest first."""
    page = all_uses.uses(visit.context, visit.own, page=page_number(visit.query.get("page", "")))
    policy = visit.site.in_force().version.policy
    return visit.show(
        "uses.html",
        uses=[say_use(use, policy, visit.language) for use in page.uses],
        newer=page.newer,
        older=page.older,
    )


def page_number(text: str) -> int:
    """Return the page that an address names; the first for anything that is no number of a page."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= LONGEST_PAGE else 1


def _say_group(visit: Visit, group: HeldGroup) -> SaidGroup:
    return SaidGroup(label=group.label, items=say_items(visit, group.held), about_devices=group.about_devices)
