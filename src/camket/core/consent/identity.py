"""One identity for an id under every name it ever had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from camket.core.policy.model import PolicyVersion


class Named(Protocol):
    """A declaration with an id and the ids it had before."""

    @property
    def id(self) -> str:
        """The id that this version uses."""
        ...

    @property
    def renamed_from(self) -> tuple[str, ...]:
        """Earlier ids, oldest first."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Identities:
    """Name -> root, for each kind of id. A name that no version declared is in no mapping.

    Args:
        items: names of data items.
        services: names of services.
        purposes: names of purposes.
        recipients: names of recipients.
    """

    items: Mapping[str, str]
    services: Mapping[str, str]
    purposes: Mapping[str, str]
    recipients: Mapping[str, str]


def identities(versions: Iterable[PolicyVersion]) -> Identities:
    """Return every name that the versions declare or remember, with its root.

    Args:
        versions: oldest first; where two disagree about a name, the later one is right.
    """
    policies = [version.policy for version in versions]
    return Identities(
        items=_roots(one for policy in policies for one in policy.items),
        services=_roots(one for policy in policies for one in policy.services),
        purposes=_roots(one for policy in policies for one in policy.purposes),
        recipients=_roots(one for policy in policies for one in policy.recipients),
    )


def _roots(declarations: Iterable[Named]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in declarations:
        names = (*one.renamed_from, one.id)
        found.update(dict.fromkeys(names, names[0]))
    return found
