"""Values that nothing requires go one by one, after proof; what a law holds of them stays under `hold`."""

from pathlib import Path

import pytest

from camket.core.errors import ConflictError, NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.terms import Source
from camket.core.vault.keyring import KeyKind
from camket.services.calendar import day_of
from camket.services.centre import HeldView, my_data
from camket.services.correction import finish_correction, start_correction
from camket.services.removal import finish_removal, start_removal
from camket.services.uses import use_of
from camket.testing.service import DEFAULT_POLICY
from tests.journeys import Customer, Service, register, service_in

NOTE = "Máy in không nhận tem 40 mm."


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def give(service: Service, customer: Customer, **values: str) -> None:
    """Have the customer give values to a service; a name is written with `_` for its dot."""
    for name, value in values.items():
        item = name.replace("_", ".", 1)
        service.ctx.door.collect(
            actor="subject",
            subject_id=customer.subject_id,
            values={item: value},
            service=item.partition(".")[0],
            source=Source.PROVIDED,
        )


def held(service: Service, customer: Customer, item: str) -> list[HeldView]:
    """Return what the privacy centre shows of an item, newest first."""
    groups = my_data(service.ctx, customer.session).groups
    return [value for group in groups for value in group.held if value.item == item]


def test_a_value_goes_after_proof(journey: Service, alice: Customer) -> None:
    """Nothing goes before the proof; then this value goes and its like stay, on record and told by mail."""
    give(journey, alice, support_message=NOTE)
    journey.clock.advance(days=1)
    give(journey, alice, support_message="Máy in đã chạy.")
    newest, older = held(journey, alice, "support.message")
    assert newest.removable
    request = start_removal(journey.ctx, alice.session, row_id=older.row_id)
    assert len(held(journey, alice, "support.message")) == 2
    identity = alice.prove(request.id)
    journey.clock.advance(seconds=1)
    finish_removal(journey.ctx, identity)
    assert [value.row_id for value in held(journey, alice, "support.message")] == [newest.row_id]
    rows = journey.ctx.store.read(lambda unit: unit.records.of_subject(alice.subject_id, limit=50))
    assert [use.items for use in map(use_of, rows) if use.action is LedgerAction.ERASE] == [("support.message",)]
    journey.work()
    mail = journey.last_mail(alice.email)
    assert "Tin nhắn hỗ trợ" in mail.text
    assert "40 mm" not in mail.text
    assert "đã được xóa" in mail.subject
    assert "luật" not in mail.text


def test_it_goes_once(journey: Service, alice: Customer) -> None:
    """Asked for twice it is one request, and what was carried out deletes nothing more."""
    give(journey, alice, shop_name="Tạp hóa Alice")
    (value,) = held(journey, alice, "shop.name")
    first = start_removal(journey.ctx, alice.session, row_id=value.row_id)
    assert start_removal(journey.ctx, alice.session, row_id=value.row_id).id == first.id
    identity = alice.prove(first.id)
    finish_removal(journey.ctx, identity)
    with pytest.raises(ConflictError):
        finish_removal(journey.ctx, identity)
    with pytest.raises(NotFoundError):
        start_removal(journey.ctx, alice.session, row_id=value.row_id)


@pytest.mark.parametrize("item", ["name", "phone", "email", "signin.time", "service.use", "device.model"])
def test_what_is_required_or_observed_does_not_go_alone(journey: Service, alice: Customer, item: str) -> None:
    """What the account cannot do without, and what one did not give, is not deleted one by one."""
    rows = journey.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, (item,)))
    assert rows
    for row in rows:
        with pytest.raises(NotFoundError):
            start_removal(journey.ctx, alice.session, row_id=row.id)
    assert not [value for value in held(journey, alice, item) if value.removable]


def test_a_value_is_its_subjects_alone(journey: Service, alice: Customer) -> None:
    """Another subject cannot ask for it, and finds it no more than one that never was."""
    give(journey, alice, shop_name="Tạp hóa Alice")
    (value,) = held(journey, alice, "shop.name")
    bob = register(journey, "Bob Trần", email="bob@shop.example", phone="0987654321")
    messages = set()
    for row_id in (value.row_id, "nothing"):
        with pytest.raises(NotFoundError) as caught:
            start_removal(journey.ctx, bob.session, row_id=row_id)
        messages.add(str(caught.value))
    assert len(messages) == 1


def test_the_two_kinds_of_request_are_not_mixed_up(journey: Service, alice: Customer) -> None:
    """A request to delete corrects nothing, and one to correct deletes nothing."""
    give(journey, alice, shop_name="Tạp hóa Alice")
    (value,) = held(journey, alice, "shop.name")
    removal = alice.prove(start_removal(journey.ctx, alice.session, row_id=value.row_id).id)
    with pytest.raises(NotFoundError):
        finish_correction(journey.ctx, removal)
    correction = alice.prove(start_correction(journey.ctx, alice.session, item="phone", typed="0987654321").id)
    with pytest.raises(NotFoundError):
        finish_removal(journey.ctx, correction)
    assert [one.shown for one in held(journey, alice, "shop.name")] == ["Tạp hóa Alice"]
    assert [one.shown for one in held(journey, alice, "phone")] == ["091 234 56 78"]


def test_what_a_law_holds_goes_under_hold(tmp_path: Path) -> None:
    """A value with a legal minimum is kept for the law alone, with its article and date, and is not deleted again."""
    policy = tmp_path / "policy"
    policy.mkdir()
    for file in DEFAULT_POLICY.iterdir():
        (policy / file.name).write_bytes(file.read_bytes())
    text = (policy / "policy.yaml").read_text(encoding="utf-8")
    before, after = text.split("  shop.tax_code:\n", 1)
    text = f"{before}  shop.tax_code:\n{after.replace('keep: account', 'keep: login', 1)}"
    (policy / "policy.yaml").write_text(text, encoding="utf-8")
    with service_in(tmp_path / "data", policy=policy) as service:
        alice = register(service)
        service.work()
        give(service, alice, shop_tax_code="0300000000")
        (value,) = held(service, alice, "shop.tax_code")
        request = start_removal(service.ctx, alice.session, row_id=value.row_id)
        proof = alice.prove(request.id)
        service.work()
        finish_removal(service.ctx, proof)
        (kept,) = held(service, alice, "shop.tax_code")
        assert kept.article == "Nghị định 333/2026/NĐ-CP"
        assert kept.kept_until is not None
        assert not kept.removable
        rows = service.ctx.store.read(lambda unit: unit.values.of_subject(alice.subject_id, ("shop.tax_code",)))
        assert [row.key_kind for row in rows] == [KeyKind.HOLD]
        service.work()
        mail = service.last_mail(alice.email)
        for said in ("chưa bị xóa hẳn", kept.article, f"{day_of(kept.kept_until):%d/%m/%Y}"):
            assert said in mail.text
        assert "đã được xóa" not in mail.subject + mail.text
        with pytest.raises(NotFoundError):
            start_removal(service.ctx, alice.session, row_id=value.row_id)
