"""P12: whenever customers use the services they can reach their personal information."""

from __future__ import annotations

import html
import json
import sqlite3
import zipfile
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING

from camket.services.centre import my_data
from camket.services.sessions import find_session
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from tests.journeys import Customer
    from tests.journeys import Service as Journey
    from tests.web.conftest import Service

PAGES = ("/", "/policy", "/policy/versions", "/terms", "/ledger/", "/me", "/me/uses", "/me/sessions", "/me/delete")


def test_the_privacy_centre_is_one_step_from_every_page(service: Service) -> None:
    """P12: every page that a customer can open has a link to their data, in both languages."""
    browser = service.register(ALICE)
    for page in PAGES:
        for language in ("vi", "en"):
            assert 'href="/me"' in browser.get(f"{page}?lang={language}").text, page


def test_every_row_that_is_held_is_shown(journey: Journey, alice: Customer) -> None:
    """P12: what the privacy centre lists is, row by row, what the database holds: nothing is left out."""
    data = my_data(journey.ctx, alice.session)
    shown = {value.row_id for group in data.groups for value in group.held}
    shown |= {value.row_id for device in data.devices for value in device.values}
    with closing(sqlite3.connect(journey.runtime.settings.data / "camket.db")) as database:
        query = "SELECT id FROM held_value WHERE subject_id = ?"
        held = {row_id for (row_id,) in database.execute(query, (alice.subject_id,))}
    assert held
    assert shown == held
    assert data.counts.held == len(held)


def test_each_value_says_why_since_when_and_until_when(journey: Journey, alice: Customer) -> None:
    """P12: beside each value stand its reason, its beginning, its end, and the reason of that end."""
    data = my_data(journey.ctx, alice.session)
    values = [value for group in data.groups for value in group.held]
    values += [value for device in data.devices for value in device.values]
    for value in values:
        assert all(value.why.values()), value.item
        assert all(value.kept_because.values()), value.item
        assert value.since <= data.at
        assert value.kept_until is None or value.kept_until > data.at
    assert {value.item for value in values if value.purposes} >= {"name", "phone", "email"}


def test_every_use_is_listed_looking_included(journey: Journey, alice: Customer) -> None:
    """P12: whoever reads a value, the customer finds who, what and what for; their own look is listed too."""
    journey.ctx.door.read(actor="staff:support-7", subject_id=alice.subject_id, items=("phone",), purpose="protect")
    uses = my_data(journey.ctx, alice.session).uses
    listed = [one for group in uses for one in group.uses]
    assert ("staff:support-7", ("phone",), "protect") in {(one.who, one.items, one.purpose) for one in listed}
    with closing(sqlite3.connect(journey.runtime.settings.data / "camket.db")) as database:
        query = "SELECT count(*) FROM record_subject WHERE subject_id = ?"
        before = database.execute(query, (alice.subject_id,)).fetchone()[0]
        my_data(journey.ctx, alice.session)
        assert database.execute(query, (alice.subject_id,)).fetchone()[0] == before + 1


def test_a_copy_holds_all_of_it(service: Service) -> None:
    """P12: the copy to take along has every value and every use, for people and for programs."""
    browser = service.register(ALICE)
    asked = browser.send_form("/me/copy")
    place = asked.headers["location"]
    ready = browser.send_form(place, code=service.newest_code()).headers["location"]
    service.settle()
    with zipfile.ZipFile(BytesIO(browser.send_form(ready).content)) as archive:
        data = json.loads(archive.read("data.json"))
        assert len([name for name in archive.namelist() if name.endswith(".html")]) == 2
    session = find_session(service.runtime.context, browser.cookies["camket_session"])
    assert session is not None
    held = service.runtime.context.store.read(lambda unit: unit.values.of_subject(session.subject_id))
    assert sorted(one["item"] for one in data["values"]) == sorted(row.item for row in held)
    assert data["uses"]


def test_nobody_sees_anyone_elses(service: Service) -> None:
    """P12: what a customer reaches is their own: no page of Bob's has a value of Alice's in it."""
    service.register(ALICE)
    bob = service.register(BOB)
    for page in ("/me", "/me/uses", "/me/sessions", "/me/delete"):
        text = html.unescape(bob.get(page).text)
        assert "Alice" not in text
        assert "alice@shop.example" not in text
