"""The pages and calls of printing, over HTTP: what they say, what they refuse, and what reaches a printer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from camket_shop.printing.network import JOB_BYTES
from tests.shop.printing.emulated import emulated_printer
from tests.shop.web.conftest import Owner, serving, words
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response

USED = "/quay/api/printers/used"
NETWORK = "/quay/api/printers/network"
PRINTER = {"name": "MPT-II", "transport": "bluetooth"}


@pytest.fixture(scope="module")
def printing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """Return an owner of a service whose operator allows printers on this machine."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("QUAY_NETWORK_PRINTERS", "127.0.0.0/8")
        for service in serving(tmp_path_factory.mktemp("printing") / "data"):
            yield Owner(service.register(ALICE))


def error_of(response: Response) -> tuple[int, str]:
    """Return the status and code of an error, which always says something to people too."""
    told = response.json()["error"]
    assert told["message"]
    return response.status_code, told["code"]


def test_the_page_of_printers_says_why_in_the_policys_words(reader: Owner) -> None:
    """Before anything is asked for, both items stand there with the reason that the policy gives."""
    said = words(reader.get("/printers"))
    assert "Có dùng máy in" in said
    assert "Để nối lại đúng máy in của bạn." in said
    assert "To reconnect to your own printer." in words(reader.get("/printers?lang=en"))


@pytest.mark.parametrize("path", ["/printers", "/receipts/1"])
def test_only_pages_that_print_may_use_a_port(alice: Owner, path: str) -> None:
    """The header allows serial ports on pages that print, and no camera there; browsers know none for Bluetooth."""
    alice.sell()
    policy = alice.get(path).headers["Permissions-Policy"]
    assert "serial=(self)" in policy
    assert "camera=()" in policy
    assert "serial=()" in alice.get("/settings").headers["Permissions-Policy"]


def test_no_network_is_allowed_until_the_operator_names_one(reader: Owner) -> None:
    """Without the setting the page says that the way is off, and the call reaches nothing."""
    assert "QUAY_NETWORK_PRINTERS" in words(reader.get("/printers"))
    with emulated_printer() as printer:
        answer = reader.browser.post(NETWORK, content=b"x", headers={"X-Printer": f"127.0.0.1:{printer.port}"})
        assert error_of(answer) == (403, "printer_not_allowed")
    assert printer.jobs == []


def test_a_job_is_carried_byte_for_byte(printing: Owner) -> None:
    """What the page sends is what the printer gets; the page's field for the address is there."""
    assert 'name="address"' in printing.get("/printers").text
    job = bytes(range(256)) * 100
    with emulated_printer() as printer:
        answer = printing.browser.post(NETWORK, content=job, headers={"X-Printer": f"127.0.0.1:{printer.port}"})
        assert answer.status_code == 204
        assert printer.await_jobs(1) == [job]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("", 422, "printer_address"),
        ("printer.example:9100", 422, "printer_address"),
        ("127.0.0.1:22", 403, "printer_not_allowed"),
        ("192.0.2.7:9100", 403, "printer_not_allowed"),
        ("[::1]:9100", 403, "printer_not_allowed"),
    ],
)
def test_the_server_is_no_way_to_anywhere_else(printing: Owner, address: str, status: int, code: str) -> None:
    """A name, another port or network: refused before anything is connected to; the answer repeats no address."""
    answer = printing.browser.post(NETWORK, content=b"x", headers={"X-Printer": address})
    assert error_of(answer) == (status, code)
    assert not address or address not in answer.text


def test_a_job_that_is_too_long_is_refused(printing: Owner) -> None:
    """More than 512 KiB is not read."""
    answer = printing.browser.post(NETWORK, content=bytes(JOB_BYTES + 1), headers={"X-Printer": "127.0.0.1:9100"})
    assert error_of(answer) == (413, "too_large")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "not_understood"),
        (b"[]", 422, "printer_transport"),
        (b'{"name": "MPT-II"}', 422, "printer_transport"),
        (b'{"name": "MPT-II", "transport": []}', 422, "printer_transport"),
        (b'{"name": "MPT-II", "transport": "pigeon"}', 422, "printer_transport"),
        (b'{"name": "  ", "transport": "bluetooth"}', 422, "printer_name"),
        (b'{"name": 7, "transport": "bluetooth"}', 422, "printer_name"),
        (json.dumps(PRINTER | {"name": "\u202egnirts"}).encode(), 422, "value_refused"),
        (json.dumps(PRINTER | {"name": "x" * 5000}).encode(), 422, "value_refused"),
    ],
)
def test_what_is_no_printer_is_refused(reader: Owner, body: bytes, status: int, code: str) -> None:
    """A name that hides something, or none at all, is not put on record."""
    answer = reader.browser.post(USED, content=body, headers={"Content-Type": "application/json"})
    assert error_of(answer) == (status, code)


def test_who_is_signed_out_prints_nothing(shared_stranger: Response) -> None:
    """Without a session nothing is carried and nothing is kept, and the code says why."""
    assert error_of(shared_stranger) == (401, "signed_out")


@pytest.fixture(params=[USED, NETWORK])
def shared_stranger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Response]:
    """Return the answer to a call of someone who is not signed in."""
    for service in serving(tmp_path / "data"):
        yield service.browser().post(request.param, content=b"{}", headers={"X-Printer": "127.0.0.1:9100"})


def test_a_label_page_shows_its_product_and_no_one_elses(alice: Owner, bob: Owner) -> None:
    """The page carries what its script draws, escaped; another shop's product is not there."""
    product_id = alice.add(name="</script><b>Bia & lạc</b>", barcode="8934563138165")
    page = alice.get(f"/products/{product_id}/label")
    assert page.status_code == 200
    drawn = re.search(r'<script type="application/json" id="label-product">(.*?)</script>', page.text)
    assert drawn is not None
    assert json.loads(drawn[1])["name"] == "</script><b>Bia & lạc</b>"
    assert bob.get(f"/products/{product_id}/label").status_code == 404
