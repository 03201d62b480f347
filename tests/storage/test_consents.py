"""What was asked of subjects and what they answered, on every store."""

from __future__ import annotations

from typing import Any

from camket.core.consent.events import AskedThrough, EventKind, Expression, QuestionKind
from camket.core.terms import Language
from camket.ports import Store
from camket.rows import FactKind
from camket.rows.consents import ConsentTextRow, NewConsentEvent
from tests.storage.samples import NOW, after, each, fact, subject


def event(kind: EventKind = EventKind.GIVEN, **given: Any) -> NewConsentEvent:  # noqa: ANN401 - any column
    """Return a fact of alice's history."""
    columns: dict[str, Any] = {
        "subject_id": "alice",
        "kind": kind,
        "about": QuestionKind.CONSENT,
        "target": "use:promote",
        "body": {"purpose": "promote", "items": ["email"], "clauses": ["use(email, promote, consent)"]},
        "question_id": "q1",
        "fact_id": "f1",
        "version": 1,
        "text_hash": "ab" * 32,
        "language": Language.VI,
        "through": AskedThrough.PAGE,
        "expression": Expression.BUTTON,
        "at": NOW,
        "ends_at": None,
        "record_id": None,
    }
    return NewConsentEvent(**columns | given)


def kinds(store: Store, subject_id: str = "alice") -> list[EventKind]:
    """Return what a subject's history tells, oldest first."""
    return [one.kind for one in store.read(lambda unit: unit.consents.of_subject(subject_id))]


def test_a_fact_of_the_history_comes_back_as_stored(store: Store) -> None:
    """Every column comes back, filled or not, with the id that the store gave."""
    full = event(ends_at=after(60), record_id=7)
    bare = event(EventKind.ASKED, question_id=None, fact_id=None, text_hash=None, language=None, expression=None)
    first, second = store.write(lambda unit: (unit.consents.add(full), unit.consents.add(bare)))
    assert first < second
    found = store.read(lambda unit: unit.consents.of_subject("alice"))
    assert [one.id for one in found] == [first, second]
    for row, given in zip(found, (full, bare), strict=True):
        for name in NewConsentEvent.__slots__:
            assert getattr(row, name) == getattr(given, name), name


def test_a_history_is_one_subjects(store: Store) -> None:
    """Each reads and drops their own; the ids of those who have one come in pages."""
    store.write(lambda unit: each(unit.consents.add, [event(), event(subject_id="bob"), event(EventKind.REFUSED)]))
    assert kinds(store) == [EventKind.GIVEN, EventKind.REFUSED]
    assert store.read(lambda unit: unit.consents.subjects(after_id="", limit=1)) == ("alice",)
    assert store.read(lambda unit: unit.consents.subjects(after_id="alice", limit=9)) == ("bob",)
    assert store.write(lambda unit: unit.consents.delete_of_subject("alice")) == 2
    assert (kinds(store), kinds(store, "bob")) == ([], [EventKind.GIVEN])


def test_a_text_is_stored_once(store: Store) -> None:
    """The same text again changes nothing; texts come back by their hashes, unknown ones do not."""
    one, two = ConsentTextRow(hash="aa", body='{"title":"Đồng ý?"}'), ConsentTextRow(hash="bb", body="{}")
    store.write(lambda unit: each(unit.consents.add_text, [one, two, one]))
    assert store.read(lambda unit: unit.consents.texts(["bb", "aa", "cc"])) == (one, two)
    assert store.read(lambda unit: unit.consents.texts([])) == ()


def test_what_ran_out_is_found_until_it_is_said(store: Store) -> None:
    """A yes whose date is reached, the longest over first; no withdrawn one, none said to be over, no question."""
    store.write(
        lambda unit: each(
            unit.consents.add,
            [
                event(fact_id="later", ends_at=after(20)),
                event(EventKind.RENEWED, fact_id="sooner", ends_at=after(10)),
                event(EventKind.ASKED, fact_id=None, ends_at=after(5)),
                event(fact_id="withdrawn", ends_at=after(10)),
                event(EventKind.WITHDRAWN, fact_id="withdrawn"),
                event(fact_id="without end"),
            ],
        )
    )

    def over(seconds: float, limit: int = 9) -> list[str | None]:
        return [one.fact_id for one in store.read(lambda unit: unit.consents.run_out(after(seconds), limit=limit))]

    assert over(9) == []
    assert over(10) == ["sooner"]
    assert over(60) == ["sooner", "later"]
    assert over(60, limit=1) == ["sooner"]
    store.write(lambda unit: unit.consents.add(event(EventKind.EXPIRED, fact_id="sooner")))
    assert over(60) == ["later"]


def test_a_sweep_leaves_what_something_rests_on(store: Store) -> None:
    """Old facts go but for those of a consent or agreement that stands; young ones stay, whatever they are about."""
    facts = [
        fact("stands"),
        fact("agreed", kind=FactKind.AGREEMENT),
        fact("ended", withdrawn_at=NOW),
        fact("refused", kind=FactKind.REFUSAL),
    ]
    store.write(lambda unit: unit.subjects.add(subject()))
    store.write(lambda unit: each(unit.facts.add, facts))
    old = [event(fact_id=name) for name in ("stands", "agreed", "ended", "refused", None)]
    store.write(lambda unit: each(unit.consents.add, [*old, event(fact_id="ended", at=after(60))]))
    assert store.write(lambda unit: unit.consents.sweep(before=after(30), limit=2)) == 2
    assert store.write(lambda unit: unit.consents.sweep(before=after(30), limit=9)) == 1
    assert store.write(lambda unit: unit.consents.sweep(before=after(30), limit=9)) == 0
    left = store.read(lambda unit: unit.consents.of_subject("alice"))
    assert [one.fact_id for one in left] == ["stands", "agreed", "ended"]
