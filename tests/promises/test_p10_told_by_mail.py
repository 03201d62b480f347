"""P10: the e-mail address is used to tell customers about the service, such as coming changes, with evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.notices.templates import TEMPLATES
from camket.core.notices.text import Addressee
from camket.core.terms import RIGHTS_PURPOSE
from camket.rows.notices import DeliveryState
from camket.services.own_notices import own_notices
from tests.unit.services.test_notices import LONGER, publish

if TYPE_CHECKING:
    from tests.journeys import Customer, Service


def test_a_coming_change_is_told_by_mail_with_proof_of_delivery(journey: Service, alice: Customer) -> None:
    """P10: the mail goes to the address that is held, and its customer sees what became of it."""
    publish(journey, LONGER)
    journey.work()
    mail = journey.last_mail(alice.email)
    assert "410" in mail.text
    (told,) = own_notices(journey.ctx, subject_id=alice.subject_id)
    assert (told.mail, told.mail_at) == (DeliveryState.SENT, journey.clock.now())


def test_every_mail_says_what_it_is_for() -> None:
    """P10: each is for a customer's own rights, for telling of the service, or for what they agreed to."""
    to_customers = [template for template in TEMPLATES.values() if template.to is not Addressee.STAFF]
    assert {template.purpose for template in to_customers} == {RIGHTS_PURPOSE, "notify", "promote"}
    assert {template.id for template in TEMPLATES.values() if template.unsubscribes} == {
        template.id for template in TEMPLATES.values() if template.purpose == "promote"
    }
