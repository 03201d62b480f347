"""An address that looks like, or folds to, another one never leads into the other one's account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.core.terms import Language
from camket.rows import CodeKind
from camket.services.outbox import send_due
from camket.services.registration import confirm_registration, start_registration
from camket.testing.service import newest_code
from tests import journeys

if TYPE_CHECKING:
    from tests.journeys import Service as Journey


@pytest.mark.parametrize(
    ("held", "typed"),
    [
        ("alice@strasse.example", "alice@straße.example"),
        ("alice@σίγμασ.example", "alice@σίγμας.example"),
        ("strasse@shop.example", "straße@shop.example"),
        ("alice.fi@shop.example", "alice.ﬁ@shop.example"),
        ("alice@shop.example", "аlice@shop.example"),
        ("alice@shop.example", "alice@ѕhop.example"),
    ],
)
def test_whoever_owns_a_look_alike_gets_an_account_of_their_own(journey: Journey, held: str, typed: str) -> None:
    """The owner of the look-alike confirms it by their own mail, and is signed in to nothing of Alice's."""
    alice = journeys.register(journey, email=held)
    send_due(journey.ctx)
    journey.mail.mails.clear()
    fields = {"name": "Bob Trần", "phone": "0923456789", "email": typed}
    start_registration(journey.ctx, fields=fields, language=Language.EN, browser="bob", address=None)
    send_due(journey.ctx)
    code = newest_code(journey.ctx, "bob", CodeKind.REGISTER)
    arrived = confirm_registration(journey.ctx, browser="bob", code=code, headers={}, address=None)
    assert arrived.subject_id != alice.subject_id
    assert [mail.recipient != held for mail in journey.mail.mails] == [True]


@pytest.mark.parametrize("typed", ["ALICE@shop.example", "alice@SHOP.example", "alice@ｓhop.example"])
def test_another_spelling_of_one_mailbox_is_one_account(journey: Journey, typed: str) -> None:
    """Capitals and widths that every mail server takes for the same mailbox lead to the account that it has."""
    alice = journeys.register(journey, email="alice@shop.example")
    fields = {"name": "Alice", "phone": "0923456789", "email": typed}
    start_registration(journey.ctx, fields=fields, language=Language.EN, browser="second", address=None)
    code = newest_code(journey.ctx, "second", CodeKind.REGISTER)
    arrived = confirm_registration(journey.ctx, browser="second", code=code, headers={}, address=None)
    assert arrived.subject_id == alice.subject_id
