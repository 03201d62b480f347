"""What holds for every page, whatever it shows."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from starlette.routing import Route

from camket.web.app import page_routes
from camket.web.assets import Assets
from camket.web.cookies import BROWSER, CERTIFICATE, LANGUAGE, SESSION
from camket.web.rendering import Pages
from camket.web.security import CONTENT_SECURITY_POLICY, HEADERS
from camket.web.site import Site
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser, Service

FILLED = {"number": "1", "item": "phone", "path": "0/000"}
"""What fills a place of an address; any other is an id of nothing."""
ON_RECORD = {"record", "record_subject", "ledger_tile", "ledger_head", "sqlite_sequence"}
PERSONAL = ["/me", "/me/uses", "/me/copy", "/me/delete", "/me/sessions", "/me/correct/phone"]
PUBLIC = ["/", "/policy", "/policy/versions", "/policy/versions/1", "/terms", "/ledger/", "/register", "/sign-in"]


def routes(service: Service) -> list[Route]:
    """Return every route of the pages."""
    return page_routes(Site(runtime=service.runtime, pages=Pages(Assets()), https=False), threads=1)


def address(route: Route) -> str:
    """Return an address that the route answers."""
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: FILLED.get(found.group(1), "none"), route.path)


def reading(service: Service) -> list[str]:
    """Return an address of every page that can be read."""
    return [address(route) for route in routes(service) if "GET" in (route.methods or ())]


def changing(service: Service) -> list[str]:
    """Return an address of every form."""
    return [address(route) for route in routes(service) if "POST" in (route.methods or ())]


def stored(service: Service) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, but of those that say what was looked at, and when."""
    with closing(sqlite3.connect(service.runtime.settings.data / "camket.db")) as database:
        found = {}
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [one for (_, one, *_) in database.execute(f'PRAGMA table_info("{name}")')]
            kept = ", ".join(f'"{one}"' for one in columns if one != "last_used_at")
            rows = database.execute(f'SELECT {kept} FROM "{name}"').fetchall()  # noqa: S608 - our own names
            found[name] = sorted(rows, key=repr)
        return {name: rows for name, rows in found.items() if name not in ON_RECORD}


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_page_carries_the_security_headers(service: Service, signed_in: bool) -> None:  # noqa: FBT001 - two cases
    """Every answer, an error too, carries every header, and no page is answered by a fault of ours."""
    browser = service.register(ALICE) if signed_in else service.browser()
    for path in [*reading(service), "/nothing", "/api/v1/policy", "/api/v1/nothing", "/static/nothing"]:
        answer = browser.get(path)
        assert answer.status_code < 500, path
        for name in HEADERS:
            assert name in answer.headers, (path, name)
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, path
        assert "Strict-Transport-Security" not in answer.headers


def test_no_page_needs_what_the_policy_of_content_forbids(service: Service) -> None:
    """No page has an inline script, an inline style, an event attribute, or a file from another place."""
    browser = service.register(ALICE)
    for path in reading(service):
        answer = browser.get(path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert re.search(r"<script(?![^>]*\bsrc=\"/static/)", answer.text) is None, path
        assert re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text) is None, path
        assert re.findall(r"(?:src|action)=\"(?!/)", answer.text) == [], path


def test_a_form_from_another_site_is_refused_everywhere(service: Service) -> None:
    """No form is taken from another site, signed in or not, and the refusal is a page."""
    browser = service.register(ALICE)
    for path in changing(service):
        answer = browser.post(path, headers={"Sec-Fetch-Site": "cross-site"}, data={"code": "123456"})
        assert answer.status_code == 403, path
        assert "Việc này không được phép" in answer.text
    assert browser.get("/me").status_code == 200


def test_reading_changes_nothing(service: Service) -> None:
    """Reading every page, and opening every form's address without sending it, changes no row.

    That someone's own data was read is on record, which is the only trace of it.
    """
    browser = service.register(ALICE)
    service.settle()
    before = stored(service)
    assert {"subject", "session", "held_value", "login_code", "request", "outbox", "job"} <= set(before)
    for path in {*reading(service), *changing(service)}:
        browser.get(path)
        service.browser().get(path)
    service.settle()
    assert stored(service) == before


