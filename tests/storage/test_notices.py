"""Notices and what became of them: whom a notice finds, evidence that stays, counts of those who are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camket.core.terms import SubjectState
from camket.rows import FactKind, MailLane, MailState
from camket.rows.notices import DeliveryCount, DeliveryRow, DeliveryState, NoticeState
from tests.storage.samples import NOW, after, each, fact, mail, subject, value

if TYPE_CHECKING:
    from camket.ports import Store


def delivery(subject_id: str = "alice", **given: Any) -> DeliveryRow:  # noqa: ANN401 - any column
    """Return a delivery of version 2 whose mail waits."""
    columns: dict[str, Any] = {
        "number": 2,
        "subject_id": subject_id,
        "banner": True,
        "mail": DeliveryState.QUEUED,
        "planned_at": NOW,
    }
    return DeliveryRow(**columns | given)


def test_a_notice_is_begun_once_and_keeps_when_it_was_planned(store: Store) -> None:
    """Beginning twice is once; moving a notice on never changes the instant at which it was planned first."""
    store.write(lambda unit: unit.notices.begin(2, at=NOW))
    store.write(lambda unit: unit.notices.begin(2, at=after(9)))
    store.write(lambda unit: unit.notices.begin(3, at=after(1)))
    store.write(lambda unit: unit.notices.move(2, NoticeState.PLANNED, planned_at=after(2)))
    store.write(lambda unit: unit.notices.move(2, NoticeState.PLANNED, planned_at=after(5)))
    found = store.read(lambda unit: unit.notices.all())
    assert [(row.number, row.state, row.created_at, row.planned_at) for row in found] == [
        (3, NoticeState.PLANNING, after(1), None),
        (2, NoticeState.PLANNED, NOW, after(2)),
    ]
    assert store.read(lambda unit: unit.notices.get(3)) == found[0]
    assert store.read(lambda unit: unit.notices.get(4)) is None


def test_untold_are_the_active_who_joined_before_and_have_no_delivery(store: Store) -> None:
    """Pending and erased subjects, those who joined under the version, and those planned already are left out."""
    people = [
        subject("a"),
        subject("b", state=SubjectState.PENDING),
        subject("c", state=SubjectState.ERASED),
        subject("d", joined_version=2),
        subject("e"),
        subject("f"),
        subject("B"),
    ]
    store.write(lambda unit: each(unit.subjects.add, people))
    store.write(lambda unit: unit.notices.add([delivery("e"), delivery("f", number=3)]))

    def untold(after_id: str, limit: int) -> list[str]:
        return [row.id for row in store.read(lambda unit: unit.notices.untold(2, after_id=after_id, limit=limit))]

    assert untold("", 9) == ["B", "a", "f"]
    assert untold("", 2) == ["B", "a"]
    assert untold("a", 9) == ["f"]


def test_agreements_and_uses_are_found_by_a_range_of_subjects(store: Store) -> None:
    """Both ends belong to the range; other facts and values of other items are not in it."""
    facts = [
        fact("1", subject_id="a", kind=FactKind.AGREEMENT),
        fact("2", subject_id="b", kind=FactKind.REFUSAL),
        fact("3", subject_id="c", kind=FactKind.AGREEMENT),
        fact("4", subject_id="d", kind=FactKind.AGREEMENT),
    ]
    values = [
        value("1", subject_id="a", item="service.use", service="shop"),
        value("2", subject_id="a", item="service.use", service="print"),
        value("3", subject_id="b", item="email", service="account"),
        value("4", subject_id="d", item="service.use", service="shop"),
    ]
    store.write(lambda unit: each(unit.subjects.add, [subject(one) for one in "abcd"]))
    store.write(lambda unit: each(unit.facts.add, facts))
    store.write(lambda unit: unit.values.add(values))
    assert [row.id for row in store.read(lambda unit: unit.notices.agreements("a", "c"))] == ["1", "3"]
    assert sorted(store.read(lambda unit: unit.notices.uses("service.use", "a", "c"))) == [
        ("a", "print"),
        ("a", "shop"),
    ]


def test_evidence_is_written_and_seen_once(store: Store) -> None:
    """What became of a mail stands in its customer's row alone; a notice is read once, and only by who was told."""
    store.write(lambda unit: unit.notices.add([delivery("alice"), delivery("bob"), delivery("alice", number=3)]))
    assert store.write(
        lambda unit: unit.notices.settle(
            2, "alice", DeliveryState.REFUSED, at=after(3), smtp_code=550, error_kind="recipient"
        )
    )
    assert not store.write(lambda unit: unit.notices.settle(9, "alice", DeliveryState.SENT, at=NOW))
    assert store.write(lambda unit: unit.notices.see(2, "alice", at=after(4)))
    assert not store.write(lambda unit: unit.notices.see(2, "alice", at=after(5)))
    assert not store.write(lambda unit: unit.notices.see(2, "bob2", at=after(5)))
    assert store.read(lambda unit: unit.notices.of_subject("alice")) == (
        delivery("alice", number=3),
        delivery(
            "alice",
            mail=DeliveryState.REFUSED,
            settled_at=after(3),
            smtp_code=550,
            error_kind="recipient",
            seen_at=after(4),
        ),
    )
    assert store.read(lambda unit: unit.notices.deliveries(2, after_id="alice", limit=9)) == (delivery("bob"),)


