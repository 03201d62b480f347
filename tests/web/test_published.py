"""What is published for everyone: versions of the policy, terms, the ledger's files, small files for programs."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import SettingsError
from camket.services.policies import publish_policy
from camket.web.assets import Assets
from tests.web.conftest import ALICE, ROOT
from tests.web.test_privacy_centre import text_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Service

DEFAULT = ROOT / "policies" / "default"


def publish_again(service: Service, *, in_days: int = 0) -> None:
    """Publish the default policy once more, changed by one comment."""
    files = dict(read_policy_folder(DEFAULT))
    files["policy.yaml"] = files["policy.yaml"] + b"\n# one more line\n"
    at = service.clock.instant + timedelta(days=in_days, minutes=1) if in_days else None
    publish_policy(service.runtime.context, files, effective_at=at)


def test_the_policy_page_is_the_declarations(untouched: Service) -> None:
    """The page has the prose, a table of contents that leads to it, and a row for every declared item."""
    page = untouched.browser().get("/policy").text
    policy = untouched.runtime.context.policies.published(untouched.runtime.context.store)[-1].version.policy
    anchors = set(re.findall(r'id="([^"]+)"', page))
    for target in re.findall(r'href="#([^"]+)"', page):
        assert target in anchors
    for item in policy.items:
        assert html.escape(next(iter(item.label.values()))) in page
    assert "P17" in page


@pytest.mark.parametrize(("language", "word"), [("vi", "Mục lục"), ("en", "Contents")])
def test_terms_have_numbered_clauses(untouched: Service, language: str, word: str) -> None:
    """The terms of service stand with their numbers and a table of contents in both languages."""
    page = text_of(untouched.browser().get("/terms", params={"lang": language}))
    assert word in page
    assert "1.1" in page


def test_every_version_stays(service: Service) -> None:
    """A change of one byte is a version; the one before stays at its own address and says that it is not in force."""
    publish_again(service)
    browser = service.browser()
    assert "Phiên bản 2" in text_of(browser.get("/policy"))
    older = text_of(browser.get("/policy/versions/1"))
    assert "Đây không phải phiên bản đang có hiệu lực" in older
    listed = text_of(browser.get("/policy/versions"))
    assert listed.index("Phiên bản 2") < listed.index("Phiên bản 1")
    assert "trước đây" in listed


def test_a_version_to_come_is_announced(service: Service) -> None:
    """A version that takes effect later is listed with its day; until then the one before is in force."""
    publish_again(service, in_days=30)
    browser = service.browser()
    assert "Phiên bản 1" in text_of(browser.get("/policy"))
    assert "sắp có hiệu lực" in text_of(browser.get("/policy/versions"))
    assert "có hiệu lực từ ngày 22/12/2026" in text_of(browser.get("/policy/versions/2"))
    service.clock.advance(timedelta(days=31))
    assert "Phiên bản 2" in text_of(browser.get("/policy"))


@pytest.mark.parametrize("number", ["0", "2", "01", "1.0", "-1", "x", "9" * 40, "%D9%A1"])
def test_a_version_that_is_none_is_not_found(untouched: Service, number: str) -> None:
    """Only the number of a version, written as it is, leads to one."""
    assert untouched.browser().get(f"/policy/versions/{number}").status_code == 404


def test_a_policy_in_one_language_is_shown_in_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of another language gets the policy's own, marked as such for those who hear the page."""
    from camket.core.terms import Language  # noqa: PLC0415 - only here
    from camket.web.customer import policy as pages  # noqa: PLC0415 - only here

    monkeypatch.setattr(pages, "written_in", lambda _policy, _language: Language.VI)
    page = service.browser().get("/policy?lang=en").text
    assert '<html lang="en">' in page
    assert '<article class="prose" lang="vi">' in page


def test_the_ledgers_files_are_cached_as_long_as_they_last(service: Service) -> None:
    """The checkpoint is soon asked for again, a partial tile stays for a minute, a full one for ever."""
    service.register(ALICE)
    service.settle()
    browser = service.browser()
    paths = service.runtime.context.store.read(lambda unit: unit.ledger.paths(after="", limit=10))
    partial = next(path for path in paths if path.startswith("tile/0/000.p/"))
    service.runtime.context.store.write(lambda unit: unit.ledger.put_tiles({"tile/0/007": bytes(8192)}))
    caching = {
        path: browser.get(f"/ledger/{path}").headers["cache-control"]
        for path in ("checkpoint", "key", partial, "tile/0/007")
    }
    assert list(caching.values()) == [
        "public, max-age=1",
        "public, max-age=3600",
        "public, max-age=60",
        "public, max-age=31536000, immutable",
    ]
    assert browser.get("/ledger/checkpoint").headers["content-type"] == "text/plain; charset=utf-8"
    assert browser.get(f"/ledger/{partial}").headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("path", ["0/001", "9/000", "0/000.p/0", "0/000.p/257", "../checkpoint", "x", "0/000/..%2f"])
def test_a_tile_that_is_none_is_not_found(untouched: Service, path: str) -> None:
    """What is no tile of the tree, or none yet, is not found."""
    assert untouched.browser().get(f"/ledger/tile/{path}").status_code == 404


def test_weaknesses_have_an_address(untouched: Service) -> None:
    """`security.txt` has a contact, an end within a year, and its own address (RFC 9116)."""
    answer = untouched.browser().get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:privacy@quay.example"
    assert fields["Canonical"] == "http://localhost:8000/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - untouched.clock.instant
    assert timedelta(days=30) < left < timedelta(days=365)


def test_programs_find_what_they_look_for(untouched: Service) -> None:
    """Crawlers are kept out of what is personal, GPC is answered, the icon is the seal, the service is ready."""
    browser = untouched.browser()
    assert "Disallow: /me" in browser.get("/robots.txt").text
    assert browser.get("/.well-known/gpc.json").json()["gpc"] is True
    assert browser.get("/icon.svg").headers["content-type"] == "image/svg+xml"
    assert (browser.get("/healthz").status_code, browser.get("/healthz").text) == (200, "ok\n")


def test_bundled_files_are_kept_for_ever(untouched: Service) -> None:
    """Styles and scripts carry the hash of their content in their names, so a browser never asks again."""
    page = untouched.browser().get("/").text
    files = re.findall(r'"(/static/[^"]+)"', page)
    assert len(files) == 2
    for file in files:
        answer = untouched.browser().get(file)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_mailbox_is_there_only_in_development(service: Service, untouched: Service, tmp_path: Path) -> None:
    """Where a relay carries mails there is no page that shows them."""
    del service
    assert untouched.browser().get("/dev/mailbox").status_code == 200
    from tests.web.conftest import start  # noqa: PLC0415 - only here

    real = start(tmp_path / "real", smtp_url="smtp://localhost:2525")
    assert real.browser().get("/dev/mailbox").status_code == 404
    assert "/dev/mailbox" not in real.browser().get("/").text
    real.runtime.close()


def test_missing_styles_stop_the_start(tmp_path: Path) -> None:
    """Without its bundle the application is not made, and the message says what to run."""
    with pytest.raises(SettingsError, match="make assets"):
        Assets(tmp_path)
