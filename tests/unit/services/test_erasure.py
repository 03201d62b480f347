"""Erasure: shown, accepted, carried out; what a law holds stays closed until its day."""

from datetime import date, timedelta

import pytest

from camket.core.errors import ConflictError, DeniedError, NotFoundError, VerificationError
from camket.core.ledger.certificate import Certificate, verify_certificate
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import CaseAct, Language, LawCase, LawKind, Verification, VerifiedIdentity
from camket.core.vault.drop import address_of
from camket.core.vault.keyring import KeyKind
from camket.services import erasure
from camket.services.centre import my_data
from camket.services.certificates import CertificateFetch, certificate_status
from camket.services.copy_requests import start_copy
from camket.services.epochs import queue_end
from camket.services.erasure import accept_erasure, start_erasure
from camket.services.erasure_preview import preview_erasure
from camket.services.log_lines import LogLine
from camket.services.retention import sweep_traces
from camket.services.sequencing import tile_reader
from camket.services.server_log import ServerLog
from camket.services.sessions import find_session
from camket.services.signin import start_sign_in
from tests.journeys import ADDRESS, Customer, LostError, Service, register, service_in

LAW = "Nghị định 333/2026/NĐ-CP"
SIGN_IN_LIMIT = timedelta(days=730)


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def law_case(journey: Service, items: frozenset[str]) -> LawCase:
    """Return a court's order to see items."""
    return LawCase(
        kind=LawKind.LEGAL_PROCESS,
        reference="case-1",
        acts=frozenset({CaseAct.ACCESS}),
        items=items,
        authority="Tòa án",
        document="12/2026",
        article="BLTTDS Điều 106",
        dated=date(2026, 11, 22),
        due_at=journey.clock.now(),
    )


def test_the_preview_says_what_goes_and_what_stays(journey: Service, alice: Customer) -> None:
    """Every stored value is either in what goes or in what stays, the latter with article, reason and date."""
    stored = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id))
    preview = preview_erasure(journey.ctx, alice.session)
    assert {one.item for one in preview.stays} == {"email", "signin.time"}
    assert {one.article for one in preview.stays} == {LAW}
    assert {one.until for one in preview.stays} == {journey.clock.now() + SIGN_IN_LIMIT}
    assert sum(one.count for one in preview.goes) + sum(one.count for one in preview.stays) == len(stored)
    assert journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id)) == stored


def test_after_it_nothing_is_left_but_what_the_law_holds(journey: Service, alice: Customer) -> None:
    """The account is gone: no session, no page, no mail, no way to be found; the address may register anew."""
    alice.accept_erasure()
    journey.work()
    assert find_session(journey.ctx, alice.token) is None
    journey.mail.mails.clear()
    start_sign_in(journey.ctx, email=alice.email, browser="b", address=None)
    journey.work()
    assert journey.mail.mails == []
    again = register(journey)
    assert again.subject_id != alice.subject_id


def test_what_they_read_is_blanked(journey: Service) -> None:
    """What the law holds of someone does not say which language they chose, nor that they sent a signal."""
    alice = register(journey, language=Language.EN)
    journey.ctx.store.write(lambda unit: unit.subjects.signal_gpc(alice.subject_id, at=journey.clock.now()))
    alice.accept_erasure()
    journey.work()
    row = journey.ctx.store.read(lambda unit: unit.subjects.get(alice.subject_id))
    assert row is not None
    assert (row.language, row.gpc_signalled_at) == (Language.VI, None)


def test_what_is_held_opens_for_the_law_alone(journey: Service, alice: Customer) -> None:
    """No stated purpose opens what is under `hold`; a case on the ground `law` that covers it does."""
    alice.accept_erasure()
    journey.work()
    door, subject_id = journey.ctx.door, alice.subject_id
    for purpose in ("provide", "protect", "notify"):
        with pytest.raises(DeniedError):
            door.read(actor="service:shop", subject_id=subject_id, items=("email",), purpose=purpose)
    case = law_case(journey, frozenset({"email"}))
    opened = door.read(actor="staff:officer-1", subject_id=subject_id, items=("email",), case=case)
    assert opened.first("email") == alice.email
    with pytest.raises(DeniedError):
        door.read(
            actor="staff:officer-1", subject_id=subject_id, items=("name",), case=law_case(journey, frozenset({"name"}))
        )


