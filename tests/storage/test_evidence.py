"""The installation, policy versions, ledger records and the public tree."""

import hashlib

import pytest

from camket.core.errors import ConflictError
from camket.ports import Store, Unit
from camket.rows import InstallationRow
from tests.storage.samples import NOW, about, after, each, policy, record


def test_the_installation_is_written_once(store: Store) -> None:
    """A new database belongs to no installation; once it does, that never changes, and the generation is kept."""
    assert store.read(lambda unit: unit.installation.get()) is None
    row = InstallationRow(instance_id="00" * 16, created_at=NOW, key_generation=1)
    store.write(lambda unit: unit.installation.create(row))
    with pytest.raises(ConflictError):
        store.write(
            lambda unit: unit.installation.create(
                InstallationRow(instance_id="11" * 16, created_at=NOW, key_generation=9)
            )
        )
    store.write(lambda unit: unit.installation.set_key_generation(5))
    store.write(lambda unit: unit.installation.set_key_generation(4))
    found = store.read(lambda unit: unit.installation.get())
    assert found == InstallationRow(instance_id="00" * 16, created_at=NOW, key_generation=5)


def test_policy_versions_are_kept_in_order(store: Store) -> None:
    """Versions come back oldest first; without any the newest number is 0."""
    assert store.read(lambda unit: unit.policies.newest_number()) == 0
    assert store.read(lambda unit: unit.policies.all()) == ()
    store.write(lambda unit: each(unit.policies.add, [policy(2), policy(10), policy(1)]))
    assert store.read(lambda unit: unit.policies.all()) == (policy(1), policy(2), policy(10))
    assert store.read(lambda unit: unit.policies.newest_number()) == 10
    assert store.read(lambda unit: unit.policies.get(2)) == policy(2)
    assert store.read(lambda unit: unit.policies.get(3)) is None


def test_a_policy_version_is_published_once(store: Store) -> None:
    """A number that is there already is refused and the published one stays; an earlier text may come again."""
    store.write(lambda unit: unit.policies.add(policy(1)))
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.policies.add(policy(1, document_hash="other")))
    assert store.read(lambda unit: unit.policies.all()) == (policy(1),)
    store.write(lambda unit: unit.policies.add(policy(2, document_hash=policy(1).document_hash)))
    assert [row.document_hash for row in store.read(lambda unit: unit.policies.all())] == ["d1", "d1"]


def test_records_are_sequenced_in_the_order_of_storing(store: Store) -> None:
    """Unsequenced records come in the order of storing, get consecutive places, and are then found by their place."""
    ids = store.write(lambda unit: [unit.records.add(record(number)) for number in range(5)])
    assert ids == sorted(ids)
    first = store.read(lambda unit: unit.records.unsequenced(limit=3))
    assert [(row.id, row.entry) for row in first] == [(ids[n], record(n).entry) for n in range(3)]
    store.write(lambda unit: unit.records.sequence([row.id for row in first], first_index=0))
    assert store.read(lambda unit: unit.records.count_unsequenced()) == 2
    assert [row.id for row in store.read(lambda unit: unit.records.unsequenced(limit=9))] == ids[3:]
    found = store.read(lambda unit: unit.records.by_index(2))
    assert found is not None
    assert (found.id, found.ledger_index, found.entry) == (ids[2], 2, record(2).entry)
    assert store.read(lambda unit: unit.records.by_index(3)) is None


def test_a_record_comes_back_as_stored(store: Store) -> None:
    """Every part of a record comes back, without a place until it has one."""
    record_id = store.write(lambda unit: unit.records.add(record(7, created_at=after(1))))
    row = store.read(lambda unit: unit.records.get(record_id))
    assert row is not None
    assert (row.facts, row.nonce_a, row.b, row.entry, row.created_at, row.ledger_index) == (
        record(7).facts,
        record(7).nonce_a,
        record(7).b,
        record(7).entry,
        after(1),
        None,
    )
    assert store.read(lambda unit: unit.records.get(record_id + 1)) is None


