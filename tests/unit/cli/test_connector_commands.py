"""`camket connector check` says what does not fit, and what a deletion would do, and changes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from camket.bootstrap import start_runtime
from camket.cli.connector import app
from camket.config import load_settings
from camket.testing.service import DEFAULT_POLICY
from tests.connectors.other_system import ALICE, CUSTOMERS, LINES, ORDERS, OtherSystem, customers, declared

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OtherSystem:
    """Return the other system with an order of alice, beside a service that was started once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMKET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CAMKET_POLICY", str(DEFAULT_POLICY))
    start_runtime(load_settings()).close()
    system = OtherSystem(f"sqlite:///{tmp_path / 'other.db'}")
    system.fill(ALICE, "Alice", number=1)
    monkeypatch.setenv("CAMKET_CONNECTORS", json.dumps(declared(system.url)))
    return system


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["check", *arguments])


@pytest.mark.usefixtures("system")
def test_what_fits_has_no_findings() -> None:
    """Exit code 0, and one line for the connector."""
    result = run()
    assert (result.exit_code, result.stdout) == (0, "crm: no findings\n")


def test_the_dry_run_counts_rows_and_changes_none(system: OtherSystem) -> None:
    """For one subject, table by table, what would be done; everything is still there."""
    result = run("crm", "--subject", ALICE)
    assert result.stdout.splitlines() == [
        "crm: no findings",
        "  customers (shop.catalogue): 1 rows to delete",
        "  orders (shop.sales): 1 rows to anonymise",
        "  lines (shop.sales): 2 rows to delete",
    ]
    assert json.loads(run("--subject", ALICE, "--json").stdout)[0]["planned"][2] == {
        "table": "lines",
        "item": "shop.sales",
        "rows": 2,
        "end": "delete",
    }
    assert len(system.rows(customers)) == 1


def test_the_dry_run_of_a_correction_counts_columns(system: OtherSystem) -> None:
    """Which columns of how many rows a correction of an item would set; everything is as it was."""
    assert run("crm", "--subject", ALICE, "--item", "name").stdout.splitlines()[-1] == (
        "  customers.Full Name: 1 rows to correct"
    )
    (checked,) = json.loads(run("--subject", ALICE, "--item", "name", "--json").stdout)
    assert checked["corrected"] == [{"table": "customers", "column": "Full Name", "rows": 1}]
    assert json.loads(run("--subject", ALICE, "--item", "phone", "--json").stdout)[0]["corrected"] == []
    assert system.rows(customers)[0][2] == "Alice"
    refused = run("--item", "name")
    assert (refused.exit_code, refused.stderr) == (2, "`--item` is of somebody: name them by `--subject`\n")


def test_a_correction_of_what_no_policy_declares_is_a_finding(
    system: OtherSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column of an item that is never corrected is told, with the nearest that is."""
    wrong = {**CUSTOMERS, "corrects": {"Full Name": "nmae"}}
    monkeypatch.setenv("CAMKET_CONNECTORS", json.dumps(declared(system.url, wrong, ORDERS, LINES)))
    result = run()
    assert result.exit_code == 1
    assert (
        "crm: `nmae` is no value that the policy declares, so nothing of it is ever corrected (did you" in result.stderr
    )


def test_findings_are_told_and_the_others_are_checked(system: OtherSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1; what does not fit stands on standard error under the connector's name, also what is unreachable."""
    wrong = declared(system.url, {**CUSTOMERS, "subject": "camket"}, ORDERS, LINES)["crm"]
    away = declared(f"{system.url}.away")["crm"]
    found = declared(system.url) | {"wrong": wrong, "away": away}
    monkeypatch.setenv("CAMKET_CONNECTORS", json.dumps(found))
    result = run("--subject", ALICE)
    assert result.exit_code == 1
    assert "wrong: `customers` has no column `camket` (did you mean `camket_id`?)" in result.stderr
    assert "away: the connector `away` could not be checked: there is no file" in result.stderr
    assert "crm: no findings" in result.stdout


def test_an_unknown_connector_or_none_at_all_is_refused(system: OtherSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, with the nearest name."""
    assert system.url
    result = run("cmr")
    assert (result.exit_code, result.stderr) == (2, "there is no connector `cmr` (did you mean `crm`?)\n")
    monkeypatch.delenv("CAMKET_CONNECTORS")
    result = run()
    assert (result.exit_code, result.stderr) == (
        2,
        "no connector is declared; the setting `connectors` declares them\n",
    )


@pytest.mark.usefixtures("system")
def test_a_setting_that_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no JSON, and a connector with the name of an app, are told before anything is reached."""
    monkeypatch.setenv("CAMKET_CONNECTORS", "{")
    assert "the setting `connectors` (CAMKET_CONNECTORS) cannot hold: what the environment" in run().stderr
    monkeypatch.setenv("CAMKET_CONNECTORS", json.dumps({"quay": declared("sqlite:///x")["crm"]}))
    monkeypatch.setenv("CAMKET_APPS", "/quay=camket_shop.app:create_app")
    assert "`connectors.quay` has the name of the app `/quay`; call it something else" in run().stderr
