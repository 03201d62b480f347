"""Restrictions and objections: the gate refuses at once, one's own rights stay open, and the undo is as easy."""

import re
import shutil
from pathlib import Path

import pytest

from camket.core.errors import (
    ConflictError,
    DeniedError,
    InvalidValueError,
    NotFoundError,
    RateLimitedError,
    VerificationError,
)
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import RIGHTS_PURPOSE, Outcome, Source
from camket.rows import CodeKind, FactKind, FactRow
from camket.rows.requests import RequestRow
from camket.services.outbox import queue_mail_in
from camket.services.requests import RequestBody, find_request, start_request_in
from camket.services.restrictions import (
    OwnBars,
    carry_out_restriction,
    own_bars,
    set_restriction,
    start_restriction,
)
from camket.services.sessions import find_session
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.services.verification import prove_by_session
from camket.testing.service import DEFAULT_POLICY, newest_code
from tests.journeys import ADDRESS, HEADERS, Customer, Service, register, service_in

KINDS = (RequestKind.RESTRICT, RequestKind.OBJECT)


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def outcome(alice: Customer, purpose: str, item: str = "email") -> Outcome:
    """Return what the gate says to a use of an item now."""
    return alice.service.ctx.door.decide(subject_id=alice.subject_id, items=(item,), purpose=purpose).outcome


def bars(alice: Customer) -> OwnBars:
    """Return what alice's page shows."""
    return own_bars(alice.service.ctx, alice.session)


def barred(alice: Customer) -> dict[str, list[RequestKind]]:
    """Return the purposes that are barred by themselves, and how."""
    return {one.purpose: [bar.kind for bar in one.bars] for one in bars(alice).purposes if one.bars}


def ask_for_copy(alice: Customer) -> RequestRow:
    """Have alice ask for a copy."""
    ctx = alice.service.ctx
    return ctx.store.write(lambda unit: start_request_in(unit, ctx, subject_id=alice.subject_id, kind=RequestKind.PORT))


@pytest.mark.parametrize("kind", KINDS)
def test_the_gate_refuses_at_once_and_permits_again_at_once(
    journey: Service, alice: Customer, kind: RequestKind
) -> None:
    """One purpose is barred and no other; the door gives nothing for it until the bar is lifted, then everything."""
    ctx = journey.ctx
    ctx.door.read(actor="service:mailer", subject_id=alice.subject_id, items=("email",), purpose="notify")
    done = set_restriction(ctx, alice.session, kind=kind, purposes=("notify",))
    assert (done.kind, done.state) == (kind, RequestState.DONE)
    with pytest.raises(DeniedError):
        ctx.door.read(actor="service:mailer", subject_id=alice.subject_id, items=("email",), purpose="notify")
    assert outcome(alice, "provide") is Outcome.PERMIT
    set_restriction(ctx, alice.session, kind=kind, purposes=("notify",), lifts=True)
    opened = ctx.door.read(actor="service:mailer", subject_id=alice.subject_id, items=("email",), purpose="notify")
    assert opened.first("email") == alice.email


def test_of_several_barred_by_one_fact_the_others_stay_barred(journey: Service, alice: Customer) -> None:
    """A fact that names two purposes, as imports leave it, is taken apart when one of them is lifted."""
    ctx = journey.ctx
    both = FactRow(
        id="b" * 32,
        subject_id=alice.subject_id,
        kind=FactKind.RESTRICTION,
        body={"purposes": ["notify", "provide"]},
        at=journey.clock.now(),
        withdrawn_at=None,
    )
    ctx.store.write(lambda unit: unit.facts.add(both))
    set_restriction(ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("notify",), lifts=True)
    assert (outcome(alice, "notify"), outcome(alice, "provide")) == (Outcome.PERMIT, Outcome.DENY)
    assert barred(alice) == {"provide": [RequestKind.RESTRICT]}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_barred_but_ones_own_rights(journey: Service, alice: Customer, kind: RequestKind) -> None:
    """With every purpose barred no stated use is left, nothing more is observed, and view and copy go on."""
    ctx, policy = journey.ctx, journey.ctx.policies.in_force(journey.ctx.store, journey.clock.now()).newest.policy
    set_restriction(ctx, alice.session, kind=kind, purposes=("all",))
    for purpose in policy.purposes:
        assert {outcome(alice, purpose.id, item) for item in purpose.items} == {Outcome.DENY}
    with pytest.raises(DeniedError):
        ctx.door.collect(
            actor="service:shop",
            subject_id=alice.subject_id,
            values={"shop.printer_used": "1"},
            service="print",
            source=Source.OBSERVED,
        )
    opened = ctx.door.read(actor="subject", subject_id=alice.subject_id, items=("email",), purpose=RIGHTS_PURPOSE)
    assert opened.first("email") == alice.email
    assert ask_for_copy(alice).state is RequestState.UNVERIFIED
    assert bars(alice).everything[0].kind is kind


