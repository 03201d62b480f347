"""The connector `sql` on a real SQLite and a real PostgreSQL: shown, copied, deleted and anonymised there."""

from __future__ import annotations

import json
import socket
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from camket.adapters.connectors import make_connector
from camket.adapters.connectors.sql import engine
from camket.core.errors import HolderError, HolderFailure, SettingsError
from camket.core.rights.connectors import PlannedCorrection, RowEnd, read_connectors
from tests.connectors.other_system import (
    ALICE,
    BOB,
    CUSTOMERS,
    LINES,
    ORDERS,
    PLACED,
    OtherSystem,
    customers,
    declared,
    lines,
    orders,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.holder_ports import Connector
    from tests.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OtherSystem]:
    """Return the other system with an order of alice and one of bob, in each database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'other.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.url(server.new_database()).replace("postgresql://", "postgresql+psycopg://")
    system = OtherSystem(url)
    system.fill(ALICE, "Alice", number=1)
    system.fill(BOB, "Bob", number=2)
    yield system
    system.engine.dispose()


def connector_of(system: OtherSystem, *tables: dict[str, Any]) -> Connector:
    """Return the connector to the other system."""
    return make_connector(read_connectors(declared(system.url, *tables))[0])


def test_a_declaration_that_fits_has_no_findings(system: OtherSystem) -> None:
    """Every name is there, and nothing that refers to what goes is forgotten."""
    assert connector_of(system).check() == ()


def test_the_plan_counts_and_changes_nothing(system: OtherSystem) -> None:
    """Table by table, how many rows belong to alice and what becomes of them; those of bob are not counted."""
    before = [system.rows(table) for table in (customers, orders, lines)]
    planned = connector_of(system).plan(ALICE)
    assert [(one.table, one.rows, one.end) for one in planned] == [
        ("customers", 1, RowEnd.DELETE),
        ("orders", 1, RowEnd.ANONYMISE),
        ("lines", 2, RowEnd.DELETE),
    ]
    assert [system.rows(table) for table in (customers, orders, lines)] == before


def test_items_are_counted_over_their_tables(system: OtherSystem) -> None:
    """Two tables of one item count together; somebody unknown holds nothing."""
    connector = connector_of(system)
    assert connector.count(ALICE) == {"shop.catalogue": 1, "shop.sales": 3}
    assert (connector.count("c0" * 16), connector.export("c0" * 16)) == ({}, ())


def test_the_export_has_the_declared_columns_of_ones_own_rows(system: OtherSystem) -> None:
    """One file for each table, with instants as text and labels for people; no column that is not declared."""
    exported = {one.file_name: one for one in connector_of(system).export(ALICE)}
    assert list(exported) == ["customers.json", "orders.json", "lines.json"]
    assert json.loads(exported["customers.json"].content) == [{"Full Name": "Alice"}]
    assert json.loads(exported["orders.json"].content) == [
        {"address": "Alice's street", "total": 25000, "placed_at": PLACED.isoformat()}
    ]
    assert exported["lines.json"].count == 2
    assert exported["customers.json"].labels == {"Full Name": {"vi": "Họ tên", "en": "Full name"}}


def test_rows_are_deleted_or_cut_from_their_subject(system: OtherSystem) -> None:
    """Alice's row and lines are gone, her order stands without her; bob's are as they were."""
    connector_of(system).erase(ALICE)
    assert system.rows(customers) == [(2, BOB, "Bob")]
    assert system.rows(orders) == [
        (10, None, None, "-", 25000, PLACED),
        (20, 2, "Bob's street", "for Bob", 25000, PLACED),
    ]
    assert [row[0] for row in system.rows(lines)] == [201, 202]


def test_erasing_twice_is_erasing_once(system: OtherSystem) -> None:
    """Also for one of whom nothing is held; what was written in between goes with the second call."""
    connector = connector_of(system)
    connector.erase(ALICE)
    connector.erase(ALICE)
    connector.erase("c0" * 16)
    system.fill(ALICE, "Alice", number=3)
    connector.erase(ALICE)
    assert connector.count(ALICE) == {}
    assert connector.count(BOB) == {"shop.catalogue": 1, "shop.sales": 3}


def test_a_customer_who_stays_anonymous_leads_to_nobody(system: OtherSystem) -> None:
    """Where the customer's own row stays, the subject's id goes out of it, and the orders' way ends there."""
    stays = {**CUSTOMERS, "replace": {"Full Name": "(deleted)"}}
    connector = connector_of(system, stays, ORDERS, LINES)
    connector.erase(ALICE)
    assert system.rows(customers)[0] == (1, None, "(deleted)")
    assert system.rows(orders)[0] == (10, 1, None, "-", 25000, PLACED)
    assert connector.count(ALICE) == {}


