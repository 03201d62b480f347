"""What an app that lives on camket does with its customers' data, beside putting and getting it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.client.guest import Camket, ExportedItem, Guest
from camket.core.errors import ConflictError, DeniedError, InvalidValueError, NotFoundError
from camket.core.ledger.canonical import parse_json
from camket.core.terms import Language, Source
from camket.rows import FactKind, FactRow
from camket.services.policies import publish_policy
from camket.testing.doubles import HeldClock
from camket.testing.service import DEFAULT_POLICY, register, running_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.bootstrap import Runtime
    from camket.rows import HeldValueRow


@pytest.fixture
def clock() -> HeldClock:
    """Return the service's clock."""
    return HeldClock()


@pytest.fixture
def service(tmp_path: Path, clock: HeldClock) -> Iterator[Runtime]:
    """Return a running service."""
    with running_service(tmp_path, clock=clock) as runtime:
        yield runtime


@pytest.fixture
def shop(service: Runtime) -> Camket:
    """Return camket as the shop app has it."""
    return Camket(service.context, "shop")


@pytest.fixture
def alice(service: Runtime) -> str:
    """Return the subject id of a customer."""
    return register(service, 1)


@pytest.fixture
def bob(service: Runtime) -> str:
    """Return the subject id of another customer."""
    return register(service, 2, name="Bob")


def names(shop: Camket, subject_id: str) -> list[str]:
    """Return the shop names that are held of a customer."""
    return [value.text for value in shop.get(subject_id, ("shop.name",), purpose="provide")["shop.name"]]


def rows_of(service: Runtime, subject_id: str, item: str) -> tuple[HeldValueRow, ...]:
    """Return the rows of an item of a customer."""
    return service.context.store.read(lambda unit: unit.values.of_subject(subject_id, (item,)))


def newest_record(service: Runtime, subject_id: str) -> dict[str, object]:
    """Return the facts of the newest record about a customer."""
    row = service.context.store.read(lambda unit: unit.records.of_subject(subject_id, limit=1))[0]
    facts = parse_json(row.facts, "the record")
    assert isinstance(facts, dict)
    return dict(facts)


def publish(service: Runtime, clock: HeldClock, *, days: int, old: bytes, new: bytes) -> None:
    """Publish the default policy, changed in one place, for a day to come."""
    files = dict(read_policy_folder(DEFAULT_POLICY))
    assert old in files["policy.yaml"]
    files["policy.yaml"] = files["policy.yaml"].replace(old, new)
    publish_policy(service.context, files, effective_at=clock.now() + timedelta(days=days))


def test_a_value_that_replaces_stands_alone(shop: Camket, service: Runtime, alice: str) -> None:
    """What was given before goes, however it was put; twice is once; another item stays."""
    shop.put(alice, {"shop.name": "Quán cũ", "shop.address": "1 Lê Lợi"})
    shop.put(alice, {"shop.name": "Quán cũ hơn"})
    first = shop.put(alice, {"shop.name": "Quán Alice"}, replace=True)
    again = shop.put(alice, {"shop.name": "Quán Alice"}, replace=True)
    assert first == again
    assert names(shop, alice) == ["Quán Alice"]
    assert len(rows_of(service, alice, "shop.address")) == 1


def test_replacing_touches_no_one_elses_value(shop: Camket, alice: str, bob: str) -> None:
    """Bob's shop keeps its name."""
    shop.put(bob, {"shop.name": "Quán Bob"}, replace=True)
    shop.put(alice, {"shop.name": "Quán Alice"}, replace=True)
    assert names(shop, bob) == ["Quán Bob"]


def test_a_replacement_that_the_gate_refuses_leaves_the_old_value(shop: Camket, service: Runtime, alice: str) -> None:
    """For an account that is erased nothing goes in and nothing goes out."""
    shop.put(alice, {"shop.name": "Quán Alice"}, replace=True)
    service.context.store.write(lambda unit: unit.subjects.erase(alice, at=service.context.clock.now()))
    with pytest.raises(DeniedError):
        shop.put(alice, {"shop.name": "Quán khác"}, replace=True)
    assert len(rows_of(service, alice, "shop.name")) == 1


def test_chosen_rows_come_alone_and_as_one_use(shop: Camket, service: Runtime, alice: str) -> None:
    """One of three values, one record; an id twice is one value; no id is none."""
    ids = [shop.put(alice, {"shop.name": name})["shop.name"] for name in ("A", "B", "C")]
    before = service.context.store.read(lambda unit: unit.records.count_unsequenced())
    for wanted, found in (((ids[1],), ["B"]), ((ids[2], ids[0], ids[0]), ["A", "C"]), ((), [])):
        held = shop.get(alice, ("shop.name",), purpose="provide", rows=wanted)["shop.name"]
        assert sorted(value.text for value in held) == found
    assert service.context.store.read(lambda unit: unit.records.count_unsequenced()) == before + 3


