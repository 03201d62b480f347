"""What is left of a customer after their deletion, and what a printed object, a log or a file tells of them."""

from __future__ import annotations

import ast
import re
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from camket.adapters.telemetry import EVENTS
from camket.core.errors import VerificationError
from camket.core.terms import Language, SubjectState
from camket.rows import CodeKind
from camket.services.devices import device_facts
from camket.services.registration import start_registration
from camket.services.retention import erase_unconfirmed, sweep_traces
from camket.services.sessions import find_session, sign_out
from camket.services.signin import confirm_sign_in, start_sign_in
from camket.testing.service import newest_code
from tests import journeys
from tests.architecture.tree import SOURCE, source_files
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys import Customer
    from tests.journeys import Service as Journey
    from tests.web.conftest import Service

MAY_NAME_THEM: Final = {"job", "subject", "held_value"}
"""Tables in which the opaque id of an erased customer may stand: the job that erased them, for a week, and what a law
holds, until its date."""


def rows_with(folder: Path, needle: str) -> dict[str, int]:
    """Return how many rows of each table hold a text or its bytes anywhere."""
    found: dict[str, int] = {}
    with closing(sqlite3.connect(folder / "camket.db")) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - the database's own names
                cells = [cell.encode() if isinstance(cell, str) else cell for cell in row]
                if any(isinstance(cell, bytes) and needle.encode() in cell for cell in cells):
                    found[table] = found.get(table, 0) + 1
    return found


def test_no_table_points_at_an_erased_customer(journey: Journey, alice: Customer) -> None:
    """No record, session, code, mail, request, fact or index names them; only what the law holds and the ended job."""
    data = journey.runtime.settings.data
    assert {"record_subject", "identifier", "session", "outbox"} <= set(rows_with(data, alice.subject_id))
    alice.accept_erasure()
    journey.work()
    journey.sequence()
    assert set(rows_with(data, alice.subject_id)) <= MAY_NAME_THEM
    assert rows_with(data, alice.email) == {}


def test_an_unconfirmed_registration_leaves_not_even_its_id(journey: Journey) -> None:
    """Erased after a day, swept after a week: no row of any table names who never confirmed."""
    fields = {"name": "Bob Trần", "phone": "0923456789", "email": "bob@mail.example"}
    ctx = journey.ctx

    start_registration(ctx, fields=fields, language=Language.VI, browser="browser", address="192.0.2.1")
    (pending,) = ctx.store.read(lambda unit: unit.subjects.page(after_id="", limit=2, state=SubjectState.PENDING))
    journey.work()
    journey.clock.advance(hours=25)
    erase_unconfirmed(ctx)
    journey.work()
    journey.clock.advance(days=31)
    sweep_traces(ctx)
    assert rows_with(journey.runtime.settings.data, pending.id) == {}


def test_no_file_of_the_service_is_open_to_others(journey: Journey, alice: Customer) -> None:
    """Database, write-ahead log, key store: readable by the service's own account alone, in a folder like that."""
    assert alice.subject_id
    data = journey.runtime.settings.data
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    for path in data.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def personal_fields() -> list[tuple[str, str]]:
    """Return class and field of everything that a class of values calls *personal* and yet prints."""
    printed = []
    for file in source_files():
        if not file.is_relative_to(SOURCE / "camket"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(one) for one in node.decorator_list):
                told = re.findall(r"^\s+(\w+): [^\n]*\*[Pp]ersonal\*", ast.get_docstring(node) or "", re.MULTILINE)
                printed += [
                    (node.name, field.target.id)
                    for field in node.body
                    if isinstance(field, ast.AnnAssign)
                    and isinstance(field.target, ast.Name)
                    and field.target.id in told
                    and not (field.value is not None and "repr=False" in ast.unparse(field.value))
                ]
    return printed


def test_no_personal_field_is_printed() -> None:
    """A value that its class calls personal is left out of the text of its object, which an error may quote."""
    # An opening prints the opaque handle of its subject, and no value.
    wrapped = {("ProvenOpening", "opening"), ("PlacedOpening", "opening")}
    assert [one for one in personal_fields() if one not in wrapped] == []


def test_what_a_device_shows_is_not_printed() -> None:
    """The facts of a device, personal as a whole, print none of them."""
    facts = device_facts({"sec-ch-ua-model": '"Redmi 12"'}, "192.0.2.7")
    assert facts.network == "192.0.2.7"
    assert "192.0.2.7" not in repr(facts)
    assert "Redmi" not in repr(facts)


def test_an_error_in_the_midst_of_a_request_logs_no_value(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of ours whose message quotes a value leaves its class and its places in the log, and not the value."""
    typed = "alice-quoted@shop.example"

    def broken(*_args: object, **_named: object) -> str:
        raise RuntimeError(f"could not store {typed}")

    monkeypatch.setattr("camket.services.registration.queue_mail_in", broken)
    answer = service.browser().send_form("/register", **(ALICE | {"email": typed}))
    assert answer.status_code == 500
    log = service.log.getvalue()
    assert "RuntimeError" in log
    assert typed not in log
    assert typed not in answer.text


def test_no_event_of_the_log_can_carry_what_was_typed() -> None:
    """Every field of every event is a number, a word of ours or an opaque id: none is a value, a path or an address."""
    fields = {field for declared in EVENTS.values() for field in declared}
    assert fields & {"email", "phone", "name", "address", "path", "url", "subject", "body", "value", "message"} == set()


def test_a_clock_that_was_put_back_opens_nothing_that_was_closed(journey: Journey, alice: Customer) -> None:
    """An hour put back revives no used code and no ended session, and what was erased stays erased."""
    journey.clock.advance(hours=3)
    bob = journeys.register(journey, "Bob Trần", email="bob@mail.example", phone="0923456789")
    start_sign_in(journey.ctx, email=alice.email, browser="phone", address=None)
    code = newest_code(journey.ctx, "phone", CodeKind.SIGN_IN)
    confirm_sign_in(journey.ctx, browser="phone", code=code, headers={}, address=None)
    sign_out(journey.ctx, alice.session)
    bob.accept_erasure()
    journey.work()
    journey.clock._now -= timedelta(hours=1)
    with pytest.raises(VerificationError):
        confirm_sign_in(journey.ctx, browser="phone", code=code, headers={}, address=None)
    assert find_session(journey.ctx, alice.token) is None
    assert find_session(journey.ctx, bob.token) is None
    assert journey.ctx.store.read(lambda unit: unit.identifiers.of_subject(bob.subject_id)) == ()
