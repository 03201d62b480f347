"""P17: the policy may change; no one's rights under it are reduced without their explicit yes, and everyone is told."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import CamketError
from camket.core.gate.question import SubjectFacts
from camket.core.terms import Right
from camket.services.publishing import publish_version
from tests.unit.services.consenting import IMPROVE_ITEMS
from tests.web.conftest import ALICE, BOB, ROOT
from tests.web.test_ask import subjects, text_hash, withdraw

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service

FILES = dict(read_policy_folder(ROOT / "policies" / "default"))
MORE_AND_BETTER = (
    (IMPROVE_ITEMS, f"{IMPROVE_ITEMS}      - phone\n"),
    ("    complete: 20 days", "    complete: 15 days"),
)
NOTICE = timedelta(days=31)


def publish(service: Service, *edits: tuple[str, str]) -> None:
    """Publish a change of the default policy that takes effect after the notice that it promises."""
    text = FILES["policy.yaml"].decode()
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    files = {**FILES, "policy.yaml": text.encode()}
    publish_version(service.runtime.context, files, effective_at=service.clock.instant + NOTICE)
    service.settle()


def improving_with_phone(service: Service, subject_id: str) -> str:
    """Return what the gate says to improving the service with a phone number."""
    door = service.runtime.context.door
    return str(door.decide(subject_id=subject_id, items=("phone",), purpose="improve").outcome)


def subject_of(service: Service, known: set[str]) -> str:
    """Return the subject id that is not among the known ones."""
    (new,) = {str(row.id) for row in subjects(service)} - known
    return new


def agree(browser: Browser) -> None:
    """Say yes to the use of the phone number on the page of changes."""
    path = str(browser.send_form("/ask", about="changes", next="/me/changes").headers["location"])
    page = unescape(browser.get(path).text)
    (clause,) = re.findall(r'name="clause" value="(use\(phone, improve, stated\))"', page)
    bare = path.partition("?")[0]
    said = browser.send_form(bare, answer="yes", clause=clause, text_hash=text_hash(page), next="/me/changes")
    assert said.status_code == 303


def test_what_reduces_binds_only_who_agreed_and_what_is_better_binds_all(service: Service) -> None:
    """P17: alice keeps what she had until her yes, and again after taking it back; bob joined under the new text."""
    service.register(ALICE)
    hers = subject_of(service, set())
    publish(service, *MORE_AND_BETTER)
    assert improving_with_phone(service, hers) == "deny"
    service.clock.advance(NOTICE)
    service.settle()
    alice = sign_in_again(service, ALICE)
    assert improving_with_phone(service, hers) == "ask"
    service.register(BOB)
    assert improving_with_phone(service, subject_of(service, {hers})) == "permit"
    agree(alice)
    assert improving_with_phone(service, hers) == "permit"
    withdraw(alice)
    assert improving_with_phone(service, hers) == "ask"


def sign_in_again(service: Service, person: dict[str, str]) -> Browser:
    """Return a browser in which someone who has an account has signed in."""
    browser = service.browser()
    assert browser.send_form("/sign-in", email=person["email"]).status_code == 303
    assert browser.send_form("/sign-in/confirm", code=service.newest_code()).status_code == 303
    return browser


def test_every_change_is_posted_and_significant_ones_are_sent(service: Service) -> None:
    """P17: from publication on the page says what will change and when, and a mail says it to alice."""
    service.register(ALICE)
    publish(service, *MORE_AND_BETTER)
    shown = unescape(service.browser().get("/policy/compare?from=1&to=2&lang=vi").text)
    assert "Dùng thêm “Số điện thoại” cho mục đích “Cải thiện dịch vụ”." in shown
    assert "Làm xong yêu cầu “Xóa dữ liệu” trong 15 ngày thay vì 20 ngày." in shown
    assert "có hiệu lực từ ngày" in shown
    assert service.runtime.mailbox is not None
    told = [mail for mail in service.runtime.mailbox.mails() if "“Số điện thoại”" in mail.text]
    assert {mail.recipient for mail in told} == {ALICE["email"]}


def test_a_word_is_posted_and_no_one_is_disturbed(service: Service) -> None:
    """P17: a label that reads otherwise is a version with its comparison, and no mail goes out for it."""
    service.register(ALICE)
    assert service.runtime.mailbox is not None
    before = len(service.runtime.mailbox.mails())
    publish(service, ("      vi: Họ tên\n", "      vi: Họ và tên\n"))
    assert "từ nay gọi là “Họ và tên”" in unescape(service.browser().get("/policy/compare").text)
    assert len(service.runtime.mailbox.mails()) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dpv: dpv:ImproveExistingProductsAndServices", "dpv: dpv:DirectMarketing"),
        ("    dpv: pd:TelephoneNumber", "    dpv: pd:HealthRecord"),
    ],
)
def test_what_takes_from_everyone_without_asking_is_not_published(service: Service, old: str, new: str) -> None:
    """P17: an id that would mean something else leaves nobody a way to keep what they had: refused, nothing changed."""
    with pytest.raises(CamketError, match="no clause by which customers could keep what they had"):
        publish(service, (old, new))
    assert len(service.runtime.context.policies.published(service.runtime.context.store)) == 1


def test_a_right_never_gets_worse_by_itself(service: Service) -> None:
    """P17: a slower deletion holds for newcomers; alice's stays as quick as it was when she joined."""
    service.register(ALICE)
    publish(service, ("    complete: 20 days", "    complete: 30 days"))
    service.clock.advance(NOTICE)
    history = service.runtime.context.policies.in_force(service.runtime.context.store, service.clock.now())
    of_alice, of_a_newcomer = (history.standing(SubjectFacts(joined=joined)).rights[Right.ERASE] for joined in (1, 2))
    assert (of_alice.complete_days, of_a_newcomer.complete_days) == (20, 30)