def test_a_row_of_an_item_that_was_not_asked_for_is_none(shop: Camket, alice: str) -> None:
    """An id opens nothing by itself: the item must be named and permitted."""
    row = shop.put(alice, {"shop.address": "1 Lê Lợi"})["shop.address"]
    assert shop.get(alice, ("shop.name",), purpose="provide", rows=(row,)) == {"shop.name": ()}


def test_what_an_app_removes_is_gone_and_on_record(shop: Camket, service: Runtime, alice: str) -> None:
    """Under the app's name; what is gone already is passed over."""
    row = shop.put(alice, {"shop.name": "Quán Alice"})["shop.name"]
    shop.remove(alice, (row,))
    shop.remove(alice, (row,))
    assert rows_of(service, alice, "shop.name") == ()
    facts = newest_record(service, alice)
    assert (facts["actor"], facts["action"], facts["items"]) == ("service:shop", "erase", ["shop.name"])


def test_an_app_removes_nothing_of_someone_else_or_of_another_service(
    shop: Camket, service: Runtime, alice: str, bob: str
) -> None:
    """Neither by another's id, nor a value of the account; and then its own stays too."""
    own = shop.put(alice, {"shop.name": "Quán Alice"})["shop.name"]
    (phone,) = rows_of(service, alice, "phone")
    for subject_id, row in ((bob, own), (alice, phone.id)):
        with pytest.raises(NotFoundError):
            shop.remove(subject_id, (own, row))
    assert rows_of(service, alice, "phone") == (phone,)
    assert names(shop, alice) == ["Quán Alice"]


def test_a_revision_changes_with_what_is_held(shop: Camket, service: Runtime, alice: str, bob: str) -> None:
    """Each put, replacement and removal of the items gives another word, nothing else does, and none is on record."""
    items = ("shop.name", "shop.address")
    words = [shop.revision(alice, items)]
    for value in ("Quán", "Quán mới"):
        shop.put(alice, {"shop.name": value}, replace=True)
        words.append(shop.revision(alice, items))
    row = shop.put(alice, {"shop.address": "Hà Nội"})["shop.address"]
    words.append(shop.revision(alice, items))
    assert words[0] == shop.revision(bob, items) == ""
    assert len(set(words)) == 4
    shop.put(alice, {"shop.tax_code": "0123456789"})
    shop.put(bob, {"shop.name": "Quán của Bob"})
    before = len(service.context.store.read(lambda unit: unit.records.of_subject(alice, limit=99)))
    assert shop.revision(alice, items) == words[-1]
    assert len(service.context.store.read(lambda unit: unit.records.of_subject(alice, limit=99))) == before
    shop.remove(alice, [row])
    assert shop.revision(alice, items) == words[2]


def test_an_app_learns_nothing_of_items_that_are_not_its_own(shop: Camket, alice: str) -> None:
    """Not even whether they changed."""
    with pytest.raises(InvalidValueError, match="`email` is no item of the service `shop`"):
        shop.revision(alice, ("email",))


def test_using_a_service_is_kept_once_a_day(shop: Camket, service: Runtime, clock: HeldClock, alice: str) -> None:
    """One value for the service, of the last day; what another process of the same day notes is no second record."""
    for _ in range(3):
        shop.used(alice)
    Camket(service.context, "shop").used(alice)
    (row,) = [row for row in rows_of(service, alice, "service.use") if row.service == "shop"]
    records = service.context.store.read(lambda unit: unit.records.count_unsequenced())
    clock.advance(days=1)
    shop.used(alice)
    (later,) = [row for row in rows_of(service, alice, "service.use") if row.service == "shop"]
    assert (later.id, later.source) == (row.id, Source.OBSERVED)
    assert later.collected_at - row.collected_at == timedelta(days=1)
    assert service.context.store.read(lambda unit: unit.records.count_unsequenced()) == records + 1


def test_who_objects_is_not_noted_and_goes_on(shop: Camket, service: Runtime, clock: HeldClock, alice: str) -> None:
    """The refusal is on record once a day, and nothing is raised at the app."""
    fact = FactRow(
        id="f", subject_id=alice, kind=FactKind.OBJECTION, body={"purposes": "all"}, at=clock.now(), withdrawn_at=None
    )
    service.context.store.write(lambda unit: unit.facts.add(fact))
    shop.used(alice)
    shop.used(alice)
    assert [row.service for row in rows_of(service, alice, "service.use")] == ["account"]
    assert newest_record(service, alice)["outcome"] == "deny"
    shop.used("nobody")


