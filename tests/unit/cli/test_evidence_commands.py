import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from camket.cli import evidence as evidence_commands
from camket.cli.evidence_sentences import FAULTS, SENTENCES
from camket.cli.ledger_places import export_ledger
from camket.core.rights.archive import pack
from camket.core.rights.evidence import STATEMENT_FILE
from camket.core.rights.evidence_verify import EvidenceFault
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.rights.wording import ACTIONS, CHANNELS, EVENTS, KINDS, STATES
from camket.core.terms import Language
from tests.unit.core.ledger.published import OTHER_SIGNER, SIGNER, Published, numbered
from tests.unit.core.rights.packed import altered, ledger, packed

APP = typer.Typer()
APP.add_typer(evidence_commands.app, name="evidence")
KEY = str(SIGNER.verifier_key)


def run(*arguments: object, lang: str = "en") -> Result:
    """Check a pack in the language."""
    return CliRunner().invoke(APP, ["evidence", "verify", *map(str, arguments), "--lang", lang])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the pack as a file."""
    return written(tmp_path, packed())


def written(folder: Path, raw: bytes) -> Path:
    """Write a pack and return its file."""
    file = folder / "evidence.zip"
    file.write_bytes(raw)
    return file


def test_a_pack_that_holds_exits_with_0(file: Path) -> None:
    """The answer names the request, how many records stand in the ledger, and what is not proven."""
    result = run(file, "--key", KEY)
    assert result.exit_code == 0
    assert "Request 7K3F9-2QXTB - Deletion of the account: done." in result.stdout
    assert "The pack holds: the operator signed what it says, and 7 records stand" in result.stdout
    assert "What this does not prove" in result.stdout
    assert "first use" not in result.stdout


def test_the_key_of_the_pack_is_told_where_none_is_given(file: Path) -> None:
    """Without --key the answer says where trust began; with another key the pack does not hold."""
    assert f"trusted on first use: {KEY}" in run(file).stdout
    other = run(file, "--key", OTHER_SIGNER.verifier_key)
    assert other.exit_code == 1
    assert "names another key than the one given" in other.stdout


def test_vietnamese_says_the_same(file: Path) -> None:
    """The answer is whole in Vietnamese too."""
    result = run(file, lang="vi")
    assert result.exit_code == 0
    assert "Hồ sơ đúng" in result.stdout
    assert "Điều này không chứng minh" in result.stdout


def test_every_fault_state_and_sentence_is_said_in_both_languages() -> None:
    """Nothing that can be found, and nothing that a request can be, lacks its words in one of the languages."""
    assert set(FAULTS) == set(EvidenceFault)
    assert (set(KINDS), set(STATES), set(EVENTS)) == (set(RequestKind), set(RequestState), set(RequestEvent))
    for words in (FAULTS, SENTENCES, KINDS, STATES, EVENTS, CHANNELS, ACTIONS):
        for texts in words.values():
            assert set(texts) == set(Language)
            assert texts[Language.VI] != texts[Language.EN]


def test_an_altered_pack_exits_with_1(tmp_path: Path) -> None:
    """Each finding is one line that names the line or the record, in both languages."""

    def change(value: dict[str, Any]) -> None:
        value["timeline"][2]["actor"] = "subject"
        value["acts"][0]["facts"]["items"] = ["email"]

    file = written(tmp_path, altered(change))
    english, vietnamese = run(file), run(file, lang="vi")
    assert english.exit_code == vietnamese.exit_code == 1
    assert "Findings: 3" in english.stdout
    assert "- The operator's signature does not fit what the evidence says" in english.stdout
    assert "- Line 2 of the timeline is not what the ledger recorded then." in english.stdout
    assert "- The record of ledger entry number 201 does not hold" in english.stdout
    assert "- Dòng 2 của diễn biến không giống điều sổ cái đã ghi khi đó." in vietnamese.stdout
    assert "holds:" not in english.stdout


def test_a_damaged_pack_is_a_finding_and_a_strange_file_is_none(tmp_path: Path) -> None:
    """What was a pack exits with 1, what never was one with 2, and so does a file that is not there."""
    assert run(written(tmp_path, packed()[:-1])).exit_code == 1
    assert run(written(tmp_path, b"a holiday picture")).exit_code == 2
    assert run(tmp_path / "nothing.zip").exit_code == 2


def test_a_pack_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """What a forged pack says is printed without control characters."""

    def change(value: dict[str, Any]) -> None:
        value["request"]["number"] = "\x1b[2J7K3F9"

    result = run(written(tmp_path, altered(change)))
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout


def test_the_published_ledger_is_checked_too(file: Path, tmp_path: Path) -> None:
    """With --ledger the whole ledger is recomputed, and must begin with the pack's checkpoint."""
    export_ledger(ledger(), tmp_path / "ledger")
    same = run(file, "--key", KEY, "--ledger", tmp_path / "ledger")
    assert same.exit_code == 0
    assert "The ledger begins with what the older checkpoint signed" in same.stdout
    export_ledger(Published(numbered(300)), tmp_path / "rewritten")
    rewritten = run(file, "--key", KEY, "--ledger", tmp_path / "rewritten")
    assert rewritten.exit_code == 1
    assert "History was rewritten" in rewritten.stdout


def test_a_kept_checkpoint_needs_the_ledger(file: Path, tmp_path: Path) -> None:
    """--since says nothing about a pack alone, and is not silently passed over."""
    kept = tmp_path / "kept"
    kept.write_bytes(ledger().files["checkpoint"])
    result = run(file, "--since", kept)
    assert result.exit_code == 2
    assert "--ledger" in result.stderr


def test_waiting_and_pruned_records_are_told(tmp_path: Path) -> None:
    """The answer says how much of the pack rests on the operator's word alone, whatever else it finds."""

    def change(value: dict[str, Any]) -> None:
        value["acts"][0] |= {"index": None, "path": None}
        value["timeline"][0]["record"] = None

    result = run(written(tmp_path, altered(change)))
    assert result.exit_code == 1
    assert "1 records await their checkpoint" in result.stdout
    assert "1 lines have no record any more" in result.stdout


def test_evidence_without_a_timeline_is_no_failure(tmp_path: Path) -> None:
    """A pack that a stranger emptied is told as such."""

    def change(value: dict[str, Any]) -> None:
        value["timeline"] = []

    assert run(written(tmp_path, altered(change))).exit_code == 1
    assert (
        run(written(tmp_path, pack({STATEMENT_FILE: json.dumps({"format": "camket-evidence"}).encode()}))).exit_code
        == 1
    )
