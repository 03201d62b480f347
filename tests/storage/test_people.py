"""Subjects, facts, identifiers and sealed values."""

from dataclasses import replace

import pytest

from camket.core.errors import ConflictError
from camket.core.terms import Language, SubjectState
from camket.core.vault.keyring import KeyKind
from camket.ports import Store, Unit
from camket.rows import HeldValueRow, SubjectRow
from tests.storage.samples import NOW, after, each, fact, identifier, policy, subject, value


def the_subject(store: Store, subject_id: str = "alice") -> SubjectRow:
    """Return the stored subject, which must be there."""
    row = store.read(lambda unit: unit.subjects.get(subject_id))
    assert row is not None
    return row


def test_a_subject_comes_back_as_stored(store: Store) -> None:
    """Every column of a subject comes back, and no one else is found by their id."""
    row = subject(
        state=SubjectState.PENDING,
        language=Language.EN,
        confirmed_at=after(1),
        erased_at=after(2),
        gpc_signalled_at=after(3),
        gpc_overridden_at=after(4),
        facts_revision=7,
    )
    store.write(lambda unit: unit.subjects.add(row))
    assert the_subject(store) == row
    assert store.read(lambda unit: unit.subjects.get("bob")) is None


def test_a_subject_is_stored_once(store: Store) -> None:
    """A second subject with the same id is refused, and the first stays."""
    store.write(lambda unit: unit.subjects.add(subject()))
    with pytest.raises(ConflictError, match="there already"):
        store.write(lambda unit: unit.subjects.add(subject(language=Language.EN)))
    assert the_subject(store) == subject()


def test_only_a_pending_subject_is_confirmed(store: Store) -> None:
    """Confirming works once, sets the version that holds for them, and is a new fact for the gate."""
    store.write(lambda unit: unit.subjects.add(subject(state=SubjectState.PENDING)))
    assert store.write(lambda unit: unit.subjects.confirm("alice", at=after(5), joined_version=3))
    row = the_subject(store)
    assert (row.state, row.confirmed_at, row.joined_version, row.facts_revision) == (
        SubjectState.ACTIVE,
        after(5),
        3,
        1,
    )
    assert not store.write(lambda unit: unit.subjects.confirm("alice", at=after(6), joined_version=4))
    assert not store.write(lambda unit: unit.subjects.confirm("bob", at=after(6), joined_version=4))
    assert the_subject(store) == row


def test_an_erased_subject_stays_erased(store: Store) -> None:
    """Erasing works once, keeps the first instant, blanks what they chose, and cannot be undone by confirming."""
    chosen = subject(language=Language.EN, gpc_signalled_at=NOW, gpc_overridden_at=NOW)
    store.write(lambda unit: unit.subjects.add(chosen))
    assert store.write(lambda unit: unit.subjects.erase("alice", at=after(1)))
    assert not store.write(lambda unit: unit.subjects.erase("alice", at=after(2)))
    assert not store.write(lambda unit: unit.subjects.confirm("alice", at=after(3), joined_version=9))
    row = the_subject(store)
    assert (row.state, row.erased_at, row.facts_revision) == (SubjectState.ERASED, after(1), 1)
    assert (row.language, row.gpc_signalled_at, row.gpc_overridden_at) == (Language.VI, None, None)
    assert store.write(lambda unit: unit.subjects.delete("alice"))
    assert not store.write(lambda unit: unit.subjects.delete("alice"))


def test_only_the_named_subject_changes(store: Store) -> None:
    """Language and signal are set for one subject; the signal is a new fact for the gate, the language is not."""
    store.write(lambda unit: each(unit.subjects.add, [subject("alice"), subject("bob")]))

    def change(unit: Unit) -> None:
        unit.subjects.set_language("alice", Language.EN)
        unit.subjects.signal_gpc("alice", at=after(1))
        unit.subjects.override_gpc("alice", at=after(2))

    store.write(change)
    assert the_subject(store) == subject(
        language=Language.EN, gpc_signalled_at=after(1), gpc_overridden_at=after(2), facts_revision=2
    )
    assert the_subject(store, "bob") == subject("bob")


