"""Published versions compared, each pair once in a process: what is published never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.policy.diff import compare_along

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.policy.diff import PolicyDiff
    from camket.web.site import ShownVersion

KEPT: Final = 64
"""Comparisons that a process remembers; all are forgotten when there are more."""

_COMPARED: dict[tuple[str, ...], PolicyDiff] = {}


def span_of(versions: Sequence[ShownVersion], one: str, other: str) -> tuple[ShownVersion, ...]:
    """Return the versions from the older of two to the newer, both included, oldest first.

    Args:
        versions: every published version, oldest first.
        one: number of a version as it is written.
        other: likewise; the same and the older one are fine.

    Raises:
        NotFoundError: no version has one of the numbers.
    """
    numbers = [str(version.number) for version in versions]
    if one not in numbers or other not in numbers:
        raise NotFoundError("there is no version with this number")
    first, last = sorted((numbers.index(one), numbers.index(other)))
    return tuple(versions[first : last + 1])


def compared(span: Sequence[ShownVersion]) -> PolicyDiff:
    """Return the differences between the first and the last of neighbouring versions.

    Args:
        span: oldest first, without gaps, at least one.
    """
    key = tuple(version.document_hash for version in span)
    found = _COMPARED.get(key)
    if found is None or found.after.number != span[-1].number:
        found = compare_along(tuple(version.version for version in span))
        if len(_COMPARED) >= KEPT:
            _COMPARED.clear()
        _COMPARED[key] = found
    return found
