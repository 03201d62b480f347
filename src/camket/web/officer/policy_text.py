"""Writing the draft: one file as text, its findings beside it with their lines; nothing that is typed is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, InvalidValueError, NotFoundError, nearest
from camket.core.policy.source import DECLARATIONS, MAX_FILE_BYTES
from camket.core.terms import Language
from camket.services import drafts
from camket.web.customer.done import DRAFT_SAVED, lead_on, show_done
from camket.web.endpoints import see_other
from camket.web.officer.policy import DRAFT, PATH, examined, seen_of
from camket.web.officer.policy_words import FILES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.services.drafts import Draft
    from camket.web.visit import Visit

FORM_BYTES: Final = 4 * MAX_FILE_BYTES
"""A form writes each letter with marks as up to nine characters; a policy in Vietnamese comes to less than three."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """One finding of a file with the text of its line."""

    line: int
    message: str
    text: str


def text_form(visit: Visit) -> Response:
    """Show one file of the draft, with its findings.

    Raises:
        NotFoundError: no file of a policy has this name.
    """
    name, draft = _name(visit), drafts.open_draft(visit.context)
    return see_other(PATH) if draft is None else _form(visit, draft, name)


def save(visit: Visit) -> Response:
    """Save the text; where another officer was quicker, keep what was typed and show theirs beside it.

    Raises:
        NotFoundError: no file of a policy has this name.
    """
    name, typed = _name(visit), visit.typed("text")
    try:
        drafts.save_text(visit.context, officer=visit.staff.actor, seen=seen_of(visit), name=name, text=typed)
    except ConflictError:
        draft = drafts.open_draft(visit.context)
        if draft is None:
            problem = visit.say("The draft was published or dropped while you wrote. Your text is still here; copy it.")
            return _lost(visit, name, typed, problem)
        problem = visit.say(
            "%(officer)s saved the draft after you opened it, so yours was not saved. Your text is still here, and "
            "theirs stands below. Put the two together and save again.",
            officer=draft.saved_by.partition(":")[2],
        )
        return _form(visit, draft, name, typed=typed, problem=problem, status=409)
    except InvalidValueError:
        draft = drafts.open_draft(visit.context)
        problem = visit.say("The text is too long: at most 512 KiB are read.")
        return (
            _lost(visit, name, typed, problem)
            if draft is None
            else _form(visit, draft, name, typed=typed, problem=problem, status=422)
        )
    return lead_on(visit, f"{DRAFT}/files/{name}", DRAFT_SAVED)


def _name(visit: Visit) -> str:
    name = visit.parameters["file"]
    if name not in FILES:
        raise NotFoundError(f"`{name[:40]}` is not a file of a policy{nearest(name[:40], FILES)}")
    return name


def _form(
    visit: Visit, draft: Draft, name: str, *, typed: str | None = None, problem: str | None = None, status: int = 200
) -> Response:
    stored = draft.texts.get(name, "")
    view = {
        **_file(visit, name, stored if typed is None else typed, problem),
        "draft": draft,
        "stored": stored if typed is not None else None,
        "remarks": _remarks(visit, draft, name, stored),
    }
    if problem is not None:
        return visit.show("officer/policy_text.html", status=status, done=None, **view)
    return show_done(visit, "officer/policy_text.html", **view)


def _lost(visit: Visit, name: str, typed: str, problem: str) -> Response:
    view = {**_file(visit, name, typed, problem), "draft": None, "stored": None, "remarks": ()}
    return visit.show("officer/policy_text.html", status=409, done=None, **view)


def _file(visit: Visit, name: str, text: str, problem: str | None) -> Mapping[str, object]:
    return {
        "name": name,
        "words": visit.say(FILES[name]),
        "language_of_text": None if name == DECLARATIONS else Language(name.split(".")[1]),
        "text": text,
        "problem": problem,
    }


def _remarks(visit: Visit, draft: Draft, name: str, text: str) -> tuple[Remark, ...]:
    _, findings = examined(visit, draft)
    lines = text.split("\n")
    return tuple(
        Remark(
            line=finding.line,
            message=finding.message,
            text=lines[finding.line - 1].strip() if finding.line <= len(lines) else "",
        )
        for finding in findings
        if finding.file == name
    )
