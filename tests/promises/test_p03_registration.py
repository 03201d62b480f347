"""P3: at registration the customer gives a name, a phone number and an e-mail address."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.terms import SubjectState
from camket.services.retention import erase_unconfirmed
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from camket.rows import SubjectRow
    from tests.web.conftest import Service


def waiting(service: Service) -> tuple[SubjectRow, ...]:
    """Return everyone who has registered and not confirmed."""
    store = service.runtime.context.store
    return store.read(lambda unit: unit.subjects.page(after_id="", limit=9, state=SubjectState.PENDING))


def test_the_form_has_exactly_three_fields(service: Service) -> None:
    """P3: name, phone and e-mail, each required, and nothing else to fill in."""
    page = service.browser().get("/register").text
    form = page[page.index('action="/register"') :]
    form = form[: form.index("</form>")]
    assert re.findall(r'<(?:input|select|textarea)[^>]*name="([^"]+)"', form) == ["name", "phone", "email"]
    assert len(re.findall(r"<input[^>]*\brequired\b", form)) == 3


def test_exactly_these_three_are_held_before_the_code(service: Service) -> None:
    """P3: after the form was sent, what is held is what was asked for, and the person is no customer yet."""
    assert service.browser().send_form("/register", **ALICE).status_code == 303
    (pending,) = waiting(service)
    held = service.runtime.context.store.read(lambda unit: unit.values.of_subject(pending.id))
    assert sorted(row.item for row in held) == ["email", "name", "phone"]


def test_nobody_is_a_customer_before_the_address_is_confirmed(service: Service) -> None:
    """P3: without the code from the mail the privacy centre stays closed; with it, it opens."""
    browser = service.browser()
    browser.send_form("/register", **ALICE)
    assert browser.get("/me").headers["location"].startswith("/sign-in")
    arrived = browser.send_form("/register/confirm", code=service.newest_code())
    assert arrived.headers["location"] == "/me"
    assert browser.get("/me").status_code == 200


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", ""), ("name", "Alice\u202egnp"), ("phone", "12"), ("phone", ""), ("email", "alice"), ("email", "")],
)
def test_each_of_the_three_is_validated(service: Service, field: str, typed: str) -> None:
    """P3: a name, number or address that cannot be one is refused beside its field, and nothing is stored."""
    answer = service.browser().send_form("/register", **(ALICE | {field: typed}))
    assert answer.status_code == 422
    assert re.findall(r'aria-invalid="true"[^>]*', answer.text) or field in answer.text
    assert waiting(service) == ()


def test_what_is_not_confirmed_in_time_is_erased(service: Service) -> None:
    """P3: a registration without its code is gone after the 24 hours that the policy names, values and keys."""
    service.browser().send_form("/register", **ALICE)
    ctx = service.runtime.context
    (pending,) = waiting(service)
    service.clock.advance(timedelta(hours=24, minutes=1))
    assert erase_unconfirmed(ctx) == 1
    service.settle()
    assert ctx.store.read(lambda unit: unit.subjects.get(pending.id)) is None
    assert ctx.store.read(lambda unit: unit.values.of_subject(pending.id)) == ()
