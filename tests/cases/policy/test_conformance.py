"""The policies under `conformance/policies`: those that hold together, and those that do not."""

import json
from pathlib import Path

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.policy.check import check
from camket.core.policy.compile import compile_policy
from camket.core.policy.model import ClauseKind
from camket.core.policy.render import render_policy, render_terms
from camket.core.terms import Language
from tests.unit.core.policy.files import BROKEN, CONFORMANCE, DEFAULT, TRADES, smallest_files

WHOLE = [DEFAULT, BROKEN / "base", *(CONFORMANCE / trade for trade in TRADES)]
CASES = sorted(folder for folder in BROKEN.iterdir() if folder.name != "base")
NOT_OF_THE_POLICY = ("expected.txt", "absent.txt")


@pytest.mark.parametrize("folder", WHOLE, ids=lambda folder: folder.name)
def test_a_whole_policy_has_no_finding_and_is_read_in_both_languages(folder: Path) -> None:
    """The default policy, those of other trades and the smallest one check, compile and render without a finding."""
    files = read_policy_folder(folder)
    assert check(files) == ()
    version = compile_policy(files, number=1)
    assert {clause.kind for clause in version.clauses} >= set(ClauseKind) - {ClauseKind.SHARE}
    for language in Language:
        assert render_policy(version, language).html
        assert render_terms(version, language).headings


@pytest.mark.parametrize("trade", TRADES)
def test_a_policy_comes_down_to_the_expected_clauses_and_hashes(trade: str) -> None:
    """Clauses, document hash and meaning hash are those in `compiled.json`, so no release reads old policies anew."""
    expected = json.loads((CONFORMANCE / "compiled.json").read_text(encoding="utf-8"))[trade]
    version = compile_policy(read_policy_folder(CONFORMANCE / trade), number=1)
    assert [clause.id for clause in version.clauses] == expected["clauses"]
    assert version.document_hash == expected["document_hash"]
    assert version.meaning_hash == expected["meaning_hash"]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_broken_policy_has_exactly_the_expected_findings(folder: Path) -> None:
    """Each case replaces files of the smallest policy; its findings are those in `expected.txt`, all at once."""
    files = smallest_files()
    for replaced in folder.iterdir():
        if replaced.name not in NOT_OF_THE_POLICY:
            files[replaced.name] = replaced.read_bytes()
    absent = folder / "absent.txt"
    for name in absent.read_text(encoding="utf-8").split() if absent.exists() else ():
        del files[name]
    expected = (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert expected
    assert [str(finding) for finding in check(files)] == expected


def test_the_smallest_policy_has_every_kind_of_clause() -> None:
    """The broken cases start from a policy in which every kind of clause occurs, sharing too."""
    version = compile_policy(smallest_files(), number=1)
    assert {clause.kind for clause in version.clauses} == set(ClauseKind)
