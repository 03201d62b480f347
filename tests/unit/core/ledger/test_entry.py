import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.canonical import canonical_json
from camket.core.ledger.entry import (
    Batch,
    Facts,
    LedgerAction,
    LedgerOutcome,
    MemberOpening,
    Opening,
    SubjectPart,
    entry_of,
    facts_commitment,
    subject_commitment,
)
from tests.unit.core.ledger.published import AT, facts_of, nonce, opening_of

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_.\-]{0,20}", fullmatch=True)
FACTS = st.builds(
    Facts,
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]), min_value=datetime(1, 1, 2)),  # noqa: DTZ001 - hypothesis adds the zone
    actor=st.just("subject") | NAMES.map("service:{}".format) | NAMES.map("staff:{}".format),
    action=st.sampled_from(LedgerAction),
    items=st.lists(NAMES, max_size=4).map(tuple),
    purpose=st.none() | NAMES,
    outcome=st.sampled_from(LedgerOutcome),
    version=st.integers(0, 2**53 - 1),
    history=st.binary(max_size=64).map(bytes.hex),
)
REFERENCES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=200)


@given(FACTS)
def test_the_fast_bytes_are_the_canonical_ones(facts: Facts) -> None:
    """The bytes that `a` commits to are RFC 8785 JSON of the value, and reading them gives the same facts."""
    assert facts.canonical_bytes() == canonical_json(facts.to_value())
    assert Facts.from_value(json.loads(facts.canonical_bytes()), "facts") == facts


@given(st.from_regex(r"[A-Za-z0-9_.:\-]{1,128}", fullmatch=True), st.none() | REFERENCES)
def test_the_subject_part_is_canonical_too(handle: str, reference: str | None) -> None:
    """The bytes that `b` commits to are RFC 8785 JSON, whatever letters a case number is written in."""
    part = SubjectPart(handle=handle, reference=reference)
    assert part.canonical_bytes() == canonical_json(part.to_value())
    assert SubjectPart.from_value(json.loads(part.canonical_bytes()), "subject") == part


def test_an_entry_is_three_hashes() -> None:
    """The entry is SHA-256 over the two commitments, each SHA-256 over its nonce and its part (semantics section 9)."""
    opening = opening_of("one", facts_of(LedgerAction.USE, LedgerOutcome.PERMIT, "email"))
    a = sha256(opening.nonce_a + opening.facts.canonical_bytes()).digest()
    b = sha256(opening.nonce_b + opening.subject_part.canonical_bytes()).digest()
    assert opening.entry() == sha256(a + b).digest()
    assert entry_of(a, b) == opening.entry()
    assert facts_commitment(opening.nonce_a, opening.facts) == a


def test_an_auditor_learns_no_subject() -> None:
    """The opening of the facts gives the same entry and holds neither the handle nor the nonce that could test one."""
    opening = opening_of("one", facts_of(LedgerAction.USE, LedgerOutcome.PERMIT, "email"))
    audited = opening.of_facts()
    assert audited.entry() == opening.entry()
    assert "alice" not in repr(audited)
    assert repr(opening.nonce_b) not in repr(audited)


@given(FACTS, FACTS)
def test_other_facts_give_another_entry(one: Facts, other: Facts) -> None:
    """Two records with the same nonces have the same entry only if they say the same."""
    entries = {opening_of("same", facts).entry() for facts in (one, other)}
    assert (len(entries) == 1) == (one == other)


def test_an_instant_is_kept_to_the_millisecond_in_utc() -> None:
    """What a store keeps of an instant is what the entry commits to: another zone and further digits change nothing."""
    saigon = timezone(timedelta(hours=7))
    at = datetime(2026, 11, 22, 9, 12, 0, 123_999, tzinfo=saigon)
    facts = Facts(at=at, actor="subject", action=LedgerAction.USE, outcome=LedgerOutcome.PERMIT, version=1)
    assert facts.at == datetime(2026, 11, 22, 2, 12, 0, 123_000, tzinfo=UTC)
    assert b'"at":"2026-11-22T02:12:00.123Z"' in facts.canonical_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT.replace(tzinfo=None)},
        {"actor": "alice"},
        {"actor": "staff:alice@camket.example"},
        {"actor": "subject "},
        {"items": ("email", "alice@camket.example")},
        {"items": ("+84901234567",)},
        {"items": ("Email",)},
        {"purpose": "to send mail"},
        {"purpose": ""},
        {"version": -1},
        {"version": True},
        {"version": 2**53},
        {"history": "ABCD"},
        {"history": "abc"},
        {"history": "ab" * 65},
    ],
)
def test_facts_that_are_none_are_refused(change: dict[str, object]) -> None:
    """A naive instant, an address or number in place of an id, and every other misfit is refused when it is made."""
    fitting: dict[str, object] = {
        "at": AT,
        "actor": "subject",
        "action": LedgerAction.USE,
        "outcome": LedgerOutcome.PERMIT,
        "version": 1,
    }
    Facts(**fitting)  # type: ignore[arg-type] # the point is what the values do, not their types
    with pytest.raises(InvalidValueError):
        Facts(**(fitting | change))  # type: ignore[arg-type] # as above


