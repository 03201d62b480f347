"""The comparisons under `conformance/diffs`, and `camket policy diff` as a person runs it."""

import json
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from camket.adapters.policy_files import read_policy_folder
from camket.cli.policy import app
from camket.core.policy.compile import compile_policy
from camket.core.policy.diff import Change, DeclarationKind, Effect, compare_along
from camket.core.policy.diff_document import difference_document
from camket.core.policy.model import PolicyVersion
from tests.unit.core.policy.files import CONFORMANCE, DEFAULT, TRADES

FOLDER = CONFORMANCE.parent / "diffs"
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {case['title']}": case
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
}


@cache
def version_of(edits_as_json: str, number: int) -> PolicyVersion:
    """Return the bookshop's policy with edits."""
    edits: list[dict[str, str]] = json.loads(edits_as_json)
    files = dict(read_policy_folder(CONFORMANCE / "bookshop"))
    for edit in edits:
        text = files[edit["file"]].decode()
        assert text.count(edit["replace"]) == 1, edit
        files[edit["file"]] = text.replace(edit["replace"], edit["with"]).encode()
    return compile_policy(files, number=number)


@pytest.mark.parametrize("title", CASES)
def test_a_comparison_is_as_expected(title: str) -> None:
    """Every difference with its effect, its clauses, whom it binds and its sentences is the one in the case."""
    case = CASES[title]
    versions = [version_of(json.dumps(edits), number) for number, edits in enumerate(case["versions"], start=1)]
    diff = compare_along(versions)
    found = [difference_document(one) for one in diff.differences]
    expected = [{"rewordings": {}} | one for one in case["differences"]]
    assert found == [dict(one) for one in expected]
    assert (diff.reduces, diff.significant) == (case["reduces"], case["significant"])


def test_every_change_and_effect_is_reached() -> None:
    """The cases reach every change, every effect and every kind of declaration that the policy has."""
    found = [one for case in CASES.values() for one in case["differences"]]
    assert {one["change"] for one in found} == set(Change)
    assert {one["effect"] for one in found} == set(Effect)
    assert {one["about"]["kind"] for one in found} == set(DeclarationKind)
    assert any(one["takes_without_asking"] for one in found)


def run(*words: str) -> Result:
    """Run `camket policy diff`."""
    return CliRunner().invoke(app, ["diff", *words])


def written(folder: Path, edits: list[tuple[str, str]]) -> Path:
    """Write the default policy with edits into a folder."""
    folder.mkdir()
    for name, content in read_policy_folder(DEFAULT).items():
        text = content.decode()
        for old, new in edits:
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_same_policy_differs_in_nothing() -> None:
    """Exit code 0, and one line that says so, in the language that is asked for."""
    result = run(str(DEFAULT), str(DEFAULT))
    assert (result.exit_code, result.output) == (0, "Hai bản chính sách nói cùng một điều bằng cùng một lời.\n")
    result = run(str(DEFAULT), str(DEFAULT), "--lang", "en")
    assert (result.exit_code, result.output) == (0, "The two policies say the same in the same words.\n")


def test_a_reduction_is_exit_code_1_and_said_first(tmp_path: Path) -> None:
    """A longer retention reduces: it is said in plain words with its clause, before what is better."""
    new = written(
        tmp_path / "new", [("maximum: 400 days", "maximum: 800 days"), ("maximum: 90 days", "maximum: 60 days")]
    )
    result = run(str(DEFAULT), str(new), "--lang", "en")
    assert result.exit_code == 1
    reduced, better = result.output.split("\n\n")
    assert reduced.startswith("Reduces rights: holds only for those who agree (")
    line = "  - Keeps “Page opened” for 800 days instead of 400 days, from collection."
    assert f"{line}  [keep(log.path, P800D@collected)]" in reduced
    assert better.startswith("Better for customers: holds for everyone at once (")
    assert run(str(new), str(DEFAULT)).exit_code == 1


def test_what_is_better_alone_is_exit_code_0(tmp_path: Path) -> None:
    """Nothing is reduced by a shorter retention."""
    new = written(tmp_path / "new", [("maximum: 90 days", "maximum: 60 days")])
    result = run(str(DEFAULT), str(new))
    assert result.exit_code == 0
    assert result.output.startswith("Tốt hơn cho khách hàng: áp dụng ngay cho mọi người (")


def test_what_cannot_be_published_is_said_to_be(tmp_path: Path) -> None:
    """A shorter quiet time takes from everyone, and nobody could keep what they had."""
    old = written(tmp_path / "old", [("quiet: 180 days", "quiet: 365 days")])
    result = run(str(old), str(DEFAULT), "--lang", "en")
    assert result.exit_code == 1
    assert result.output.startswith("Cannot be published: takes from everyone, and nobody could be asked (1)\n")


def test_programs_get_everything(tmp_path: Path) -> None:
    """As JSON: both versions by their hashes, what it comes to, and each difference in both languages."""
    new = written(tmp_path / "new", [("maximum: 90 days", "maximum: 60 days")])
    document = json.loads(run(str(DEFAULT), str(new), "--json").output)
    assert document["reduces"] is False
    assert document["significant"] is True
    assert document["before"]["document_hash"] != document["after"]["document_hash"]
    assert all(set(one["says"]) == {"vi", "en"} for one in document["differences"])


@pytest.mark.parametrize("place", [0, 1])
def test_a_policy_that_cannot_be_compared_is_exit_code_2(tmp_path: Path, place: int) -> None:
    """Findings of either policy, or nothing to read, are never taken for a reduction; they stand on standard error."""
    broken = written(tmp_path / "broken", [("kind: phone", "kind: telephone")])
    for wrong, said in ((broken, "unknown kind `telephone`"), (tmp_path / "nowhere", str(tmp_path / "nowhere"))):
        paths = [str(DEFAULT), str(DEFAULT)]
        paths[place] = str(wrong)
        result = run(*paths)
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr
    assert run(str(DEFAULT)).exit_code == 2
    assert run(str(DEFAULT), str(DEFAULT), "--lang", "fr").exit_code == 2


def test_any_two_policies_can_be_compared() -> None:
    """Policies of different trades have everything to say to each other, both ways, in both languages."""
    folders = [DEFAULT, *(CONFORMANCE / trade for trade in TRADES)]
    versions = [compile_policy(read_policy_folder(folder), number=number) for number, folder in enumerate(folders, 1)]
    for before, after in permutations(versions, 2):
        found = compare_along((before, after))
        assert found.reduces
        assert found.significant
        assert all(all(one.says.values()) for one in found.differences)
        assert "{" not in "".join(text for one in found.differences for text in one.says.values())


@pytest.mark.parametrize("title", CASES)
def test_another_meaning_is_more_than_words(title: str) -> None:
    """Two versions with another meaning hash differ in more than words; words alone leave the hash as it is."""
    edits = CASES[title]["versions"]
    before, after = version_of(json.dumps(edits[0]), 1), version_of(json.dumps(edits[-1]), len(edits))
    diff = compare_along((before, after))
    if before.meaning_hash != after.meaning_hash:
        assert diff.significant
    if not diff.significant:
        assert before.meaning_hash == after.meaning_hash
