"""The policy at the desk: a draft is written, compared, previewed, approved and published, and kept when refused."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest

from camket.core.staff.roles import Role
from camket.services.drafts import open_draft
from camket.services.publishing import publish_version
from camket.testing.service import DEFAULT_POLICY
from tests.publishing import LATER, LONGER, SHORTER, WORDS, changed
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from camket.services.drafts import Draft
    from tests.web.conftest import Browser, Service

DRAFT = "/officer/policy/draft"
YAML = f"{DRAFT}/files/policy.yaml"
SEEN = re.compile(r'name="seen" value="(\d+)"')


@pytest.fixture
def desk(service: Service) -> Browser:
    """Return the browser of an officer, Alice."""
    return officer(service, "Alice")


def officer(service: Service, name: str) -> Browser:
    """Return the browser of an officer."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, Role.OFFICER, name=name)
    return browser


def draft_of(service: Service) -> Draft:
    """Return the open draft."""
    draft = open_draft(service.runtime.context)
    assert draft is not None
    return draft


def send(browser: Browser, path: str, **fields: str) -> int:
    """Send a form of the draft's page as it stands now, and return the status."""
    found = SEEN.search(browser.get(DRAFT).text)
    assert found is not None
    return browser.send_form(path, seen=found.group(1), **fields).status_code


def words(browser: Browser, path: str) -> str:
    """Return the words of a page, in English."""
    text = unescape(re.sub(r"<[^>]+>", " ", browser.get(f"{path}{'&' if '?' in path else '?'}lang=en").text))
    return " ".join(text.split())


def write(browser: Browser, *changes: tuple[str, str]) -> None:
    """Begin a draft with some changes of the declarations."""
    assert browser.send_form(f"{DRAFT}/begin").headers["location"] == DRAFT
    text = changed(*changes)["policy.yaml"].decode()
    assert send(browser, YAML, text=text.replace("\n", "\r\n")) == 303


def test_a_draft_goes_from_its_beginning_to_its_publication(service: Service, desk: Browser) -> None:
    """Written, compared with how many it touches, dated, published; from its day on it is in force."""
    service.register(ALICE)
    assert "No draft is open." in words(desk, "/officer/policy")
    write(desk, LONGER)
    page = words(desk, DRAFT)
    assert "waits for the yes of 1 customers" in page
    assert "only if they agree" in page
    assert "Customers are promised to hear of such a change 30 days before it." in page
    assert "It cannot be published yet." in page
    assert send(desk, f"{DRAFT}/day", day=LATER.isoformat()) == 303
    assert "Publish version 2, in force from 01/03/2027" in words(desk, DRAFT)
    assert send(desk, f"{DRAFT}/publish") == 303
    overview = words(desk, "/officer/policy")
    assert "The version is published." in overview
    assert "Version 2 takes effect on 01/03/2027" in overview
    assert re.search(r"Approved by \w+", overview)
    assert open_draft(service.runtime.context) is None
    service.clock.advance(timedelta(days=120))
    assert "Version 2" in words(service.browser(), "/policy")


def test_findings_stand_beside_the_text_with_their_lines(service: Service, desk: Browser) -> None:
    """The text is kept; the page of the draft counts what stands against it and offers no publication."""
    write(desk, ("basis: stated", "basis: whatever"))
    page = words(desk, YAML)
    assert "unknown basis `whatever`" in page
    assert re.search(r"line \d+ basis: whatever", page)
    draft = words(desk, DRAFT)
    assert "findings stand against it" in draft
    assert "Publish version" not in draft
    assert "basis: whatever" in draft_of(service).texts["policy.yaml"]
    assert send(desk, f"{DRAFT}/publish") == 409
    assert len(service.runtime.context.policies.published(service.runtime.context.store)) == 1


def test_an_edit_over_another_officers_keeps_both(service: Service, desk: Browser) -> None:
    """Refused with 409; what was typed stays in the field, theirs stands below, and saving again is on purpose."""
    write(desk, WORDS)
    seen = str(draft_of(service).revision)
    other = officer(service, "Bob")
    assert send(other, YAML, text="theirs\n") == 303
    refused = desk.send_form(YAML, seen=seen, text="mine\n")
    assert refused.status_code == 409
    assert "mine" in refused.text
    assert "theirs" in refused.text
    assert draft_of(service).texts["policy.yaml"] == "theirs\n"
    again = SEEN.search(refused.text)
    assert again is not None
    assert desk.send_form(YAML, seen=again.group(1), text="both\n").status_code == 303
    assert draft_of(service).texts["policy.yaml"] == "both\n"


@pytest.mark.parametrize("act", ["day", "approve", "publish", "drop", "follow"])
def test_nothing_is_done_to_a_draft_that_changed_meanwhile(service: Service, desk: Browser, act: str) -> None:
    """Who has not seen the last change is told so, with what stands now; the draft is kept."""
    write(desk, LONGER)
    assert send(desk, f"{DRAFT}/day", day=LATER.isoformat()) == 303
    before = draft_of(service)
    for seen in (str(before.revision - 1), "0", "x", ""):
        refused = desk.send_form(f"{DRAFT}/{act}", seen=seen, day="2027-04-01")
        assert refused.status_code == 409
    assert draft_of(service) == before


