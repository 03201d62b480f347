"""Evidence packs: what the service makes verifies offline, tells the case as it was, and names no one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from camket.core.errors import DeniedError, NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.rights.archive import unpack
from camket.core.rights.evidence_verify import EvidenceFault, verify_pack
from camket.core.rights.machine import RequestEvent, RequestState
from camket.core.staff.roles import Role
from camket.services.correction import finish_correction, start_correction
from camket.services.erasure import start_erasure
from camket.services.evidence import make_evidence
from camket.services.request_moves import move_in
from camket.services.sequencing import verifier_key
from camket.services.sessions import find_session
from camket.services.staff_sessions import find_staff_session
from camket.services.uses import use_of
from camket.testing.staff import add_staff
from tests.journeys import Customer, Service, register, service_in

if TYPE_CHECKING:
    from pathlib import Path

    from camket.core.rights.evidence_verify import EvidenceReport
    from camket.ports import Unit
    from camket.rows.requests import RequestRow
    from camket.services.staff_sessions import StaffSession
    from tests.postgres import Postgres

OLD, NEW = "0912345678", "0987654321"


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def staff(journey: Service, *roles: Role, name: str = "Bob") -> StaffSession:
    """Return a member of staff who is signed in."""
    member = add_staff(journey.ctx, *roles, name=name)
    session = find_staff_session(journey.ctx, member.token)
    assert session is not None
    return session


def corrected(journey: Service, customer: Customer) -> RequestRow:
    """Return a request for a correction that was carried out."""
    request = start_correction(journey.ctx, customer.session, item="phone", typed=NEW)
    finish_correction(journey.ctx, customer.prove(request.id))
    return stored(journey, request.id)


def stored(journey: Service, request_id: str) -> RequestRow:
    """Return a request as it stands."""
    row = journey.ctx.store.read(lambda unit: unit.requests.find(request_id))
    assert row is not None
    return row


def taken(journey: Service, row: RequestRow, by: StaffSession) -> tuple[bytes, EvidenceReport]:
    """Return the pack that someone takes, and what verifying it finds."""
    pack = make_evidence(journey.ctx, by=by, number=row.number)
    assert pack.file_name == f"camket-{row.number}.zip"
    return pack.data, verify_pack(pack.data, key=verifier_key(journey.ctx))


def test_the_pack_of_a_correction_holds(journey: Service, alice: Customer) -> None:
    """It tells every line from the making to the end, each proven, and what was done with the data for it."""
    row = corrected(journey, alice)
    _, report = taken(journey, row, staff(journey, Role.OFFICER))
    assert report.findings == ()
    evidence = report.evidence
    assert evidence is not None
    assert (evidence.request.number, evidence.request.state) == (row.number, RequestState.DONE)
    told = [one.line.event for one in evidence.timeline]
    assert told[0] is RequestEvent.MAKE
    assert RequestEvent.VERIFY in told
    assert told[-1] is RequestEvent.FINISH
    assert LedgerAction.COLLECT in {one.opening.facts.action for one in evidence.acts}
    assert (report.awaiting, report.pruned) == (0, 0)
    assert report.proven == len(evidence.timeline) + len(evidence.acts)
    assert not evidence.late


def test_nothing_of_the_customer_is_in_it(journey: Service, alice: Customer) -> None:
    """Neither a value nor the handle nor anything that opens the subject's part stands in any of its files."""
    row = corrected(journey, alice)
    data, _ = taken(journey, row, staff(journey, Role.AUDITOR))
    for text in (OLD[1:], NEW[1:], alice.email, "Alice", alice.subject_id, "nonce_b", alice.session.id):
        assert text.encode() not in data


def test_its_pages_say_the_same_in_both_languages(journey: Service, alice: Customer) -> None:
    """Each page names the request, its terms and each line, runs no script and loads nothing."""
    row = corrected(journey, alice)
    data, report = taken(journey, row, staff(journey, Role.OFFICER))
    files = unpack(data)
    assert list(files) == ["evidence.json", "bang-chung.html", "evidence.html"]
    vietnamese, english = files["bang-chung.html"].decode(), files["evidence.html"].decode()
    assert "Danh tính được xác minh" in vietnamese
    assert "Identity was proved" in english
    assert report.evidence is not None
    for page in (vietnamese, english):
        assert row.number in page
        assert "vn-pdpl-2025" in page
        assert f"camket evidence verify camket-{row.number}.zip" in page
        assert page.count("<tr>") > len(report.evidence.timeline)
        assert "<script" not in page
        assert re.findall(r'(?:src|href)="', page) == []


def test_other_requests_stay_out_of_it(journey: Service, alice: Customer) -> None:
    """What was done for another request of the same customer is no act of this one."""
    other_one = start_erasure(journey.ctx, alice.session)
    row = corrected(journey, alice)
    _, report = taken(journey, stored(journey, other_one.id), staff(journey, Role.OFFICER))
    assert report.holds
    assert report.evidence is not None
    assert [one.line.event for one in report.evidence.timeline] == [RequestEvent.MAKE]
    assert report.evidence.acts == ()
    _, other = taken(journey, row, staff(journey, Role.OFFICER, name="Alice"))
    assert other.evidence is not None
    assert other.evidence.acts


