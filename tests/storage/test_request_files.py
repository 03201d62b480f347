"""The files that answer requests, and the parts that they are kept in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from camket.ports import Store, Unit
from camket.rows.requests import RequestFileRow, RequestPartRow
from tests.storage.samples import NOW, after, each


def a_file() -> RequestFileRow:
    """Return the file of alice's request."""
    return RequestFileRow(
        request_id="r1",
        subject_id="alice",
        file_name="camket-2026-11-23.zip",
        size_bytes=3,
        making="second",
        parts=1,
        token_hash=b"t" * 32,
        created_at=NOW,
        expires_at=after(60),
        fetched_at=None,
    )


def test_a_file_is_found_by_its_link_and_replaced_by_a_newer_one(store: Store) -> None:
    """A request has one file; its link and times change; it is swept when its time is over."""
    file = a_file()
    store.write(lambda unit: unit.request_parts.add_file(replace(file, making="first")))
    store.write(lambda unit: unit.request_parts.add_file(file))
    assert store.read(lambda unit: unit.request_parts.file_by_token(b"t" * 32)) == file
    fetched = replace(file, token_hash=None, fetched_at=after(2))
    assert store.write(lambda unit: unit.request_parts.save_file(fetched))
    assert store.read(lambda unit: unit.request_parts.file("r1")) == fetched
    assert store.write(lambda unit: unit.request_parts.sweep_files(before=after(61))) == 1
    assert store.read(lambda unit: unit.request_parts.file("r1")) is None


def test_a_link_is_used_once_and_not_after_its_time(store: Store) -> None:
    """The first use takes it; another, a link that is not out, and one whose file's time is over take nothing."""
    file = a_file()
    store.write(lambda unit: unit.request_parts.add_file(file))
    assert not store.write(lambda unit: unit.request_parts.take_link(b"o" * 32, at=after(1)))
    assert not store.write(lambda unit: unit.request_parts.take_link(b"t" * 32, at=after(60)))
    assert store.write(lambda unit: unit.request_parts.take_link(b"t" * 32, at=after(1)))
    assert not store.write(lambda unit: unit.request_parts.take_link(b"t" * 32, at=after(2)))
    assert store.read(lambda unit: unit.request_parts.file("r1")) == replace(file, token_hash=None, fetched_at=after(1))


def test_of_many_who_use_a_link_at_once_one_does(store: Store) -> None:
    """Whoever takes it first has it, on every store."""
    store.write(lambda unit: unit.request_parts.add_file(a_file()))

    def take(_: int) -> bool:
        return store.write(lambda unit: unit.request_parts.take_link(b"t" * 32, at=after(1)))

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


def part(name: str, position: int, **given: str) -> RequestPartRow:
    """Return a part of alice's request."""
    return RequestPartRow(
        **{"request_id": "r1", "subject_id": "alice", **given}, name=name, position=position, sealed=b"\x00\xff"
    )


def test_parts_are_kept_by_name_and_position(store: Store) -> None:
    """A part is replaced where it stands; those of every other name than the finished file's are dropped together."""
    store.write(lambda unit: each(unit.request_parts.add_part, [part("f", 0), part("f", 1), part("holder:quay", 0)]))
    newer = replace(part("f", 1), sealed=b"newer")
    store.write(lambda unit: unit.request_parts.add_part(newer))
    assert store.read(lambda unit: unit.request_parts.part("r1", "f", 1)) == newer
    assert store.read(lambda unit: unit.request_parts.part("r1", "f", 2)) is None
    assert store.write(lambda unit: unit.request_parts.drop_parts("r1", but="f")) == 1
    assert store.read(lambda unit: unit.request_parts.part("r1", "holder:quay", 0)) is None
    assert store.read(lambda unit: unit.request_parts.part("r1", "f", 0)) == part("f", 0)


def test_parts_go_with_their_file_and_with_their_subject(store: Store) -> None:
    """A file that is dropped or swept, and a subject who is erased, leave no part; others keep theirs."""
    bobs = part("f", 0, request_id="r2", subject_id="bob")

    def add(unit: Unit) -> None:
        unit.request_parts.add_file(a_file())
        each(unit.request_parts.add_part, [part("f", 0), part("f", 1), bobs])

    def left(unit: Unit) -> tuple[bool, bool]:
        return unit.request_parts.part("r1", "f", 1) is not None, unit.request_parts.part("r2", "f", 0) is not None

    for leave in (
        lambda unit: unit.request_parts.drop_file("r1"),
        lambda unit: unit.request_parts.sweep_files(before=after(61)),
        lambda unit: unit.request_parts.delete_of_subject("alice"),
    ):
        store.write(add)
        assert store.read(left) == (True, True)
        store.write(leave)
        assert store.read(left) == (False, True)
        assert store.read(lambda unit: unit.request_parts.file("r1")) is None
    assert not store.write(lambda unit: unit.request_parts.drop_file("r1"))
