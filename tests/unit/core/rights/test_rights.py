"""The terms of a right as requests meet them, and what an erasure asks to be accepted."""

from datetime import UTC, date, datetime, timedelta

import pytest

from camket.core.errors import DeniedError, VerificationError
from camket.core.policy.model import RightTerms
from camket.core.rights.consequences import CONSEQUENCES, Stays, acceptance_hash
from camket.core.rights.kinds import due_at, require_proof, terms_of
from camket.core.terms import Language, Right, Verification, VerifiedIdentity

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TEXT = {Language.VI: "Xóa", Language.EN: "Delete"}
STAYS = frozenset({Stays(item="email", article="A", until=date(2028, 11, 21))})


def terms(*, present: bool = True, verification: Verification = Verification.EMAIL_CODE) -> RightTerms:
    """Return the terms of the right to erasure."""
    return RightTerms(
        right=Right.ERASE,
        present=present,
        label=TEXT,
        explains=TEXT,
        reply_days=2,
        complete_days=20,
        fee_vnd=0,
        verification=verification,
    )


def identity(*, request_id: str = "r1", level: Verification = Verification.EMAIL_CODE) -> VerifiedIdentity:
    """Return a proof that is good for fifteen minutes."""
    return VerifiedIdentity(
        subject_id="s1",
        request_id=request_id,
        level=level,
        verified_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
    )


def test_a_right_that_one_has_is_found() -> None:
    """The terms are those that hold for the subject."""
    assert terms_of({Right.ERASE: terms()}, Right.ERASE) == terms()


@pytest.mark.parametrize("rights", [{}, {Right.ERASE: terms(present=False)}])
def test_a_right_that_is_not_granted_is_denied(rights: dict[Right, RightTerms]) -> None:
    """A right that the policy does not grant is denied by name."""
    with pytest.raises(DeniedError, match="erase"):
        terms_of(rights, Right.ERASE)


def test_a_deadline_counts_calendar_days() -> None:
    """A request of the 22nd that is done within twenty days is due on the 12th, at its hour."""
    assert due_at(terms(), NOW) == datetime(2026, 12, 12, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("level", [Verification.EMAIL_CODE, Verification.PASSKEY, Verification.IN_PERSON])
def test_a_proof_that_is_strong_enough_holds(level: Verification) -> None:
    """As strong as the right asks for, or stronger, for this request and in time."""
    require_proof(terms(), identity(level=level), request_id="r1", now=NOW + timedelta(minutes=14))


@pytest.mark.parametrize(
    ("proof", "request_id", "after_minutes"),
    [
        (identity(), "r2", 0),
        (identity(), "r1", 15),
        (identity(level=Verification.SESSION), "r1", 0),
    ],
    ids=["another request", "too late", "too weak"],
)
def test_a_proof_that_does_not_hold_is_refused(proof: VerifiedIdentity, request_id: str, after_minutes: int) -> None:
    """A proof for another request, one that has expired, and one that is too weak are refused."""
    with pytest.raises(VerificationError):
        require_proof(terms(), proof, request_id=request_id, now=NOW + timedelta(minutes=after_minutes))


def test_an_acceptance_is_good_for_what_was_shown_alone() -> None:
    """Whatever changes in what goes, what stays or how long one may think it over makes it another acceptance."""
    shown = acceptance_hash(goes=frozenset({"name", "phone"}), stays=STAYS, cooling_off_days=0)
    others = {
        acceptance_hash(goes=frozenset({"name"}), stays=STAYS, cooling_off_days=0),
        acceptance_hash(goes=frozenset({"name", "phone"}), stays=frozenset(), cooling_off_days=0),
        acceptance_hash(goes=frozenset({"name", "phone"}), stays=STAYS, cooling_off_days=7),
        acceptance_hash(
            goes=frozenset({"name", "phone"}),
            stays=frozenset({Stays(item="email", article="A", until=date(2028, 11, 22))}),
            cooling_off_days=0,
        ),
    }
    assert len(others) == 4
    assert shown not in others
    assert shown == acceptance_hash(goes=frozenset({"phone", "name"}), stays=STAYS, cooling_off_days=0)


def test_consequences_are_said_in_every_language() -> None:
    """Each consequence has a sentence in Vietnamese and in English."""
    for text in CONSEQUENCES:
        assert set(text) == set(Language)
        assert all(sentence.endswith(".") for sentence in text.values())
