"""Staff, their sessions, invitations and recovery codes."""

from typing import Any

import pytest

from camket.core.errors import ConflictError
from camket.ports import Store
from camket.rows.staff import StaffInvitationRow, StaffRow, StaffSessionRow, StaffStage
from tests.storage.samples import NOW, after, each

OTHER = "another hash"


def member(subject_id: str, **given: Any) -> StaffRow:  # noqa: ANN401 - any column
    """Return an officer."""
    columns: dict[str, Any] = {
        "subject_id": subject_id,
        "pseudonym": f"name-{subject_id}",
        "roles": ["officer"],
        "password_hash": "hash",
        "totp_sealed": b"sealed",
        "totp_step": None,
        "created_at": NOW,
    }
    return StaffRow(**columns | given)


def session(session_id: str, **given: Any) -> StaffSessionRow:  # noqa: ANN401 - any column
    """Return a session of alice."""
    columns: dict[str, Any] = {
        "token_hash": session_id.encode().ljust(32, b"."),
        "id": session_id,
        "subject_id": "alice",
        "stage": StaffStage.FULL,
        "tries": 0,
        "created_at": NOW,
        "last_seen_at": NOW,
        "expires_at": after(60),
    }
    return StaffSessionRow(**columns | given)


def invitation(invitation_id: str, **given: Any) -> StaffInvitationRow:  # noqa: ANN401 - any column
    """Return an invitation of an officer."""
    columns: dict[str, Any] = {
        "id": invitation_id,
        "token_hash": invitation_id.encode().ljust(32, b"."),
        "roles": ["officer"],
        "invited_by": None,
        "created_at": NOW,
        "expires_at": after(60),
    }
    return StaffInvitationRow(**columns | given)


def test_staff_are_found_by_subject_and_by_work_name(store: Store) -> None:
    """Each is found whole, listed by when they came; a work name, by its bytes, belongs to one."""
    rows = [member("bob", created_at=after(5)), member("alice", roles=["officer", "admin"], password_hash=None)]
    store.write(lambda unit: each(unit.staff.add, rows))
    assert store.read(lambda unit: unit.staff.get("alice")) == rows[1]
    assert store.read(lambda unit: unit.staff.by_pseudonym("name-bob")) == rows[0]
    assert store.read(lambda unit: unit.staff.by_pseudonym("NAME-BOB")) is None
    assert store.read(lambda unit: unit.staff.everyone()) == (rows[1], rows[0])
    assert store.write(lambda unit: unit.staff.everyone()) == (rows[1], rows[0])
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.staff.add(member("carol", pseudonym="name-bob")))


def test_what_someone_has_is_changed_for_them_alone(store: Store) -> None:
    """Roles, password and secret are set for one member; for who is not there the answer is no."""
    store.write(lambda unit: each(unit.staff.add, [member("alice", totp_step=7), member("bob")]))
    assert store.write(lambda unit: unit.staff.set_roles("alice", ["auditor"]))
    assert store.write(lambda unit: unit.staff.set_password("alice", OTHER))
    assert store.write(lambda unit: unit.staff.set_totp("alice", b"new"))
    changed = member("alice", roles=["auditor"], password_hash=OTHER, totp_sealed=b"new", totp_step=None)
    assert store.read(lambda unit: unit.staff.get("alice")) == changed
    assert store.read(lambda unit: unit.staff.get("bob")) == member("bob")
    assert not store.write(lambda unit: unit.staff.set_roles("nobody", ["auditor"]))
    assert not store.write(lambda unit: unit.staff.set_password("nobody", OTHER))
    assert not store.write(lambda unit: unit.staff.set_totp("nobody", None))


def test_a_time_step_is_accepted_once_and_never_backwards(store: Store) -> None:
    """The first step is accepted, then only later ones."""
    store.write(lambda unit: unit.staff.add(member("alice")))

    def accept(step: int) -> bool:
        return store.write(lambda unit: unit.staff.accept_step("alice", step))

    accepted = [accept(step) for step in (5, 5, 4, 6)]
    assert accepted == [True, False, False, True]
    assert not store.write(lambda unit: unit.staff.accept_step("nobody", 9))


def test_a_recovery_code_is_used_once_by_its_owner(store: Store) -> None:
    """A code works once and for its owner; new codes take the place of all that are left."""
    store.write(lambda unit: unit.staff.add_recovery_codes("alice", [b"a" * 32, b"b" * 32, b"c" * 32]))
    assert not store.write(lambda unit: unit.staff.use_recovery_code("bob", b"a" * 32))
    assert store.write(lambda unit: unit.staff.use_recovery_code("alice", b"a" * 32))
    assert not store.write(lambda unit: unit.staff.use_recovery_code("alice", b"a" * 32))
    assert store.read(lambda unit: unit.staff.count_recovery_codes("alice")) == 2
    store.write(lambda unit: unit.staff.add_recovery_codes("alice", [b"d" * 32]))
    assert not store.write(lambda unit: unit.staff.use_recovery_code("alice", b"b" * 32))
    assert store.read(lambda unit: unit.staff.count_recovery_codes("alice")) == 1


