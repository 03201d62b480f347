"""Refusing values that cannot exist, so that a policy that was made holds together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

ID_SHAPE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31})?")
"""What an id looks like: `email`, `device.os_version`; ASCII only, so that no two ids look alike."""


def require(*, holds: bool, message: str) -> None:
    """Refuse a value that cannot exist.

    Raises:
        InvalidValueError: `holds` is false.
    """
    if not holds:
        raise InvalidValueError(message)


def require_ids(kind: str, declared: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    """Refuse ids that are malformed, used twice, or taken over from another declaration.

    Args:
        kind: what is declared, for the message.
        declared: each id with the ids it had before.

    Raises:
        InvalidValueError: naming the id.
    """
    seen: set[str] = set()
    for current, former in declared:
        for name in (current, *former):
            require(holds=ID_SHAPE.fullmatch(name) is not None, message=f"{kind} id `{name}` is not an id")
            # INVARIANT: an id, present or former, belongs to one declaration for ever (semantics section 1).
            require(holds=name not in seen, message=f"{kind} id `{name}` is used twice")
            seen.add(name)


def require_known(who: str, named: Iterable[str], known: set[str]) -> None:
    """Refuse a reference to something undeclared, or the same reference twice.

    Raises:
        InvalidValueError: naming both sides.
    """
    seen: set[str] = set()
    for name in named:
        require(holds=name in known, message=f"{who} names undeclared `{name}`")
        require(holds=name not in seen, message=f"{who} names `{name}` twice")
        seen.add(name)
