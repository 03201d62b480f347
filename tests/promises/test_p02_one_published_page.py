"""P2: the policy explains what is collected and why, how it is used, and which choices there are."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from camket.core.policy.model import ClauseKind
from camket.core.terms import Language

if TYPE_CHECKING:
    from tests.web.conftest import Service


def page_of(service: Service, language: Language) -> str:
    """Return the policy page as one reads it, without tags."""
    answer = service.browser().get(f"/policy?lang={language.value}")
    assert answer.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.mark.parametrize("language", list(Language))
def test_the_page_says_every_declaration(service: Service, language: Language) -> None:
    """P2: each item with its reason, each purpose and each right stands on the page, in the reader's language."""
    page = page_of(service, language)
    ctx = service.runtime.context
    policy = ctx.policies.in_force(ctx.store, service.clock.now()).newest.policy
    for item in policy.items:
        assert item.label[language] in page, item.id
        assert item.why[language] in page, item.id
        assert item.maximum.reason[language] in page, item.id
    for purpose in policy.purposes:
        assert purpose.label[language].lower() in page.lower(), purpose.id
    for right in policy.rights:
        assert right.label[language].lower() in page.lower(), right.right


@pytest.mark.parametrize("language", list(Language))
def test_the_page_has_the_three_parts_in_their_order(service: Service, language: Language) -> None:
    """P2: what is collected, how it is used, which choices there are - and where to see and correct one's own."""
    text = service.browser().get(f"/policy?lang={language.value}").text
    places = [text.index(f'id="{part}"') for part in ("collect", "use", "choices")]
    assert places == sorted(places)
    assert 'href="/me"' in text


@pytest.mark.parametrize("language", list(Language))
def test_the_page_says_nothing_that_is_not_enforced(service: Service, language: Language) -> None:
    """P2: a purpose that the page names for an item is one that the gate's clauses allow, and the other way round."""
    ctx = service.runtime.context
    newest = ctx.policies.in_force(ctx.store, service.clock.now()).newest
    uses = {one.roots[:2] for one in newest.clauses if one.kind is ClauseKind.USE}
    told = {(item, purpose.id) for purpose in newest.policy.purposes for item in purpose.items}
    assert uses == told
    assert page_of(service, language)


def test_the_page_needs_no_account_and_is_one_press_away(service: Service) -> None:
    """P2: a visitor without an account, and without a cookie, finds the policy linked from the first page."""
    browser = service.browser()
    assert 'href="/policy"' in browser.get("/").text
    assert browser.get("/policy").status_code == 200
    assert not browser.cookies
