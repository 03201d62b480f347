"""What another system holds, on the page: under its own name, without a way into an app that there is not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from camket.core.terms import SubjectState
from tests.connectors.other_system import OtherSystem, declared, lines
from tests.web.conftest import ALICE, Service
from tests.web.test_privacy_centre import text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Browser


@pytest.fixture
def system(tmp_path: Path) -> OtherSystem:
    """Return the other system, which holds nothing yet."""
    return OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")


@pytest.fixture
def alice(make_service: Callable[..., Service], system: OtherSystem) -> Browser:
    """Return a browser in which alice is signed in; the other system holds an order of hers."""
    service = make_service(connectors=json.dumps(declared(system.url)))
    browser = service.register(ALICE)
    (subject,) = service.runtime.context.store.read(
        lambda unit: unit.subjects.page(after_id="", limit=2, state=SubjectState.ACTIVE)
    )
    system.fill(subject.id, "Alice", number=1)
    return browser


def test_my_data_says_what_another_system_holds(alice: Browser) -> None:
    """Item, how many and why, in both languages; it is no app that could be opened."""
    page = alice.get("/me")
    text = text_of(page)
    assert "Ở một hệ thống khác của chúng tôi: Sổ khách hàng" in text
    assert re.search(r"Sổ bán hàng 3 mục", text)
    assert "Những dữ liệu này nằm ở một hệ thống khác." in text
    assert 'href="/crm/"' not in page.text
    assert "Trong ứng dụng" not in text
    assert "In another system of ours: Customer records" in text_of(alice.get("/me?lang=en"))


def test_a_system_that_is_away_does_not_close_the_page(alice: Browser, system: OtherSystem) -> None:
    """The page stands and says that it does not know, and nothing of what the database said."""
    lines.drop(system.engine)
    page = alice.get("/me")
    assert page.status_code == 200
    assert "Hệ thống này hiện chưa cho biết được đang giữ gì về bạn." in text_of(page)
    assert "lines" not in page.text
