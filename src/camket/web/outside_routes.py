"""The pages of requests without signing in. None of them looks at a session; what opens one is the browser's proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.web.customer import outside, outside_acts, outside_request
from camket.web.endpoints import Looks

if TYPE_CHECKING:
    from camket.web.endpoints import Routes


def outside_routes(pages: Routes) -> None:
    """Add the pages of requests without signing in."""
    one = f"{outside.REQUESTS}/{{number}}"
    pages.add(outside.REQUESTS, Looks.NOBODY, get=outside.choose, post=outside.ask)
    pages.add(f"{outside.REQUESTS}/find", Looks.NOBODY, get=outside.find)
    pages.add(f"{outside.REQUESTS}/{{asked}}/code", Looks.NOBODY, get=outside.code_form, post=outside.enter_code)
    pages.add(one, Looks.NOBODY, get=outside_request.show, post=outside.prove_again)
    pages.add(f"{one}/copy/make", Looks.NOBODY, post=outside_request.make_copy)
    pages.add(f"{one}/copy", Looks.NOBODY, post=outside_request.fetch_copy)
    pages.add(f"{one}/messages", Looks.NOBODY, post=outside_request.write)
    pages.add(f"{one}/withdraw", Looks.NOBODY, post=outside_request.take_back)
    pages.add(f"{one}/forget", Looks.NOBODY, post=outside_request.forget)
    pages.add(f"{one}/correct", Looks.NOBODY, get=outside_acts.correct_form, post=outside_acts.correct)
    pages.add(f"{one}/new-address", Looks.NOBODY, get=outside_acts.new_address_form, post=outside_acts.new_address)
    pages.add(f"{one}/new-address/code", Looks.NOBODY, post=outside_acts.send_to_new_address)
    pages.add(f"{one}/accept", Looks.NOBODY, get=outside_acts.accept_form, post=outside_acts.accept)
    pages.add(f"{one}/purposes", Looks.NOBODY, get=outside_acts.bars_form, post=outside_acts.bar)
    pages.add(f"{one}/consents", Looks.NOBODY, get=outside_acts.consents_form, post=outside_acts.withdraw)