def test_who_bars_everything_still_signs_in(journey: Service, alice: Customer) -> None:
    """Signing in and the mail with its code rest on one's own rights: the way to undo it stays open."""
    ctx = journey.ctx
    set_restriction(ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("all",))
    start_sign_in(ctx, email=alice.email, browser="other", address=ADDRESS)
    journey.work()
    assert journey.mail.mails[-1].recipient == alice.email
    code = newest_code(ctx, "other", CodeKind.SIGN_IN)
    signed_in = confirm_sign_in(ctx, browser="other", code=code, headers=HEADERS, address=ADDRESS)
    session = find_session(ctx, signed_in.session_token)
    assert session is not None
    set_restriction(ctx, session, kind=RequestKind.RESTRICT, purposes=("all",), lifts=True)
    assert outcome(alice, "provide") is Outcome.PERMIT


def test_mail_that_waits_is_not_sent_after_an_objection(journey: Service, alice: Customer) -> None:
    """The gate is asked when a mail is sent: what was queued before the objection goes nowhere."""
    ctx = journey.ctx
    ctx.store.write(
        lambda unit: queue_mail_in(unit, ctx, subject_id=alice.subject_id, template="service_notice", args={})
    )
    set_restriction(ctx, alice.session, kind=RequestKind.OBJECT, purposes=("notify",))
    sent = len(journey.mail.mails)
    journey.work()
    assert not [
        mail for mail in journey.mail.mails[sent:] if "Dữ liệu của tôi" in mail.text and "Tin từ" in mail.subject
    ]


def test_a_restriction_and_an_objection_are_lifted_each_by_itself(journey: Service, alice: Customer) -> None:
    """Both on one purpose: lifting one leaves the other, and the gate says no until both are gone."""
    ctx = journey.ctx
    for kind in KINDS:
        set_restriction(ctx, alice.session, kind=kind, purposes=("improve", "notify"))
    assert barred(alice) == {"improve": list(KINDS), "notify": list(KINDS)}
    set_restriction(ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("notify",), lifts=True)
    assert barred(alice) == {"improve": list(KINDS), "notify": [RequestKind.OBJECT]}
    assert outcome(alice, "notify") is Outcome.DENY
    set_restriction(ctx, alice.session, kind=RequestKind.OBJECT, purposes=("notify",), lifts=True)
    assert outcome(alice, "notify") is Outcome.PERMIT


def test_lifting_one_of_several_that_were_said_together_leaves_the_rest(journey: Service, alice: Customer) -> None:
    """A bar on three purposes that is lifted for one still holds for two, however it was stored."""
    ctx = journey.ctx
    set_restriction(ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("improve", "notify", "develop"))
    set_restriction(ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("develop",), lifts=True)
    assert barred(alice) == {"improve": [RequestKind.RESTRICT], "notify": [RequestKind.RESTRICT]}


def test_twice_is_once(journey: Service, alice: Customer) -> None:
    """Barring what is barred, and lifting what is not, change nothing; each is on record and done."""
    ctx = journey.ctx
    for _ in range(2):
        set_restriction(ctx, alice.session, kind=RequestKind.OBJECT, purposes=("improve",))
    facts = ctx.store.read(lambda unit: unit.facts.of_subject(alice.subject_id))
    assert len([one for one in facts if one.withdrawn_at is None]) == 1
    for _ in range(2):
        done = set_restriction(ctx, alice.session, kind=RequestKind.OBJECT, purposes=("improve",), lifts=True)
        assert done.state is RequestState.DONE
    assert barred(alice) == {}


def test_nobody_is_kept_from_the_undo(journey: Service, alice: Customer) -> None:
    """Twenty clicks in an hour are no more than somebody who thinks about it: the next undo is done all the same."""
    for lifts in (False, True) * 10:
        set_restriction(journey.ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("improve",), lifts=lifts)
    assert barred(alice) == {}


def test_whoever_clicks_without_end_is_stopped(journey: Service, alice: Customer) -> None:
    """Sixty in an hour are taken, the next is refused with nothing stored; requests for a copy are counted apart."""
    for number in range(60):
        set_restriction(
            journey.ctx, alice.session, kind=RequestKind.OBJECT, purposes=("improve",), lifts=bool(number % 2)
        )
    before = journey.ctx.store.read(lambda unit: len(unit.requests.of_subject(alice.subject_id)))
    with pytest.raises(RateLimitedError):
        set_restriction(journey.ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("improve",))
    assert journey.ctx.store.read(lambda unit: len(unit.requests.of_subject(alice.subject_id))) == before
    assert ask_for_copy(alice).state is RequestState.UNVERIFIED


