"""The cases in `conformance/evidence` hold: each altered pack has exactly the faults that the case names."""

import base64
import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from camket.core.ledger.note import NoteSigner, VerifierKey
from camket.core.rights.archive import pack, unpack
from camket.core.rights.evidence import STATEMENT_FILE, Evidence, sign_evidence
from camket.core.rights.evidence_verify import EvidenceFault, verify_pack
from tests.unit.core.rights.packed import evidence, packed, spelled

FOLDER = Path(__file__).parents[2] / "conformance"
CASES = json.loads((FOLDER / "evidence" / "packs.json").read_text(encoding="utf-8"))
SEED = json.loads((FOLDER / "ledger" / "checkpoints.json").read_text(encoding="utf-8"))["key"]
SIGNER = NoteSigner(name=SEED["name"], key=bytes.fromhex(SEED["seed"]))
KEY = VerifierKey.parse(CASES["key"])
PACK = base64.b64decode(CASES["pack"])


def altered(case: dict[str, Any]) -> bytes:
    """Return the pack, altered as a case says."""
    files: dict[str, bytes] = unpack(PACK)
    if case["set"]:
        value = json.loads(files[STATEMENT_FILE])
        for path, new in copy.deepcopy(case["set"]):
            *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
            inner = value
            for step in steps:
                inner = inner[step]
            inner[last] = new
        files[STATEMENT_FILE] = spelled(value)
    if case["signed"]:
        stated = Evidence.parse(files[STATEMENT_FILE])
        files[STATEMENT_FILE] = sign_evidence(replace(stated, signature=""), SIGNER).to_bytes()
    for name, content in case["files"].items():
        if content is None:
            del files[name]
        else:
            files[name] = content.encode()
    return pack(files)


def test_the_pack_of_the_cases_is_the_one_that_the_product_makes() -> None:
    """The same evidence and the same files give the same bytes."""
    assert SIGNER.verifier_key == KEY
    assert packed(evidence(signer=SIGNER)) == PACK


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_a_pack(case: dict[str, Any]) -> None:
    """The pack, altered as the case says, has exactly the faults of the case."""
    report = verify_pack(altered(case), key=KEY)
    assert sorted({finding.fault.value for finding in report.findings}) == case["faults"]
    assert report.holds == (not case["faults"])


@pytest.mark.parametrize("case", CASES["archives"], ids=lambda case: case["name"])
def test_an_archive(case: dict[str, Any]) -> None:
    """Bytes that are not the one spelling of an archive are a finding of their own."""
    report = verify_pack(base64.b64decode(case["bytes"]))
    assert sorted({finding.fault.value for finding in report.findings}) == case["faults"]


def test_every_fault_has_its_case() -> None:
    """No fault is without an example, but for those that take another subject's records, staff or another key."""
    shown = {fault for case in [*CASES["cases"], *CASES["archives"]] for fault in case["faults"]}
    without = {EvidenceFault.RECORD_FOREIGN, EvidenceFault.OTHER_KEY, EvidenceFault.SAME_PERSON}
    assert set(EvidenceFault) - shown == without