def test_with_someone_goes_all_that_they_sign_in_with(store: Store) -> None:
    """Dropping a member drops their sessions and codes, and nothing of anyone else; twice is no."""
    store.write(lambda unit: each(unit.staff.add, [member("alice"), member("bob")]))
    store.write(lambda unit: each(unit.staff.sessions.add, [session("s1"), session("s2", subject_id="bob")]))
    store.write(lambda unit: unit.staff.add_recovery_codes("alice", [b"a" * 32]))
    store.write(lambda unit: unit.staff.add_recovery_codes("bob", [b"b" * 32]))
    assert store.write(lambda unit: unit.staff.delete("alice"))
    assert not store.write(lambda unit: unit.staff.delete("alice"))
    assert store.read(lambda unit: unit.staff.get("alice")) is None
    assert store.read(lambda unit: unit.staff.sessions.of_subject("alice")) == ()
    assert store.read(lambda unit: unit.staff.count_recovery_codes("alice")) == 0
    assert store.read(lambda unit: unit.staff.sessions.of_subject("bob")) == (session("s2", subject_id="bob"),)
    assert store.read(lambda unit: unit.staff.count_recovery_codes("bob")) == 1


def test_a_session_of_staff_is_found_by_its_token_alone(store: Store) -> None:
    """The token's hash finds the session whole, of whatever stage; another hash finds nothing."""
    row = session("s1", stage=StaffStage.SECOND, expires_at=after(-9))
    store.write(lambda unit: unit.staff.sessions.add(row))
    assert store.read(lambda unit: unit.staff.sessions.by_token(row.token_hash)) == row
    assert store.read(lambda unit: unit.staff.sessions.by_token(b"?" * 32)) is None
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.staff.sessions.add(row))


def test_sessions_of_staff_are_listed_last_seen_first_and_ended(store: Store) -> None:
    """Seeing one moves it; each ends for its owner alone, and all but one can be ended at once."""
    rows = [session("s1"), session("s2"), session("s3"), session("o", subject_id="bob")]
    store.write(lambda unit: each(unit.staff.sessions.add, rows))
    assert store.write(lambda unit: unit.staff.sessions.touch("s3", seen_at=after(5)))
    assert not store.write(lambda unit: unit.staff.sessions.touch("s9", seen_at=after(5)))
    assert [row.id for row in store.read(lambda unit: unit.staff.sessions.of_subject("alice"))] == ["s3", "s1", "s2"]
    assert not store.write(lambda unit: unit.staff.sessions.delete("bob", "s1"))
    assert store.write(lambda unit: unit.staff.sessions.delete("alice", "s1"))
    assert store.write(lambda unit: unit.staff.sessions.delete_of_subject("alice", except_id="s2")) == 1
    assert store.write(lambda unit: unit.staff.sessions.delete_of_subject("alice")) == 1
    assert len(store.read(lambda unit: unit.staff.sessions.of_subject("bob"))) == 1


def test_tries_are_counted_up_to_their_limit(store: Store) -> None:
    """Each try has its number; past the limit, and where there is no session, there is none."""
    store.write(lambda unit: unit.staff.sessions.add(session("s1")))
    counted = [store.write(lambda unit: unit.staff.sessions.count_try("s1", limit=2)) for _ in range(3)]
    assert counted == [1, 2, None]
    assert store.write(lambda unit: unit.staff.sessions.count_try("s9", limit=2)) is None


def test_an_invitation_is_taken_once(store: Store) -> None:
    """It is found by its token, expired or not, and taken away once; those that wait come newest first."""
    rows = [
        invitation("i1"),
        invitation("i2", created_at=after(5), invited_by="name"),
        invitation("i3", expires_at=NOW),
    ]
    store.write(lambda unit: each(unit.staff.invitations.add, rows))
    assert store.read(lambda unit: unit.staff.invitations.by_token(rows[2].token_hash)) == rows[2]
    assert store.read(lambda unit: unit.staff.invitations.by_token(b"?" * 32)) is None
    assert store.read(lambda unit: unit.staff.invitations.waiting(NOW)) == (rows[1], rows[0])
    assert store.write(lambda unit: unit.staff.invitations.delete("i1"))
    assert not store.write(lambda unit: unit.staff.invitations.delete("i1"))


def test_what_expired_of_staff_is_swept(store: Store) -> None:
    """Sweeping drops what expired before the instant, and keeps what expires at it."""
    store.write(lambda unit: each(unit.staff.sessions.add, [session("s1"), session("s2", expires_at=after(61))]))
    store.write(
        lambda unit: each(unit.staff.invitations.add, [invitation("i1"), invitation("i2", expires_at=after(61))])
    )
    assert store.write(lambda unit: unit.staff.sessions.sweep(before=after(61))) == 1
    assert store.write(lambda unit: unit.staff.invitations.sweep(before=after(61))) == 1
    assert [row.id for row in store.read(lambda unit: unit.staff.sessions.of_subject("alice"))] == ["s2"]
    assert [row.id for row in store.read(lambda unit: unit.staff.invitations.waiting(NOW))] == ["i2"]
