"""The receipt of a consent: its page, its files, and who gets them."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from camket.core.ledger.openings import Openings, verify_openings
from camket.services.sequencing import tile_reader
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Service

HASH = re.compile(r'name="text_hash" value="([0-9a-f]{64})"')
RECEIPT = re.compile(r'href="(/me/consents/[0-9a-f]{32}/receipt)"')


def agree(browser: Browser) -> str:
    """Say yes to improvement news; return the address of the receipt."""
    path = browser.send_form("/ask", purpose="promote").headers["location"].partition("?")[0]
    found = HASH.search(browser.get(path).text)
    assert found is not None
    assert browser.send_form(path, answer="yes", text_hash=found.group(1)).status_code < 400
    receipt = RECEIPT.search(browser.get("/me/consents").text)
    assert receipt is not None
    return receipt.group(1)


def test_a_receipt_is_read_in_both_languages(service: Service) -> None:
    """It shows the exact question, the version, what happened, and where its entry stands in the ledger."""
    alice = service.register(ALICE)
    address = agree(alice)
    assert "đang trên đường vào sổ cái" in unescape(alice.get(address).text)
    service.settle()
    page = unescape(alice.get(address).text)
    for words in (
        "Biên nhận đồng ý của bạn",
        "Quầy dùng thông tin của bạn cho mục đích",
        "Bạn được hỏi",
        "22/11/2026 10:00:0",
        "bằng nút bấm",
    ):
        assert words in page
    assert "camket ledger openings openings.json" in re.sub(r"<[^>]+>", "", page)
    english = unescape(alice.get(f"{address}?lang=en").text)
    assert "Receipt of your yes" in english
    assert 'lang="vi"' in english


def test_the_files_of_a_receipt(service: Service) -> None:
    """Each standard form has its media type, and the opened entry is proven against the published ledger."""
    alice = service.register(ALICE)
    address = agree(alice)
    service.settle()
    iso = alice.get(f"{address}/iso-27560.jsonld")
    assert iso.headers["content-type"] == "application/ld+json"
    assert iso.json()["schema_version"] == "ISO/IEC TS 27560:2023"
    assert alice.get(f"{address}/kantara.json").json()["version"] == "KI-CR-v1.1.0"
    opened = alice.get(f"{address}/openings.json")
    assert "attachment" in opened.headers["content-disposition"]
    report = verify_openings(Openings.parse(opened.content), tile_reader(service.runtime.context))
    assert (report.holds, report.proven) == (True, 1)


@pytest.mark.parametrize("ending", ["", "/kantara.json"])
def test_a_receipt_is_its_subjects_alone(service: Service, ending: str) -> None:
    """For bob, and for who is not signed in, alice's receipt is not there."""
    address = agree(service.register(ALICE)) + ending
    bob = service.register(BOB)
    assert bob.get(address).status_code == 404
    assert bob.get("/me/consents/none/receipt").status_code == 404
    assert service.browser().get(address).status_code == 303


def test_a_receipt_has_no_other_file(service: Service) -> None:
    """Another name of a file is not found."""
    alice = service.register(ALICE)
    assert alice.get(f"{agree(alice)}/receipt.pdf").status_code == 404


def test_the_api_gives_the_same_receipts(service: Service) -> None:
    """By token, in either form; another customer's is not found, and a form that no standard has is refused."""
    alice, bob = service.register(ALICE), service.register(BOB)
    address = f"/api/v1{agree(alice).removeprefix('/me')}"
    service.settle()

    def get(customer: Browser, query: str = "") -> Response:
        token = {"Authorization": f"Bearer {customer.cookies.get('camket_session')}"}
        return service.browser().get(f"{address}{query}", headers=token)

    iso = get(alice, "?lang=en")
    assert iso.headers["content-type"] == "application/ld+json"
    assert iso.json()["consent_record"]["jurisdiction"] == "VN"
    assert get(alice, "?form=kantara").json()["version"] == "KI-CR-v1.1.0"
    assert (get(bob).status_code, get(alice, "?form=pdf").status_code) == (404, 422)
    assert service.browser().get(address).status_code == 401
