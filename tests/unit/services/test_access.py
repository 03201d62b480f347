from __future__ import annotations

import ast
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camket.core.errors import DeniedError, InvalidValueError, VaultError
from camket.core.ledger.entry import Facts, LedgerAction, MemberOpening, Opening
from camket.core.terms import CaseAct, LawCase, LawKind, Outcome, Source
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField
from camket.rows import FactKind, FactRow
from camket.services.access import AskError, Opened
from camket.services.access_values import Pending, open_row
from camket.services.ids import random_id
from camket.testing.doubles import HeldClock
from camket.testing.service import running_service
from tests.architecture.tree import SOURCE, source_files
from tests.unit.services.conftest import ALICE, BOB, OpenService, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.ports import Unit
    from camket.rows import SubjectRecordRow

MAILER = "service:mailer"


@pytest.fixture
def alice(service: Service) -> str:
    """Return the subject id of a registered customer."""
    return service.register(ALICE).subject_id


def _records(service: Service, subject_id: str) -> list[dict[str, Any]]:
    """Return the facts of a subject's records, newest first."""
    rows = service.ctx.store.read(lambda unit: unit.records.of_subject(subject_id, limit=100))
    return [json.loads(row.facts) for row in rows]


def _add_fact(service: Service, subject_id: str, kind: FactKind, body: Mapping[str, Any]) -> str:
    fact_id = random_id(service.ctx.entropy)
    row = FactRow(id=fact_id, subject_id=subject_id, kind=kind, body=body, at=service.clock.now(), withdrawn_at=None)
    service.ctx.store.write(lambda unit: unit.facts.add(row))
    return fact_id


def _read(service: Service, subject_id: str, *items: str, purpose: str = "notify") -> Opened:
    return service.ctx.door.read(actor=MAILER, subject_id=subject_id, items=items, purpose=purpose)


def test_a_permitted_read_gives_the_value_and_its_record(service: Service, alice: str) -> None:
    """The value comes with where it is from and how long it is kept; the record says who, what for, when and yes."""
    service.clock.advance(minutes=5)
    (email,) = _read(service, alice, "email").values["email"]
    assert email.text == "alice@shop.example"
    assert (email.service, email.source, email.version) == ("account", Source.PROVIDED, 1)
    assert email.kept_until is None
    assert email.kept_because is not None
    facts = _records(service, alice)[0]
    assert (facts["actor"], facts["action"], facts["items"], facts["purpose"], facts["outcome"]) == (
        MAILER,
        "use",
        ["email"],
        "notify",
        "permit",
    )
    assert facts["at"] == "2026-11-22T09:05:00.000Z"


@pytest.mark.parametrize(
    ("items", "purpose", "error"),
    [(("email",), "promote", AskError), (("phone",), "notify", DeniedError), (("email",), "sell", DeniedError)],
)
def test_what_is_not_permitted_is_on_record_and_reads_nothing(
    service: Service, alice: str, items: tuple[str, ...], purpose: str, error: type[DeniedError]
) -> None:
    """No and "ask first" leave one record each, like a yes; no sealed value is touched."""
    before = service.counts()["record"]
    with pytest.raises(error):
        _read(service, alice, *items, purpose=purpose)
    assert service.counts()["record"] == before + 1
    assert _records(service, alice)[0]["outcome"] == ("ask" if error is AskError else "deny")


def test_an_ask_names_the_clause_to_ask_about(service: Service, alice: str) -> None:
    """Who must be asked learns which consent is missing."""
    with pytest.raises(AskError) as asked:
        _read(service, alice, "email", purpose="promote")
    (missing,) = asked.value.decision.missing
    assert (missing.item, missing.purpose) == ("email", "promote")


def test_without_a_purpose_nothing_is_read_and_nothing_recorded(service: Service, alice: str) -> None:
    """Naming no purpose is a mistake of the caller, not a question for the gate."""
    before = service.counts()
    with pytest.raises(InvalidValueError, match="purpose"):
        service.ctx.door.read(actor=MAILER, subject_id=alice, items=("email",))
    assert service.counts() == before


def test_an_unknown_subject_is_denied_and_on_record_without_a_name(service: Service) -> None:
    """A record is made, linked to no one."""
    before = service.counts()
    with pytest.raises(DeniedError):
        _read(service, "nosuchsubject", "email")
    after = service.counts()
    assert after["record"] == before["record"] + 1
    assert after["record_subject"] == before["record_subject"]