def test_a_place_is_given_once(store: Store) -> None:
    """A record keeps its place, a place keeps its record, and a unit that would change either is undone."""
    one, two, three = store.write(lambda unit: [unit.records.add(record(number)) for number in range(3)])
    store.write(lambda unit: unit.records.sequence([one], first_index=0))
    for ids, first_index in [([two, one], 1), ([two, three], 0), ([two, three + 99], 1)]:
        with pytest.raises(ConflictError):
            store.write(lambda unit, ids=ids, first=first_index: unit.records.sequence(ids, first_index=first))  # type: ignore[misc]
    assert [row.id for row in store.read(lambda unit: unit.records.unsequenced(limit=9))] == [two, three]


def test_a_subject_pages_through_their_own_records(store: Store) -> None:
    """A subject's records come newest first, page by page, with their own sealed part; no one else's appear."""

    def fill(unit: Unit) -> list[int]:
        ids = []
        for number in range(7):
            ids.append(unit.records.add(record(number), [about("alice")]))
            unit.records.add(record(number), [about("bob")])
        return ids

    ids = store.write(fill)
    met: list[int] = []
    while page := store.read(
        lambda unit: unit.records.of_subject("alice", before_id=met[-1] if met else None, limit=3)
    ):
        met.extend(row.id for row in page)
        assert {row.sealed for row in page} == {b"part of alice"}
    assert met == ids[::-1]
    assert store.read(lambda unit: unit.records.of_subject("nobody", limit=9)) == ()


def test_one_record_may_be_about_many_subjects(store: Store) -> None:
    """A batch is one record, and each subject sees it with their own part alone."""
    record_id = store.write(lambda unit: unit.records.add(record(), [about("alice"), about("bob")]))
    for name in ("alice", "bob"):
        row = store.read(lambda unit, name=name: unit.records.one_of_subject(name, record_id))  # type: ignore[misc]
        assert row is not None
        assert row.sealed == b"part of " + name.encode()
    assert store.read(lambda unit: unit.records.one_of_subject("nobody", record_id)) is None


def test_the_facts_of_one_action_are_read_together(store: Store) -> None:
    """They come oldest first, and leave out other actions and other subjects."""

    def fill(unit: Unit) -> None:
        unit.records.add(record(facts=b"1"), [about(action="share")])
        unit.records.add(record(facts=b"2"), [about(action="use"), about("bob", action="share")])
        unit.records.add(record(facts=b"3"), [about(action="share")])

    store.write(fill)
    assert store.read(lambda unit: unit.records.facts_of_action("alice", "share")) == (b"1", b"3")
    assert store.read(lambda unit: unit.records.facts_of_action("bob", "share")) == (b"2",)
    assert store.read(lambda unit: unit.records.facts_of_action("bob", "use")) == ()


def test_unlinking_a_subject_leaves_the_records(store: Store) -> None:
    """After an erasure the subject's links and sealed parts are gone; the record and others' links stay."""
    record_id = store.write(lambda unit: unit.records.add(record(), [about("alice"), about("bob")]))
    assert store.write(lambda unit: unit.records.reseal("alice", record_id, b"new"))
    assert not store.write(lambda unit: unit.records.reseal("nobody", record_id, b"new"))
    (row,) = store.read(lambda unit: unit.records.of_subject("alice", limit=9))
    assert row.sealed == b"new"
    assert store.write(lambda unit: unit.records.unlink_subject("alice")) == 1
    assert store.read(lambda unit: unit.records.of_subject("alice", limit=9)) == ()
    assert len(store.read(lambda unit: unit.records.of_subject("bob", limit=9))) == 1
    assert store.read(lambda unit: unit.records.get(record_id)) is not None


