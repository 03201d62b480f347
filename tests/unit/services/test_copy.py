"""The copy: complete, readable without anything, and checkable without us."""

import html
import re
from datetime import timedelta

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import NotFoundError, VerificationError
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.ledger.opening_set import OpeningSet, verify_any_openings
from camket.core.ledger.opening_values import handle_of
from camket.core.terms import Language
from camket.services.consents import withdraw
from camket.services.copy_page import _DONE
from camket.services.correction import start_correction
from camket.services.policies import publish_policy
from camket.services.sequencing import tile_reader
from camket.testing.service import DEFAULT_POLICY
from tests.copies import fetch, make, proven, take
from tests.journeys import Customer, Service, register
from tests.unit.services.consenting import ask, say


@pytest.fixture
def alice(journey: Service) -> Customer:
    """Return alice, signed in, with no mail under way."""
    customer = register(journey)
    journey.work()
    return customer


def test_everything_held_is_in_it(journey: Service, alice: Customer) -> None:
    """Each stored value is in `data.json` once, in the clear, with its reason, purposes, term and dates."""
    stored = journey.ctx.store.read(lambda unit: unit.values.items_of_subject(alice.subject_id))
    data = take(journey, alice).values
    assert (data["format"], data["format_version"]) == ("camket-copy", 2)
    assert {value["item"] for value in data["values"]} == set(stored)
    values = {value["item"]: value for value in data["values"]}
    assert values["email"]["value"] == "alice@shop.example"
    assert values["phone"]["value"] == "+84912345678"
    assert values["email"]["dpv"] == "pd:EmailAddress"
    assert "notify" in values["email"]["purposes"]
    assert values["signin.time"]["kept_until"] == "2028-11-21T09:00:00.000Z"
    assert data["subject"]["handle"] == alice.subject_id
    assert [session["began_at"] for session in data["sessions"]] == ["2026-11-22T09:00:00.000Z"]
    assert {use["who"] for use in data["uses"]} >= {"subject", "service:mailer", "service:account"}


def test_it_can_be_read_in_both_languages(journey: Service) -> None:
    """There is a page in each language, the reader's first; each has every value and runs no script."""
    files = take(journey, register(journey, language=Language.EN)).files
    pages = [name for name in files if name.endswith(".html")]
    assert pages == ["my-data.html", "du-lieu-cua-toi.html"]
    for name in pages:
        page = files[name].decode()
        for shown in ("Alice Nguyễn", "091 234 56 78", "alice@shop.example", "Redmi 12", "22/11/2026 16:00"):
            assert shown in page
        assert "default-src 'none'" in page
        assert not re.search(r"<script|<link|<iframe|\son\w+=|src=\"(?!pictures/)|url\(|@import", page)


def test_a_value_cannot_break_out_of_its_place(journey: Service) -> None:
    """What a customer typed stands on the page as text, whatever it looks like."""
    alice = register(journey, "Alice", email="alice+'&@shop.example")
    page = take(journey, alice).files["my-data.html"].decode()
    assert "alice+&#x27;&amp;@shop.example" in page


def test_the_openings_prove_themselves(journey: Service, alice: Customer) -> None:
    """The file of openings fits the published ledger, and opens every entry that the subject has so far."""
    copy = take(journey, alice)
    openings = OpeningSet.parse(copy.files["openings.json"])
    report = verify_any_openings(openings, tile_reader(journey.ctx))
    assert report.holds
    # The record of the copy itself has no place in the ledger yet.
    assert report.proven + report.awaiting == len(openings.openings)
    assert {handle_of(one.opening) for one in openings.openings} == {alice.subject_id}
    assert len(openings.openings) == len(copy.values["uses"])


def test_a_forged_opening_is_found(journey: Service, alice: Customer) -> None:
    """Another word in a record of the file does not fit the ledger any more."""
    raw = take(journey, alice).files["openings.json"].replace(b'"service:mailer"', b'"service:seller"', 1)
    assert not verify_any_openings(OpeningSet.parse(raw), tile_reader(journey.ctx)).holds


def test_the_name_of_the_file_tells_nothing(journey: Service, alice: Customer) -> None:
    """The file is called by its day, not by whose it is."""
    assert take(journey, alice).file_name == "camket-2026-11-22.zip"


def test_it_may_be_downloaded_again_while_the_proof_lasts(journey: Service, alice: Customer) -> None:
    """A download that broke off is begun again within a quarter of an hour, each time on record; later it is not."""
    identity = proven(journey, alice)
    first = make(journey, identity)
    assert fetch(journey, identity).data == first.data
    lines = journey.ctx.store.read(lambda unit: unit.requests.events(identity.request_id))
    assert [line.detail for line in lines[-2:]] == [{"file": "fetched"}, {"file": "fetched"}]
    journey.clock.advance(minutes=15)
    with pytest.raises(VerificationError):
        fetch(journey, identity)


def test_a_proof_for_something_else_copies_nothing(journey: Service, alice: Customer) -> None:
    """A proof that was given for a correction does not hand a copy over."""
    identity = alice.prove(start_correction(journey.ctx, alice.session, item="name", typed="Alice").id)
    with pytest.raises(NotFoundError):
        make(journey, identity)


def test_questions_and_answers_are_in_it_with_their_text(journey: Service, alice: Customer) -> None:
    """Every fact of the history, in both the page and the data, with the lines that were shown."""
    question = ask(journey, alice.subject_id)
    withdraw(journey.ctx, subject_id=alice.subject_id, consent_id=say(journey, question, yes=True))
    copy = take(journey, alice)
    told = copy.values["consents"]
    assert [one["kind"] for one in told] == ["asked", "given", "withdrawn"]
    assert told[1]["text"] == [question.text.title, *question.text.body]
    page = html.unescape(copy.files["my-data.html"].decode())
    assert "What you were asked and answered" in page
    assert f'<span lang="vi">{question.text.title}<br>' in page


def test_what_was_told_is_in_it_with_its_evidence(journey: Service, alice: Customer) -> None:
    """Each notice stands there with when, how, and whether it reached them; on the page in the reader's language."""
    files = dict(read_policy_folder(DEFAULT_POLICY))
    files["policy.yaml"] = files["policy.yaml"].replace(b"maximum: 400 days", b"maximum: 410 days", 1)
    publish_policy(journey.ctx, files, effective_at=journey.clock.now() + timedelta(days=40))
    journey.work()
    copy = take(journey, alice)
    (told,) = copy.values["notices"]
    assert (told["version"], told["mail"], told["banner"], told["seen_at"]) == (2, "sent", True, None)
    assert told["message_id"] == next(mail.message_id for mail in journey.mail.mails if "410" in mail.text)
    assert "đã giao để chuyển đi" in copy.files["du-lieu-cua-toi.html"].decode()
    assert "handed over to be delivered" in copy.files["my-data.html"].decode()


@pytest.mark.parametrize("language", list(Language))
def test_every_entry_of_the_ledger_has_a_word(language: Language) -> None:
    """The page names every action and outcome that a record can have."""
    assert {*LedgerAction, *LedgerOutcome} <= set(_DONE[language])