def test_a_correction_sets_the_declared_columns_of_ones_own_rows(system: OtherSystem) -> None:
    """Over every declared table, also those that lead to the subject through another; bob's rows are as they were."""
    there = {**ORDERS, "corrects": {"address": "name"}}
    connector = connector_of(system, CUSTOMERS, there, LINES)
    assert connector.corrects == {"name"}
    assert connector.plan_correction(ALICE, "name") == (
        PlannedCorrection(table="customers", column="Full Name", rows=1),
        PlannedCorrection(table="orders", column="address", rows=1),
    )
    assert system.rows(customers)[0][2] == "Alice"
    connector.correct(ALICE, item="name", value="Alice Nguyễn", since=PLACED)
    assert system.rows(customers) == [(1, ALICE, "Alice Nguyễn"), (2, BOB, "Bob")]
    assert [row[2] for row in system.rows(orders)] == ["Alice Nguyễn", "Bob's street"]


def test_correcting_twice_is_correcting_once(system: OtherSystem) -> None:
    """A second telling writes nothing; nothing comes to be there of one who is not there, or is gone."""
    connector = connector_of(system)
    connector.correct(ALICE, item="name", value="Alice Nguyễn", since=PLACED)
    if system.engine.dialect.name == "sqlite":
        system.run("CREATE TRIGGER once BEFORE UPDATE ON customers BEGIN SELECT RAISE(ABORT, 'written twice'); END")
    connector.correct(ALICE, item="name", value="Alice Nguyễn", since=PLACED)
    connector.correct("c0" * 16, item="name", value="Carol", since=PLACED)
    connector.correct(ALICE, item="email", value="alice@new.example", since=PLACED)
    assert system.rows(customers) == [(1, ALICE, "Alice Nguyễn"), (2, BOB, "Bob")]


def test_a_value_that_was_deleted_is_emptied(system: OtherSystem) -> None:
    """A column that may be empty is; one that must not be holds an empty text."""
    there = {**ORDERS, "corrects": {"address": "name"}}
    connector_of(system, CUSTOMERS, there, LINES).correct(ALICE, item="name", value=None, since=PLACED)
    assert (system.rows(customers)[0][2], system.rows(orders)[0][2]) == ("", None)


def test_a_correction_that_fails_midway_changes_nothing(system: OtherSystem) -> None:
    """A rule of the other database forbids the second table: the first is undone, and no value is quoted."""
    there = {**ORDERS, "corrects": {"address": "name"}}
    system.run("CREATE UNIQUE INDEX one_address ON orders (address)")
    connector = connector_of(system, CUSTOMERS, there, LINES)
    with pytest.raises(HolderError, match="`crm` could not correct what it holds: a rule of its database") as failed:
        connector.correct(ALICE, item="name", value="Bob's street", since=PLACED)
    assert (failed.value.failure, failed.value.__cause__) == (HolderFailure.REFUSED, None)
    assert "Bob" not in str(failed.value)
    assert system.rows(customers)[0] == (1, ALICE, "Alice")


def test_a_value_that_is_not_taken_over_undoes_the_correction(tmp_path: Path) -> None:
    """The other database keeps what it was told to change: that is a failure, and never a correction."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    system.fill(ALICE, "Alice", number=1)
    system.run("CREATE TRIGGER keep BEFORE UPDATE ON customers BEGIN SELECT RAISE(IGNORE); END")
    with pytest.raises(HolderError, match="`crm` kept another value in `customers`; nothing there was changed"):
        connector_of(system).correct(ALICE, item="name", value="Alice Nguyễn", since=PLACED)


def test_a_column_that_holds_no_text_is_no_place_for_a_correction(system: OtherSystem) -> None:
    """A number, and a column that is not there, are found before anything is changed."""
    assert connector_of(system, CUSTOMERS, ORDERS, {**LINES, "corrects": {"waht": "name"}}).check() == (
        "`lines` has no column `waht` (did you mean `what`?)",
    )
    totals = {**ORDERS, "corrects": {"total": "name"}, "clear": ["address", "total"]}
    assert (
        "`orders.total` holds no text, so nothing can be corrected in it"
        in connector_of(system, CUSTOMERS, totals, LINES).check()
    )


def test_an_erasure_that_fails_midway_changes_nothing(system: OtherSystem) -> None:
    """A rule of the other database forbids the last step: the steps before are undone, and no row is quoted."""
    system.run("CREATE TABLE visits (customer INTEGER NOT NULL REFERENCES customers (id))")
    system.run("INSERT INTO visits VALUES (1)")
    before = [system.rows(table) for table in (customers, orders, lines)]
    connector = connector_of(system)
    with pytest.raises(HolderError, match="`crm` could not delete what it holds: a rule of its database") as failed:
        connector.erase(ALICE)
    assert (failed.value.holder, failed.value.__cause__, failed.value.__suppress_context__) == ("crm", None, True)
    assert [system.rows(table) for table in (customers, orders, lines)] == before
    system.run("DELETE FROM visits")
    connector.erase(ALICE)
    assert connector.count(ALICE) == {}


def test_a_row_that_does_not_go_undoes_the_erasure(tmp_path: Path) -> None:
    """The other database keeps what it was told to delete: that is a failure, and never an erasure."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    system.fill(ALICE, "Alice", number=1)
    system.run("CREATE TRIGGER keep BEFORE DELETE ON customers BEGIN SELECT RAISE(IGNORE); END")
    with pytest.raises(HolderError, match="`crm` left rows in `customers`; nothing there was changed"):
        connector_of(system).erase(ALICE)
    assert len(system.rows(lines)) == 2


