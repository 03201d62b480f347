"""The API's routes of the policy: the version in force, every other one, and what changed between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from camket.core.errors import NotFoundError
from camket.core.policy.diff_document import difference_document
from camket.core.policy.render import render_policy
from camket.core.terms import Language
from camket.web.api.policy_documents import (
    ComparisonDocument,
    DifferenceDocument,
    PolicyDocument,
    VersionDocument,
)
from camket.web.comparisons import compared, span_of
from camket.web.customer.policy import written_in

if TYPE_CHECKING:
    from fastapi import FastAPI

    from camket.web.site import ShownVersion, Site

LanguageParameter = Annotated[Language, Query(description="`vi` or `en`.")]
NumberParameter = Annotated[int, Path(ge=1, description="Number of the version.")]
OneParameter = Annotated[int, Query(alias="from", ge=1, description="Number of a version.")]
OtherParameter = Annotated[int, Query(alias="to", ge=1, description="Number of another; the older is compared from.")]


def add_policy(api: FastAPI, site: Site) -> None:
    """Add the routes."""

    @api.get("/policy", tags=["policy"])
    def policy_in_force(lang: LanguageParameter = Language.VI) -> PolicyDocument:
        """Return the version in force."""
        return _policy_document(site.in_force(), lang)

    @api.get("/policy/versions", tags=["policy"])
    def policy_versions() -> list[VersionDocument]:
        """Return every published version, oldest first."""
        return [_version_document(one) for one in site.versions()]

    @api.get("/policy/versions/{number}", tags=["policy"])
    def policy_version(number: NumberParameter, lang: LanguageParameter = Language.VI) -> PolicyDocument:
        """Return one version by its number."""
        found = [one for one in site.versions() if one.number == number]
        if not found:
            raise NotFoundError(f"there is no version `{number}`")
        return _policy_document(found[0], lang)

    @api.get("/policy/compare", tags=["policy"], responses={404: {}})
    def policy_comparison(one: OneParameter, other: OtherParameter) -> ComparisonDocument:
        """Return what changed between two versions, by meaning: what is better, worse or neither, and whom it binds."""
        return _comparison_document(span_of(site.versions(), str(one), str(other)))


def _policy_document(version: ShownVersion, language: Language) -> PolicyDocument:
    rendered = render_policy(version.version, written_in(version.version.policy, language))
    return PolicyDocument(
        version=_version_document(version),
        language=rendered.language,
        title=rendered.title,
        markdown=rendered.markdown,
        clauses=[clause.id for clause in version.version.clauses],
    )


def _version_document(version: ShownVersion) -> VersionDocument:
    return VersionDocument(
        number=version.number,
        document_hash=version.document_hash,
        meaning_hash=version.meaning_hash,
        since=version.since,
        in_force=version.in_force,
    )


def _comparison_document(span: tuple[ShownVersion, ...]) -> ComparisonDocument:
    diff = compared(span)
    return ComparisonDocument(
        before=_version_document(span[0]),
        after=_version_document(span[-1]),
        reduces=diff.reduces,
        significant=diff.significant,
        differences=[DifferenceDocument.model_validate(difference_document(one)) for one in diff.differences],
    )
