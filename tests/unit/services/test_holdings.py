"""What an app holds in its own tables is shown, copied and erased with everything else, and never passed over."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from camket.client.loading import close_apps, load_apps
from camket.core.errors import ConflictError, HolderError, NotFoundError
from camket.core.ledger.certificate import Certificate, verify_certificate
from camket.core.ledger.entry import LedgerAction
from camket.core.rights.exported import ExportedItem
from camket.core.terms import Language
from camket.core.vault.keyring import KeyKind
from camket.jobs.engine import FIRST_RETRY
from camket.services.centre import MyData, my_data
from camket.services.certificates import CertificateFetch, certificate_status
from camket.services.copy_tables import render_holdings
from camket.services.erasure import LONGEST_REQUEST, accept_erasure, start_erasure
from camket.services.erasure_preview import preview_erasure
from camket.services.registration import start_registration
from camket.services.requests import find_request
from camket.services.retention import erase_unconfirmed
from camket.services.sequencing import tile_reader
from camket.services.uses import uses
from tests.copies import fetch, make, proven, take
from tests.guest import APPS, ERASURES, REFUSES, Book
from tests.journeys import Customer, Service, register, service_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LATER = timedelta(hours=2).total_seconds()


@dataclass
class Hosted:
    """A service with the test's guest, alice signed in, and her book."""

    service: Service
    alice: Customer
    book: Book

    @property
    def folder(self) -> Path:
        """The guest's own folder."""
        return self.book.folder

    def erasures(self) -> list[str]:
        """Return whose book was erased, one for each finished call."""
        file = self.folder / ERASURES
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    def refuse(self) -> None:
        """Have every hook of the guest raise."""
        (self.folder / REFUSES).touch()

    def answer(self) -> None:
        """Have the guest answer again."""
        (self.folder / REFUSES).unlink()


@contextmanager
def hosted_in(folder: Path) -> Iterator[Hosted]:
    """Start a service with the guest, and register alice."""
    with service_in(folder, apps=APPS) as service:
        apps = load_apps(service.runtime)
        alice = register(service)
        service.work()
        yield Hosted(service, alice, Book(service.runtime.settings.apps_folder / "book"))
        close_apps(apps)


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Hosted]:
    """Return a service with the guest, in which alice's book has three lines."""
    with hosted_in(tmp_path) as hosted:
        for line in ("trà đá 3.000", "cà phê 25.000", "bánh mì 20.000"):
            hosted.book.add(hosted.alice.subject_id, line)
        yield hosted


def seen(hosted: Hosted) -> MyData:
    """Return what alice sees."""
    return my_data(hosted.service.ctx, hosted.alice.session)


def files_of(hosted: Hosted) -> dict[str, bytes]:
    """Return the files of a copy for alice."""
    return take(hosted.service, hosted.alice).files


# The page.


def test_the_page_says_how_many_and_why(hosted: Hosted) -> None:
    """Each item that the app holds stands with its number, reason, purposes and limit, under the app's own name."""
    (holder,) = seen(hosted).holders
    assert (holder.name, holder.label[Language.VI], holder.answers) == ("book", "Sổ tay", True)
    (held,) = holder.held
    assert (held.item, held.count) == ("shop.sales", 3)
    assert held.label[Language.VI] == "Sổ bán hàng"
    assert [purpose[Language.EN] for purpose in held.purposes] == ["Provide the services"]
    assert held.kept_because[Language.EN].startswith("The account cannot work")


def test_what_apps_hold_is_counted_with_the_rest(hosted: Hosted) -> None:
    """The number of values held counts the app's too."""
    stored = hosted.service.ctx.store.read(lambda unit: unit.values.of_subject(hosted.alice.subject_id))
    assert seen(hosted).counts.held == len(stored) + 3


def test_an_app_that_holds_nothing_is_not_shown(hosted: Hosted) -> None:
    """Bob never wrote a line: his page has no section for the app."""
    bob = register(hosted.service, "Bob Trần", email="bob@mail.example", phone="0987654321")
    assert my_data(hosted.service.ctx, bob.session).holders == ()


def test_an_app_that_cannot_answer_is_shown_as_such(hosted: Hosted) -> None:
    """The page stands, everything else is on it, and the app's section says that it does not know right now."""
    hosted.refuse()
    data = seen(hosted)
    (holder,) = data.holders
    assert (holder.name, holder.answers, holder.held) == ("book", False, ())
    assert data.groups


def test_a_guest_that_is_not_loaded_is_never_taken_for_an_empty_one(tmp_path: Path) -> None:
    """A process without the app answers neither page nor copy nor deletion in its place."""
    with service_in(tmp_path, apps=APPS) as service:
        alice = register(service)
        identity = proven(service, alice)
        erasure = alice.prove(start_erasure(service.ctx, alice.session).id)
        for ask in (
            lambda: my_data(service.ctx, alice.session),
            lambda: preview_erasure(service.ctx, alice.session),
            lambda: accept_erasure(service.ctx, erasure, accepted="0" * 64),
        ):
            with pytest.raises(HolderError, match="not loaded"):
                ask()
        with pytest.raises(NotFoundError):
            make(service, identity)
        request = find_request(service.ctx, subject_id=alice.subject_id, request_id=identity.request_id)
        assert request.failing == "holder:book=unreachable"


