"""Consents as lines: taken elsewhere by handle alone, brought along whole or not at all."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from camket.core.consent.exchange import OPTIONAL, REQUIRED, read_consents
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import Language, Outcome
from camket.services.consent_exchange import export_consents, import_consents
from camket.services.consents import EventKind, OwnState, receipt, standing_of, withdraw
from camket.services.policies import publish_policy
from camket.services.uses import facts_of
from tests.unit.services.conftest import ALICE, BOB, OpenService, Service
from tests.unit.services.consenting import PROMOTE, PROMOTE_BASIS, ask, changed_policy, gate, say

FILE = "consents.jsonl"


def line(**given: Any) -> str:  # noqa: ANN401 - any field
    """Return a line that tells of alice's yes to promotion, with fields replaced; None leaves one out."""
    fields: dict[str, Any] = {
        "format": "camket-consent",
        "format_version": 1,
        "email": ALICE["email"],
        "said": "yes",
        "purpose": PROMOTE,
        "items": ["email"],
        "at": "2026-01-05T08:30:00+07:00",
        "expression": "paper",
        "language": "vi",
        "text": {"title": "Bạn đồng ý nhận tin không?", "body": ["Tin về tính năng mới."]},
    }
    return json.dumps({name: value for name, value in (fields | given).items() if value is not None})


def findings(service: Service, *lines: str) -> list[str]:
    """Import lines that are refused; return what is said of each."""
    done = import_consents(service.ctx, lines, file=FILE)
    assert (done.added, done.known) == (0, 0)
    return [str(one) for one in done.findings]


def test_a_yes_from_elsewhere_holds_in_the_gate(service: Service) -> None:
    """It permits from the import on, with the text that was shown, and its receipt tells where it comes from."""
    alice = service.register().subject_id
    assert import_consents(service.ctx, [line(), ""], file=FILE).added == 1
    assert gate(service, alice) is Outcome.PERMIT
    assert gate(service, alice, item="name") is Outcome.ASK
    own = standing_of(service.ctx, subject_id=alice, language=Language.EN).consents[0]
    assert (own.state, own.consent_id is not None) == (OwnState.VALID, True)
    shown = receipt(service.ctx, subject_id=alice, consent_id=str(own.consent_id), language=Language.EN)
    assert shown.kantara["collectionMethod"] == "import, paper"
    assert shown.text is not None
    assert shown.text.title == "Bạn đồng ý nhận tin không?"
    withdraw(service.ctx, subject_id=alice, consent_id=str(own.consent_id))
    assert gate(service, alice) is Outcome.ASK


def test_a_no_and_a_withdrawn_yes_are_taken_over(service: Service) -> None:
    """A refusal keeps its quiet time, a withdrawn consent permits nothing."""
    alice = service.register().subject_id
    bob = service.register(BOB, browser="other").subject_id
    at = (service.clock.now() - timedelta(days=10)).isoformat()
    gone = line(subject=bob, email=None, withdrawn_at="2026-02-01T00:00:00Z")
    assert import_consents(service.ctx, [line(said="no", at=at), gone], file=FILE).added == 2
    assert (gate(service, alice), gate(service, bob)) == (Outcome.DENY, Outcome.ASK)
    history = service.ctx.store.read(lambda unit: unit.consents.of_subject(bob))
    assert [one.kind for one in history] == [EventKind.GIVEN, EventKind.WITHDRAWN]


def test_the_same_file_again_adds_nothing(service: Service) -> None:
    """What is on record to the instant is left as it is; another instant is another yes."""
    service.register()
    assert import_consents(service.ctx, [line(), line()], file=FILE).added == 1
    again = import_consents(service.ctx, [line(), line(at="2026-01-06T08:30:00+07:00")], file=FILE)
    assert (again.added, again.known) == (1, 1)


