"""The life of one customer, from the policy to a certificate that they check without us."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.serving import Served
    from tests.browser.visitor import Language, Visitor

NAME, PHONE, NEW_PHONE = "Alice Nguyễn", "090 123 45 67", "091 234 56 78"
NEW_PHONE_STORED = "+84912345678"
WORDS = {
    "vi": {
        "my data": "Dữ liệu của tôi",
        "since": "Từ ",
        "until": "giữ ",
        "used to": "Dùng để:",
        "gave": "Bạn cung cấp thông tin",
        "ledger entry": "Sổ cái mục",
        "corrected": "Đã sửa xong",
        "goes": "Những gì sẽ mất",
        "stays": "Những gì phải giữ",
        "certificate": "Giấy chứng nhận xóa",
    },
    "en": {
        "my data": "My data",
        "since": "Since ",
        "until": "kept ",
        "used to": "Used to:",
        "gave": "You gave information",
        "ledger entry": "Ledger entry",
        "corrected": "It is corrected",
        "goes": "What goes",
        "stays": "What stays",
        "certificate": "Certificate of deletion",
    },
}

POLICY_PARTS = {
    "vi": ["Chúng tôi thu thập gì", "Chúng tôi dùng thông tin thế nào", "Bạn có những lựa chọn nào"],
    "en": ["What we collect", "How we use", "choices"],
}


@pytest.mark.parametrize(
    ("language", "scripts"), [("vi", True), ("en", True), ("vi", False)], ids=["vi", "en", "no scripts"]
)
def test_a_customer_comes_and_goes(
    visitor: Callable[..., Visitor], service: Served, tmp_path: Path, language: Language, *, scripts: bool
) -> None:
    """A customer reads, registers, sees, corrects, copies, deletes, and checks certificate and ledger by themselves."""
    alice = visitor(language, java_script_enabled=scripts, accept_downloads=True)
    story = Story(alice, service, f"alice@{language}-{scripts}.example".lower(), language, tmp_path)
    story.reads_the_policy()
    story.registers()
    story.sees_everything()
    story.corrects_the_phone_number()
    story.downloads_a_copy()
    story.deletes_the_account()
    story.is_gone()
    story.checks_without_us()


class Story:
    """The stages, each from where the one before ended.

    Args:
        alice: at her browser.
        service: which she uses.
        email: her address.
        language: which she reads.
        folder: where she keeps files.
    """

    def __init__(self, alice: Visitor, service: Served, email: str, language: Language, folder: Path) -> None:
        self.alice, self.service, self.email, self.folder = alice, service, email, folder
        self.words, self.policy_parts = WORDS[language], POLICY_PARTS[language]

    def reads_the_policy(self) -> None:
        """From the start page, the policy in force is one press away, with its three parts."""
        self.alice.open("/")
        self.alice.follow("a[href='/policy']")
        for part in self.policy_parts:
            assert part in self.alice.main.inner_text()

    def registers(self) -> None:
        """The form asks for three things and no more; the code in the mail leads into the privacy centre."""
        self.alice.open("/")
        self.alice.follow("a[href='/register']")
        fields = self.alice.main.locator("form input:not([type=hidden])")
        assert sorted(field.get_attribute("name") or "" for field in fields.all()) == ["email", "name", "phone"]
        self.alice.fill(name=NAME, phone=PHONE, email=self.email)
        self.alice.send_and_enter_code(self.email)
        assert self.alice.path == "/me"
        assert self.alice.main.locator("h1").inner_text() == self.words["my data"]

    def sees_everything(self) -> None:
        """Each value has its why, its purposes, its since and its until; each use its who, what, when and entry."""
        for shown in (NAME, PHONE, self.email):
            row = self.row_of(shown).inner_text()
            for word in ("since", "until", "used to"):
                assert self.words[word] in row
        for device in self.alice.main.locator("details").all():
            assert device.locator("li").count() > 0
        self.alice.open("/me/uses")
        given = self.alice.main.locator("ol > li").last
        assert self.words["gave"] in given.inner_text()
        assert self.words["ledger entry"] in given.inner_text()

    def corrects_the_phone_number(self) -> None:
        """Nothing changes before the code is entered; after it the new number is held and the old one is gone."""
        self.alice.open("/me")
        with self.alice.page.expect_navigation():
            self.row_of(PHONE).locator("a").click()
        self.alice.fill(phone=NEW_PHONE)
        code = self.alice.code_after(self.email, self.alice.send)
        verify = self.alice.path
        self.alice.open("/me")
        assert self.row_of(PHONE).count() == 1
        self.alice.open(verify)
        self.alice.fill(code=code)
        self.alice.send()
        assert self.words["corrected"] in self.alice.main.inner_text()
        assert self.row_of(NEW_PHONE).count() == 1
        assert PHONE not in self.alice.main.inner_text()

    def downloads_a_copy(self) -> None:
        """The copy opens, its page runs no script and asks no other host, and its data has the values."""
        self.alice.follow("a[href='/me/copy']")
        self.alice.send_and_enter_code(self.email)
        self.alice.download_copy(self.folder / "copy")
        pages = sorted((self.folder / "copy").glob("*.html"))
        assert [page.name for page in pages] == ["du-lieu-cua-toi.html", "my-data.html"]
        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert NAME in text
            assert self.email in text
            assert not re.search(r"<script|\bon\w+=|\b(?:src|href)=", text, re.IGNORECASE)
        data = (self.folder / "copy" / "data.json").read_text(encoding="utf-8")
        assert json.loads(data)
        for value in (NAME, self.email, NEW_PHONE_STORED):
            assert value in data

    def deletes_the_account(self) -> None:
        """What goes and what stays is shown before anything happens, and again before the yes."""
        self.alice.open("/me/delete")
        for _ in range(2):
            shown = self.alice.main.inner_text()
            assert self.words["goes"] in shown
            assert self.words["stays"] in shown
            if self.alice.path == "/me/delete":
                self.alice.send_and_enter_code(self.email)
        self.alice.accept_deletion()
        self.alice.await_certificate()
        assert self.alice.main.locator("h1").inner_text() == self.words["certificate"]

    def is_gone(self) -> None:
        """The certificate holds no value, and the browser is signed out."""
        with self.alice.page.expect_download() as download:
            self.alice.main.locator("a[download]").click()
        download.value.save_as(self.certificate)
        saved = self.certificate.read_text(encoding="utf-8")
        assert [value for value in (NAME, self.email, NEW_PHONE_STORED) if value in saved] == []
        self.alice.open("/me")
        assert self.alice.path.startswith("/sign-in")

    @property
    def certificate(self) -> Path:
        """Where she keeps the certificate."""
        return self.folder / "camket-certificate.json"

    def checks_without_us(self) -> None:
        """Certificate and ledger hold, from the exported files and from the address; changed ones do not."""
        exported = self.folder / "ledger"
        address = f"{self.service.origin}/ledger/"
        assert self.service.command("ledger", "export", exported).returncode == 0
        for place in (str(exported), address):
            assert self.service.command("ledger", "verify", place).returncode == 0
            check = self.service.command("certificate", "verify", self.certificate, "--ledger", place)
            assert check.returncode == 0, check.stdout + check.stderr
        openings = self.folder / "copy" / "openings.json"
        assert self.service.command("ledger", "openings", openings, "--ledger", exported).returncode == 0
        for file, folder in ((self.changed_certificate(), exported), (self.certificate, self.changed(exported))):
            check = self.service.command("certificate", "verify", file, "--ledger", folder)
            assert check.returncode == 1, check.stdout + check.stderr
        assert self.service.command("ledger", "verify", self.changed(exported)).returncode == 1

    def changed_certificate(self) -> Path:
        """Return a certificate that says that one value more was erased."""
        changed = self.folder / "changed.json"
        document = json.loads(self.certificate.read_text(encoding="utf-8"))
        document["erased"][0]["count"] += 1
        changed.write_text(json.dumps(document), encoding="utf-8")
        return changed

    def changed(self, exported: Path) -> Path:
        """Return a ledger in which one entry is another."""
        changed = self.folder / "changed"
        if not changed.exists():
            shutil.copytree(exported, changed)
            entries = next(path for path in sorted((changed / "tile" / "entries").rglob("*")) if path.is_file())
            content = bytearray(entries.read_bytes())
            content[-1] ^= 1
            entries.write_bytes(content)
        return changed

    def row_of(self, shown: str) -> Locator:
        """Return what the privacy centre says of one value."""
        return self.alice.main.locator("ul.rows > li", has_text=shown)
