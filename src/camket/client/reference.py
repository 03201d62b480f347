"""The client's reference page, made from the docstrings: what an app may call, and what comes back."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from camket.client import guest, local
from camket.client.ask import Ask, AskedClause
from camket.client.guest import ExportedItem, Guest
from camket.client.local import Camket, FieldSpec, ItemWords, OpenedValue, Session, SignedIn
from camket.client.notices import Notice
from camket.client.requesting import Requested
from camket.services.consents import Answered, OwnConsent, Withdrawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VALUES: Final = (
    Session,
    SignedIn,
    OpenedValue,
    ItemWords,
    Notice,
    FieldSpec,
    ExportedItem,
    Ask,
    AskedClause,
    Answered,
    Withdrawn,
    OwnConsent,
    Requested,
)
"""What methods give and take."""
HEAD: Final = """\
# The client

What an app calls: `camket.client.guest` for an app that `camket serve` mounts
([how to bring your own app](../how-to/bring-your-own-app.md)), `camket.client.local` for a program that opens camket
itself. Everything an app needs can be imported from there, and nothing else of camket is meant for apps. This page is
made from the docstrings, which say more: arguments, what is durable, what is raised and whether anything changed.

A `Guest` has `prefix`, `data` (a folder of its own), `origin`, `https` and `label`, which the app sets to its name in
every language. `subject_id` is a customer's opaque id. *Personal* in a docstring marks what must not be logged or put
into an address.
"""
ERRORS: Final = """\
## Errors

All are `CamketError`. `FormError` carries `problems`: item id -> what is wrong with what was typed, in both languages.
`AskError` is a `DeniedError`: the customer must be asked first; `ask_about` makes a question of its `decision`.
`InvalidValueError` is a call that cannot be meant: no items, no such service. `ConflictError` says that someone else
was first, and again is safe. `NotFoundError` never tells apart what is not there and what is someone else's. After each
of them nothing was changed, but the record of a question that was denied.
"""


def client_reference() -> str:
    """Return `docs/reference/client.md`."""
    parts = [HEAD, *_class(Guest), *_class(Camket), "## Values\n", *(_value(one) for one in VALUES), ERRORS]
    return "\n".join(parts)


def public_names() -> set[str]:
    """Return every name that the client's modules give to apps."""
    return set(guest.__all__) | set(local.__all__)


def _class(described: type) -> Iterator[str]:
    yield f"## `{described.__name__}`\n"
    yield f"{_sentence(described)}\n"
    yield "| call | what it does |\n|---|---|"
    for name, member in _members(described):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"| `{name}` | {_sentence(member)} |"
        else:
            called: Callable[..., object] = getattr(member, "__func__", member)
            yield f"| `{name}({_arguments(called)})` | {_sentence(called)} |"
    yield ""


def _members(described: type) -> Iterator[tuple[str, Any]]:
    """Return what a class has, what it inherits first."""
    for one in reversed(described.__mro__[:-1]):
        yield from vars(one).items()


def _arguments(called: Callable[..., object]) -> str:
    """Return the names of the arguments, those that must be named after a `*`, defaults where there are any."""
    signature = inspect.signature(called)
    kept = [one for one in signature.parameters.values() if one.name not in ("self", "cls")]
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in kept]
    return str(inspect.Signature(bare))[1:-1]


def _value(described: type) -> str:
    names = ", ".join(f"`{one.name}`" for one in fields(described))
    return f"**`{described.__name__}`** {names}. {_sentence(described)}\n"


def _sentence(described: object) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())
