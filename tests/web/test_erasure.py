"""Deleting the account: shown first, accepted in so many words, certified, and checked by anyone (P13)."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from camket.cli.certificate import app as certificate_cli
from camket.cli.ledger import app as ledger_cli
from camket.web.cookies import CERTIFICATE
from tests.web.conftest import ALICE, BOB, Browser
from tests.web.test_privacy_centre import ask, text_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.web.conftest import Service


def prove(service: Service, browser: Browser) -> str:
    """Ask for the deletion and prove who one is; return the address of the last page."""
    request, code = ask(service, browser, "/me/delete")
    onward = browser.send_form(f"{request}/verify", code=code)
    assert onward.headers["location"] == f"{request}/accept"
    return f"{request}/accept"


def acceptance(browser: Browser, page: str) -> str:
    """Return what the box on the last page stands for."""
    found = re.search(r'type="checkbox"[^>]*value="([0-9a-f]{64})"', browser.get(page).text)
    assert found is not None
    return found.group(1)


def delete(service: Service, browser: Browser) -> None:
    """Delete the account of a browser."""
    page = prove(service, browser)
    done = browser.send_form(page, accepted=acceptance(browser, page))
    assert done.headers["location"] == "/certificate"


def test_the_preview_says_what_goes_and_what_stays(service: Service) -> None:
    """Before anything is asked, the page names every item that goes, and each that stays with its law and its day."""
    browser = service.register(ALICE)
    page = text_of(browser.get("/me/delete"))
    assert "Họ tên" in page.split("Những gì phải giữ")[0]
    stays = page.split("Những gì phải giữ")[1]
    assert "Nghị định 333/2026/NĐ-CP" in stays
    assert re.search(r"đến \d\d/\d\d/20\d\d", stays)
    assert "Alice" in text_of(browser.get("/me"))


def test_nothing_is_chosen_beforehand(service: Service) -> None:
    """The box is not ticked; sending the form without it deletes nothing and says what is missing."""
    browser = service.register(ALICE)
    page = prove(service, browser)
    shown = browser.get(page)
    assert " checked" not in shown.text
    assert "không ai khôi phục được" in text_of(shown)
    refused = browser.send_form(page)
    assert refused.status_code == 422
    assert "không đánh dấu thì không có gì bị xóa" in text_of(refused)
    assert "Alice Nguyễn" in text_of(browser.get("/me"))


def test_yes_and_no_are_twins(service: Service) -> None:
    """Keeping and deleting stand side by side in the same dress."""
    browser = service.register(ALICE)
    for page in ("/me/delete", prove(service, browser)):
        pair = re.search(r'<div class="pair">(.*?)</div>', browser.get(page).text, re.DOTALL)
        assert pair is not None
        assert re.findall(r'class="([^"]+)"', pair.group(1)) == ["btn", "btn"]


def test_what_was_shown_is_what_is_accepted(service: Service) -> None:
    """A yes to something else than what would happen is refused, and the page is shown again."""
    browser = service.register(ALICE)
    page = prove(service, browser)
    refused = browser.send_form(page, accepted="0" * 64)
    assert refused.status_code == 422
    assert "Xin xem lại" in text_of(refused)
    assert "Alice Nguyễn" in text_of(browser.get("/me"))


def test_no_one_deletes_without_proof(service: Service) -> None:
    """The last page is closed until the code was entered, and to every other session."""
    browser = service.register(ALICE)
    request, _ = ask(service, browser, "/me/delete")
    assert browser.get(f"{request}/accept").headers["location"] == "/me/delete"
    assert browser.send_form(f"{request}/accept", accepted="0" * 64).headers["location"] == "/me/delete"
    assert "Alice Nguyễn" in text_of(browser.get("/me"))


def test_the_account_goes_and_its_owner_gets_a_certificate(service: Service) -> None:
    """After the yes the page says that it is under way, then hands the certificate over; the account is gone."""
    browser = service.register(ALICE)
    delete(service, browser)
    waiting = browser.get("/certificate")
    assert "Tài khoản đang được xóa" in text_of(waiting)
    assert browser.get("/certificate/status").json() == {"ready": False}
    assert browser.get("/certificate/file").status_code == 404
    service.settle()
    assert browser.get("/certificate/status").json() == {"ready": True}
    page = text_of(browser.get("/certificate"))
    assert "Giấy chứng nhận xóa" in page
    # 10:00 in Vietnam; the epoch ends at 02:00 of the next day, and backups of the key live thirty days.
    assert "mất khi hết kỳ khóa 1, dự kiến ngày 23/12/2026" in page
    assert "Họ tên" in page
    assert "camket certificate verify camket-certificate.json --ledger http://localhost:8000/ledger/" in page
    assert browser.get("/me").headers["location"] == "/sign-in?next=%2Fme"
    stranger = service.browser()
    stranger.send_form("/sign-in", email=ALICE["email"])
    service.settle()
    mails = service.runtime.mailbox.mails()  # type: ignore[union-attr]  # this service has a mailbox
    assert not any("đăng nhập" in mail.subject.lower() and mail.recipient == ALICE["email"] for mail in mails[:1])
    assert service.register(ALICE).get("/me").status_code == 200


def test_the_certificate_is_checked_against_the_served_ledger(service: Service, tmp_path: Path) -> None:
    """The files under /ledger/ are a whole ledger, and one command checks the certificate against them, offline."""
    browser = service.register(ALICE)
    delete(service, browser)
    service.settle()
    answer = browser.get("/certificate/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="camket-certificate.json"'
    file = tmp_path / "camket-certificate.json"
    file.write_bytes(answer.content)
    assert json.loads(answer.content)["format"] == "camket-erasure-certificate"
    folder = save_ledger(service, tmp_path / "ledger")
    whole = CliRunner().invoke(ledger_cli, ["verify", str(folder), "--lang", "en"])
    assert whole.exit_code == 0, whole.output
    checked = CliRunner().invoke(certificate_cli, ["verify", str(file), "--ledger", str(folder), "--lang", "en"])
    assert checked.exit_code == 0, checked.output
    file.write_bytes(answer.content.replace(b'"count":1', b'"count":2').replace(b'"count": 1', b'"count": 2'))
    assert CliRunner().invoke(certificate_cli, ["verify", str(file), "--ledger", str(folder)]).exit_code == 1


def save_ledger(service: Service, folder: Path) -> Path:
    """Download the published ledger as anyone can, file by file."""
    browser = service.browser()
    paths = service.runtime.context.store.read(lambda unit: unit.ledger.paths(after="", limit=1000))
    assert paths
    for path in ("checkpoint", "key", *paths):
        answer = browser.get(f"/ledger/{path}")
        assert answer.status_code == 200, path
        assert answer.headers["access-control-allow-origin"] == "*"
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.content)
    return folder


def test_a_yes_sent_twice_is_once(service: Service) -> None:
    """Sending the last form again, at once or after the account is gone, leads to the same certificate."""
    browser = service.register(ALICE)
    page = prove(service, browser)
    accepted = acceptance(browser, page)
    token = browser.cookies[CERTIFICATE.name]
    assert browser.send_form(page, accepted=accepted).headers["location"] == "/certificate"
    assert browser.send_form(page, accepted=accepted).headers["location"] == "/certificate"
    service.settle()
    assert browser.send_form(page, accepted=accepted).headers["location"] == "/certificate"
    assert browser.cookies[CERTIFICATE.name] == token
    assert browser.get("/certificate/status").json() == {"ready": True}


def test_a_lost_answer_does_not_lose_the_certificate(service: Service) -> None:
    """The browser has the way to the certificate before it says yes, so it needs nothing of the answer."""
    browser = service.register(ALICE)
    page = prove(service, browser)
    accepted = acceptance(browser, page)
    before = dict(browser.cookies)
    browser.send_form(page, accepted=accepted)
    service.settle()
    browser.cookies = before
    assert "Giấy chứng nhận xóa" in text_of(browser.get("/certificate"))
    assert browser.get("/certificate/file").status_code == 200


def test_no_one_chooses_a_weak_way_to_the_certificate(service: Service) -> None:
    """A cookie that is no token of ours is not used; the answer brings a new one."""
    browser = service.register(ALICE)
    page = prove(service, browser)
    accepted = acceptance(browser, page)
    browser.cookies.set(CERTIFICATE.name, "weak")
    done = browser.send_form(page, accepted=accepted)
    assert re.search(rf"{CERTIFICATE.name}=[0-9a-f]{{64}};", done.headers["set-cookie"])


def test_only_the_owners_browser_finds_the_certificate(service: Service) -> None:
    """A browser without the token, or with another one, finds nothing; forgetting it forgets it here."""
    browser = service.register(ALICE)
    delete(service, browser)
    service.settle()
    stranger = service.browser()
    for token in ("", "0" * 64, "x" * 64, "zz"):
        stranger.cookies.set(CERTIFICATE.name, token)
        assert "Ở đây không có giấy chứng nhận nào" in text_of(stranger.get("/certificate"))
        assert stranger.get("/certificate/file").status_code == 404
    browser.send_form("/certificate/forget")
    assert "Ở đây không có giấy chứng nhận nào" in text_of(browser.get("/certificate"))


def test_deleting_one_account_leaves_others_alone(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    """Bob still finds all of his own after Alice is gone; nothing of hers is in a log."""
    alice, bob = service.register(ALICE), service.register(BOB)
    delete(service, alice)
    service.settle()
    page = html.unescape(bob.get("/me").text)
    assert "Bob Trần" in page
    logged = service.log.getvalue() + "".join(capsys.readouterr())
    for value in (*ALICE.values(), "0901234567", "+84901234567"):
        assert value not in logged


def test_the_names_of_articles_are_marked_as_vietnamese_on_english_pages(service: Service) -> None:
    """A screen reader reads `Nghị định` aloud in Vietnamese wherever an English page cites it, and only there."""
    marked = '<span lang="vi">Nghị định 333/2026/NĐ-CP</span>'
    browser = service.register(ALICE)
    for page in ("/me/delete", "/policy"):
        english, vietnamese = browser.get(f"{page}?lang=en").text, browser.get(f"{page}?lang=vi").text
        assert marked in english, page
        assert english.count("Nghị định 333/2026/NĐ-CP") == english.count(marked), page
        assert marked not in vietnamese
        assert "Nghị định 333/2026/NĐ-CP" in vietnamese
    delete(service, browser)
    service.settle()
    assert marked in browser.get("/certificate?lang=en").text
