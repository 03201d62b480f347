"""Documents for the API of consents that no honest caller sends."""

from __future__ import annotations

import pytest

from tests.web.conftest import ALICE, Service, make_service, service
from tests.web.test_api_consents import Caller, refused_question
from tests.web.test_routes import stored

__all__ = ["make_service", "service"]

HALF = r"\ud800"
"""Half of a surrogate pair: JSON has a way to write it, and no store and no answer has."""
COUNTED = {"access_line", "rate_limit", "visitor_refusal"}
"""What every request may add to: counts, and the customer's own log."""


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/questions", '{"purpose": "promote", "items": ["%s"]}'),
        ("/questions", '{"purpose": "%s"}'),
        ("/questions", '{"recipient": "%s"}'),
        ("/decisions", '{"purpose": "promote", "items": ["%s"]}'),
        ("/decisions", '{"purpose": "%s", "items": ["email"]}'),
        ("/questions/{question}/answer", '{"text_hash": "%s", "yes": true}'),
        ("/questions/{question}/answer", '{"text_hash": "{hash}", "clauses": {"%s": true}}'),
        ("/registrations", '{"fields": {"%s": "x"}}'),
        ("/registrations", '{"fields": {"name": "%s"}}'),
        ("/questions", '{"%s": 1}'),
    ],
)
def test_a_document_with_what_is_no_name_is_refused(service: Service, path: str, document: str) -> None:
    """Half of a character, a name without end, none at all: refused as the caller's fault, and nothing is kept."""
    alice = Caller(service, service.register(ALICE))
    question = refused_question(alice)
    address = f"/api/v1{path.replace('{question}', question['id'])}"
    before = stored(service)
    for sent in (HALF, "x" * 2000, r"\u0000", ""):
        content = document.replace("%s", sent).replace("{hash}", question["text_hash"])
        answer = alice.browser.post(address, content=content, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500, (sent[:10], answer.text)
        assert answer.json()["status"] == answer.status_code
    after = stored(service)
    assert {name for name in before if before[name] != after[name]} <= COUNTED
