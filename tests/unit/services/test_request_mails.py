"""Which step of a request is told by mail, and what stands in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from camket.core.notices.request_mails import REQUEST_MAILS
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Language
from camket.rows import MailState
from camket.rows.requests import RequestChannel
from camket.services.request_mails import mail_of
from camket.services.request_moves import move_in
from camket.services.requests import start_request_in
from tests.journeys import Customer, Service, register
from tests.storage.samples import NOW, request

if TYPE_CHECKING:
    from camket.core.notices.text import MailTemplate
    from camket.ports import Unit
    from camket.rows.requests import RequestRow

OFFICER = "staff:an-officer"
PROVEN = {"verified_at": NOW, "state": RequestState.VERIFIED}


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    journey.mail.mails.clear()
    return customer


def told(event: RequestEvent, *, first_proof: bool = False, **given: object) -> str | None:
    """Return which mail tells of an event of a request of alice's."""
    row = request("r1", **{"kind": RequestKind.ERASE, **PROVEN, **given})
    before = request("r1", kind=row.kind) if first_proof else row
    template = mail_of(before, row, event)
    return None if template is None else template.id


def filed(journey: Service, alice: Customer, kind: RequestKind = RequestKind.RESTRICT) -> RequestRow:
    """Return a request that staff filed for alice."""
    return journey.ctx.store.write(
        lambda unit: start_request_in(
            unit,
            journey.ctx,
            subject_id=alice.subject_id,
            kind=kind,
            channel=RequestChannel.STAFF,
            filed_by="an-officer",
        )
    )


def happen(journey: Service, row: RequestRow, *events: RequestEvent, text: str | None = None) -> None:
    """Let events happen one after the other, and the mails go out."""

    def act(unit: Unit, event: RequestEvent) -> RequestRow:
        current = unit.requests.find(row.id)
        assert current is not None
        proven_at = journey.clock.now() if event is RequestEvent.VERIFY else current.verified_at
        return move_in(unit, journey.ctx, current, event, actor=OFFICER, text=text, verified_at=proven_at)

    for event in events:
        journey.ctx.store.write(partial(act, event=event))
    journey.work()


def test_each_step_that_matters_has_its_mail() -> None:
    """What its subject sees at once, or is told otherwise, has none; nor has what no one proved."""
    assert told(RequestEvent.VERIFY, first_proof=True) is None
    for channel in (RequestChannel.OUTSIDE, RequestChannel.STAFF):
        assert told(RequestEvent.VERIFY, first_proof=True, channel=channel) == "request_taken_up"
        assert told(RequestEvent.VERIFY, channel=channel) is None
    assert told(RequestEvent.APPROVE) == "request_on_behalf"
    assert told(RequestEvent.EXTEND) == "request_extended"
    assert told(RequestEvent.REFUSE) == told(RequestEvent.REFUSE, kind=RequestKind.SUPPORT) == "request_refused"
    assert told(RequestEvent.WITHDRAW) == "request_cancelled"
    assert told(RequestEvent.EXPIRE) == "request_expired"
    for event in (RequestEvent.WITHDRAW, RequestEvent.EXPIRE):
        assert told(event, verified_at=None) is None
        assert told(event, kind=RequestKind.SUPPORT) is None
    for kind in (RequestKind.RESTRICT, RequestKind.OBJECT, RequestKind.WITHDRAW):
        assert told(RequestEvent.FINISH, kind=kind) == "request_done"
    for kind in (RequestKind.ACCESS, RequestKind.PORT, RequestKind.RECTIFY, RequestKind.ERASE, RequestKind.SUPPORT):
        assert told(RequestEvent.FINISH, kind=kind) is None
    for event in (RequestEvent.MAKE, RequestEvent.JOIN, RequestEvent.NOTE, RequestEvent.FAIL, RequestEvent.START):
        assert told(event) is None


def test_who_was_not_there_is_told_that_it_was_taken_up(journey: Service, alice: Customer) -> None:
    """By its receipt number and the day until which it is carried out, with the way to take it back."""
    row = filed(journey, alice)
    journey.work()
    assert journey.mail.mails == []
    happen(journey, row, RequestEvent.VERIFY)
    (mail,) = journey.mail.mails
    assert mail.recipient == alice.email
    for words in (row.number, "07/12/2026", f"/me/requests/{row.id}", "miễn phí", "Hạn chế việc dùng"):
        assert words in mail.text


def test_what_is_done_on_ones_behalf_is_told_before_it_is_done(journey: Service, alice: Customer) -> None:
    """A second person's yes goes out to the subject, and so does the end."""
    row = filed(journey, alice)
    happen(journey, row, RequestEvent.VERIFY, RequestEvent.PROPOSE, RequestEvent.APPROVE, RequestEvent.FINISH)
    subjects = [mail.subject for mail in journey.mail.mails]
    assert len(subjects) == 3
    assert "thực hiện thay bạn" in subjects[1]
    assert "đã được thực hiện" in subjects[2]


def test_a_reason_is_written_out_and_never_read_for_places(journey: Service, alice: Customer) -> None:
    """Whatever staff type stands in the mail as it was typed, in its text and escaped in its page."""
    row = filed(journey, alice)
    happen(journey, row, RequestEvent.VERIFY)
    reason = "Vì {name} <b>không</b> có quyền:\nxem {origin}."
    happen(journey, row, RequestEvent.REFUSE, text=reason)
    mail = journey.mail.mails[-1]
    assert "{name} <b>không</b>" in mail.text
    assert "&lt;b&gt;không&lt;/b&gt;" in mail.html
    assert reason not in str(journey.ctx.store.read(lambda unit: unit.outbox.of_subject(alice.subject_id, limit=9)))


def test_a_mail_about_a_request_that_is_gone_is_not_sent(journey: Service, alice: Customer) -> None:
    """Its reason died with it."""
    row = filed(journey, alice)
    happen(journey, row, RequestEvent.VERIFY)
    current = journey.ctx.store.read(lambda unit: unit.requests.find(row.id))
    assert current is not None
    journey.ctx.store.write(
        lambda unit: move_in(unit, journey.ctx, current, RequestEvent.REFUSE, actor=OFFICER, text="Vì thế.")
    )
    journey.ctx.store.write(lambda unit: unit.requests.delete_of_subject(alice.subject_id))
    sent = len(journey.mail.mails)
    journey.work()
    assert len(journey.mail.mails) == sent
    states = [
        one.state for one in journey.ctx.store.read(lambda unit: unit.outbox.of_subject(alice.subject_id, limit=9))
    ]
    assert states.count(MailState.DENIED) == 1


@pytest.mark.parametrize("template", REQUEST_MAILS, ids=lambda template: template.id)
def test_no_mail_names_what_was_asked_for(template: MailTemplate) -> None:
    """A subject line names the operator alone, and no mail has a place for a value."""
    for language in Language:
        wording = template.wordings[language]
        assert "{controller}" in wording.subject
        assert {"item", "code", "text"}.isdisjoint(template.places)