def test_a_draft_that_is_gone_keeps_what_was_typed(service: Service, desk: Browser) -> None:
    """Published or dropped by another while one writes: the text is still on the page."""
    write(desk, WORDS)
    seen = str(draft_of(service).revision)
    assert send(officer(service, "Bob"), f"{DRAFT}/drop") == 303
    late = desk.send_form(YAML, seen=seen, text="mine alone\n")
    assert late.status_code == 409
    assert "mine alone" in late.text
    assert desk.get(DRAFT).headers["location"] == "/officer/policy"
    assert desk.send_form(f"{DRAFT}/publish", seen=seen).status_code == 409


@pytest.mark.parametrize("day", ["soon", "2027-02-30", "31/01/2027"])
def test_a_day_that_is_none_is_refused_beside_the_field(service: Service, desk: Browser, day: str) -> None:
    """Nothing changes; an empty field takes the day away."""
    write(desk, LONGER)
    assert send(desk, f"{DRAFT}/day", day=LATER.isoformat()) == 303
    assert send(desk, f"{DRAFT}/day", day=day) == 422
    assert draft_of(service).effective_at is not None
    assert send(desk, f"{DRAFT}/day", day="") == 303
    assert draft_of(service).effective_at is None


def test_a_day_inside_the_promised_time_is_told_with_the_first_one_outside(service: Service, desk: Browser) -> None:
    """The page names the day; publishing all the same is refused, and the draft kept."""
    write(desk, LONGER)
    assert send(desk, f"{DRAFT}/day", day="2026-12-01") == 303
    assert "The first day that leaves them this time is 23/12/2026." in words(desk, DRAFT)
    assert send(desk, f"{DRAFT}/publish") == 409
    assert draft_of(service).effective_at is not None


def test_four_eyes_are_two_officers(make_service: Callable[..., Service], tmp_path: Path) -> None:
    """The first yes is recorded, the second officer publishes; alone nobody does."""
    folder = shutil.copytree(DEFAULT_POLICY, tmp_path / "policy")
    (folder / "policy.yaml").write_bytes(changed(("approvals: 1", "approvals: 2"))["policy.yaml"])
    service = make_service(policy=folder)
    alice, bob = officer(service, "Alice"), officer(service, "Bob")
    assert alice.send_form(f"{DRAFT}/begin").status_code == 303
    text = changed(("approvals: 1", "approvals: 2"), SHORTER)["policy.yaml"].decode()
    assert send(alice, YAML, text=text) == 303
    assert send(alice, f"{DRAFT}/day", day=LATER.isoformat()) == 303
    assert "Another officer has to say yes." in words(alice, DRAFT)
    assert send(alice, f"{DRAFT}/approve") == 303
    assert "Publish version" not in words(alice, DRAFT)
    assert send(alice, f"{DRAFT}/publish") == 409
    assert "Publish version 2" in words(bob, DRAFT)
    assert send(bob, f"{DRAFT}/publish") == 303
    assert re.search(r"Approved by \S+, \S+", words(bob, "/officer/policy"))


def test_the_draft_is_seen_as_a_customer_of_a_given_history_would(service: Service, desk: Browser) -> None:
    """Who agreed to a change has it; who did not is asked for it still."""
    ctx = service.runtime.context
    service.register(ALICE)
    publish_version(ctx, changed(LONGER), effective_at=ctx.clock.now() + timedelta(days=31))
    write(desk, WORDS)
    alone = words(desk, f"{DRAFT}/preview?joined=1")
    agreed = words(desk, f"{DRAFT}/preview?joined=1&agreed_2=1")
    assert "1 customer" in alone
    assert "Holds for them at once" not in alone
    assert "Holds for them at once" in agreed
    for strange in ("joined=99", "joined=x", "joined=1&agreed_77=1"):
        assert desk.get(f"{DRAFT}/preview?{strange}").status_code == 422


def test_only_officers_come_to_the_draft(service: Service, desk: Browser) -> None:
    """Other staff are refused, strangers led to the sign-in, and a name that is no file is nothing."""
    write(desk, WORDS)
    auditor = service.browser()
    sign_in_staff(service.runtime.context, auditor, Role.AUDITOR, Role.SUPPORT, Role.ADMIN, name="Bob")
    for path in ("/officer/policy", DRAFT, YAML, f"{DRAFT}/preview"):
        assert auditor.get(path).status_code == 403
        assert service.browser().get(path).headers["location"].startswith("/officer/sign-in")
    assert auditor.send_form(f"{DRAFT}/drop", seen=str(draft_of(service).revision)).status_code == 403
    assert desk.get(f"{DRAFT}/files/passwd").status_code == 404


def test_a_policy_of_the_largest_size_fits_the_form(service: Service, desk: Browser) -> None:
    """Half a mebibyte of Vietnamese is saved; a file over that is refused beside the field."""
    write(desk, WORDS)
    path = f"{DRAFT}/files/prose.vi.md"
    assert send(desk, path, text="ắ" * 170_000) == 303
    assert send(desk, path, text="a" * 600_000) == 422
    assert len(draft_of(service).texts["prose.vi.md"]) == 170_000
