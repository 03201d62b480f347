"""Text, instants, NULL and JSON mean the same on every store: what has broken real systems, tested first."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from camket.core.errors import InvalidValueError, StoreError
from camket.ports import Store
from camket.rows import Json
from tests.storage.samples import NOW, after, each, fact, identifier, mail, policy, record, subject, value

# By bytes: upper case before lower, unmarked before marked, and two spellings of one sight are two texts.
TEXTS = [
    "A",
    "Z",
    "a",
    "a\u0302",
    "b",
    "z",
    "\u0110",
    "\u00e2",
    "\u0111",
    "\u01b0",
    "\u1ea5",
    "\u2003",
    "\U0001f512",
]


def test_texts_are_ordered_by_their_bytes(store: Store) -> None:
    """Case, Vietnamese marks and characters beyond the basic plane are ordered by UTF-8 bytes on every store."""
    by_bytes = sorted(TEXTS, key=lambda text: text.encode())
    assert by_bytes == sorted(TEXTS)
    store.write(lambda unit: unit.ledger.put_tiles(dict.fromkeys(reversed(TEXTS), b"")))
    assert list(store.read(lambda unit: unit.ledger.paths(after="", limit=100))) == by_bytes


def test_a_page_begins_after_a_text_by_its_bytes(store: Store) -> None:
    """What comes after `z` holds every marked letter and none of the plain ones."""
    store.write(lambda unit: unit.ledger.put_tiles(dict.fromkeys(TEXTS, b"")))
    assert list(store.read(lambda unit: unit.ledger.paths(after="z", limit=100))) == sorted(
        ["\u0110", "\u00e2", "\u0111", "\u01b0", "\u1ea5", "\u2003", "\U0001f512"]
    )


@pytest.mark.parametrize(
    ("one", "other"), [("alice", "Alice"), ("\u1ea5", "a\u0302\u0301"), ("d", "\u0111"), ("a", "a "), ("a", " a")]
)
def test_texts_that_look_alike_are_not_equal(store: Store, one: str, other: str) -> None:
    """Case, marks, composition and spaces tell two texts apart, in look-ups and in unique keys."""
    store.write(lambda unit: unit.subjects.add(subject(one)))
    assert store.read(lambda unit: unit.subjects.get(other)) is None
    store.write(lambda unit: unit.subjects.add(subject(other)))
    found = store.read(lambda unit: (unit.subjects.get(one), unit.subjects.get(other)))
    assert [row.id for row in found if row] == [one, other]


def test_a_list_of_texts_is_matched_by_bytes(store: Store) -> None:
    """A query for several texts at once finds exactly those, whatever quotes and marks they hold."""
    items = ["a'b", 'a"b', "a\\b", "ấ", "a,b", "[a]", "A"]
    store.write(lambda unit: unit.subjects.add(subject()))
    store.write(lambda unit: unit.values.add([value(item, item=item) for item in [*items, "a", "â"]]))
    found = store.read(lambda unit: unit.values.of_subject("alice", items))
    assert sorted(row.item for row in found) == sorted(items)
    assert store.read(lambda unit: unit.values.of_subject("alice", [])) == ()


def test_a_text_with_nul_is_refused(store: Store) -> None:
    """U+0000, which one store would keep and another would not, is refused on all."""
    with pytest.raises(InvalidValueError, match=r"U\+0000"):
        store.write(lambda unit: unit.subjects.add(subject("a\0b")))


@pytest.mark.parametrize(
    "instant",
    [
        NOW,
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 22, 16, 30, 0, 1, tzinfo=timezone(timedelta(hours=7))),
        datetime(2038, 1, 19, 3, 14, 8, 7, tzinfo=timezone(timedelta(hours=-11, minutes=-30))),
    ],
)
def test_an_instant_comes_back_to_the_microsecond_in_utc(store: Store, instant: datetime) -> None:
    """Microseconds, zones, instants before 1970 and at the calendar's ends come back as the same instant, in UTC."""
    store.write(lambda unit: unit.subjects.add(subject(joined_at=instant)))
    row = store.read(lambda unit: unit.subjects.get("alice"))
    assert row is not None
    assert row.joined_at == instant
    assert row.joined_at.utcoffset() == timedelta(0)
    assert row.joined_at.microsecond == instant.microsecond


