"""Sessions, codes, rate limits and certificates."""

import pytest

from camket.core.errors import ConflictError
from camket.ports import Store, Unit
from camket.rows import CertificateState, CodeKind, CodeRow, RefusalCountRow
from tests.storage.samples import NOW, after, certificate, code, each, session

BROWSER = code("x").browser_hash


def test_a_session_is_found_by_its_token_alone(store: Store) -> None:
    """The token's hash finds the session whole, expired or not; another hash finds nothing."""
    row = session("s1", verified_until=after(5), browser_hash=b"\x01" * 32, device_id="d", expires_at=after(-9))
    store.write(lambda unit: unit.sessions.add(row))
    assert store.read(lambda unit: unit.sessions.by_token(row.token_hash)) == row
    assert store.read(lambda unit: unit.sessions.by_token(b"?" * 32)) is None
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.sessions.add(row))


def test_sessions_are_listed_last_seen_first(store: Store) -> None:
    """A subject's sessions come last seen first; seeing one again moves it, extends it and touches no other."""
    store.write(lambda unit: each(unit.sessions.add, [session("s1"), session("s2"), session("o", subject_id="bob")]))
    assert store.write(lambda unit: unit.sessions.touch("s2", seen_at=after(5), expires_at=after(99)))
    assert not store.write(lambda unit: unit.sessions.touch("s9", seen_at=after(5), expires_at=after(99)))
    found = store.read(lambda unit: unit.sessions.of_subject("alice"))
    assert found == (session("s2", last_seen_at=after(5), expires_at=after(99)), session("s1"))


def test_a_step_up_is_set_and_taken_back(store: Store) -> None:
    """Until when a verification holds is set for one session, and can be cleared."""
    store.write(lambda unit: each(unit.sessions.add, [session("s1"), session("s2")]))
    assert store.write(lambda unit: unit.sessions.verify("s1", until=after(5)))
    found = store.read(lambda unit: unit.sessions.of_subject("alice"))
    assert [row.verified_until for row in found] == [after(5), None]
    assert store.write(lambda unit: unit.sessions.verify("s1", until=None))
    assert not store.write(lambda unit: unit.sessions.verify("s9", until=None))
    assert store.read(lambda unit: unit.sessions.of_subject("alice")) == (session("s1"), session("s2"))


def test_a_session_is_ended_by_its_subject_alone(store: Store) -> None:
    """No subject ends another's session; all but one can be ended at once."""
    rows = [session("s1"), session("s2"), session("s3"), session("o", subject_id="bob")]
    store.write(lambda unit: each(unit.sessions.add, rows))
    assert not store.write(lambda unit: unit.sessions.delete("bob", "s1"))
    assert store.write(lambda unit: unit.sessions.delete("alice", "s1"))
    assert not store.write(lambda unit: unit.sessions.delete("alice", "s1"))
    assert store.write(lambda unit: unit.sessions.delete_of_subject("alice", except_id="s3")) == 1
    assert store.read(lambda unit: unit.sessions.of_subject("alice")) == (session("s3"),)
    assert store.write(lambda unit: unit.sessions.delete_of_subject("alice")) == 1
    assert len(store.read(lambda unit: unit.sessions.of_subject("bob"))) == 1


def test_expired_sessions_and_codes_are_swept(store: Store) -> None:
    """Sweeping drops what expired before the instant, and keeps what expires at it."""
    store.write(lambda unit: each(unit.sessions.add, [session("s1"), session("s2", expires_at=after(61))]))
    store.write(lambda unit: each(unit.codes.add, [code("c1", expires_at=after(60)), code("c2", expires_at=after(61))]))
    assert store.write(lambda unit: (unit.sessions.sweep(before=after(61)), unit.codes.sweep(before=after(61)))) == (
        1,
        1,
    )
    assert [row.id for row in store.read(lambda unit: unit.sessions.of_subject("alice"))] == ["s2"]
    newest = store.read(lambda unit: unit.codes.newest(BROWSER, CodeKind.SIGN_IN))
    assert newest is not None
    assert newest.id == "c2"


def newest(store: Store, kind: CodeKind = CodeKind.SIGN_IN, request_id: str | None = None) -> CodeRow | None:
    """Return the newest code of the tests' browser."""
    return store.read(lambda unit: unit.codes.newest(BROWSER, kind, request_id=request_id))


def test_the_newest_code_of_a_browser_is_found(store: Store) -> None:
    """The newest of kind, browser and request is found; another browser's and another kind's are not."""
    rows = [
        code("c1"),
        code("c2", created_at=after(1), request_id="r1"),
        code("c3", created_at=after(2), subject_id=None),
        code("c4", created_at=after(3), kind=CodeKind.VERIFY, request_id="r1"),
        code("c5", created_at=after(4), browser_hash=b"?" * 32),
    ]
    store.write(lambda unit: each(unit.codes.add, rows))
    assert newest(store) == rows[2]
    assert newest(store, request_id="r1") == rows[1]
    assert newest(store, CodeKind.VERIFY) == rows[3]
    assert newest(store, CodeKind.REGISTER) is None


