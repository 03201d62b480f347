"""The app of the how-to asks, goes on and lives with a no, as the page says: mounted in a whole service."""

from __future__ import annotations

import ast
import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.client.loading import close_apps, load_apps
from camket.web.app import create_app
from tests.web.conftest import ALICE, Service, start
from tests.web.test_ask import HASH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.conftest import Browser

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "ask-for-consent.md").read_text(encoding="utf-8")
JSON = {"Accept": "application/json"}


def the_app() -> str:
    """Return the one program of the page."""
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(program)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Return a running service that mounts the app as the page says."""
    (tmp_path / "consent_tips.py").write_text(the_app(), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    service = start(tmp_path / "data", apps="/tips=consent_tips:create_app")
    apps = load_apps(service.runtime)
    service.app = create_app(service.runtime, apps)
    yield service
    close_apps(apps)
    service.runtime.close()


def answer(alice: Browser, answer: str) -> str:
    """Want the tips, be led to the question, and answer it; return where that leads."""
    asked = alice.get("/tips/tips")
    assert asked.status_code == 303
    path, _, following = str(asked.headers["location"]).partition("?next=")
    page = alice.get(asked.headers["location"])
    (shown,) = set(HASH.findall(page.text))
    said = alice.send_form(path, answer=answer, text_hash=shown, next="/tips/tips")
    assert following == "%2Ftips%2Ftips"
    return str(said.headers["location"])


def test_what_was_interrupted_goes_on_after_a_yes(service: Service) -> None:
    """The question, the answer, and back to the same call, which now gives the value."""
    alice = service.register(ALICE)
    following = answer(alice, "yes")
    assert following == "/tips/tips"
    assert ALICE["email"] in alice.get(following).text


def test_the_app_lives_with_a_no(service: Service) -> None:
    """It says so and does not ask again."""
    alice = service.register(ALICE)
    refused = alice.get(answer(alice, "no"))
    assert refused.status_code == 403
    assert "Chúng tôi không gửi mẹo cho bạn." in refused.text


def test_its_scripts_get_the_stable_error(service: Service) -> None:
    """Problem details with the code and the question."""
    alice = service.register(ALICE)
    refused = alice.get("/tips/tips", headers=JSON)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "consent_required"
    assert refused.json()["question"]["path"].startswith("/ask/")


def test_its_page_offers_the_question_by_a_form(service: Service) -> None:
    """Without scripts the form leads to the ready page and from there to the tips."""
    alice = service.register(ALICE)
    page = unescape(alice.get("/tips/").text)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))
    (action,) = re.findall(r'<form method="post" action="([^"]+)"', page)
    asked = alice.send_form(action, **fields)
    assert asked.headers["location"].endswith("?next=/tips/tips")


def test_the_app_imports_the_public_client_alone() -> None:
    """Of camket it knows what the client reference names."""
    imported = {
        node.module for node in ast.walk(ast.parse(the_app())) if isinstance(node, ast.ImportFrom) and node.module
    }
    assert {name for name in imported if name.startswith("camket")} == {"camket.client.guest"}