def test_a_naive_instant_is_refused(store: Store) -> None:
    """An instant without a zone is refused, as a column and as something to look for, and nothing is stored."""
    naive = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - the point of the test
    with pytest.raises(InvalidValueError, match="no time zone"):
        store.write(lambda unit: unit.subjects.add(subject(joined_at=naive)))
    with pytest.raises(InvalidValueError, match="no time zone"):
        store.read(lambda unit: unit.subjects.pending_before(naive, limit=1))
    assert store.read(lambda unit: unit.subjects.get("alice")) is None


def test_instants_are_ordered_as_instants(store: Store) -> None:
    """Instants are ordered by when they are, not by how their zone writes them."""
    zone = timezone(timedelta(hours=7))
    facts = [fact("late", at=after(1)), fact("early", at=after(-1).astimezone(zone)), fact("now", at=NOW)]
    store.write(lambda unit: each(unit.facts.add, facts))
    assert [row.id for row in store.read(lambda unit: unit.facts.of_subject("alice"))] == ["early", "now", "late"]


def test_null_in_a_unique_key_is_not_taken(store: Store) -> None:
    """Any number of rows may have no claim, no dedupe key and no place in the ledger."""
    store.write(lambda unit: each(unit.identifiers.add, [identifier("alice"), identifier("bob")]))
    store.write(lambda unit: [unit.records.add(record(number)) for number in range(3)])
    jobs = store.write(lambda unit: [unit.jobs.enqueue("erase", {}, run_at=NOW) for _ in range(3)])
    assert None not in jobs
    assert len(store.read(lambda unit: unit.identifiers.find("email", b"\x01" * 32))) == 2
    assert store.read(lambda unit: unit.records.count_unsequenced()) == 3


def test_rows_without_a_claim_come_last(store: Store) -> None:
    """A row with NULL is ordered in one stated place, the same on every store."""
    rows = [identifier("a"), identifier("b", claim="email:1"), identifier("c")]
    store.write(lambda unit: each(unit.identifiers.add, rows))
    found = store.read(lambda unit: unit.identifiers.find("email", b"\x01" * 32))
    assert [row.subject_id for row in found] == ["b", "a", "c"]


def test_null_and_empty_are_two_things(store: Store) -> None:
    """No text is not the empty text, and no bytes are not zero bytes."""
    rows = [value("a", article=None), value("b", article="", sealed=b"")]
    store.write(lambda unit: unit.values.add(rows))
    found = {row.id: row for row in store.read(lambda unit: unit.values.of_subject("alice"))}
    assert found["a"].article is None
    assert (found["b"].article, found["b"].sealed) == ("", b"")


@pytest.mark.parametrize(
    "body",
    [{}, {"b": 1, "a": [None, True, False, "ấ", {"n": -(2**53) + 1}]}, {"": ""}, {"\u20ac": '\U0001f512 \u2028 " \\'}],
)
def test_json_comes_back_as_it_was(store: Store, body: dict[str, Json]) -> None:
    """JSON comes back equal, with its kinds kept apart."""
    store.write(lambda unit: unit.facts.add(fact("f", body=body)))
    (row,) = store.read(lambda unit: unit.facts.of_subject("alice"))
    assert row.body == body


def test_every_byte_comes_back(store: Store) -> None:
    """Bytes are kept as they are, and are compared whole."""
    every = bytes(range(256))
    store.write(lambda unit: unit.policies.add(policy(1, bundle=every)))
    row = store.read(lambda unit: unit.policies.get(1))
    assert row is not None
    assert row.bundle == every


def test_numbers_keep_64_bits(store: Store) -> None:
    """The largest and the smallest numbers come back, and larger ones are not stored."""
    store.write(lambda unit: each(unit.policies.add, [policy(2**63 - 1), policy(-(2**63))]))
    assert store.read(lambda unit: unit.policies.all()) == (policy(-(2**63)), policy(2**63 - 1))
    with pytest.raises((StoreError, OverflowError)):
        store.write(lambda unit: unit.policies.add(policy(2**63)))
    assert store.read(lambda unit: unit.policies.get(2**63 - 1)) == policy(2**63 - 1)


def test_a_mail_without_a_subject_is_kept(store: Store) -> None:
    """A row whose subject is NULL is stored and found by its other columns, and is no one's."""
    store.write(lambda unit: unit.outbox.add(mail("m", subject_id=None)))
    assert store.read(lambda unit: unit.outbox.next_at()) == NOW
    assert store.read(lambda unit: unit.outbox.of_subject("", limit=9)) == ()
