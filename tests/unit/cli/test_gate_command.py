"""`camket gate decide` as those who call it see it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from camket.cli.gate import app

DEFAULT = Path(__file__).parents[3] / "policies" / "default"
QUESTION = {"action": "use", "items": ["email"], "purpose": "provide", "at": "2026-03-15T09:00:00+07:00"}


def decide(document: object, *policies: Path) -> Result:
    """Run the command on a document."""
    text = document if isinstance(document, str) else json.dumps(document)
    options = [part for path in policies or (DEFAULT,) for part in ("--policy", str(path))]
    return CliRunner().invoke(app, ["decide", *options], input=text)


def test_the_answer_has_the_names_of_section_4() -> None:
    """Outcome, clauses, missing, obligations, version, history and at, and what decided for each item."""
    result = decide({"subject": {}, "question": QUESTION})
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(answer) == ["outcome", "clauses", "missing", "obligations", "version", "history", "at", "items"]
    assert (answer["outcome"], answer["version"], answer["at"]) == ("permit", 1, QUESTION["at"])
    assert answer["items"][0]["row"] == "use.stated"


@pytest.mark.parametrize("outcome", ["permit", "ask", "deny"])
def test_the_exit_code_is_0_whatever_the_outcome(outcome: str) -> None:
    """A no is an answer, not a failure."""
    purpose = {"permit": "provide", "ask": "promote", "deny": "sell_on"}[outcome]
    result = decide({"subject": {}, "question": QUESTION | {"purpose": purpose}})
    assert (result.exit_code, json.loads(result.stdout)["outcome"]) == (0, outcome)


def test_what_is_missing_can_be_given_back() -> None:
    """A consent to what the answer names permits, and so does an agreement to the clause that it names."""
    asked = json.loads(decide({"subject": {}, "question": QUESTION | {"purpose": "promote"}}).stdout)["missing"][0]
    consent = {
        "purpose": asked["purpose"],
        "items": [asked["item"]],
        "clause_hash": asked["clause_hash"],
        "given_at": "2026-03-01T00:00:00Z",
    }
    result = decide({"subject": {"consents": [consent]}, "question": QUESTION | {"purpose": "promote"}})
    assert json.loads(result.stdout)["outcome"] == "permit"


def test_versions_are_numbered_from_1_in_the_order_given() -> None:
    """The same policy twice is two versions, and the second is in force."""
    answer = json.loads(decide({"subject": {"joined": 2}, "question": QUESTION}, DEFAULT, DEFAULT).stdout)
    assert answer["version"] == 2


def test_many_subjects_get_a_list_of_answers() -> None:
    """One outcome each, in order."""
    result = decide({"subjects": [{}, {"state": "erased"}], "question": QUESTION})
    assert [one["outcome"] for one in json.loads(result.stdout)] == ["permit", "deny"]


def test_a_document_that_is_no_json_leaves_with_2_and_its_place() -> None:
    """The place is on standard error; nothing is on standard output."""
    result = decide('{"subject": {},\n "question": [}')
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("standard input:2:15: ")


def test_a_wrong_value_leaves_with_2_and_its_path() -> None:
    """A naive instant and a version that is not there are refused where they stand."""
    naive = decide({"subject": {}, "question": QUESTION | {"at": "2026-03-15T09:00:00"}})
    assert (naive.exit_code, naive.stderr[:12]) == (2, "question.at:")
    joined = decide({"subjects": [{}, {"joined": 2}], "question": QUESTION})
    assert (joined.exit_code, joined.stderr[:20], joined.stdout) == (2, "subjects[1].joined: ", "")


def test_an_agreement_to_nothing_is_remarked_upon_and_answered() -> None:
    """The remark is on standard error, the answer on standard output."""
    agreement = {"version": 1, "clause": "use(email, provid, stated)", "at": QUESTION["at"]}
    result = decide({"subject": {"agreements": [agreement]}, "question": QUESTION})
    assert result.exit_code == 0
    assert "did you mean `use(email, provide, stated)`" in result.stderr
    assert json.loads(result.stdout)["outcome"] == "permit"


def test_a_policy_with_findings_leaves_with_1(tmp_path: Path) -> None:
    """Nothing is answered on a policy that does not hold together."""
    (tmp_path / "policy.yaml").write_text("camket: 1\n", encoding="utf-8")
    assert decide({"subject": {}, "question": QUESTION}, tmp_path).exit_code == 1


def test_a_policy_that_is_not_there_leaves_with_2(tmp_path: Path) -> None:
    """The message names the path."""
    result = decide({"subject": {}, "question": QUESTION}, tmp_path / "none")
    assert result.exit_code == 2
    assert "none" in result.stderr
