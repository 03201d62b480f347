"""Every address of the desk, with every role, a customer, a stranger, and whoever is half-way through signing in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from camket.core.staff.roles import EVERY_ROLE, Role
from camket.rows.staff import StaffStage
from camket.services.staff_invitations import invite_staff
from camket.services.staff_sessions import open_staff_session_in
from camket.testing.staff import add_staff
from camket.web.app import page_routes
from camket.web.assets import Assets
from camket.web.cookies import SESSION, STAFF
from camket.web.endpoints import STAFF_SIGN_IN
from camket.web.rendering import Pages
from camket.web.site import Site
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE, make_service, service
from tests.web.test_routes import stored

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Service

__all__ = ["make_service", "service"]

ARRIVING: Final = {
    "/officer/sign-in",
    "/officer/sign-in/second",
    "/officer/sign-in/passkey",
    "/officer/sign-in/passkey/options",
    "/officer/enrol",
    "/officer/enrol/begin",
    "/officer/join/{token}",
    "/officer/sign-out",
}
"""What is there before anyone is signed in; each asks for a secret of its own, but signing out."""
OFFICER: Final = frozenset({Role.OFFICER})
ADMIN: Final = frozenset({Role.ADMIN})
READERS: Final = frozenset({Role.OFFICER, Role.AUDITOR})
REQUESTS: Final = frozenset({Role.OFFICER, Role.SUPPORT, Role.AUDITOR})
WORKERS: Final = frozenset({Role.OFFICER, Role.SUPPORT})
OPENED_BY: Final[dict[str, frozenset[Role]]] = {
    "/officer": EVERY_ROLE,
    "/officer/policy": OFFICER,
    "/officer/policy/draft": OFFICER,
    "/officer/policy/draft/begin": OFFICER,
    "/officer/policy/draft/preview": OFFICER,
    "/officer/policy/draft/day": OFFICER,
    "/officer/policy/draft/follow": OFFICER,
    "/officer/policy/draft/approve": OFFICER,
    "/officer/policy/draft/publish": OFFICER,
    "/officer/policy/draft/drop": OFFICER,
    "/officer/policy/draft/files/{file}": OFFICER,
    "/officer/requests/{number}/evidence": READERS,
    "/officer/notices": READERS,
    "/officer/notices/{number}": READERS,
    "/officer/notices/{number}/table": READERS,
    "/officer/notices/{number}/proof": OFFICER,
    "/officer/news": OFFICER,
    "/officer/news/{news}": OFFICER,
    "/officer/news/{news}/send": OFFICER,
    "/officer/news/{news}/drop": OFFICER,
    "/officer/overview": EVERY_ROLE,
    "/officer/health": EVERY_ROLE,
    "/officer/requests": REQUESTS,
    "/officer/requests/new": WORKERS,
    "/officer/requests/{number}": REQUESTS,
    "/officer/requests/{number}/do/{act}": WORKERS,
    "/officer/requests/{number}/pictures/{picture}": WORKERS,
    "/officer/staff": ADMIN,
    "/officer/invitations": ADMIN,
    "/officer/invitations/{invitation}/withdraw": ADMIN,
    "/officer/staff/{name}": ADMIN,
    "/officer/staff/{name}/revoke": ADMIN,
    "/officer/me": EVERY_ROLE,
    "/officer/me/uses": EVERY_ROLE,
    "/officer/me/log": EVERY_ROLE,
    "/officer/me/correct/{item}": EVERY_ROLE,
    "/officer/me/sessions/{session}/end": EVERY_ROLE,
    "/officer/me/password": EVERY_ROLE,
    "/officer/me/passkeys": EVERY_ROLE,
    "/officer/me/passkeys/options": EVERY_ROLE,
    "/officer/me/passkeys/{passkey}/delete": EVERY_ROLE,
    "/officer/me/recovery": EVERY_ROLE,
}
"""Who opens what. An address that is not here fails the test: whom it is for is decided by hand, never by chance."""
FILLED: Final = {"number": "1", "item": "staff.name", "file": "policy.yaml"}
FORM: Final = {"role_admin": "on", "seen": "1", "text": "x", "day": "2030-01-01", "title_vi": "x", "text_vi": "x"}


def desk(service: Service) -> list[tuple[str, str]]:
    """Return method and pattern of every address under `/officer`, as the application has them."""
    routes = page_routes(Site(runtime=service.runtime, pages=Pages(Assets()), https=False), threads=1)
    return [
        (method, route.path)
        for route in routes
        if route.path == "/officer" or route.path.startswith("/officer/")
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


def press(browser: Browser, method: str, pattern: str) -> Response:
    """Read a page, or send a form that would do much."""
    path = re.sub(r"\{(\w+)\}", lambda found: FILLED.get(found.group(1), "none"), pattern)
    return browser.get(path) if method == "GET" else browser.send_form(path, **FORM)


def shut_out(answer: Response) -> bool:
    """Say whether an answer is the way to the sign-in, or the word that the page is another role's."""
    return answer.status_code == 403 or answer.headers.get("location", "").partition("?")[0] == STAFF_SIGN_IN


