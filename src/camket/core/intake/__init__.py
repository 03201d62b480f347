"""What a subject typed, accepted in one canonical form or refused with a message that stands beside the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.intake.answer import Accepted, Problem, ProblemCode
from camket.core.intake.emails import read_email
from camket.core.intake.names import read_name
from camket.core.intake.phones import read_phone, show_phone
from camket.core.intake.pictures import AcceptedPicture, pack_picture, read_picture_file, rendition
from camket.core.intake.texts import read_fact, read_holding, read_identifier, read_picture, read_text
from camket.core.policy.model import ItemKind

if TYPE_CHECKING:
    from collections.abc import Callable

_READERS: Final[dict[ItemKind, Callable[[str], Accepted | Problem]]] = {
    ItemKind.PERSON_NAME: read_name,
    ItemKind.PHONE: read_phone,
    ItemKind.EMAIL: read_email,
    ItemKind.TEXT: read_text,
    ItemKind.IDENTIFIER: read_identifier,
    ItemKind.FACT: read_fact,
    ItemKind.PICTURE: read_picture,
    ItemKind.HOLDING: read_holding,
}


def validate(kind: ItemKind, text: str) -> Accepted | Problem:
    """Return the value in its canonical form, or what is wrong with it and what to do.

    Total: it answers for every text, unpaired surrogates and megabytes too, and never raises. Twice is once: an
    accepted value is accepted again, unchanged.

    Args:
        kind: the kind of the item that the text is for.
        text: *personal*; as typed.

    Returns:
        `Accepted` with the value to seal, or `Problem`, whose message never repeats what was typed.
    """
    return _READERS[kind](text)


def show(kind: ItemKind, value: str) -> str:
    """Return an accepted value, *personal*, as people read it: a Vietnamese mobile number as `090 123 45 67`."""
    return show_phone(value) if kind is ItemKind.PHONE else value


__all__ = [
    "Accepted",
    "AcceptedPicture",
    "Problem",
    "ProblemCode",
    "pack_picture",
    "read_email",
    "read_phone",
    "read_picture_file",
    "rendition",
    "show",
    "validate",
]
