"""P9: in code there is no way to a value that does not pass the door, and the door asks what for.

Read from the source: who may unwrap a key, open a seal, hold a gate's yes. Each exception stands here by name, with its
reason; one that is not here, or that is here and no longer needed, fails.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.architecture.tree import SOURCE, source_files

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED: Final[dict[str, dict[str, str]]] = {
    "open_sealed": {
        "services/access_core.py:_open_beside": "the door, for the three beside the values that follow",
        "services/access_values.py:open_row": "takes the gate's yes, and opens only an item that the yes names",
        "services/access_rights.py:reseal_in": "from `live` to `hold` in one step, at an erasure; nothing is returned",
        "services/access_records.py:open_record": "the customer's own entry of the ledger: no value is in it",
    },
    "_open_beside": {
        "services/access_files.py:open_part": "a part of the file that answers a request, which is on record",
        "services/access_rights.py:open_request_text": "what belongs to a request, for the request that is on record",
        "services/access_secrets.py:open_factor": "the second factor of staff, to compare what its owner typed",
    },
    "open_part": {
        "services/request_files.py:open_parts": "what was read for a request on record, for who asked for it",
    },
    "open_parts": {
        "services/copy_holdings.py:read_given": "what apps gave for a copy, put into its file",
        "services/request_files.py:_opened": "handed over to who proved who they are, on record",
    },
    "open_with": {
        "services/certificates.py:certificate_status": "sealed for the token that only the former customer has",
    },
    "open_box": {
        "core/vault/envelope.py:open_sealed": "the primitive under values",
        "core/vault/keyring.py:unwrap_subject_key": "the primitive under subjects' keys",
        "core/vault/keyring.py:unwrap_named_key": "the primitive under the operator's keys",
        "core/vault/drop.py:open_with": "the primitive under tokens",
    },
    "unwrap_subject_key": {
        "adapters/keys/store.py:_read_subject_key": "the key store gives keys to the door",
        "adapters/keys/epochs.py:_unwrap_pair": "wrapped anew at the end of an epoch; nothing is returned",
    },
    "subject_key": {
        "services/access.py:_prepare": "the door",
        "services/access_core.py:_key_of": "the door",
        "services/access_core.py:_own_key": "the door",
        "services/access_core.py:_sealed_rows": "the door, sealing",
        "services/access_find.py:look_up_in": "the door, sealing the record of a look-up",
        "services/access_rights.py:reseal_in": "the door",
        "services/access_values.py:open": "the door, with the gate's yes in hand",
    },
    "open_row": {
        "services/access_values.py:open": "with the gate's yes in hand, after its record is durable",
    },
    "open_record": {
        "services/access_rights.py:open_records": "the door",
    },
    "open_request": {
        "services/own_requests.py:_body": "the customer's own page of their request",
        "services/request_case.py:_wish": "what is asked for, for staff who may work on the request",
        "services/requests.py:_asks": "compared with what is asked for anew, to join the two",
        "services/requests.py:read_body": "the request's own use case",
        "services/restrictions.py:_carry_out_in": "names purposes; what was proven is what is carried out",
        "services/withdrawal_requests.py:withdraw_all": "names a consent; what was proven is what is carried out",
    },
    "open_request_text": {
        "services/access_rights.py:open_request": "the door",
        "services/copy_asked.py:_opened": "the customer's copy, after their identity was proved",
        "services/own_requests.py:_line": "the customer's own timeline",
        "services/request_case.py:_line": "the reasons of staff, for staff whose reason to read holds",
        "services/request_mails.py:reason_of": "the reason of staff, in the mail to whom it is about",
        "services/request_thread.py:_text": "the words of staff, with a read of the thread that is on record",
    },
    "open_records": {
        "services/copy.py:_openings": "the customer's copy, after their identity was proved",
        "services/receipts.py:_openings": "the customer's own receipt, with the entries that it is about",
        "services/certificates.py:_openings_in": "sealed at once for the customer's token",
        "services/evidence.py:_acts_in": "names which records belong to a request; nothing of them leaves",
    },
    "read_body": {
        "services/correction.py:needs_new_address": "the customer's own correction",
        "services/correction.py:send_new_address_code": "the customer's own correction, proved",
        "services/correction.py:finish_correction": "the customer's own correction, proved",
        "web/api/requests.py:_correct": "the customer's own correction, proved",
        "web/customer/verification.py:_withdraw_or_bar": "the customer's own request, proved: whether it lifts a bar",
        "services/on_behalf.py:_told_of_change": "the customer's correction, proved, to tell the address given up",
        "services/removal.py:removes": "says whether the customer's own request deletes a value",
        "services/removal.py:finish_removal": "the customer's own deletion of one value, proved",
        "services/letters.py:compose": "after the gate said yes to the mail, to write to the address it names",
    },
    "Permitted": {
        "core/gate/decision.py:permitted": "the gate's yes",
    },
    "permitted": {
        "services/access_values.py:require_permit": "the door",
    },
}
"""Function -> where it may be called, with the reason."""

NOT_THE_SAME: Final = {"web/visit.py", "web/api/mounting.py", "web/guards.py", "web/uploads.py"}
"""Files in which `read_body` is the reading of a request's bytes."""


def calls(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each call of a file: what is called by its last name, and the function it stands in."""
    place = file.relative_to(SOURCE / "camket").as_posix()

    def walk(node: ast.AST, function: str) -> Iterator[tuple[str, str]]:
        for child in ast.iter_child_nodes(node):
            inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if isinstance(child, ast.Call):
                called = child.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                yield name, f"{place}:{inside}"
            yield from walk(child, inside)

    yield from walk(ast.parse(file.read_text(encoding="utf-8")), "")


def files() -> list[Path]:
    """Return every source file of the product."""
    return [file for file in source_files() if file.is_relative_to(SOURCE / "camket")]


@pytest.mark.parametrize("function", ALLOWED)
def test_what_opens_is_called_in_the_named_places_alone(function: str) -> None:
    """P9: a new caller of anything that opens a value, a key or a yes fails here until its reason stands above."""
    found = {
        place
        for file in files()
        for name, place in calls(file)
        if name == function and not (function == "read_body" and place.partition(":")[0] in NOT_THE_SAME)
    }
    assert found == set(ALLOWED[function])


def test_no_one_reaches_into_the_door_or_the_key_store() -> None:
    """P9: keys and decoys are private to the door's own files; no other module reaches for them."""
    reached = [
        f"{file.relative_to(SOURCE)}:{node.lineno}"
        for file in files()
        if not file.name.startswith("access")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in {"_keys", "_decoy_key", "_PROOF"}
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
    ]
    assert reached == []


def test_a_decision_is_made_in_the_gate_alone() -> None:
    """P9: the one way around a decision's constructor stands in the gate itself."""
    makers = [
        file.relative_to(SOURCE / "camket").as_posix()
        for file in files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and any(isinstance(one, ast.Name) and one.id == "Decision" for one in (node.func, *node.args))
    ]
    assert set(makers) == {"core/gate/decide.py"}


def test_sealed_values_are_handed_out_by_the_store_as_bytes_alone() -> None:
    """P9: no query reads a value's column but through the row whose bytes are sealed."""
    readers = {
        file.relative_to(SOURCE / "camket").as_posix()
        for file in files()
        if "held_value" in file.read_text(encoding="utf-8")
    }
    store = {name for name in readers if name.startswith(("adapters/store/", "queries/"))}
    assert readers - store <= {"services/erasure_plan.py", "services/retention.py", "rows.py", "ports.py"}