def test_the_log_of_requests_is_no_other_answer(journey: Service, alice: Customer) -> None:
    """Lines that are kept between the question and the yes, the first of all, do not make it another question."""
    identity = alice.prove(start_erasure(journey.ctx, alice.session).id)
    shown = preview_erasure(journey.ctx, alice.session)
    line = LogLine(
        subject_id=alice.subject_id, path="/me", service="account", at=journey.clock.now(), status=200, address=ADDRESS
    )
    journey.ctx.log_queue.add(line)
    assert ServerLog(journey.ctx).once() == 1
    assert len(preview_erasure(journey.ctx, alice.session).stays) > len(shown.stays)
    accept_erasure(journey.ctx, identity, accepted=shown.acceptance)
    journey.work()
    assert find_session(journey.ctx, alice.token) is None


def test_only_what_was_shown_is_accepted(journey: Service, alice: Customer) -> None:
    """An acceptance that names something else than what would happen now erases nothing."""
    identity = alice.prove(start_erasure(journey.ctx, alice.session).id)
    with pytest.raises(ConflictError):
        accept_erasure(journey.ctx, identity, accepted="0" * 64)
    journey.work()
    assert my_data(journey.ctx, alice.session).counts.held > 0
    accept_erasure(journey.ctx, identity, accepted=preview_erasure(journey.ctx, alice.session).acceptance)


def test_accepting_twice_is_refused(journey: Service, alice: Customer) -> None:
    """One acceptance, one erasure, one certificate."""
    identity = alice.prove(start_erasure(journey.ctx, alice.session).id)
    accepted = preview_erasure(journey.ctx, alice.session).acceptance
    accept_erasure(journey.ctx, identity, accepted=accepted)
    with pytest.raises(ConflictError):
        accept_erasure(journey.ctx, identity, accepted=accepted)


def test_nothing_is_erased_unverified(journey: Service, alice: Customer) -> None:
    """Without the code the request stays a request; a proof that has run out is none."""
    request = start_erasure(journey.ctx, alice.session)
    accepted = preview_erasure(journey.ctx, alice.session).acceptance
    now = journey.clock.now()
    made_up = VerifiedIdentity(
        subject_id=alice.subject_id,
        request_id=request.id,
        level=Verification.EMAIL_CODE,
        verified_at=now,
        expires_at=now + timedelta(minutes=1),
    )
    with pytest.raises(VerificationError):
        accept_erasure(journey.ctx, made_up, accepted=accepted)
    identity = alice.prove(request.id)
    journey.clock.advance(hours=1)
    with pytest.raises(VerificationError):
        accept_erasure(journey.ctx, identity, accepted=accepted)
    journey.work()
    assert my_data(journey.ctx, alice.session).counts.held > 0


def test_a_proof_for_a_copy_erases_nothing(journey: Service, alice: Customer) -> None:
    """Who proved identity to get a copy has not proved it to have the account erased."""
    identity = alice.prove(start_copy(journey.ctx, alice.session).id)
    accepted = preview_erasure(journey.ctx, alice.session).acceptance
    with pytest.raises(NotFoundError):
        accept_erasure(journey.ctx, identity, accepted=accepted)
    journey.work()
    assert my_data(journey.ctx, alice.session).counts.held > 0


def test_the_certificate_proves_itself(journey: Service, alice: Customer) -> None:
    """With the token the customer gets a certificate that fits the ledger and opens every entry about them."""
    token = alice.accept_erasure()
    assert certificate_status(journey.ctx, token).state is CertificateFetch.PENDING
    journey.work()
    journey.sequence()
    view = certificate_status(journey.ctx, token)
    assert view.data is not None
    certificate = Certificate.parse(view.data)
    report = verify_certificate(certificate, tile_reader(journey.ctx))
    assert report.holds
    assert report.proven == len(certificate.openings)
    assert {one.item for one in certificate.held} == {"email", "signin.time"}
    assert "phone" in {one.item for one in certificate.erased}
    assert b"alice" not in view.data.lower()


def test_the_status_follows_the_epoch(journey: Service, alice: Customer) -> None:
    """Pending while the epoch's key, or a backup that may hold it, lives on."""
    token = alice.accept_erasure()
    journey.work()
    journey.sequence()
    first = certificate_status(journey.ctx, token)
    assert first.status == "pending epoch 1"
    queue_end(journey.ctx, name="test")
    journey.work()
    assert certificate_status(journey.ctx, token).status == "pending epoch 1"


