"""Where proofs of identity are given, how long they hold, and what they are strong enough for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from camket.core.errors import InvalidValueError, VerificationError
from camket.core.rights.proof import (
    ProofPlace,
    lifetime_of,
    require_session_enough,
    strongest,
    suffices,
)
from camket.core.terms import Verification


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"session_id": "s", "browser_hash": b"b"},
        {"session_id": "s", "given_by": "p"},
        {"browser_hash": b"b", "given_by": "p"},
        {"session_id": "s", "browser_hash": b"b", "given_by": "p"},
    ],
)
def test_a_proof_is_given_in_one_place(given: dict[str, str | bytes]) -> None:
    """In none, or in more than one, there is no such place."""
    with pytest.raises(InvalidValueError, match="name one of the three"):
        ProofPlace(**given)  # type: ignore[arg-type]  # each case names fields of its own


def test_places_are_told_apart() -> None:
    """A session is no browser of the same bytes, and the ledger names who gave the proof."""
    places = (ProofPlace(session_id="x"), ProofPlace(browser_hash=b"x"), ProofPlace(given_by="x"))
    assert len(set(places)) == 3
    assert [place.actor for place in places] == ["subject", "subject", "staff:x"]


def test_what_staff_saw_holds_for_a_day() -> None:
    """Everything else holds for a quarter of an hour."""
    times = {level: lifetime_of(level) for level in Verification}
    assert times.pop(Verification.IN_PERSON) == timedelta(days=1)
    assert set(times.values()) == {timedelta(minutes=15)}


def test_each_level_is_enough_for_itself_and_the_weaker_ones() -> None:
    """As strong as asked for or stronger; never weaker."""
    levels = list(Verification)
    for place, given in enumerate(levels):
        assert [suffices(given, needed=needed) for needed in levels] == [at <= place for at in range(len(levels))]
    assert strongest([Verification.PASSKEY, Verification.SESSION]) is Verification.PASSKEY


def test_a_session_is_enough_where_it_is_asked_for() -> None:
    """Where more is asked for it is refused, by the name of what is."""
    require_session_enough(Verification.SESSION)
    for level in list(Verification)[1:]:
        with pytest.raises(VerificationError, match=level.value):
            require_session_enough(level)
