"""`camket policy diff`: what a change of a policy means for customers, in plain words.

Exit codes: 0 nothing is reduced, 1 something is, 2 bad usage, or one of the two cannot be read or has findings.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import PolicyError, UnreadableError
from camket.core.policy.compile import compile_policy
from camket.core.policy.diff import Difference, Effect, PolicyDiff, compare
from camket.core.policy.diff_document import diff_document
from camket.core.policy.source import DECLARATIONS
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.core.policy.model import PolicyVersion

REDUCED = 1
UNUSABLE = 2

HEADINGS: Final = {
    "refused": {
        Language.VI: "Không công bố được: lấy bớt của mọi người mà không ai được hỏi",
        Language.EN: "Cannot be published: takes from everyone, and nobody could be asked",
    },
    "asked": {
        Language.VI: "Làm giảm quyền: chỉ áp dụng cho ai đồng ý",
        Language.EN: "Reduces rights: holds only for those who agree",
    },
    "better": {
        Language.VI: "Tốt hơn cho khách hàng: áp dụng ngay cho mọi người",
        Language.EN: "Better for customers: holds for everyone at once",
    },
    "other": {
        Language.VI: "Không tốt hơn cũng không xấu đi: áp dụng ngay cho mọi người",
        Language.EN: "Neither better nor worse: holds for everyone at once",
    },
    "words": {
        Language.VI: "Chỉ câu chữ: ý nghĩa không đổi",
        Language.EN: "Words alone: the meaning is the same",
    },
}
NOTHING: Final = {
    Language.VI: "Hai bản chính sách nói cùng một điều bằng cùng một lời.",
    Language.EN: "The two policies say the same in the same words.",
}

OldPath = Annotated[Path, typer.Argument(metavar="OLD", help="The folder of the policy that stands.")]
NewPath = Annotated[Path, typer.Argument(metavar="NEW", help="The folder of the policy that would take its place.")]


def diff(
    old: OldPath,
    new: NewPath,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    lang: Annotated[Language, typer.Option("--lang", help="Which language.")] = Language.VI,
) -> None:
    """Say what a change of the policy means for customers; exit 1 where it reduces what they have."""
    found = compare(_usable(old, number=1), _usable(new, number=2))
    if as_json:
        typer.echo(json.dumps(diff_document(found), ensure_ascii=False, indent=2))
    elif found.is_empty:
        typer.echo(NOTHING[lang])
    else:
        typer.echo("\n\n".join(_parts(found, lang)))
    if found.reduces:
        raise typer.Exit(REDUCED)


def _parts(found: PolicyDiff, lang: Language) -> Iterator[str]:
    waits = tuple(one for one in found.by_effect(Effect.WORSE) if not one.takes_without_asking)
    for name, differences in (
        ("refused", found.takes_without_asking),
        ("asked", waits),
        ("better", found.by_effect(Effect.BETTER)),
        ("other", found.by_effect(Effect.NEITHER)),
        ("words", found.rewordings),
    ):
        if differences:
            yield "\n".join(
                (f"{HEADINGS[name][lang]} ({len(differences)})", *(_line(one, lang) for one in differences))
            )


def _line(difference: Difference, lang: Language) -> str:
    clauses = difference.clauses_after or difference.clauses_before
    named = f"  [{clauses[0].id}]" if clauses else ""
    return f"  - {difference.says[lang]}{named}"


def _usable(path: Path, *, number: int) -> PolicyVersion:
    """Return the policy at a path; one that cannot be compared is bad usage, so that 1 always means a reduction."""
    try:
        return compile_policy(read_policy_folder(path), number=number)
    except UnreadableError as error:
        typer.echo(str(error), err=True)
    except PolicyError as error:
        folder = path.parent if path.name == DECLARATIONS else path
        for finding in error.findings:
            typer.echo(f"{folder / finding.file}:{finding.line}: {finding.message}", err=True)
    raise typer.Exit(UNUSABLE)