def test_every_line_is_in_the_ledger(service: Service) -> None:
    """Each yes that is taken over has a record of its own, by the operator, about the text that was shown."""
    alice = service.register().subject_id
    import_consents(service.ctx, [line()], file=FILE)
    (event,) = service.ctx.store.read(lambda unit: unit.consents.of_subject(alice))
    row = service.ctx.store.read(lambda unit: unit.records.get(event.record_id or 0))
    assert row is not None
    facts = facts_of(row.facts)
    assert (facts.actor, facts.action, facts.history) == ("service:operator", LedgerAction.CONSENT, event.text_hash)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"purpos": "x"}, "unknown field `purpos` .did you mean `purpose`"),
        ({"at": None}, "`at` is missing"),
        ({"at": "2026-01-05T08:30:00"}, "no instant with a zone"),
        ({"at": "2126-01-05T08:30:00Z"}, "do not lie in the future"),
        ({"at": 5}, "`at` must be a text"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "lies in the year 1;"),
        ({"expires_at": "9999-12-31T23:59:59-14:00"}, "lies in the year 9999;"),
        ({"purpose": "promot"}, "no purpose `promot` .did you mean `promote`"),
        ({"purpose": "improve"}, "rests on no consent"),
        ({"purpose": None}, "either a `purpose` or a `recipient`"),
        ({"items": ["emai"]}, "has no item `emai` .did you mean `email`"),
        ({"items": []}, "at least one text"),
        ({"email": None}, "either by `subject` or by `email`"),
        ({"said": "maybe"}, "`said` is `yes` or `no`"),
        ({"expression": "time"}, "unknown expression `time`"),
        ({"language": "fr"}, "`language` is `fr`; one of vi, en"),
        ({"text": {"title": "", "body": []}}, "a consent is proved by them"),
        ({"text_hash": "00"}, "not the hash of `text`"),
        ({"clause_hash": "00"}, "of another meaning"),
        ({"withdrawn_at": "2025-01-05T08:30:00Z"}, "lies before `at`"),
        ({"format_version": 2}, "other forms are not read"),
    ],
)
def test_a_line_that_is_wrong_is_found(service: Service, given: dict[str, Any], message: str) -> None:
    """Said with its file and line, and nothing of the file is taken over."""
    alice = service.register().subject_id
    (found,) = findings(service, line(), line(**given))
    assert re.match(f"{FILE}:2: .*{message}", found)
    assert gate(service, alice) is Outcome.ASK


@pytest.mark.parametrize("name", sorted({*REQUIRED, *OPTIONAL}))
def test_no_value_of_a_field_breaks_the_reader(service: Service, name: str) -> None:
    """Whatever stands in a field, the line is read or has findings; nothing is raised."""
    version = service.ctx.policies.in_force(service.ctx.store, service.clock.now()).newest
    values: tuple[Any, ...] = (
        0,
        -1,
        1e309,
        True,
        [],
        [[]],
        {},
        {"title": []},
        "",
        "\x00",
        "\ud800",
        "x" * 5000,
        "2026-01-01T00:00:00Z",
    )
    for value in values:
        fields = json.loads(line()) | {name: value}
        read, found = read_consents([json.dumps(fields)], file=FILE, version=version, now=service.clock.now())
        assert bool(read) is not bool(found)
    if name in ("text", "subject", "email"):
        hidden = {"title": "a\x00b", "body": []} if name == "text" else "a\x00b"
        assert findings(service, line(**{name: hidden})) == [f"{FILE}:1: this is no JSON object of a consent"]


def test_findings_come_all_at_once(service: Service) -> None:
    """Of every line, in their order; what is no JSON at all is one of them, and no address is repeated."""
    service.register()
    found = findings(service, "{", line(said="x", at="y"), "[]", line(email="nobody@mail.example"))
    assert [one.split(": ")[0] for one in found] == [f"{FILE}:1", f"{FILE}:2", f"{FILE}:2", f"{FILE}:3"]


def test_an_unknown_subject_refuses_the_file(service: Service) -> None:
    """Whether by address or handle; the lines before are not taken over, and the address is not said."""
    alice = service.register().subject_id
    (found,) = findings(service, line(), line(email="nobody@mail.example"))
    assert found == f"{FILE}:2: there is no active account of this subject"
    assert findings(service, line(email=None, subject="0" * 32))
    assert gate(service, alice) is Outcome.ASK


def test_what_is_exported_can_be_imported(open_service: OpenService) -> None:
    """An export names handles alone, and brought back into the same installation it adds nothing."""
    service = open_service()
    alice = service.register().subject_id
    bob = service.register(BOB, browser="other").subject_id
    consent = say(service, ask(service, alice), yes=True)
    say(service, ask(service, bob, language=Language.EN), yes=False)
    withdraw(service.ctx, subject_id=alice, consent_id=consent)
    lines = list(export_consents(service.ctx))
    assert {json.loads(one)["subject"] for one in lines} == {alice, bob}
    assert ALICE["email"] not in "".join(lines)
    again = import_consents(service.ctx, lines, file=FILE)
    assert (again.findings, again.added, again.known) == ((), 0, 2)


def test_a_consent_that_must_end_says_when(service: Service) -> None:
    """Where the policy's consent is good for so long, a line without an end, or with a later one, is refused."""
    service.register()
    version = publish_policy(service.ctx, changed_policy((PROMOTE_BASIS, f"{PROMOTE_BASIS}    valid: 30 days\n")))
    for ends, fits in ((None, False), ("2026-03-05T00:00:00Z", False), ("2026-02-01T00:00:00Z", True)):
        lines = [line(expires_at=ends)]
        read, found = read_consents(lines, file=FILE, version=version, now=service.clock.now())
        assert (len(read) == 1, bool(found)) == (fits, not fits)
