"""The policy at the desk: what is in force and to come, and the draft with everything that stands for or against it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, InvalidValueError, PolicyError, PublishingError
from camket.core.policy.difference import Change, Effect
from camket.services import drafts
from camket.services.publishing import Hindrance, missing_approvals
from camket.services.publishing_reach import reach_of
from camket.web.customer.done import (
    DRAFT_APPROVED,
    DRAFT_BEGUN,
    DRAFT_DATED,
    DRAFT_DROPPED,
    DRAFT_FOLLOWS,
    DRAFT_PUBLISHED,
    lead_on,
    show_done,
)
from camket.web.endpoints import see_other
from camket.web.i18n import MessageId, marked
from camket.web.officer.policy_words import CHANGES, FILES, refusal_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from camket.core.errors import Finding
    from camket.services.drafts import Draft
    from camket.services.publishing import Publication
    from camket.services.publishing_reach import Reach
    from camket.web.visit import Visit

PATH: Final = "/officer/policy"
DRAFT: Final = f"{PATH}/draft"
CHANGED_MEANWHILE: Final = marked(
    "Another officer changed the draft, published it or dropped it since you opened this page. What you see now is "
    "how it stands; what you wanted to do was not done."
)


def overview(visit: Visit) -> Response:
    """List the versions, and lead to the draft or to beginning one."""
    return _overview(visit)


def begin(visit: Visit) -> Response:
    """Begin a draft; where one is open already, lead to that."""
    try:
        drafts.begin_draft(visit.context, officer=visit.staff.actor)
    except ConflictError:
        return see_other(DRAFT)
    return lead_on(visit, DRAFT, DRAFT_BEGUN)


def draft_page(visit: Visit) -> Response:
    """Show the draft: its files, findings, what it changes for how many, its day, who approved it."""
    draft = drafts.open_draft(visit.context)
    return see_other(PATH) if draft is None else _draft(visit, draft)


def set_day(visit: Visit) -> Response:
    """Say from which day on the draft is to be in force; an empty field takes the day away."""
    typed = visit.typed("day").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        return _again(visit, {"day": visit.say("This is no day. Write it like 2027-01-31.")})

    def act(officer: str, seen: int) -> None:
        drafts.set_effective_day(visit.context, officer=officer, seen=seen, day=day)

    return _do(visit, act, DRAFT, DRAFT_DATED)


def approve(visit: Visit) -> Response:
    """Say yes to the draft as it is."""

    def act(officer: str, seen: int) -> None:
        drafts.approve_draft(visit.context, officer=officer, seen=seen)

    return _do(visit, act, DRAFT, DRAFT_APPROVED)


def follow(visit: Visit) -> Response:
    """Say that the draft is meant to come after the newest version."""

    def act(officer: str, seen: int) -> None:
        drafts.accept_newest(visit.context, officer=officer, seen=seen)

    return _do(visit, act, DRAFT, DRAFT_FOLLOWS)


def publish(visit: Visit) -> Response:
    """Publish the draft, or say what stands against it; the draft is kept then."""

    def act(officer: str, seen: int) -> None:
        drafts.publish_draft(visit.context, officer=officer, seen=seen)

    return _do(visit, act, PATH, DRAFT_PUBLISHED)


def drop(visit: Visit) -> Response:
    """Drop the draft."""

    def act(officer: str, seen: int) -> None:
        drafts.drop_draft(visit.context, officer=officer, seen=seen)

    return _do(visit, act, PATH, DRAFT_DROPPED)


def seen_of(visit: Visit) -> int:
    """Return the revision of the draft that the form was made from; 0, which none has, where it does not say."""
    typed = visit.typed("seen")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004 - no draft lives so long


def examined(visit: Visit, draft: Draft) -> tuple[Publication | None, tuple[Finding, ...]]:
    """Return what publishing the draft would be, or every finding that stands before it."""
    try:
        return drafts.examine_draft(visit.context, draft), ()
    except PolicyError as error:
        return None, error.findings


def _do(visit: Visit, act: Callable[[str, int], None], then: str, done: str) -> Response:
    try:
        act(visit.staff.actor, seen_of(visit))
    except ConflictError:
        return _again(visit, {"draft": visit.say(CHANGED_MEANWHILE)})
    except (PolicyError, PublishingError):
        # The page says itself what stands against it, in the reader's language.
        return _again(
            visit, {"draft": visit.say("It was not published or approved: see below what stands against it.")}
        )
    except (InvalidValueError, OverflowError):
        return _again(visit, {"day": visit.say("This is no day. Write it like 2027-01-31.")})
    return lead_on(visit, then, done)


def _again(visit: Visit, problems: Mapping[str, str]) -> Response:
    draft = drafts.open_draft(visit.context)
    return _overview(visit, problems) if draft is None else _draft(visit, draft, problems)


def _overview(visit: Visit, problems: Mapping[str, str] | None = None) -> Response:
    view: dict[str, object] = {
        "versions": visit.site.versions()[::-1],
        "published_by": drafts.officers_of_versions(visit.context),
        "draft": drafts.open_draft(visit.context),
        "problems": problems or {},
    }
    if problems:
        return visit.show("officer/policy.html", status=409, done=None, **view)
    return show_done(visit, "officer/policy.html", **view)


def _draft(visit: Visit, draft: Draft, problems: Mapping[str, str] | None = None) -> Response:
    publication, findings = examined(visit, draft)
    officer = visit.staff.actor
    missing = missing_approvals(draft.needed, draft.approved_by | {officer})
    refusals = () if publication is None else publication.refusals
    view: dict[str, object] = {
        "draft": draft,
        "files": [(name, visit.say(words), _count(findings, name)) for name, words in FILES.items()],
        "findings": findings,
        "publication": publication,
        "reaches": _reaches(visit, publication),
        "refusals": [refusal_sentence(visit, draft, publication, one.why) for one in refusals if publication],
        "unseen": any(one.why is Hindrance.UNSEEN for one in refusals),
        "missing": missing is not None,
        "approved": officer in draft.approved_by,
        "customers": publication.audience.subjects if publication else 0,
        "problems": problems or {},
    }
    if problems:
        return visit.show("officer/policy_draft.html", status=409 if "draft" in problems else 422, done=None, **view)
    return show_done(visit, "officer/policy_draft.html", **view)


def _count(findings: tuple[Finding, ...], name: str) -> int:
    return sum(finding.file == name for finding in findings)


def _reaches(visit: Visit, publication: Publication | None) -> list[tuple[Reach, str, str, str]]:
    """Return each difference with its chip: what happened, what it is for customers, and the chip's mood."""
    if publication is None or publication.diff is None:
        return []
    found = reach_of(visit.context, publication.diff, publication.audience)
    return [(one, visit.say(CHANGES[one.difference.change]), *_chip(visit, one)) for one in found]


EFFECTS: Final[dict[Effect, tuple[MessageId, str]]] = {
    Effect.BETTER: (marked("better for customers"), ""),
    Effect.WORSE: (marked("only if they agree"), "ask"),
    Effect.NEITHER: (marked("neither better nor worse"), "plain"),
}


def _chip(visit: Visit, reach: Reach) -> tuple[str, str]:
    difference = reach.difference
    if difference.change is Change.REWORDED:
        return visit.say("only words"), "plain"
    if difference.takes_without_asking:
        return visit.say("cannot be published"), "no"
    words, mood = EFFECTS[difference.effect]
    return visit.say(words), mood