def test_a_form_cannot_be_sent_by_reading(untouched: Service) -> None:
    """An address that only takes a form answers reading with a page that says so."""
    only_forms = set(changing(untouched)) - set(reading(untouched))
    assert only_forms
    for path in only_forms:
        assert untouched.browser().get(path).status_code == 405, path


@pytest.mark.parametrize("path", PERSONAL)
def test_a_personal_page_is_for_its_owner_alone(untouched: Service, path: str) -> None:
    """Who is not signed in is led to the sign-in, and from there back; no cache keeps the page."""
    untouched.register(ALICE)
    answer = untouched.browser().get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert answer.headers["cache-control"] == "no-store"
    assert "Alice" not in answer.text


def test_no_address_holds_anything_personal(service: Service) -> None:
    """Neither a link nor a form nor a redirect of any page carries what someone gave."""
    browser = service.register(ALICE)
    marks = [part.lower() for value in ALICE.values() for part in (value, value.replace(" ", ""))] + ["%40", "@shop"]
    for path in reading(service):
        answer = browser.get(path)
        links = re.findall(r"(?:href|action|data-pending)=\"([^\"]*)\"", answer.text)
        for link in [*links, answer.headers.get("location", "")]:
            assert not any(mark in link.lower() for mark in marks), (path, link)


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize(("language", "word"), [("vi", "Dữ liệu của tôi"), ("en", "My data")])
def test_a_page_is_in_the_language_that_was_chosen(untouched: Service, path: str, language: str, word: str) -> None:
    """The language in the address is shown and remembered; Vietnamese is shown where none was chosen."""
    browser = untouched.browser()
    assert '<html lang="vi">' in browser.get(path).text
    chosen = browser.get(path, params={"lang": language})
    assert f'<html lang="{language}">' in chosen.text
    assert word in chosen.text
    assert f'<html lang="{language}">' in browser.get(path).text
    assert f'<html lang="{language}">' in browser.get(path, params={"lang": "xx"}).text


def test_cookies_are_kept_from_scripts_and_other_sites(service: Service) -> None:
    """Every cookie is HttpOnly and of our own site; the names of browser and session are random and long."""
    browser = service.browser()
    given = browser.send_form("/register", **ALICE).headers.get_list("set-cookie")
    given += browser.send_form("/register/confirm", code=service.newest_code()).headers.get_list("set-cookie")
    given += browser.get("/?lang=en").headers.get_list("set-cookie")
    assert {one.partition("=")[0] for one in given} == {BROWSER.name, SESSION.name, LANGUAGE.name}
    for one in given:
        assert "httponly" in one.lower()
        assert re.search(r"samesite=(lax|strict)", one.lower())
        assert "path=/" in one.lower()
        assert "secure" not in one.lower()
    assert all(len(browser.cookies[cookie.name]) >= 43 for cookie in (BROWSER, SESSION))
    assert service.register(BOB).cookies[BROWSER.name] != browser.cookies[BROWSER.name]


def test_over_https_cookies_and_headers_are_bound_to_it(make_service: Callable[..., Service]) -> None:
    """Over https every cookie is Secure with the `__Host-` prefix, and the browser is told to come by https only."""
    service = make_service(origin="https://shop.example", smtp_url="smtp://127.0.0.1:1")
    browser: Browser = service.browser()
    browser.base_url = "https://shop.example"
    answer = browser.send_form("/register", **ALICE)
    assert answer.headers["set-cookie"].startswith("__Host-camket_browser=")
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "Sec-CH-UA-Model" in answer.headers["Accept-CH"]
    assert CERTIFICATE.key(https=True) == "__Host-camket_certificate"


def test_public_pages_keep_nothing_of_who_comes(service: Service) -> None:
    """Reading what is published writes no row and no log line, and sets no cookie."""
    service.settle()
    size = service.runtime.context.store.read(lambda unit: unit.ledger.head().size)
    logged = service.log.getvalue()
    browser = service.browser()
    for path in [*PUBLIC, "/.well-known/security.txt", "/ledger/checkpoint", "/ledger/key"]:
        assert "set-cookie" not in browser.get(path).headers, path
    service.settle()
    assert service.runtime.context.store.read(lambda unit: unit.ledger.head().size) == size
    assert service.log.getvalue() == logged