def test_pending_subjects_are_found_oldest_first(store: Store) -> None:
    """Only pending subjects that joined before the instant are found, the longest waiting first."""
    rows = [
        subject("late", state=SubjectState.PENDING, joined_at=after(-1)),
        subject("early", state=SubjectState.PENDING, joined_at=after(-2)),
        subject("now", state=SubjectState.PENDING, joined_at=NOW),
        subject("active", joined_at=after(-9)),
        subject("erased", state=SubjectState.ERASED, joined_at=after(-9)),
    ]
    store.write(lambda unit: each(unit.subjects.add, rows))
    found = store.read(lambda unit: unit.subjects.pending_before(NOW, limit=9))
    assert [row.id for row in found] == ["early", "late"]
    assert len(store.read(lambda unit: unit.subjects.pending_before(NOW, limit=1))) == 1


def test_pages_of_subjects_miss_no_one(store: Store) -> None:
    """Paging by id meets every subject of the state once, and none of another state."""
    names = [f"s{number:02}" for number in range(10)]
    store.write(lambda unit: each(unit.subjects.add, [*map(subject, names), subject("x", state=SubjectState.ERASED)]))
    met: list[str] = []
    while page := store.read(
        lambda unit: unit.subjects.page(after_id=met[-1] if met else "", limit=3, state=SubjectState.ACTIVE)
    ):
        met.extend(row.id for row in page)
    assert met == names


def test_a_revision_comes_with_the_newest_policy(store: Store) -> None:
    """One query gives the subject's revision and the newest policy's number, which is 0 where there is none."""
    assert store.read(lambda unit: unit.subjects.revision("alice")) is None
    store.write(lambda unit: unit.subjects.add(subject(facts_revision=4)))
    assert store.read(lambda unit: unit.subjects.revision("alice")) == (4, 0)
    store.write(lambda unit: each(unit.policies.add, [policy(1), policy(3)]))
    assert store.write(lambda unit: unit.subjects.revision("alice")) == (4, 3)


def test_facts_raise_the_revision_in_their_unit(store: Store) -> None:
    """Adding, withdrawing and dropping facts each raise the subject's revision; reading does not."""
    store.write(lambda unit: unit.subjects.add(subject()))
    store.write(lambda unit: unit.facts.add(fact("f1")))
    assert the_subject(store).facts_revision == 1
    assert store.write(lambda unit: unit.facts.withdraw("alice", "f1", at=after(1)))
    assert the_subject(store).facts_revision == 2
    assert store.read(lambda unit: unit.facts.of_subject("alice")) == (fact("f1", withdrawn_at=after(1)),)
    assert store.write(lambda unit: unit.facts.delete_of_subject("alice")) == 1
    assert the_subject(store).facts_revision == 3
    assert store.read(lambda unit: unit.facts.of_subject("alice")) == ()


def test_a_fact_is_withdrawn_by_its_subject_once(store: Store) -> None:
    """Another subject's fact and one that has ended are not withdrawn, and keep their instant."""
    store.write(lambda unit: each(unit.facts.add, [fact("f1"), fact("f2", subject_id="bob")]))
    assert not store.write(lambda unit: unit.facts.withdraw("alice", "f2", at=after(1)))
    assert store.write(lambda unit: unit.facts.withdraw("alice", "f1", at=after(1)))
    assert not store.write(lambda unit: unit.facts.withdraw("alice", "f1", at=after(2)))
    assert store.read(lambda unit: unit.facts.of_subject("alice"))[0].withdrawn_at == after(1)
    assert store.read(lambda unit: unit.facts.of_subject("bob"))[0].withdrawn_at is None