def test_the_forgotten_are_counted_as_no_one(store: Store) -> None:
    """Dropping a subject's rows, or a whole notice's, leaves the counts as they were, and no id."""
    rows = [
        delivery("a", mail=DeliveryState.SENT, seen_at=NOW),
        delivery("b", mail=DeliveryState.SENT, banner=False),
        delivery("c", mail=DeliveryState.NONE),
    ]
    store.write(lambda unit: unit.notices.add(rows))
    assert store.write(lambda unit: unit.notices.forget_subject("a")) == 1
    assert store.write(lambda unit: unit.notices.forget_subject("a")) == 0

    def count() -> set[DeliveryCount]:
        return set(store.read(lambda unit: unit.notices.count(2)))

    assert count() == {
        DeliveryCount(mail=DeliveryState.SENT, present=True, people=1, banners=0, seen=0),
        DeliveryCount(mail=DeliveryState.NONE, present=True, people=1, banners=1, seen=0),
        DeliveryCount(mail=DeliveryState.SENT, present=False, people=1, banners=1, seen=1),
    }
    assert store.write(lambda unit: unit.notices.forget(2)) == 2
    assert count() == {
        DeliveryCount(mail=DeliveryState.SENT, present=False, people=2, banners=1, seen=1),
        DeliveryCount(mail=DeliveryState.NONE, present=False, people=1, banners=1, seen=0),
    }


def test_bulk_mail_waits_in_its_own_lane(store: Store) -> None:
    """Claiming one lane takes nothing of the other, however long that has been due."""
    many = [mail(f"bulk{n}", lane=MailLane.BULK, next_at=after(-9)) for n in range(3)]
    store.write(lambda unit: unit.outbox.add_many(many))
    store.write(lambda unit: unit.outbox.add(mail("code")))

    def claim(lane: MailLane) -> list[str]:
        due = store.write(lambda unit: unit.outbox.claim_due(now=NOW, retry_at=after(60), limit=9, lane=lane))
        return [row.id for row in due]

    assert claim(MailLane.PROMPT) == ["code"]
    assert store.read(lambda unit: unit.outbox.next_at(MailLane.BULK)) == after(-9)
    assert claim(MailLane.BULK) == ["bulk0", "bulk1", "bulk2"]
    assert store.read(lambda unit: unit.outbox.next_at(MailLane.BULK)) == after(60)


def test_an_attempt_that_ended_without_a_word_is_known_by_that(store: Store) -> None:
    """Taking a mail again tells why the last attempt failed; where that one said nothing, so does the row."""
    store.write(lambda unit: unit.outbox.add(mail("one")))

    def take(seconds: int) -> tuple[int, str | None]:
        (row,) = store.write(
            lambda unit: unit.outbox.claim_due(now=after(seconds), retry_at=after(seconds + 60), limit=1)
        )
        return row.attempts, row.last_error_kind

    assert take(0) == (1, None)
    store.write(
        lambda unit: unit.outbox.settle("one", attempts=1, state=MailState.QUEUED, at=after(60), error_kind="busy")
    )
    assert take(60) == (2, "busy")
    assert take(120) == (3, None)
