"""A form of declared fields: made from the policy, read against it, refused as a whole when one field is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from camket.core.errors import CamketError
from camket.core.intake import Accepted, Problem, ProblemCode, read_picture_file, validate
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import Item, ItemKind, Text

SHOWN_NAME_CHARACTERS: Final = 64
"""An undeclared field's name is shown up to here, so that an answer cannot be made long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldSpec:
    """One field of a form, as the policy declares its item.

    Args:
        name: the item id, and the name of the form's field.
        why: the reason for collecting it, as the subject reads it.
    """

    name: str
    label: Text
    why: Text
    kind: ItemKind
    required: bool

    @classmethod
    def of(cls, item: Item) -> FieldSpec:
        """Return the field for an item."""
        return cls(name=item.id, label=item.label, why=item.why, kind=item.kind, required=item.required)


class FormError(CamketError):
    """A form with at least one problem; all of them at once. Nothing was stored.

    Args:
        problems: field name -> what is wrong with it and what to do, in every language; never empty. The message of
            the error names the fields, never a value.
    """

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__("; ".join(_sentence(name, problem) for name, problem in problems.items()))
        self.problems = dict(problems)


def _sentence(name: str, problem: Problem) -> str:
    if problem.code is ProblemCode.UNDECLARED:
        return problem.message[Language.EN]
    return f"field `{name}` is refused: {problem.message[Language.EN]}"


def read_form(items: tuple[Item, ...], typed: Mapping[str, str]) -> dict[str, str]:
    """Return the canonical value of every item of a form, or refuse the form with all of its problems.

    Args:
        items: exactly the items that the form asks for.
        typed: *personal*; field name -> text as typed; a missing field is an empty one.

    Returns:
        Item id -> canonical value, *personal*, in the order of the items.

    Raises:
        FormError: a field that is not declared, named with its nearest; or a value that its kind does not accept.
    """
    declared = [item.id for item in items]
    problems = {shown(name): undeclared(name, declared) for name in typed if name not in declared}
    values: dict[str, str] = {}
    for item in items:
        answer = validate(item.kind, typed.get(item.id, ""))
        if isinstance(answer, Accepted):
            values[item.id] = answer.value
        else:
            problems[item.id] = answer
    if problems:
        raise FormError(problems)
    return values


def read_value(item: Item, typed: str) -> str:
    """Return the canonical value of one item, *personal*.

    Raises:
        FormError: its kind does not accept what was typed.
    """
    return read_form((item,), {item.id: typed})[item.id]


def read_picture(item: Item, raw: bytes) -> bytes:
    """Return the canonical value of a picture, *personal*.

    Raises:
        FormError: it is not a picture in the form in which pictures are kept, or carries metadata.
    """
    answer = read_picture_file(raw)
    if isinstance(answer, Problem):
        raise FormError({item.id: answer})
    return answer.value


def undeclared(name: str, declared: list[str]) -> Problem:
    """Return the problem of a field that the policy does not declare, with the nearest one that it does."""
    near = get_close_matches(name, declared, n=1, cutoff=0.6)
    vi = f"trường `{shown(name)}` không được khai báo trong chính sách"
    en = f"field `{shown(name)}` is not declared by the policy"
    if near:
        vi, en = f"{vi} (có phải `{near[0]}` không?)", f"{en} (did you mean `{near[0]}`?)"
    return Problem(code=ProblemCode.UNDECLARED, message={Language.VI: vi, Language.EN: en})


def shown(name: str) -> str:
    """Return a field's name as it may be shown: escaped where it is not plain, and not long."""
    plain = name if name.isprintable() else ascii(name)[1:-1]
    return plain[:SHOWN_NAME_CHARACTERS]
