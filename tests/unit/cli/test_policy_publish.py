from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from camket.bootstrap import Runtime
from camket.cli import app
from camket.services.calendar import day_of
from camket.services.drafts import approve_draft, begin_draft, save_text, set_effective_day
from camket.testing.service import DEFAULT_POLICY, register, running_service
from tests.publishing import ALICE, BOB, employ

NEVER = "2099-01-01"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """Return the folder of a policy that differs from the published one in a comment."""
    folder = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, folder)
    with (folder / "policy.yaml").open("a") as declarations:
        declarations.write("# changed\n")
    return folder


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMKET_DATA", str(tmp_path / "data"))


def change(policy: Path, old: str, new: str) -> None:
    """Put one thing in the place of another in the declarations."""
    text = (policy / "policy.yaml").read_text()
    assert old in text
    (policy / "policy.yaml").write_text(text.replace(old, new))


def published(service: Runtime) -> int:
    """Return how many versions are published."""
    return len(service.context.policies.published(service.context.store))


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["policy", "publish", *arguments])


def test_a_policy_becomes_the_next_version(tmp_path: Path, policy: Path) -> None:
    """Words alone at once, or from a day on, while the service runs; it follows without a restart."""
    with running_service(tmp_path) as service:
        ctx = service.context
        done = _run(str(policy))
        assert (done.exit_code, done.stderr) == (0, "")
        assert "version 2 is published" in done.stdout
        now = ctx.clock.now()
        assert ctx.store.read(lambda unit: ctx.policies.in_force_in(unit, now)).newest.number == 2
        with (policy / "policy.yaml").open("a") as declarations:
            declarations.write("# again\n")
        assert _run(str(policy), "--effective", NEVER).exit_code == 0
        versions = ctx.policies.published(ctx.store)
        assert [one.effective_at > now for one in versions] == [False, False, True]
        assert versions[-1].effective_at.isoformat() == "2098-12-31T17:00:00+00:00"


def test_findings_are_all_printed_and_nothing_is_published(tmp_path: Path, policy: Path) -> None:
    """Exit code 1, one line for each; a dry run finds the same."""
    change(policy, "basis: stated", "basis: whatever")
    with running_service(tmp_path) as service:
        for refused in (_run(str(policy)), _run(str(policy), "--dry-run")):
            assert refused.exit_code == 1
            assert len(refused.stderr.splitlines()) > 1
        assert published(service) == 1


@pytest.mark.parametrize(("instant", "message"), [("soon", "no date"), ("2099-01-01T00:00", "no time zone")])
def test_a_date_that_says_nothing_is_refused(tmp_path: Path, policy: Path, instant: str, message: str) -> None:
    """Exit code 2 and what to write."""
    with running_service(tmp_path):
        pass
    refused = _run(str(policy), "--effective", instant)
    assert refused.exit_code == 2
    assert message in refused.stderr


def test_the_past_and_the_promised_time_are_refused(tmp_path: Path, policy: Path) -> None:
    """A change that customers must hear of leaves them the promised 30 days; the message says from when on."""
    change(policy, "quiet: 180 days", "quiet: 200 days")
    change(policy, "records: 730 days", "records: 700 days")
    with running_service(tmp_path) as service:
        for effective, message in (
            ((), "30 days before it"),
            (("--effective", "2026-01-01"), "lies in the past"),
            (("--effective", day_of(service.context.clock.now()).isoformat()), "lies in the past"),
        ):
            refused = _run(str(policy), *effective)
            assert refused.exit_code == 2
            assert message in refused.stderr
        assert published(service) == 1
        assert _run(str(policy), "--effective", NEVER).exit_code == 0
        assert published(service) == 2


def test_a_dry_run_says_what_would_change_for_how_many(tmp_path: Path, policy: Path) -> None:
    """Each difference in the language asked for, with the customers that it touches; nothing is published."""
    change(policy, "quiet: 180 days", "quiet: 200 days")
    with running_service(tmp_path) as service:
        register(service)
        done = _run(str(policy), "--dry-run", "--lang", "en")
        assert (done.exit_code, done.stderr) == (0, "")
        assert "version 2; document" in done.stdout
        assert "at once for 1, waits for the yes of 0, of 1 customers" in done.stdout
        assert "khách hàng" in _run(str(policy), "--dry-run").stdout
        assert published(service) == 1


def test_four_eyes_hold_for_the_command_line_too(tmp_path: Path, policy: Path) -> None:
    """The machine is nobody's second yes: two officers approve a draft of these very files for this very day."""
    change(policy, "approvals: 1", "approvals: 2")
    with running_service(tmp_path, policy=policy) as service:
        text = (policy / "policy.yaml").read_text() + "# again\n"
        (policy / "policy.yaml").write_text(text)
        refused = _run(str(policy), "--effective", NEVER)
        assert refused.exit_code == 2
        assert "the yes of 2 officers, and 0 said yes" in refused.stderr
        ctx = service.context
        draft = begin_draft(ctx, officer=ALICE)
        draft = save_text(ctx, officer=ALICE, seen=draft.revision, name="policy.yaml", text=text)
        draft = set_effective_day(ctx, officer=ALICE, seen=draft.revision, day=date.fromisoformat(NEVER))
        employ(ctx, ALICE, BOB)
        approve_draft(ctx, officer=ALICE, seen=draft.revision)
        assert "and 1 said yes" in _run(str(policy), "--effective", NEVER).stderr
        approve_draft(ctx, officer=BOB, seen=draft.revision)
        assert _run(str(policy), "--effective", "2099-01-02").exit_code == 2
        assert _run(str(policy), "--effective", NEVER).exit_code == 0
        assert ctx.store.read(lambda unit: unit.publishing.open_draft()) is None


@pytest.mark.parametrize("when", ["0001-01-01", "9999-12-31", "9999-12-31T23:59+00:00", "2201-01-01"])
def test_a_day_that_no_one_means_is_refused(tmp_path: Path, policy: Path, when: str) -> None:
    """A version of such a day could not be read back, or would never be in force; nothing is published."""
    change(policy, "quiet: 180 days", "quiet: 200 days")
    with running_service(tmp_path) as service:
        refused = _run(str(policy), "--effective", when)
        assert refused.exit_code == 2
        assert "outside of the years" in refused.stderr
        assert published(service) == 1


def test_without_a_service_nothing_is_made(tmp_path: Path, policy: Path) -> None:
    """Exit code 2; no data folder appears."""
    refused = _run(str(policy))
    assert refused.exit_code == 2
    assert "there is no database" in refused.stderr
    assert not (tmp_path / "data").exists()
