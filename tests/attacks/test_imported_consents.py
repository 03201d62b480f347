"""A file of consents that would bring back what a customer has ended since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.core.terms import Outcome
from camket.services.consent_exchange import import_consents
from camket.services.consents import withdraw
from tests.unit.services.conftest import fresh_folder, open_service, service
from tests.unit.services.consenting import ask, gate, say
from tests.unit.services.test_consent_exchange import FILE, findings, line

if TYPE_CHECKING:
    from tests.unit.services.conftest import Service

__all__ = ["fresh_folder", "open_service", "service"]


@pytest.mark.parametrize("ended", ["refused", "withdrawn"])
def test_an_old_yes_from_elsewhere_does_not_undo_a_newer_no(service: Service, ended: str) -> None:
    """What was said here after the instant of the line stands, and the operator is told of the line."""
    alice = service.register().subject_id
    question = ask(service, alice)
    if ended == "refused":
        say(service, question, yes=False)
    else:
        withdraw(service.ctx, subject_id=alice, consent_id=say(service, question, yes=True))
    before = gate(service, alice)
    assert before is not Outcome.PERMIT
    (finding,) = findings(service, line())
    assert "the subject said no to it after this yes" in finding
    assert gate(service, alice) is before
    ended_there = line(withdrawn_at="2026-02-01T00:00:00Z")
    assert import_consents(service.ctx, [ended_there], file=FILE).added == 1
    assert gate(service, alice) is before


def test_a_no_from_elsewhere_does_not_stand_beside_an_older_yes(service: Service) -> None:
    """A no that is newer than the yes on record would be on record and end nothing: the line is refused."""
    alice = service.register().subject_id
    consent = say(service, ask(service, alice), yes=True)
    no = line(said="no", at=service.clock.now().isoformat())
    (finding,) = findings(service, no)
    assert "a yes to it from before this no stands" in finding
    withdraw(service.ctx, subject_id=alice, consent_id=consent)
    assert import_consents(service.ctx, [no], file=FILE).added == 1
    assert gate(service, alice) is Outcome.DENY


def test_the_order_of_lines_decides_nothing(service: Service) -> None:
    """An old yes and a newer no in one file are refused in either order, whole."""
    alice = service.register().subject_id
    yes, no = line(), line(said="no", at="2026-03-01T00:00:00Z")
    for lines in ((yes, no), (no, yes)):
        assert len(findings(service, *lines)) == 1
        assert gate(service, alice) is Outcome.ASK