def test_a_claim_is_one_subjects_alone(store: Store) -> None:
    """Two subjects may have one blind index, one of them may claim it, and the other is told no."""
    store.write(lambda unit: each(unit.identifiers.add, [identifier("alice"), identifier("bob")]))
    index = identifier("alice").blind_index

    def claim(subject_id: str) -> bool:
        return store.write(lambda unit: unit.identifiers.claim("email", index, subject_id, claim="email:1"))

    assert claim("bob")
    assert claim("bob")
    assert not claim("alice")
    found = store.read(lambda unit: unit.identifiers.find("email", index))
    assert [(row.subject_id, row.claim) for row in found] == [("bob", "email:1"), ("alice", None)]
    assert not store.write(lambda unit: unit.identifiers.claim("phone", index, "bob", claim="phone:1"))


def test_an_identifier_comes_with_who_has_the_claim_to_it(store: Store) -> None:
    """A subject's own identifiers of one field, each with whoever claimed the same index, themselves included."""
    rows = (identifier("alice"), identifier("bob"), identifier("alice", field="phone"))
    store.write(lambda unit: unit.identifiers.add(*rows))

    def holders(subject_id: str) -> list[tuple[str, str | None]]:
        found = store.write(lambda unit: unit.identifiers.with_holder(subject_id, field="email"))
        return [(row.subject_id, holder) for row, holder in found]

    assert holders("alice") == [("alice", None)]
    index = rows[0].blind_index
    store.write(lambda unit: unit.identifiers.claim("email", index, "bob", claim="email:1"))
    assert holders("alice") == [("alice", "bob")]
    assert holders("bob") == [("bob", "bob")]
    assert holders("nobody") == []


def test_a_claimed_identifier_cannot_be_added_twice(store: Store) -> None:
    """Adding the same row again changes nothing; adding someone else's claim fails the unit."""
    mine = identifier("alice", claim="email:1")
    store.write(lambda unit: unit.identifiers.add(mine))
    store.write(lambda unit: unit.identifiers.add(mine))
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.identifiers.add(identifier("bob", claim="email:1")))
    assert store.read(lambda unit: unit.identifiers.find("email", mine.blind_index)) == (mine,)


def test_identifiers_of_older_keys_are_found_and_replaced(store: Store) -> None:
    """Subjects with an index of an older key are met once each, and are gone from the list when it is replaced."""
    rows = [
        identifier("alice"),
        identifier("alice", field="phone"),
        identifier("bob"),
        identifier("third", key_version=2),
    ]
    store.write(lambda unit: each(unit.identifiers.add, rows))
    behind = store.read(lambda unit: unit.identifiers.behind(2, after_id="", limit=9))
    assert behind == ("alice", "bob")
    assert store.read(lambda unit: unit.identifiers.behind(2, after_id="alice", limit=9)) == ("bob",)

    def rekey(unit: Unit) -> None:
        assert unit.identifiers.delete_of_subject("alice", field="phone") == 1
        assert unit.identifiers.delete_of_subject("alice") == 1
        unit.identifiers.add(identifier("alice", key_version=2))

    store.write(rekey)
    assert store.read(lambda unit: unit.identifiers.behind(2, after_id="", limit=9)) == ("bob",)
    assert store.read(lambda unit: unit.identifiers.of_subject("alice")) == (identifier("alice", key_version=2),)


def test_values_come_back_by_subject_and_item(store: Store) -> None:
    """A subject's values come back whole, all or by item, in the order of item, collection and id; no one else's do."""
    rows = [
        value("v3", item="phone"),
        value("v2"),
        value("v1"),
        value("v0", collected_at=after(1)),
        value("other", subject_id="bob"),
    ]
    store.write(lambda unit: unit.values.add(rows))

    def ids(*items: str) -> list[str]:
        return [row.id for row in store.read(lambda unit: unit.values.of_subject("alice", items or None))]

    assert ids() == ["v1", "v2", "v0", "v3"]
    assert ids("phone") == ["v3"]
    assert ids("phone", "email", "name") == ["v1", "v2", "v0", "v3"]
    assert store.read(lambda unit: unit.values.get("v3")) == rows[0]
    assert store.read(lambda unit: unit.values.get("v9")) is None
    assert store.read(lambda unit: unit.values.items_of_subject("alice")) == {"email": 3, "phone": 1}


