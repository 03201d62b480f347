"""The decisions of `conformance/decisions` as values."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from camket.adapters.policy_files import read_policy_folder
from camket.core.policy.compile import compile_policy
from camket.core.policy.model import PolicyVersion

FOLDER = Path(__file__).parents[4] / "conformance" / "decisions"


class Decided(NamedTuple):
    """One case."""

    file: str
    title: str
    policies: tuple[str, ...]
    subject: dict[str, Any]
    question: dict[str, Any]
    answer: dict[str, Any]

    @property
    def document(self) -> bytes:
        """The case as the command reads it."""
        return json.dumps({"subject": self.subject, "question": self.question}).encode()


def decided() -> list[Decided]:
    """Return every case, in the files' order."""
    return [
        Decided(
            file=path.stem,
            title=case["title"],
            policies=tuple(case["policies"]),
            subject=case["subject"],
            question=case["question"],
            answer=case["answer"],
        )
        for path in sorted(FOLDER.glob("*.json"))
        if path.name != "versions.json"
        for case in json.loads(path.read_text("utf-8"))
    ]


@cache
def files_of(name: str) -> dict[str, bytes]:
    """Return the files of a version that `versions.json` names."""
    version = json.loads((FOLDER / "versions.json").read_text("utf-8"))[name]
    folder = FOLDER / version["from"]
    files = dict(read_policy_folder(folder)) if folder.is_dir() else dict(files_of(version["from"]))
    for edit in version["edits"]:
        text = files[edit["file"]].decode()
        assert text.count(edit["replace"]) == 1, (name, edit)
        files[edit["file"]] = text.replace(edit["replace"], edit["with"]).encode()
    return files


@cache
def version_of(name: str, number: int) -> PolicyVersion:
    """Return such a version, compiled."""
    return compile_policy(files_of(name), number=number)


def versions_of(names: tuple[str, ...]) -> list[PolicyVersion]:
    """Return the versions in force, numbered from 1."""
    return [version_of(name, number) for number, name in enumerate(names, start=1)]
