"""Requests with their timelines, proofs, threads and files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from camket.core.errors import ConflictError
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Verification
from camket.ports import Store, Unit
from camket.rows.requests import RequestEventRow, RequestMessageRow, RequestProofRow
from tests.storage.samples import NOW, after, each, request


def test_a_request_is_its_subjects_alone(store: Store) -> None:
    """A request is found by its subject and id together, and listed newest first."""
    rows = [request("r1"), request("r2", created_at=after(1), due_at=after(99), sealed=None)]
    store.write(lambda unit: each(unit.requests.add, [*rows, request("o", subject_id="bob")]))
    assert store.read(lambda unit: unit.requests.get("alice", "r1")) == rows[0]
    assert store.read(lambda unit: unit.requests.get("bob", "r1")) is None
    assert store.read(lambda unit: unit.requests.of_subject("alice")) == (rows[1], rows[0])
    assert store.write(lambda unit: unit.requests.delete_of_subject("alice")) == 2
    assert len(store.read(lambda unit: unit.requests.of_subject("bob"))) == 1


def test_a_request_is_saved_from_the_named_state_only(store: Store) -> None:
    """What changes is stored when the request still stands in the old state; what never changes is not."""
    store.write(lambda unit: unit.requests.add(request("r1")))
    verified = request("r1", state=RequestState.VERIFIED, verified_at=after(1), verified_level=Verification.EMAIL_CODE)
    assert store.write(lambda unit: unit.requests.save(replace(verified, number="x"), old=RequestState.UNVERIFIED))
    assert not store.write(lambda unit: unit.requests.save(verified, old=RequestState.UNVERIFIED))
    assert store.read(lambda unit: unit.requests.get("alice", "r1")) == verified
    assert store.read(lambda unit: unit.requests.by_number(verified.number)) == verified
    store.write(lambda unit: unit.requests.clear("r1"))
    assert store.read(lambda unit: unit.requests.find("r1")) == replace(verified, sealed=None)


def test_who_holds_a_request_sees_what_others_changed_of_it(store: Store) -> None:
    """Many units that change a row they hold lose nothing of each other's changes."""
    store.write(lambda unit: unit.requests.add(request("r1", failing="0")))

    def count(unit: Unit) -> None:
        row = unit.requests.hold("r1")
        assert row is not None
        unit.requests.save(replace(row, failing=str(int(row.failing or "0") + 1)), old=row.state)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(store.write, count) for _ in range(20)]:
            done.result()
    row = store.read(lambda unit: unit.requests.find("r1"))
    assert row is not None
    assert row.failing == "20"
    assert store.write(lambda unit: unit.requests.hold("none")) is None


def test_open_requests_are_found_by_their_kind(store: Store) -> None:
    """Those that ended, of another kind and of others are left out; the oldest comes first."""
    rows = [
        request("r2", created_at=after(1)),
        request("r1"),
        request("r3", done_at=after(2), state=RequestState.DONE),
        request("r4", kind=RequestKind.ERASE),
        request("r5", subject_id="bob"),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))
    assert store.read(lambda unit: unit.requests.open_of("alice", RequestKind.RECTIFY)) == (rows[1], rows[0])


def test_what_ended_long_ago_is_swept_with_all_that_hangs_on_it(store: Store) -> None:
    """What nobody ever proved goes sooner than the rest; what is open stays however old it is."""
    rows = [
        request("r1", state=RequestState.EXPIRED, done_at=after(1)),
        request("r2", state=RequestState.EXPIRED, done_at=after(5)),
        request("r3", state=RequestState.DONE, verified_at=NOW, done_at=after(1)),
        request("r4", state=RequestState.DONE, verified_at=NOW, done_at=NOW),
        request("r5"),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))
    store.write(lambda unit: each(unit.requests.add_event, [line("e1", 0), line("e2", 0, request_id="r2")]))
    assert store.write(lambda unit: unit.requests.sweep_ended(unproven_before=after(2), before=after(1))) == 2
    left = store.read(lambda unit: unit.requests.of_subject("alice"))
    assert {row.id for row in left} == {"r2", "r3", "r5"}
    assert store.read(lambda unit: unit.requests.events("r1")) == ()
    assert len(store.read(lambda unit: unit.requests.events("r2"))) == 1


