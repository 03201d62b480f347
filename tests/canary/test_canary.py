"""Nothing personal outside the vault: markers as every value, the whole scenario, a search of all that was written.

A real `camket serve` with a real mail relay, real requests, SQLite with its write-ahead log, the key store, the
exported ledger, logs, mail headers, addresses and error pages. The shop runs beside it. What the shop keeps itself,
goods and sales, does stand in the clear in the shop's own database, which is where the policy declares it to be: the
search says that it stands there, that it stands nowhere else, and that nothing is left of it after the deletion.
"""

import io
import json
import re
import shutil
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller

from tests.browser.serving import Served, served
from tests.canary.browser import Browser, Page
from tests.canary.desk import Desk
from tests.canary.markers import (
    Leak,
    email_marker,
    name_marker,
    phone_marker,
    search,
    search_folder,
    word_marker,
)
from tests.canary.stall import APPS, STORE, Stall

CODE = re.compile(r"^(\d{6})$", re.MULTILINE)
INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+")
FORWARDED = "203.0.113.77"
WAIT_SECONDS = 30


class Postbox:
    """A mail relay that keeps what it takes and lets one wait for it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._arrived = threading.Condition()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd calls it by this name, without types
        """Take a mail."""
        message = message_from_bytes(cast("bytes", envelope.content), policy=default)
        with self._arrived:
            self.mails.append(message)
            self._arrived.notify_all()
        return "250 OK"

    def code_to(self, address: str, after: int) -> str:
        """Wait for a mail with a code to an address, past the first `after` mails, and return the code."""

        def found() -> str | None:
            for mail in self.mails[after:]:
                code = CODE.search(body_of(mail))
                if mail["To"] == address and code:
                    return code.group(1)
            return None

        with self._arrived:
            assert self._arrived.wait_for(lambda: found() is not None, timeout=WAIT_SECONDS)
            return found() or ""


def body_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@contextmanager
def relay(postbox: Postbox) -> Iterator[str]:
    """Run a mail relay on loopback; yields its address as the setting takes it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


