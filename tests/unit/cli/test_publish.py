from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from camket.cli import app
from camket.testing.service import DEFAULT_POLICY, running_service

NEVER = "2099-01-01T00:00+07:00"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """Return the folder of a policy that differs from the published one."""
    folder = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, folder)
    with (folder / "policy.yaml").open("a") as declarations:
        declarations.write("# changed\n")
    return folder


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMKET_DATA", str(tmp_path / "data"))


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["publish", *arguments])


def test_a_policy_becomes_the_next_version(tmp_path: Path, policy: Path) -> None:
    """At once, or from an instant on, while the service runs; it follows without a restart."""
    with running_service(tmp_path) as service:
        ctx = service.context
        done = _run(str(policy))
        assert (done.exit_code, done.stderr) == (0, "")
        assert "version 2 is published" in done.stdout
        now = ctx.clock.now()
        assert ctx.store.read(lambda unit: ctx.policies.in_force_in(unit, now)).newest.number == 2
        with (policy / "policy.yaml").open("a") as declarations:
            declarations.write("# again\n")
        assert _run(str(policy), "--effective-at", NEVER).exit_code == 0
        assert [one.effective_at > now for one in ctx.policies.published(ctx.store)] == [False, False, True]


def test_findings_are_all_printed_and_nothing_is_published(tmp_path: Path, policy: Path) -> None:
    """Exit code 1, one line for each."""
    text = (policy / "policy.yaml").read_text().replace("basis: stated", "basis: whatever")
    (policy / "policy.yaml").write_text(text)
    with running_service(tmp_path) as service:
        refused = _run(str(policy))
        assert refused.exit_code == 1
        assert len(refused.stderr.splitlines()) > 1
        assert len(service.context.policies.published(service.context.store)) == 1


@pytest.mark.parametrize(("instant", "message"), [("soon", "no instant"), ("2099-01-01T00:00", "no time zone")])
def test_an_instant_that_says_nothing_is_refused(tmp_path: Path, policy: Path, instant: str, message: str) -> None:
    """Exit code 2 and what to write."""
    with running_service(tmp_path):
        pass
    refused = _run(str(policy), "--effective-at", instant)
    assert refused.exit_code == 2
    assert message in refused.stderr


def test_without_a_service_nothing_is_made(tmp_path: Path, policy: Path) -> None:
    """Exit code 2; no data folder appears."""
    refused = _run(str(policy))
    assert refused.exit_code == 2
    assert "there is no database" in refused.stderr
    assert not (tmp_path / "data").exists()