@pytest.mark.parametrize(
    ("handle", "reference"),
    [("", None), ("alice@camket.example", None), ("s alice", None), ("s", ""), ("s", "a\nb"), ("s", "x" * 201)],
)
def test_a_subject_part_that_is_none_is_refused(handle: str, reference: str | None) -> None:
    """A handle is opaque, and a reference is one printable line."""
    with pytest.raises(InvalidValueError):
        SubjectPart(handle=handle, reference=reference)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": "2026-11-22T09:12:00.000+07:00"}, "written like"),
        ({"at": "yesterday"}, "cannot stand"),
        ({"action": "delete"}, "`facts.action` is `delete`"),
        ({"action": "collct"}, "did you mean `collect`"),
        ({"outcome": "maybe"}, "`facts.outcome`"),
        ({"items": "email"}, "not a list"),
        ({"items": [1]}, "not a list of texts"),
        ({"version": "1"}, "not a whole number"),
        ({"more": 1}, "unknown field `more`"),
    ],
)
def test_facts_read_back_are_checked(change: dict[str, object], said: str) -> None:
    """Facts in a file that are not spelled as the ledger spells them are refused by field."""
    value = dict(facts_of(LedgerAction.USE, LedgerOutcome.PERMIT, "email").to_value())
    with pytest.raises(LedgerError, match=said):
        Facts.from_value(value | change, "facts")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_nonce_has_its_length(length: int) -> None:
    """A commitment with a short or constant-size-violating nonce cannot be made."""
    opening = opening_of("one", facts_of(LedgerAction.USE, LedgerOutcome.PERMIT))
    with pytest.raises(InvalidValueError, match="32 random bytes"):
        facts_commitment(bytes(length), opening.facts)
    with pytest.raises(InvalidValueError, match="32 random bytes"):
        subject_commitment(bytes(length), opening.subject_part)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_each_member_of_a_batch_can_show_their_part(size: int) -> None:
    """Every subject of a batch opens the one entry with their own part, and with nobody else's."""
    facts = facts_of(LedgerAction.USE, LedgerOutcome.PERMIT, "email")
    parts = [SubjectPart(handle=f"s-{number}") for number in range(size)]
    nonces = [nonce(f"member {number}") for number in range(size)]
    batch = Batch([subject_commitment(nonces[at], part) for at, part in enumerate(parts)])
    entry = entry_of(facts_commitment(nonce("a"), facts), subject_commitment(nonce("b"), batch.part))
    for number, part in enumerate(parts):
        opening = MemberOpening(
            nonce_a=nonce("a"),
            facts=facts,
            nonce_b=nonce("b"),
            batch=batch.part,
            member=number,
            path=batch.path(number),
            nonce=nonces[number],
            subject_part=part,
        )
        assert opening.entry() == entry
        assert isinstance(opening, MemberOpening)
    with pytest.raises(LedgerError, match="inclusion proof"):
        MemberOpening(
            nonce_a=nonce("a"),
            facts=facts,
            nonce_b=nonce("b"),
            batch=batch.part,
            member=0,
            path=batch.path(0),
            nonce=nonces[0],
            subject_part=SubjectPart(handle="s-stranger"),
        ).entry()


def test_a_batch_is_not_empty() -> None:
    """A batch over no one cannot be made."""
    with pytest.raises(InvalidValueError, match="at least one member"):
        Batch([])


def test_a_single_opening_is_no_batch() -> None:
    """The same subject alone and as the only member of a batch are different entries."""
    facts = facts_of(LedgerAction.USE, LedgerOutcome.PERMIT)
    part = SubjectPart(handle="s-alice")
    batch = Batch([subject_commitment(nonce("m"), part)])
    alone = Opening(nonce_a=nonce("a"), facts=facts, nonce_b=nonce("b"), subject_part=part).entry()
    assert alone != entry_of(facts_commitment(nonce("a"), facts), subject_commitment(nonce("b"), batch.part))