def test_an_app_says_why_in_the_policys_words(shop: Camket) -> None:
    """Label and reason in both languages; an undeclared item has none."""
    words = shop.item("shop.tax_code")
    assert words.label == {"vi": "Mã số thuế", "en": "Tax code"}
    assert set(words.why) == {"vi", "en"}
    with pytest.raises(NotFoundError, match=r"did you mean `shop\.tax_code`"):
        shop.item("shop.taxcode")


def test_a_version_to_come_is_told_of_where_the_policy_has_a_banner(
    shop: Camket, service: Runtime, clock: HeldClock, alice: str
) -> None:
    """In the reader's language until it is read; a service without a banner and a stranger get none."""
    assert shop.notices(alice, Language.VI) == ()
    publish(service, clock, days=40, old=b"maximum: 400 days", new=b"maximum: 390 days")
    (notice,) = shop.notices(alice, Language.VI)
    assert notice.title == "Chính sách dữ liệu sẽ thay đổi từ ngày 01/01/2027"
    assert notice.text.startswith("Phiên bản 2 ")
    assert (notice.link, notice.seen_path) == ("/policy/compare?from=1&to=2", "/me/notices/2/seen")
    assert (notice.since, notice.takes_effect_at) == (clock.now(), clock.now() + timedelta(days=40))
    (english,) = shop.notices(alice, Language.EN)
    assert english.title == "The privacy policy changes on 01/01/2027"
    assert Camket(service.context, "support").notices(alice, Language.VI) == ()
    assert shop.notices("nobody", Language.VI) == ()
    clock.advance(days=41)
    (in_force,) = shop.notices(alice, Language.VI)
    assert in_force.title == "Chính sách dữ liệu đã thay đổi từ ngày 01/01/2027"
    shop.notice_read(alice, in_force.number)
    assert shop.notices(alice, Language.VI) == ()


def test_a_banner_ends_after_a_year(shop: Camket, service: Runtime, clock: HeldClock, alice: str) -> None:
    """Who never read it is not followed by it for ever."""
    publish(service, clock, days=40, old=b"maximum: 400 days", new=b"maximum: 390 days")
    clock.advance(days=40 + 364)
    assert len(shop.notices(alice, Language.VI)) == 1
    clock.advance(days=1)
    assert shop.notices(alice, Language.VI) == ()


def test_a_version_that_means_the_same_is_no_news(shop: Camket, service: Runtime, clock: HeldClock, alice: str) -> None:
    """A changed comment is posted like every change, and is no banner."""
    publish(service, clock, days=40, old=b"# the format of this file", new=b"# this file's format")
    assert shop.notices(alice, Language.VI) == ()


def test_a_sign_in_leads_back_to_a_page_without_its_query() -> None:
    """What was typed into a query is not carried through addresses."""
    assert Camket.sign_in_path("/quay/products?q=Alice") == "/sign-in?next=%2Fquay%2Fproducts"


def test_a_hook_is_said_once(service: Runtime, tmp_path: Path) -> None:
    """A second one would silently take the place of the first."""
    guest = Guest(service.context, prefix="/quay", data=tmp_path, origin="http://localhost:8000", https=False)
    guest.on_close(lambda: None)
    with pytest.raises(ConflictError, match="`on_close` was said before"):
        guest.on_close(lambda: None)


def test_a_guest_without_hooks_holds_nothing(service: Runtime, tmp_path: Path) -> None:
    """It answers for every subject, and erasing is done at once."""
    guest = Guest(service.context, prefix="/quay", data=tmp_path, origin="http://localhost:8000", https=False)
    holder = guest.holder
    holder.erase("nobody")
    assert (holder.name, holder.count("nobody"), holder.export("nobody")) == ("quay", {}, ())


def test_what_is_given_is_counted_where_nothing_counts(service: Runtime, tmp_path: Path) -> None:
    """Each file says how many of its item it has; two files of one name are refused."""
    guest = Guest(service.context, prefix="/quay", data=tmp_path, origin="http://localhost:8000", https=False)
    given = [exported("a.json", 2), exported("b.json", 3)]
    guest.on_export(lambda _subject_id: given)
    guest.on_erase(lambda _subject_id: None)
    assert guest.holder.count("alice") == {"shop.sales": 5}
    given[1] = exported("a.json", 3)
    with pytest.raises(Exception, match="gives two files of one name"):
        guest.holder.export("alice")


def exported(file_name: str, count: int) -> ExportedItem:
    """Return a file of a copy."""
    return ExportedItem(
        item="shop.sales", file_name=file_name, media_type="application/json", content=b"{}", count=count
    )


@pytest.mark.parametrize("name", ["", "../x.json", "a/b.json", "Sales.json", "sales", ".json", "a.json\n"])
def test_a_file_of_a_copy_has_a_plain_name(name: str) -> None:
    """No folder, no capital, no line end: it is unpacked on anyone's machine."""
    with pytest.raises(InvalidValueError):
        exported(name, 1)
