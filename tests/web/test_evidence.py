"""The evidence pack at the desk: told of, handed over, and checked by anyone with the command line alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from camket.cli.evidence import app as evidence_cli
from camket.core.staff.roles import Role
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE
from tests.web.test_privacy_centre import ask, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Browser, Service


@pytest.fixture
def number(service: Service) -> str:
    """Return the receipt number of a request that alice made."""
    request, _ = ask(service, service.register(ALICE), "/me/delete")
    row = service.runtime.context.store.read(lambda unit: unit.requests.find(request.rpartition("/")[2]))
    assert row is not None
    service.settle()
    return row.number


def desk(service: Service, *roles: Role) -> Browser:
    """Return the browser of a member of staff."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, *roles, name="Bob")
    return browser


def test_the_pack_is_handed_over_and_holds(service: Service, number: str, tmp_path: Path) -> None:
    """What the desk hands over, the command line accepts without the service, under the key that is published."""
    browser = desk(service, Role.OFFICER)
    answer = browser.send_form(f"/officer/requests/{number}/evidence")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="camket-{number}.zip"'
    assert "no-store" in answer.headers["cache-control"]
    file = tmp_path / f"camket-{number}.zip"
    file.write_bytes(answer.content)
    key = service.browser().get("/ledger/key").text.strip()
    result = CliRunner().invoke(evidence_cli, ["verify", str(file), "--key", key, "--lang", "en"])
    assert result.exit_code == 0, result.output
    assert f"Request {number} - Deletion of the account" in result.stdout
    file.write_bytes(answer.content[:-30] + b"\x01" + answer.content[-29:])
    assert CliRunner().invoke(evidence_cli, ["verify", str(file)]).exit_code == 1


def test_the_page_says_what_the_pack_holds_and_how_it_is_checked(service: Service, number: str) -> None:
    """The page has the command with file and key, the button, and what the customer will see; in both languages."""
    browser = desk(service, Role.AUDITOR)
    page = browser.get(f"/officer/requests/{number}/evidence")
    assert "Hồ sơ bằng chứng" in text_of(page)
    assert re.search(rf"camket evidence verify camket-{number}\.zip --key \S+\+[0-9a-f]{{8}}\+", text_of(page))
    english = browser.get(f"/officer/requests/{number}/evidence", params={"lang": "en"})
    assert "It holds no data of the customer" in text_of(english)


def test_reading_the_page_records_nothing_and_taking_the_pack_does(service: Service, number: str) -> None:
    """That a pack was taken is on record, and that someone looked at the page before is not."""

    def records() -> int:
        head, waiting = service.runtime.context.store.read(
            lambda unit: (unit.ledger.head().size, unit.records.count_unsequenced())
        )
        return head + waiting

    browser = desk(service, Role.OFFICER)
    browser.get("/officer")
    before = records()
    browser.get(f"/officer/requests/{number}/evidence")
    assert records() == before
    browser.send_form(f"/officer/requests/{number}/evidence")
    assert records() == before + 1


def test_a_number_that_no_one_has_is_no_page(service: Service) -> None:
    """A guessed number gives neither page nor pack."""
    browser = desk(service, Role.OFFICER)
    for guessed in ("00000-00000", "1", "%2e%2e"):
        path = f"/officer/requests/{guessed}/evidence"
        assert browser.get(path).status_code == 404
        assert browser.send_form(path).status_code == 404


def test_who_is_no_officer_or_auditor_gets_nothing(service: Service, number: str) -> None:
    """Support, administrators, the customer and strangers are turned away."""
    path = f"/officer/requests/{number}/evidence"
    for role in (Role.SUPPORT, Role.ADMIN):
        browser = desk(service, role)
        assert browser.get(path).status_code == 403
        assert browser.send_form(path).status_code == 403
    assert "sign-in" in service.browser().send_form(path).headers["location"]
