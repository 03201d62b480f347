"""Fields as the templates draw them, and the sentences beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.policy.model import ItemKind
from camket.services import codes
from camket.services.forms import FieldSpec
from camket.web.i18n import marked, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.errors import VerificationError
    from camket.core.policy.model import Policy
    from camket.core.terms import Language
    from camket.services.forms import FormError
    from camket.web.visit import Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class InputKind:
    """How a browser helps with a kind of item."""

    type: str
    autocomplete: str
    inputmode: str
    verbatim: bool = False


PLAIN: Final = InputKind(type="text", autocomplete="off", inputmode="")
INPUT_KINDS: Final = {
    ItemKind.PERSON_NAME: InputKind(type="text", autocomplete="name", inputmode=""),
    ItemKind.PHONE: InputKind(type="tel", autocomplete="tel", inputmode="tel"),
    ItemKind.EMAIL: InputKind(type="email", autocomplete="email", inputmode="email", verbatim=True),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field of a form in the reader's language.

    Args:
        hint: why it is asked; empty for nothing.
        verbatim: no capitals and no spelling help.
        multiline: a value of several lines is typed in several lines.
    """

    name: str
    label: str
    hint: str
    type: str
    autocomplete: str
    inputmode: str
    required: bool
    verbatim: bool
    multiline: bool


def field_of(spec: FieldSpec, language: Language, *, hint: bool = True) -> Field:
    """Return the field for an item of the policy."""
    kind = INPUT_KINDS.get(spec.kind, PLAIN)
    return Field(
        name=spec.name,
        label=said(spec.label, language),
        hint=said(spec.why, language) if hint else "",
        type=kind.type,
        autocomplete=kind.autocomplete,
        inputmode=kind.inputmode,
        required=spec.required,
        verbatim=kind.verbatim,
        multiline=spec.kind is ItemKind.TEXT,
    )


def email_field(policy: Policy) -> FieldSpec:
    """Return the field by which people sign in: the policy's e-mail item."""
    return next(FieldSpec.of(item) for item in policy.items if item.kind is ItemKind.EMAIL)


def problems_of(error: FormError, language: Language) -> dict[str, str]:
    """Return a sentence beside each field."""
    return {name: said(problem.message, language) for name, problem in error.problems.items()}


CODE_SENTENCES: Final = {
    codes.WRONG: marked("This is not the code that we sent. Look at the newest mail and try again."),
    codes.EXPIRED: marked("This code has expired or was used. Ask for a new one."),
    codes.TOO_MANY: marked("The code was entered wrongly too often, so it is no longer good. Ask for a new one."),
}


def code_problem(visit: Visit, error: VerificationError) -> dict[str, str]:
    """Return the sentence beside the code field."""
    return {"code": visit.say(CODE_SENTENCES.get(str(error), CODE_SENTENCES[codes.EXPIRED]))}


def labels_of(fields: tuple[Field, ...]) -> Mapping[str, str]:
    """Return each field's label by its name, for the summary of problems."""
    return {field.name: field.label for field in fields}
