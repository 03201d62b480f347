"""The policy, in force and in all its versions, and the terms of service: the same for every visitor (P2, P17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from camket.core.errors import NotFoundError
from camket.core.policy.render import render_policy, render_terms
from camket.core.terms import Language

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.core.policy.model import Policy
    from camket.web.site import ShownVersion
    from camket.web.visit import Visit


def policy_in_force(visit: Visit) -> Response:
    """Show the version in force."""
    return _show(visit, visit.site.in_force())


def policy_version(visit: Visit) -> Response:
    """Show one version by its number.

    Raises:
        NotFoundError: no version has this number.
    """
    return _show(visit, _version(visit))


def policy_versions(visit: Visit) -> Response:
    """List every version, newest first."""
    return visit.show("versions.html", versions=visit.site.versions()[::-1])


def terms(visit: Visit) -> Response:
    """Show the terms of service that were published with the version in force."""
    version = visit.site.in_force()
    rendered = render_terms(version.version, written_in(version.version.policy, visit.language))
    return visit.show(
        "terms.html",
        version=version,
        headings=rendered.headings,
        body=_escaped(rendered.html),
        written=rendered.language,
    )


def written_in(policy: Policy, language: Language) -> Language:
    """Return the language to show a policy in: the reader's, or the policy's first where it is not written in that."""
    return language if language in policy.languages else policy.languages[0]


def _show(visit: Visit, version: ShownVersion) -> Response:
    rendered = render_policy(version.version, written_in(version.version.policy, visit.language))
    return visit.show(
        "policy.html",
        version=version,
        title=rendered.title,
        headings=rendered.headings,
        body=_escaped(rendered.html),
        written=rendered.language,
    )


def _version(visit: Visit) -> ShownVersion:
    number = visit.parameters["number"]
    found = [one for one in visit.site.versions() if str(one.number) == number]
    if not found:
        raise NotFoundError("there is no version with this number")
    return found[0]


def _escaped(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - the renderer escapes every text, and nothing that a visitor sends is in it