# The copy.


def test_the_copy_has_the_apps_files(hosted: Hosted) -> None:
    """The file lies in the app's folder, and `data.json` says what it is, why it is held and how many there are."""
    files = files_of(hosted)
    assert files["apps/book/book.txt"].decode() == "trà đá 3.000\ncà phê 25.000\nbánh mì 20.000"
    (held,) = json.loads(files["data.json"])["holdings"]
    assert (held["app"], held["item"], held["count"], held["file"]) == ("book", "shop.sales", 3, "apps/book/book.txt")
    assert (held["dpv"], held["purposes"], held["kept_until"]) == ("pd:Sale", ["provide"], None)
    page = files["du-lieu-cua-toi.html"].decode()
    assert "Trong ứng dụng Sổ tay: Sổ bán hàng · 3 mục" in page
    assert "apps/book/book.txt" in page


def test_that_an_app_gave_what_it_holds_is_on_record(hosted: Hosted) -> None:
    """The copy's own entries name the item that no vault holds, with the purpose and the number of the request."""
    files_of(hosted)
    listed = [use for row in uses(hosted.service.ctx, hosted.alice.session).uses for use in row.uses]
    assert ("subject", LedgerAction.USE, ("shop.sales",), "rights") in {
        (use.who, use.action, use.items, use.purpose) for use in listed
    }


def test_no_copy_is_made_without_the_app(hosted: Hosted) -> None:
    """Where the app fails there is no copy that leaves it out; once it answers, the same proof gives a whole one."""
    identity = proven(hosted.service, hosted.alice)
    hosted.refuse()
    with pytest.raises(NotFoundError):
        make(hosted.service, identity)
    hosted.answer()
    hosted.service.clock.advance(seconds=FIRST_RETRY.total_seconds())
    hosted.service.work()
    assert "apps/book/book.txt" in fetch(hosted.service, identity).files


# Tables.


def shown_as(content: object, **labels: dict[str, str]) -> str:
    """Return the page's tables of what an app gave, as rows of cells."""
    exported = ExportedItem(
        item="shop.sales",
        file_name="sales.json",
        media_type="application/json",
        content=json.dumps(content).encode(),
        count=1,
        labels=labels,
    )
    words = {"vi": "Sổ", "en": "Book"}
    holding: dict[str, Any] = {
        "app_label": words,
        "label": words,
        "why": words,
        "kept_because": words,
        "count": 1,
        "file": "apps/quay/sales.json",
        "media_type": exported.media_type,
        "labels": exported.labels,
    }

    def table(heads: Any, rows: Any, _none: str) -> str:  # noqa: ANN401 - as the page makes it
        return repr([tuple(heads), *rows])

    files = {"apps/quay/sales.json": exported.content}
    return render_holdings({"holdings": [holding]}, files, Language.VI, table=table)


def test_a_list_of_records_is_a_table() -> None:
    """Every field is a column where none has a label; numbers, instants, yes and nothing are said for people."""
    records = [{"name": "Trà", "price": 1250000, "at": "2026-11-22T02:12:00.000Z", "gone": True, "code": None}]
    page = shown_as({"products": records, "revision": 7})
    assert "('name', 'price', 'at', 'gone', 'code')" in page
    assert "('Trà', '1\\xa0250\\xa0000', '22/11/2026 09:12', 'có', '')" in page


def test_only_labelled_fields_are_shown_where_there_are_labels() -> None:
    """What only programs need stays out of the page for people; the columns stand in the labels' order."""
    records = [
        {"id": "01", "total": 28000, "lines": [{"name": "Trà", "amount": 3000}, {"name": "Bánh", "amount": 25000}]}
    ]
    labels = {
        "lines": {"vi": "Món", "en": "Lines"},
        "name": {"vi": "tên", "en": "name"},
        "amount": {"vi": "tiền", "en": "amount"},
        "total": {"vi": "Tổng", "en": "Total"},
    }
    page = shown_as(records, **labels)
    assert "('Món', 'Tổng')" in page
    assert "('tên: Trà, tiền: 3\\xa0000<br>tên: Bánh, tiền: 25\\xa0000', '28\\xa0000')" in page
    assert "01" not in page


def test_nothing_in_an_apps_file_breaks_out_of_its_place() -> None:
    """Names, values and labels stand as text, whatever they look like."""
    page = shown_as([{"<b>": "<script>alert(1)</script>", "x": ["<i>", {"<u>": "&"}]}])
    for tag in ("<script", "<i>", "<u>"):
        assert tag not in page


