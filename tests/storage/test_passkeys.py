"""Passkeys and their challenges."""

import pytest

from camket.core.errors import ConflictError
from camket.ports import Store
from camket.rows.passkeys import Ceremony, ChallengeRow, PasskeyRow
from tests.storage.samples import NOW, after, each, value


def passkey(name: str, subject_id: str = "alice", **given: object) -> PasskeyRow:
    """Return a passkey of alice."""
    columns: dict[str, object] = {
        "id": name,
        "subject_id": subject_id,
        "credential_hash": name.encode().ljust(32, b"\0"),
        "public_key": b"cose",
        "sign_count": 0,
        "created_at": NOW,
        "last_used_at": None,
    }
    return PasskeyRow(**columns | given)  # type: ignore[arg-type]  # the columns of the row


def challenge(name: str, **given: object) -> ChallengeRow:
    """Return a challenge that waits for anyone."""
    columns: dict[str, object] = {
        "challenge_hash": name.encode().ljust(32, b"\0"),
        "ceremony": Ceremony.SIGN_IN,
        "browser_hash": b"b" * 32,
        "subject_id": None,
        "request_id": None,
        "expires_at": after(300),
    }
    return ChallengeRow(**columns | given)  # type: ignore[arg-type]  # the columns of the row


def test_a_passkey_stands_while_its_name_is_held(store: Store) -> None:
    """It is found by its credential as long as the value of its id is held by the same subject; then it is not."""
    row, nameless, foreign = passkey("p1"), passkey("p2"), passkey("p3", "bob")
    store.write(lambda unit: unit.values.add([value("p1"), value("p3")]))
    store.write(lambda unit: each(unit.passkeys.add, [row, nameless, foreign]))
    assert store.read(lambda unit: unit.passkeys.by_credential(row.credential_hash)) == row
    assert store.read(lambda unit: unit.passkeys.by_credential(nameless.credential_hash)) is None
    assert store.read(lambda unit: unit.passkeys.by_credential(foreign.credential_hash)) is None
    assert store.read(lambda unit: unit.passkeys.of_subject("alice")) == (row,)
    store.write(lambda unit: unit.values.delete(["p1"]))
    assert store.read(lambda unit: unit.passkeys.by_credential(row.credential_hash)) is None


def test_a_credential_is_stored_once(store: Store) -> None:
    """Whoever it is stored for."""
    store.write(lambda unit: unit.passkeys.add(passkey("p1")))
    with pytest.raises(ConflictError):
        store.write(lambda unit: unit.passkeys.add(passkey("p2", "bob", credential_hash=passkey("p1").credential_hash)))


def test_a_count_only_grows(store: Store) -> None:
    """A use is taken with a higher count, or with none from a passkey that never counted."""
    store.write(lambda unit: each(unit.passkeys.add, [passkey("p1", sign_count=5), passkey("p2")]))
    used = [("p1", 6), ("p1", 6), ("p1", 5), ("p1", 0), ("p2", 0), ("p2", 0), ("p2", 1), ("p2", 0), ("p9", 1)]
    taken = [store.write(lambda unit, u=one: unit.passkeys.used(u[0], sign_count=u[1], at=after(1))) for one in used]  # type: ignore[misc]  # a default binds the loop's value
    assert taken == [True, False, False, False, True, True, True, False, False]


def test_passkeys_are_dropped_by_their_subject_alone(store: Store) -> None:
    """Nobody drops another's; all of a subject go with their challenges, and no one else's do."""
    rows = [passkey("p1"), passkey("p2"), passkey("p3", "bob")]
    waiting = [challenge("c1", subject_id="alice"), challenge("c2", subject_id="bob")]
    store.write(lambda unit: each(unit.passkeys.add, rows))
    store.write(lambda unit: each(unit.passkeys.add_challenge, waiting))
    assert store.write(lambda unit: unit.passkeys.delete("bob", ("p1", "p3"))) == 1
    assert store.write(lambda unit: unit.passkeys.delete_of_subject("alice")) == 2
    assert store.write(lambda unit: unit.passkeys.take_challenge(waiting[0].challenge_hash)) is None
    assert store.write(lambda unit: unit.passkeys.take_challenge(waiting[1].challenge_hash)) == waiting[1]


def test_a_challenge_is_taken_once(store: Store) -> None:
    """The first who takes it has it, expired or not; sweeping drops what expired before the instant."""
    rows = [challenge("c1", request_id="r1"), challenge("c2", expires_at=after(-1)), challenge("c3")]
    store.write(lambda unit: each(unit.passkeys.add_challenge, rows))
    assert store.write(lambda unit: unit.passkeys.take_challenge(rows[0].challenge_hash)) == rows[0]
    assert store.write(lambda unit: unit.passkeys.take_challenge(rows[0].challenge_hash)) is None
    assert store.write(lambda unit: unit.passkeys.sweep_challenges(before=after(300))) == 1
    assert store.write(lambda unit: unit.passkeys.take_challenge(rows[2].challenge_hash)) == rows[2]
