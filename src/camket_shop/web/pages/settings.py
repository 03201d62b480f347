"""The settings' page: what stands on receipts and where buyers transfer to. It works without JavaScript."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from camket_shop.errors import InvalidError, NotFoundError
from camket_shop.profile import (
    ADDRESS,
    BANK,
    BANK_ACCOUNT,
    BANK_HOLDER,
    NAME,
    TAX_CODE,
    Profile,
    read_form,
    read_profile,
    save_profile,
)
from camket_shop.web.banks import banks
from camket_shop.web.done import done_before, remember_done, said_once
from camket_shop.web.endpoints import page, see_other
from camket_shop.web.first_steps import first_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from camket_shop.web.requests import Shop, Visit

ITEM_OF: Final = {
    "name": NAME,
    "address": ADDRESS,
    "tax_code": TAX_CODE,
    "bank": BANK,
    "bank_account": BANK_ACCOUNT,
    "bank_holder": BANK_HOLDER,
}
"""Each field with the declared item that it becomes; the policy says why it is asked."""
WITHOUT: Final = {
    "name": {"name": ""},
    "address": {"address": ""},
    "tax_code": {"tax_code": ""},
    "bank": {"bank": None},
}
"""What a removal leaves empty. A bank goes with its account and holder: one without the others is of no use."""
DONE_WORDS: Final = frozenset({"saved", "removed"})


def routes(shop: Shop) -> list[Route]:
    """Return the routes of the settings."""
    return [
        page(shop, "/settings", get=show, post=save),
        page(shop, "/settings/remove", post=remove),
    ]


def show(visit: Visit) -> Response:
    """Show what is held and the form to change it; one use on record."""
    profile = read_profile(visit.shop.platform, visit.owner)
    done = done_before(visit)
    word = done.word if done is not None and done.word in DONE_WORDS else ""
    response = _form(visit, profile, as_typed(profile), done=word)
    return said_once(visit, response) if word else response


def save(visit: Visit) -> Response:
    """Keep what the form says in the place of what was held, or say everything that is wrong with it."""
    typed = {name: visit.typed(name) for name in ITEM_OF}
    profile, problems = _read(visit, typed)
    if problems:
        return _form(visit, read_profile(visit.shop.platform, visit.owner), typed, problems)
    save_profile(visit.shop.platform, visit.owner, profile)
    return remember_done(visit, see_other(visit, "/settings"), "saved")


def remove(visit: Visit) -> Response:
    """Delete one value from the vault.

    Raises:
        NotFoundError: there is no such field.
    """
    emptied = WITHOUT.get(visit.typed("field"))
    if emptied is None:
        raise NotFoundError("not_held")
    profile = read_profile(visit.shop.platform, visit.owner)
    left = replace(profile, **emptied)  # type: ignore[arg-type]  # the table above has each field with its own kind
    save_profile(visit.shop.platform, visit.owner, left)
    return remember_done(visit, see_other(visit, "/settings"), "removed")


def as_typed(profile: Profile) -> dict[str, str]:
    """Return a profile as its form shows it, *personal*."""
    bank = profile.bank
    return {
        "name": profile.name,
        "address": profile.address,
        "tax_code": profile.tax_code,
        "bank": bank.bin if bank else "",
        "bank_account": bank.account if bank else "",
        "bank_holder": bank.holder if bank else "",
    }


def _read(visit: Visit, typed: Mapping[str, str]) -> tuple[Profile, dict[str, str]]:
    """Return what the form says, with all of its problems by field; what has a problem is empty."""
    names = {number: bank.name for number, bank in banks().items()}
    problems: dict[str, str] = {}
    if not typed["name"].strip():
        problems["name"] = visit.say("settings.name_needed")
    tried = dict(typed)
    while True:
        try:
            return read_form(tried, names), problems
        except InvalidError as error:
            if error.field not in ITEM_OF or error.field in problems:
                raise
            problems[error.field] = visit.say(error.message_key, **error.values)
            bank = error.field.startswith("bank")
            emptied = ("bank", "bank_account", "bank_holder") if bank else (error.field,)
            tried |= dict.fromkeys(emptied, "")


def _form(
    visit: Visit,
    held: Profile,
    typed: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    *,
    done: str = "",
) -> Response:
    words = {name: visit.shop.platform.item(item, visit.language) for name, item in ITEM_OF.items()}
    return visit.show(
        "settings.html",
        status=422 if problems else 200,
        typed=typed,
        problems=problems or {},
        labels={name: one.label for name, one in words.items()},
        whys={name: one.why for name, one in words.items()},
        held={name: bool(getattr(held, name)) for name in WITHOUT},
        banks=list(banks().values()),
        steps=first_steps(visit),
        news=visit.shop.platform.news_choice(visit.owner, visit.language),
        done=done,
    )