class Life:
    """Alice's whole life with the service, every value of hers a marker."""

    def __init__(self, service: Served, postbox: Postbox) -> None:
        self.service = service
        self.postbox = postbox
        self.markers = {
            "name": name_marker(),
            "corrected name": name_marker(),
            "phone": phone_marker(),
            "corrected phone": phone_marker(),
            "email": email_marker(),
            "new email": email_marker(),
            "unknown email": email_marker(),
            "device model": word_marker(),
            "user agent": word_marker(),
            "query": word_marker(),
            "undeclared field": word_marker(),
            "words to support": word_marker(),
            "address": FORWARDED,
        }
        self.codes: list[str] = []
        self.browser = Browser(
            service.origin,
            {
                "User-Agent": f"Mozilla/5.0 (Linux; Android 14; {self.markers['user agent']}) Chrome/131.0",
                "Sec-CH-UA-Model": f'"{self.markers["device model"]}"',
                "X-Forwarded-For": FORWARDED,
                "Accept-Language": "vi",
            },
        )

    def live(self) -> None:
        """Register, open a stall, see, correct, copy, be refused, delete."""
        self.register()
        self.stall = Stall(self.browser)
        self.markers |= self.stall.vault
        self.stall.open()
        self.see()
        self.correct("name", self.markers["corrected name"])
        self.correct("phone", self.markers["corrected phone"])
        self.change_email()
        self.see()
        self.consent()
        self.ask_outside()
        self.make_mistakes()
        self.desk = Desk(self.service, dict(self.browser.headers))
        self.markers |= self.desk.markers
        self.desk.work()

    def register(self) -> None:
        """Register and confirm by the code from the mail."""
        marks = self.markers
        self.browser.get("/register")
        self.browser.post("/register", name=marks["name"], phone="not a number", email=marks["email"])
        typed = {"name": marks["name"], "phone": marks["phone"], "email": marks["email"]}
        refused = self.browser.post("/register", **typed, nickname=marks["undeclared field"])
        assert refused.status == 422
        sent = len(self.postbox.mails)
        page = self.browser.post("/register", **typed)
        self.enter(page, marks["email"], sent, wrong_first=True)
        assert self.browser.get("/me").status == 200

    def enter(self, page: Page, address: str, sent: int, *, wrong_first: bool = False) -> Page:
        """Follow to the page that asks for a code, and enter the one that was mailed."""
        assert page.status == 303, page.text
        path = str(page.location)
        self.browser.follow(page)
        code = self.postbox.code_to(address, sent)
        self.codes.append(code)
        if wrong_first:
            wrong = f"{(int(code) + 1) % 10**6:06}"
            self.codes.append(wrong)
            self.browser.post(path, code=wrong)
        return self.browser.post(path, code=code)

    def see(self) -> None:
        """Look at everything there is, in both languages."""
        for path in ("/me", "/me/uses", "/me/sessions", "/me/copy", "/me/delete", "/policy", "/?lang=en", "/me"):
            page = self.browser.get(path)
            if page.status == 303:
                page = self.browser.follow(page)
            assert page.status == 200, (path, page.status)

    def correct(self, item: str, value: str) -> None:
        """Correct an item."""
        sent = len(self.postbox.mails)
        page = self.browser.post(f"/me/correct/{item}", **{item: value})
        done = self.enter(page, self.markers["email"], sent)
        assert done.status == 303, done.text

    def change_email(self) -> None:
        """Change the e-mail address: a code to the old one, then one to the new one."""
        sent = len(self.postbox.mails)
        page = self.browser.post("/me/correct/email", email=self.markers["new email"])
        then = self.enter(page, self.markers["email"], sent)
        done = self.enter(then, self.markers["new email"], sent)
        assert done.status == 303, done.text

    def consent(self) -> None:
        """Be asked, say yes and take it back; and send words where only ids belong."""
        word = self.markers["query"]
        path = str(self.browser.post("/ask", purpose="promote", next="/me").location).partition("?")[0]
        shown = re.search(r'name="text_hash" value="([0-9a-f]{64})"', self.browser.get(path).text)
        assert shown is not None
        fields = {"answer": "yes", "text_hash": shown.group(1)}
        assert self.browser.post(path, **fields, clause=word).status == 400
        assert self.browser.post("/ask", purpose=word).status == 400
        assert self.browser.post(path, **fields, next=f"/me?{word}").status == 303
        withdraw = re.search(r'action="(/me/consents/[0-9a-f]+/withdraw)"', self.browser.get("/me/consents").text)
        assert withdraw is not None
        assert self.browser.post(withdraw.group(1)).status == 200
        for name in (word, self.markers["email"]):
            assert self.browser.get(f"/unsubscribe/{name}").status == 404

    def ask_outside(self) -> None:
        """Ask as no one, and by a number that is none; then write to support without signing in, and look again."""
        marks, other = self.markers, Browser(self.service.origin, self.browser.headers)
        other.post("/requests", kind="erase", email=marks["unknown email"], phone=marks["phone"])
        for path in (f"?kind={marks['query']}", f"/find?number={marks['query']}", f"/{marks['query']}"):
            assert other.get(f"/requests{path}").status in {200, 404, 422}
        sent = len(self.postbox.mails)
        known = {"email": marks["new email"], "phone": marks["corrected phone"]}
        place = str(other.post("/requests", kind="support", **known).location)
        code = self.postbox.code_to(marks["new email"], sent)
        self.codes.append(code)
        page = str(other.post(place, code=code).location)
        assert other.post(f"{page}/messages", text=f"Máy in {marks['words to support']} không chạy").location == page
        assert marks["words to support"] in other.get(page).text
        self.browser.answers += other.answers

    def make_mistakes(self) -> None:
        """Sign in as no one, ask for what is not there, send what is no form."""
        other = Browser(self.service.origin, self.browser.headers)
        other.post("/sign-in", email=self.markers["unknown email"])
        for path in (
            f"/me/correct/{self.markers['query']}",
            f"/nowhere?x={self.markers['query']}",
            "/me/requests/x/verify",
        ):
            assert self.browser.get(path).status in {404, 400}
        other.get("/me")
        self.browser.answers += other.answers

    def copy(self) -> bytes:
        """Download a copy."""
        sent = len(self.postbox.mails)
        page = self.enter(self.browser.post("/me/copy"), self.markers["new email"], sent)
        waiting = threading.Event()
        for _ in range(WAIT_SECONDS * 4):
            answer = self.browser.post(str(page.location))
            # Until it is made, the page is shown again.
            if answer.status == 200:
                return answer.body
            waiting.wait(0.25)
        message = "the copy never came"
        raise AssertionError(message)

    def delete(self) -> None:
        """Delete the account and fetch the certificate."""
        sent = len(self.postbox.mails)
        page = self.enter(self.browser.post("/me/delete"), self.markers["new email"], sent)
        form = self.browser.follow(page)
        accepted = re.search(r'name="accepted"[^>]*value="([0-9a-f]{64})"', form.text)
        assert accepted is not None, form.text
        assert self.browser.post(str(page.location), accepted=accepted.group(1)).status == 303
        waiting = threading.Event()
        for _ in range(WAIT_SECONDS * 4):
            certificate = self.browser.get("/certificate/file")
            # The key dies last: once it has, the apps have destroyed what they held.
            if certificate.status == 200 and json.loads(certificate.body)["status"]["stage"] != "recorded":
                return
            waiting.wait(0.25)
        message = "the certificate never came"
        raise AssertionError(message)