def test_what_refers_to_deleted_rows_and_is_not_declared_is_found(system: OtherSystem) -> None:
    """The check says it before the first erasure fails on it."""
    assert connector_of(system, CUSTOMERS).check() == (
        "`orders` refers to `customers`, whose rows are deleted; declare it too",
    )


def test_names_are_held_against_what_is_there(system: OtherSystem) -> None:
    """Tables and columns that do not exist are told with the nearest, all of one kind at once."""
    assert connector_of(system, {**CUSTOMERS, "table": "custmers"}).check() == (
        "there is no table `custmers` (did you mean `customers`?)",
    )
    wrong = {**CUSTOMERS, "subject": "camket", "columns": {"Full Nme": {"vi": "Tên", "en": "Name"}}}
    assert connector_of(system, wrong, ORDERS, LINES).check() == (
        "`customers` has no column `camket` (did you mean `camket_id`?)",
        "`customers` has no column `Full Nme` (did you mean `Full Name`?)",
    )


def test_a_declaration_that_does_not_fit_answers_nothing(system: OtherSystem) -> None:
    """It is never taken for a system that holds nothing."""
    connector = connector_of(system, {**CUSTOMERS, "table": "custmers"})
    for ask in (connector.count, connector.plan, connector.export, connector.erase):
        with pytest.raises(HolderError, match="`crm` does not fit its database: there is no table `custmers`"):
            ask(ALICE)


def test_columns_that_cannot_do_what_is_declared_are_found(system: OtherSystem) -> None:
    """A number cannot be a subject's id, and a column that must not be empty cannot be emptied."""
    assert connector_of(system, {**CUSTOMERS, "subject": "id"}, ORDERS, LINES).check() == (
        "`customers.id` holds no text, and a subject's id is 32 hexadecimal digits",
    )
    assert connector_of(system, CUSTOMERS, {**ORDERS, "replace": {}, "clear": ["note"]}, LINES).check() == (
        "`orders.note` must not be empty there; give it a text in `replace`, or delete the rows",
    )


def test_a_table_that_changed_is_read_anew(system: OtherSystem) -> None:
    """After the system dropped a column the connector fails, says so, and goes on once it is back."""
    connector = connector_of(system)
    assert connector.export(ALICE)
    system.run("ALTER TABLE orders RENAME COLUMN total TO sum")
    with pytest.raises(HolderError, match="`crm` could not give what it holds"):
        connector.export(ALICE)
    with pytest.raises(HolderError, match="`orders` has no column `total`"):
        connector.export(ALICE)
    system.run("ALTER TABLE orders RENAME COLUMN sum TO total")
    assert connector.export(ALICE)


def test_an_id_is_a_value_and_never_sql(system: OtherSystem) -> None:
    """What looks like a piece of a statement finds nobody and changes nothing."""
    connector = connector_of(system)
    connector.erase("' OR '1'='1")
    assert connector.count("' OR 1=1 --") == {}
    assert len(system.rows(customers)) == 2


def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """SQLite would make an empty one; the connector says that it is missing."""
    file = tmp_path / "nowhere.db"
    connector = make_connector(read_connectors(declared(f"sqlite:///{file}"))[0])
    with pytest.raises(HolderError, match="there is no file"):
        connector.count(ALICE)
    assert not file.exists()


def test_a_value_that_is_not_of_its_column_is_no_answer(tmp_path: Path) -> None:
    """SQLite lets a column of instants hold any text: the export fails and quotes none of it."""
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    system.fill(ALICE, "Alice", number=1)
    system.run("UPDATE orders SET placed_at = 'the day alice moved'")
    with pytest.raises(HolderError, match="gave a value that is not of its column") as failed:
        connector_of(system).export(ALICE)
    assert "moved" not in str(failed.value)