def test_outlines_leave_the_sealed_bytes_of_closed_items_out(store: Store) -> None:
    """They are the rows that are held, in their order; only those of the closed items lack what is sealed."""
    rows = [value("v1"), value("v2", item="picture"), value("v3", item="phone"), value("v4", subject_id="bob")]
    store.write(lambda unit: unit.values.add(rows))

    def outlines(items: list[str] | None, *closed: str) -> tuple[HeldValueRow, ...]:
        return store.read(lambda unit: unit.values.outlines_of_subject("alice", items, closed=closed))

    held = store.read(lambda unit: unit.values.of_subject("alice"))
    bare = tuple(replace(row, sealed=b"") if row.item == "picture" else row for row in held)
    assert outlines(None) == held
    assert outlines(None, "picture") == outlines(None, "nothing", "picture") == bare
    assert outlines(["picture", "phone"], "picture") == tuple(row for row in bare if row.item != "email")
    assert outlines([], "picture") == ()


def test_a_value_is_replaced_for_its_own_subject_only(store: Store) -> None:
    """Replacing changes every other column of the row with that id and subject, and nothing for another subject."""
    store.write(lambda unit: unit.values.add([value("v1"), value("v2")]))
    held = value("v1", sealed=b"new", key_kind=KeyKind.HOLD, article="TAX Art. 1", hold_until=after(9), version=2)
    assert store.write(lambda unit: unit.values.replace(held))
    assert not store.write(lambda unit: unit.values.replace(replace(held, subject_id="bob")))
    assert not store.write(lambda unit: unit.values.replace(replace(held, id="v9")))
    assert store.read(lambda unit: unit.values.of_subject("alice")) == (held, value("v2"))


def test_values_are_put_in_the_place_of_their_own_subjects_only(store: Store) -> None:
    """Putting replaces the rows that are there and adds the others; another subject's id undoes the unit."""
    store.write(lambda unit: unit.values.add([value("v1"), value("v2")]))
    changed, added = value("v1", sealed=b"new", service="shop", last_used_at=after(3)), value("v3", item="phone")
    store.write(lambda unit: unit.values.put([changed, added]))
    assert store.read(lambda unit: unit.values.of_subject("alice")) == (changed, value("v2"), added)
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.values.put([value("v4"), value("v2", subject_id="bob")]))
    assert store.read(lambda unit: unit.values.of_subject("alice")) == (changed, value("v2"), added)
    assert store.read(lambda unit: unit.values.of_subject("bob")) == ()


def test_values_are_given_under_the_stamp_that_still_holds(store: Store) -> None:
    """With the right stamp the items' values come in order, none included; with any other, and for no one, None."""
    store.write(lambda unit: unit.subjects.add(subject()))
    rows = [value("v2"), value("v1"), value("v3", item="phone"), value("v4", item="name")]
    store.write(lambda unit: unit.values.add(rows))
    stamp = store.read(lambda unit: unit.subjects.revision("alice"))
    assert stamp is not None

    def held(items: tuple[str, ...], stamp: tuple[int, int], whose: str = "alice") -> list[str] | None:
        found = store.write(lambda unit: unit.values.of_subject_if(whose, items, stamp=stamp))
        return None if found is None else [row.id for row in found]

    assert held(("email",), stamp) == ["v1", "v2"]
    assert held(("phone", "email"), stamp) == ["v1", "v2", "v3"]
    assert held(("shop.name",), stamp) == held(("shop.name", "shop.address"), stamp) == []
    assert held(("email",), (stamp[0] + 1, stamp[1])) is None
    assert held(("email",), (stamp[0], stamp[1] + 1)) is None
    assert held(("email",), stamp, whose="bob") is None
    store.write(lambda unit: unit.subjects.signal_gpc("alice", at=after(1)))
    assert held(("email",), stamp) is None


