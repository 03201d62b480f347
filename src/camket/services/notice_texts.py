"""What a notice says of a version: its differences from the one before, in plain sentences, by whom they bind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.notices.policy_changed import MORE, WHY
from camket.core.policy.diff import Change, compare
from camket.services.calendar import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.policy.diff import Difference, PolicyDiff
    from camket.core.terms import Language
    from camket.services.context import Context
    from camket.services.policies import PublishedVersion

MOST_LINES: Final = 20
"""Differences that one list of a mail names; the page that compares the versions names all."""
DIFFS_KEPT: Final = 64
"""Comparisons that a process remembers; all are forgotten when there are more."""

_DIFFS: dict[tuple[str, str, int], PolicyDiff] = {}


def find_published(ctx: Context, number: int) -> tuple[PublishedVersion, PublishedVersion | None]:
    """Return a published version and the one before it, None for the first.

    Raises:
        NotFoundError: there is no such version.
    """
    published = ctx.policies.published(ctx.store)
    if not 1 <= number <= len(published):
        raise NotFoundError(f"there is no version `{number}` of the policy")
    return published[number - 1], published[number - 2] if number > 1 else None


def changes_of(before: PublishedVersion, after: PublishedVersion) -> PolicyDiff:
    """Return how two versions differ; compared once in a process."""
    key = before.version.document_hash, after.version.document_hash, after.version.number
    diff = _DIFFS.get(key)
    if diff is None:
        diff = compare(before.version, after.version)
        if len(_DIFFS) >= DIFFS_KEPT:
            _DIFFS.clear()
        _DIFFS[key] = diff
    return diff


def is_significant(before: PublishedVersion | None, after: PublishedVersion) -> bool:
    """Say whether customers are told of a version by notice; the first one is what they joined under."""
    return before is not None and changes_of(before, after).significant


def compare_path(number: int) -> str:
    """Return the path of the page that compares a version with the one before."""
    return f"/policy/compare?from={number - 1}&to={number}"


def change_values(ctx: Context, number: int, language: Language) -> dict[str, str]:
    """Return what fills the mail of a changed policy.

    Args:
        ctx: the service.
        number: of the version that it tells of.
        language: in which.

    Raises:
        NotFoundError: there is no such version, or none before it.
    """
    after, before = find_published(ctx, number)
    if before is None:
        raise NotFoundError("the first version of the policy changes nothing")
    told = [one for one in changes_of(before, after).differences if one.change is not Change.REWORDED]
    return {
        "number": str(number),
        "day": day_of(after.effective_at).strftime("%d/%m/%Y"),
        "changes": _list([one for one in told if one.binds_all_at_once], language),
        "asks": _list([one for one in told if not one.binds_all_at_once], language),
        "link": f"{ctx.settings.origin}{compare_path(number)}",
        "why": WHY[language],
    }


def _list(differences: Sequence[Difference], language: Language) -> str:
    lines = [" ".join(one.says[language].split()) for one in differences]
    if len(lines) > MOST_LINES:
        rest = len(lines) - MOST_LINES + 1
        lines = [*lines[: MOST_LINES - 1], MORE[language].format(count=rest)]
    return "\n".join(lines)
