"""The roles of staff: each opens its own pages, and none includes another."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(StrEnum):
    """What a member of staff may do. Someone may have several; nobody has one that was not given to them."""

    OFFICER = "officer"
    """Answers for the policy: drafts, publishes, tells customers."""
    SUPPORT = "support"
    """Acts on customers' requests on their behalf."""
    AUDITOR = "auditor"
    """Reads what was done, and changes nothing."""
    ADMIN = "admin"
    """Invites staff, gives and takes roles, ends accounts of staff."""


EVERY_ROLE: Final = frozenset(Role)


def read_roles(words: Iterable[str]) -> frozenset[Role]:
    """Return the roles that words name.

    Args:
        words: names of roles; the same twice is once.

    Raises:
        InvalidValueError: a word names no role, or there is none at all; who has no role can do nothing.
    """
    known = {role.value: role for role in Role}
    found = set()
    for word in words:
        if word not in known:
            message = f"`{word[:20]}` is no role{nearest(word, known)}; there are {', '.join(known)}"
            raise InvalidValueError(message)
        found.add(known[word])
    if not found:
        raise InvalidValueError("name at least one role; who has none can do nothing")
    return frozenset(found)


def role_words(roles: Iterable[Role]) -> tuple[str, ...]:
    """Return the words of roles in the order of `Role`, each once."""
    given = frozenset(roles)
    return tuple(role.value for role in Role if role in given)
