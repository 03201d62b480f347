from __future__ import annotations

from pathlib import Path

import pytest

from camket.client.reference import client_reference, public_names

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "client.md"


def test_the_reference_is_made_from_the_docstrings() -> None:
    """What the page says of the client is what the code says of itself."""
    assert PAGE.read_text(encoding="utf-8") == client_reference()


@pytest.mark.parametrize("name", sorted(public_names() - {"Language", "Started"}))
def test_every_name_that_an_app_may_import_is_described(name: str) -> None:
    """A class, an error, a value: each stands on the page."""
    assert f"`{name}`" in client_reference()
