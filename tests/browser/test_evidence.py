"""An officer takes the evidence pack of a request in a real browser, and the command line accepts it."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.looking import findings_of
from tests.staff import sign_in_staff_in_browser

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.serving import Served
    from tests.browser.visitor import Visitor


def test_a_pack_is_taken_read_and_checked(service: Served, visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    """The page leads to the file, the file holds without the service, and its own pages read well offline."""
    alice, officer = visitor(reduced_motion="reduce"), visitor(reduced_motion="reduce")
    alice.register("Alice Nguyễn", "0912345678", "alice@shop.example")
    alice.open("/me/delete")
    alice.send()
    expect(alice.main.locator("input[name='code']")).to_be_visible()
    (request,) = json.loads(service.command("request", "list", "--list", "unproven", "--json").stdout)
    sign_in_staff_in_browser(service, officer.context)
    officer.open(f"/officer/requests/{request['number']}/evidence")
    expect(officer.main.locator("h1")).to_have_text("Hồ sơ bằng chứng")
    assert findings_of(officer) == set()
    with officer.page.expect_download() as download:
        officer.main.locator("form button").first.click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    checked = service.command("evidence", "verify", file, "--lang", "en")
    assert checked.returncode == 0, checked.stdout
    with zipfile.ZipFile(file) as pack:
        assert pack.testzip() is None
        pack.extractall(tmp_path)
    for name in ("bang-chung.html", "evidence.html"):
        officer.page.goto((tmp_path / name).as_uri())
        expect(officer.page.locator("h1")).to_contain_text(request["number"])
        assert findings_of(officer) == set()