def test_what_stands_still_is_found_by_what_came_last(store: Store) -> None:
    """Since when it waits, else when it was verified, else when it was made; page by page, by id."""
    rows = [
        request("r1", state=RequestState.WAITING, verified_at=after(1), paused_at=after(5)),
        request("r2", state=RequestState.WAITING, verified_at=after(1), paused_at=after(2)),
        request("r3", state=RequestState.VERIFIED, verified_at=after(1)),
        request("r4"),
        request("r5", created_at=after(9)),
        request("r6", state=RequestState.EXPIRED, done_at=after(1)),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))

    def found(state: RequestState, *, after_id: str = "", limit: int = 9) -> list[str]:
        return [
            row.id
            for row in store.read(
                lambda unit: unit.requests.stalled(state, before=after(4), after_id=after_id, limit=limit)
            )
        ]

    assert found(RequestState.WAITING) == ["r2"]
    assert found(RequestState.VERIFIED) == ["r3"]
    assert found(RequestState.VERIFIED, after_id="r3") == []
    assert found(RequestState.UNVERIFIED) == ["r4"]
    assert found(RequestState.UNVERIFIED, limit=0) == []


def test_each_clock_is_warned_of_once_before_it_ends_and_once_after(store: Store) -> None:
    """A warning given before the moment came does not count for it; what waits or is unproven is left out."""
    running = {"state": RequestState.VERIFIED, "verified_at": NOW, "reply_due_at": None, "due_at": after(8)}
    rows = [
        request("near", **running, warn_at=after(4)),
        request("far", **running, warn_at=after(6)),
        request("warned", **running, warn_at=after(4), warned_at=after(4)),
        request("warned_early", **running, warn_at=after(4), warned_at=after(3)),
        request("answer_late", **{**running, "reply_due_at": after(5)}, warn_at=after(4), warned_at=after(4)),
        request("answered", **{**running, "reply_due_at": after(5)}, replied_at=after(2)),
        request("late", **{**running, "due_at": after(5)}, warn_at=after(1), warned_at=after(1)),
        request("late_warned", **{**running, "due_at": after(5)}, warn_at=after(1), warned_at=after(5)),
        request("waits", **running, warn_at=after(4), paused_at=after(2)),
        request("unproven", reply_due_at=after(1), due_at=after(2), warn_at=after(1)),
        request("over", **{**running, "state": RequestState.DONE}, warn_at=after(4), done_at=after(2)),
    ]
    store.write(lambda unit: each(unit.requests.add, rows))
    found = store.read(lambda unit: unit.requests.to_warn(after(5), limit=99))
    assert {row.id for row in found} == {"near", "warned_early", "answer_late", "late"}
    assert found[0].id in {"answer_late", "late"}
    assert len(store.read(lambda unit: unit.requests.to_warn(after(5), limit=2))) == 2


def line(line_id: str, position: int, **given: Any) -> RequestEventRow:  # noqa: ANN401 - any column
    """Return a line of the timeline of r1."""
    columns: dict[str, Any] = {
        "id": line_id,
        "request_id": "r1",
        "subject_id": "alice",
        "position": position,
        "event": RequestEvent.VERIFY,
        "state": RequestState.VERIFIED,
        "at": NOW,
        "actor": "subject",
        "detail": {"level": "email_code"},
        "sealed": None,
        "shown": True,
        "record_id": 7,
    }
    return RequestEventRow(**columns | given)


def test_a_place_on_a_timeline_is_taken_once(store: Store) -> None:
    """Of two lines that were to stand at one place of a request's timeline, the second is refused with its unit."""
    store.write(lambda unit: unit.requests.add_event(line("e1", 0)))
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.requests.add_event(line("e2", 0)))
    store.write(lambda unit: unit.requests.add_event(line("e3", 0, request_id="other")))
    assert [one.id for one in store.read(lambda unit: unit.requests.events("r1"))] == ["e1"]


def test_a_timeline_is_read_in_its_order_and_goes_with_its_subject(store: Store) -> None:
    """Lines come by their position; another request's are not among them."""
    rows = [line("b", 1, shown=False, sealed=b"text"), line("a", 0), line("c", 0, request_id="r2", subject_id="bob")]
    store.write(lambda unit: each(unit.requests.add_event, rows))
    assert store.read(lambda unit: unit.requests.events("r1")) == (rows[1], rows[0])
    store.write(lambda unit: unit.requests.delete_of_subject("alice"))
    assert store.read(lambda unit: unit.requests.events("r1")) == ()
    assert store.read(lambda unit: unit.requests.events("r2")) == (rows[2],)