def test_what_is_deleted_is_overwritten_in_the_file(tmp_path: Path) -> None:
    """No page of an SQLite file has the name after the erasure."""
    file = tmp_path / "other.db"
    system = OtherSystem(f"sqlite:///{file}")
    system.fill(ALICE, "Alice-in-the-file", number=1)
    assert b"Alice-in-the-file" in file.read_bytes()
    connector_of(system).erase(ALICE)
    assert b"Alice-in-the-file" not in file.read_bytes()


def test_a_subject_column_of_uuids_is_understood(postgres: Postgres) -> None:
    """PostgreSQL's own type for 128 bits holds the same id."""
    system = OtherSystem(postgres.url(postgres.new_database()).replace("postgresql://", "postgresql+psycopg://"))
    system.fill(ALICE, "Alice", number=1)
    system.run("ALTER TABLE customers ALTER COLUMN camket_id TYPE uuid USING camket_id::uuid")
    connector = connector_of(system)
    assert connector.count(ALICE)["shop.catalogue"] == 1
    connector.erase(ALICE)
    assert system.rows(customers) == []


def test_a_row_that_somebody_holds_locked_fails_in_time(postgres: Postgres) -> None:
    """The erasure does not wait for ever: it fails, changes nothing, and is done when it is asked again."""
    system = OtherSystem(postgres.url(postgres.new_database()).replace("postgresql://", "postgresql+psycopg://"))
    system.fill(ALICE, "Alice", number=1)
    quick = OtherSystem(f"{system.url}&options=-c%20lock_timeout%3D50ms")
    connector = connector_of(quick)
    with system.engine.begin() as held:
        held.execute(customers.select().with_for_update())
        with pytest.raises(HolderError, match=r"took too long \(SQLSTATE 55P03\)"):
            connector.erase(ALICE)
    assert connector.count(ALICE) == {"shop.catalogue": 1, "shop.sales": 3}
    connector.erase(ALICE)
    assert connector.count(ALICE) == {}


def test_a_server_that_is_not_there_is_no_empty_one() -> None:
    """Where nobody listens there is a failure with one sentence, without the password."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    connector = make_connector(read_connectors(declared(f"postgresql://alice:tea@127.0.0.1:{port}/crm"))[0])
    with pytest.raises(
        HolderError, match="`crm` could not say what it holds: its database cannot be reached"
    ) as failed:
        connector.count(ALICE)
    assert "tea" not in str(failed.value)


def test_a_server_that_talks_rubbish_is_no_empty_one() -> None:
    """Who answers with another protocol, and quotes what it was sent, is a failure with one sentence."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            talking, _ = server.accept()
            with talking:
                talking.recv(1024)
                talking.sendall(b"HTTP/1.1 400 alice is unknown\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        url = f"postgresql://alice@127.0.0.1:{server.getsockname()[1]}/crm"
        with pytest.raises(HolderError, match="`crm` could not delete what it holds: its database cannot be") as failed:
            make_connector(read_connectors(declared(url))[0]).erase(ALICE)
        thread.join()
    assert "alice" not in str(failed.value)


@pytest.mark.parametrize(
    ("url", "problem"),
    [("tea and bread", "is no address of a database"), ("nosuch://tea:bread@host/x", "no driver is installed")],
)
def test_an_address_that_is_none_is_told_without_quoting_it(url: str, problem: str) -> None:
    """It may have a password in it."""
    with pytest.raises(SettingsError, match=problem) as refused:
        make_connector(read_connectors(declared(url))[0])
    assert "bread" not in str(refused.value)


def test_a_system_that_is_locked_took_too_long(system: OtherSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds the table: nothing is changed, the reason is the time, and afterwards it is done."""
    monkeypatch.setattr(engine, "LOCK_SECONDS", 0)
    monkeypatch.setattr(engine, "POSTGRESQL_OPTIONS", "-c lock_timeout=50ms")
    connector = connector_of(system)
    is_sqlite = system.engine.dialect.name == "sqlite"
    with system.engine.connect() as other:
        other.exec_driver_sql("BEGIN EXCLUSIVE" if is_sqlite else "LOCK TABLE customers IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(HolderError, match="could not correct what it holds") as failed:
            connector.correct(ALICE, item="name", value="Alice Trần", since=PLACED)
        assert failed.value.failure is HolderFailure.TIMED_OUT
        other.rollback()
    assert system.rows(customers)[0][2] == "Alice"
    connector.correct(ALICE, item="name", value="Alice Trần", since=PLACED)
    assert system.rows(customers)[0][2] == "Alice Trần"


def test_a_system_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    """No file, and nobody at the port: told apart from one that refuses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for url in (f"sqlite:///{tmp_path / 'none.db'}", f"postgresql://camket@127.0.0.1:{port}/crm"):
        connector = make_connector(read_connectors(declared(url))[0])
        with pytest.raises(HolderError) as failed:
            connector.count(ALICE)
        assert failed.value.failure is HolderFailure.UNREACHABLE
