"""A changed policy is told of in a real browser: the banner stands until it is read, and the officer sees it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from camket.adapters.policy_files import read_policy_folder
from camket.bootstrap import start_runtime
from camket.config import load_settings
from camket.services.policies import publish_policy
from camket.testing.service import DEFAULT_POLICY
from tests.browser.looking import findings_of
from tests.staff import sign_in_staff_in_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.serving import Served
    from tests.browser.visitor import Visitor


def publish_longer(served: Served) -> None:
    """Publish a longer maximum for in 40 days, beside the service that runs."""
    settings = load_settings(data=Path(served.data), development=True, port=int(served.origin.rpartition(":")[2]))
    files = dict(read_policy_folder(DEFAULT_POLICY))
    files["policy.yaml"] = files["policy.yaml"].replace(b"maximum: 400 days", b"maximum: 410 days", 1)
    with closing(start_runtime(settings, existing=True)) as runtime:
        ctx = runtime.context
        publish_policy(ctx, files, effective_at=ctx.clock.now() + timedelta(days=40))


def test_a_change_stands_until_it_is_read_and_the_officer_sees_it(
    service: Served, visitor: Callable[..., Visitor]
) -> None:
    """The banner leads to what changes and back; read once it is gone; no page on the way has a finding."""
    alice, officer = visitor(reduced_motion="reduce"), visitor("en", reduced_motion="reduce")
    alice.register("Alice Nguyễn", "0912345678", "alice@shop.example")
    sign_in_staff_in_browser(service, officer.context)
    officer.open("/officer/notices")
    assert findings_of(officer) == set()
    publish_longer(service)
    alice.open("/me")
    banner = alice.page.locator("aside.told")
    expect(banner).to_contain_text("Chính sách dữ liệu sẽ thay đổi từ ngày")
    assert findings_of(alice) == set()
    with alice.page.expect_navigation():
        banner.locator("a").click()
    expect(alice.main.locator("h1")).to_be_visible()
    alice.open("/me/notices")
    expect(alice.main.locator("form button")).to_be_visible()
    assert findings_of(alice) == set()
    with alice.page.expect_navigation():
        alice.main.locator("form button").click()
    expect(alice.main.get_by_role("status")).to_be_visible()
    expect(banner).to_have_count(0)
    assert findings_of(alice) == set()
    officer.open("/officer/notices/2")
    expect(officer.main.locator(".chart")).to_be_visible()
    officer.main.locator("details summary").click()
    assert findings_of(officer) == set()
    officer.fill(email="alice@shop.example")
    with officer.page.expect_navigation():
        officer.main.locator("form[action$='/proof'] button").click()
    expect(officer.main.get_by_role("status")).to_contain_text("Read")
    assert findings_of(officer) == set()
