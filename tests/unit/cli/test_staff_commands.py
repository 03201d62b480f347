import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from camket.bootstrap import start_runtime
from camket.cli.serve import announce
from camket.cli.staff import app
from camket.config import load_settings
from camket.core.staff.roles import Role
from camket.services.staff_invitations import find_invitation
from camket.testing.service import DEFAULT_POLICY
from camket.testing.staff import SignedInStaff, add_staff

LINK = re.compile(r"http://localhost:8000/officer/join/([\w-]{43})")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the data folder of a service that was started once, which the settings name."""
    folder = tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMKET_DATA", str(folder))
    monkeypatch.setenv("CAMKET_POLICY", str(DEFAULT_POLICY))
    start_runtime(load_settings()).close()
    return folder


def staff_of(*roles: Role, name: str = "Alice") -> SignedInStaff:
    """Add someone to the service."""
    with closing(start_runtime(load_settings(), existing=True)) as runtime:
        return add_staff(runtime.context, *roles, name=name)


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.usefixtures("data")
def test_a_link_is_printed_with_its_roles() -> None:
    """The link that is printed is good for exactly the roles that were named; a newer one takes its place."""
    first = LINK.search(run("add", "--admin").stdout)
    result = run("add", "--role", "auditor", "--role", "officer")
    second = LINK.search(result.stdout)
    assert first is not None
    assert second is not None
    assert "one account (officer, auditor), once, until" in result.stdout
    with closing(start_runtime(load_settings(), existing=True)) as runtime:
        assert find_invitation(runtime.context, second.group(1)).roles == {Role.OFFICER, Role.AUDITOR}
        waiting = runtime.context.store.read(lambda unit: unit.staff.invitations.waiting(runtime.context.clock.now()))
    assert len(waiting) == 1


@pytest.mark.usefixtures("data")
def test_a_link_for_no_role_or_an_unknown_one_is_refused() -> None:
    """What was meant is said on standard error, and nothing is printed to hand over."""
    for arguments, words in ((("add",), "at least one role"), (("add", "--role", "admn"), "did you mean `admin`?")):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert words in result.stderr


@pytest.mark.usefixtures("data")
def test_accounts_are_listed_by_work_name() -> None:
    """Each with its roles, for people and for programs, and no one's own name."""
    assert "camket staff add --admin" in run("list").stdout
    admin = staff_of(Role.ADMIN, Role.OFFICER)
    listed = run("list").stdout
    assert admin.pseudonym in listed
    assert "officer, admin" in listed
    assert "Alice" not in listed
    (document,) = json.loads(run("list", "--json").stdout)
    assert (document["name"], document["roles"]) == (admin.pseudonym, ["officer", "admin"])


@pytest.mark.usefixtures("data")
def test_an_account_is_ended_from_the_machine() -> None:
    """Anyone's but the last administrator's; who is not there is said so."""
    admin, officer = staff_of(Role.ADMIN), staff_of(Role.OFFICER, name="Bob")
    assert run("revoke", officer.pseudonym).exit_code == 0
    for name, words in ((officer.pseudonym, "no such member"), (admin.pseudonym, "someone has to be left")):
        result = run("revoke", name)
        assert result.exit_code == 2
        assert words in result.stderr
    assert len(json.loads(run("list", "--json").stdout)) == 1


def test_without_a_service_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which no service runs is named, and stays empty."""
    monkeypatch.setenv("CAMKET_DATA", str(tmp_path / "empty"))
    result = run("add", "--admin")
    assert result.exit_code == 2
    assert "there is no database" in result.stderr
    assert not (tmp_path / "empty").exists()


@pytest.mark.usefixtures("data")
def test_the_first_start_prints_the_link(capsys: pytest.CaptureFixture[str]) -> None:
    """The first start says where the first administrator begins; the next one says nothing of it."""
    with closing(start_runtime(load_settings(development=True))) as runtime:
        announce(runtime)
        first = capsys.readouterr().out
        announce(runtime)
        second = capsys.readouterr().out
    assert LINK.search(first) is not None
    assert "one account (admin), once" in first
    assert "/officer/join/" not in second
