"""A comparison as JSON values, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camket.core.policy.difference import Difference, PolicyDiff
    from camket.core.policy.model import PolicyVersion


def diff_document(diff: PolicyDiff) -> dict[str, Any]:
    """Return the whole comparison: both versions by their hashes, what it comes to, and every difference."""
    return {
        "before": _version(diff.before),
        "after": _version(diff.after),
        "reduces": diff.reduces,
        "significant": diff.significant,
        "differences": [difference_document(one) for one in diff.differences],
    }


def difference_document(difference: Difference) -> dict[str, Any]:
    """Return one difference; clauses by their ids, sentences and texts by language."""
    return {
        "change": str(difference.change),
        "effect": str(difference.effect),
        "about": {"kind": str(difference.about.kind), "id": difference.about.id},
        "binds_all_at_once": difference.binds_all_at_once,
        "takes_without_asking": difference.takes_without_asking,
        "clauses_before": [clause.id for clause in difference.clauses_before],
        "clauses_after": [clause.id for clause in difference.clauses_after],
        "says": {str(language): sentence for language, sentence in difference.says.items()},
        "rewordings": {
            str(language): {"before": text.before, "after": text.after}
            for language, text in difference.rewordings.items()
        },
    }


def _version(version: PolicyVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "document_hash": version.document_hash,
        "meaning_hash": version.meaning_hash,
    }