def test_pruning_takes_old_sequenced_records_alone(store: Store) -> None:
    """Records of the time before go with their links, in bounded steps; unsequenced and newer ones stay."""
    ages = [-5, -4, -3, -2, 1]
    ids = store.write(lambda unit: [unit.records.add(record(created_at=after(age)), [about()]) for age in ages])
    store.write(lambda unit: unit.records.sequence([*ids[:3], ids[4]], first_index=0))
    assert store.write(lambda unit: unit.records.prune(before=NOW, limit=2)) == 2
    assert store.write(lambda unit: unit.records.prune(before=NOW, limit=9)) == 1
    assert store.write(lambda unit: unit.records.prune(before=NOW, limit=9)) == 0
    assert [row.id for row in store.read(lambda unit: unit.records.of_subject("alice", limit=9))] == [ids[4], ids[3]]
    new = store.write(lambda unit: unit.records.add(record()))
    assert new > max(ids)


def test_an_empty_tree_has_the_root_of_nothing(store: Store) -> None:
    """Before the first entry the head is that of RFC 9162: size 0, the hash of no bytes, no checkpoint."""
    head = store.read(lambda unit: unit.ledger.head())
    assert (head.size, head.root, head.checkpoint, head.fence) == (0, hashlib.sha256(b"").digest(), "", 0)


def test_one_owner_at_a_time_extends_the_tree(store: Store) -> None:
    """A lease keeps others out until it ends, is renewed with its fence, and the next owner gets a higher fence."""

    def lease(owner: str, seconds: int) -> int | None:
        return store.write(lambda unit: unit.ledger.lease(owner, now=after(seconds), until=after(seconds + 10)))

    assert lease("one", 0) == 1
    assert lease("two", 9) is None
    assert lease("one", 9) == 1
    assert lease("two", 18) is None
    assert lease("two", 19) == 2
    assert lease("one", 20) is None
    store.write(lambda unit: unit.ledger.release("one", fence=1))
    assert lease("one", 21) is None
    store.write(lambda unit: unit.ledger.release("two", fence=2))
    assert lease("one", 21) == 3
    assert lease("one", 99) == 4


def test_only_the_newest_fence_moves_the_head(store: Store) -> None:
    """Whoever lost the lease moves nothing, its unit is undone whole, and the tree never shrinks."""
    old = store.write(lambda unit: unit.ledger.lease("one", now=NOW, until=after(1)))
    new = store.write(lambda unit: unit.ledger.lease("two", now=after(1), until=after(9)))
    assert (old, new) == (1, 2)

    def move(fence: int, size: int) -> None:
        def work(unit: Unit) -> None:
            unit.ledger.put_tiles({"tile/0/000": bytes([fence, size])})
            unit.ledger.advance(fence=fence, size=size, root=b"r" * 32, checkpoint=f"note {size}", signed_at=after(2))

        store.write(work)

    with pytest.raises(ConflictError, match="no longer held"):
        move(1, 5)
    assert store.read(lambda unit: unit.ledger.tile("tile/0/000")) is None
    move(2, 5)
    move(2, 5)
    with pytest.raises(ConflictError):
        move(2, 4)
    head = store.read(lambda unit: unit.ledger.head())
    assert (head.size, head.root, head.checkpoint, head.signed_at) == (5, b"r" * 32, "note 5", after(2))
    assert store.read(lambda unit: unit.ledger.tile("tile/0/000")) == bytes([2, 5])


def test_tiles_are_replaced_and_dropped_by_path(store: Store) -> None:
    """A tile stored again holds the newer bytes, dropped ones are gone, and paths come page by page."""
    store.write(lambda unit: unit.ledger.put_tiles({"tile/0/000": b"a", "tile/0/001.p/1": b"b", "tile/1/000": b"c"}))
    store.write(lambda unit: unit.ledger.put_tiles({"tile/0/000": b"d"}))
    store.write(lambda unit: unit.ledger.put_tiles({}))
    store.write(lambda unit: unit.ledger.delete_tiles(["tile/0/001.p/1", "tile/9/999"]))
    assert store.read(lambda unit: unit.ledger.tile("tile/0/000")) == b"d"
    assert store.read(lambda unit: unit.ledger.tile("tile/0/001.p/1")) is None
    assert store.read(lambda unit: unit.ledger.paths(after="", limit=1)) == ("tile/0/000",)
    assert store.read(lambda unit: unit.ledger.paths(after="tile/0/000", limit=9)) == ("tile/1/000",)