def leaks_in_traffic(life: Life) -> list[Leak]:
    """Return markers in addresses that browsers were sent to, in headers of answers, and on error pages."""
    found: list[Leak] = []
    for answer in life.browser.answers + life.desk.browser.answers:
        found += search(life.markers, f"headers of a {answer.status}", answer.headers.encode())
        if answer.status in {400, 403, 404, 405, 500}:
            found += search(life.markers, f"page of a {answer.status}", answer.body)
    return found


def leaks_in_mails(life: Life) -> list[Leak]:
    """Return markers in headers of mails, the addressee apart, and codes in their subjects."""
    found: list[Leak] = []
    for mail in life.postbox.mails:
        headers = "\n".join(f"{name}: {value}" for name, value in mail.items() if name not in {"To", "X-RcptTo"})
        found += search(life.markers, f"headers of `{mail['Subject']}`", headers.encode())
        found += [Leak(marker=code, place="a subject") for code in life.codes if code in str(mail["Subject"])]
    return found


def leaks_of_codes(codes: list[str], folder: Path) -> list[Leak]:
    """Return codes in any file; instants, whose digits are chance, apart."""
    return [
        Leak(marker=code, place=file.name)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for code in codes
        if code.encode() in INSTANT.sub(b"", file.read_bytes())
    ]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Live alice's life once; what was written while she was a customer is kept beside what was left afterwards."""
    folder = tmp_path_factory.mktemp("canary")
    postbox = Postbox()
    with (
        relay(postbox) as smtp_url,
        served(
            folder / "service",
            smtp_url=smtp_url,
            development="0",
            proxy="127.0.0.1",
            log_level="debug",
            codes_per_subject_hour="50",
            apps=APPS,
        ) as service,
    ):
        life = Life(service, postbox)
        life.live()
        archive = life.copy()
        (folder / "copy.zip").write_bytes(archive)
        shutil.copytree(folder / "service", folder / "while alice was a customer")
        life.delete()
        exported = service.command("ledger", "export", folder / "service" / "exported")
        assert exported.returncode == 0, exported.stderr
        said = service.command("keys", "status")
        (folder / "service" / "keys-status.txt").write_text(said.stdout + said.stderr, encoding="utf-8")
        yield life


def folder_of(life: Life) -> Path:
    """Return where everything was kept."""
    return life.service.data.parents[1]


def test_nothing_personal_was_written_while_she_was_a_customer(life: Life) -> None:
    """No value is in the clear in database, write-ahead log, key store or logs while the account is in use."""
    assert search_folder(life.markers, folder_of(life) / "while alice was a customer") == []


def test_nothing_personal_is_left_after_the_deletion(life: Life) -> None:
    """No value is in the clear afterwards either, the exported ledger and the commands' output included."""
    assert search_folder(life.markers, folder_of(life) / "service") == []


def test_what_the_shop_keeps_stands_in_the_shops_own_store_alone(life: Life) -> None:
    """Goods and sales are in the clear in the shop's database, and in no other file while the account is in use."""
    folder = folder_of(life) / "while alice was a customer"
    places = {leak.place for leak in search_folder(life.stall.books, folder)}
    assert places
    assert [place for place in places if not place.startswith(STORE)] == []