def test_a_proof_is_used_once_and_swept_when_it_ran_out(store: Store) -> None:
    """The first use counts; proofs that ran out before the instant go."""
    proof = RequestProofRow(
        id="p1",
        request_id="r1",
        subject_id="alice",
        level=Verification.PASSKEY,
        at=NOW,
        expires_at=after(900),
        session_id="s1",
        browser_hash=b"b",
        given_by=None,
        used_at=None,
    )
    store.write(lambda unit: each(unit.requests.add_proof, [proof, replace(proof, id="p2", expires_at=after(901))]))
    assert store.write(lambda unit: unit.requests.use_proof("p1", at=after(5)))
    assert not store.write(lambda unit: unit.requests.use_proof("p1", at=after(6)))
    assert store.read(lambda unit: unit.requests.proofs("r1"))[0] == replace(proof, used_at=after(5))
    assert store.write(lambda unit: unit.requests.sweep_proofs(before=after(901))) == 1
    assert [one.id for one in store.read(lambda unit: unit.requests.proofs("r1"))] == ["p2"]


def test_a_browser_lets_go_of_its_own_proofs_of_one_request(store: Store) -> None:
    """What other browsers gave, and what this one gave for other requests, stays."""
    proof = RequestProofRow(
        id="p1",
        request_id="r1",
        subject_id="alice",
        level=Verification.EMAIL_CODE,
        at=NOW,
        expires_at=after(900),
        session_id=None,
        browser_hash=b"b",
        given_by=None,
        used_at=None,
    )
    others = [replace(proof, id="p2", browser_hash=b"c"), replace(proof, id="p3", request_id="r2")]
    store.write(lambda unit: each(unit.requests.add_proof, [proof, *others]))
    assert store.write(lambda unit: unit.requests.delete_proofs("r1", browser_hash=b"b")) == 1
    assert [one.id for one in store.read(lambda unit: unit.requests.proofs("r1"))] == ["p2"]
    assert [one.id for one in store.read(lambda unit: unit.requests.proofs("r2"))] == ["p3"]


def test_a_thread_is_read_oldest_first(store: Store) -> None:
    """Messages keep their pictures; a subject's messages go together."""
    first = RequestMessageRow(
        id="m1",
        request_id="r1",
        subject_id="alice",
        position=0,
        at=NOW,
        author="subject",
        value_id="v1",
        pictures=["v2"],
        sealed=None,
        internal=False,
    )
    answer = replace(first, id="m0", position=1, author="staff:x", value_id=None, pictures=[], sealed=b"s")
    store.write(lambda unit: each(unit.request_parts.add_message, [answer, first]))
    assert store.read(lambda unit: unit.request_parts.messages("r1")) == (first, answer)
    assert store.read(lambda unit: unit.request_parts.messages_of_subject("alice")) == (first, answer)
    store.write(lambda unit: unit.request_parts.delete_of_subject("alice"))
    assert store.read(lambda unit: unit.request_parts.messages("r1")) == ()


def test_a_request_is_cut_from_its_subject(store: Store) -> None:
    """It stays with its number, state and timeline, names a stranger, and nothing that was written is left."""
    rows = [request("r1"), request("r2")]
    line = RequestEventRow(
        id="e1",
        request_id="r1",
        subject_id="alice",
        position=0,
        event=RequestEvent.MAKE,
        state=RequestState.UNVERIFIED,
        at=NOW,
        actor="subject",
        detail=None,
        sealed=b"words",
        shown=True,
        record_id=7,
    )
    store.write(lambda unit: each(unit.requests.add, rows))
    store.write(lambda unit: unit.requests.add_event(line))
    store.write(lambda unit: unit.requests.cut("r1", stranger="nobody"))
    assert store.read(lambda unit: unit.requests.find("r1")) == replace(rows[0], subject_id="nobody", sealed=None)
    assert store.read(lambda unit: unit.requests.events("r1")) == (replace(line, subject_id="nobody", sealed=None),)
    assert store.read(lambda unit: unit.requests.of_subject("alice")) == (rows[1],)
