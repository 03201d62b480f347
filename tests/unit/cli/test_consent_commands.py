"""`camket consent`: lines out, lines in, and what each exit code says."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from camket.bootstrap import start_runtime
from camket.cli.consent import app
from camket.config import load_settings
from camket.core.terms import Language
from camket.rows import CodeKind
from camket.services.registration import confirm_registration, start_registration
from camket.testing.service import DEFAULT_POLICY, newest_code

ALICE = {"name": "Alice Nguyễn", "phone": "0912 345 678", "email": "alice@shop.example"}
LINE = {
    "format": "camket-consent",
    "format_version": 1,
    "email": ALICE["email"],
    "said": "yes",
    "purpose": "promote",
    "items": ["email"],
    "at": "2026-01-05T08:30:00+07:00",
    "expression": "paper",
    "language": "vi",
    "text": {"title": "Bạn đồng ý\u2028nhận tin không?", "body": []},
}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the data folder of a service in which alice has an account, which the settings name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMKET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CAMKET_POLICY", str(DEFAULT_POLICY))
    with closing(start_runtime(load_settings())) as runtime:
        ctx = runtime.context
        start_registration(ctx, fields=ALICE, language=Language.VI, browser="b", address=None)
        confirm_registration(ctx, browser="b", code=newest_code(ctx, "b", CodeKind.REGISTER), headers={}, address=None)


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, list(arguments))


def write(*lines: object) -> str:
    """Write a file of lines; return its name."""
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines)
    Path("consents.jsonl").write_text(text, encoding="utf-8")
    return "consents.jsonl"


def test_lines_go_in_and_come_out() -> None:
    """What was imported is exported, by handle alone; a second import adds nothing."""
    done = run("import", write(LINE))
    assert (done.exit_code, done.stdout) == (0, "1 taken over, 0 on record already\n")
    (line,) = run("export").stdout.strip().split("\n")
    exported = json.loads(line)
    assert (exported["purpose"], exported["through"], exported["text"]) == ("promote", "import", LINE["text"])
    assert "email" not in exported
    assert run("import", write(LINE)).stdout == "0 taken over, 1 on record already\n"


def test_a_file_with_findings_is_refused_whole() -> None:
    """Exit code 1, every finding on standard error with its line, nothing taken over."""
    done = run("import", write(LINE, LINE | {"purpose": "promot"}))
    assert done.exit_code == 1
    assert "consents.jsonl:2: the policy has no purpose `promot` (did you mean `promote`?)" in done.stderr
    assert run("export").stdout == ""


def test_what_is_no_file_is_refused() -> None:
    """Exit code 2 for a file that is not there or is no text."""
    assert run("import", "nothing.jsonl").exit_code == 2
    Path("bytes").write_bytes(b"\xff\xfe")
    assert "cannot be read as UTF-8 text" in run("import", "bytes").stderr