def test_nothing_of_goods_and_sales_is_left_after_the_deletion(life: Life) -> None:
    """The shop's database, its write-ahead log and its free pages hold no word of them any more."""
    assert search_folder(life.stall.books, folder_of(life) / "service") == []


def test_no_picture_lies_in_the_clear(life: Life) -> None:
    """The bytes of a picture are in no file, neither while she was a customer nor afterwards."""
    assert len(life.stall.picture) > 1000
    for name in ("service", "while alice was a customer"):
        files = [file for file in sorted((folder_of(life) / name).rglob("*")) if file.is_file()]
        for at in (64, len(life.stall.picture) // 2):
            part = life.stall.picture[at : at + 48]
            assert [file.name for file in files if part in file.read_bytes()] == []


def test_no_code_was_written(life: Life) -> None:
    """No one-time code, right or wrong, is in any file of the service."""
    assert len(life.codes) >= 7
    for name in ("service", "while alice was a customer"):
        assert leaks_of_codes(life.codes, folder_of(life) / name) == []


def test_no_secret_of_the_browser_was_written(life: Life) -> None:
    """The tokens in the browser's cookies are kept as hashes alone."""
    tokens = {name: value for name, value in life.browser.cookies.items() if len(value) > 20}
    assert tokens
    for name in ("service", "while alice was a customer"):
        assert search_folder(tokens, folder_of(life) / name) == []


def test_no_secret_of_staff_was_written(life: Life) -> None:
    """Link, password, authenticator's secret, recovery codes and session of staff are in no file in any form."""
    assert len(life.desk.secrets) >= 14
    for name in ("service", "while alice was a customer"):
        assert search_folder(life.desk.secrets, folder_of(life) / name) == []


def test_nothing_personal_is_in_addresses_headers_or_error_pages(life: Life) -> None:
    """No redirect, header of an answer or error page carries a value, not even one that was part of the request."""
    assert leaks_in_traffic(life) == []


def test_a_mail_says_nothing_outside_its_body(life: Life) -> None:
    """Beyond the addressee's own address no header of a mail carries a value or a code."""
    assert len(life.postbox.mails) >= 7
    assert leaks_in_mails(life) == []


def test_the_markers_were_really_there(life: Life) -> None:
    """The search finds markers where they belong: in what alice herself was shown, sent and given."""
    shown = b"".join(answer.body for answer in life.browser.answers if answer.status == 200)
    for name in ("name", "phone", "email", "corrected name", "device model", "words to support"):
        assert list(search({name: life.markers[name]}, "pages", shown)), name
    at_the_desk = b"".join(answer.body for answer in life.desk.browser.answers if answer.status == 200)
    for name, marker in life.desk.markers.items():
        assert list(search({name: marker}, "pages of the desk", at_the_desk)), name
    assert any(life.markers["corrected name"] in body_of(mail) for mail in life.postbox.mails)
    with zipfile.ZipFile(io.BytesIO((folder_of(life) / "copy.zip").read_bytes())) as archive:
        data = archive.read("data.json")
        goods, sales = archive.read("apps/quay/catalogue.json"), archive.read("apps/quay/sales.json")
        assert life.stall.picture in [archive.read(name) for name in archive.namelist() if name.endswith(".webp")]
    in_the_vault = set(life.stall.vault) - {"photo comment"}
    given = ("corrected name", "corrected phone", "new email", "words to support")
    for name in (*given, "device model", "address", *sorted(in_the_vault)):
        assert list(search({name: life.markers[name]}, "the copy", data)), name
    for name, marker in life.stall.books.items():
        assert list(search({name: marker}, "the copy", goods + sales)), name


@pytest.mark.parametrize("name", ["name", "phone", "email"])
def test_the_search_finds_what_is_planted(life: Life, tmp_path: Path, name: str) -> None:
    """A marker in a file is found as it is, in capitals, percent-encoded, and inside base64."""
    import base64  # noqa: PLC0415 - for this test of the test alone
    import urllib.parse  # noqa: PLC0415 - as above

    marker = life.markers[name]
    written = (marker, marker.upper(), urllib.parse.quote(marker), base64.b64encode(f"xy{marker}z".encode()).decode())
    for text in written:
        (tmp_path / "file").write_bytes(b"\0\1" + text.encode() + b"\2")
        assert [leak.marker for leak in search_folder({name: marker}, tmp_path)] == [name]
