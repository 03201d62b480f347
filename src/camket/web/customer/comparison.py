"""Two versions of the policy side by side, in plain words: the same for every visitor (P17)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from camket.core.policy.diff import Effect
from camket.web.comparisons import compared, span_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.site import ShownVersion
    from camket.web.visit import Visit


def compare_versions(visit: Visit) -> Response:
    """Show what changed between two versions; by default between the one in force and the one before it.

    Raises:
        NotFoundError: no version has one of the numbers.
    """
    versions = visit.site.versions()
    usual = _usual(versions)
    span = span_of(versions, visit.query.get("from", usual[0]), visit.query.get("to", usual[1]))
    diff = compared(span)
    steps = list(pairwise(span))
    return visit.show(
        "compare.html",
        versions=versions[::-1],
        before=span[0],
        after=span[-1],
        steps=steps if len(steps) > 1 else [],
        diff=diff,
        waits=[one for one in diff.by_effect(Effect.WORSE) if not one.takes_without_asking],
        better=diff.by_effect(Effect.BETTER),
        neither=diff.by_effect(Effect.NEITHER),
    )


def _usual(versions: tuple[ShownVersion, ...]) -> tuple[str, str]:
    """Return the numbers of the newest version and of the one before it; of the only one, twice its number."""
    newest = versions[-1].number
    return str(max(newest - 1, versions[0].number)), str(newest)