def test_tries_are_counted_to_the_limit(store: Store) -> None:
    """Each try gets its number; past the limit, on a spent code and on none there is no number, and none is counted."""
    store.write(lambda unit: each(unit.codes.add, [code("c1"), code("c2", created_at=after(-1))]))
    tries = [store.write(lambda unit: unit.codes.count_try("c1", limit=5)) for _ in range(7)]
    assert tries == [1, 2, 3, 4, 5, None, None]
    row = newest(store)
    assert row is not None
    assert row.tries == 5
    assert store.write(lambda unit: unit.codes.use("c2", at=NOW))
    assert store.write(lambda unit: unit.codes.count_try("c2", limit=5)) is None
    assert store.write(lambda unit: unit.codes.count_try("c9", limit=5)) is None


def test_the_right_try_spends_the_code_and_no_other_does(store: Store) -> None:
    """Counting spends a code where it is told to; a code without a try left, or spent, is not spent by it."""
    store.write(lambda unit: each(unit.codes.add, [code("c1"), code("c2", created_at=after(-1), tries=5)]))
    assert store.write(lambda unit: unit.codes.count_try("c1", limit=5)) == 1
    row = newest(store)
    assert row is not None
    assert row.used_at is None
    assert store.write(lambda unit: unit.codes.count_try("c1", limit=5, spent_at=after(1))) == 2
    assert store.write(lambda unit: unit.codes.count_try("c1", limit=5, spent_at=after(2))) is None
    assert store.write(lambda unit: unit.codes.count_try("c2", limit=5, spent_at=after(2))) is None
    row = newest(store)
    assert row is not None
    assert (row.tries, row.used_at) == (2, after(1))


def test_a_code_is_spent_once(store: Store) -> None:
    """The second use of a code is refused and keeps the first instant."""
    store.write(lambda unit: unit.codes.add(code("c1")))
    assert store.write(lambda unit: unit.codes.use("c1", at=after(1)))
    assert not store.write(lambda unit: unit.codes.use("c1", at=after(2)))
    row = newest(store)
    assert row is not None
    assert row.used_at == after(1)


def test_older_codes_are_retired_and_used_ones_stay(store: Store) -> None:
    """Retiring drops a browser's unused codes of one kind; erasing a subject drops all of theirs."""
    rows = [code("c1"), code("c2", used_at=NOW), code("c3", kind=CodeKind.VERIFY), code("c4", subject_id="bob")]
    store.write(lambda unit: each(unit.codes.add, rows))
    assert store.write(lambda unit: unit.codes.retire(BROWSER, CodeKind.SIGN_IN)) == 2
    assert newest(store) == rows[1]
    assert store.write(lambda unit: unit.codes.delete_of_subject("alice")) == 2
    assert newest(store) is None


def test_attempts_are_counted_per_bucket_key_and_window(store: Store) -> None:
    """Each bucket, key and window has a count of its own that begins at 0."""

    def hit(bucket: str, key: bytes, seconds: int) -> int:
        return store.write(lambda unit: unit.limits.hit(bucket, key, window_start=after(seconds)))

    assert [hit("code", b"a", 0) for _ in range(3)] == [1, 2, 3]
    assert (hit("code", b"b", 0), hit("sign_in", b"a", 0), hit("code", b"a", 60)) == (1, 1, 1)
    assert store.read(lambda unit: unit.limits.count("code", b"a", window_start=NOW)) == 3
    assert store.read(lambda unit: unit.limits.count("code", b"c", window_start=NOW)) == 0
    assert store.write(lambda unit: unit.limits.sweep(before=after(60))) == 3
    assert store.read(lambda unit: unit.limits.count("code", b"a", window_start=after(60))) == 1


def test_refused_visitors_are_summed_by_hour_and_reason(store: Store) -> None:
    """Refusals add up per hour and reason, come oldest first, and outlive the sweeping of windows."""

    def refuse(unit: Unit) -> None:
        for hour, reason in [(3600, "limit"), (0, "origin"), (0, "limit"), (0, "origin")]:
            unit.limits.refuse(reason, hour=after(hour))

    store.write(refuse)
    store.write(lambda unit: unit.limits.sweep(before=after(9999)))
    assert store.read(lambda unit: unit.limits.refusals(since=NOW)) == (
        RefusalCountRow(hour=NOW, reason="limit", count=1),
        RefusalCountRow(hour=NOW, reason="origin", count=2),
        RefusalCountRow(hour=after(3600), reason="limit", count=1),
    )
    assert len(store.read(lambda unit: unit.limits.refusals(since=after(1)))) == 1


def test_a_certificate_becomes_ready_once(store: Store) -> None:
    """A certificate is made once, goes when it was fetched or has expired, and is spared while it is pending."""
    token = b"\x07" * 32
    store.write(lambda unit: unit.certificates.add(certificate(token)))
    assert store.read(lambda unit: unit.certificates.get(token)) == certificate(token)
    assert store.write(lambda unit: unit.certificates.complete(token, b"made", expires_at=after(90)))
    assert not store.write(lambda unit: unit.certificates.complete(token, b"other", expires_at=after(99)))
    ready = certificate(token, sealed=b"made", status=CertificateState.READY, expires_at=after(90))
    assert store.read(lambda unit: unit.certificates.get(token)) == ready
    assert store.write(lambda unit: unit.certificates.sweep(before=after(90))) == 0
    assert store.write(lambda unit: unit.certificates.delete(token))
    assert not store.write(lambda unit: unit.certificates.delete(token))
    store.write(lambda unit: unit.certificates.add(certificate(token)))
    assert store.write(lambda unit: unit.certificates.sweep(before=after(61))) == 0
    store.write(lambda unit: unit.certificates.complete(token, b"made", expires_at=after(60)))
    assert store.write(lambda unit: unit.certificates.sweep(before=after(61))) == 1