def half_way(service: Service, stage: StaffStage) -> Browser:
    """Return a browser in which an administrator and officer has typed the password, and no more."""
    ctx = service.runtime.context
    member = add_staff(ctx, *EVERY_ROLE)
    browser = service.browser()
    token = ctx.store.write(
        lambda unit: open_staff_session_in(
            unit, ctx, subject_id=member.subject_id, stage=stage, now=service.clock.instant
        )
    )
    browser.cookies.set(STAFF.name, token)
    return browser


def customer_in_disguise(service: Service) -> Browser:
    """Return a customer's browser that shows its own session as one of staff too."""
    browser = service.register(ALICE)
    browser.cookies.set(STAFF.name, browser.cookies[SESSION.name])
    return browser


def test_whom_every_address_is_for_was_decided(service: Service) -> None:
    """No address of the desk is without an entry in the table above, and none is there that is gone."""
    assert {pattern for _, pattern in desk(service)} == ARRIVING | set(OPENED_BY)


def test_who_is_not_signed_in_as_staff_opens_nothing(service: Service) -> None:
    """Strangers, customers, and staff before their second factor are led away, and no form of theirs does anything."""
    visitors = {
        "stranger": service.browser(),
        "customer": customer_in_disguise(service),
        "second": half_way(service, StaffStage.SECOND),
        "enrol": half_way(service, StaffStage.ENROL),
    }
    service.settle()
    before = stored(service)
    for who, browser in visitors.items():
        for method, pattern in desk(service):
            if pattern not in ARRIVING:
                answer = press(browser, method, pattern)
                assert answer.headers.get("location", "").startswith(STAFF_SIGN_IN), (who, method, pattern)
                assert not answer.text, (who, method, pattern)
    after = stored(service)
    assert {name for name in before if before[name] != after[name]} <= {"access_line"}


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_is_its_own_and_nothing_else(service: Service, role: Role) -> None:
    """What is another role's is refused, and nothing is done; what is its own is not refused."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, role)
    service.settle()
    before = stored(service)
    for method, pattern in desk(service):
        if pattern not in ARRIVING and role not in OPENED_BY[pattern]:
            assert press(browser, method, pattern).status_code == 403, (method, pattern)
    after = stored(service)
    assert {name for name in before if before[name] != after[name]} <= {"access_line"}
    for method, pattern in desk(service):
        if pattern not in ARRIVING and role in OPENED_BY[pattern]:
            answer = press(browser, method, pattern)
            assert not shut_out(answer), (method, pattern)
            assert answer.status_code < 500, (method, pattern)


def test_no_form_of_the_desk_is_taken_from_another_site(service: Service) -> None:
    """Every POST, signed in with every role, is refused where the browser says that another page sent it."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, *EVERY_ROLE)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        for method, pattern in desk(service):
            if method == "POST":
                path = re.sub(r"\{\w+\}", "none", pattern)
                assert browser.post(path, data=FORM, headers=headers).status_code == 403, (headers, pattern)


def test_only_the_address_in_mails_takes_a_form_that_comes_from_no_page(service: Service) -> None:
    """RFC 8058: who unsubscribes names no origin. Nothing else that reads a cookie is changed by such a request."""
    browser = service.register(ALICE)
    sign_in_staff(service.runtime.context, browser, *EVERY_ROLE, name="Bob")
    del browser.headers["Sec-Fetch-Site"]
    routes = page_routes(Site(runtime=service.runtime, pages=Pages(Assets()), https=False), threads=1)
    forms = {route.path for route in routes if "POST" in (route.methods or ())}
    taken = {path for path in forms if browser.post(re.sub(r"\{[^}]+\}", "none", path)).status_code != 403}
    assert taken == {"/unsubscribe/{token}"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        assert browser.post("/unsubscribe/none", headers=headers).status_code == 403
    for path in ("/unsubscribe/../me/delete", "/unsubscribe/%2e%2e/me/delete", "/unsubscribe//me/delete"):
        assert browser.post(path).status_code in (403, 404, 405), path


def test_reading_the_desk_changes_nothing(service: Service) -> None:
    """Whoever has a member of staff follow links, or loads them ahead, has done nothing by that."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, *EVERY_ROLE)
    link = invite_staff(service.runtime.context, roles=ADMIN).path
    browser.send_form("/officer/policy/draft/begin")
    service.settle()
    before = stored(service)
    for method, pattern in desk(service):
        if method == "GET":
            assert press(browser, method, pattern).status_code < 500, pattern
    assert browser.get(link).status_code == 200
    after = stored(service)
    assert {name for name in before if before[name] != after[name]} <= {"access_line"}