@pytest.mark.parametrize("content", [{"a": 1}, [], [1, 2], "text", None, {"a": [1], "b": []}])
def test_what_is_no_table_is_named_as_a_file(content: object) -> None:
    """Content without a list of records is not guessed at: the page says where it is."""
    assert "Nội dung nằm trong tệp apps/quay/sales.json." in shown_as(content)


# The deletion.


def test_the_preview_names_what_apps_hold(hosted: Hosted) -> None:
    """What the app holds stands among what goes, with its number, and nothing of it stays."""
    preview = preview_erasure(hosted.service.ctx, hosted.alice.session)
    (sales,) = [one for one in preview.goes if one.item == "shop.sales"]
    assert (sales.count, sales.in_apps) == (3, 3)
    assert "shop.sales" not in {one.item for one in preview.stays}


def test_a_preview_that_left_something_out_is_not_accepted(tmp_path: Path) -> None:
    """Who was shown a deletion without the app's book, and then wrote in it, is asked to look again."""
    with hosted_in(tmp_path) as hosted:
        ctx, alice = hosted.service.ctx, hosted.alice
        shown = preview_erasure(ctx, alice.session).acceptance
        hosted.book.add(alice.subject_id, "trà đá")
        identity = alice.prove(start_erasure(ctx, alice.session).id)
        with pytest.raises(ConflictError):
            accept_erasure(ctx, identity, accepted=shown)
        accept_erasure(ctx, identity, accepted=preview_erasure(ctx, alice.session).acceptance)


def test_the_app_erases_and_the_certificate_counts_it(hosted: Hosted) -> None:
    """After the deletion the book is empty, and the certificate, which verifies, says how much went."""
    token = hosted.alice.accept_erasure()
    hosted.service.work()
    hosted.service.sequence()
    assert hosted.book.lines(hosted.alice.subject_id) == []
    view = certificate_status(hosted.service.ctx, token)
    assert view.state is CertificateFetch.READY
    assert view.data is not None
    assert {one.item: one.count for one in view.erased}["shop.sales"] == 3
    assert verify_certificate(Certificate.parse(view.data), tile_reader(hosted.service.ctx)).holds


def test_the_key_lives_until_the_app_has_erased(hosted: Hosted) -> None:
    """An app that fails is asked again; until it has done it the account is closed, and nothing says destroyed."""
    ctx, alice = hosted.service.ctx, hosted.alice
    token = alice.accept_erasure()
    hosted.refuse()
    hosted.service.work()
    hosted.service.sequence()
    assert ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is not None
    assert ctx.store.read(lambda unit: unit.sessions.of_subject(alice.subject_id)) == ()
    assert certificate_status(ctx, token).status == "recorded"
    for _ in range(30):
        hosted.service.clock.advance(seconds=LATER)
        hosted.service.work()
    assert hosted.book.lines(alice.subject_id) != []
    hosted.answer()
    hosted.service.clock.advance(seconds=LATER)
    hosted.service.work()
    assert hosted.book.lines(alice.subject_id) == []
    assert ctx.keys.subject_key(alice.subject_id, KeyKind.LIVE) is None


def test_what_a_late_request_wrote_goes_too(hosted: Hosted) -> None:
    """A line that a request under way wrote after the first erasure is gone a minute later."""
    hosted.alice.accept_erasure()
    hosted.service.work()
    assert hosted.erasures() == [hosted.alice.subject_id]
    hosted.book.add(hosted.alice.subject_id, "a late line")
    hosted.service.clock.advance(seconds=LONGEST_REQUEST.total_seconds())
    hosted.service.work()
    assert hosted.book.lines(hosted.alice.subject_id) == []
    hosted.service.clock.advance(seconds=LATER)
    hosted.service.work()
    assert hosted.erasures() == [hosted.alice.subject_id] * 2


def test_nobody_elses_book_is_touched(hosted: Hosted) -> None:
    """Alice's deletion leaves bob's lines as they are."""
    bob = register(hosted.service, "Bob Trần", email="bob@mail.example", phone="0987654321")
    hosted.book.add(bob.subject_id, "phở 50.000")
    hosted.alice.accept_erasure()
    hosted.service.work()
    assert hosted.book.lines(bob.subject_id) == ["phở 50.000"]


def test_a_registration_that_was_never_confirmed_is_erased_at_apps_too(hosted: Hosted) -> None:
    """Its erasure goes the same way, with no one who accepted it."""
    journey = hosted.service

    fields = {"name": "Bob Trần", "phone": "0987654321", "email": "bob@mail.example"}
    start_registration(journey.ctx, fields=fields, language=Language.VI, browser="b", address=None)
    journey.clock.advance(days=2)

    assert erase_unconfirmed(journey.ctx) == 1
    journey.work()
    assert len(hosted.erasures()) == 1