def test_what_is_barred_stands_on_the_timeline(journey: Service, alice: Customer) -> None:
    """The request's timeline goes from being made to its end, and says which purposes, in names alone."""
    done = set_restriction(journey.ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("notify",))
    lines = journey.ctx.store.read(lambda unit: unit.requests.events(done.id))
    assert [line.event for line in lines] == [
        RequestEvent.MAKE,
        RequestEvent.VERIFY,
        RequestEvent.ACCEPT,
        RequestEvent.NOTE,
        RequestEvent.FINISH,
    ]
    assert lines[3].detail == {"purposes": ["notify"], "lifts": False}


@pytest.mark.parametrize("purposes", [(), ("notfy",), ("rights",), ("notify", "x" * 4000)])
def test_only_declared_purposes_are_barred(journey: Service, alice: Customer, purposes: tuple[str, ...]) -> None:
    """No purpose, a misspelt one, the reserved one: refused with the nearest, and nothing is stored."""
    before = journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id))
    with pytest.raises(InvalidValueError) as refused:
        set_restriction(journey.ctx, alice.session, kind=RequestKind.RESTRICT, purposes=purposes)
    assert len(str(refused.value)) < 200
    assert purposes != ("notfy",) or "`notify`" in str(refused.value)
    assert journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id)) == before


def test_no_other_kind_of_request_bars_anything(journey: Service, alice: Customer) -> None:
    """A request for a copy is none to restrict, whatever proof comes with it."""
    ctx = journey.ctx
    with pytest.raises(InvalidValueError):
        set_restriction(ctx, alice.session, kind=RequestKind.ERASE, purposes=("notify",))
    identity = alice.prove(ask_for_copy(alice).id)
    with pytest.raises(NotFoundError):
        carry_out_restriction(ctx, identity, asked=RequestBody(purposes=("notify",)))
    assert outcome(alice, "notify") is Outcome.PERMIT


def test_what_was_proven_is_what_is_carried_out(journey: Service, alice: Customer) -> None:
    """A request that names its purposes is carried out as it was made, whatever else is handed in; and once."""
    ctx = journey.ctx
    request = start_restriction(ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("improve",))
    assert outcome(alice, "improve", "service.use") is Outcome.PERMIT
    identity = prove_by_session(ctx, alice.session, request.id)
    carry_out_restriction(ctx, identity, asked=RequestBody(purposes=("all",)))
    assert barred(alice) == {"improve": [RequestKind.RESTRICT]}
    assert bars(alice).everything == ()
    with pytest.raises(ConflictError):
        carry_out_restriction(ctx, identity)


def test_a_request_that_names_nothing_takes_the_purposes_with_the_proof(journey: Service, alice: Customer) -> None:
    """Filed from outside or for a caller, the purposes may come later; without any it is not carried out."""
    ctx = journey.ctx
    request = ctx.store.write(
        lambda unit: start_request_in(unit, ctx, subject_id=alice.subject_id, kind=RequestKind.OBJECT)
    )
    identity = alice.prove(request.id)
    with pytest.raises(InvalidValueError):
        carry_out_restriction(ctx, identity)
    carry_out_restriction(ctx, identity, asked=RequestBody(purposes=("notify",)))
    assert find_request(ctx, subject_id=alice.subject_id, request_id=request.id).state is RequestState.DONE
    assert outcome(alice, "notify") is Outcome.DENY


def test_the_policy_says_what_proof_it_takes(tmp_path: Path) -> None:
    """Where a restriction asks for a code, being signed in bars nothing, and the code does."""
    folder = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, folder)
    file = folder / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    changed = re.sub(r"(  restrict:\n(?:    .*\n)*?    verification: )session", r"\1email_code", text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    with service_in(tmp_path / "data", policy=folder) as service:
        alice = register(service)
        with pytest.raises(VerificationError):
            set_restriction(service.ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("notify",))
        assert service.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id)) == ()
        request = start_restriction(service.ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("notify",))
        carry_out_restriction(service.ctx, alice.prove(request.id))
        assert outcome(alice, "notify") is Outcome.DENY


def test_bars_go_with_the_account(journey: Service, alice: Customer) -> None:
    """Whoever bars everything may still delete the account, and no bar is left of them."""
    set_restriction(journey.ctx, alice.session, kind=RequestKind.RESTRICT, purposes=("all",))
    alice.accept_erasure()
    journey.work()
    assert journey.ctx.store.read(lambda unit: unit.facts.of_subject(alice.subject_id)) == ()
    with pytest.raises(NotFoundError):
        own_bars(journey.ctx, alice.session)