def test_last_use_only_moves_forward(store: Store) -> None:
    """The last use is kept, an earlier one does not overwrite it, and other values keep theirs."""
    store.write(lambda unit: unit.values.add([value("v1"), value("v2"), value("v3")]))
    store.write(lambda unit: unit.values.mark_used(["v1", "v2"], at=after(5)))
    store.write(lambda unit: unit.values.mark_used(["v1"], at=after(4)))
    store.write(lambda unit: unit.values.mark_used(["v2"], at=after(6)))
    store.write(lambda unit: unit.values.mark_used([], at=after(6)))
    found = store.read(lambda unit: unit.values.of_subject("alice"))
    assert [row.last_used_at for row in found] == [after(5), after(6), None]


def test_values_are_dropped_one_by_one_or_all(store: Store) -> None:
    """Dropping counts what was there, and leaves everyone else's values alone."""
    store.write(lambda unit: unit.values.add([value("v1"), value("v2"), value("v3"), value("other", subject_id="bob")]))
    assert store.write(lambda unit: unit.values.delete(["v1", "v9"])) == 1
    assert store.write(lambda unit: unit.values.delete([])) == 0
    assert store.write(lambda unit: unit.values.delete_of_subject("alice")) == 2
    assert store.read(lambda unit: unit.values.of_subject("alice")) == ()
    assert len(store.read(lambda unit: unit.values.of_subject("bob"))) == 1


def test_holds_are_found_when_they_have_passed(store: Store) -> None:
    """A hold is found from its very instant on, the longest overdue first; values without one never are."""
    rows = [
        value("later", hold_until=after(1)),
        value("now", hold_until=NOW),
        value("before", hold_until=after(-1)),
        value("none"),
    ]
    store.write(lambda unit: unit.values.add(rows))
    found = store.read(lambda unit: unit.values.expired_holds(NOW, limit=9))
    assert [row.id for row in found] == ["before", "now"]
    assert len(store.read(lambda unit: unit.values.expired_holds(NOW, limit=1))) == 1


def test_subjects_with_an_item_are_met_once_each(store: Store) -> None:
    """Every subject with a value of the item is met once, however many they have."""
    rows = [value("a1"), value("a2"), value("b1", subject_id="bob"), value("c1", subject_id="third", item="phone")]
    store.write(lambda unit: unit.values.add(rows))
    assert store.read(lambda unit: unit.values.subjects_with("email", after_id="", limit=9)) == ("alice", "bob")
    assert store.read(lambda unit: unit.values.subjects_with("email", after_id="alice", limit=9)) == ("bob",)
    assert store.read(lambda unit: unit.values.subjects_with("name", after_id="", limit=9)) == ()


def test_a_subject_comes_with_the_newest_policy_number(store: Store) -> None:
    """Row and number are those that two queries give; without the subject there is neither."""
    store.write(lambda unit: unit.subjects.add(subject()))
    assert store.write(lambda unit: unit.subjects.with_newest("alice")) == (subject(), 0)
    store.write(lambda unit: unit.policies.add(policy(1)))
    assert store.write(lambda unit: unit.subjects.with_newest("alice")) == (subject(), 1)
    assert store.write(lambda unit: unit.subjects.with_newest("nobody")) is None


@pytest.mark.parametrize("number", [0, 1, 7, 8, 9, 30])
def test_values_are_stored_whole_however_many_there_are(store: Store, number: int) -> None:
    """Stored by a few in a statement, put again over themselves, and each with its own columns."""
    rows = tuple(value(f"v{at:02}", item=f"item{at:02}", sealed=bytes([at]) * 40) for at in range(number))
    store.write(lambda unit: unit.values.add(rows))
    assert store.read(lambda unit: unit.values.of_subject("alice")) == rows
    newer = tuple(replace(row, sealed=b"newer") for row in rows)
    store.write(lambda unit: unit.values.put(newer))
    assert store.read(lambda unit: unit.values.of_subject("alice")) == newer