def test_that_it_was_taken_is_on_record_for_the_customer(journey: Service, alice: Customer) -> None:
    """The customer finds in their own log who took a pack of their request; a second pack shows the first taking."""
    row = corrected(journey, alice)
    auditor = staff(journey, Role.AUDITOR)
    _, first = taken(journey, row, auditor)
    records = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=1))
    assert (use_of(records[0]).who, use_of(records[0]).action) == (auditor.actor, LedgerAction.USE)
    _, second = taken(journey, row, auditor)
    assert first.evidence is not None
    assert second.evidence is not None
    assert len(second.evidence.acts) == len(first.evidence.acts) + 1
    assert second.evidence.acts[-1].opening.facts.actor == auditor.actor


def test_what_staff_wrote_is_told_of_and_not_told(journey: Service, alice: Customer) -> None:
    """A note among staff is a line that says that words were written; the words stay sealed."""
    request = start_erasure(journey.ctx, alice.session)
    officer = staff(journey, Role.OFFICER)

    def note(unit: Unit) -> None:
        row = unit.requests.find(request.id)
        assert row is not None
        move_in(unit, journey.ctx, row, RequestEvent.NOTE, actor=officer.actor, text="she called twice", shown=False)

    journey.ctx.store.write(note)
    data, report = taken(journey, stored(journey, request.id), officer)
    assert report.holds
    assert report.evidence is not None
    line = report.evidence.timeline[-1].line
    assert (line.written, line.shown, line.actor) == (True, False, officer.actor)
    assert b"called twice" not in data


def test_only_officers_and_auditors_take_it(journey: Service, alice: Customer) -> None:
    """Support and administrators are refused, and so is who lost the role since they signed in; nothing is recorded."""
    row = corrected(journey, alice)
    for role in (Role.SUPPORT, Role.ADMIN):
        session = staff(journey, role)
        before = journey.ctx.store.read(lambda unit: unit.records.count_unsequenced())
        with pytest.raises(DeniedError):
            make_evidence(journey.ctx, by=session, number=row.number)
        with pytest.raises(DeniedError):
            make_evidence(journey.ctx, by=replace(session, roles=frozenset({Role.OFFICER})), number=row.number)
        assert journey.ctx.store.read(lambda unit: unit.records.count_unsequenced()) == before


def test_a_number_that_no_one_has_is_not_found(journey: Service) -> None:
    """Whatever was typed as a number, there is no pack of it."""
    officer = staff(journey, Role.OFFICER)
    for number in ("00000-00000", "", "../etc", "7k3f9-2qxtb"):
        with pytest.raises(NotFoundError):
            make_evidence(journey.ctx, by=officer, number=number)


def test_a_pruned_record_leaves_the_line(journey: Service, alice: Customer) -> None:
    """Once a record's time is over its line is told on the operator's word, and the pack says so."""
    row = corrected(journey, alice)
    journey.sequence()
    journey.clock.advance(days=2)
    journey.ctx.store.write(lambda unit: unit.records.prune(before=journey.clock.now(), limit=500))
    _, report = taken(journey, row, staff(journey, Role.OFFICER))
    assert report.findings == ()
    assert report.evidence is not None
    assert report.pruned == len(report.evidence.timeline)


def test_a_line_changed_in_the_database_does_not_hold(journey: Service, alice: Customer) -> None:
    """Who rewrites the timeline behind the service's back gets a pack that says which line is not as recorded."""
    row = corrected(journey, alice)

    def rewrite(unit: Unit) -> None:
        lines = unit.requests.events(row.id)
        unit.requests.delete_of_subject(alice.subject_id)
        unit.requests.add(row)
        for line in lines:
            told = replace(line, actor="staff:other") if line.position == 1 else line
            unit.requests.add_event(told)

    journey.ctx.store.write(rewrite)
    _, report = taken(journey, row, staff(journey, Role.OFFICER))
    assert [(one.fault, one.number) for one in report.findings] == [(EvidenceFault.LINE_DIFFERS, 1)]


def test_the_pack_of_a_deletion_outlives_the_account(journey: Service, alice: Customer) -> None:
    """After the account is gone, the pack of its deletion still tells and proves every step, and names no one."""
    alice.accept_erasure()
    rows = journey.ctx.store.read(lambda unit: unit.requests.of_subject(alice.subject_id))
    journey.work()
    assert find_session(journey.ctx, alice.token) is None
    data, report = taken(journey, stored(journey, rows[0].id), staff(journey, Role.AUDITOR))
    assert report.findings == ()
    assert report.evidence is not None
    told = [one.line.event for one in report.evidence.timeline]
    assert told[-1] is RequestEvent.FINISH
    assert RequestEvent.START in told
    assert report.pruned == 0
    assert alice.subject_id.encode() not in data
    assert LedgerAction.ERASE in {one.opening.facts.action for one in report.evidence.acts}


def test_a_pack_made_on_postgresql_holds(tmp_path: Path, postgres: Postgres) -> None:
    """Lines, records and places come back from the other store as they were written."""
    with service_in(tmp_path, database_url=postgres.url(postgres.new_database())) as service:
        row = corrected(service, register(service))
        _, report = taken(service, row, staff(service, Role.OFFICER))
        assert report.holds
        assert report.evidence is not None
        assert report.evidence.acts
        assert (report.awaiting, report.pruned) == (0, 0)
