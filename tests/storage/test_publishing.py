"""Drafts of a policy, who approved them, and subjects counted by their history."""

from dataclasses import replace
from typing import Any

import pytest

from camket.core.errors import ConflictError
from camket.core.terms import SubjectState
from camket.ports import Store
from camket.rows import FactKind
from camket.rows.publishing import ApprovalRow, Consented, DraftRow, DraftState, HistoryCount
from camket.rows.staff import StaffRow
from tests.storage.samples import NOW, after, each, fact, subject


def draft(draft_id: str = "d1", **given: Any) -> DraftRow:  # noqa: ANN401 - any column
    """Return an open draft, begun from version 1 and never changed."""
    columns: dict[str, Any] = {
        "id": draft_id,
        "state": DraftState.OPEN,
        "base": 1,
        "revision": 1,
        "files": b'{"policy.yaml":"camket: 1"}',
        "effective_at": None,
        "begun_by": "staff:alice",
        "begun_at": NOW,
        "saved_by": "staff:alice",
        "saved_at": NOW,
        "number": None,
    }
    return DraftRow(**columns | given)


def approval(who: str, **given: Any) -> ApprovalRow:  # noqa: ANN401 - any column
    """Return an officer's yes to the first revision."""
    columns: dict[str, Any] = {"draft_id": "d1", "approved_by": who, "revision": 1, "approved_at": NOW}
    return ApprovalRow(**columns | given)


def agreement(fact_id: str, subject_id: str, version: int, clause: str | None = None, **given: Any) -> Any:  # noqa: ANN401
    """Return an agreement to a version or to one of its clauses."""
    body = {"version": version, "clause": clause, "question": fact_id}
    return fact(fact_id, subject_id=subject_id, kind=FactKind.AGREEMENT, body=body, **given)


def works_here(subject_id: str) -> StaffRow:
    """Return a member of staff."""
    return StaffRow(
        subject_id=subject_id,
        pseudonym="desk-1",
        roles=["officer"],
        password_hash=None,
        totp_sealed=None,
        totp_step=None,
        created_at=NOW,
    )


def test_one_draft_at_most_is_open(store: Store) -> None:
    """A second one is refused and the first stays; once that is published or dropped, the next may begin."""
    assert store.read(lambda unit: unit.publishing.open_draft()) is None
    store.write(lambda unit: unit.publishing.begin(draft()))
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.publishing.begin(draft("d2")))
    assert store.read(lambda unit: unit.publishing.open_draft()) == draft()
    assert store.write(lambda unit: unit.publishing.close("d1", number=2))
    store.write(lambda unit: unit.publishing.begin(draft("d2")))
    assert store.write(lambda unit: unit.publishing.drop("d2"))
    store.write(lambda unit: unit.publishing.begin(draft("d3")))
    assert store.read(lambda unit: unit.publishing.open_draft()) == draft("d3")
    assert store.read(lambda unit: unit.publishing.of_version(2)) == draft(state=DraftState.PUBLISHED, number=2)
    assert store.read(lambda unit: unit.publishing.of_version(3)) is None


def test_a_draft_is_saved_over_the_revision_that_was_seen(store: Store) -> None:
    """Each change is the next revision; one that has not seen the last changes nothing."""
    store.write(lambda unit: unit.publishing.begin(draft()))
    bobs = draft(files=b"{}", base=2, effective_at=after(60), saved_by="staff:bob", saved_at=after(1))
    assert store.write(lambda unit: unit.publishing.save(bobs, seen=1))
    assert not store.write(lambda unit: unit.publishing.save(draft(files=b"late"), seen=1))
    assert store.read(lambda unit: unit.publishing.open_draft()) == replace(bobs, revision=2)
    assert store.write(lambda unit: unit.publishing.save(replace(bobs, effective_at=None), seen=2))
    found = store.read(lambda unit: unit.publishing.open_draft())
    assert found is not None
    assert (found.revision, found.effective_at) == (3, None)


def test_what_is_not_open_is_neither_saved_nor_closed_nor_dropped(store: Store) -> None:
    """A published draft stays as it was published."""
    store.write(lambda unit: unit.publishing.begin(draft()))
    assert store.write(lambda unit: unit.publishing.close("d1", number=2))
    assert not store.write(lambda unit: unit.publishing.save(draft(files=b"late"), seen=1))
    assert not store.write(lambda unit: unit.publishing.close("d1", number=3))
    assert not store.write(lambda unit: unit.publishing.drop("d1"))
    assert store.read(lambda unit: unit.publishing.of_version(2)) is not None


def test_an_officer_has_one_yes_to_a_draft(store: Store) -> None:
    """A yes to a newer revision takes the place of the older one; with the draft they go."""
    store.write(lambda unit: unit.publishing.begin(draft()))
    store.write(lambda unit: each(unit.publishing.approve, [approval("staff:bob"), approval("staff:alice")]))
    later = approval("staff:bob", revision=2, approved_at=after(1))
    store.write(lambda unit: unit.publishing.approve(later))
    assert store.read(lambda unit: unit.publishing.approvals("d1")) == (approval("staff:alice"), later)
    assert store.read(lambda unit: unit.publishing.approvals("d2")) == ()
    store.write(lambda unit: unit.publishing.drop("d1"))
    assert store.read(lambda unit: unit.publishing.approvals("d1")) == ()


def test_subjects_are_counted_by_their_history(store: Store) -> None:
    """Who joined under one version and said yes to the same is counted together, in whatever order; staff are not."""
    clause = "use(email, improve, stated)"
    store.write(
        lambda unit: each(
            unit.subjects.add,
            [
                subject("alice"),
                subject("bob"),
                subject("third", joined_version=2),
                subject("fourth"),
                subject("gone", state=SubjectState.ERASED),
                subject("new", state=SubjectState.PENDING),
                subject("desk"),
            ],
        )
    )
    store.write(
        lambda unit: each(
            unit.facts.add,
            [
                agreement("f1", "alice", 2, clause),
                agreement("f2", "alice", 3),
                agreement("f3", "bob", 3, at=after(-60)),
                agreement("f4", "bob", 2, clause),
                agreement("f5", "bob", 2, clause, at=after(-30)),
                fact("f6", subject_id="fourth"),
                agreement("f7", "gone", 2),
                agreement("f8", "desk", 2),
            ],
        )
    )
    store.write(lambda unit: unit.staff.add(works_here("desk")))
    agreed = frozenset({(2, clause), (3, "")})
    consented = frozenset({Consented(purpose="develop", recipient="", items=("email",))})
    assert store.read(lambda unit: unit.publishing.histories(at=NOW)) == (
        HistoryCount(joined=1, agreed=frozenset(), consented=consented, subjects=1),
        HistoryCount(joined=1, agreed=agreed, subjects=2),
        HistoryCount(joined=2, agreed=frozenset(), subjects=1),
    )


def test_an_agreement_counts_from_its_instant_until_it_is_taken_back(store: Store) -> None:
    """Before and after, the subject has the history of one who never agreed."""
    store.write(lambda unit: unit.subjects.add(subject("alice")))
    given = agreement("f1", "alice", 2, at=after(10), withdrawn_at=after(20))
    store.write(lambda unit: unit.facts.add(given))

    def agreed(seconds: float) -> frozenset[tuple[int, str]]:
        return store.read(lambda unit: unit.publishing.histories(at=after(seconds)))[0].agreed

    assert [len(agreed(seconds)) for seconds in (9, 10, 19, 20)] == [0, 1, 1, 0]