def test_the_status_is_destroyed_where_there_are_no_backups(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An operator who keeps no backups of the key store says `destroyed` as soon as the epoch has ended."""
    with service_in(tmp_path_factory.mktemp("no-backups"), keys_backup_days=0) as journey:
        token = register(journey).accept_erasure()
        journey.work()
        queue_end(journey.ctx, name="test")
        journey.work()
        journey.sequence()
        view = certificate_status(journey.ctx, token)
        assert view.status == "destroyed"
        assert view.data is not None
        assert verify_certificate(Certificate.parse(view.data), tile_reader(journey.ctx)).holds


def test_the_certificate_is_the_customer_s_alone(journey: Service, alice: Customer) -> None:
    """A wrong token finds nothing, and after 24 hours the right one does not either."""
    token = alice.accept_erasure()
    journey.work()
    journey.sequence()
    for wrong in ("", "x", "0" * 64, token[:-1], token + "00"):
        assert certificate_status(journey.ctx, wrong).state is CertificateFetch.GONE
    journey.clock.advance(hours=24)
    assert certificate_status(journey.ctx, token).state is CertificateFetch.GONE


@pytest.mark.parametrize("place_is_gone", [False, True])
def test_an_outage_costs_no_certificate(
    journey: Service, alice: Customer, monkeypatch: pytest.MonkeyPatch, *, place_is_gone: bool
) -> None:
    """An erasure that cannot be recorded for 30 hours has its certificate when it is, for 24 hours from then on."""
    token = alice.accept_erasure()

    def broken(*_args: object, **_named: object) -> None:
        raise LostError

    with monkeypatch.context() as outage:
        outage.setattr(erasure, "gather_in", broken)
        for _hour in range(30):
            journey.work()
            sweep_traces(journey.ctx)
            journey.clock.advance(hours=1)
            assert certificate_status(journey.ctx, token).state is CertificateFetch.PENDING
    if place_is_gone:
        address = address_of(bytes.fromhex(token))
        assert journey.ctx.store.write(lambda unit: unit.certificates.delete(address))
    journey.work()
    journey.sequence()
    made_at = journey.clock.now()
    view = certificate_status(journey.ctx, token)
    assert (view.state, view.expires_at) == (CertificateFetch.READY, made_at + timedelta(hours=24))
    assert view.data is not None
    assert verify_certificate(Certificate.parse(view.data), tile_reader(journey.ctx)).holds
    journey.clock.advance(hours=24, seconds=1)
    sweep_traces(journey.ctx)
    assert certificate_status(journey.ctx, token).state is CertificateFetch.GONE


def test_the_operator_keeps_no_openings(journey: Service, alice: Customer) -> None:
    """After the erasure no record is linked to the subject, and the key that opened theirs is gone."""
    before = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100))
    alice.accept_erasure()
    journey.work()
    assert journey.ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None
    assert journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=100)) == ()
    rows = journey.ctx.store.read(lambda unit: [unit.records.get(row.id) for row in before])
    assert all(row is not None and alice.subject_id.encode() not in row.facts for row in rows)


def test_an_older_key_store_would_be_noticed(journey: Service, alice: Customer) -> None:
    """The database remembers the state of the key store after the kill: one from a backup before it is too old."""
    before = journey.ctx.keys.generation()
    alice.accept_erasure()
    journey.work()
    installation = journey.ctx.store.read(lambda unit: unit.installation.get())
    assert installation is not None
    assert before < installation.key_generation <= journey.ctx.keys.generation()


def test_the_erasure_is_in_the_ledger_once(journey: Service, alice: Customer) -> None:
    """One entry says that these items were erased, and by whom it was asked."""
    token = alice.accept_erasure()
    journey.work()
    journey.sequence()
    view = certificate_status(journey.ctx, token)
    assert view.data is not None
    erasures = [
        one.opening.facts
        for one in Certificate.parse(view.data).openings
        if one.opening.facts.action is LedgerAction.ERASE
    ]
    assert [facts.actor for facts in erasures] == ["subject"]
    assert set(erasures[0].items) == {one.item for one in view.erased}


def test_two_instants_of_one_day_are_one_acceptance(journey: Service, alice: Customer) -> None:
    """Time that passes between showing and accepting does not by itself make the acceptance another one."""
    first = preview_erasure(journey.ctx, alice.session).acceptance
    journey.clock.advance(minutes=14)
    assert preview_erasure(journey.ctx, alice.session).acceptance == first