def test_names_that_no_policy_declared_do_not_enter_the_ledger(service: Service, alice: str) -> None:
    """An item or a purpose that someone typed may be anything, so the record leaves it out."""
    with pytest.raises(DeniedError):
        _read(service, alice, "alice.secret", "email", purpose="alice.secret")
    facts = _records(service, alice)[0]
    assert (facts["items"], facts["purpose"], facts["outcome"]) == (["email"], None, "deny")


def test_an_answer_prepared_ahead_is_not_used_when_a_fact_has_changed(
    service: Service, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An objection that commits after the preparation and before the unit counts: the facts are the transaction's."""
    assert _read(service, alice, "email").first("email")
    write = service.ctx.store.write
    objected = False

    def write_after_an_objection(work: Any) -> Any:  # noqa: ANN401 - handed on as it came
        nonlocal objected
        if not objected:
            objected = True
            _add_fact(service, alice, FactKind.OBJECTION, {"purposes": ["notify"]})
        return write(work)

    monkeypatch.setattr(type(service.ctx.store), "write", lambda _store, work: write_after_an_objection(work))
    with pytest.raises(DeniedError):
        _read(service, alice, "email")
    monkeypatch.undo()
    assert _records(service, alice)[0]["outcome"] == "deny"


@pytest.mark.parametrize("kind", [FactKind.RESTRICTION, FactKind.OBJECTION])
@pytest.mark.parametrize("purposes", [["notify"], "all"])
def test_a_restriction_or_objection_stops_the_use_at_once(
    service: Service, alice: str, kind: FactKind, purposes: object
) -> None:
    """From its commit on the use is denied; the subject's own view is not; withdrawn, the use goes on."""
    assert _read(service, alice, "email").first("email")
    fact = _add_fact(service, alice, kind, {"purposes": purposes})
    with pytest.raises(DeniedError):
        _read(service, alice, "email")
    assert service.ctx.door.read(actor="subject", subject_id=alice, items=(), purpose="rights").first("email")
    service.ctx.store.write(lambda unit: unit.facts.withdraw(alice, fact, at=service.clock.now()))
    assert _read(service, alice, "email").first("email")


def test_consent_permits_until_it_is_withdrawn(service: Service, alice: str) -> None:
    """The yes opens the consent-only purpose for its items; its withdrawal closes it from that instant."""
    with pytest.raises(AskError) as asked:
        _read(service, alice, "email", purpose="promote")
    missing = asked.value.decision.missing[0]
    fact = _add_fact(
        service,
        alice,
        FactKind.CONSENT,
        {"purpose": "promote", "items": ["email"], "clause_hash": missing.clause_hash, "version": 1},
    )
    assert _read(service, alice, "email", purpose="promote").first("email") == "alice@shop.example"
    service.ctx.store.write(lambda unit: unit.facts.withdraw(alice, fact, at=service.clock.now()))
    with pytest.raises(AskError):
        _read(service, alice, "email", purpose="promote")


def test_nothing_opens_before_its_record_is_durable(service: Service, alice: str) -> None:
    """Inside the unit of work the result stays shut; after it, it opens; after a unit that failed, never."""
    door, store = service.ctx.door, service.ctx.store
    kept: list[Pending] = []

    def read(unit: Unit) -> Pending:
        pending = door.read_in(unit, actor=MAILER, subject_id=alice, items=("email",), purpose="notify")
        kept.append(pending)
        with pytest.raises(InvalidValueError, match="not durable"):
            pending.open()
        return pending

    assert store.write(read).open().first("email")

    def fail(unit: Unit) -> None:
        read(unit)
        raise LookupError

    before = service.counts()
    with pytest.raises(LookupError):
        store.write(fail)
    assert service.counts() == before
    with pytest.raises(InvalidValueError, match="not durable"):
        kept[-1].open()


def test_a_row_opens_only_with_a_yes_that_covers_it(service: Service, alice: str) -> None:
    """The gate's yes for one item opens no other row, whoever hands it in."""
    opened = _read(service, alice, "email")
    rows = service.ctx.store.read(lambda unit: unit.values.of_subject(alice, ("phone",)))
    pending = service.ctx.store.write(
        lambda unit: service.ctx.door.read_in(unit, actor=MAILER, subject_id=alice, items=("email",), purpose="notify")
    )
    key = service.ctx.keys.subject_key(alice, KeyKind.LIVE)
    assert key is not None
    with pytest.raises(DeniedError, match="does not cover `phone`"):
        open_row(opened.decision.permitted(), rows[0], key, pending.standing)


def test_a_value_that_was_moved_in_the_database_does_not_open(service: Service, alice: str) -> None:
    """A sealed value put in another row, of the same subject too, is refused."""
    with closing(sqlite3.connect(service.folder / "data" / "camket.db")) as database, database:
        database.execute(
            "UPDATE held_value SET sealed = (SELECT sealed FROM held_value WHERE item = 'name') WHERE item = 'email'"
        )
    with pytest.raises(VaultError):
        _read(service, alice, "email")


def test_a_read_of_everything_names_what_is_held(service: Service, alice: str) -> None:
    """The subject's own view has every item that is held, device and sign-in among them, each with its values."""
    opened = service.ctx.door.read(actor="subject", subject_id=alice, items=(), purpose="rights")
    assert {"name", "phone", "email", "service.use", "signin.time", "device.id", "device.browser"} <= set(opened.values)
    assert opened.first("device.browser") == "Firefox 145"
    assert all(values for values in opened.values.values())


def test_a_purpose_marks_the_use_only_where_a_clock_needs_it(service: Service, alice: str) -> None:
    """Reading a device item moves its clock, reading an e-mail moves none, and the subject's own view neither."""
    service.clock.advance(hours=1)

    def used(item: str) -> object:
        return service.ctx.store.read(lambda unit: unit.values.of_subject(alice, (item,)))[0].last_used_at

    service.ctx.door.read(actor="subject", subject_id=alice, items=(), purpose="rights")
    assert used("device.browser") is None
    _read(service, alice, "email")
    _read(service, alice, "device.browser", purpose="provide")
    assert used("email") is None
    assert used("device.browser") == service.clock.now()
    (value,) = _read(service, alice, "device.browser", purpose="provide").values["device.browser"]
    assert value.kept_until == service.clock.now() + timedelta(days=90)


def test_what_the_policy_does_not_let_be_collected_is_not_stored(service: Service, alice: str) -> None:
    """An undeclared item, one of another service, one by another source: refused, on record, not stored."""
    door = service.ctx.door
    for values, where, source in (
        ({"passport": "x"}, "account", Source.PROVIDED),
        ({"phone": "x"}, "shop", Source.PROVIDED),
        ({"phone": "x"}, "account", Source.OBSERVED),
    ):
        before = service.counts()
        with pytest.raises(DeniedError):
            door.collect(actor="subject", subject_id=alice, values=values, service=where, source=source)
        after = service.counts()
        assert after["held_value"] == before["held_value"]
        assert after["record"] == before["record"] + 1


def test_pictures_come_back_as_the_bytes_that_went_in(service: Service, alice: str) -> None:
    """A picture is bytes, text is text."""
    picture = bytes(range(256))
    service.ctx.door.collect(
        actor="subject",
        subject_id=alice,
        values={"shop.picture": picture},
        service="shop",
        source=Source.PROVIDED,
    )
    (value,) = _read(service, alice, "shop.picture", purpose="provide").values["shop.picture"]
    assert value.value == picture
    with pytest.raises(InvalidValueError):
        _ = value.text


def test_a_law_case_opens_what_it_covers_and_nothing_else(service: Service, alice: str) -> None:
    """A case stands for a purpose; its reference is sealed in the subject's part of the record."""
    case = LawCase(
        kind=LawKind.LEGAL_PROCESS,
        reference="C-1",
        acts=frozenset({CaseAct.ACCESS}),
        items=frozenset({"email"}),
        authority="a court",
        document="12/2026",
        article="Art. 1",
        dated=service.clock.now().date(),
        due_at=service.clock.now() + timedelta(days=5),
    )
    door = service.ctx.door
    opened = door.read(actor="staff:officer", subject_id=alice, items=("email",), case=case)
    assert opened.first("email") == "alice@shop.example"
    with pytest.raises(DeniedError):
        door.read(actor="staff:officer", subject_id=alice, items=("phone",), case=case)
    rows = service.ctx.store.read(lambda unit: unit.records.of_subject(alice, limit=2))
    openings = door.open_records(subject_id=alice, rows=rows)
    assert [one.subject_part.reference for one in openings] == ["C-1", "C-1"]


def _own_rows(service: Service, subject_id: str) -> tuple[SubjectRecordRow, ...]:
    return service.ctx.store.read(lambda unit: unit.records.of_subject(subject_id, limit=100))


def test_every_record_of_a_subject_opens_to_its_entry(service: Service, alice: str) -> None:
    """What the subject gets recomputes the 32 bytes that the public tree holds."""
    _read(service, alice, "email")
    rows = _own_rows(service, alice)
    openings = service.ctx.door.open_records(subject_id=alice, rows=rows)
    assert len(openings) == len(rows) > 3
    for opening, row in zip(openings, rows, strict=True):
        assert isinstance(opening, Opening)
        assert opening.entry() == row.entry
        assert opening.subject_part.handle == alice


def test_no_record_opens_for_another_subject(service: Service, alice: str) -> None:
    """A sealed part under another's key does not open."""
    bob = service.register(BOB, browser="bob").subject_id
    with pytest.raises(VaultError):
        service.ctx.door.open_records(subject_id=bob, rows=_own_rows(service, alice))


def test_a_batch_is_one_record_that_shows_each_subject_their_part(service: Service, alice: str) -> None:
    """One entry for many subjects; each opens their own membership, and none another's."""
    bob = service.register(BOB, browser="bob").subject_id
    before = service.counts()["record"]
    answers = service.ctx.door.read_many(
        actor="service:epoch", subject_ids=(alice, bob), items=("email",), purpose="protect"
    )
    assert service.counts()["record"] == before + 1
    for subject_id, email in ((alice, "alice@shop.example"), (bob, "bob@mail.example")):
        opened = answers[subject_id]
        assert isinstance(opened, Opened)
        assert opened.first("email") == email
        row = _own_rows(service, subject_id)[0]
        (opening,) = service.ctx.door.open_records(subject_id=subject_id, rows=(row,))
        assert isinstance(opening, MemberOpening)
        assert opening.entry() == row.entry
        assert opening.subject_part.handle == subject_id


def test_a_batch_answers_for_each_subject_alone(service: Service, alice: str) -> None:
    """One subject's objection denies them and no one else; each outcome has its record."""
    bob = service.register(BOB, browser="bob").subject_id
    _add_fact(service, bob, FactKind.OBJECTION, {"purposes": ["notify"]})
    before = service.counts()["record"]
    answers = service.ctx.door.read_many(
        actor=MAILER, subject_ids=(alice, bob, "nobody"), items=("email",), purpose="notify"
    )
    assert service.counts()["record"] == before + 2
    assert isinstance(answers[alice], Opened)
    assert isinstance(answers[bob], DeniedError)
    assert isinstance(answers["nobody"], DeniedError)
    assert _records(service, bob)[0]["outcome"] == "deny"


@pytest.mark.parametrize("field", [IndexField.EMAIL, IndexField.PHONE])
def test_a_look_up_gives_a_handle_of_one_form_and_one_record(service: Service, alice: str, field: IndexField) -> None:
    """Known or not: the same form, one record, one link; only what is read with it tells the difference."""
    door = service.ctx.door
    known_value, unknown_value = {
        IndexField.EMAIL: ("ALICE@Shop.example", "nobody@shop.example"),
        IndexField.PHONE: ("0912 345 678", "0987 654 321"),
    }[field]
    before = service.counts()
    unknown = door.look_up(field=field, value=unknown_value, actor="staff:support")
    between = service.counts()
    known = door.look_up(field=field, value=known_value, actor="staff:support")
    after = service.counts()
    assert {name: between[name] - before[name] for name in before} == {
        name: after[name] - between[name] for name in after
    }
    assert known.id == alice
    assert len(unknown.id) == len(known.id)
    with pytest.raises(DeniedError):
        door.read(actor="staff:support", subject_id=unknown.id, items=("name",), purpose="provide")


def test_a_look_up_records_the_policys_own_item(tmp_path: Path) -> None:
    """The record names the item that the policy calls so, not our word for its kind; none where it asks for none."""
    clinic = Path(__file__).parents[3] / "conformance" / "policies" / "clinic"
    with running_service(tmp_path, policy=clinic, clock=HeldClock()) as runtime:
        ctx = runtime.context

        def looked_up(field: IndexField, value: str) -> list[str]:
            before = ctx.store.read(lambda unit: unit.records.count_unsequenced())
            ctx.door.look_up(field=field, value=value, actor="staff:support")
            row = ctx.store.read(lambda unit: unit.records.get(before + 1))
            assert row is not None
            items: list[str] = json.loads(row.facts)["items"]
            return items

        assert looked_up(IndexField.EMAIL, ALICE["email"]) == ["patient.email"]
        assert looked_up(IndexField.PHONE, ALICE["phone"]) == []


def test_a_phone_that_two_customers_gave_finds_neither(service: Service, alice: str) -> None:
    """A number is no proof of who someone is: shared, it names no one."""
    bob = service.register(BOB | {"phone": ALICE["phone"]}, browser="bob").subject_id
    handle = service.ctx.door.look_up(field=IndexField.PHONE, value=ALICE["phone"], actor="staff:support")
    assert handle.id not in {alice, bob}


def test_once_the_key_is_destroyed_nothing_opens(service: Service, alice: str) -> None:
    """Whatever was read before, in the cache or not: a dead key leaves no value and no opening."""
    _read(service, alice, "email")
    service.ctx.keys.destroy_subject_key(alice, KeyKind.LIVE, at=service.clock.now())
    assert _read(service, alice, "email").values["email"] == ()
    with pytest.raises(VaultError):
        service.ctx.door.open_records(subject_id=alice, rows=_own_rows(service, alice)[1:])


def test_another_process_publishing_a_version_counts_at_once(open_service: OpenService) -> None:
    """The gate reads which versions are in force in the transaction of the effect."""
    from camket.adapters.policy_files import read_policy_folder  # noqa: PLC0415 - here alone
    from camket.services.policies import publish_policy  # noqa: PLC0415 - here alone
    from camket.testing.service import DEFAULT_POLICY  # noqa: PLC0415 - here alone

    first, second = open_service(), open_service()
    alice = first.register(ALICE).subject_id
    assert _read(first, alice, "email").first("email")
    files = dict(read_policy_folder(DEFAULT_POLICY))
    files["policy.yaml"] = _without_use(files["policy.yaml"].decode(), "notify", "email").encode()
    publish_policy(second.ctx, files)
    with pytest.raises(DeniedError):
        _read(first, alice, "email")


def _without_use(declarations: str, purpose: str, item: str) -> str:
    head, _, rest = declarations.partition(f"\n  {purpose}:\n")
    return head + f"\n  {purpose}:\n" + rest.replace(f"      - {item}\n", "", 1)


def test_facts_of_records_are_canonical_and_name_no_one(service: Service, alice: str) -> None:
    """Each record's facts read back as the ledger's own form, and hold neither a value nor a handle."""
    _read(service, alice, "email")
    for row in _own_rows(service, alice):
        facts = Facts.from_value(json.loads(row.facts), "facts")
        assert facts.canonical_bytes() == row.facts
        assert alice.encode() not in row.facts
        assert facts.action in set(LedgerAction)


def _imports(source: str) -> set[str]:
    return {node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}


def test_only_the_door_opens_or_seals() -> None:
    """No module outside the core, the adapters and the door imports what seals and opens values."""
    doors = {"access_core.py", "access_records.py", "access_rights.py", "access_secrets.py", "access_values.py"}
    sealing = {"camket.core.vault.envelope", "camket.core.vault.box"}
    guilty = [
        str(file)
        for file in source_files()
        if not {"core", "adapters"} & set(file.relative_to(SOURCE).parts)
        and file.name not in doors
        and sealing & _imports(file.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_outcomes_of_the_gate_and_of_the_ledger_are_the_same_words() -> None:
    """A record says of a question what the gate said."""
    from camket.services.access_core import OUTCOMES  # noqa: PLC0415 - here alone

    assert {outcome.value: said.value for outcome, said in OUTCOMES.items()} == {
        one.value: one.value for one in Outcome
    }


def test_the_vault_takes_in_no_holding(service: Service, alice: str) -> None:
    """What the policy has an app keep in its own tables is refused at the door, and nothing is on record."""
    before = service.ctx.store.read(lambda unit: unit.records.of_subject(alice, limit=10))
    with pytest.raises(InvalidValueError, match=r"`shop\.catalogue` is a holding"):
        service.ctx.door.collect(
            actor="service:shop",
            subject_id=alice,
            values={"shop.catalogue": "72 kinds of tea"},
            service="shop",
            source=Source.PROVIDED,
        )
    assert service.ctx.store.read(lambda unit: unit.records.of_subject(alice, limit=10)) == before
